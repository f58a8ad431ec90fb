#!/usr/bin/env bash
# Builds the program, runs ResNet-50 on the paper's 256 pods with a waveform of 100 slices, and makes a page of it; works
# as the first command on a fresh clone, from any folder. Arguments go to `sosa run`; an own --config, --workload, --out or
# --trace option takes the place of the demo's.
#
#   scripts/demo.sh
#   scripts/demo.sh --workload bert_base --out out/my-run
set -euo pipefail
. "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/lib.sh"
case "${1:-}" in -h | --help) show_help; exit 0 ;; esac

run=(build/release/sosa run)
has() { [[ " ${arguments[*]} " == *" $1"[=\ ]* ]]; }
arguments=("$@")
if ! has --config; then run+=(--config sosa-256); fi
if ! has --workload; then run+=(--workload resnet50); fi
if ! has --out; then run+=(--out out/demo); fi
if [[ " ${arguments[*]} " != *" --trace"* ]]; then run+=(--trace --trace-window 100:200); fi
run+=("$@")

"$root/scripts/build.sh" sosa
cd "$root"
printf 'Running %s\n' "${run[*]}" >&2
"${run[@]}"
folder=out/demo
for ((i = 0; i < ${#arguments[@]}; ++i)); do
    case "${arguments[i]}" in
        --out) folder=${arguments[i + 1]} ;;
        --out=*) folder=${arguments[i]#--out=} ;;
    esac
done
build/release/sosa report "$folder" >/dev/null
cat <<NEXT

Look at it:
  $folder/report.html                                                 the page of the run: open it in a browser
  gtkwave $folder/trace.gtkw                                          the waveform
NEXT
cat <<'NEXT'

Next, from the project's folder:
  build/release/sosa list workloads                                   what can run; also configs, policies, interconnects
  build/release/sosa run --config sosa-256 --workload resnet50 --set noc.topology=butterfly-1
                                                                      the same chip with a cheaper network
  build/release/sosa run --help                                       all options
  scripts/test.sh                                                     the tests
NEXT
