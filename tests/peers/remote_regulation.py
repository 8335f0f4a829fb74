"""Two units that hold a bus between them, side by side with pypowsybl (OpenLoadFlow).

Usage: remote_regulation.py ARAZ. Exit code 77 (skipped) without pypowsybl. Both solve a star of lossless lines: a
reference, two units with the keys 1 and 3 that hold the middle at 1 p.u., and a load there; then one unit with a limit
that leaves the rest to the other.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import pypowsybl as pp
except ImportError:
    print("pypowsybl is not installed: skipped")
    sys.exit(77)

KV, BASE = 110.0, 100.0
Z_BASE = KV * KV / BASE
LINES = {"a": (1, 4, 0.10), "b": (2, 4, 0.10), "c": (3, 4, 0.05)}
LOAD = (30.0, 80.0)
KEYS = {2: 1.0, 3: 3.0}


def araz(program, q_max):
    tables = {
        "areas": ("area,name", "1,A"),
        "zones": ("zone,name", "1,Z"),
        "substations": ("substation,name,lat,lon,provenance,source", "s,S,40,48,assumed,none"),
        "buses": ("bus,name,substation,base_kv,area,zone,vmin_pu,vmax_pu,kind,vm_set_pu,provenance,source",
                  *(f"{b},b{b},s,{KV},1,1,0.8,1.2,{kind},1,assumed,none" for b, kind in enumerate(("slack", "pv", "pv", "pq"), 1))),
        "line_types": ("type,base_kv,r_ohm_per_km,x_ohm_per_km,b_us_per_km,ampacity_summer_a,ampacity_winter_a,provenance,source",
                       f"t,{KV},0,{0.01 * Z_BASE!r},0,1000,1000,assumed,none"),
        "lines": ("line,from_bus,to_bus,type,km,in_service,provenance,source",
                  *(f"{name},{f},{t},t,{x / 0.01:.15g},1,assumed,none" for name, (f, t, x) in LINES.items())),
        "transformers": ("transformer,from_bus,to_bus,mva,uk_percent,x_over_r,tap_ratio,in_service,provenance,source",),
        "generators": ("generator,name,bus,pmin_mw,pmax_mw,qmin_mvar,qmax_mvar,p_mw,vm_set_pu,in_service,provenance,source,"
                       "regulated_bus,reactive_share",
                       "g1,G1,1,0,500,-500,500,30,1,1,assumed,none,,",
                       *(f"g{b},G{b},{b},0,100,-200,{q_max[b]},0,1,1,assumed,none,4,{KEYS[b]}" for b in (2, 3))),
        "loads": ("load,bus,p_mw,q_mvar,provenance,source", f"l,4,{LOAD[0]},{LOAD[1]},assumed,none"),
    }
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "case.toml").write_text(f'format = "araz-case-folder/1"\nname = "star"\nbase_mva = {BASE}\n')
        (root / "SOURCES.md").write_text("| none | assumed |\n")
        for name, rows in tables.items():
            (root / f"{name}.csv").write_text("\n".join(rows) + "\n")
        done = subprocess.run([program, "pf", folder, "--tol", "1e-11", "--format", "json"], capture_output=True, text=True,
                              check=False)
    if done.returncode != 0:
        sys.exit(done.stderr)
    result = json.loads(done.stdout)
    return [bus["vm_pu"] for bus in result["buses"]], [unit["q_mvar"] for unit in result["generators"]]


def open_load_flow(q_max):
    network = pp.network.create_empty()
    network.create_substations(id="s")
    for b in range(1, 5):
        network.create_voltage_levels(id=f"v{b}", substation_id="s", nominal_v=KV, topology_kind="BUS_BREAKER")
        network.create_buses(id=f"b{b}", voltage_level_id=f"v{b}")
    for name, (f, t, x) in LINES.items():
        network.create_lines(id=name, voltage_level1_id=f"v{f}", bus1_id=f"b{f}", voltage_level2_id=f"v{t}", bus2_id=f"b{t}",
                             r=0.0, x=x * Z_BASE, g1=0.0, b1=0.0, g2=0.0, b2=0.0)
    network.create_loads(id="l", voltage_level_id="v4", bus_id="b4", p0=LOAD[0], q0=LOAD[1])
    for b in (1, 2, 3):
        network.create_generators(id=f"g{b}", voltage_level_id=f"v{b}", bus_id=f"b{b}", min_p=0.0, max_p=500.0,
                                  target_p=30.0 if b == 1 else 0.0, target_q=0.0, target_v=KV, voltage_regulator_on=True)
        network.create_minmax_reactive_limits(id=f"g{b}", min_q=-500.0 if b == 1 else -200.0,
                                              max_q=500.0 if b == 1 else float(q_max[b]))
    network.update_generators(id=["g2", "g3"], regulated_element_id=["l", "l"])
    for b, key in KEYS.items():
        network.create_extensions("coordinatedReactiveControl", generator_id=f"g{b}", q_percent=100.0 * key / sum(KEYS.values()))
    parameters = pp.loadflow.Parameters(
        distributed_slack=False, use_reactive_limits=True, read_slack_bus=False,
        provider_parameters={"slackBusSelectionMode": "NAME", "slackBusesIds": "b1", "voltageRemoteControl": "true",
                             "newtonRaphsonConvEpsPerEq": "1e-10", "minPlausibleTargetVoltage": "0.5"})
    status = pp.loadflow.run_ac(network, parameters)[0].status
    if status != pp.loadflow.ComponentStatus.CONVERGED:
        sys.exit(f"pypowsybl: {status}")
    levels = network.get_buses().set_index("voltage_level_id")["v_mag"]
    units = network.get_generators()["q"]
    return [levels[f"v{b}"] / KV for b in range(1, 5)], [-units[f"g{b}"] for b in (1, 2, 3)]


failed = False
for q_limits in ({2: 200.0, 3: 200.0}, {2: 10.0, 3: 200.0}):
    ours, theirs = araz(sys.argv[1], q_limits), open_load_flow(q_limits)
    dv = max(abs(a - b) for a, b in zip(ours[0], theirs[0]))
    dq = max(abs(a - b) for a, b in zip(ours[1], theirs[1]))
    print(f"Qmax {q_limits}: araz Q {[round(q, 4) for q in ours[1]]}, pypowsybl {[round(q, 4) for q in theirs[1]]}, "
          f"largest dV {dv:.2g} p.u., dQ {dq:.2g} MVAr")
    failed = failed or dv > 1e-7 or dq > 1e-4
sys.exit(1 if failed else 0)
