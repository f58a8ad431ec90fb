#!/usr/bin/env bash
# Runs the paper's ten benchmarks at batch 1 and prints the figures and means of its tables.
#
#   scripts/ten-benchmarks.sh                              the paper's baseline: 39.4 %, 317.4 TOPS at 400 W
#   scripts/ten-benchmarks.sh --config sosa-20x32          another configuration; arguments go to sosa run
#   scripts/ten-benchmarks.sh --set noc.topology=crossbar
set -euo pipefail
. "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/lib.sh"
case "${1:-}" in -h | --help) show_help; exit 0 ;; esac

"$root/scripts/build.sh" sosa
cd "$root"
exec /usr/bin/python3 scripts/ten-benchmarks.py "$@"
