"""A MATPOWER case as matrices: what peers that take matrices are fed with, and what every answer is checked with.

Everything is in p.u. on baseMVA and in the order of the rows of `mpc.bus`. The branch model is that of docs/conventions.md.
"""

import re

import networkx
import numpy as np
from scipy import sparse

BUS, KIND, PD, QD, GS, BS, VM, VA = 0, 1, 2, 3, 4, 5, 7, 8
GEN_BUS, PG, QG, VG, ON = 0, 1, 2, 5, 7
FROM, TO, R, X, B, TAP, SHIFT, STATUS = 0, 1, 2, 3, 4, 8, 9, 10


def read_matrices(path):
    """bus, gen and branch as arrays, and baseMVA. Only for case files that are plain tables of numbers."""
    text = re.sub(r"%.*", "", open(path, encoding="latin-1").read())

    def table(name):
        body = re.search(rf"mpc\.{name}\s*=\s*\[(.*?)\]", text, re.S).group(1)
        rows = [row.replace(",", " ").split() for row in re.split(r"[;\n]", body)]
        return np.array([[float(cell) for cell in row] for row in rows if row])

    return table("bus"), table("gen"), table("branch"), float(re.search(r"mpc\.baseMVA\s*=\s*([\d.eE+-]+)", text).group(1))


class Grid:
    def __init__(self, path):
        self.path = str(path)
        self.bus, self.gen, self.branch, self.base_mva = read_matrices(path)
        self.n = len(self.bus)
        self.place = {int(number): k for k, number in enumerate(self.bus[:, BUS])}
        self.from_bus = np.array([self.place[int(b)] for b in self.branch[:, FROM]])
        self.to_bus = np.array([self.place[int(b)] for b in self.branch[:, TO]])
        self.gen_place = np.array([self.place[int(b)] for b in self.gen[:, GEN_BUS]])
        self.load = (self.bus[:, PD] + 1j * self.bus[:, QD]) / self.base_mva
        self.admittances()
        self.kinds()

    def admittances(self):
        with np.errstate(divide="ignore", invalid="ignore"):
            series = np.where(self.branch[:, STATUS] != 0, 1.0 / (self.branch[:, R] + 1j * self.branch[:, X]), 0.0)
        charging = np.where(self.branch[:, STATUS] != 0, 0.5j * self.branch[:, B], 0.0)
        turns = np.where(self.branch[:, TAP] == 0.0, 1.0, self.branch[:, TAP]) * np.exp(1j * np.radians(self.branch[:, SHIFT]))
        self.ytt = series + charging
        self.yff = self.ytt / np.abs(turns) ** 2
        self.yft = -series / np.conj(turns)
        self.ytf = -series / turns
        self.shunt = (self.bus[:, GS] + 1j * self.bus[:, BS]) / self.base_mva
        f, t, own = self.from_bus, self.to_bus, np.arange(self.n)
        rows = np.concatenate([f, f, t, t, own])
        columns = np.concatenate([f, t, f, t, own])
        values = np.concatenate([self.yff, self.yft, self.ytf, self.ytt, self.shunt])
        self.ybus = sparse.csr_matrix((values, (rows, columns)), shape=(self.n, self.n))
        self.ybus.sort_indices()

    def kinds(self):
        on = self.gen[:, ON] > 0
        kind = self.bus[:, KIND].astype(int)
        has_unit = np.zeros(self.n, bool)
        has_unit[self.gen_place[on]] = True
        self.pv = np.flatnonzero((kind == 2) & has_unit)
        self.ref = np.flatnonzero(kind == 3)
        self.pq = np.flatnonzero((kind == 1) | ((kind == 2) & ~has_unit))
        self.output = np.zeros(self.n, complex)
        np.add.at(self.output, self.gen_place[on], (self.gen[on, PG] + 1j * self.gen[on, QG]) / self.base_mva)
        magnitude = self.bus[:, VM].copy()
        held = np.isin(np.arange(self.n), np.concatenate([self.pv, self.ref]))
        for place, value in zip(self.gen_place[on], self.gen[on, VG]):
            if held[place]:
                magnitude[place] = value
        self.start = magnitude * np.exp(1j * np.radians(self.bus[:, VA]))

    def injections(self, factors=None):
        """Complex injections, [n] or [scenarios, n] with a factor on the load of each bus."""
        return self.output - (self.load if factors is None else factors * self.load)

    def aligned(self, voltages):
        """Turned so that the reference bus has the angle of the case file."""
        ref = self.ref[0]
        at = voltages[..., ref]
        turn = np.exp(1j * (np.radians(self.bus[ref, VA]) - np.angle(at)))
        return voltages * turn[..., None] if voltages.ndim > 1 else voltages * turn

    def flows(self, voltages, row):
        """What branch `row` takes out of its two ends."""
        f, t = self.from_bus[row], self.to_bus[row]
        at_from = voltages[f] * np.conj(self.yff[row] * voltages[f] + self.yft[row] * voltages[t])
        at_to = voltages[t] * np.conj(self.ytf[row] * voltages[f] + self.ytt[row] * voltages[t])
        return at_from, at_to

    def mismatch(self, voltages, factors=None, out=None):
        """Largest mismatch of active power at all buses but the reference, reactive at PQ buses, |V| where it is held; `out`: a
        branch row."""
        power = voltages * np.conj(self.ybus @ voltages)
        if out is not None:
            at_from, at_to = self.flows(voltages, out)
            power[self.from_bus[out]] -= at_from
            power[self.to_bus[out]] -= at_to
        off = power - self.injections(factors)
        moving = np.concatenate([self.pv, self.pq])
        held = np.concatenate([self.pv, self.ref])
        return max(np.abs(off.real[moving]).max(), np.abs(off.imag[self.pq]).max(initial=0.0),
                   np.abs(np.abs(voltages[held]) - np.abs(self.start[held])).max())

    def losses_mw(self, voltages, out=None):
        at_from, at_to = self.flows(voltages, slice(None))
        lost = (at_from + at_to).real
        if out is not None:
            lost[out] = 0.0
        return lost.sum() * self.base_mva

    def outages(self, count):
        """Rows from 0 of at most `count` branches whose outage does not split the grid, drawn at random but always alike: fewer
        are the first ones of more."""
        pairs = {}
        for row in np.flatnonzero(self.branch[:, STATUS] != 0):
            pairs.setdefault(frozenset((self.from_bus[row], self.to_bus[row])), []).append(row)
        graph = networkx.Graph(tuple(pair) for pair in pairs if len(pair) == 2)
        bridges = {frozenset(edge) for edge in networkx.bridges(graph)}
        rows = sorted(row for pair, all_rows in pairs.items() for row in all_rows if len(all_rows) > 1 or pair not in bridges)
        drawn = np.random.Generator(np.random.PCG64(7)).permutation(rows)
        return [int(row) for row in drawn[:count]]

    def factors(self, count, spread):
        """[count, n] factors on loads, uniform within 1 +- spread, the same on every machine."""
        return 1.0 + spread * np.random.Generator(np.random.PCG64(7)).uniform(-1.0, 1.0, (count, self.n))


def write_case(path, base_mva, bus, gen, branch):
    """A MATPOWER file of these tables; its name is that of the function in it."""
    name = re.sub(r"\W", "_", str(path).rsplit("/", 1)[-1].removesuffix(".m"))
    with open(path, "w", encoding="ascii") as out:
        out.write(f"function mpc = {name}\nmpc.version = '2';\nmpc.baseMVA = {base_mva:g};\n")
        for name, table in (("bus", bus), ("gen", gen), ("branch", branch)):
            out.write(f"mpc.{name} = [\n")
            for row in table:
                out.write("\t" + "\t".join(f"{cell:.17g}" for cell in row) + ";\n")
            out.write("];\n")


def write_with_fixed_units(grid, voltages, path):
    """The same grid with every unit but the reference giving P and Q as in the solution: a case without PV buses."""
    power = (voltages * np.conj(grid.ybus @ voltages) + grid.load) * grid.base_mva
    bus, gen = grid.bus.copy(), grid.gen.copy()
    bus[grid.pv, KIND] = 1
    bus[:, VM], bus[:, VA] = np.abs(voltages), np.degrees(np.angle(voltages))
    first = set()
    for row, place in enumerate(grid.gen_place):
        if gen[row, ON] > 0 and place not in grid.ref:
            gen[row, QG] = 0.0 if place in first else power.imag[place]
            first.add(place)
    write_case(path, grid.base_mva, bus, gen, grid.branch)
