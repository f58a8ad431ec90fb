"""Runs sosa several times per case and prints medians; called by bench.sh."""
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PHASES = ["placement", "program", "elaboration", "simulation", "reports"]


def run(arguments, folder):
    """One process: wall seconds, seconds by phase, peak MB, tile ops."""
    start = time.perf_counter()
    subprocess.run(["build/release/sosa", "run", *arguments, "--out", folder], check=True, stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - start
    manifest = json.loads(Path(folder, "manifest.json").read_text())
    summary = json.loads(Path(folder, "summary.json").read_text())
    phases = [manifest["wall_s"][phase] for phase in PHASES]
    return [wall, *phases, manifest["peak_memory_bytes"] / 1e6, summary["tile_ops"]]


def medians(rows):
    return [statistics.median(column) for column in zip(*rows)]


def main():
    runs = int(sys.argv[1])
    cases = {
        "resnet50 on sosa-256": (["--workload", "resnet50"], "<= 0.8 s, 200 MB"),
        "resnet152 on sosa-256": (["--workload", "resnet152"], "<= 2 s"),
        "resnet50, routers as modules": (["--workload", "resnet50", "--set", "noc.structure=modules"], ""),
        "resnet50, functional": (["--workload", "resnet50", "--fidelity", "functional"], "<= 4 s"),
        "resnet50, cycle, all 256 pods": (["--workload", "resnet50", "--fidelity", "cycle"], "<= 8 s"),
        "resnet50, slices traced": (["--workload", "resnet50", "--trace-level", "slice"], "<= 1.3 x untraced"),
        "resnet50, pods of 100 traced": (["--workload", "resnet50", "--trace-level", "pod", "--trace-window", "100:200"],
                                         "<= 1.5 x untraced"),
        "resnet50, all of 100 traced": (["--workload", "resnet50", "--trace", "--trace-window", "100:200"], "<= 50 MB"),
        "resnet152, 64 pods": (["--workload", "resnet152", "--set", "pods.count=64"], ""),
        "resnet152, 1024 pods": (["--workload", "resnet152", "--set", "pods.count=1024"], ""),
    }
    print(f"medians of {runs} runs; seconds, MB")
    print(f"{'case':30}{'whole':>8}" + "".join(f"{p:>12}" for p in PHASES) + f"{'memory':>8}  target")
    result = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, (arguments, target) in cases.items():
            m = result[name] = medians([run(arguments, folder) for _ in range(runs)])
            print(f"{name:30}{m[0]:8.3f}" + "".join(f"{v:12.3f}" for v in m[1:6]) + f"{m[6]:8.0f}  {target}", flush=True)
    plain = result["resnet50 on sosa-256"][4]
    for name in ("resnet50, slices traced", "resnet50, pods of 100 traced", "resnet50, all of 100 traced"):
        print(f"simulation of {name}: {result[name][4] / plain:.2f} x untraced")
    per_op = {n: sum(result[n][i] for i in (1, 2, 4)) / result[n][7] * 1e6 for n in result}
    small, large = per_op["resnet152, 64 pods"], per_op["resnet152, 1024 pods"]
    print(f"\ntime per tile op (placement, program, simulation): 64 pods {small:.2f} us, 1024 pods {large:.2f} us, "
          f"ratio {large / small:.2f}  target <= 2")
    compare_with_bare_transport(runs)
    compare_with_rtl(runs)


def first_line(command):
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(next(line for line in out.splitlines() if line.startswith("{")))  # SystemC says things, too


def lockstep_s(cycles, folder):
    start = time.perf_counter()
    subprocess.run(["build/release/sosa", "covalidate", "--unit", "pod", "--cycles", str(cycles), "--out", folder],
                   check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def compare_with_rtl(runs):
    """SystolicArray against the Verilated RTL under the same pins, and the two in lock-step."""
    rows = [first_line(["build/release/sosa_rtl_bench"]) for _ in range(runs)]
    rtl, array, ratio = medians([[r["rtl_ns"], r["array_ns"], r["ratio"]] for r in rows])
    print(f"\na 32 x 32 array, ns per clock: Verilated RTL {rtl:.0f}, SystolicArray {array:.0f} "
          f"({1024 / array:.1f} G PE updates/s), ratio {ratio:.1f}  target >= 8")
    arrays = first_line(["build/release/sosa_array_bench"])
    print(f"a tile op of 32 x 32 x 32: functional {arrays['tile_ns'] / 1e3:.2f} us, cycle {arrays['cycle_ns'] / 1e3:.2f} us; "
          f"with B = F = 1 {arrays['fine_batch_ns']:.0f} ns per clock  ({arrays['kernels']})")
    with tempfile.TemporaryDirectory() as folder:
        lockstep_s(1000, folder)  # builds the RTL
        pairs = [lockstep_s(120000, folder) - lockstep_s(20000, folder) for _ in range(runs)]
    print(f"lock-step of RTL and model: {1e5 / statistics.median(pairs) / 1e3:.0f} thousand cycles/s")


def compare_with_bare_transport(runs):
    """The simulation against a bare loop of the same transfers, each in a process of its own, in turn."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(runs):
            out = subprocess.run(["build/release/sosa_transport_bench"], check=True, capture_output=True, text=True).stdout
            bare = json.loads(out.strip().splitlines()[-1])
            simulation = run(["--workload", "resnet50"], folder)[1 + PHASES.index("simulation")]
            moved = json.loads(Path(folder, "summary.json").read_text())["noc_bytes"]
            if moved != bare["noc_bytes"]:
                sys.exit(f"the bare loop moved {bare['noc_bytes']} bytes over links, the simulation {moved}")
            rows.append([bare["links_s"], bare["bare_s"], simulation, simulation / bare["bare_s"]])
    links, through, simulation, ratio = medians(rows)
    print(f"{bare['transfers']} transfers of resnet50: over links as plain arrays {links:.3f} s, as payloads through the bare "
          f"networks {through:.3f} s, in the simulation {simulation:.3f} s; ratio of the last two {ratio:.2f}  target <= 3")


main()
