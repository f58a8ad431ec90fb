#!/usr/bin/env bash
# Sets up, configures preset release and builds what is missing; the program is then build/release/sosa.
#
#   scripts/build.sh             everything, the tests too
#   scripts/build.sh TARGET...   only these (sosa, sosa_unit_tests, ...)
set -euo pipefail
. "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/lib.sh"
case "${1:-}" in -h | --help) show_help; exit 0 ;; esac

"$root/scripts/setup.sh"
cd "$root"
# Ninja configures again by itself when a CMake file changes, but does not look at the presets.
if [ ! -f build/release/build.ninja ] || [ CMakePresets.json -nt build/release/build.ninja ]; then
    quietly configure.log "Configuring build/release" cmake --preset release
fi
first_time=" for the first time, which takes minutes"
if [ -x build/release/sosa ]; then first_time=""; fi
quietly build.log "Building ${*:-all}$first_time" \
    cmake --build --preset release -j "$(nproc)" ${1:+--target "$@"}
