"""power-grid-model: batches on grids whose units give fixed P and Q. It has no bus of held voltage but sources."""

import numpy as np
import power_grid_model as pgm
from power_grid_model import PowerGridModel, initialize_array

KV = 1.0  # every node, so that turns ratios are p.u.
STIFF = 1e25  # VA, of the source behind its impedance


class Adapter:
    def __init__(self, grid, folder):
        if len(grid.pv):
            raise RuntimeError("no bus of held voltage but sources")
        self.grid = grid
        n, base_va = grid.n, grid.base_mva * 1e6
        ohm = (KV * 1e3) ** 2 / base_va
        node = initialize_array("input", "node", n)
        node["id"], node["u_rated"] = np.arange(n), KV * 1e3
        m = len(grid.branch)
        branch = initialize_array("input", "generic_branch", m)
        self.branch_id = n + np.arange(m)
        branch["id"], branch["from_node"], branch["to_node"] = self.branch_id, grid.from_bus, grid.to_bus
        branch["from_status"] = branch["to_status"] = grid.branch[:, 10] != 0
        branch["r1"], branch["x1"] = grid.branch[:, 2] * ohm, grid.branch[:, 3] * ohm
        branch["g1"], branch["b1"] = 0.0, grid.branch[:, 4] / ohm
        branch["k"] = np.where(grid.branch[:, 8] == 0, 1.0, grid.branch[:, 8])
        branch["theta"] = np.radians(grid.branch[:, 9])
        branch["sn"] = base_va
        used = np.flatnonzero(grid.load != 0)
        self.used = used
        load = initialize_array("input", "sym_load", len(used))
        self.load_id = n + m + np.arange(len(used))
        load["id"], load["node"], load["status"], load["type"] = self.load_id, used, 1, pgm.LoadGenType.const_power
        load["p_specified"], load["q_specified"] = grid.load[used].real * base_va, grid.load[used].imag * base_va
        fed = np.flatnonzero((grid.output != 0) & ~np.isin(np.arange(n), grid.ref))
        unit = initialize_array("input", "sym_gen", len(fed))
        unit["id"], unit["node"], unit["status"], unit["type"] = n + m + len(used) + np.arange(len(fed)), fed, 1, pgm.LoadGenType.const_power
        unit["p_specified"], unit["q_specified"] = grid.output[fed].real * base_va, grid.output[fed].imag * base_va
        at = np.flatnonzero(grid.shunt != 0)
        shunt = initialize_array("input", "shunt", len(at))
        first = n + m + len(used) + len(fed)
        shunt["id"], shunt["node"], shunt["status"] = first + np.arange(len(at)), at, 1
        shunt["g1"], shunt["b1"] = grid.shunt[at].real / ohm, grid.shunt[at].imag / ohm
        source = initialize_array("input", "source", 1)
        source["id"], source["node"], source["status"] = first + len(at), grid.ref[0], 1
        source["u_ref"], source["u_ref_angle"] = np.abs(grid.start[grid.ref[0]]), np.angle(grid.start[grid.ref[0]])
        source["sk"] = STIFF
        self.base_va = base_va
        self.model = PowerGridModel({"node": node, "generic_branch": branch, "sym_load": load, "sym_gen": unit,
                                     "shunt": shunt, "source": source}, system_frequency=50.0)
        self.tasks = {("solve", ""): self.solve, ("injections", "batch"): self.injections, ("n1", "batch"): self.n1}

    def calculate(self, **more):
        return self.model.calculate_power_flow(symmetric=True, error_tolerance=1e-9, max_iterations=30, threading=-1,
                                               output_component_types={"node"},
                                               calculation_method=pgm.CalculationMethod.newton_raphson, **more)["node"]

    def voltages(self, node):
        out = node["u_pu"] * np.exp(1j * node["u_angle"])
        if self.model.batch_error is not None:
            out[self.model.batch_error.failed_scenarios] = np.nan  # it leaves these rows as they were
        return out

    def solve(self, times):
        yield
        for _ in range(times):
            node = self.calculate()
        yield
        return self.voltages(node)

    def injections(self, factors):
        update = initialize_array("update", "sym_load", (len(factors), len(self.used)))
        update["id"] = self.load_id
        update["p_specified"] = factors[:, self.used] * self.grid.load[self.used].real * self.base_va
        update["q_specified"] = factors[:, self.used] * self.grid.load[self.used].imag * self.base_va
        yield
        node = self.calculate(update_data={"sym_load": update}, continue_on_batch_error=True)
        yield
        return self.voltages(node)

    def n1(self, rows):
        update = initialize_array("update", "generic_branch", (len(rows), 1))
        update["id"][:, 0] = self.branch_id[rows]
        update["from_status"] = update["to_status"] = 0
        yield
        node = self.calculate(update_data={"generic_branch": update}, continue_on_batch_error=True)
        yield
        return {"voltages": self.voltages(node)}
