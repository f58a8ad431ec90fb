#!/usr/bin/env bash
# Runs a sweep on a Slurm cluster: an array of N tasks, each with every N-th point, and a job that collects the results
# when all have ended.
#
#   scripts/sweep-slurm.sh SPEC N [--out DIR] [--wait] [-- SBATCH_OPTION...]
#   scripts/sweep-slurm.sh spec.json 20 --wait -- --partition=short --time=2:00:00 --cpus-per-task=4
#
#   --out DIR       folder of the results (default out/sweeps/NAME, NAME from the spec), which all nodes must share
#   --wait          shows how far it is, and ends with the table: exit code 0 if every point has its figures
#   --program FILE  what runs on the nodes (default build/release/sosa); FILE and SPEC are copied to DIR/slurm, so that
#                   neither a new build nor an edit changes a sweep that waits in the queue
#
# Each task runs as many points at a time as it has processors. A task that is killed, preempted or near its time limit
# is queued again and goes on where it was: no finished point is run twice. Points that fail are in the table with their
# reason. The same command goes on with what is missing, also after scancel. Run it from the folder to which the files
# named in SPEC are relative.
set -euo pipefail
. "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/lib.sh"

usage="allowed: SPEC N [--out DIR] [--wait] [--program FILE] [-- SBATCH_OPTION...], see --help"
words=() out=() wait="" program=""
while [ "$#" -gt 0 ]; do
    case "$1" in
        -h | --help) show_help; exit 0 ;;
        --wait) wait=yes ;;
        --out | --program)
            if [ -z "${2:-}" ]; then fail "$1: found nothing, allowed: a path" 2; fi
            if [ "$1" = --out ]; then out=(--out "$2"); else program=$2; fi
            shift
            ;;
        --) shift; break ;;
        -*) fail "found the argument \"$1\"; $usage" 2 ;;
        *) words+=("$1") ;;
    esac
    shift
done
sbatch_options=("$@")
if [ "${#words[@]}" -ne 2 ]; then fail "found ${#words[@]} words instead of SPEC and N; $usage" 2; fi
spec=${words[0]} tasks=${words[1]}
if ! [[ $tasks =~ ^[1-9][0-9]{0,5}$ ]]; then fail "N: found \"$tasks\", allowed: the number of tasks, 1 to 999999" 2; fi
if [ ! -r "$spec" ] || [ -d "$spec" ]; then fail "$spec: is no file that can be read; allowed: the spec of a sweep"; fi
for tool in sbatch scancel scontrol; do
    if ! command -v "$tool" >/dev/null; then
        fail "$tool was not found: this machine is in no Slurm cluster, or Slurm is not in PATH; sosa sweep runs the sweep here"
    fi
done

if [ -z "$program" ]; then
    program=$root/build/release/sosa
    if [ ! -x "$program" ]; then "$root/scripts/build.sh" sosa; fi
fi
if [ ! -x "$program" ]; then fail "$program: is no program; allowed: a build of sosa"; fi

# Checks all points before anything is submitted; the last line is "N points in DIR".
plan=$("$program" sweep "$spec" "${out[@]}" --dry-run) || fail "nothing was submitted" "$?"
plan=${plan##*$'\n'}
points=${plan%% in *}
dir=$(readlink -m -- "${plan#* in }")

# A shard beyond all points runs none, but puts the list of them into DIR: it is seen here, not by the tasks, if DIR
# cannot be written or is that of another sweep.
"$program" sweep "$spec" --out "$dir" --shard 1000000/1000000 >/dev/null || fail "nothing was submitted" "$?"

# put FILE NAME: a copy in DIR/slurm; what a task runs is not overwritten but replaced.
put() { cp -- "$1" "$dir/slurm/$2.new" && mv -- "$dir/slurm/$2.new" "$dir/slurm/$2"; }
if ! { mkdir -p -- "$dir/slurm" && put "$program" sosa && put "$spec" spec.json; }; then
    fail "$dir/slurm: cannot be written, so nothing was submitted"
fi

# submit SBATCH_OPTION... -- ARGUMENT...: prints the job's id. The task's own options win over those of the command line.
submit() {
    local options=() id
    while [ "$1" != -- ]; do options+=("$1"); shift; done
    shift
    id=$(sbatch --job-name="sosa-${dir##*/}" "${sbatch_options[@]}" --parsable "${options[@]}" \
        "$root/scripts/slurm-task.sh" "$@") || fail "sbatch refused the job, see above; nothing runs"
    echo "${id%%;*}"  # behind it may be the cluster's name
}
logs=${dir//%/%%}/slurm
array=$(submit --array="1-$tasks" --requeue --signal=B:USR1@60 --open-mode=append --output="$logs/%A_%a.log" \
    -- run "$dir" "$tasks")
collect=$(submit --dependency="afterany:$array" --output="$logs/%j.log" -- collect "$dir" "$tasks" "$array") ||
    { scancel "$array"; exit 1; }

cat <<SUBMITTED
$points, $tasks tasks: job $array; then job $collect collects the results
  watch    squeue --array --jobs=$array,$collect
  logs     $dir/slurm/${array}_*.log (if tasks run and none is there, their nodes cannot write to it)
  stop     scancel $array $collect
  results  $dir/results.csv and results.sqlite; what is missing or failed in slurm/$collect.log
SUBMITTED
if [ -z "$wait" ]; then exit 0; fi

# "412 of 1710 points, tasks: 1 pending, 3 running"
progress() {
    local found=("$dir"/points/*.json) states
    if [ ! -e "${found[0]}" ]; then found=(); fi
    states=$(squeue --noheader --array --jobs="$array" --format=%T 2>/dev/null | sort | uniq -c |
        awk 'NR > 1 { printf ", " } { printf "%d %s", $1, tolower($2) }') || true
    printf '%d of %s%s' "${#found[@]}" "$points" "${states:+, tasks: $states}"
}

# field NAME: of what Slurm says of the collecting job.
field() { sed -n "s/.* $1=\([^ ]*\).*/\1/p" <<<" $about"; }

clear_line() { if [ -t 2 ]; then printf '\r\033[K' >&2; fi; }
trap 'clear_line; fail "interrupted; the jobs go on, scancel $array $collect ends them" 130' INT
unknown=0
while :; do
    if about=$(scontrol --oneliner show job "$collect" 2>&1); then unknown=0; else unknown=$((unknown + 1)); fi
    case "$(field JobState)" in
        COMPLETED | FAILED | CANCELLED | TIMEOUT | NODE_FAIL | OUT_OF_MEMORY | DEADLINE | BOOT_FAIL | PREEMPTED) break ;;
    esac
    if [ "$unknown" -ge 30 ]; then fail "Slurm has not answered for a minute ($about); the jobs may go on without this"; fi
    if [ -t 2 ]; then printf '\r\033[K%s' "$(progress)" >&2; fi
    sleep 2
done
clear_line
if [ "$(field JobState)" = CANCELLED ]; then
    fail "job $collect was cancelled, the same command goes on with what is missing"
fi
if [ ! -e "$dir/slurm/$collect.log" ]; then
    fail "$dir: the nodes cannot write there, as job $collect left no log; allowed: a folder on a file system that they share"
fi
cat -- "$dir/slurm/$collect.log"
if [ "$(field ExitCode)" != 0:0 ]; then
    fail "not every point has its figures; the tasks say why in $dir/slurm/${array}_*.log"
fi
