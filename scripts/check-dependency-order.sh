#!/usr/bin/env bash
# Checks the C++ files: a folder includes only itself and what stands before it in traces, noc, pods, hw, host;
# includes are rooted at the project; no `using namespace` in a header; <systemc>, not <systemc.h>; nothing left marked
# as to be done. Names file and line of each violation.
#
#   scripts/check-dependency-order.sh [FOLDER]     the project, or another tree
#   scripts/check-dependency-order.sh --self-test  sees that each violation is found and clean code is not blamed
set -euo pipefail
. "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/lib.sh"

# One awk for all files; `code` is a line without its comments.
# shellcheck disable=SC2016
checker='
function report(sentence) { printf "%s:%d: %s\n", FILENAME, FNR, sentence; found++ }
function strip_comments(line,   start, stop) {
    if (in_comment) {
        stop = index(line, "*/")
        if (!stop) return ""
        line = substr(line, stop + 2); in_comment = 0
    }
    if (line !~ /^[ \t]*#[ \t]*include/) {  # a comment sign in a text opens no comment
        gsub(/\047\\?"\047/, " ", line)
        gsub(/"([^"\\]|\\.)*"/, "\"\"", line)
    }
    while (match(line, /\/\/|\/\*/)) {
        start = RSTART
        if (substr(line, start, 2) == "//") return substr(line, 1, start - 1)
        stop = index(substr(line, start + 2), "*/")
        if (!stop) { in_comment = 1; return substr(line, 1, start - 1) }
        line = substr(line, 1, start - 1) " " substr(line, start + stop + 3)
    }
    return line
}
function check_include(path, quoted,   folder) {
    if (path == "systemc.h") report("#include <systemc.h> brings its names into every file; use <systemc>")
    folder = path ~ /\// ? path : ""
    sub(/\/.*/, "", folder)
    if (here in place && folder in place && place[folder] > place[here])
        report(here "/ includes " path ", but may include only " allowed[here])
    else if (here in place && folder == "sc_tests")
        report(here "/ includes " path ", a file of the tests")
    else if (quoted && path != "systemc.h" && !(folder in place) && folder != "sc_tests")
        report("#include \"" path "\" does not start with a folder of the project")
}
BEGIN {
    count = split("traces noc pods hw host", order, " ")
    for (i = 1; i <= count; i++) {
        place[order[i]] = i
        so_far = so_far (i > 1 ? ", " : "") order[i]
        allowed[order[i]] = so_far
    }
    mark = "(TO" "DO|FIX" "ME)"
}
FNR == 1 { here = FILENAME; sub(/\/.*/, "", here); in_comment = 0 }
{ code = $0 ~ /\/[\/*]|\*\// || in_comment ? strip_comments($0) : $0 }
code ~ /^[ \t]*#[ \t]*include[ \t]*[<"]/ {
    path = code; quoted = code ~ /include[ \t]*"/
    sub(/^[^<"]*[<"]/, "", path); sub(/[>"].*/, "", path)
    check_include(path, quoted)
}
FILENAME ~ /\.h$/ && code ~ /(^|[^A-Za-z0-9_])using[ \t]+namespace[ \t]/ { report("`using namespace` in a header") }
$0 ~ "(^|[^A-Za-z0-9_])" mark "([^A-Za-z0-9_]|$)" { report("a " (/TO[D]O/ ? "TO" "DO" : "FIX" "ME") " is left") }
END { exit found > 0 }
'

# check TREE: prints the violations and fails if there are any, or no files.
check() {
    local files
    mapfile -d '' -t files < <(cd "$1" && find traces noc pods hw host sc_tests \
        -type f \( -name '*.h' -o -name '*.cpp' \) -print0 2>/dev/null | sort -z)
    if [ "${#files[@]}" -eq 0 ]; then fail "found no .h or .cpp file under $1"; fi
    (cd "$1" && LC_ALL=C awk "$checker" "${files[@]}") || return 1
    printf 'dependency order: %d files, nothing to blame\n' "${#files[@]}"
}

# put FILE TEXT: a file of the self-test's tree.
put() {
    mkdir -p "$(dirname "$tree/$1")"
    printf '%b\n' "$2" >"$tree/$1"
}

# blames FILE TEXT EXPECTED: with this file alone added to the clean tree, just this line is reported.
blames() {
    local reported
    put "$1" "$2"
    if reported=$(check "$tree"); then fail "self-test: passed, but $1 should be blamed: $3"; fi
    if [ "$reported" != "$3" ]; then fail "self-test: expected \"$3\", found \"$reported\""; fi
    rm "${tree:?}/$1"
    tried=$((tried + 1))
}

self_test() {
    tree=$(mktemp -d)
    trap 'rm -rf "${tree:?}"' EXIT
    local marks=("TO""DO" "FIX""ME")
    tried=0
    put traces/a.h '#pragma once\n#include <systemc>\n// using namespace std is not for headers, #include "hw/b.h" neither\n/* using namespace std;\n#include "host/x.h" */ int TODOS;\nauto s = "noc/*";'
    put noc/a.h '#include <vector>\n#include <boost/pool/pool.hpp>\n#include "traces/a.h"'
    put host/a.cpp '#include "hw/a.h"\n#include "host/a.h"\nusing namespace std;'
    put sc_tests/unit/a.cpp '#include "sc_tests/unit/b.h"\n#include "host/a.h"'
    check "$tree" >/dev/null || fail "self-test: a clean tree was blamed"

    blames traces/v.h 'int i;\n#include "noc/a.h"' 'traces/v.h:2: traces/ includes noc/a.h, but may include only traces'
    blames pods/v.cpp '#include <hw/a.h>' 'pods/v.cpp:1: pods/ includes hw/a.h, but may include only traces, noc, pods'
    blames hw/rtl/v.cpp '#include "host/a.h"' 'hw/rtl/v.cpp:1: hw/ includes host/a.h, but may include only traces, noc, pods, hw'
    blames host/v.cpp '#include "sc_tests/unit/b.h"' 'host/v.cpp:1: host/ includes sc_tests/unit/b.h, a file of the tests'
    blames noc/v.h '#include "../host/a.h"' 'noc/v.h:1: #include "../host/a.h" does not start with a folder of the project'
    blames noc/v.h '#include "ids.h"' 'noc/v.h:1: #include "ids.h" does not start with a folder of the project'
    blames noc/v.h "auto s = \"/*\"; auto q = '\"'; // \"/*\n#include \"hw/a.h\"" \
        'noc/v.h:2: noc/ includes hw/a.h, but may include only traces, noc'
    # shellcheck disable=SC2016
    blames hw/v.h '\n /* x */ using  namespace sc_core;' 'hw/v.h:2: `using namespace` in a header'
    blames hw/v.cpp '#include <systemc.h>' 'hw/v.cpp:1: #include <systemc.h> brings its names into every file; use <systemc>'
    blames sc_tests/v.cpp '#include "systemc.h"' 'sc_tests/v.cpp:1: #include <systemc.h> brings its names into every file; use <systemc>'
    blames pods/v.h "int i; // ${marks[0]}: more" "pods/v.h:1: a ${marks[0]} is left"
    blames sc_tests/v.cpp "// ${marks[1]}" "sc_tests/v.cpp:1: a ${marks[1]} is left"
    printf 'dependency order, self-test: %d violations found, a clean tree passes\n' "$tried"
}

case "${1:-}" in
    -h | --help) show_help ;;
    --self-test) self_test ;;
    -*) fail "found the argument \"$1\"; allowed: --self-test or a folder" 2 ;;
    *) check "${1:-$root}" || fail "the lines above break the house rules" ;;
esac
