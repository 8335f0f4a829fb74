"""The exported MATPOWER file solves to the same voltages in another program.

The peer is PYPOWER (R. Lincoln; a port of MATPOWER to Python), fetched by scripts/fetch_peer: its own
admittance matrix, Newton iteration and sparse solver (scipy). What is ours is the reader of the exported file
below: matrices of numbers, as text. Two parts of PYPOWER 5.1.21 fail with the numpy of today (they index with
floating-point columns), and are prepared here instead:

- DC lines (toggle_dcline): every row of mpc.dcline in service becomes two units, one that draws Pf at the from
  bus and one that gives Pf - (loss0 + loss1 Pf) at the to bus, each holding its voltage, as the MATPOWER
  User's Manual describes. Without it the peer solves the case as if the link were blocked.
- Reactive limits (ENFORCE_Q_LIMS): both programs solve without them; and once more with araz's limits on,
  where the peer takes the units that araz holds at a limit as fixed there.

Magnitudes are compared to 1e-6 p.u. and angles to 1e-4 degrees. Both programs iterate until no mismatch
exceeds 1e-8 p.u. or less; the sensitivity of a voltage to a mismatch is the inverse Jacobian, whose entries
are below 10 here, so what the iterations leave is far below both.

Run: peer.py FOLDER, where FOLDER holds the package (build/peer). Exit status 77: it is not there.
"""

import pathlib
import re
import sys
import tempfile

import study_case as case

VM_PU = 1e-6
VA_DEG = 1e-4

MATRIX = re.compile(r"^mpc\.(\w+) = \[\n(.*?)^\];", re.MULTILINE | re.DOTALL)


def read_matpower(path):
    """The numeric matrices of a file that araz wrote, and baseMVA."""
    text = re.sub(r"%.*", "", pathlib.Path(path).read_text(encoding="utf-8"))
    matrices = {name: [[float(word) for word in row.split()] for row in body.replace(";", "").splitlines() if row.strip()]
                for name, body in MATRIX.findall(text)}
    base = float(re.search(r"^mpc\.baseMVA = (\S+);", text, re.MULTILINE).group(1))
    return {"version": "2", "baseMVA": base, **{name: numpy.array(rows) for name, rows in matrices.items()}}


def add_dc_lines(mpc):
    """Converters as units: columns of gen are bus, Pg, Qg, Qmax, Qmin, Vg, mBase, status."""
    bus_type = {int(row[0]): row for row in mpc["bus"]}
    for line in mpc.pop("dcline", []):
        if line[2] <= 0:
            continue
        loss = line[15] + line[16] * line[3]
        for bus, power, voltage in ((line[0], -line[3], line[7]), (line[1], line[3] - loss, line[8])):
            unit = numpy.zeros(mpc["gen"].shape[1])
            unit[[0, 1, 5, 6, 7]] = [bus, power, voltage, mpc["baseMVA"], 1]
            mpc["gen"] = numpy.vstack([mpc["gen"], unit])
            if bus_type[int(bus)][1] == 1:
                bus_type[int(bus)][1] = 2


def solve(mpc, limited=()):
    """bus number -> (p.u., degrees) by the peer, from a flat start. `limited`: units (rows of gen from 0) that
    are held at a reactive power, as (row, MVAr)."""
    mpc["bus"][:, 7:9] = [1.0, 0.0]
    row_of = {int(row[0]): i for i, row in enumerate(mpc["bus"])}
    for unit, reactive in limited:
        mpc["gen"][unit, 2] = reactive
        mpc["bus"][row_of[int(mpc["gen"][unit, 0])], 1] = 1
    add_dc_lines(mpc)
    results, converged = runpf(mpc, ppoption(PF_TOL=1e-9, VERBOSE=0, OUT_ALL=0))
    if not converged:
        raise AssertionError("PYPOWER did not converge")
    return {int(row[0]): (row[7], row[8]) for row in results["bus"] if int(row[1]) != 4}


class SameVoltages(case.unittest.TestCase):
    def compare(self, point, variant="", q_limits="off"):
        code, answer = case.run("pf", case.CASE, *case.selection(point, variant), "--start", "flat", "--q-limits",
                                q_limits, "--format", "json")
        self.assertEqual(code, 0, answer)
        limited = [(unit["generator"] - 1, unit["q_mvar"]) for unit in answer["generators"] if unit["limit"] != "none"]
        theirs = solve(self.exported(point, variant), limited if q_limits == "on" else [])
        ours = {bus["bus"]: bus for bus in answer["buses"] if bus["type"] != "isolated"}
        self.assertEqual(set(ours), set(theirs))
        worst_vm = max(abs(bus["vm_pu"] - theirs[number][0]) for number, bus in ours.items())
        worst_va = max(abs(bus["va_deg"] - theirs[number][1]) for number, bus in ours.items())
        print(f"\n{case.label(point, variant)}, reactive limits {q_limits}, {len(limited)} units at them: {len(ours)} "
              f"buses, largest differences {worst_vm:.1e} p.u., {worst_va:.1e} degrees", end=" ")
        self.assertLess(worst_vm, VM_PU, case.label(point, variant))
        self.assertLess(worst_va, VA_DEG, case.label(point, variant))

    def exported(self, point, variant):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "exported.m"
            code, text = case.run("convert", case.CASE, path, *case.selection(point, variant))
            self.assertEqual(code, 0, text)
            return read_matpower(path)

    def test_every_operating_point(self):
        for point in ["", *case.points()]:
            self.compare(point)

    def test_every_operating_point_with_reactive_limits(self):
        for point in case.points():
            self.compare(point, q_limits="on")

    def test_every_variant(self):
        for variant in case.variants():
            self.compare("summer-peak-2030", variant)

    def test_dc_lines_matter(self):
        """Without the link the peer gets another answer: that the variant with one agrees is no accident."""
        mpc = self.exported("", "hvdc-600")
        self.assertEqual(len(mpc["dcline"]), 1)
        with_link = solve(self.exported("", "hvdc-600"))
        mpc["dcline"][0, 2] = 0
        without = solve(mpc)
        self.assertGreater(max(abs(with_link[bus][1] - without[bus][1]) for bus in without), 1.0)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: peer.py FOLDER [TEST ...]")
    sys.path.insert(0, sys.argv.pop(1))
    try:
        import numpy
        import scipy  # noqa: F401
        from pypower.api import ppoption, runpf
    except ImportError as error:
        case.skip(f"the peer cannot be had ({error}); scripts/fetch_peer gets PYPOWER, scripts/setup --tests scipy")
    case.main()
