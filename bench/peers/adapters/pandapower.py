"""pandapower: runpp with numba, without its hand-over to lightsim2grid; N-1 by its contingency analysis.

It reads a copy of the case without the units that are out of service: its converter lets the first unit of a bus hold the
voltage also when that one is off.
"""

import pathlib

import numpy as np
import pandapower
from pandapower.contingency import run_contingency
from pandapower.converter.matpower.from_mpc import from_mpc

from grid import ON, write_case

OPTIONS = {"tolerance_mva": 1e-6, "lightsim2grid": False, "numba": True, "trafo_model": "pi", "max_iteration": 30}


class Adapter:
    def __init__(self, grid, folder):
        self.grid = grid
        self.file_name = pathlib.Path(folder) / "case.m"
        write_case(self.file_name, grid.base_mva, grid.bus[:, :13], grid.gen[grid.gen[:, ON] > 0][:, :21], grid.branch[:, :13])
        self.net = self.read()
        self.options = dict(OPTIONS, tolerance_mva=1e-8 * grid.base_mva)
        pandapower.runpp(self.net, **self.stored(grid.start))
        self.base = self.voltages(self.net)
        self.tasks = {("file", ""): self.file, ("solve", "runpp"): self.solve, ("injections", "runpp"): self.injections,
                      ("n1", "run_contingency"): self.n1}

    def read(self):
        return from_mpc(str(self.file_name), f_hz=60)

    def stored(self, start):
        order = self.places(self.net.bus.index)
        return dict(self.options, init_vm_pu=np.abs(start)[order], init_va_degree=np.degrees(np.angle(start))[order])

    def voltages(self, net):
        found = net.res_bus.vm_pu.to_numpy() * np.exp(1j * np.radians(net.res_bus.va_degree.to_numpy()))
        out = np.full(self.grid.n, np.nan, complex)
        out[self.places(net.res_bus.index)] = found
        return out

    def places(self, buses):
        """Rows of the case for its bus indices, which are the bus numbers, or those less one."""
        less = int(self.net.bus.index.min() != self.grid.bus[:, 0].min())
        return np.array([self.grid.place[int(bus) + less] for bus in buses])

    def file(self, _):
        yield
        net = self.read()
        pandapower.runpp(net, **self.stored(self.grid.start))
        yield
        return self.voltages(net)

    def solve(self, times):
        yield
        for _ in range(times):
            pandapower.runpp(self.net, **self.stored(self.grid.start))
        yield
        return self.voltages(self.net)

    def injections(self, factors):
        # Its converter makes static generators of negative loads: what changes is a load of its own at every bus.
        used = np.flatnonzero(self.grid.load != 0)
        places = self.places(self.net.bus.index)
        buses = self.net.bus.index.to_numpy()[np.argsort(places)[used]]
        added = pandapower.create_loads(self.net, buses, p_mw=0.0, q_mvar=0.0)
        loads = self.net.load
        p, q = loads.p_mw.to_numpy().copy(), loads.q_mvar.to_numpy().copy()
        mine = loads.index.isin(added)
        base = self.grid.load[used] * self.grid.base_mva
        out = []
        options = self.stored(self.base)
        yield
        for row in factors:
            p[mine], q[mine] = (row[used] - 1.0) * base.real, (row[used] - 1.0) * base.imag
            loads["p_mw"], loads["q_mvar"] = p, q
            pandapower.runpp(self.net, **options)
            out.append(self.voltages(self.net))
        yield
        self.net.load = loads.drop(index=added)
        return np.array(out)

    def n1(self, rows):
        lookup = self.net._from_ppc_lookups["branch"]
        cases, order = {}, {}
        for k, row in enumerate(rows):
            kind, element = lookup.element_type.iat[row], int(lookup.element.iat[row])
            if kind == "impedance":
                continue  # its contingency analysis knows lines and transformers only
            cases.setdefault(kind, {"index": []})["index"].append(element)
            order[kind, element] = k
        out = np.full((len(rows), self.grid.n), np.nan, complex)
        options = self.stored(self.base)

        def run(net, **_):
            pandapower.runpp(net, **options)
            off = [(kind, int(element)) for kind in cases for element in net[kind].index[~net[kind].in_service]]
            for element in off:
                if element in order:
                    out[order[element]] = self.voltages(net)

        yield
        run_contingency(self.net, cases, contingency_evaluation_function=run)
        yield
        return {"voltages": out, "done": len(order), "asked": np.isin(np.arange(len(rows)), list(order.values()))}
