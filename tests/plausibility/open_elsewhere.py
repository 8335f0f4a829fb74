"""Results of araz open in h5py, netCDF4, xarray, pandas, h5dump and ncdump, with the same numbers, labels and units.

Usage: open_elsewhere.py, with ARAZ and ARAZ_CASE set as for the other tests here. What is not installed is skipped with a line
each; exit code 77 when nothing is.
"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy

warnings.filterwarnings("ignore")
ARAZ, CASE = os.environ["ARAZ"], os.environ["ARAZ_CASE"]
HOURS = 3


def run(*words):
    done = subprocess.run([ARAZ, *map(str, words)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"araz {' '.join(map(str, words))}\n{done.stderr}")


def same(what, found, expected):
    found, expected = numpy.asarray(found, float), numpy.asarray(expected, float)
    if found.shape != expected.shape or not numpy.array_equal(found, expected, equal_nan=True):
        sys.exit(f"{what}: {found.shape} {found.ravel()[:4]} instead of {expected.shape} {expected.ravel()[:4]}")


def equal(what, found, expected):
    if found != expected:
        sys.exit(f"{what}: {found!r} instead of {expected!r}")


def column(rows, name):
    return [numpy.nan if row[name] is None else row[name] for row in rows]


def text(values):
    return [value.decode() if isinstance(value, bytes) else str(value) for value in values]


class Results:
    """A power flow and a batch, each with what it must hold."""

    def __init__(self, folder):
        self.pf, self.batch = folder / "pf.h5", folder / "run/result.h5"
        run("pf", CASE, "-o", self.pf)
        run("pf", CASE, "-o", folder / "pf.json")
        run("pf", CASE, "--table", "branches", "-o", folder / "branches.csv")
        self.csv = folder / "branches.csv"
        self.expected = json.loads((folder / "pf.json").read_text())
        study = folder / "study.toml"
        study.write_text(f'case = "{CASE}"\nhours = "5-7"\nout = "{folder / "run"}"\n[study]\nkind = "pf"\n'
                         '[outputs]\ncolumns = ["default", "loading_pct", "vm_pu"]\n')
        run("batch", study)
        self.summary = json.loads((folder / "run/summary.json").read_text())


def with_h5py(results):
    import h5py

    with h5py.File(results.pf) as file:
        bus = file["base/bus"]
        same("h5py: voltages", bus["vm_pu"][:], column(results.expected["buses"], "vm_pu"))
        equal("h5py: scale of voltages", bus["vm_pu"].dims[0][0].name, bus["bus"].name)
        equal("h5py: units", text([bus["vm_pu"].attrs["units"]]), ["1"])
        same("h5py: loadings", file["base/branch/loading_pct"][:], column(results.expected["branches"], "loading_pct"))
    with h5py.File(results.batch) as file:
        rows = file["scenario"]
        same("h5py: hours", rows["hour"][:], [5, 6, 7])
        equal("h5py: axes", [axis[0].name for axis in rows["vm_pu"].dims], ["/scenario/scenario", "/scenario/bus"])
        same("h5py: largest load", rows["load_mw"][:].max(), results.summary["groups"][0]["load_mw"]["max"])


def with_netcdf4(results):
    import netCDF4

    with netCDF4.Dataset(results.batch) as file:
        rows = file["scenario"]
        equal("netCDF4: dimensions", rows["loading_pct"].dimensions[0], "scenario")
        equal("netCDF4: size", len(rows.dimensions["scenario"]), HOURS)
        when = netCDF4.num2date(rows["time"][:], rows["time"].units)
        equal("netCDF4: clock", [(time.month, time.day, time.hour) for time in when], [(1, 1, 5), (1, 1, 6), (1, 1, 7)])


def with_xarray(results):
    import xarray

    with xarray.open_dataset(results.pf, group="base/bus") as bus:
        same("xarray: voltages", bus.vm_pu, column(results.expected["buses"], "vm_pu"))
        number = results.expected["buses"][7]["bus"]
        same("xarray: a bus by its number", bus.vm_pu.sel(bus=number), results.expected["buses"][7]["vm_pu"])
    with xarray.open_dataset(results.batch, group="scenario") as rows:
        equal("xarray: axes", rows.vm_pu.dims, ("scenario", "bus"))
        equal("xarray: clock", str(rows.time.values[0])[:16], rows.time.dt.strftime("%Y-%m-%dT%H:%M").values[0])
        same("xarray: hours of the clock", rows.time.dt.hour, [5, 6, 7])
        equal("xarray: units", rows.load_mw.attrs["units"], "MW")
        same("xarray: largest load", rows.load_mw.max(), results.summary["groups"][0]["load_mw"]["max"])


def with_pandas(results):
    import pandas

    table = pandas.read_csv(results.csv, float_precision="round_trip")
    same("pandas: loadings", table["loading_pct"], column(results.expected["branches"], "loading_pct"))
    equal("pandas: numbers are numbers", table["p_from_mw"].dtype.kind, "f")


def with_h5dump(results):
    header = subprocess.run(["h5dump", "-H", str(results.batch)], capture_output=True, text=True, check=True).stdout
    equal("h5dump: a dataset", 'DATASET "loading_pct"' in header, True)
    values = subprocess.run(["h5dump", "-d", "/scenario/hour", "-y", "-w", "0", str(results.batch)], capture_output=True, text=True, check=True).stdout
    equal("h5dump: hours", "5, 6, 7" in values, True)
    subprocess.run(["h5dump", "-H", str(results.pf)], capture_output=True, check=True)


def with_ncdump(results):
    header = subprocess.run(["ncdump", "-h", str(results.batch)], capture_output=True, text=True, check=True).stdout
    equal("ncdump: dimensions", f"scenario = {HOURS} ;" in header, True)
    equal("ncdump: a variable on its axes", "double vm_pu(scenario, bus) ;" in header, True)
    subprocess.run(["ncdump", "-h", str(results.pf)], capture_output=True, check=True)


CHECKS = {"h5py": with_h5py, "netCDF4": with_netcdf4, "xarray": with_xarray, "pandas": with_pandas, "h5dump": with_h5dump, "ncdump": with_ncdump}


def main():
    present = []
    for name in CHECKS:
        there = shutil.which(name) if name.endswith("dump") else importlib.util.find_spec(name)
        if name == "xarray" and importlib.util.find_spec("netCDF4") is None:
            there = None
        if there:
            present.append(name)
        else:
            print(f"SKIPPED {name}: not installed")
    if not present:
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        results = Results(Path(folder))
        for name in present:
            CHECKS[name](results)
            print(f"{name}: the same numbers")


if __name__ == "__main__":
    main()
