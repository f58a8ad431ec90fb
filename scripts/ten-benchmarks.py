"""The paper's ten benchmarks on one configuration: a row each and the means of its tables; called by ten-benchmarks.sh."""
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

WORKLOADS = ["inception", "resnet50", "resnet101", "resnet152", "densenet121", "densenet169", "densenet201",
             "bert_medium", "bert_base", "bert_large"]


def harmonic_mean(values):
    return len(values) / sum(1 / v for v in values)


def main():
    rows = []
    print(f"{'workload':12}{'cycles':>9}{'TOPS':>8}{'util. %':>9}{'busy pods %':>13}{'TOPS @400 W':>13}")
    with tempfile.TemporaryDirectory() as folder:
        for workload in WORKLOADS:
            subprocess.run(["build/release/sosa", "run", "--workload", workload, "--out", folder, *sys.argv[1:]],
                           check=True, stdout=subprocess.DEVNULL)
            s = json.loads(Path(folder, "summary.json").read_text())
            rows.append(s)
            print(f"{workload:12}{s['cycles']:9}{s['effective_tops']:8.1f}{s['utilization_pct']:9.1f}"
                  f"{s['busy_pods_pct']:13.1f}{s['effective_tops_at_400w']:13.1f}", flush=True)
    mean = {key: harmonic_mean([s[key] for s in rows])
            for key in ("effective_tops", "utilization_pct", "effective_tops_at_400w")}
    busy = math.exp(sum(math.log(s["busy_pods_pct"]) for s in rows) / len(rows))
    print(f"{'mean':12}{'':9}{mean['effective_tops']:8.1f}{mean['utilization_pct']:9.1f}{busy:13.1f}"
          f"{mean['effective_tops_at_400w']:13.1f}   (harmonic; busy pods: geometric)")
    print(f"peak power {rows[0]['peak_power_w']:.1f} W, peak throughput {rows[0]['peak_tops']:.0f} TOPS")


main()
