#!/usr/bin/env bash
# Runs the grid of the paper's authors: 57 workloads x 5 pod counts x 6 networks = 1,710 runs, and compares those whose
# results they published (sc_tests/data/reference_cycles.csv). What was interrupted goes on with the same command.
#
#   scripts/published-grid.sh                 everything, as many processes at a time as there are cores
#   scripts/published-grid.sh --jobs 2        options go to sosa sweep
#   scripts/published-grid.sh --shard 1/20    every twentieth run, for an estimate of the time
#
# The 57 workloads: the seven CNNs at 299 x 299 pixels (scripts/sweeps/published-cnn.json), and BERT in five sizes (tiny,
# small, medium, base, large) at ten sequence lengths from 10 to 500 (published-bert.json); batch 1, pods of 32 x 32,
# banks of 256 KiB, 1200 GiB/s of DRAM. The published file has 120 of the runs, with the image size 299 and three of the
# lengths (20, 100, 300); the lengths and sizes between are those of the authors' scripts for the paper's figures.
set -euo pipefail
. "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/lib.sh"
case "${1:-}" in -h | --help) show_help; exit 0 ;; esac

if [ -z "${SOSA_PROGRAM:-}" ]; then
    "$root/scripts/build.sh" sosa
    SOSA_PROGRAM=$root/build/release/sosa
fi
cd "$root"
out=out/published-grid
for part in cnn bert; do
    "$SOSA_PROGRAM" sweep "scripts/sweeps/published-$part.json" --out "$out/$part" "$@"
    "$SOSA_PROGRAM" collect "$out/$part"
done
exec /usr/bin/python3 scripts/published-grid.py "$out/cnn/results.csv" "$out/bert/results.csv"
