#!/usr/bin/env bash
# What a job of scripts/sweep-slurm.sh does on its node; Slurm runs a copy of this file.
#
#   slurm-task.sh run DIR N           array task I runs every N-th point from the I-th on
#   slurm-task.sh collect DIR N JOB   makes the table when the N tasks of JOB have ended; exit code 1 if a point failed
#                                     or has no result
#
# DIR/slurm holds the program and the spec as they were when the sweep was submitted.
set -euo pipefail
max_restarts=10

say() { printf '%s: %s\n' "${SLURM_JOB_NAME:-slurm-task.sh}" "$1" >&2; }

# Points that are finished stay, so that the next start goes on where this one ends.
restart() {
    if [ "${SLURM_RESTART_COUNT:-0}" -ge "$max_restarts" ]; then
        say "$1; not started again, as that was done $max_restarts times"
        exit 1
    fi
    say "$1; the task is queued again"
    # Not SLURM_JOB_ID, which in one of the tasks is the id of the whole array.
    if scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"; then exit 0; fi
    say "this node cannot queue it again: submit the sweep once more, it goes on from here"
    exit 75  # where slurm.conf has RequeueExit=75, that queues it
}

run_shard() {
    local stopped="" time_over="" code=0 child=""
    printf '%s: task %s of %d on %s, start %d\n' "$(date -Is)" "$SLURM_ARRAY_TASK_ID" "$tasks" "$(hostname)" \
        "$((${SLURM_RESTART_COUNT:-0} + 1))"
    # Whoever sends SIGTERM (scancel, preemption, scontrol requeue) has told Slurm what becomes of the task; sosa mostly
    # gets it, too, and should not get it twice. SIGUSR1 comes before the time limit.
    trap 'stopped=yes; sleep 1; kill -TERM "$child" 2>/dev/null || true' TERM
    trap 'time_over=yes; kill -TERM "$child" 2>/dev/null || true' USR1
    "$dir/slurm/sosa" sweep "$dir/slurm/spec.json" --shard "$SLURM_ARRAY_TASK_ID/$tasks" --out "$dir" \
        --jobs "${SLURM_CPUS_PER_TASK:-1}" &
    child=$!
    while kill -0 "$child" 2>/dev/null; do wait "$child" || true; done  # a signal ends a wait
    wait "$child" || code=$?
    if [ -n "$stopped" ]; then exit "$code"; fi
    if [ -n "$time_over" ] && [ "$code" -ne 0 ]; then restart "the time limit is near"; fi
    if [ "$code" -gt 128 ]; then restart "sosa sweep was killed by signal $((code - 128))"; fi
    exit "$code"  # a point that failed would fail again
}

collect() {
    local job=$1 task silent=() said code=0
    for ((task = 1; task <= tasks; ++task)); do
        if [ ! -e "$dir/slurm/${job}_$task.log" ]; then silent+=("$task"); fi
    done
    if [ "${#silent[@]}" -gt 0 ]; then
        say "no log of task ${silent[*]} of job $job in $dir/slurm: it was cancelled, or its node cannot write there"
    fi
    said=$("$dir/slurm/sosa" collect "$dir") || code=$?
    printf '%s\n' "$said"
    [ "$code" -eq 0 ] && [[ $said =~ \ ([0-9]+)\ of\ ([0-9]+)\ points$ ]] && [ "${BASH_REMATCH[1]}" = "${BASH_REMATCH[2]}" ]
}

if [ "$#" -lt 3 ]; then sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; exit; fi
dir=$2 tasks=$3
case "$1" in
    run) run_shard ;;
    collect) collect "$4" ;;
esac
