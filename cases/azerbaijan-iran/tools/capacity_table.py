#!/usr/bin/env python3
"""Export capacity of every variant at every operating point, as the tables of the READMEs.

    python3 tools/capacity_table.py ARAZ [CASE_FOLDER] [--jobs N] [--write README ...]

Runs `ARAZ capacity CASE --from AZ --to IR --both --variant V --point P` for all of them and prints the tables,
or writes them between the lines `<!-- capacity table: NAME -->` and `<!-- end of the capacity table -->` of the
files named. NAME is `ttc` (one row per variant) or `limits` (one row per variant, point and direction).
Needs the Python standard library only.
"""

import argparse
import concurrent.futures
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
BASE = "(base case)"


def names(folder, ending):
    return sorted(name[: -len(ending)] for name in os.listdir(folder) if name.endswith(ending))


def solve(araz, case, variant, point):
    """Both directions of one run. Any exit code but 0 (answered) and 1 (one direction has none) is an error."""
    command = [araz, "capacity", case, "--from", "AZ", "--to", "IR", "--both", "--point", point, "--threads", "1",
               "--format", "json"]
    if variant != BASE:
        command += ["--variant", variant]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)} ended with {run.returncode}:\n{run.stderr}")
    return json.loads(run.stdout)["directions"]


def element(limit):
    """The limiting element in words."""
    if limit.get("branch_name"):
        return limit["branch_name"]
    if limit.get("dc_line_name"):
        return limit["dc_line_name"]
    return limit.get("bus_name") or (f"bus {limit['bus']}" if limit.get("bus") else limit["cause"])


def reason(direction):
    limit = direction["limit"]
    text = element(limit)
    if limit.get("contingency"):
        text += " after " + (limit.get("contingency_name") or limit["contingency"])
    return text


def number(value):
    return "" if value is None else f"{value:,.0f}"


def ttc_table(points, results):
    lines = ["| variant | " + " | ".join(points) + " |", "|---|" + "---|" * len(points)]
    for variant in dict.fromkeys(v for v, _ in results):
        cells = []
        for point in points:
            there, back = results[variant, point]
            cells.append(" / ".join(number(d["ttc_mw"]) + f" ({d['delta_e_mw']:+,.0f})" for d in (there, back)))
        lines.append(f"| {variant} | " + " | ".join(cells) + " |")
    return lines


def limits_table(points, results):
    lines = ["| variant | point | direction | base exchange | shift | TTC | limited by |", "|---|---|---|---|---|---|---|"]
    for (variant, point), directions in results.items():
        for d in directions:
            lines.append(f"| {variant} | {point} | {d['from']} to {d['to']} | {number(d['base_exchange_mw'])} | "
                         f"{number(d['delta_e_mw'])} | {number(d['ttc_mw'])} | {reason(d)} |")
    return lines


def write(path, tables):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for name, lines in tables.items():
        block = re.compile(rf"(<!-- capacity table: {name} -->\n).*?(<!-- end of the capacity table -->)", re.S)
        text = block.sub(lambda match: match.group(1) + "\n" + "\n".join(lines) + "\n\n" + match.group(2), text)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("araz")
    parser.add_argument("case", nargs="?", default=os.path.dirname(HERE))
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--write", nargs="*", default=[])
    asked = parser.parse_args()
    points = names(os.path.join(asked.case, "operating_points"), ".csv")
    variants = [BASE] + names(os.path.join(asked.case, "variants"), ".toml")
    pairs = [(variant, point) for variant in variants for point in points]
    with concurrent.futures.ThreadPoolExecutor(asked.jobs) as pool:
        results = dict(zip(pairs, pool.map(lambda pair: solve(asked.araz, asked.case, *pair), pairs)))
    tables = {"ttc": ttc_table(points, results), "limits": limits_table(points, results)}
    for path in asked.write:
        write(path, tables)
    if not asked.write:
        print("\n".join(tables["ttc"] + [""] + tables["limits"]))


if __name__ == "__main__":
    main()
