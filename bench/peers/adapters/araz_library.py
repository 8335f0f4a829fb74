"""The araz library without program start, files and tables (araz_peer_work, built with ARAZ_BENCH=ON).

`lanes` solves several scenarios in lockstep, `one by one` is the scalar Newton.
"""

import json
import os
import pathlib
import subprocess

import numpy as np



class Adapter:
    def __init__(self, grid, folder):
        self.grid, self.folder = grid, pathlib.Path(folder)
        self.program = os.environ["ARAZ_PEER_WORK"]
        self.cpu_s = None  # of the last work, measured inside the program
        self.tasks = {("file", ""): self.file, ("solve", ""): self.solve}
        for how in ("lanes", "scalar"):
            self.tasks["injections", how] = lambda factors, how=how: self.injections(factors, how)
            self.tasks["n1", how] = lambda rows, how=how: self.n1(rows, how)

    def start(self, *words):
        out = self.folder / "out.bin"
        done = subprocess.run([self.program, self.grid.path, *map(str, words), out], capture_output=True, text=True, check=True)
        self.cpu_s = json.loads(done.stdout)["cpu_s"]
        return np.fromfile(out)

    def voltages(self, values):
        pairs = values.reshape(-1, self.grid.n, 2)
        return pairs[..., 0] * np.exp(1j * pairs[..., 1])

    def file(self, _):
        yield
        values = self.start("file", 1)
        yield
        return self.voltages(values)[0]

    def solve(self, times):
        yield
        values = self.start("solve", times)
        yield
        return self.voltages(values)[0]

    def injections(self, factors, how):
        given = self.folder / "factors.bin"
        np.ascontiguousarray(factors).tofile(given)
        yield
        values = self.start("injections", how, given)
        yield
        return self.voltages(values)

    def n1(self, rows, how):
        given = self.folder / "rows.txt"
        given.write_text("".join(f"{row + 1}\n" for row in rows))
        yield
        values = self.start("n1", how, given)
        yield
        loss, low, high = values.reshape(-1, 3).T
        return {"solved": np.isfinite(loss), "loss_mw": loss, "vmin": low, "vmax": high}
