"""Drives one worker per peer, task by task in interleaved rounds; compares the answers and prints the table.

Started by run.py with the Python of its environment.
"""

import argparse
import contextlib
import json
import os
import pathlib
import queue
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, field

import numpy as np

from grid import Grid, write_with_fixed_units
from peers import PEERS, UNAVAILABLE

HERE = pathlib.Path(__file__).resolve().parent
LIMIT_S = 180.0        # for one request
VOLTAGE_PU = 1e-6      # every solver stops at a mismatch of 1e-8 p.u.; one more Newton step would move voltages far less
LOOSE_PU = 1e-4        # solutions apart from each other differ by more
SOLVED_PU = 1e-5       # mismatch by the formulas here; peers stop at 1e-8 by theirs
LOSS_RELATIVE = 1e-6   # losses are sums of voltage differences, on grids of up to 1e4 branches
TASKS = {"file": "single solve from file", "solve": "single solve, grid in memory", "injections": "injection batch",
         "n1": "AC N-1, outages that do not split the grid"}


@dataclass
class Size:
    cases: dict          # name: (injections, outages)
    fixed_units: tuple   # cases that are also run with units of fixed P and Q
    rounds: int
    budget_s: float      # of one request, roughly; slow peers do fewer items


SIZES = {
    "small": Size({"case118": (32, 32)}, ("case118",), 2, 1.0),
    "full": Size({"case118": (1024, 177), "case1354pegase": (256, 512), "case_ACTIVSg2000": (128, 256),
                  "case2869pegase": (128, 256), "case9241pegase": (32, 128), "case_ACTIVSg10k": (32, 128)},
                 ("case118", "case1354pegase"), 3, 4.0),
}
SPREAD = 0.2          # of every load
SPREAD_FIXED = 0.05   # where no unit holds a voltage


@dataclass
class Row:
    peer: str
    label: str
    items: int = 0
    cpu_s: float = np.inf  # per item, the least of all rounds
    solved: int = 0
    difference: float = np.nan
    note: str = ""
    answer: dict = field(default_factory=dict)


class Worker:
    """A process that works for one peer on one case."""

    def __init__(self, peer, case, folder, spread):
        self.peer = peer
        folder.mkdir(parents=True, exist_ok=True)
        self.log = open(folder / "log.txt", "w", encoding="utf-8")
        self.process = subprocess.Popen([sys.executable, "-B", str(HERE / "worker.py"), peer.adapter, str(case), str(folder), str(spread)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.replies = queue.Queue()
        threading.Thread(target=self.listen, daemon=True).start()
        self.hello = self.wait()

    def listen(self):
        for line in self.process.stdout:
            self.replies.put(json.loads(line))
        self.replies.put(None)

    def wait(self):
        try:
            reply = self.replies.get(timeout=LIMIT_S)
        except queue.Empty:
            self.process.kill()
            return {"error": f"no answer within {LIMIT_S:g} s"}
        if reply is None:
            return {"error": f"ended with status {self.process.wait()}"}
        return reply

    def ask(self, task, label, count):
        try:
            print(json.dumps({"task": task, "label": label, "count": count}), file=self.process.stdin, flush=True)
        except OSError:
            return {"error": f"ended with status {self.process.wait()}"}
        return self.wait()

    def close(self):
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()


class Comparison:
    """All peers on one case."""

    def __init__(self, case, workers, counts, size, rounds):
        self.grid = Grid(case)
        self.workers, self.counts, self.size, self.rounds = workers, counts, size, rounds
        self.rows = {task: [] for task in TASKS}

    def run(self):
        for task, rows in self.rows.items():
            jobs = []
            for worker in self.workers:
                for name, label in worker.hello.get("tasks", []):
                    if name == task:
                        row = Row(worker.peer.adapter, label)
                        rows.append(row)
                        row.items = self.affordable(worker, task, row)
                        jobs.append((worker, row))
            for _ in range(self.rounds):
                for worker, row in jobs:
                    self.once(worker, task, row)
            for row in rows:
                if row.answer:
                    with np.load(row.answer["path"]) as answer:
                        row.answer = dict(answer)
            self.compare(task, rows)
        return self.rows

    def affordable(self, worker, task, row):
        """Items that take about the budget, by a first try that also warms up."""
        most = self.counts[task]
        first = min(most, 8)
        reply = worker.ask(task, row.label, first)
        if "error" in reply:
            row.note = reply["error"]
            return 0
        each = reply["cpu_s"] / max(1, reply["items"])
        return int(min(most, max(first, self.size.budget_s / max(each, 1e-9))))

    @staticmethod
    def once(worker, task, row):
        if row.note:
            return
        reply = worker.ask(task, row.label, row.items)
        if "error" in reply:
            row.note = reply["error"]
            return
        row.cpu_s = min(row.cpu_s, reply["cpu_s"] / reply["items"])
        row.answer = {"path": reply["answer"]}

    def compare(self, task, rows):
        """Every answer with that of the araz program, where both solved."""
        truth = next((row for row in rows if row.peer == "araz_program" and row.answer), None)
        if truth is None:
            truth = next((row for row in self.rows["file"] if row.peer == "araz_program" and row.answer), None) if task == "solve" else None
        if truth is None:
            return
        for row in rows:
            if not row.answer:
                continue
            (self.compare_outages if task == "n1" else self.compare_voltages)(row, truth)

    def compare_voltages(self, row, truth):
        mine, true = np.atleast_2d(row.answer["voltages"]), np.atleast_2d(truth.answer["voltages"])
        count = min(len(mine), len(true))
        if row is truth:
            factors = self.grid.factors(count, self.spread) if count > 1 else [None]
            row.difference = 0.0
            off = max(self.grid.mismatch(mine[k], factors[k]) for k in range(count) if np.isfinite(mine[k]).all())
            row.note = f"mismatch {off:.1e} p.u." if off > 1.1e-8 else ""
        solved = np.isfinite(mine[:count]).all(axis=1)
        both = solved & np.isfinite(true[:count]).all(axis=1)
        row.solved = int(both.sum())
        self.told(row, solved, np.isfinite(true[:count]).all(axis=1))
        if row is not truth:
            row.difference = np.abs(mine[:count] - true[:count])[both].max(initial=0.0)
            if row.difference > VOLTAGE_PU:
                far = both.copy()
                far[both] = np.abs(mine[:count] - true[:count])[both].max(axis=1) > VOLTAGE_PU
                factors = self.grid.factors(count, self.spread) if count > 1 else [None]
                left = np.array([self.grid.mismatch(mine[k], factors[k]) if far[k] else 0.0 for k in range(count)])
                self.told_of_others(row, far, left, (np.abs(mine[:count][far]).min(), np.abs(true[:count][far]).min()))

    def compare_outages(self, row, truth):
        count = min(row.items, truth.items)  # a slow peer was asked for fewer: the first ones
        asked = row.answer.get("asked", np.ones(len(row.answer["solved"]), bool))[:count]
        solved = row.answer["solved"][:count]
        both = solved & truth.answer["solved"][:count] & asked
        row.solved = int(both.sum())
        row.items = int(asked.sum())
        self.told(row, solved[asked], truth.answer["solved"][:count][asked])
        given = both & np.isfinite(row.answer["loss_mw"][:count])

        def off(key):
            mine, true = row.answer[key][:count][given], truth.answer[key][:count][given]
            return np.abs(mine - true) if key != "loss_mw" else np.abs(mine / true - 1.0)

        volts, loss = max(off("vmin").max(initial=0.0), off("vmax").max(initial=0.0)), off("loss_mw").max(initial=0.0)
        row.difference = max(volts, loss)
        if volts > VOLTAGE_PU or loss > LOSS_RELATIVE:
            far = np.isfinite(row.answer["loss_mw"][:count]) & both
            far[far] = (off("vmin") > VOLTAGE_PU) | (off("vmax") > VOLTAGE_PU) | (off("loss_mw") > LOSS_RELATIVE)
            self.told_of_others(row, far, row.answer.get("mismatch", np.full(len(far), np.nan))[:count],
                                "vmin" in row.answer and (row.answer["vmin"][:count][far].min(), truth.answer["vmin"][:count][far].min()))
        elif given.sum() < both.sum():
            row.note = f"{int(given.sum())} outages compared"

    def told_of_others(self, row, far, mismatch, lowest):
        """Equations of power flow have several solutions: one that meets them is not wrong for being another one."""
        peer = next(peer for peer in PEERS if peer.adapter == row.peer)
        if self.name in peer.other_grid:
            row.note = "another grid, see below"
        elif (mismatch[far] < SOLVED_PU).all() and row.difference < LOOSE_PU:
            row.note = f"stops earlier {int(far.sum())} times, at {mismatch[far].max():.0e} p.u."
        elif (mismatch[far] < SOLVED_PU).all():
            row.note = f"{int(far.sum())} times another solution, down to {lowest[0]:.2f} p.u., araz {lowest[1]:.2f}"
        else:
            row.note = f"DISAGREES: {int(far.sum())} times"

    @staticmethod
    def told(row, mine, true):
        """Who solved what the other did not."""
        counts = {"by neither": int((~mine & ~true).sum()), "by araz only": int((~mine & true).sum()), "by it only": int((mine & ~true).sum())}
        if any(counts.values()) and not row.note:
            row.note = "solved " + ", ".join(f"{who}: {count}" for who, count in counts.items() if count)


def amount(seconds):
    for scale, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "us")):
        if seconds >= scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds * 1e6:.2g} us"


def show(case, rows):
    for task, title in TASKS.items():
        timed = [row for row in rows[task] if np.isfinite(row.cpu_s)]
        if not rows[task]:
            continue
        program = next((row.cpu_s for row in timed if row.peer == "araz_program"), np.nan)
        library = next((row.cpu_s for row in timed if row.peer == "araz_library"), np.nan)
        print(f"\n{case}: {title}\n  {'':40} {'items':>6} {'same':>6} {'CPU each':>9} {'/ program':>10} {'/ library':>10} {'difference':>10}")
        for row in sorted(rows[task], key=lambda row: row.cpu_s):
            name = f"{row.peer} {row.label}".strip()
            if not np.isfinite(row.cpu_s):
                print(f"  {name:40} {row.note}")
                continue
            ratios = "".join(f" {row.cpu_s / base:10.3g}" if np.isfinite(base) else f" {'':10}" for base in (program, library))
            off = f"{row.difference:10.1e}" if np.isfinite(row.difference) else f"{'':10}"
            print(f"  {name:40} {row.items:6} {row.solved:6} {amount(row.cpu_s):>9}{ratios} {off}  {row.note}")


def plain(rows):
    return {task: [{"peer": row.peer, "label": row.label, "items": row.items, "solved": row.solved,
                    "cpu_s_each": row.cpu_s if np.isfinite(row.cpu_s) else None,
                    "difference": float(row.difference) if np.isfinite(row.difference) else None, "note": row.note}
                   for row in some] for task, some in rows.items()}


def on_case(name, case, peers, size, rounds, folder, spread, listed):
    injections, outages = size.cases[name]
    workers = []
    try:
        for peer in peers:
            worker = Worker(peer, case, folder / peer.adapter, spread)
            workers.append(worker)
            if "error" in worker.hello:
                listed.append((f"{peer.adapter}, {case.stem}", worker.hello["error"]))
        comparison = Comparison(case, workers, {"file": 1, "solve": 100, "injections": injections, "n1": outages}, size, rounds)
        comparison.name, comparison.spread = case.stem, spread
        listed += [(f"{peer.adapter}, {case.stem}", peer.other_grid[case.stem]) for peer in peers if case.stem in peer.other_grid]
        return comparison.run()
    finally:
        for worker in workers:
            worker.close()


def main():
    parser = argparse.ArgumentParser()
    for name in ("size", "cases", "case", "only", "json"):
        parser.add_argument("--" + name, default="")
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--missing", nargs=2, action="append", default=[])
    options = parser.parse_args()
    size = SIZES[options.size]
    rounds = options.rounds or size.rounds
    missing = dict(options.missing)
    only = set(filter(None, options.only.split(",")))
    peers = [peer for peer in PEERS if peer.adapter not in missing and (not only or peer.adapter in only or not peer.package)]
    if not os.path.exists(os.environ["ARAZ_PEER_WORK"]):
        missing["araz_library"] = "araz_peer_work is not built (ARAZ_BENCH=ON)"
        peers = [peer for peer in peers if peer.adapter != "araz_library"]
    listed = [*missing.items(), *UNAVAILABLE, *((peer.adapter, peer.lacks) for peer in peers if peer.lacks)]
    load_before, figures = os.getloadavg(), {}

    def keep(name, rows):
        show(name, rows)
        sys.stdout.flush()
        figures[name] = plain(rows)
        if options.json:  # after every case: a run may be ended
            pathlib.Path(options.json).write_text(json.dumps({"size": options.size, "rounds": rounds, "load": [load_before, os.getloadavg()],
                                                              "cases": figures, "listed": listed}, indent=1) + "\n")

    with tempfile.TemporaryDirectory() as scratch:
        for name in size.cases:
            if options.case and name not in options.case.split(","):
                continue
            case = pathlib.Path(options.cases).resolve() / f"{name}.m"
            if not case.exists():
                listed.append((name, "the case file is not there"))
                continue
            folder = pathlib.Path(scratch) / name
            usual = [peer for peer in peers if not peer.fixed_units_only]
            rows = on_case(name, case, usual, size, rounds, folder, SPREAD, listed)
            keep(name, rows)
            base = next((row for row in rows["file"] if row.peer == "araz_program" and row.answer), None)
            if name in size.fixed_units and base is not None:
                fixed = folder / f"{name}-fixed-units.m"
                write_with_fixed_units(Grid(case), base.answer["voltages"], fixed)
                some = [peer for peer in peers if peer.fixed_units_only or peer.also_fixed_units]
                rows = on_case(name, fixed, some, size, rounds, folder / "fixed", SPREAD_FIXED, listed)
                keep(fixed.stem, rows)
    print("\nNot in the tables, or only in part")
    for name, reason in listed:
        print(f"  {name}: {reason}")
    print(f"\nCPU time, the least of {rounds} interleaved rounds on one core; load average {load_before[0]:.1f} before, {os.getloadavg()[0]:.1f} after")
    every = [row for case in figures.values() for some in case.values() for row in some]
    if wrong := [row for row in every if "DISAGREES" in row["note"] or row["note"].startswith("mismatch")]:
        print(f"{len(wrong)} answers disagree")
        return 1
    others = {row["peer"] for row in every if row["cpu_s_each"] and not row["peer"].startswith("araz")}
    if not others:
        print("SKIPPED: no peer could be installed")
        return 77
    print(f"{len(others)} peers agree with araz: {', '.join(sorted(others))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
