"""Phase shifters that hold MW, and that limit a current, side by side with pypowsybl (OpenLoadFlow).

Usage: phase_shifter.py ARAZ. Exit code 77 (skipped) without pypowsybl. Two buses of 220 kV, a line and a phase shifter
in parallel, 200 MW. Steps of one degree; both programs have to end at the same step, flows within 0.01 MW.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import pandas as pd
    import pypowsybl as pp
except ImportError:
    print("skipped: pypowsybl is not installed")
    sys.exit(77)

KV, BASE = 220.0, 100.0
Z_BASE = KV * KV / BASE
X_LINE, X_SHIFTER = 0.10, 0.08  # p.u.
LOAD_MW, LOAD_MVAR = 200.0, 20.0
LOW, STEPS = -10.0, 20

TABLES = {
    "areas": ("area,name", "1,A"),
    "zones": ("zone,name", "1,Z"),
    "substations": ("substation,name,lat,lon,provenance,source", "s,S,40,48,assumed,none"),
    "buses": ("bus,name,substation,base_kv,area,zone,vmin_pu,vmax_pu,kind,vm_set_pu,provenance,source",
              "1,one,s,220,1,1,0.9,1.1,slack,1.0,assumed,none", "2,two,s,220,1,1,0.9,1.1,pq,,assumed,none"),
    "line_types": ("type,base_kv,r_ohm_per_km,x_ohm_per_km,b_us_per_km,ampacity_summer_a,ampacity_winter_a,provenance,source",
                   f"t,220,0,{X_LINE * Z_BASE / 10},0,1000,1000,assumed,none"),
    "lines": ("line,from_bus,to_bus,type,km,in_service,provenance,source", "l,1,2,t,10,1,assumed,none"),
    "generators": ("generator,name,bus,pmin_mw,pmax_mw,qmin_mvar,qmax_mvar,p_mw,vm_set_pu,in_service,provenance,source",
                   "g,G,1,0,500,-500,500,200,1.0,1,assumed,none"),
    "loads": ("load,bus,p_mw,q_mvar,provenance,source", f"l,2,{LOAD_MW},{LOAD_MVAR},assumed,none"),
}


def araz(program, column, target, deadband_column, deadband):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "case.toml").write_text('format = "araz-case-folder/1"\nname = "two"\nbase_mva = 100\n')
        (root / "SOURCES.md").write_text("| none | assumed |\n")
        for name, rows in TABLES.items():
            (root / f"{name}.csv").write_text("\n".join(rows) + "\n")
        extra = f",{deadband_column}" if deadband_column else ""
        (root / "transformers.csv").write_text(
            "transformer,from_bus,to_bus,mva,uk_percent,x_over_r,tap_ratio,shift_deg,shift_min_deg,shift_max_deg,shift_steps,"
            f"{column}{extra},in_service,provenance,source\n"
            f"t,1,2,100,{X_SHIFTER * 100},1000,1,0,{LOW},{-LOW},{STEPS},{target}{',' + str(deadband) if extra else ''},1,assumed,none\n")
        done = subprocess.run([program, "pf", folder, "--controls", "phase", "--tol", "1e-10", "--format", "json"],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(done.stderr)
        result = json.loads(done.stdout)
        return result["controls"][0]["value"], result["branches"][1]["p_from_mw"]


def powsybl(mode, target, deadband):
    n = pp.network.create_empty()
    n.create_substations(id="S")
    n.create_voltage_levels(id=["V1", "V2"], substation_id=["S", "S"], topology_kind=["BUS_BREAKER"] * 2, nominal_v=[KV, KV])
    n.create_buses(id=["B1", "B2"], voltage_level_id=["V1", "V2"])
    n.create_generators(id="G", voltage_level_id="V1", bus_id="B1", target_p=200, target_v=KV, target_q=0, min_p=0, max_p=500,
                        voltage_regulator_on=True)
    n.create_loads(id="L", voltage_level_id="V2", bus_id="B2", p0=LOAD_MW, q0=LOAD_MVAR)
    n.create_lines(id="LINE", voltage_level1_id="V1", bus1_id="B1", voltage_level2_id="V2", bus2_id="B2", r=0, x=X_LINE * Z_BASE,
                   g1=0, b1=0, g2=0, b2=0)
    x = X_SHIFTER * Z_BASE
    r = x / 1000.0
    n.create_2_windings_transformers(id="T", voltage_level1_id="V1", bus1_id="B1", voltage_level2_id="V2", bus2_id="B2", r=r, x=x,
                                     g=0, b=0, rated_u1=KV, rated_u2=KV)
    # alpha turns side 2 ahead; a positive shift of araz delays it.
    steps = pd.DataFrame({"id": "T", "b": 0.0, "g": 0.0, "r": 0.0, "x": 0.0, "rho": 1.0,
                          "alpha": [-(LOW + k) for k in range(STEPS + 1)]}).set_index("id")
    ptc = pd.DataFrame({"id": ["T"], "target_deadband": [deadband], "regulation_mode": ["CURRENT_LIMITER"], "low_tap": [0],
                        "tap": [STEPS // 2]}).set_index("id")
    n.create_phase_tap_changers(ptc, steps)
    n.update_phase_tap_changers(id="T", regulation_mode=mode, regulation_value=target, target_deadband=deadband, regulated_side="ONE",
                                regulating=True)
    parameters = pp.loadflow.Parameters(phase_shifter_regulation_on=True, distributed_slack=False, use_reactive_limits=False,
                                        provider_parameters={"newtonRaphsonConvEpsPerEq": "1e-9"})
    status = pp.loadflow.run_ac(n, parameters)[0].status
    if "CONVERGED" not in str(status):
        sys.exit(f"pypowsybl: {status}")
    solved = n.get_phase_tap_changers(all_attributes=True)
    tap = "solved_tap_position" if "solved_tap_position" in solved and solved["solved_tap_position"].notna().all() else "tap"
    return LOW + float(solved[tap].iloc[0]), float(n.get_2_windings_transformers()["p1"].iloc[0])


failed = False
for name, column, target, band_column, band, mode in (
        ("power up", "p_target_mw", 140, "p_deadband_mw", 25, "ACTIVE_POWER_CONTROL"),
        ("power down", "p_target_mw", 60, "p_deadband_mw", 25, "ACTIVE_POWER_CONTROL"),
        ("current above its limit", "i_limit_a", 200, None, 0, "CURRENT_LIMITER"),
        ("current below its limit", "i_limit_a", 400, None, 0, "CURRENT_LIMITER")):
    ours, theirs = araz(sys.argv[1], column, target, band_column, band), powsybl(mode, target, band)
    same = abs(ours[0] - theirs[0]) < 1e-9 and abs(ours[1] - theirs[1]) < 0.01
    failed = failed or not same
    print(f"{name:26s} araz {ours[0]:+.0f} deg {ours[1]:.4f} MW   pypowsybl {theirs[0]:+.0f} deg {theirs[1]:.4f} MW"
          f"   {'agree' if same else 'DIFFER'}")
sys.exit(1 if failed else 0)
