"""Breaks the RTL in small ways, one at a time, and sees whether sosa covalidate finds each; called by mutants.sh."""
import argparse
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "build/release/sosa"
FOLDERS = ["pods/rtl", "noc/rtl"]
LEAST_RIGHT = 0.8  # share of the places that must be told right


def fail(sentence):
    sys.exit(f"mutants.py: {sentence}")


def mutated(mutant):
    """The text of the file with the fault in it; the place must be there, once."""
    text = (ROOT / mutant["file"]).read_text()
    if text.count(mutant["find"]) != 1:
        fail(f'{mutant["id"]}: found its text {text.count(mutant["find"])} times in {mutant["file"]}, allowed once')
    return text.replace(mutant["find"], mutant["replace"])


def covalidate(folder, sets, unit, cycles, mutant=None):
    """Runs covalidate on a copy of the RTL; exit code, the fields of the divergence and all that was said."""
    for rtl in FOLDERS:
        (folder / rtl).mkdir(parents=True)
        for source in (ROOT / rtl).glob("*.sv"):
            shutil.copy(source, folder / rtl)
    if mutant:
        (folder / mutant["file"]).write_text(mutated(mutant))
    words = [PROGRAM, "covalidate", "--config", "tiny", "--unit", unit, "--sources", folder]
    words += ["--cycles", str(cycles), "--out", folder / "out"]
    for one in sets:
        words += ["--set", one]
    done = subprocess.run(words, capture_output=True, text=True, env=environment(folder))
    fields = dict(re.findall(r"^  (cycle|place|signal|expected|found|note) +(.*?)\s*$", done.stdout, re.MULTILINE))
    return done.returncode, fields, done.stdout + done.stderr


def environment(folder):
    """Libraries of mutants are of no further use, but what the compiler has seen before is."""
    env = dict(os.environ, XDG_CACHE_HOME=str(folder / "cache"), SYSTEMC_COPYRIGHT_MESSAGE="DISABLE")
    if "CCACHE_DIR" not in env and shutil.which("ccache"):
        asked = subprocess.run(["ccache", "--get-config", "cache_dir"], check=True, capture_output=True, text=True)
        env["CCACHE_DIR"] = asked.stdout.strip()
    return env


def numbers(sets):
    found = dict(one.split("=") for one in sets)
    return {key: int(found[f"pods.{key}"]) for key in ("rows", "cols", "multicast_cols", "fanin_rows")}


def region(place, shape):
    """The PEs that a place means, or for a router's link its name."""
    rows, cols, b, f = (shape[key] for key in ("rows", "cols", "multicast_cols", "fanin_rows"))
    at = [int(n) for n in re.findall(r"\d+", place)]
    name = re.sub(r"[\d(),]+", "", place).strip()
    holds = {
        "PE": lambda i, j: (i, j) == tuple(at),
        "block": lambda i, j: (i // f, j // b) == tuple(at),
        "column": lambda i, j: j == at[0],
        "column group": lambda i, j: j // b == at[0],
        "row group": lambda i, j: i // f == at[0],
    }
    if name == "link":
        return {place}
    if name not in holds:
        return set()
    return {(i, j) for i in range(rows) for j in range(cols) if holds[name](i, j)}


def reported_place(fields):
    lane = re.search(r" lane (\d+)$", fields.get("signal", ""))
    place = fields.get("place", "-")
    return f"column {lane[1]}" if place == "-" and lane else place


def is_right(expect, fields, shape):
    """Whether signal and place are the fault's. A fault without a place of its own is told by its signal alone."""
    if re.sub(r" lane \d+$", "", fields["signal"]) not in expect["signal"]:
        return False
    if expect["place"] is None:
        return True
    places = [expect["place"]] if isinstance(expect["place"], str) else expect["place"]
    allowed = set().union(*(region(place, shape) for place in places))
    told = region(reported_place(fields), shape)
    return bool(told) and told <= allowed


def check_unchanged(sets, cycles):
    with tempfile.TemporaryDirectory() as folder:
        code, _, said = covalidate(Path(folder), sets, "all", cycles)
    if code != 0:
        fail(f"the unchanged RTL does not pass ({' '.join(sets)}), so no fault can be told from it:\n{said}")


def try_mutant(mutant, sets, cycles):
    with tempfile.TemporaryDirectory() as folder:
        code, fields, said = covalidate(Path(folder), sets, mutant["expect"]["unit"], cycles, mutant)
    if code not in (0, 1) or (code == 1 and "cycle" not in fields):
        fail(f'{mutant["id"]}: covalidate ended with {code} and told no divergence:\n{said}')
    caught = code == 1
    return caught, caught and is_right(mutant["expect"], fields, numbers(sets)), fields


def row(mutant, caught, right, fields):
    cycles = fields["cycle"] if caught else "**not caught**"
    signal = f'`{fields["signal"]}`' if caught else ""
    place = reported_place(fields) if caught else ""
    told = "place" if mutant["expect"]["place"] else "signal"
    verdict = f"{told} right" if right else f"**{told} wrong**"
    return f'| {mutant["id"]} | {mutant["what"]} | {cycles} | {signal} | {place} | {verdict} |'


def main():
    parser = argparse.ArgumentParser(prog="scripts/mutants.sh", description="Sees whether covalidate finds small faults.")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time (default: 2)")
    parser.add_argument("--only", action="append", metavar="ID", help="this fault only; repeatable")
    parser.add_argument("--cycles", type=int, default=20000, help="clock edges tried per fault (default: 20000)")
    options = parser.parse_args()
    if not PROGRAM.exists():
        fail(f"{PROGRAM} is missing; scripts/mutants.sh builds it")
    table = json.loads((ROOT / "sc_tests/cosim/mutants.json").read_text())
    known = [mutant["id"] for mutant in table["mutants"]]
    for name in options.only or []:
        if name not in known:
            fail(f"--only: found \"{name}\", allowed {', '.join(known)}")
    mutants = [m for m in table["mutants"] if not options.only or m["id"] in options.only]
    for mutant in mutants:
        mutated(mutant)
    sets_of = {m["id"]: table["shape"] + m.get("set", []) for m in mutants}

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        settings = sorted({tuple(sets) for sets in sets_of.values()})
        list(pool.map(lambda sets: check_unchanged(list(sets), options.cycles), settings))
        results = []
        print("| fault | what | caught after cycles | signal | place told | |\n|---|---|---|---|---|---|", flush=True)
        for mutant, result in zip(mutants, pool.map(lambda m: try_mutant(m, sets_of[m["id"]], options.cycles), mutants)):
            results.append(result)
            print(row(mutant, *result), flush=True)
    caught = sum(1 for result in results if result[0])
    placed = [result[1] for mutant, result in zip(mutants, results) if mutant["expect"]["place"]]
    others = [result[1] for mutant, result in zip(mutants, results) if not mutant["expect"]["place"]]
    print(f"\n{caught} of {len(results)} faults caught. Right: {sum(placed)} of {len(placed)} places; "
          f"{sum(others)} of {len(others)} signals of faults that have no place of their own")
    good = caught == len(results) and sum(placed) >= LEAST_RIGHT * len(placed) and all(others)
    sys.exit(0 if good else 1)


main()
