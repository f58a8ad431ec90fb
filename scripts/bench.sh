#!/usr/bin/env bash
# Measures speed and memory: medians of 5 runs, phases apart, and the ratios that the targets are about.
#
#   scripts/bench.sh          the whole table (about four minutes)
#   scripts/bench.sh 9        medians of 9 runs
set -euo pipefail
. "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/lib.sh"
case "${1:-}" in -h | --help) show_help; exit 0 ;; esac

"$root/scripts/build.sh" sosa sosa_transport_bench sosa_array_bench sosa_rtl_bench sosa_onnx_bench
cd "$root"
/usr/bin/python3 scripts/bench.py "${1:-5}"
/usr/bin/python3 scripts/bench_import.py "${1:-5}"
exec /usr/bin/python3 scripts/bench_sweep.py
