#!/usr/bin/env bash
# Checks that every C++ file, tracked or new, stands as .clang-format says; --fix formats them.
#
#   scripts/check-format.sh [--fix]
set -euo pipefail
. "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/lib.sh"

case "${1:-}" in
    "") mode=(--dry-run --Werror) ;;
    --fix) mode=(-i) ;;
    -h | --help) show_help; exit 0 ;;
    *) fail "found the argument \"$1\"; allowed: --fix" 2 ;;
esac
if ! command -v clang-format >/dev/null; then fail "clang-format was not found; run scripts/setup.sh"; fi

cd "$root"
mapfile -d '' -t files < <(source_files)
if [ "${#files[@]}" -eq 0 ]; then fail "found no .h or .cpp file under $root"; fi
clang-format "${mode[@]}" --style=file -- "${files[@]}" || fail "some files are not formatted; scripts/check-format.sh --fix formats them"
printf 'format: %d files as .clang-format says\n' "${#files[@]}"
