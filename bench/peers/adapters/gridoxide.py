"""gridoxide: its own MATPOWER reader, its batch and its contingency sweep, one thread. It always starts afresh, here from DC
angles for single solves; its sweeps have a start of their own."""

import gridoxide
import numpy as np

TOLERANCE = 1e-8


class Adapter:
    def __init__(self, grid, folder):
        self.grid = grid
        self.model = self.read()
        self.place = np.array([grid.place[int(number)] for number in self.model.bus_numbers()])
        transformer = (grid.branch[:, 8] != 0) | (grid.branch[:, 9] != 0)
        on = grid.branch[:, 10] != 0
        lines, turns = np.flatnonzero(on & ~transformer), np.flatnonzero(on & transformer)
        self.number = {int(row): k for k, row in enumerate(np.concatenate([lines, turns]))}
        self.tasks = {("file", ""): self.file, ("solve", "from DC angles"): self.solve, ("injections", "solve_batch"): self.injections,
                      ("n1", "solve_contingencies"): self.n1}

    def read(self):
        return gridoxide.PowerFlowModel.from_matpower(self.grid.path, tol=TOLERANCE, max_iter=30)

    def placed(self, magnitude, angle):
        out = np.full(self.grid.n, np.nan, complex)
        count = len(self.place)
        out[self.place] = np.array(magnitude)[:count] * np.exp(1j * np.array(angle)[:count])
        return out

    def file(self, _):
        yield
        model = self.read()
        model.solve(init="dc")
        yield
        return self.placed(model.voltage_mag(), model.voltage_ang())

    def solve(self, times):
        yield
        for _ in range(times):
            self.model.solve(init="dc")
        yield
        return self.placed(self.model.voltage_mag(), self.model.voltage_ang())

    def injections(self, factors):
        power = self.grid.injections(factors)
        own = {int(place): k for k, place in enumerate(self.place)}
        moved = [(own[int(place)], place) for place in np.flatnonzero(self.grid.load != 0) if int(place) in own]
        scenarios = [[(k, row[place].real, row[place].imag) for k, place in moved] for row in power]
        yield
        results = self.model.solve_batch(scenarios, threads=1)
        yield
        empty = np.full(self.grid.n, np.nan, complex)
        return np.array([self.placed(one.voltage_mag, one.voltage_ang) if one.converged else empty for one in results])

    def n1(self, rows):
        asked = [[self.number[row]] for row in rows]
        yield
        results = self.model.solve_contingencies(asked, threads=1)
        yield
        empty = np.full(self.grid.n, np.nan, complex)
        return {"voltages": np.array([self.placed(vm, va) if status == "converged" else empty for status, vm, va in results])}
