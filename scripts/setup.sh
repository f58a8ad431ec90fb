#!/usr/bin/env bash
# Installs the Debian packages that building and testing need, with apt-get (and sudo, unless root); does nothing when
# all are there. SOSA_SKIP_SETUP=1 leaves the system alone, for tools that come from elsewhere.
#
#   scripts/setup.sh
#   scripts/setup.sh munge slurmctld slurmd slurm-client   these too: the test of sweeps on a cluster
set -euo pipefail
. "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/lib.sh"

packages=(
    g++ cmake ninja-build ccache mold pkg-config                                 # building
    libsystemc-dev libboost-dev libboost-program-options-dev nlohmann-json3-dev  # libraries
    libonnx-dev libprotobuf-dev protobuf-compiler libonnx-testdata               # ONNX models, and its official cases
    libsqlite3-dev gnuplot-nox                                                   # tables and plots of sweeps
    catch2 clang-format clang-tidy python3 time                                  # testing and checking
    clang                                                                        # fuzz.sh
    verilator iverilog yosys                                                     # RTL: covalidate, vectors, synthesis
    gtkwave xvfb xauth                                                           # traces: vcd2fst, pictures without a screen
    chromium                                                                     # reports, as their tests look at them
)
other_system="this is not Debian or Ubuntu: install g++ 12 or later, CMake 3.25, Ninja, pkg-config, SystemC 2.3.4 built \
with C++17, Boost 1.74 with program_options, nlohmann-json 3.11, ONNX 1.12 with protobuf, SQLite 3, Catch2 2.13 and clang-format 14 yourself (useful too: \
ccache, mold, clang-tidy, GTKWave, Xvfb, Chromium, gnuplot, GNU time), then set SOSA_SKIP_SETUP=1"

is_installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

install_packages() {
    local as_root=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300)
    if [ "$(id -u)" -ne 0 ]; then as_root=(sudo "${as_root[@]}"); fi
    "${as_root[@]}" update && "${as_root[@]}" install -y --no-install-recommends "$@"
}

case "${1:-}" in
    -h | --help) show_help; exit 0 ;;
    -*) fail "found the option \"$1\", allowed are names of further packages" 2 ;;
esac
packages+=("$@")
if [ "${SOSA_SKIP_SETUP:-}" = 1 ]; then exit 0; fi
if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then fail "$other_system"; fi

missing=()
for package in "${packages[@]}"; do
    if ! is_installed "$package"; then missing+=("$package"); fi
done
if [ "${#missing[@]}" -eq 0 ]; then exit 0; fi
if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
    fail "run as root, as there is no sudo here: apt-get update && apt-get install -y ${missing[*]}"
fi
quietly setup.log "Installing ${missing[*]}" install_packages "${missing[@]}"
