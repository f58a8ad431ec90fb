"""Measures what a sweep costs beside its simulations; called by bench.sh."""
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def peak_bytes(pid):
    """Of the process that starts the others; 0 once it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0)


def sweep(points, workload, config, jobs):
    """One sweep: wall seconds, seconds in the points' processes, peak bytes of the process that starts them."""
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder, "spec.json")
        spec.write_text(json.dumps({
            "name": "bench", "base": {"config": config, "workload": workload},
            "grid": {"dram.latency": [f"{i}ns" for i in range(points)]}}))
        start = time.perf_counter()
        child = subprocess.Popen(["build/release/sosa", "sweep", spec, "--jobs", str(jobs), "--out", f"{folder}/o"],
                                 stdout=subprocess.DEVNULL)
        peak = 0
        while child.poll() is None:
            peak = max(peak, peak_bytes(child.pid))
            time.sleep(0.02)
        wall = time.perf_counter() - start
        if child.returncode != 0:
            sys.exit(f"sosa sweep ended with {child.returncode}")
        inside = sum(json.loads(file.read_text())["cost"]["wall_s"] for file in Path(folder, "o/points").glob("*.json"))
        return wall, inside, peak


def main():
    jobs = len(os.sched_getaffinity(0))
    print(f"\n{'a sweep, ' + str(jobs) + ' jobs':30}{'whole':>8}{'points':>8}{'overhead':>10}{'memory':>8}  target")
    peaks = []
    for points, workload, config, target in ((20, "resnet50", "sosa-256", ""),
                                             (200, "resnet50", "sosa-256", "< 5 %, memory as with 20"),
                                             (200, "host/workloads/mlp.json", "tiny", "")):
        wall, inside, peak = sweep(points, workload, config, jobs)
        peaks.append(peak)
        name = f"{points} points of {Path(workload).stem}"
        print(f"{name:30}{wall:8.2f}{inside:8.2f}{100 * (1 - inside / (wall * jobs)):9.1f}%{peak / 1e6:8.1f}  {target}", flush=True)


main()
