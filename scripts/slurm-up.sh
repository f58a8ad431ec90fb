#!/usr/bin/env bash
# A Slurm cluster of this one machine, for tests and to try things: munged, slurmctld and slurmd on loopback, with ports,
# key, state and logs of their own in DIR. Runs as root or any user, with or without systemd.
#
#   scripts/slurm-up.sh DIR          starts it; `source DIR/env.sh` then makes sbatch and squeue talk to it
#   scripts/slurm-up.sh --down DIR   ends it and all its jobs
#
# Needs the packages munge, slurmctld, slurmd and slurm-client. A job that is requeued waits five seconds. As many
# single-processor jobs run at a time as the machine has processors, but at least four.
set -euo pipefail
. "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/lib.sh"
PATH=$PATH:/usr/sbin  # Debian's daemons, also for users
start_limit_s=20

is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# free_ports: the first of two that follow each other, below those that the system gives to outgoing connections.
free_ports() {
    local port
    for _ in {1..100}; do
        port=$((20000 + RANDOM % 10000))
        if is_free "$port" && is_free "$((port + 1))"; then echo "$port"; return; fi
    done
    fail "found no two free ports from 20000 to 30000"
}

# cred_expire: Slurm starts no job again before its old credential ends. linuxproc and task/none need no cgroups.
write_config() {
    local port=$1 host processors
    host=$(hostname -s)
    processors=$(nproc)
    cat <<CONFIG
ClusterName=sosa$port
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$dir/munge.sock,cred_expire=5
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=batch_sched_delay=0,sched_min_interval=50000,sched_interval=1,bf_interval=1
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
SlurmctldLogFile=$dir/log/slurmctld.log
SlurmdLogFile=$dir/log/slurmd.log
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmdParameters=config_overrides
ReturnToService=2
MaxArraySize=10001
KillWait=5
NodeName=$host NodeAddr=127.0.0.1 CPUs=$((processors > 4 ? processors : 4)) State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONFIG
}

# Every process of the cluster and of its jobs has this in its environment: Slurm puts it there for jobs.
cluster_mark() { printf 'SLURM_CLUSTER_NAME=%s' "$(sed -n 's/^ClusterName=//p' "$dir/slurm.conf")"; }

cluster_pids() {
    { grep -lzFx -e "$(cluster_mark)" /proc/[0-9]*/environ 2>/dev/null || true; } | cut -d / -f 3
}

# signal_all SIGNAL: to every process of the cluster; fails if there is none.
signal_all() {
    local pids
    mapfile -t pids < <(cluster_pids)
    if [ "${#pids[@]}" -eq 0 ]; then return 1; fi
    kill -s "$1" "${pids[@]}" 2>/dev/null || true  # some may have ended
}

down() {
    signal_all TERM || return 0
    for _ in {1..30}; do
        if ! signal_all 0; then return; fi
        sleep 0.1
    done
    while signal_all KILL; do sleep 0.1; done
}

start_daemons() {
    (umask 077 && head -c 1024 /dev/urandom >"$dir/munge.key")
    munged --force --key-file="$dir/munge.key" --socket="$dir/munge.sock" --pid-file="$dir/munged.pid" \
        --log-file="$dir/log/munged.log" --seed-file="$dir/munge.seed" || return 1
    slurmctld -c && slurmd
}

up() {
    local start=$SECONDS port
    if [ -e "$dir/slurm.conf" ]; then
        if signal_all 0; then fail "a cluster runs in $dir already"; fi
        rm -rf -- "$dir"/{log,state,spool}
    fi
    port=$(free_ports)
    mkdir -p "$dir"/{log,state,spool}
    write_config "$port" >"$dir/slurm.conf"
    export SLURM_CONF=$dir/slurm.conf
    printf 'export SLURM_CONF=%q\n' "$SLURM_CONF" >"$dir/env.sh"
    trap down EXIT
    (export "$(cluster_mark)" && start_daemons) >"$dir/log/start.log" 2>&1 </dev/null || give_up
    until [ "$(sinfo --noheader --format=%t 2>/dev/null)" = idle ]; do
        if [ "$((SECONDS - start))" -ge "$start_limit_s" ]; then give_up; fi
        sleep 0.1
    done
    trap - EXIT
}

give_up() {
    tail -n 5 -- "$dir"/log/*.log >&2
    fail "the cluster did not start; the last of its logs is above"
}

action=up
case "${1:-}" in
    -h | --help) show_help; exit 0 ;;
    --down) action=down; shift ;;
esac
if [ "$#" -ne 1 ]; then fail "found $# folders; allowed: one DIR, see --help" 2; fi
dir=$(readlink -m -- "$1")
if [[ $dir == *[[:space:]#%]* ]]; then fail "found the folder \"$dir\"; allowed: a path without blanks, # and %" 2; fi
for tool in munged slurmctld slurmd sinfo; do
    if ! command -v "$tool" >/dev/null; then fail "$tool was not found; install munge, slurmctld, slurmd and slurm-client"; fi
done
if [ "$action" = down ] && [ ! -e "$dir/slurm.conf" ]; then fail "there is no cluster in $dir"; fi
"$action"
