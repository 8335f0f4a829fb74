#!/usr/bin/env python3
"""Print the figures of the data sheet: the model against reported numbers.

    python3 tools/datasheet.py [CASE_FOLDER]

Needs the Python standard library only. Every model figure is a sum over the
CSV tables; the reported figures and their source keys are those of reported.csv.
Losses come from the stored state (state.csv) and the branch data.
"""

import cmath
import collections
import math
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import write_matpower as wm  # noqa: E402


def losses_by_area(tables, state):
    """Active losses of the branches, by the area of the from bus, in MW."""
    base = float(tables["case"]["base_mva"])
    area = {row["bus"]: row["area"] for row in tables["buses"]}
    volt = {bus: cmath.rect(vm, math.radians(va)) for bus, (vm, va) in state.items()}
    total = collections.Counter()
    for (f, t), body, tail, _ in wm.branches(tables, base):
        if tail[2] == 0 or f not in volt or t not in volt:
            continue
        y = 1 / complex(body[0], body[1])
        tap = cmath.rect(tail[0] or 1.0, math.radians(tail[1]))
        half = 0.5j * body[2]
        i_f = (y + half) / abs(tap) ** 2 * volt[f] - y / tap.conjugate() * volt[t]
        i_t = (y + half) * volt[t] - y / tap * volt[f]
        loss = (volt[f] * i_f.conjugate() + volt[t] * i_t.conjugate()).real * base
        total[area[f]] += loss
    return total


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(
        os.path.dirname(os.path.abspath(__file__)))
    tables = wm.load_case(folder)
    tables["substations"] = wm.read_table(folder, "substations.csv")
    bus = {row["bus"]: row for row in tables["buses"]}
    area_name = {row["area"]: row["name"] for row in tables["areas"]}
    zone_name = {row["zone"]: row["name"] for row in tables["zones"]}
    where = lambda row: area_name[bus[row["bus"]]["area"]]
    reached = set()
    for ends, _, tail, _ in wm.branches(tables, float(tables["case"]["base_mva"])):
        if tail[2] > 0:
            reached.update(ends)

    model = collections.Counter()
    planned = {"construction": 0.0}
    group = {"ng": "thermal", "oil": "thermal", "coal": "thermal"}
    for gen in tables["generators"]:
        country = where(gen)
        kind = group.get(gen["fuel"], gen["fuel"])
        if kind == "other":
            kind = "battery" if gen["gentype"] == "BA" else "waste" if country == "AZ" else "thermal"
        reserve = gen["in_service"] == "0" and gen["generator"] not in PLANNED
        if gen["in_service"] == "1" or reserve:
            model[country, kind] += float(gen["pmax_mw"])
            model[country, "total"] += float(gen["pmax_mw"])
        else:
            planned["construction"] += max(0.0, float(gen["pmax_mw"]))
    for load in tables["loads"]:
        if not load["load"].startswith("delivery-"):
            model[where(load), "peak"] += float(load["p_mw"])
            model[zone_name[bus[load["bus"]]["zone"]], "peak"] += float(load["p_mw"])
    km = collections.Counter()
    for line in tables["lines"]:
        row = bus[line["from_bus"]]
        kv = row["base_kv"]
        if line["in_service"] == "1":
            km[area_name[row["area"]], kv] += float(line["km"])
    for kv in ("400", "230"):
        model["IR", "km" + kv] = km["IR", kv]
    for unit in tables["transformers"]:
        row = bus[unit["from_bus"]]
        if unit["in_service"] == "1" and area_name[row["area"]] in ("AZ", "IR"):
            model[area_name[row["area"]], "mva"] += float(unit["mva"]) * float(unit["parallel"] or 1)
    rate = {name: body[3] for _, body, _, name in wm.branches(tables, 100.0)}
    model["tie", "imishli"] = rate["imishli--parsabad-230-1"]
    model["tie", "samukh"] = rate["samukh--gardabani-500-1"]
    model["tie", "aghstafa"] = rate["aghstafa--gardabani-330-1"]
    model["tie", "agarak"] = rate["ahar--agarak-230-1"]

    print("| item | unit | model | reported | deviation | sources | remark |")
    print("|---|---|---|---|---|---|---|")
    for row in wm.read_table(folder, "reported.csv"):
        value, found = float(row["reported"]), model[tuple(row["quantity"].rsplit(" ", 1))]
        share = 100.0 * (found / value - 1.0)
        print(f"| {row['item']} | {row['unit']} | {found:,.0f} | {value:,.0f} | {share:+.1f} % "
              f"| {row['source']} | {row['remark']} |")

    state_path = os.path.join(folder, "state.csv")
    if os.path.exists(state_path):
        state = {row["bus"]: (float(row["vm_pu"]), float(row["va_deg"]))
                 for row in wm.read_table(folder, "state.csv")}
        loss = losses_by_area(tables, state)
        total_load = sum(float(row["p_mw"]) for row in tables["loads"])
        total = sum(loss.values())
        print(f"\nLosses at the base point: {total:,.1f} MW, "
              f"{100 * total / (total_load + total):.2f} % of generation "
              f"(Azerbaijan {loss['1']:.1f} MW, Iran {loss['2']:,.1f} MW).")
    print("\n| country | kV | circuit km in service |")
    print("|---|---|---|")
    for (country, kv), length in sorted(km.items(), key=lambda x: (x[0][0], -float(x[0][1]))):
        if country in ("AZ", "IR"):
            print(f"| {country} | {kv} | {length:,.0f} |")
    print(f"\nGeneration announced or under construction, rows with in_service = 0: "
          f"{planned['construction']:,.0f} MW.")
    print("\n| table | rows | reported | approximate | assumed |")
    print("|---|---|---|---|---|")
    everything = collections.Counter()
    for name in ("substations", "buses", "line_types", "lines", "transformers",
                 "generators", "loads", "shunts"):
        marks = collections.Counter(row["provenance"] for row in tables[name])
        everything.update(marks)
        count = len(tables[name])
        print(f"| {name} | {count} | " + " | ".join(
            f"{100 * marks[m] / count:.0f} %" for m in ("reported", "approximate", "assumed")) + " |")
    count = sum(everything.values())
    print(f"| all | {count} | " + " | ".join(
        f"{100 * everything[m] / count:.0f} %" for m in ("reported", "approximate", "assumed")) + " |")
    print(f"\nBuses {len(bus)} ({len(reached)} connected), lines {len(tables['lines'])}, "
          f"transformers {len(tables['transformers'])}, generators {len(tables['generators'])}, "
          f"loads {len(tables['loads'])}, shunts {len(tables['shunts'])}.")


# Rows out of service because they are not built yet (the others are reserve units).
PLANNED = {
    "khudafarin-hpp-azerbaijan-half", "giz-galasi-hpp-azerbaijan-half", "ordubad-hpp",
    "bilasuvar-solar", "neftchala-banka-solar", "shafag-solar", "jabrayil-shams-solar",
    "jabrayil-ufug-solar", "gobustan-solar", "nakhchivan-shams-1-solar",
    "nakhchivan-gerbi-ufug-solar", "nakhchivan-nobel-solar", "absheron-garadagh-wind",
    "caspian-offshore-wind-pilot", "absheron-bess", "agdash-bess",
    "sahand-f-class-steam-unit", "khudafarin-hpp-iran-half", "qiz-qalasi-hpp-iran-half",
    "north-west-wind-candidates", "aras-free-zone-cc", "zanjan-4-combined-cycle",
    "qazvin-wind-pipeline", "caspian-nur-cc", "tonekabon-cc",
    "turkiye-equivalent-at-igdir-generation", "turkiye-equivalent-at-agri-generation",
}

if __name__ == "__main__":
    main()
