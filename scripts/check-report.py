#!/usr/bin/python3
"""Opens pages of `sosa report` in headless Chromium and checks them: no error on the console, nothing loaded, every chart
drawn with data, tooltips, sorting, zoom by keys, search and both themes work.

  scripts/check-report.py out/resnet50-sosa-256/report.html
  scripts/check-report.py --screenshot build/report.png --max-cpu-s 2 --max-mb 5 out/resnet50-sosa-256/report.html

How long a page takes to load is told as processor time beyond that of an empty page: other work on the machine does not
change it.
"""
import argparse
import html
import json
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile

CHECKS = pathlib.Path(__file__).resolve().with_name("check-report.js")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def browser():
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    sys.exit(f"check-report.py: found none of {', '.join(BROWSERS)}; scripts/setup.sh installs chromium")


def run_browser(page, profile, *words):
    command = [browser(), "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
               f"--user-data-dir={profile}", "--enable-logging=stderr", "--v=0", "--window-size=1280,1000", *words,
               page.resolve().as_uri()]
    return subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=200)


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def loading_cpu_seconds(page, folder):
    """What the browser needs for the page beyond an empty one, the less of two times."""
    empty = pathlib.Path(folder) / "empty.html"
    empty.write_text("<!DOCTYPE html><title>empty</title>")
    seconds = {}
    for file in (empty, page) * 2:
        before = cpu_seconds()
        run_browser(file, f"{folder}/profile", "--dump-dom")
        seconds[file] = min(seconds.get(file, 1e9), cpu_seconds() - before)
    return seconds[page] - seconds[empty]


def with_checks(page):
    script = CHECKS.read_text()
    text = page.read_text(encoding="utf-8")
    head, body = text.index("<style>"), text.rindex("</body>")
    return (f"{text[:head]}<script>{script}\nwatchErrors();</script>{text[head:body]}"
            f"<script>checkPage();</script>{text[body:]}")


def look(page, folder):
    """Runs the checks: what they found, and what went wrong."""
    copy = pathlib.Path(folder) / "page.html"
    copy.write_text(with_checks(page), encoding="utf-8")
    run = run_browser(copy, f"{folder}/profile", "--dump-dom")
    result = re.findall(r'<pre id="report-check">(.*?)</pre>', run.stdout, re.S)
    console = [line for line in run.stderr.splitlines() if ":CONSOLE" in line]
    if not result:
        return {"charts": []}, [f"the checks did not run to their end: {' '.join(console) or run.stderr[-500:]}"]
    found = json.loads(html.unescape(result[-1]))
    return found, found["failures"] + found["errors"] + console


def take_screenshot(page, picture, folder):
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.unlink(missing_ok=True)
    run_browser(page, f"{folder}/profile", "--window-size=1280,5200", "--virtual-time-budget=2000",
                f"--screenshot={picture.resolve()}")
    return [] if picture.exists() else [f"no screenshot {picture}"]


def check(page, options):
    """Prints what is so and returns what should not be."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        found, failures = look(page, folder)
        size_mb = page.stat().st_size / 1e6
        told = [f"{size_mb:.2f} MB", f"{len(found['charts'])} charts: {', '.join(found['charts'])}"]
        if options.max_mb and size_mb > options.max_mb:
            failures.append(f"{size_mb:.2f} MB, allowed {options.max_mb}")
        if options.max_cpu_s:
            seconds = loading_cpu_seconds(page, folder)
            told.insert(1, f"loaded in {seconds:.2f} s of processor time")
            if seconds > options.max_cpu_s:
                failures.append(f"loaded in {seconds:.2f} s of processor time, allowed {options.max_cpu_s}")
        if options.screenshot and page == options.pages[0]:
            failures += take_screenshot(page, options.screenshot, folder)
    print(f"{page}: {', '.join(told)}")
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="+", type=pathlib.Path, metavar="PAGE")
    parser.add_argument("--screenshot", type=pathlib.Path, metavar="PNG", help="a picture of the first page")
    parser.add_argument("--max-cpu-s", type=float, metavar="S", help="processor time for loading, at most")
    parser.add_argument("--max-mb", type=float, metavar="MB", help="size of a page, at most")
    options = parser.parse_args()
    failed = False
    for page in options.pages:
        for failure in check(page, options):
            print(f"{page}: {failure}", file=sys.stderr)
            failed = True
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
