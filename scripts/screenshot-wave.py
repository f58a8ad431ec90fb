#!/usr/bin/env python3
"""Opens a waveform in GTKWave on a screen that nobody sees and keeps the picture.

    scripts/screenshot-wave.py out/resnet50-sosa-256/trace.vcd out/resnet50-sosa-256/trace.gtkw wave.png

What GTKWave shows is printed as JSON: the times at the left and right edge, the signals in its rows, the texts at the
marker of those on the screen, and how many pixels belong to waves. Fails if GTKWave does, or if it shows no waves.
"""
import argparse
import contextlib
import itertools
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

SCREEN = "1400x900x24"
TIMEOUT_S = 120
BLANK, STRETCH = 0x200, 0x20000  # flags of rows without a signal
MOST_VALUES = 500  # rows; GTKWave counts from the first one for each
SHORTEST_RUN = 8  # pixels in a row of one colour: a wave, not a letter or a marker
FEWEST_PIXELS = 500
BRIGHT, COLOURED, GRID = 100, 60, b"\x20\x20\x70"

TCL = """
proc say {{words}} {{ puts "@@ $words" }}
say "width [gtkwave::getWaveWidth]"
say "window [gtkwave::getWindowStartTime] [gtkwave::getWindowEndTime]"
foreach name [gtkwave::getDisplayedSignals] {{ say "signal $name" }}
for {{set i 0}} {{$i < min([gtkwave::getTotalNumTraces], {most_values})}} {{incr i}} {{
    if {{([gtkwave::getTraceFlagsFromIndex $i] & {blank}) == 0}} {{ say "value [gtkwave::getTraceValueAtMarkerFromIndex $i]" }}
}}
gtkwave::/File/Grab_To_File {{{png}}}
gtkwave::/File/Quit
"""


def fail(sentence):
    sys.exit(f"screenshot-wave.py: {sentence}")


@contextlib.contextmanager
def screen():
    """The name of a display of its own; Xvfb takes a free number by itself, also when others start at this moment."""
    reads, writes = os.pipe()
    words = ["Xvfb", "-displayfd", str(writes), "-screen", "0", SCREEN, "-nolisten", "tcp"]
    with subprocess.Popen(words, pass_fds=[writes], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as server:
        os.close(writes)
        try:
            with os.fdopen(reads) as answer:
                number = answer.readline().strip()
            if not number:
                fail("Xvfb did not start")
            yield ":" + number
        finally:
            server.terminate()


def run_gtkwave(dump, save, png, folder):
    """What the Tcl script said, by its first words."""
    script = folder / "grab.tcl"
    script.write_text(TCL.format(blank=BLANK | STRETCH, most_values=MOST_VALUES, png=png))
    with screen() as display:
        environment = {**os.environ, "HOME": str(folder), "DISPLAY": display}  # no .gtkwaverc of its user
        try:
            done = subprocess.run(["gtkwave", "--nomenus", "-S", script, dump, save], env=environment, text=True,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  errors="replace", timeout=TIMEOUT_S, check=False)
        except subprocess.TimeoutExpired:
            fail(f"GTKWave did not end within {TIMEOUT_S} s")
    lines = [line[3:].partition(" ") for line in done.stdout.splitlines() if line.startswith("@@ ")]
    said = {word: [text for first, _, text in lines if first == word] for word in ("width", "window", "signal", "value")}
    if done.returncode != 0 or not png.exists() or not said["window"]:
        fail(f"GTKWave failed with exit code {done.returncode}:\n{done.stdout}")
    return said


def unfiltered(filter_type, line, above, step):
    """A line of a PNG (PNG specification, section 9)."""
    if filter_type == 2:
        return bytearray((a + b) & 255 for a, b in zip(line, above))
    left, corner = bytearray(step) + line, bytes(step) + above  # `left` is filled as the line is
    for i, byte in enumerate(line if filter_type else b""):
        a, b, c = left[i], above[i], corner[i]
        if filter_type == 1:
            guess = a
        elif filter_type == 3:
            guess = (a + b) // 2
        else:
            to_a, to_b, to_c = abs(b - c), abs(a - c), abs(a + b - 2 * c)
            guess = a if to_a <= to_b and to_a <= to_c else b if to_b <= to_c else c
        line[i] = left[i + step] = (byte + guess) & 255
    return line


def lines_of(png):
    """The lines of a PNG of 8-bit RGB or RGBA, and the bytes of a pixel."""
    data, place, packed = png.read_bytes(), 8, b""
    while place < len(data):
        size, kind = struct.unpack(">I4s", data[place:place + 8])
        body = data[place + 8:place + 8 + size]
        if kind == b"IHDR":
            width, height, depth, colors, _, _, interlaced = struct.unpack(">IIBBBBB", body)
        elif kind == b"IDAT":
            packed += body
        place += size + 12
    if depth != 8 or colors not in (2, 6) or interlaced:
        fail(f"{png}: found {depth} bits and colour type {colors}, allowed is plain 8-bit RGB or RGBA")
    step = 3 if colors == 2 else 4
    raw, above, lines = zlib.decompress(packed), bytes(width * step), []
    for y in range(height):
        start = y * (width * step + 1)
        above = unfiltered(raw[start], bytearray(raw[start + 1:start + 1 + width * step]), above, step)
        lines.append(above)
    return lines, step


def wave_pixels(png, width):
    """Bright coloured pixels in horizontal runs, in the waves: the right part of the window, `width` wide."""
    lines, step = lines_of(png)
    count = 0
    for line in lines:
        pixels = [bytes(line[i:i + 3]) for i in range(len(line) - width * step, len(line), step)]
        for pixel, run in itertools.groupby(pixels):
            if max(pixel) >= BRIGHT and max(pixel) - min(pixel) >= COLOURED and pixel != GRID:
                length = sum(1 for _ in run)
                count += length if length >= SHORTEST_RUN else 0
    return count


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("dump", type=Path, metavar="VCD_OR_FST")
    arguments.add_argument("save", type=Path, metavar="GTKW")
    arguments.add_argument("png", type=Path, metavar="OUT.png")
    given = arguments.parse_args()
    for file in (given.dump, given.save):
        if not file.is_file():
            fail(f"{file}: no such file")
    for tool in ("gtkwave", "Xvfb"):
        if not shutil.which(tool):
            fail(f"{tool} was not found; run scripts/setup.sh")
    given.png.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        said = run_gtkwave(given.dump.absolute(), given.save.absolute(), given.png.absolute(), Path(folder))
    pixels = wave_pixels(given.png, int(said["width"][0]))
    values = {name: value for name, value in zip(said["signal"], said["value"]) if value}
    print(json.dumps({"window": [int(time) for time in said["window"][0].split()], "wave_pixels": pixels,
                      "signals": said["signal"], "values": values}, indent=1))
    if pixels < FEWEST_PIXELS:
        fail(f"{given.png}: found {pixels} pixels of waves, at least {FEWEST_PIXELS} are needed")


if __name__ == "__main__":
    main()
