#!/usr/bin/env python3
"""Compare profiles.h5 with the reported figures and with its own generator.

    python3 tools/check_profiles.py [CASE_FOLDER]

Hypothetical integrated Azerbaijan-Iran grid built from public information; not
operator data, not for operation. Prints a table model against reported and
ends with status 1 and one message per failed check. Needs numpy and h5py.
The figures come from the stored file; only wind speed and irradiance, which
are not stored, are taken from the generator run that the byte check needs.
"""

import csv
import datetime
import filecmp
import math
import os
import re
import sys
import tempfile

import h5py
import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import make_profiles as model  # noqa: E402

GWH = 8.76  # GWh a year of one mean MW
FAILED = []
TABLE = []


def expect(good, message):
    if not good:
        FAILED.append(message)


def compare(item, unit, value, reported, source, why, percent=None, low=None, high=None):
    """One row of the table. Allowed: percent around `reported`, or the range low..high."""
    if percent is not None:
        low, high = reported * (1 - percent / 100), reported * (1 + percent / 100)
        deviation = f"{100 * (value / reported - 1):+.1f} %"
        allowed = f"+-{percent:g} %"
    else:
        deviation, allowed = "", f"{low:,g} to {high:,g}"
    shown = lambda x: x if isinstance(x, str) else f"{x:,.0f}" if abs(x) >= 1000 else f"{x:,.4g}"  # noqa: E731
    TABLE.append((item, unit, shown(value), shown(reported), deviation, allowed, source, why))
    expect(low <= value <= high, f"{item}: {shown(value)} {unit}, allowed {low:,.5g} to {high:,.5g} ({source}: {why})")


def read_table(folder, name):
    with open(os.path.join(folder, name), newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(line for line in handle if not line.startswith("#")))


def text_of(dataset):
    return [value.decode() if isinstance(value, bytes) else value for value in dataset[()]]


def when(hour):
    return datetime.datetime(2025, 1, 1) + datetime.timedelta(hours=int(hour))


def day_of(month, day):
    return (datetime.date(2025, month, day) - datetime.date(2025, 1, 1)).days


# ------------------------------------------------------------- file and tables

def check_file(path, folder):
    """Layout by the HDF5 rules of the project; returns name -> series and the rows."""
    with h5py.File(path, "r") as source:
        for name in ("title", "disclaimer", "seed", "generator"):
            expect(name in source.attrs, f"profiles.h5: root attribute {name} is missing")
        expect(source.attrs.get("disclaimer") == model.DISCLAIMER, "profiles.h5: the disclaimer differs from that of the tables")
        expect(int(source.attrs.get("seed", -1)) == model.SEED, "profiles.h5: the seed is not that of make_profiles.py")
        series = source["p_pu"]
        expect(series.attrs.get("units") == "1" and "long_name" in series.attrs and "_FillValue" in series.attrs, "p_pu: units, long_name or _FillValue is missing")
        expect([list(d.keys()) for d in series.dims] == [["time"], ["profile"]], "p_pu: the dimension scales time and profile are not attached")
        for name in ("kind", "region", "base_mw", "lat", "lon", "provenance", "source"):
            expect(list(source[name].dims[0].keys()) == ["profile"], f"{name}: the dimension scale profile is not attached")
        expect(source["time"].attrs["units"] == "hours since 2025-01-01T00:00", "time: wrong units")
        expect(np.array_equal(source["time"][()], np.arange(model.HOURS)), "time: not the hours 0 to 8759")
        names = text_of(source["profile"])
        values = source["p_pu"][()].astype(float)
        kinds = [model.KINDS[k] for k in source["kind"][()]]
        rows = [{"kind": k, "region": r, "base": b, "lat": la, "lon": lo, "source": s} for k, r, b, la, lo, s in zip(
            kinds, text_of(source["region"]), source["base_mw"][()], source["lat"][()], source["lon"][()], text_of(source["source"]))]
    expect(values.shape == (model.HOURS, len(names)), "p_pu: wrong shape")
    expect(len(set(names)) == len(names), "profile: a name occurs twice")
    expect(bool(np.isfinite(values).all()), "p_pu: a value is missing")
    expect(float(np.abs(values * 1e4 - np.round(values * 1e4)).max()) < 0.01, "p_pu: values are not rounded to 1e-4")
    for i, name in enumerate(names):
        top = 1.0 if rows[i]["kind"] != "load" else 1.3
        expect(0.0 <= values[:, i].min() and values[:, i].max() <= top, f"{name}: outside 0 to {top}")
        expect(name.startswith(rows[i]["kind"] + "-"), f"{name}: the name does not begin with its kind")
    expect(os.path.getsize(path) < 2_000_000, "profiles.h5: 2 MB or more")
    with open(os.path.join(folder, "SOURCES.md"), encoding="utf-8") as handle:
        known = set(re.findall(r"^\| ([^ |]+) \|", handle.read(), re.MULTILINE))
    for name, row in zip(names, rows):
        for key in row["source"].split():
            expect(key in known, f"{name}: source {key} is not in SOURCES.md")
    return {name: values[:, i] for i, name in enumerate(names)}, dict(zip(names, rows))


def check_tables(folder, rows):
    """Profile names in the tables exist, fit the kind and the place, and bases are those of loads.csv."""
    bus = {row["bus"]: row["substation"] for row in read_table(folder, "buses.csv")}
    place = {row["substation"]: row for row in read_table(folder, "substations.csv")}
    units = [row for row in read_table(folder, "generators.csv") if row["fuel"] in ("wind", "solar", "hydro")]
    for row in units:
        name = row["profile"]
        if name not in rows:
            expect(False, f"generators.csv, {row['generator']}: no profile '{name}'")
            continue
        expect(rows[name]["kind"] == row["fuel"], f"generators.csv, {row['generator']}: a {row['fuel']} unit with profile {name}")
        site = place[bus[row["bus"]]]
        away = model.distance_km((float(site["lat"]), float(site["lon"])), (rows[name]["lat"], rows[name]["lon"]))
        expect(away < 500.0, f"generators.csv, {row['generator']}: {away:.0f} km from the site of {name}")
    used = {row["profile"] for row in units}
    expect(all(name in used for name in rows if rows[name]["kind"] != "load"), "a wind, solar or hydro profile is used by no unit")
    base = {}
    for row in read_table(folder, "loads.csv"):
        base[row["region"]] = base.get(row["region"], 0.0) + float(row["p_mw"])
    listed = {row["region"]: row["profile"] for row in read_table(folder, "load_profiles.csv")}
    expect(set(listed) == set(base), "load_profiles.csv: the regions are not those of loads.csv")
    for region, name in listed.items():
        expect(name in rows and rows[name]["region"] == region, f"load_profiles.csv, {region}: profile {name} is not of this region")
        if name in rows and region in base:
            expect(abs(rows[name]["base"] / base[region] - 1) < 0.02, f"{name}: base {rows[name]['base']} MW, loads.csv has {base[region]:.1f} MW (allowed 2 %, so that small edits of loads do not change the file)")
    return units


def check_bytes(path):
    """Regenerate and compare every byte; returns the diagnostics of that run."""
    names, rows, values, diagnostics = model.build()
    with tempfile.TemporaryDirectory() as folder:
        fresh = os.path.join(folder, "profiles.h5")
        model.write(fresh, names, rows, values)
        same = filecmp.cmp(path, fresh, shallow=False)
    if not same:
        with h5py.File(path, "r") as source:
            equal = source["p_pu"].shape == values.shape and np.array_equal(source["p_pu"][()], values.astype("<f4"))
        versions = f"HDF5 {h5py.version.hdf5_version}, numpy {np.__version__}"
        expect(False, "profiles.h5: the regenerated file differs in its bytes, " + ("the values are equal: another HDF5 or zlib build" if equal else "and in its values: run tools/make_profiles.py") + f" (here: {versions})")
    return same, diagnostics


# ----------------------------------------------------------------------- facts

def total(series, country):
    return sum(series[name] * row[4] for name, row in model.LOAD.items() if row[1] == country)


def check_azerbaijan_load(series):
    load = total(series, "AZ")
    days, month = load.reshape(365, 24), model.monthly_mean(load)
    top = int(load.argmax())
    compare("AZ yearly demand", "GWh", load.sum() / 1e3, 27167, "AZ-L03", "reported 2024, growth of 1 to 4 % a year", percent=4)
    compare("AZ peak", "MW", load.max(), 4871, "AZ-L01", "fitted; rounding of the file", percent=0.1)
    expect((when(top).month, when(top).day, when(top).hour) == (8, 6, 15), f"AZ peak at {when(top)}, reported 6 August 15:00 (AZ-L01)")
    compare("AZ energy of the peak day", "GWh", days[top // 24].sum() / 1e3, 100, "AZ-L01", "'about 100 GWh'", percent=2)
    compare("AZ load factor of the peak day", "1", days[top // 24].mean() / load.max(), 0.855, "AZ-L01", "follows from the two above", percent=2)
    compare("AZ yearly load factor", "1", load.mean() / load.max(), "0.64-0.67", "AZ-L01 AZ-L03", "two years mixed", low=0.62, high=0.68)
    compare("AZ mean demand in December", "MW", month[11], 3138, "AZ-L03", "December 2024, a year of growth", percent=4)
    compare("AZ mean demand in January", "MW", month[0], 3050, "AZ-K14", "January 2022, three years of growth", percent=8)
    cold = np.isin(model.MONTH, (0, 1, 11))
    compare("AZ winter peak", "MW", load[cold].max(), "4,100-4,400", "ASSUMED", "no reported value", low=4000, high=4400)
    expect(when(np.flatnonzero(cold)[load[cold].argmax()]).hour in (18, 19, 20), "AZ winter peak is not in the evening, 18 to 20 h")
    nights = np.median(days[np.isin(model.MONTH[::24], (3, 4, 9))].min(axis=1))
    compare("AZ night minimum in spring and autumn, median", "MW", nights, "2,000-2,300", "ASSUMED", "no reported value", low=2000, high=2300)
    expect(load.min() > 1800, "AZ: a minimum below 1,800 MW")
    compare("Nakhchivan yearly demand", "GWh", series["load-nakhchivan"].mean() * 120.0 * GWH, 630, "AZ-K05", "indirect figure; 120 MW base of the case is itself assumed", percent=25)


def check_iran_load(series):
    load = total(series, "IR")
    days = load.reshape(365, 24)
    energy, peak = days.sum(axis=1) / 1e3, days.max(axis=1)
    top = int(load.argmax())
    compare("IR peak", "MW", load.max(), 77330, "IR-D01", "fitted; rounding of the file", percent=0.1)
    expect((when(top).month, when(top).day) == (8, 5), f"IR peak on {when(top)}, reported 5 August (IR-D01)")
    expect(12 <= when(top).hour <= 18, f"IR peak at {when(top).hour} h, reported peak hours 12 to 18 (IR-D14)")
    compare("IR energy of the peak day", "GWh", energy[top // 24], 1642.8, "IR-D01", "daily shape fitted", percent=2)
    compare("IR yearly demand", "TWh", load.sum() / 1e6, 350, "IR-D23", "round press figure, in conflict with the daily energies below (PROFILES.md)", percent=12)
    compare("IR demand 21 March to 21 December", "TWh", energy[79:355].sum() / 1e3, 280, "IR-D22", "reported 2021; four years of growth at about 2.5 %", percent=13)
    for (month, day), mw, gwh, key in (((8, 25), 73494, 1566.0, "IR-D02"), ((11, 8), 49376, 1018.6, "IR-D03"), ((11, 11), 48093, 1003.7, "IR-D04"), ((11, 18), 48031, 1003.1, "IR-D05")):
        at = day_of(month, day)
        week = slice(at - 3, at + 4)
        label = f"{day} {'August' if month == 8 else 'November'}"
        compare(f"IR weekly peak around {label}", "MW", peak[week].max(), mw, key, "weather of the week is chance", percent=6)
        compare(f"IR energy of the top day around {label}", "GWh", energy[week][peak[week].argmax()], gwh, key, "weather of the week is chance", percent=6)
    compare("IR daily load factor, November working days", "1", np.median(days[day_of(11, 3):day_of(11, 29)].mean(axis=1) / peak[day_of(11, 3):day_of(11, 29)]), "0.860-0.870", "IR-D03 IR-D04 IR-D05", "shape between those of summer and winter", low=0.85, high=0.89)
    compare("IR autumn peak over yearly peak", "1", peak[day_of(11, 1):day_of(12, 1)].max() / load.max(), 0.62, "IR-D04", "as above", percent=6)
    evening = days[day_of(6, 1):day_of(8, 31), 20:24].max(axis=1) / peak[day_of(6, 1):day_of(8, 31)]
    compare("IR summer evening peak over day peak, median", "1", np.median(evening), "0.875-0.95", "IR-D06 IR-D07", "two reported days", low=0.86, high=0.97)
    factors = (0.60, 0.60, 0.55, 0.56, 0.72, 0.87, 0.98, 1.00, 0.86, 0.66, 0.62, 0.61)
    worst = max(abs(peak[model.MONTH[::24] == m].max() / load.max() - factors[m]) for m in range(12))
    compare("IR monthly peak factors, largest difference", "1", worst, 0.0, "ASSUMED", "the factors are assumed, anchored on August, June and November", low=0.0, high=0.06)


def check_load_general(series):
    for country, weekend in (("AZ", (5, 6)), ("IR", (3, 4))):
        days = total(series, country).reshape(365, 24).mean(axis=1)
        week = model.WEEKDAY[::24]
        rest = [days[week == d].mean() for d in range(7)]
        expect(set(np.argsort(rest)[:2]) == set(weekend), f"{country}: the two lowest days of the week are not its weekend")
    for name, row in model.LOAD.items():
        step = np.abs(np.diff(series[name])).max()
        expect(step < 0.16, f"{name}: hourly change of {step:.2f} p.u. (system loads move by less than about 0.15 of the peak in an hour)")
        factor = series[name].mean() / series[name].max()
        expect(0.45 < factor < 0.80, f"{name}: load factor {factor:.2f}, expected 0.45 to 0.80 (cooling-driven to flat regions)")


def check_wind(series, diagnostics):
    factor = lambda name: series[name].mean()  # noqa: E731
    khizi = GWH * (78 * factor("wind-baku-absheron") + 162 * factor("wind-guba-khachmaz"))
    compare("Khizi-Absheron wind 240 MW", "GWh", khizi, "893-1,000", "AZ-W10 AZ-S09", "two announced values", low=880, high=1010)
    compare("Absheron-Garadagh wind, capacity factor", "1", factor("wind-baku-absheron"), 0.38, "AZ-S11", "share of a reported sum, assumed split", percent=5)
    compare("Yeni Yashma 50 MW", "GWh", GWH * 50 * factor("wind-guba-khachmaz-older"), "60-80", "AZ-W06", "2018 and 2019", low=55, high=80)
    fleet = GWH * (50 * factor("wind-guba-khachmaz-older") + 13.5 * factor("wind-baku-absheron-older"))
    compare("AZ wind fleet of 2024, 63.5 MW", "GWh", fleet, 51.1, "AZ-L03", "one year of low availability; Yeni Yashma alone made 60 to 80 GWh before", percent=50)
    compare("Manjil, capacity factor", "1", factor("wind-ir-gilan"), 0.25, "IR-S32", "fitted", percent=1)
    compare("Kahak, capacity factor", "1", factor("wind-ir-qazvin"), 0.40, "IR-S34", "fitted", percent=1)
    compare("Mil-e Nader, capacity factor", "1", factor("wind-ir-sistan-baluchestan"), 0.34, "IR-S35", "fitted to the upper reported value", percent=1)
    sistan = model.monthly_mean(series["wind-ir-sistan-baluchestan"]) * np.array(model.MONTH_LENGTHS)
    compare("Mil-e Nader, energy of June to September", "share", sistan[5:9].sum() / sistan.sum(), "most", "IR-S35", "'120-day wind', end of May to end of September", low=0.45, high=0.75)
    speed = diagnostics["wind_speed"]["wind-baku-absheron"].mean()
    compare("Absheron mean wind speed at hub height", "m/s", speed, "7.9-8.1", "AZ-W09", "reported at 30 to 40 m", low=7.5, high=9.5)
    density = model.monthly_mean(diagnostics["wind_speed"]["wind-ir-qazvin"] ** 3)
    ratio = density / density.mean()
    compare("Qazvin, best month of power density over the year", "1", ratio.max(), 2.2, "IR-S59", "450 to 1,662 of 754 W/m2; one random year", low=1.4, high=2.8)
    for name in model.WIND:
        top = np.quantile(np.abs(np.diff(series[name])), 0.99)
        expect(0.03 < top < 0.40, f"{name}: 99 % of hourly changes below {top:.2f} p.u., expected 0.03 to 0.40 (one region, tens of km wide)")
        deviate = series[name] - series[name].mean()
        lag = (deviate[1:] * deviate[:-1]).mean() / (deviate ** 2).mean()
        expect(0.90 < lag < 0.995, f"{name}: autocorrelation of one hour is {lag:.3f}, expected 0.90 to 0.995")
    day = series["wind-baku-absheron"].reshape(365, 24).mean(axis=0)
    expect(day[14:22].mean() > day[2:10].mean(), "wind-baku-absheron: afternoon and evening are not windier than the morning")


def check_solar(series, diagnostics):
    factor = lambda name: series[name].mean()  # noqa: E731
    rest = factor("solar-baku-absheron"), factor("solar-nakhchivan")
    compare("Garadagh solar 230 MW", "GWh", GWH * 230 * factor("solar-shirvan-salyan"), 500, "AZ-S03", "fitted", percent=1)
    compare("Shafag solar 240 MW", "GWh", GWH * 240 * factor("solar-karabakh-east-zangezur"), 500, "AZ-S08", "fitted", percent=1)
    compare("Nakhchivan solar 22 MW", "GWh", GWH * 22 * rest[1], 33, "AZ-K07", "fitted", percent=1)
    compare("AZ solar fleet of 2024", "GWh", GWH * (230 * factor("solar-shirvan-salyan") + 22 * rest[1] + 26 * rest[0]), 556.3, "AZ-L03", "26 MW of small plants assumed at 0.16", percent=5)
    three = GWH * (445 * factor("solar-lankaran-astara") + 315 * factor("solar-shirvan-salyan") + 240 * factor("wind-baku-absheron"))
    compare("Bilasuvar, Banka and Absheron-Garadagh", "GWh", three, 2305, "AZ-S11", "Banka shares the profile of Garadagh", percent=5)
    compare("East Azerbaijan solar, yearly yield", "h", 8760 * factor("solar-ir-west-azerbaijan"), 1736, "IR-S58", "fitted", percent=1)
    compare("South Khorasan solar 16 MW", "GWh", GWH * 16 * factor("solar-ir-khorasan"), 31, "IR-S57", "fitted", percent=1)
    compare("Yazd, yearly energy on the modules", "kWh/m2", diagnostics["plane_kwh"]["solar-ir-yazd"], 2300, "IR-P01", "'about'; orientation not stated", percent=5)
    for name, table, label in (("solar-shirvan-salyan", "caspian", "Pirallahi"), ("solar-mingachevir-central-aran", "kura", "Mingachevir"), ("solar-nakhchivan", "nakhchivan", "Nakhchivan")):
        month = model.monthly_mean(diagnostics["ghi"][name]) * np.array(model.MONTH_LENGTHS)
        worst = np.abs(100 * month / month.sum() - np.array(model.HORIZONTAL[table][1])).max()
        compare(f"{label}, yearly horizontal energy", "kWh/m2", month.sum() * 0.024, model.HORIZONTAL[table][0], "AZ-V01", "fitted month by month", percent=2)
        compare(f"{label}, monthly shares, largest difference", "points", worst, 0.0, "AZ-V01", "the reported shares are rounded to 0.1", low=0.0, high=0.3)
    for name, row in model.SOLAR.items():
        dark = diagnostics["clear"][name] <= 0.0
        expect(dark.sum() > 3900 and series[name][dark].max() == 0.0, f"{name}: power while the sun is below the horizon")
        expect((series[name][~dark] > 0).mean() > 0.93, f"{name}: zero in more than 7 % of the daylight hours")
        mean_day = series[name].reshape(365, 24).mean(axis=0)
        noon = (np.arange(24) + 0.5) @ mean_day / mean_day.sum()
        expect(abs(noon - (16.0 - row[2] / 15.0)) < 0.35, f"{name}: centre of the day at {noon:.2f} h, solar noon is near {16 - row[2] / 15:.2f} h")
        expect(0.75 <= diagnostics["efficiency"][name] <= 1.0, f"{name}: fitted system efficiency {diagnostics['efficiency'][name]:.2f}, expected 0.75 to 1.0")
        expect(np.quantile(np.abs(np.diff(series[name])), 0.99) < 0.55, f"{name}: hourly changes too large")


def check_hydro(series, units):
    factor = lambda name: series[name].mean()  # noqa: E731
    compare("Mingachevir hydro 424 MW", "GWh", GWH * 424 * factor("hydro-mingachevir-central-aran"), 755, "GPPD", "output of 2012; fitted", percent=2)
    compare("Shamkir and Yenikend hydro 555 MW", "GWh", GWH * 555 * factor("hydro-ganja-gazakh"), 632 + 277, "GPPD", "output of 2012; fitted", percent=2)
    nakhchivan = series["hydro-nakhchivan"]
    compare("Nakhchivan hydro 70.9 MW", "GWh", GWH * 70.9 * nakhchivan.mean(), 125.1, "AZ-K08", "2025; fitted", percent=2)
    compare("Nakhchivan hydro in January", "GWh", 0.744 * 70.9 * model.monthly_mean(nakhchivan)[0], 2.9, "AZ-K14", "January 2022; inflow differs between years", percent=35)
    compare("Karabakh small hydro, full-load hours", "h", 8760 * factor("hydro-karabakh-east-zangezur"), "2,400-3,500", "AZ-H03", "several plants", low=2400, high=3500)
    compare("Khudafarin and Giz Galasi, Azerbaijani share 140 MW", "GWh", GWH * 140 * factor("hydro-karabakh-east-zangezur"), 358, "AZ-H06", "shares the profile of the small plants", percent=8)
    compare("Giz Galasi, both sides 80 MW", "GWh", GWH * 80 * factor("hydro-ir-east-azerbaijan"), 270, "IR-S18", "announced; one profile serves both plants of the pair, whose other one is announced at 0.29", percent=20)
    country = lambda row: "RU" if row["profile"] == "hydro-russia" else "IR" if "-ir-" in row["profile"] else "AZ"  # noqa: E731
    energy = {"AZ": 0.0, "IR": 0.0}
    for row in units:
        if row["fuel"] == "hydro" and row["in_service"] == "1" and country(row) in energy:
            energy[country(row)] += GWH * float(row["pmax_mw"]) * factor(row["profile"])
    compare("AZ hydro of the plants in service", "GWh", energy["AZ"], "1,730 to 3,011", "AZ-H02 AZ-L03", "a dry year (1,300 GWh in nine months of 2023) to the wet 2024", low=1700, high=3050)
    compare("IR hydro of the plants in service", "TWh", energy["IR"] / 1e3, "below 31", "IR-D22", "310 TWh, 90 % of it thermal", low=8, high=31)
    for name in model.HYDRO:
        daily = series[name].reshape(365, 24).mean(axis=1)
        lag = np.corrcoef(daily[1:], daily[:-1])[0, 1]
        expect(lag > 0.85, f"{name}: autocorrelation of one day is {lag:.2f}; reservoirs and rivers need 0.85 or more")


def check_correlation(series, rows, diagnostics):
    """Correlation of what chance adds, against distance; exponential fit exp(-d/L)."""
    def leave_pattern(values, steps):
        """Take out the mean of each month (and hour of the day)."""
        out = values.astype(float).copy()
        month = model.MONTH if steps == 24 else model.MONTH[::24]
        for m in range(12):
            part = month == m
            block = out[part].reshape(-1, steps)
            out[part] = (block - block.mean(axis=0)).ravel()
        return out

    daily = lambda x: x.reshape(365, 24).mean(axis=1)  # noqa: E731

    def working(days):
        """Daily means without the weekly pattern and the spring holidays, relative to the month."""
        week, out = model.WEEKDAY[::24], days.copy()
        for d in range(7):
            out[week == d] /= days[week == d].mean()
        month = model.MONTH[::24]
        for m in range(12):
            out[month == m] /= np.median(out[month == m])
        out[78:92] = 1.0
        return out

    sets = {
        "wind, hourly": ({n: leave_pattern(series[n], 24) for n in model.WIND}, 150, 600),
        "solar, daily": ({n: leave_pattern(daily(series[n]) / daily(diagnostics["clear"][n]), 1) for n in model.SOLAR}, 200, 600),
        "load, daily": ({n: leave_pattern(working(daily(series[n])), 1) for n in model.LOAD if model.LOAD[n][1] in ("AZ", "IR")}, None, None),
        "hydro, daily": ({n: leave_pattern(daily(series[n]), 1) for n in model.HYDRO if "mazandaran" not in n}, None, None),
    }
    for label, (parts, low, high) in sets.items():
        names = list(parts)
        distance, rho = [], []
        for i, a in enumerate(names):
            for b in names[:i]:
                distance.append(model.distance_km((rows[a]["lat"], rows[a]["lon"]), (rows[b]["lat"], rows[b]["lon"])))
                rho.append(float(np.corrcoef(parts[a], parts[b])[0, 1]))
        distance, rho = np.array(distance), np.array(rho)
        order = np.argsort(np.argsort(distance)), np.argsort(np.argsort(rho))
        rank = np.corrcoef(*order)[0, 1]
        expect(rank < -0.4, f"{label}: rank correlation of correlation and distance is {rank:.2f}, expected below -0.4")
        near, far = rho[distance < 150], rho[distance > 1000]
        expect(near.mean() > far.mean() + 0.2, f"{label}: near sites correlate at {near.mean():.2f}, far sites at {far.mean():.2f}")
        if low is not None:
            grid = np.arange(50.0, 1500.0, 5.0)
            length = grid[np.argmin([((rho - np.exp(-distance / g)) ** 2).sum() for g in grid])]
            compare(f"correlation length, {label}", "km", length, "-", "ASSUMED", f"two kernels mixed and one year only; near {near.mean():.2f}, beyond 1,000 km {far.mean():.2f}", low=low, high=high)
            expect(far.mean() < 0.25, f"{label}: sites beyond 1,000 km still correlate at {far.mean():.2f}")


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
    path = os.path.join(folder, "profiles.h5")
    if not os.path.exists(path):
        print(f"check_profiles: {path} is missing; run tools/make_profiles.py", file=sys.stderr)
        return 1
    series, rows = check_file(path, folder)
    units = check_tables(folder, rows)
    same, diagnostics = check_bytes(path)
    if set(series) != set(model.WIND) | set(model.SOLAR) | set(model.HYDRO) | set(model.LOAD):
        expect(False, "profiles.h5: the profiles are not those of make_profiles.py")
    else:
        check_azerbaijan_load(series)
        check_iran_load(series)
        check_load_general(series)
        check_wind(series, diagnostics)
        check_solar(series, diagnostics)
        check_hydro(series, units)
        check_correlation(series, rows, diagnostics)
    print("| item | unit | model | reported | deviation | allowed | sources | reason |")
    print("|---|---|---|---|---|---|---|---|")
    for row in TABLE:
        print("| " + " | ".join(row) + " |")
    print(f"\n{len(series)} profiles, {os.path.getsize(path):,} bytes; regenerated file {'equal byte for byte' if same else 'differs'}; {len(FAILED)} checks failed")
    for message in FAILED:
        print("check_profiles: " + message, file=sys.stderr)
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
