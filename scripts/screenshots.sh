#!/usr/bin/env bash
# Makes the README's pictures of a run, without a screen: the waveform in GTKWave and the page of the run in Chromium. They
# go to build/screenshots/; with --keep to traces/pictures/, where the README shows them.
#
#   scripts/screenshots.sh
#   scripts/screenshots.sh --keep
set -euo pipefail
. "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/lib.sh"
folder=$root/build/screenshots
case "${1:-}" in
    "") ;;
    --keep) folder=$root/traces/pictures ;;
    -h | --help) show_help; exit 0 ;;
    *) fail "found the argument \"$1\", allowed --keep" 2 ;;
esac
"$root/scripts/build.sh" sosa
run=$root/build/screenshots/run
mkdir -p "$folder" "$run"
quietly screenshots.log "Running ResNet-50" "$root/build/release/sosa" run --config sosa-256 --workload resnet50 --trace \
    --trace-window 100:200 --out "$run"
quietly screenshots.log "Making the page" "$root/build/release/sosa" report "$run"
quietly screenshots.log "Opening GTKWave" "$root/scripts/screenshot-wave.py" "$run/trace.vcd" "$run/trace.gtkw" \
    "$folder/wave.png"
quietly screenshots.log "Opening Chromium" "$root/scripts/screenshot-report.sh" "$run/report.html" "$folder/report.png" 1280 1800
printf '%s\n' "$folder/wave.png" "$folder/report.png"
