#!/usr/bin/env bash
# Tests scripts/sweep-slurm.sh on a real Slurm cluster, made of this machine by scripts/slurm-up.sh in a folder that is
# removed at the end: three tasks are stopped in the middle in three ways, go on, and the table is the one that the
# same sweep gives without Slurm. ctest runs it.
#
#   scripts/test-slurm.sh [PROGRAM]
#
# PROGRAM is a build of sosa (default build/release/sosa). Takes about a minute. Exit code 77 and a line "skipped: ..."
# where Slurm is not installed or does not start.
set -euo pipefail
. "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/lib.sh"
PATH=$PATH:/usr/sbin  # as in slurm-up.sh
limit_s=300           # for everything, on a machine that is busy

case "${1:-}" in -h | --help) show_help; exit 0 ;; esac
sosa=$(readlink -f -- "${1:-$root/build/release/sosa}")
if [ ! -x "$sosa" ]; then fail "there is no program $sosa; build it with scripts/build.sh"; fi

skip() { printf 'skipped: %s\n' "$1"; exit 77; }
for tool in munged slurmctld slurmd sbatch; do
    if ! command -v "$tool" >/dev/null; then
        skip "$tool was not found; scripts/setup.sh munge slurmctld slurmd slurm-client installs it"
    fi
done

work=$(mktemp -d)
clean_up() {
    local code=$?
    set +e
    trap - EXIT
    if [ "$code" -ne 0 ] && [ "$code" -ne 77 ]; then tail -n +1 -- "$work"/*.txt "$work"/*/slurm/*.log 2>/dev/null; fi
    if [ -n "${submission:-}" ]; then kill "$submission" 2>/dev/null; fi
    if [ -e "$work/cluster/slurm.conf" ]; then "$root/scripts/slurm-up.sh" --down "$work/cluster"; fi
    rm -rf -- "${work:?}"
    exit "$code"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

"$root/scripts/slurm-up.sh" "$work/cluster" || skip "Slurm is installed but does not start, see above"
# shellcheck source=/dev/null
. "$work/cluster/env.sh"
cd "$root"

# wait_until WHAT COMMAND...
wait_until() {
    local what=$1
    shift
    until "$@"; do
        if [ "$SECONDS" -ge "$limit_s" ]; then fail "the $limit_s s are over, and still not: $what"; fi
        sleep 0.05
    done
}

# submit NAME N: runs the sweep $work/NAME.json with --wait in the background; $submission is its process, $array its job.
submit() {
    name=$1 tasks=$2 array=""
    : >"$work/$name.txt"
    scripts/sweep-slurm.sh "$work/$name.json" "$tasks" --out "$work/$name" --wait --program "$sosa" \
        >"$work/$name.txt" 2>&1 </dev/null &
    submission=$!
    wait_until "$name was submitted" was_submitted
    if [ -z "$array" ]; then fail "$name was not submitted"; fi
}
was_submitted() {
    array=$(sed -nE 's/.*: job ([0-9]+); then.*/\1/p' "$work/$name.txt")
    [ -n "$array" ] || has_ended
}
has_ended() { ! kill -0 "$submission" 2>/dev/null; }

# ends_with CODE: waits for the submission to end.
ends_with() {
    local code=0
    wait_until "$name ended" has_ended
    wait "$submission" || code=$?
    submission=""
    if [ "$code" -ne "$1" ]; then fail "$name ended with exit code $code instead of $1"; fi
}

# The table is the one that the same sweep gives without Slurm.
same_table() {
    "$sosa" sweep "$work/$name.json" --out "$work/local/$name" >"$work/local-$name.txt" 2>&1 || true  # a point may fail
    "$sosa" collect "$work/local/$name" >>"$work/local-$name.txt"
    cmp -- "$work/$name/results.csv" "$work/local/$name/results.csv" || fail "$name: the tables differ"
}

# Of a task: how often it was started again, its points' files, whether it runs.
restarts() { scontrol --oneliner show job "${array}_$1" | sed -n 's/.* Restarts=\([0-9]*\) .*/\1/p'; }
hashes() {
    "$sosa" sweep "$work/$name.json" --out "$work/$name" --shard "$1/$tasks" --dry-run |
        sed -nE 's/^ *[0-9]+  ([0-9a-f]+)  .*/\1/p'
}
files() {
    local hash
    for hash in ${shard[$1]}; do compgen -G "$work/$name/points/$hash*.json" || true; done
}
count() { files "$1" | wc -l; }
has_some() { [ "$(count "$1")" -gt 0 ]; }
sosa_of() { pgrep -o -f -- "--shard $1/$tasks --out $work/$name "; }  # the oldest; the others are its points
is_gone() { ! sosa_of "$1" >/dev/null; }
kill_sosa() { kill -KILL "$(sosa_of "$1")"; }

# stop_task TASK HOW COMMAND...: when it has finished a point.
stop_task() {
    wait_until "task $1 finished a point" has_some "$1"
    ways[$1]=$2
    "${@:3}"
}

# note_stopped TASK: what it has done when it is gone. Slurm does not start it again within five seconds.
note_stopped() {
    wait_until "task $1 stopped" is_gone "$1"
    done_before[$1]=$(count "$1")
    if [ "${done_before[$1]}" -ge "$points" ]; then fail "task $1 was done before it could be stopped"; fi
    files "$1" | xargs stat --format='%n %i %y' >"$work/before-$1"
}

# went_on TASK LOG: its last start ran what was missing and nothing else.
went_on() {
    local before=${done_before[$1]} last rest
    rest=$((points - before))
    last=$(tac -- "$2" | sed '/, start [0-9]*$/q')
    grep -qE "^  done before +$before\$" <<<"$last" || fail "task $1 did not go on from $before points"
    grep -qE "^  run +$rest\$" <<<"$last" || fail "task $1 did not run the other $rest points"
    if grep 'cannot queue it again' "$2"; then fail "task $1 could not be queued again"; fi
    xargs stat --format='%n %i %y' < <(cut -d ' ' -f 1 "$work/before-$1") | cmp - "$work/before-$1" ||
        fail "task $1: a finished point was written again"
    printf '  task %d %s after %d of %d points, started again and ran the other %d\n' \
        "$1" "${ways[$1]}" "$before" "$points" "$rest"
}

# spec NAME TOPOLOGIES: points that take a third of a second or so.
spec() {
    cat >"$work/$1.json" <<SPEC
{"name": "$1", "base": {"config": "sosa-256", "workload": "resnet50"},
 "grid": {"pods.count": [64, 128, 256], "dram.latency": ["0ns", "100ns"], "noc.topology": [$2]}}
SPEC
}

test_stopped() {
    local task
    spec stopped '"butterfly-1", "butterfly-2", "butterfly-4", "crossbar"'
    submit stopped 3
    for task in 1 2 3; do shard[task]=$(hashes "$task"); done
    points=$(wc -w <<<"${shard[1]}")
    stop_task 1 "was killed" kill_sosa 1
    note_stopped 1
    stop_task 2 "was preempted" scontrol requeue "${array}_2"
    stop_task 3 "came near its time limit" scancel --batch --signal=USR1 "${array}_3"
    note_stopped 2
    note_stopped 3
    ends_with 0
    same_table
    printf 'stopped: the table is the one without Slurm\n'
    for task in 1 2 3; do
        if [ "$(restarts "$task")" != 1 ]; then fail "task $task: $(restarts "$task") restarts instead of one"; fi
        went_on "$task" "$work/stopped/slurm/${array}_$task.log"
    done
}

test_cancelled() {
    spec cancelled '"butterfly-1"'
    submit cancelled 1
    shard[1]=$(hashes 1)
    points=$(wc -w <<<"${shard[1]}")
    stop_task 1 "was cancelled" scancel "$array"
    note_stopped 1
    ends_with 1
    grep -q " ${done_before[1]} of $points points, " "$work/cancelled.txt" || fail "cancelled: the missing points are not told"
    if [ "$(restarts 1)" != 0 ]; then fail "cancelled: the task was started again"; fi
    submit cancelled 1
    ends_with 0
    same_table
    printf 'cancelled: not started again; the same command goes on\n'
    went_on 1 "$work/cancelled/slurm/${array}_1.log"
}

# A point that fails is no reason to start its task again.
test_failing() {
    cat >"$work/failing.json" <<'SPEC'
{"name": "failing", "base": {"config": "tiny", "workload": "host/workloads/mlp.json"},
 "grid": {"pods.count": [4, 8]}, "points": [{"config": "sosa-256", "workload": "resnet50", "tiling.partition": "none"}]}
SPEC
    submit failing 2
    ends_with 1
    grep -q '3 of 3 points, 1 failed$' "$work/failing.txt" || fail "failing: the failed point is not told"
    same_table
    if [ "$(restarts 1),$(restarts 2)" != 0,0 ]; then fail "failing: a task was started again"; fi
    printf 'failing: the failed point is in the table, its task was not started again\n'
}

# What the nodes cannot write is told, though no log can say it.
test_unwritable() {
    scontrol update PartitionName=main State=DOWN
    sed 's/"failing"/"unwritable"/' "$work/failing.json" >"$work/unwritable.json"
    submit unwritable 2
    mv -- "$work/unwritable" "$work/elsewhere"
    touch "$work/unwritable"
    scontrol update PartitionName=main State=UP
    ends_with 1
    grep -q "unwritable: the nodes cannot write there" "$work/unwritable.txt" || fail "unwritable: that is not told"
    printf 'unwritable: told\n'
}

# refused SENTENCE ARGUMENT...
refused() {
    local sentence=$1 said code=0
    shift
    said=$("$root/scripts/sweep-slurm.sh" --program "$sosa" --out "$work/refused" "$@" 2>&1) || code=$?
    if [ "$code" -eq 0 ] || [[ $said != *"$sentence"* ]]; then
        fail "sweep-slurm.sh $*: exit code $code, said \"$said\" without \"$sentence\""
    fi
}

test_refused() {
    local spec=$work/failing.json jobs tool
    sed 's/pods.count/pods.cuont/' "$spec" >"$work/typo.json"
    mkdir "$work/no_slurm"
    for tool in bash dirname readlink; do ln -s "$(command -v "$tool")" "$work/no_slurm/$tool"; done
    refused 'found 1 words instead of SPEC and N' "$spec"
    refused 'N: found "0", allowed: the number of tasks' "$spec" 0
    refused 'N: found "three"' "$spec" three
    refused 'no-such.json: is no file that can be read' "$work/no-such.json" 3
    refused 'found the argument "--jobs"' "$spec" 3 --jobs 2
    refused 'unknown key "pods.cuont"' "$work/typo.json" 3
    refused '/dev/null/x: the folder cannot be created' "$spec" 3 --out /dev/null/x
    refused 'holds the sweep "stopped"' "$spec" 3 --out "$work/stopped"
    refused 'sbatch refused the job' "$spec" 3 -- --partition=none
    PATH=$work/no_slurm refused 'sbatch was not found' "$spec" 3
    jobs=$(squeue --noheader)
    if [ -n "$jobs" ]; then fail "refused: there are jobs: $jobs"; fi
    printf 'refused: each mistake with its sentence, nothing submitted\n'
}

submission="" array="" name="" tasks=0 points=0  # the last sweep that was submitted, and the points of a task
shard=() done_before=() ways=()                   # of each task
test_stopped
test_cancelled
test_failing
test_unwritable
test_refused
printf 'slurm: all passed\n'
