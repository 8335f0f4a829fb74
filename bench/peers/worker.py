"""One peer on one case, in a process of its own: reads requests and writes replies, one JSON object per line.

    worker.py ADAPTER CASE FOLDER SPREAD        started by compare.py

A request names task, label and count. The adapter's task is a generator: up to its first `yield` it prepares, between the
two it works (that is what is timed), and it returns its answer after that.
"""

import importlib
import json
import os
import pathlib
import resource
import sys
import time
import warnings

import numpy as np

from grid import Grid

warnings.filterwarnings("ignore")


def cpu():
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def finish(work):
    try:
        next(work)
    except StopIteration as done:
        return done.value
    raise RuntimeError("an adapter yields twice")


def outage_figures(grid, answer, rows):
    """Loss, extremes and largest mismatch of every outage from its voltages, where the adapter gives voltages."""
    if "voltages" not in answer:
        return {key: np.asarray(value) for key, value in answer.items()}
    voltages = answer["voltages"]
    given = np.isfinite(voltages).all(axis=1)
    out = {key: np.full(len(rows), np.nan) for key in ("loss_mw", "vmin", "vmax", "mismatch")}
    for k in np.flatnonzero(given):
        size = np.abs(voltages[k])
        out["loss_mw"][k] = grid.losses_mw(voltages[k], rows[k])
        out["vmin"][k], out["vmax"][k] = size.min(), size.max()
        out["mismatch"][k] = grid.mismatch(voltages[k], out=rows[k])
    out["solved"] = np.asarray(answer.get("solved", given))
    if "asked" in answer:
        out["asked"] = np.asarray(answer["asked"])
    return out


class Worker:
    def __init__(self, adapter, case, folder, spread):
        self.folder, self.spread = pathlib.Path(folder), spread
        self.grid = Grid(case)
        self.adapter = importlib.import_module("adapters." + adapter).Adapter(self.grid, folder)

    def reply(self, request):
        task, label, count = request["task"], request["label"], request["count"]
        rows = self.grid.outages(count) if task == "n1" else None
        given = {"file": None, "solve": count, "n1": rows}.get(task)
        if task == "injections":
            given = self.grid.factors(count, self.spread)
        work = self.adapter.tasks[task, label](given)
        next(work)
        wall, used = time.perf_counter(), cpu()
        next(work)
        wall, used = time.perf_counter() - wall, cpu() - used
        answer = finish(work)
        used = getattr(self.adapter, "cpu_s", None) or used
        items = {"n1": len(rows or ()), "file": 1}.get(task, count)
        if task == "n1":
            figures = outage_figures(self.grid, answer, rows)
            items = int(figures["asked"].sum()) if "asked" in figures else items
        else:
            figures = {"voltages": self.grid.aligned(np.asarray(answer))}
        path = self.folder / f"{task}-{label.replace(' ', '-').replace('/', '-')}.npz"
        np.savez(path, **figures)
        return {"cpu_s": used, "wall_s": wall, "items": items, "answer": str(path)}


def main():
    if "ARAZ_PEER_CPU" in os.environ:
        os.sched_setaffinity(0, {int(os.environ["ARAZ_PEER_CPU"])})
    replies = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what a peer prints does not get between the replies
    try:
        worker = Worker(*sys.argv[1:4], float(sys.argv[4]))
        print(json.dumps({"tasks": [list(key) for key in worker.adapter.tasks]}), file=replies)
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), file=replies)
        return
    for line in sys.stdin:
        try:
            reply = worker.reply(json.loads(line))
        except Exception as error:
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), file=replies)


if __name__ == "__main__":
    main()
