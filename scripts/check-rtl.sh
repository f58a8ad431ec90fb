#!/usr/bin/env bash
# Checks the hardware in pods/rtl and noc/rtl with three tools, for many shapes of the array: Verilator and Icarus Verilog
# find nothing to warn about, the benches of sc_tests/cosim/tb pass, Yosys synthesises some of the shapes without a latch
# or a loop. Prints how many cells these take.
#
#   scripts/check-rtl.sh [PROGRAM]
#
# PROGRAM writes the parameters (sosa gen-params; default build/release/sosa). Takes one to two minutes. Packages and
# logs stay in build/rtl. Cells: every module is mapped once to NAND, NOR and NOT by a fast script and nothing is optimised
# across modules, so the gates are an upper estimate; flip-flops are exact.
set -euo pipefail
. "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/lib.sh"

sosa=$root/build/release/sosa
case "${1:-}" in
    "") ;;
    -h | --help) show_help; exit 0 ;;
    *) sosa=$(readlink -f -- "$1") ;;
esac
if [ "$#" -gt 1 ]; then fail "found the argument \"$2\"; allowed: one PROGRAM" 2; fi
if [ ! -x "$sosa" ]; then fail "there is no program $sosa; build it with scripts/build.sh"; fi
for tool in verilator iverilog vvp yosys; do
    if ! command -v "$tool" >/dev/null; then fail "$tool was not found; run scripts/setup.sh"; fi
done

cd "$root"
out=build/rtl
rm -rf -- "$out"
mkdir -p "$out"
pod=(pods/rtl/*.sv)
router=(noc/rtl/*.sv)
second=sc_tests/cosim/second_pod/acme_mac_array.sv

# rows cols multicast_cols fanin_rows
shapes=()
for size in "32 32" "16 16" "20 32" "8 8" "1 1" "5 7"; do
    for block in "16 16" "1 1" "4 8"; do shapes+=("$size $block"); done
done

# package "ROWS COLS B F": the folder with its sosa_params.sv.
package() { echo "$out/${1// /-}"; }

write_packages() {
    local shape r c b f
    for shape in "${shapes[@]}"; do
        read -r r c b f <<<"$shape"
        mkdir -p "$(package "$shape")"
        "$sosa" gen-params --lang sv sosa-256 --set pods.rows="$r" --set pods.cols="$c" --set pods.multicast_cols="$b" \
            --set pods.fanin_rows="$f" --out "$(package "$shape")/sosa_params.sv" || return 1
    done
}

# silent COMMAND...: fails too if the command only prints something.
silent() {
    local said
    said=$("$@" 2>&1) && [ -z "$said" ] && return
    printf '%s\n%s\n' "$*" "$said"
    return 1
}

lint() {
    local shape r c b f
    for shape in "${shapes[@]}"; do
        read -r r c b f <<<"$shape"
        silent verilator --lint-only -Wall --top-module sosa_pod "$(package "$shape")/sosa_params.sv" "${pod[@]}" || return 1
    done
    silent verilator --lint-only -Wall --top-module sosa_router "$(package "${shapes[0]}")/sosa_params.sv" "${router[@]}" || return 1
    silent verilator --lint-only -Wall "$second"
}

compile() {
    local shape
    for shape in "${shapes[@]}"; do
        silent iverilog -g2012 -Wall -t null -s sosa_pod "$(package "$shape")/sosa_params.sv" "${pod[@]}" || return 1
    done
    silent iverilog -g2012 -Wall -t null -s sosa_router "$(package "${shapes[0]}")/sosa_params.sv" "${router[@]}"
}

# bench TOP DEFAULTS FILE... -- PARAMETER=VALUE...
bench() {
    local top=$1 defaults=$2 files=() overrides=()
    shift 2
    while [ "$1" != -- ]; do files+=("$1"); shift; done
    shift
    for word in "$@"; do overrides+=("-P$top.$word"); done
    iverilog -g2012 "${overrides[@]}" -s "$top" -o "$out/$top.vvp" "$defaults" "${files[@]}" \
        "sc_tests/cosim/tb/$top.sv" || return 1
    timeout 300 vvp -n "$out/$top.vvp" | tee "$out/$top.log" || return 1
    grep -q '^PASS' "$out/$top.log"
}

simulate() {
    local shape r c b f edges psum saturate defaults
    defaults=$(package "${shapes[0]}")/sosa_params.sv
    while read -r r c b f edges psum saturate; do
        bench pod_tb "$defaults" "${pod[@]}" "$second" -- ROWS="$r" COLS="$c" MULTICAST_COLS="$b" FANIN_ROWS="$f" \
            EDGES="$edges" PSUM_BITS="$psum" SATURATE="$saturate" || return 1
    done <<<"32 32 16 16 150 16 0
20 32 8 4 150 24 1
8 8 4 8 600 16 1
8 8 1 1 300 32 0
5 7 4 3 600 24 0
5 7 16 16 600 32 1
1 1 1 1 1000 16 0"
    bench router_tb "$defaults" "${router[@]}" -- DATA_BITS=64 SOURCE_BITS=2 || return 1
    bench router_tb "$defaults" "${router[@]}" -- DATA_BITS=1 SOURCE_BITS=1 || return 1
}

# cells TOP "ROWS COLS B F" FILE...: synthesises it and adds a line to the table.
cells() {
    local top=$1 shape=$2 log
    shift 2
    log=$(package "$shape")/$top.yosys.log
    yosys -e . -p "read_verilog -sv $(package "$shape")/sosa_params.sv $*; hierarchy -check -top $top; proc; opt;
        check -assert; select -assert-none t:\$dlatch t:\$adlatch t:\$dlatchsr; synth -noabc; abc -fast -g cmos2;
        check -assert; select -assert-none t:\$_DLATCH*; stat" >"$log" 2>&1 || { tail -n 20 "$log"; return 1; }
    # The last count of the file is that of the whole hierarchy.
    awk -v title="$top ${shape// / }" '
        /Number of cells:/ { all = $NF; ff = 0 }
        /\$_S?DFFC?E?_/ { ff += $NF }
        END { split(title, t, " "); printf "%-12s %4d x %-4d %5d %5d %12d %12d\n", t[1], t[2], t[3], t[4], t[5], ff, all - ff }
    ' "$log" >>"$out/cells.txt"
}

synthesise() {
    local shape
    printf '%-12s %-11s %5s %5s %12s %12s\n' module "rows x cols" B F flip-flops gates >"$out/cells.txt"
    for shape in "32 32 16 16" "8 8 16 16" "8 8 1 1" "5 7 4 8" "1 1 1 1"; do
        cells sosa_pod "$shape" "${pod[@]}" || return 1
    done
    cells sosa_router "${shapes[0]}" "${router[@]}" || return 1
}

quietly rtl-packages.log "parameters of ${#shapes[@]} shapes" write_packages
quietly rtl-lint.log "Verilator: lint" lint
quietly rtl-compile.log "Icarus Verilog: compile" compile
quietly rtl-simulate.log "Icarus Verilog: benches" simulate
quietly rtl-synthesise.log "Yosys: synthesis" synthesise
cat "$out/cells.txt"
printf 'rtl: pod and router pass for %d shapes\n' "${#shapes[@]}"
