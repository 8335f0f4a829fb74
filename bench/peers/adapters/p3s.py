"""p3s (parallel-pandapower-solver): its compiled KLU solver, which takes matrices. Building them is not in its times."""

import numpy as np
from p3s import nr_klu

TOLERANCE = 1e-8


class Adapter:
    def __init__(self, grid, folder):
        self.grid = grid
        y = grid.ybus
        self.solver = nr_klu.Solver(y.indptr.astype(np.int32), y.indices.astype(np.int32), y.data,
                                    grid.pv.astype(np.int32), grid.pq.astype(np.int32))
        self.base = self.solver.solve(grid.injections(), grid.start, 30, TOLERANCE)["V"]
        self.tasks = {("solve", ""): self.solve, ("injections", "solve_batch"): self.injections,
                      ("n1", "solve_batch_contingency"): self.n1}

    def solve(self, times):
        power = self.grid.injections()
        yield
        for _ in range(times):
            answer = self.solver.solve(power, self.grid.start, 30, TOLERANCE)
        yield
        return answer["V"]

    def voltages(self, answer):
        return np.where(np.array(answer["converged"], bool)[:, None], answer["V"].T, np.nan)

    def injections(self, factors):
        power = np.ascontiguousarray(self.grid.injections(factors).T)
        yield
        answer = self.solver.solve_batch(power, self.base, 30, TOLERANCE, 1)
        yield
        return self.voltages(answer)

    def place(self, row, column):
        y = self.grid.ybus
        return y.indptr[row] + np.searchsorted(y.indices[y.indptr[row]:y.indptr[row + 1]], column)

    def n1(self, rows):
        grid = self.grid
        values = np.repeat(grid.ybus.data[:, None], len(rows), axis=1)
        for k, row in enumerate(rows):
            f, t = grid.from_bus[row], grid.to_bus[row]
            for at, entry in (((f, f), grid.yff), ((f, t), grid.yft), ((t, f), grid.ytf), ((t, t), grid.ytt)):
                values[self.place(*at), k] -= entry[row]
        magnitude, angle = np.abs(values), np.angle(values)
        start = np.ascontiguousarray(np.repeat(self.base[:, None], len(rows), axis=1))
        pin = np.zeros((grid.n, len(rows)), np.uint8)
        power = grid.injections()
        yield
        answer = self.solver.solve_batch_contingency(magnitude, angle, power, start, pin, 30, TOLERANCE, 1)
        yield
        return {"voltages": self.voltages(answer)}
