"""Sums over the tables against reported figures, and the data sheet against the tables.

reported.csv holds the figures, their source keys, how far the model may be from them and why. The sums here
are made apart from those of tools/datasheet.py, whose output the data sheet repeats.
"""

import collections
import importlib.util
import re
import subprocess
import sys

import study_case as case


def planned_units():
    """Rows out of service because they are not built, not because they are in reserve."""
    spec = importlib.util.spec_from_file_location("datasheet", case.CASE / "tools" / "datasheet.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.PLANNED


def technology(row):
    if row["fuel"] in ("ng", "oil", "coal"):
        return "thermal"
    if row["fuel"] != "other":
        return row["fuel"]
    if row["gentype"] == "BA":
        return "battery"
    return "waste" if case.area_name(row["bus"]) == "AZ" else "thermal"


def rating_mva(line):
    kind = case.keyed("line_types")[line["type"]]
    return float(line["rate_a_mva"] or 3 ** 0.5 * float(kind["base_kv"]) * float(kind["ampacity_summer_a"]) / 1000)


def model_figures():
    """Quantity of reported.csv -> the model's figure."""
    sums = collections.Counter()
    planned = planned_units()
    for row in case.table("generators"):
        if row["in_service"] == "1" or row["generator"] not in planned:
            area = case.area_name(row["bus"])
            sums[f"{area} {technology(row)}"] += float(row["pmax_mw"])
            sums[f"{area} total"] += float(row["pmax_mw"])
    for row in case.table("loads"):
        if not row["load"].startswith("delivery-"):  # handed over to a neighbour, not used
            sums[f"{case.area_name(row['bus'])} peak"] += float(row["p_mw"])
            sums[f"{case.zone_name(row['bus'])} peak"] += float(row["p_mw"])
    for row in case.table("lines"):
        if row["in_service"] == "1":
            kv = case.keyed("buses")[row["from_bus"]]["base_kv"]
            sums[f"{case.area_name(row['from_bus'])} km{kv}"] += float(row["km"])
    for row in case.table("transformers"):
        if row["in_service"] == "1":
            sums[f"{case.area_name(row['from_bus'])} mva"] += float(row["mva"]) * int(row["parallel"] or 1)
    for name, line in [("imishli", "imishli--parsabad-230-1"), ("samukh", "samukh--gardabani-500-1"),
                       ("aghstafa", "aghstafa--gardabani-330-1"), ("agarak", "ahar--agarak-230-1")]:
        sums[f"tie {name}"] = rating_mva(case.keyed("lines")[line])
    return sums


class ReportedFigures(case.unittest.TestCase):
    def test_model_is_within_the_stated_tolerance(self):
        model = model_figures()
        for row in case.table("reported"):
            with self.subTest(item=row["item"]):
                self.assertIn(row["quantity"], model)
                deviation = 100 * (model[row["quantity"]] / float(row["reported"]) - 1)
                self.assertTrue(float(row["lowest_percent"]) <= deviation <= float(row["highest_percent"]),
                                f"{model[row['quantity']]:,.1f} against {row['reported']} {row['unit']} "
                                f"({deviation:+.1f} %, allowed {row['lowest_percent']} to {row['highest_percent']})")

    def test_every_figure_has_a_resolved_source_and_a_reason(self):
        known = set(re.findall(r"^\| ([^ |]+) \|", (case.CASE / "SOURCES.md").read_text(encoding="utf-8"), re.M))
        for row in case.table("reported"):
            self.assertTrue(row["allowed_because"], row["item"])
            self.assertTrue(row["source"].split(), row["item"])
            for key in row["source"].split():
                self.assertIn(key, known, row["item"])

    def test_azerbaijan_and_iran_meet_at_five_points_today(self):
        """Five are reported; the data sheet says which line stands for the fifth."""
        links = [row["line"] for row in case.table("lines") if row["in_service"] == "1"
                 and {case.area_name(row["from_bus"]), case.area_name(row["to_bus"])} == {"AZ", "IR"}]
        self.assertEqual(len(links), 5, links)

    def test_size_of_the_case(self):
        self.assertGreaterEqual(len(case.table("buses")), 300)
        self.assertGreaterEqual(len(case.table("lines")) + len(case.table("transformers")), 450)


class DataSheet(case.unittest.TestCase):
    def test_repeats_what_the_tool_prints(self):
        done = subprocess.run([sys.executable, "-B", case.CASE / "tools" / "datasheet.py"], capture_output=True,
                              text=True, check=True)
        sheet = (case.CASE / "README.md").read_text(encoding="utf-8").splitlines()
        for line in filter(None, done.stdout.splitlines()):
            self.assertTrue(line in sheet, f"README.md of the case lacks this line of tools/datasheet.py: {line}")


if __name__ == "__main__":
    case.main()
