"""The Azerbaijan-Iran case for the plausibility tests: its tables, what its data sheet says, what araz answers.

The tables are read by a few lines of their own, so that an error of the reader under test or of the tools
beside the case cannot hide itself. CTest sets ARAZ (the program) and ARAZ_CASE (the case folder).
"""

import csv
import functools
import json
import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ARAZ = os.environ.get("ARAZ", ROOT / "build" / "araz")
CASE = Path(os.environ.get("ARAZ_CASE", ROOT / "cases" / "azerbaijan-iran"))

SKIPPED = 77  # what CTest knows as "skipped"


def read_rows(path):
    """Rows of a CSV file as dictionaries; lines that begin with # are comments."""
    with open(path, newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(line for line in handle if not line.startswith("#")))


@functools.lru_cache(maxsize=None)
def table(name):
    return read_rows(CASE / f"{name}.csv")


@functools.lru_cache(maxsize=None)
def keyed(name):
    rows = table(name)
    key = next(iter(rows[0]))
    return {row[key]: row for row in rows}


def points():
    return sorted(path.stem for path in (CASE / "operating_points").glob("*.csv"))


def variants():
    return sorted(path.stem for path in (CASE / "variants").glob("*.toml"))


def summer_points():
    return [name for name in points() if name.startswith("summer-peak")]


def area_name(bus):
    return keyed("areas")[keyed("buses")[bus]["area"]]["name"]


def zone_name(bus):
    return keyed("zones")[keyed("buses")[bus]["zone"]]["name"]


def sheet_table(heading):
    """Rows of the first table below a heading of the data sheet, as lists of texts without back ticks."""
    text = (CASE / "README.md").read_text(encoding="utf-8")
    parts = re.split(rf"^#+ {re.escape(heading)}$", text, flags=re.MULTILINE)
    if len(parts) != 2:
        raise AssertionError(f"README.md of the case has {len(parts) - 1} headings '{heading}', expected one")
    lines = []
    for line in parts[1].splitlines():
        if line.startswith("|"):
            lines.append(line)
        elif lines or line.startswith("#"):
            break
    cells = [[cell.strip().replace("`", "") for cell in line.strip("|").split("|")] for line in lines]
    return cells[2:]


def run(*arguments):
    """Runs araz; returns its exit code and what it wrote to standard output, as JSON where it is that."""
    done = subprocess.run([ARAZ, *map(str, arguments)], capture_output=True, text=True, check=False)
    try:
        return done.returncode, json.loads(done.stdout)
    except json.JSONDecodeError:
        return done.returncode, done.stdout + done.stderr


def selection(point="", variant=""):
    return (["--point", point] if point else []) + (["--variant", variant] if variant else [])


@functools.lru_cache(maxsize=None)
def power_flow(point="", variant=""):
    """Exit code and answer of `araz pf --start flat --fail-on-violations`."""
    return run("pf", CASE, *selection(point, variant), "--start", "flat", "--fail-on-violations", "--format", "json")


def label(point, variant):
    return f"{point or 'base tables'} with {variant or 'no variant'}"


def skip(message):
    """Ends the test program with a line that says why it tested nothing; a failure where skipping is not allowed."""
    if os.environ.get("ARAZ_REQUIRE_PEER") == "1":
        print(f"FAILED: {message} (ARAZ_REQUIRE_PEER=1)")
        sys.exit(1)
    print(f"SKIPPED: {message}")
    sys.exit(SKIPPED)


def main():
    unittest.main(verbosity=2)
