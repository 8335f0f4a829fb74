"""The araz program: what a user starts. Its times are those of the whole process, files in and out included."""

import json
import os
import pathlib
import shutil
import subprocess

import h5py
import numpy as np



class Adapter:
    def __init__(self, grid, folder):
        self.grid, self.folder = grid, pathlib.Path(folder)
        self.program = os.environ["ARAZ"]
        self.tasks = {("file", "pf"): self.file, ("injections", "batch"): self.injections, ("n1", "n1"): self.n1}

    def start(self, *words):
        done = subprocess.run([self.program, *map(str, words)], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip().splitlines()[-1])

    def file(self, _):
        out = self.folder / "pf.json"
        yield
        self.start("pf", self.grid.path, "--q-limits", "off", "-o", out)
        yield
        rows = json.loads(out.read_text())["buses"]
        return np.array([row["vm_pu"] * np.exp(1j * np.radians(row["va_deg"])) for row in rows])

    def injections(self, factors):
        used = np.flatnonzero(self.grid.load != 0.0)
        series = self.folder / "series.csv"
        with open(series, "w", encoding="ascii") as out:
            out.write("time," + ",".join(f"bus {int(self.grid.bus[k, 0])}" for k in used) + "\n")
            for hour, row in enumerate(factors):
                out.write(f"{hour}," + ",".join(map(repr, row[used].tolist())) + "\n")
        run = self.folder / "run"
        study = self.folder / "study.toml"
        study.write_text(f'case = "{self.grid.path}"\nhours = "all"\nout = "{run}"\n[profiles]\nfile = "{series}"\n'
                         '[dispatch]\nrule = "given"\n[study]\nkind = "pf"\nq-limits = "off"\n'
                         '[outputs]\ncolumns = ["vm_pu", "va_deg"]\n')
        shutil.rmtree(run, ignore_errors=True)
        yield
        self.start("batch", study, "--threads", "1")
        yield
        with h5py.File(run / "result.h5") as result:
            return result["scenario/vm_pu"][:] * np.exp(1j * np.radians(result["scenario/va_deg"][:]))

    def n1(self, rows):
        asked = self.folder / "outages.csv"
        asked.write_text("contingency,element_kind,element\n" + "".join(f"c{row},branch,{row + 1}\n" for row in rows))
        out = self.folder / "n1.ndjson"
        yield
        self.start("n1", self.grid.path, "--contingencies", asked, "--q-limits", "off", "--threads", "1", "-o", out)
        yield
        found = [json.loads(line) for line in out.read_text().splitlines()]
        found = [row for row in found if "contingency" in row]
        ok = np.array([row["status"] == "converged" for row in found])

        def column(name):
            return np.array([row[name] if row[name] is not None else np.nan for row in found], float)

        return {"solved": ok, "loss_mw": column("loss_mw"), "vmin": column("min_vm_pu"), "vmax": column("max_vm_pu")}
