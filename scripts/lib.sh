# shellcheck shell=bash
# Sourced by the scripts beside it: $root (the project root), fail, quietly and source_files.
unset CDPATH
root=$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")

# fail SENTENCE [EXIT_CODE]
fail() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    exit "${2:-1}"
}

# The comment at the head of the calling script is its help text.
show_help() { awk 'NR > 1 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$0"; }

# quietly LOG TITLE COMMAND...: one line says what is going on and how long it took. What the command prints goes to
# build/LOG; on failure it is shown (without ninja's lines of progress) and the script ends with the command's code.
quietly() {
    local log=$root/build/$1 title=$2 start=$SECONDS code=0
    shift 2
    mkdir -p "$root/build"
    printf '%s ... ' "$title" >&2
    "$@" >"$log" 2>&1 </dev/null || code=$?
    if [ "$code" -ne 0 ]; then
        printf 'failed:\n' >&2
        grep -vE '^\[[0-9]+/[0-9]+\] ' "$log" >&2 || true
        fail "\"$title\" failed with exit code $code; all it printed is in ${log#"$root"/}" "$code"
    fi
    printf '%d s\n' "$((SECONDS - start))" >&2
}

# source_files: the project's C++ files, tracked or new but not ignored, each ended by a NUL.
source_files() {
    local file
    if git -C "$root" -c safe.directory="$root" rev-parse --git-dir >/dev/null 2>&1; then
        git -C "$root" -c safe.directory="$root" ls-files -z -co --exclude-standard -- '*.h' '*.cpp'
    else
        printf '%s: no git here, so every .h and .cpp outside build/ and out/ is taken\n' "${0##*/}" >&2
        (cd "$root" && find . \( -path ./build -o -path ./out -o -name '.?*' \) -prune -o \
            -type f \( -name '*.h' -o -name '*.cpp' \) -printf '%P\0')
    fi | while IFS= read -r -d '' file; do
        if [ -f "$root/$file" ]; then printf '%s\0' "$file"; fi  # git also lists what was just deleted
    done
}
