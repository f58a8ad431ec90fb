"""Measures `sosa import` on ONNX models of a chain of convolutions; called by bench.sh."""
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def run_import(model):
    """Wall seconds and peak bytes of one process."""
    start = time.perf_counter()
    child = subprocess.Popen(["build/release/sosa", "import", model, "-o", f"{model}.json"], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"sosa import {model} ended with {child.returncode}")
    return wall, usage.ru_maxrss * 1024


def main():
    runs = int(sys.argv[1])
    print(f"\n{'import of an ONNX model':30}{'whole':>8}{'file':>8}{'weights':>9}{'memory':>8}  target")
    with tempfile.TemporaryDirectory() as folder:
        def row(name, nodes, channels, beside, target):
            model, weights = Path(folder, "model.onnx"), Path(folder, "model.bin")
            subprocess.run(["build/release/sosa_onnx_bench", str(nodes), str(channels), model, *([weights.name] * beside)],
                           check=True, capture_output=True)  # SystemC says things
            wall, peak = (statistics.median(column) for column in zip(*(run_import(model) for _ in range(runs))))
            file, apart = model.stat().st_size, weights.stat().st_size if beside else 0
            ratio = f"{peak / file:.2f} x the file  " if target.endswith("file") else ""
            print(f"{name:30}{wall:8.3f}{file / 1e6:8.1f}{apart / 1e6:9.1f}{peak / 1e6:8.0f}  {ratio}{target}", flush=True)

        row("1,000 nodes", 1000, 16, False, "< 1 s")
        row("200 MB of weights", 20, 745, False, "<= 3 x the file")
        row("the same in a file beside it", 20, 745, True, "weights not read")


main()
