"""rustpower: its NewtonSolver, which takes matrices and keeps its factorization between solves; one call per scenario.

Building the matrices, also those of outages, is not in its times.
"""

import numpy as np
import rustpower

TOLERANCE = 1e-8


class Adapter:
    def __init__(self, grid, folder):
        self.grid = grid
        self.solver = self.on(grid.ybus)
        self.base = self.solve_once(self.solver, grid.start)
        self.tasks = {("solve", ""): self.solve, ("injections", "loop"): self.injections, ("n1", "loop"): self.n1}

    def on(self, ybus):
        solver = rustpower.NewtonSolver()
        self.matrix(solver, ybus, self.grid.start)
        return solver

    def matrix(self, solver, ybus, start):
        grid = self.grid
        solver.setup_from_nodes(ybus.indptr, ybus.indices, ybus.data, grid.injections(), start, grid.pq, grid.pv, grid.ref)

    def solve_once(self, solver, start):
        solver.set_v_init(start)
        voltages = np.empty(self.grid.n, complex)
        if not solver.solve(30, TOLERANCE):
            voltages[:] = np.nan
            return voltages
        solver.extract_results(v=voltages)
        return voltages

    def solve(self, times):
        self.solver.set_s_bus(self.grid.injections())
        yield
        for _ in range(times):
            voltages = self.solve_once(self.solver, self.grid.start)
        yield
        return voltages

    def injections(self, factors):
        power = self.grid.injections(factors)
        out = []
        yield
        for row in power:
            self.solver.set_s_bus(row)
            out.append(self.solve_once(self.solver, self.base))
        yield
        self.solver.set_s_bus(self.grid.injections())
        return np.array(out)

    def n1(self, rows):
        grid = self.grid
        matrices = []
        for row in rows:
            matrix = grid.ybus.copy()
            f, t = grid.from_bus[row], grid.to_bus[row]
            for (a, b), entry in (((f, f), grid.yff), ((f, t), grid.yft), ((t, f), grid.ytf), ((t, t), grid.ytt)):
                matrix[a, b] -= entry[row]
            matrices.append(matrix)
        solver = rustpower.NewtonSolver()
        out = []
        yield
        for matrix in matrices:
            self.matrix(solver, matrix, self.base)
            out.append(self.solve_once(solver, self.base))
        yield
        return {"voltages": np.array(out)}
