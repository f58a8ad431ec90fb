#!/usr/bin/env bash
# Gives the readers of files (workload JSON, SCALE-Sim CSV, config JSON, program files, ONNX) inputs that a fuzzer makes up,
# under AddressSanitizer and UBSan. Whatever is no workload must be refused with a sentence: a crash, a hang, any other
# exception or too much memory is a finding.
#
#   scripts/fuzz.sh                     every target for 10 s
#   scripts/fuzz.sh SECONDS             every target for that long
#   scripts/fuzz.sh SECONDS TARGET...   only these (csv json config program onnx)
#
# Prints a line for each target; ends with exit code 1 if there was a finding. Needs clang++ (package clang). Inputs that
# reached something new stay in build/fuzz/corpus and are tried again the next time.
set -euo pipefail
. "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/lib.sh"

all=(csv json config program onnx)
seconds=10
case "${1:-}" in
    "") ;;
    -h | --help) show_help; exit 0 ;;
    *) seconds=$1; shift ;;
esac
if ! [[ $seconds =~ ^[1-9][0-9]{0,5}$ ]]; then fail "found the time \"$seconds\"; allowed: 1 to 999999 seconds" 2; fi
targets=("$@")
if [ "$#" -eq 0 ]; then targets=("${all[@]}"); fi
for target in "${targets[@]}"; do
    if [[ " ${all[*]} " != *" $target "* ]]; then fail "found the target \"$target\"; allowed: ${all[*]}" 2; fi
done
if ! command -v clang++ >/dev/null; then fail "clang++ was not found; install the package clang"; fi

models=/usr/share/libonnx-testdata/data
if [[ " ${targets[*]} " == *" onnx "* && ! -d $models ]]; then fail "there is no $models; install libonnx-testdata"; fi

cd "$root"
out=build/fuzz
configure() { cmake -S sc_tests/fuzz -B "$out" -G Ninja -DCMAKE_CXX_COMPILER=clang++; }
build() { cmake --build "$out" -j "$(nproc)" --target "${targets[@]/%/_fuzz}"; }

# Copies the small models of ONNX's own tests, the first inputs beside the committed ones.
copy_models() {
    mkdir -p "$out/models"
    local model name
    while IFS= read -r model; do
        name=${model%/model.onnx}
        cp -- "$model" "$out/models/${name##*/}.onnx" || return 1
    done < <(find "$models" -name model.onnx -size -2k)
}

# fuzz TARGET: prints its line of the table; fails if there is a finding.
fuzz() {
    local log=$out/$1.log corpus=$out/corpus/$1 found=$out/findings/$1- code=0 inputs=("sc_tests/fuzz/corpus/$1")
    mkdir -p "$corpus" "$out/findings"
    if [ "$1" = onnx ]; then
        copy_models || fail "the models of $models cannot be copied"
        inputs+=("$out/models")
    fi
    "$out/$1_fuzz" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=8192 -print_final_stats=1 \
        -artifact_prefix="$found" "$corpus" "${inputs[@]}" >"$log" 2>&1 </dev/null || code=$?
    printf '%-8s %12s executions  ' "$1" "$(awk '/number_of_executed_units/ { print $2 }' "$log")"
    if [ "$code" -eq 0 ]; then
        echo "no finding"
        return
    fi
    printf 'a finding:\n'
    grep -E 'ERROR|SUMMARY|runtime error|terminate called|what\(\)|Test unit written' "$log" || tail -n 5 "$log"
    printf '    all it printed is in %s\n' "$log"
    return 1
}

quietly fuzz-configure.log "Configuring build/fuzz" configure
quietly fuzz-build.log "Building ${targets[*]}" build
findings=0
for target in "${targets[@]}"; do fuzz "$target" || findings=$((findings + 1)); done
if [ "$findings" -gt 0 ]; then fail "$findings of ${#targets[@]} targets have a finding, its input is in $out/findings"; fi
