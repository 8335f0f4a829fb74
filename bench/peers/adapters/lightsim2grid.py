"""lightsim2grid: its batch classes on a grid read from the MATPOWER file, KLU, one slack."""

import numpy as np
from lightsim2grid.algorithm import AlgorithmType
from lightsim2grid.lightsim2grid_cpp import ContingencyAnalysisCPP, InjectionSweepCPP, TimeSeriesCPP
from lightsim2grid.network import init_from_matpower

TOLERANCE = 1e-8


class Adapter:
    def __init__(self, grid, folder):
        self.grid = grid
        self.model = self.read()
        self.base = self.model.ac_pf(grid.start.copy(), 30, TOLERANCE)
        self.load_place = np.array([load.bus_id for load in self.model.get_loads()])
        branch = grid.branch
        transformer = (branch[:, 8] != 0) | (branch[:, 9] != 0)
        lines = np.flatnonzero(~transformer)
        self.number = np.empty(len(branch), int)  # of a branch row among its lines, then transformers
        self.number[lines] = np.arange(len(lines))
        self.number[transformer] = len(lines) + np.arange(transformer.sum())
        self.tasks = {("file", ""): self.file, ("solve", ""): self.solve,
                      ("injections", "TimeSeries"): lambda factors: self.injections(factors, TimeSeriesCPP),
                      ("injections", "InjectionSweep"): lambda factors: self.injections(factors, InjectionSweepCPP),
                      ("n1", "ContingencyAnalysis"): self.n1}

    def read(self):
        model = init_from_matpower(self.grid.path)
        model.change_algorithm(AlgorithmType.NRSing_KLU)
        return model

    def file(self, _):
        yield
        voltages = self.read().ac_pf(self.grid.start.copy(), 30, TOLERANCE)
        yield
        return voltages

    def solve(self, times):
        yield
        for _ in range(times):
            voltages = self.model.ac_pf(self.grid.start, 30, TOLERANCE)
        yield
        return voltages

    def injections(self, factors, kind):
        count = len(factors)
        units = np.tile([unit.target_p_mw for unit in self.model.get_generators()], (count, 1))
        none = np.zeros((count, 0))
        at = factors[:, self.load_place]
        p = np.ascontiguousarray(at * [load.target_p_mw for load in self.model.get_loads()])
        q = np.ascontiguousarray(at * [load.target_q_mvar for load in self.model.get_loads()])
        batch = kind(self.model)
        batch.change_algorithm(AlgorithmType.NRSing_KLU)
        yield
        batch.compute_Vs(units, none, p, q, self.base, 30, TOLERANCE)
        voltages = batch.get_voltages()
        yield
        return np.where(np.array(batch.converged_mask())[:, None], voltages, np.nan)

    def n1(self, rows):
        analysis = ContingencyAnalysisCPP(self.model)
        analysis.change_algorithm(AlgorithmType.NRSing_KLU)
        analysis.add_multiple_n1([int(self.number[row]) for row in rows])
        yield
        analysis.compute(self.base, 30, TOLERANCE)
        voltages = analysis.get_voltages()
        yield
        place = {int(number[0]): k for k, number in enumerate(analysis.my_defaults())}
        order = [place[int(self.number[row])] for row in rows]
        solved = np.array(analysis.converged_mask())[order]
        return {"voltages": np.where(solved[:, None], voltages[order], np.nan)}
