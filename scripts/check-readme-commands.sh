#!/usr/bin/env bash
# Runs what README.md tells a reader to type: every line starting with "$ " in a block fenced as ```console, in order, in
# one shell that starts in the project root, with no input. Stops at the first that fails and shows what it printed. A
# "\" at the end goes on in the next line. Skipped, and counted: a line that ends in "# not run in CI: REASON" and, where
# CI is set, scripts/test.sh and .ci/run (CI runs them anyway). Commands in sh or bash blocks are refused: they would
# escape. The build should be there already; what the commands write goes where it goes for the reader (out/).
#
#   scripts/check-readme-commands.sh [FILE]
set -euo pipefail
. "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/lib.sh"
limit_s=1200  # for all commands together

case "${1:-}" in
    -h | --help) show_help; exit 0 ;;
    -*) fail "found the argument \"$1\"; allowed: a Markdown file" 2 ;;
esac
file=$(readlink -f -- "${1:-$root/README.md}")
name=${file##*/}
if [ ! -r "$file" ]; then fail "$file cannot be read"; fi

# add_command LINE TEXT: as a step of the script that will run, or to the skipped.
add_command() {
    local marker='# not run in CI:' ours='^(\./)?(scripts/test\.sh|\.ci/run)( |$)' reason=""
    if [[ $2 == *"$marker"* ]]; then
        reason=${2#*"$marker"}
        if [[ -z ${reason// /} ]]; then fail "$name:$1: \"$marker\" is followed by no reason"; fi
    elif [ -n "${CI:-}" ] && [[ $2 =~ $ours ]]; then
        reason=" CI runs it by itself"
    fi
    if [ -n "$reason" ]; then
        skipped=$((skipped + 1))
        printf '%s:%d: skipped:%s: %s\n' "$name" "$1" "$reason" "${2%%"$marker"*}"
    else
        commands=$((commands + 1))
        printf 'step %q %q\n' "$1" "$2" >>"$work/steps.sh"
    fi
}

# read_commands: goes through the file's fences.
read_commands() {
    local line number=0 fence="" start=0 text=""
    while IFS= read -r line || [ -n "$line" ]; do
        number=$((number + 1))
        if [ -n "$text" ]; then
            text+=$'\n'${line#"> "}
        elif [[ $line =~ ^[[:space:]]*\`\`\`[[:space:]]*([A-Za-z0-9_+-]*) ]]; then
            if [ -n "$fence" ]; then fence=""; else fence=${BASH_REMATCH[1]:-none}; opened=$number; fi
            case "$fence" in
                sh | bash | shell | zsh) fail "$name:$number: a block of commands is marked $fence; mark it console, so that they are run here" ;;
            esac
            continue
        elif [ "$fence" = console ] && [[ $line =~ ^[[:space:]]*\$\ (.*) ]]; then
            text=${BASH_REMATCH[1]} start=$number
        fi
        if [ -n "$text" ] && [[ $text != *\\ ]]; then add_command "$start" "$text"; text=""; fi
    done <"$file"
    if [ -n "$fence" ]; then fail "$name:$opened: the fenced block is not closed"; fi
}

work=$(mktemp -d)
trap 'rm -rf "${work:?}"' EXIT
commands=0 skipped=0
cat >"$work/steps.sh" <<'STEPS'
set -o pipefail
step() {
    local start=$SECONDS code=0
    printf '%s:%d: $ %s ... ' "$name" "$1" "$2"
    eval "$2" >"$log" 2>&1 </dev/null || code=$?
    if [ "$code" -eq 0 ]; then printf '%d s\n' "$((SECONDS - start))"; return; fi
    printf 'failed:\n'
    cat "$log"
    printf '%s:%d: exit code %d from: %s\n' "$name" "$1" "$code" "$2" >&2
    exit 1
}
STEPS
read_commands
printf 'touch %q\n' "$work/all_ran" >>"$work/steps.sh"
if [ "$commands" -eq 0 ]; then fail "$name has no command to run (lines starting with \"$ \" in a block fenced as \`\`\`console)"; fi

cd "$root"
code=0
name=$name log=$work/log timeout "$limit_s" bash "$work/steps.sh" || code=$?
if [ "$code" -eq 124 ]; then fail "the last command above did not end; all together may take $limit_s s"; fi
if [ "$code" -ne 0 ]; then fail "a command of $name failed"; fi
if [ ! -e "$work/all_ran" ]; then fail "the last command above ended the shell, so those after it did not run"; fi
printf '%s: %d commands ran, %d skipped\n' "$name" "$commands" "$skipped"
