"""PowSyBl: OpenLoadFlow through pypowsybl. It reads MATPOWER's binary files only, which are written beforehand."""

import pathlib

import numpy as np
import pypowsybl.loadflow as lf
import pypowsybl.network as pn
import pypowsybl.security as security
from scipy.io import savemat

CHECKED = 16  # outages whose voltages are asked for, once more and outside its times


class Adapter:
    def __init__(self, grid, folder):
        self.grid = grid
        self.file_name = pathlib.Path(folder) / "case.mat"
        width = {"bus": 13, "gen": 21, "branch": 13}
        tables = {name: np.ascontiguousarray(getattr(grid, name)[:, :columns]) for name, columns in width.items()}
        savemat(self.file_name, {"mpc": {"version": "2", "baseMVA": grid.base_mva, **tables}})
        self.parameters = lf.Parameters(
            distributed_slack=False, use_reactive_limits=False, read_slack_bus=True, write_slack_bus=False,
            voltage_init_mode=lf.VoltageInitMode.PREVIOUS_VALUES, transformer_voltage_control_on=False,
            twt_split_shunt_admittance=True,  # b at both ends, as MATPOWER has it
            shunt_compensator_voltage_control_on=False, phase_shifter_regulation_on=False,
            provider_parameters={"newtonRaphsonConvEpsPerEq": "1e-8", "minPlausibleTargetVoltage": "0.5",
                                 "maxPlausibleTargetVoltage": "2.0", "minRealisticVoltage": "0.1", "maxRealisticVoltage": "3.0",
                                 "lowImpedanceThreshold": "1e-12", "plausibleActivePowerLimit": "1e6"})
        self.net = pn.load(str(self.file_name))
        self.tasks = {("file", ".mat"): self.file, ("solve", "run_ac"): self.solve, ("injections", "run_ac"): self.injections,
                      ("n1", "security analysis"): self.n1}

    def run(self, net):
        result = lf.run_ac(net, self.parameters)[0]
        if result.status != lf.ComponentStatus.CONVERGED:
            raise RuntimeError(f"{result.status}: {result.status_text}")

    def voltages(self, net):
        frame = net.get_bus_breaker_view_buses(attributes=["v_mag", "v_angle"])
        place = [self.grid.place[int(name.split("-")[1])] for name in frame.index]
        out = np.full(self.grid.n, np.nan, complex)
        out[place] = frame.v_mag.to_numpy() * np.exp(1j * np.radians(frame.v_angle.to_numpy()))
        return out

    def file(self, _):
        yield
        net = pn.load(str(self.file_name))
        self.run(net)
        yield
        return self.voltages(net)

    def solve(self, times):
        yield
        for _ in range(times):
            self.run(self.net)
        yield
        return self.voltages(self.net)

    def injections(self, factors):
        self.run(self.net)
        loads = self.net.get_loads(attributes=["p0", "q0"])
        place = [self.grid.place[int(name.split("-")[1].split("#")[0])] for name in loads.index]
        out = []
        yield
        for row in factors:
            at = row[place]
            self.net.update_loads(id=loads.index, p0=loads.p0.to_numpy() * at, q0=loads.q0.to_numpy() * at)
            self.run(self.net)
            out.append(self.voltages(self.net))
        yield
        self.net.update_loads(id=loads.index, p0=loads.p0, q0=loads.q0)
        return np.array(out)

    def branch_ids(self):
        """Its name of every branch row: LINE-1-2, LINE-1-2#0, ..., in the order in which it lists those of a pair."""
        by_pair = {}
        for name in self.net.get_branches(attributes=[]).index:
            pair = tuple(self.grid.place[int(number)] for number in name.split("#")[0].split("-")[1:3])
            by_pair.setdefault(pair, []).append(name)
        taken = {}
        names = []
        for pair in zip(self.grid.from_bus, self.grid.to_bus):
            k = taken.get(pair, 0)
            taken[pair] = k + 1
            names.append(by_pair[pair][k])
        return names

    def analysis(self, names):
        out = security.create_analysis()
        out.add_single_element_contingencies(names)
        return out

    def n1(self, rows):
        self.run(self.net)
        every = self.branch_ids()
        names = [every[row] for row in rows]
        analysis = self.analysis(names)
        yield
        result = analysis.run_ac(self.net, self.parameters)
        yield
        good = security.ComputationStatus.CONVERGED
        solved = np.array([result.post_contingency_results[name].status == good for name in names])
        few = list(range(0, len(rows), max(1, len(rows) // CHECKED)))
        again = self.analysis([names[k] for k in few])
        again.add_monitored_elements(voltage_level_ids=list(self.net.get_voltage_levels(attributes=[]).index))
        frame = again.run_ac(self.net, self.parameters).bus_results.reset_index()
        voltages = np.full((len(rows), self.grid.n), np.nan, complex)
        place = np.array([self.grid.place[int(name.split("-")[1].split("_")[0])] for name in frame.bus_id])
        found = frame.v_mag.to_numpy() * np.exp(1j * np.radians(frame.v_angle.to_numpy()))
        for k in few:
            mine = (frame.contingency_id == names[k]).to_numpy()
            voltages[k, place[mine]] = found[mine]
        return {"voltages": voltages, "solved": solved}
