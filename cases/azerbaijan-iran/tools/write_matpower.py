#!/usr/bin/env python3
"""Write the case folder as a MATPOWER version 2 case file.

    python3 tools/write_matpower.py [CASE_FOLDER] [-o FILE.m]
                                     [--point NAME] [--variant NAME]

Needs the Python standard library only. The output depends on nothing but the
CSV tables, so running it twice gives the same bytes. Rules:

* impedances become per unit on base_mva and on the nominal voltage of the
  from bus (lines) or the nominal voltages of both buses (transformers);
* every line row and every transformer unit is one branch; a transformer row
  with parallel = n is one branch of n units;
* rate A is the summer ampacity, rate B the winter ampacity, rate C is 1.1
  times rate A as a short-time value; rate_a_mva in lines.csv replaces A and B;
  transformers have A = B = mva and C = 1.2 times mva;
* loads of one bus are summed, shunts of one bus become Bs (MVAr at 1 p.u.);
* Pmax is available_mw where that cell is filled, else pmax_mw;
* a bus that no branch in service reaches is written as type 4;
* with a stored state (state.csv: bus,vm_pu,va_deg) VM and VA come from it,
  else VM is the set point (1.0 for buses without one) and VA is 0.
"""

import argparse
import csv
import math
import os
import sys
import tomllib

KEY = {"buses": "bus", "lines": "line", "transformers": "transformer",
       "switches": "switch", "generators": "generator", "loads": "load",
       "shunts": "shunt", "hvdc": "hvdc"}


def read_table(folder, name):
    """Rows of a CSV table as dictionaries; lines that start with # are comments."""
    path = os.path.join(folder, name)
    with open(path, newline="", encoding="utf-8") as handle:
        lines = [line for line in handle if not line.startswith("#")]
    return list(csv.DictReader(lines))


def number(value):
    """Shortest text that reads back as the same double."""
    value = float(value)
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


def clean(value):
    """Drop the noise below 15 significant digits left by unit conversion."""
    return float(f"{value:.15g}")


def cell(row, column, default):
    text = (row.get(column) or "").strip()
    return float(text) if text else default


def apply_point(tables, folder, point):
    """Overlay operating_points/POINT.csv (element, kind, field, value)."""
    table_of = {"generator": "generators", "load": "loads", "shunt": "shunts",
                "line": "lines", "transformer": "transformers", "switch": "switches",
                "bus": "buses"}
    index = {kind: {row[kind]: row for row in tables[name]}
             for kind, name in table_of.items()}
    for change in read_table(folder, os.path.join("operating_points", point + ".csv")):
        row = index.get(change["kind"], {}).get(change["element"])
        if row is None or change["field"] not in row:
            sys.exit(f"operating point {point}: no {change['kind']} "
                     f"{change['element']} with field {change['field']}")
        row[change["field"]] = change["value"]


def apply_variant(tables, folder, name):
    """Overlay variants/NAME.toml: included variants first, then remove, add, set."""
    with open(os.path.join(folder, "variants", name + ".toml"), "rb") as handle:
        variant = tomllib.load(handle)
    for other in variant.get("include", []):
        apply_variant(tables, folder, other)

    def as_text(value):
        return value if isinstance(value, str) else number(value)

    for table, rows in variant.get("remove", {}).items():
        key = KEY[table]
        gone = {as_text(row[key]) for row in rows}
        tables[table][:] = [row for row in tables[table] if row[key] not in gone]
    for table, rows in variant.get("add", {}).items():
        for row in rows:
            blank = dict.fromkeys(tables[table][0], "") if tables[table] else {}
            tables[table].append({**blank, **{k: as_text(v) for k, v in row.items()}})
    for table, rows in variant.get("set", {}).items():
        key = KEY[table]
        index = {row[key]: row for row in tables[table]}
        for change in rows:
            name_of = as_text(change[key])
            if name_of not in index:
                sys.exit(f"variant {name}: {table} has no {name_of}")
            index[name_of].update({k: as_text(v) for k, v in change.items()})


def load_case(folder, point=None, variant=None):
    names = ("areas", "zones", "buses", "line_types", "lines", "transformers",
             "generators", "loads", "shunts", "hvdc")
    tables = {name: read_table(folder, name + ".csv") for name in names}
    has_switches = os.path.exists(os.path.join(folder, "switches.csv"))
    tables["switches"] = read_table(folder, "switches.csv") if has_switches else []
    with open(os.path.join(folder, "case.toml"), "rb") as handle:
        tables["case"] = tomllib.load(handle)
    if point:
        apply_point(tables, folder, point)
    if variant:
        apply_variant(tables, folder, variant)
    return tables


def branches(tables, base_mva):
    """Branch rows: lines in file order, then transformers, then switches."""
    kv = {row["bus"]: float(row["base_kv"]) for row in tables["buses"]}
    types = {row["type"]: row for row in tables["line_types"]}
    rows = []
    for line in tables["lines"]:
        kind = types[line["type"]]
        volt = kv[line["from_bus"]]
        z_base = volt * volt / base_mva
        km = float(line["km"])
        r = float(kind["r_ohm_per_km"]) * km / z_base
        x = float(kind["x_ohm_per_km"]) * km / z_base
        b = float(kind["b_us_per_km"]) * 1e-6 * km * z_base
        root3 = math.sqrt(3.0) * volt / 1000.0
        rate_a = float(kind["ampacity_summer_a"]) * root3
        rate_b = float(kind["ampacity_winter_a"]) * root3
        if (line.get("rate_a_mva") or "").strip():
            rate_a = rate_b = float(line["rate_a_mva"])
        rows.append(([line["from_bus"], line["to_bus"]],
                     [r, x, b, round(rate_a, 1), round(rate_b, 1), round(1.1 * rate_a, 1)],
                     [0.0, 0.0, float(line["in_service"])], line["line"]))
    for unit in tables["transformers"]:
        count = cell(unit, "parallel", 1.0)
        mva = float(unit["mva"])
        z = float(unit["uk_percent"]) / 100.0 * base_mva / mva / count
        ratio = float(unit["x_over_r"])
        r = z / math.sqrt(1.0 + ratio * ratio)
        rows.append(([unit["from_bus"], unit["to_bus"]],
                     [r, r * ratio, 0.0, mva * count, mva * count, round(1.2 * mva * count, 1)],
                     [float(unit["tap_ratio"]), cell(unit, "shift_deg", 0.0),
                      float(unit["in_service"])], unit["transformer"]))
    for switch in tables["switches"]:
        rate = cell(switch, "rate_a_mva", 0.0)
        rows.append(([switch["from_bus"], switch["to_bus"]], [0.0, 0.0, 0.0, rate, rate, rate],
                     [0.0, 0.0, float(switch["closed"])], switch["switch"]))
    return rows


def convert(tables, state=None, function_name="azerbaijan_iran", point=None,
            variant=None):
    case = tables["case"]
    base_mva = float(case["base_mva"])
    branch_rows = branches(tables, base_mva)
    reached = set()
    for ends, _, tail, _ in branch_rows:
        if tail[2] > 0:
            reached.update(ends)
    for row in tables["hvdc"]:
        if float(row["in_service"]) > 0:
            reached.update((row["from_bus"], row["to_bus"]))
    load_p, load_q, shunt_q = {}, {}, {}
    for row in tables["loads"]:
        load_p[row["bus"]] = load_p.get(row["bus"], 0.0) + float(row["p_mw"])
        load_q[row["bus"]] = load_q.get(row["bus"], 0.0) + float(row["q_mvar"])
    for row in tables["shunts"]:
        if float(row["in_service"]) > 0:
            q = float(row["q_mvar_at_1pu"])
            steps = cell(row, "steps", 1.0)
            q *= cell(row, "steps_on", steps) / steps
            shunt_q[row["bus"]] = shunt_q.get(row["bus"], 0.0) + q

    out = []
    add = out.append
    add(f"function mpc = {function_name}")
    add(f"% {function_name}  {case['name']}")
    add(f"% {case['disclaimer']}")
    add(f"% Licence of the data: {case['licence']}. Sources: SOURCES.md beside this file.")
    add("% Generated by tools/write_matpower.py from the CSV tables of the case folder"
        + (f", operating point {point}" if point else "")
        + (f", variant {variant}" if variant else "") + ".")
    add("% Do not edit: change the tables and run the script again.")
    add("% rateA: summer ampacity, rateB: winter ampacity, rateC: 1.1 x rateA (transformers 1.2 x).")
    add("mpc.version = '2';")
    add("")
    add(f"mpc.baseMVA = {number(base_mva)};")
    add("")
    add("%% bus data")
    add("%\tbus_i\ttype\tPd\tQd\tGs\tBs\tarea\tVm\tVa\tbaseKV\tzone\tVmax\tVmin")
    add("mpc.bus = [")
    kinds = {"pq": 1, "pv": 2, "slack": 3}
    for row in tables["buses"]:
        bus = row["bus"]
        kind = kinds[row["kind"]] if bus in reached else 4
        vm, va = cell(row, "vm_set_pu", 1.0), 0.0
        if state and bus in state and kind != 4:
            vm, va = state[bus]
        values = [bus, kind, clean(load_p.get(bus, 0.0)), clean(load_q.get(bus, 0.0)), 0,
                  clean(shunt_q.get(bus, 0.0)), row["area"], vm, va, row["base_kv"],
                  row["zone"], row["vmax_pu"], row["vmin_pu"]]
        add("\t" + "\t".join(number(v) for v in values) + ";")
    add("];")
    add("")
    add("%% generator data")
    add("%\tbus\tPg\tQg\tQmax\tQmin\tVg\tmBase\tstatus\tPmax\tPmin\tPc1\tPc2\tQc1min\tQc1max\tQc2min\tQc2max\tramp_agc\tramp_10\tramp_30\tramp_q\tapf")
    add("mpc.gen = [")
    for row in tables["generators"]:
        p_max = cell(row, "available_mw", float(row["pmax_mw"]))
        limit = cell(row, "p_limit_mw", float("inf"))
        if row.get("p_limit_percent"):
            limit = min(limit, clean(float(row["p_limit_percent"]) / 100.0 * float(row["pmax_mw"])))
        p_mw, p_max = (row["p_mw"], p_max) if math.isinf(limit) else (min(float(row["p_mw"]), limit), min(p_max, limit))
        values = [row["bus"], p_mw, cell(row, "q_mvar", 0), row["qmax_mvar"], row["qmin_mvar"],
                  row["vm_set_pu"], base_mva, row["in_service"], p_max, row["pmin_mw"]]
        add("\t" + "\t".join(number(v) for v in values) + "\t0" * 11 + f";\t% {row['generator']}")
    add("];")
    add("")
    add("%% branch data")
    add("%\tfbus\ttbus\tr\tx\tb\trateA\trateB\trateC\tratio\tangle\tstatus\tangmin\tangmax")
    add("mpc.branch = [")
    for ends, body, tail, name in branch_rows:
        values = list(ends) + [clean(v) for v in body] + tail
        add("\t" + "\t".join(number(v) for v in values) + f"\t-360\t360;\t% {name}")
    add("];")
    add("")
    if tables["hvdc"]:
        add("%% DC lines (loss1 is a fraction of the power sent)")
        add("%\tfbus\ttbus\tstatus\tPf\tPt\tQf\tQt\tVf\tVt\tPmin\tPmax\tQminF\tQmaxF\tQminT\tQmaxT\tloss0\tloss1")
        add("mpc.dcline = [")
        for row in tables["hvdc"]:
            loss = cell(row, "loss_percent", 0.0) / 100.0
            p_from = float(row["p_mw"])
            low, high = row["qmin_mvar"], row["qmax_mvar"]
            values = [row["from_bus"], row["to_bus"], row["in_service"], p_from,
                      clean(p_from * (1.0 - loss)), 0, 0, row["vm_set_from_pu"],
                      row["vm_set_to_pu"], row["pmin_mw"], row["pmax_mw"],
                      low, high, low, high, 0, clean(loss)]
            add("\t" + "\t".join(number(v) for v in values) + f";\t% {row['hvdc']}")
        add("];")
        add("")
    add("%% bus names")
    add("mpc.bus_name = {")
    for row in tables["buses"]:
        add("\t'" + row["name"].replace("'", "''") + "';")
    add("};")
    # Fields of araz's own, which other tools ignore: the numbers of areas and zones have names.
    for field, table, key in (("area_name", "areas", "area"), ("zone_name", "zones", "zone")):
        add("")
        add(f"%% {table[:-1]} names (number, name)")
        add(f"mpc.{field} = {{")
        for row in tables[table]:
            add(f"\t{row[key]}, '" + row["name"].replace("'", "''") + "';")
        add("};")
    for field, column, title in (("gentype", "gentype", "generator unit type"),
                                 ("genfuel", "fuel", "generator fuel type")):
        add("")
        add(f"%% {title}")
        add(f"mpc.{field} = {{")
        for row in tables["generators"]:
            add(f"\t'{row[column]}';")
        add("};")
    return "\n".join(out) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("folder", nargs="?", default=here)
    parser.add_argument("-o", "--output")
    parser.add_argument("--point", help="apply operating_points/NAME.csv")
    parser.add_argument("--variant", help="apply variants/NAME.toml after the point")
    parser.add_argument("--state", help="CSV with bus,vm_pu,va_deg to store as Vm and Va")
    args = parser.parse_args()
    tables = load_case(args.folder, args.point, args.variant)
    state = None
    state_file = args.state or os.path.join(args.folder, "state.csv")
    if not args.point and not args.variant and os.path.exists(state_file):
        folder, name = os.path.split(state_file)
        state = {row["bus"]: (float(row["vm_pu"]), float(row["va_deg"]))
                 for row in read_table(folder, name)}
    output = args.output or os.path.join(args.folder, "azerbaijan_iran.m")
    stem = "".join(c if c.isalnum() else "_"
                   for c in os.path.splitext(os.path.basename(output))[0])
    text = convert(tables, state, stem, args.point, args.variant)
    with open(output, "w", encoding="utf-8", newline="\n") as handle:
        handle.write(text)


if __name__ == "__main__":
    main()
