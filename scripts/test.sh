#!/usr/bin/env bash
# Builds and tests; works as the first command on a fresh clone, from any folder, and is quick the second time.
# Arguments go to ctest:
#
#   scripts/test.sh              all but the long ones
#   scripts/test.sh --all        all: the 120 published runs, too (CI runs these)
#   scripts/test.sh -L unit      plain C++, no simulation: after every edit
#   scripts/test.sh -L module    one module in one simulation each: after a change to noc, pods or hw
#   scripts/test.sh -L system    whole runs against the published figures: before a commit
#   scripts/test.sh -R butterfly what has "butterfly" in its name
set -euo pipefail
. "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/lib.sh"
case "${1:-}" in -h | --help) show_help; exit 0 ;; esac

"$root/scripts/build.sh"
cd "$root"
case "${1:-}" in
--all) shift ;;
"") set -- -LE long ;;
esac
exec ctest --preset release -j "$(nproc)" "$@"
