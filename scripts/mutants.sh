#!/usr/bin/env bash
# Puts small faults into the RTL, one at a time (sc_tests/cosim/mutants.json), and sees whether sosa covalidate finds
# each and tells its place; prints a table of them. Fails unless all are found and 4 of 5 places are right.
#
#   scripts/mutants.sh                       all of them (some minutes)
#   scripts/mutants.sh --only swap-lost      one of them; repeatable
#   scripts/mutants.sh --jobs 8              eight at a time instead of two
set -euo pipefail
. "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/lib.sh"
for word in "$@"; do
    case "$word" in -h | --help) show_help; exit 0 ;; esac
done

"$root/scripts/build.sh" sosa
exec /usr/bin/python3 "$root/scripts/mutants.py" "$@"
