#!/usr/bin/env bash
# Takes a picture of a page of sosa report with headless Chromium.
#
#   scripts/screenshot-report.sh out/resnet50-sosa-256/report.html build/report.png
#   scripts/screenshot-report.sh PAGE PNG [WIDTH HEIGHT] [dark]      default: 1280 x 1500 pixels, light
set -euo pipefail
. "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/lib.sh"
case "${1:-}" in -h | --help) show_help; exit 0 ;; esac
if [ $# -lt 2 ] || [ $# -gt 5 ]; then fail "found $# arguments, allowed PAGE PNG [WIDTH HEIGHT] [dark]" 2; fi
page=$(readlink -f -- "$1") picture=$(readlink -m -- "$2") width=${3:-1280} height=${4:-1500} theme=${5:-light}
if [ ! -f "$page" ]; then fail "$1: there is no such page; sosa report writes it"; fi
case "$theme" in light | dark) ;; *) fail "found the theme \"$theme\", allowed light, dark" 2 ;; esac
if ! command -v chromium >/dev/null; then fail "found no chromium; scripts/setup.sh installs it"; fi

scheme=1
if [ "$theme" = dark ]; then scheme=0; fi
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
mkdir -p "$(dirname -- "$picture")"
chromium --headless=new --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$profile" \
    --blink-settings=preferredColorScheme="$scheme" --virtual-time-budget=2000 --window-size="$width,$height" \
    --screenshot="$picture" "file://$page" >/dev/null 2>&1
[ -s "$picture" ] || fail "chromium wrote no $2"
