"""A tap changer between two buses, side by side with pandapower.

Usage: tap_changer.py ARAZ    (a Python with pandapower; written with 3.5.6). Exit code 77 (skipped) without it.
Both solve 80 MW + 40 MVAr behind a 100 MVA transformer of 10 % with +-9 steps of 1.25 % at the fed side, whose
discrete tap control holds 0.99 to 1.01 p.u. Exit status 1 when position or voltage differ.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import pandapower as pp
    from pandapower.control import DiscreteTapControl
except ImportError:
    print("skipped: pandapower is not installed")
    sys.exit(77)

X_OVER_R = 1000.0
TABLES = {
    "areas": ("area,name", "1,A"),
    "zones": ("zone,name", "1,Z"),
    "substations": ("substation,name,lat,lon,provenance,source", "s,S,40,48,assumed,none"),
    "buses": ("bus,name,substation,base_kv,area,zone,vmin_pu,vmax_pu,kind,vm_set_pu,provenance,source",
              "1,one,s,110,1,1,0.9,1.1,slack,1.0,assumed,none", "2,two,s,20,1,1,0.9,1.1,pq,,assumed,none"),
    "line_types": ("type,base_kv,r_ohm_per_km,x_ohm_per_km,b_us_per_km,ampacity_summer_a,ampacity_winter_a,provenance,source",),
    "lines": ("line,from_bus,to_bus,type,km,in_service,provenance,source",),
    "transformers": ("transformer,from_bus,to_bus,mva,uk_percent,x_over_r,tap_ratio,tap_min,tap_max,tap_steps,controlled_bus,"
                     "v_target_pu,deadband_pu,in_service,provenance,source",
                     f"t,1,2,100,10,{X_OVER_R},1,0.8875,1.1125,18,2,1.0,0.02,1,assumed,none"),
    "generators": ("generator,name,bus,pmin_mw,pmax_mw,qmin_mvar,qmax_mvar,p_mw,vm_set_pu,in_service,provenance,source",
                   "g,G,1,0,200,-200,200,80,1.0,1,assumed,none"),
    "loads": ("load,bus,p_mw,q_mvar,provenance,source", "l,2,80,40,assumed,none"),
}


def araz(program):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "case.toml").write_text('format = "araz-case-folder/1"\nname = "two"\nbase_mva = 100\n')
        (root / "SOURCES.md").write_text("| none | assumed |\n")
        for name, rows in TABLES.items():
            (root / f"{name}.csv").write_text("\n".join(rows) + "\n")
        done = subprocess.run([program, "pf", folder, "--controls", "taps", "--tol", "1e-12", "--format", "json"],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(done.stderr)
        result = json.loads(done.stdout)
        return result["controls"][0]["position"] - 9, result["buses"][1]["vm_pu"]


def pandapower():
    net = pp.create_empty_network(sn_mva=100)
    one = pp.create_bus(net, 110)
    two = pp.create_bus(net, 20)
    pp.create_ext_grid(net, one, 1.0)
    pp.create_load(net, two, 80, 40)
    trafo = pp.create_transformer_from_parameters(
        net, one, two, 100, 110, 20, vkr_percent=10 / (1 + X_OVER_R**2) ** 0.5, vk_percent=10, pfe_kw=0, i0_percent=0,
        tap_side="hv", tap_neutral=0, tap_min=-9, tap_max=9, tap_step_percent=1.25, tap_pos=0, tap_changer_type="Ratio")
    DiscreteTapControl(net, trafo, 0.99, 1.01, side="lv")
    pp.runpp(net, run_control=True, tolerance_mva=1e-10, trafo_model="pi")
    return net.trafo.tap_pos.at[trafo], net.res_bus.vm_pu.at[two]


ours, theirs = araz(sys.argv[1]), pandapower()
print(f"araz       position {ours[0]:g}  V2 {ours[1]:.15f}")
print(f"pandapower position {theirs[0]:g}  V2 {theirs[1]:.15f}")
sys.exit(0 if ours[0] == theirs[0] and abs(ours[1] - theirs[1]) < 1e-10 else 1)
