"""Compares results of the authors' grid with those that they published; called by published-grid.sh."""
import csv
import sys
from pathlib import Path

REFERENCE = Path(__file__).resolve().parent.parent / "sc_tests/data/reference_cycles.csv"
SLICES = ("last_main_slice", "last_post_slice")
MOST_OFF = 0.01  # of the published cycles


def key(workload, size, pods, network):
    return workload, int(size), int(pods), network


def main():
    ours = {}
    for path in sys.argv[1:]:
        with open(path, newline="") as file:
            for row in csv.DictReader(file):
                if row["status"] == "ok":
                    size = row["seq_len"] or row["image_size"]
                    ours[key(row["workload"], size, row["pods.count"], row["noc.topology"])] = row
    compared, equal, worst = 0, 0, 0.0
    with open(REFERENCE, newline="") as file:
        for row in csv.DictReader(file):
            run = ours.get(key(row["workload"], row["param"], row["pods"], row["interconnect"]))
            if run is None:
                continue
            compared += 1
            equal += all(run[name] == row[name] for name in SLICES)
            worst = max(worst, abs(int(run["cycles"]) / int(row["cycles"]) - 1))
    print(f"{len(ours)} runs; of {compared} that were published, {equal} have equal slices, "
          f"cycles are at most {100 * worst:.2f} % off")
    sys.exit(0 if equal == compared and worst <= MOST_OFF else 1)


main()
