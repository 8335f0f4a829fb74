"""Line and transformer parameters lie where handbooks say they lie.

Ranges at 50 Hz, by voltage and number of conductors in the bundle. They hold what these give for conductors
in common use, with the resistance from 20 C to 75 C:
- P. Kundur, Power System Stability and Control (1994), table 6.1: at 60 Hz and 230, 345, 500 kV r = 0.050,
  0.037, 0.028 ohm/km, x = 0.488, 0.367, 0.325 ohm/km, b = 3.37, 4.52, 5.20 uS/km, surge impedance 380, 285,
  250 ohm, charging 0.18, 0.54, 1.30 MVA/km, surge impedance loading 140, 420, 1000 MW. x, b and the charging
  are 5/6 of that at 50 Hz.
- The handbook formulas of AZ-Q02 in SOURCES.md, x = 0.1445 log10(Dm/req) + 0.0157/n ohm/km and
  b = 7.58/log10(Dm/req) uS/km at 50 Hz, for mean spacings Dm from 3.3 m (63 kV) to 14 m (500 kV) and
  conductors from 17 to 36 mm. D. L. Faibisovich (ed.), Handbook of Electrical Network Design, lists the
  results for AS conductors: 0.42 ohm/km and 2.7 uS/km at 110 and 220 kV, 0.32 to 0.33 and 3.4 to 3.5 with
  two conductors at 330 kV, 0.30 to 0.31 and 3.6 with three at 500 kV.
- IEC 60076-5:2006, table 1: the short-circuit impedance of a large transformer is at least 11 to 12.5 % with
  separate windings; autotransformers have less, and AZ-Q03, IR-T01 give 9 to 13.5 % for the units in use.
- IEEE C37.010, typical X/R of power transformers: 20 to 60 from 60 MVA to 800 MVA.
"""

import math
import re

import study_case as case

OMEGA = 2 * math.pi * 50
LIGHT_KM_PER_S = 299_792.458

# voltages, conductors in the bundle: r, x (ohm/km), b (uS/km), surge impedance (ohm), each from, to
LINES = [
    ((63, 66), 1, (0.09, 0.33), (0.35, 0.42), (2.8, 3.3), (330, 385)),
    ((110, 132, 154), 1, (0.06, 0.33), (0.38, 0.43), (2.6, 3.0), (365, 405)),
    ((110, 132, 154), 2, (0.03, 0.13), (0.27, 0.31), (3.6, 4.2), (255, 295)),
    ((220, 230), 1, (0.04, 0.13), (0.39, 0.44), (2.6, 2.9), (370, 405)),
    ((220, 230), 2, (0.02, 0.065), (0.29, 0.34), (3.3, 3.9), (275, 320)),
    ((330,), 2, (0.025, 0.065), (0.31, 0.34), (3.3, 3.6), (290, 315)),
    ((400,), 2, (0.025, 0.055), (0.30, 0.34), (3.3, 3.8), (285, 315)),
    ((400,), 3, (0.016, 0.036), (0.26, 0.30), (3.7, 4.3), (250, 285)),
    ((500,), 3, (0.018, 0.036), (0.28, 0.32), (3.5, 4.0), (270, 300)),
]
# voltages: charging at nominal voltage (MVAr/km); surge impedance loading (MW); r/x. The lines of one
# voltage have different bundles.
BY_VOLTAGE = [
    ((63, 66), (0.010, 0.015), (9, 13), (0.2, 0.9)),
    ((110,), (0.030, 0.055), (28, 48), (0.10, 0.85)),
    ((132,), (0.042, 0.075), (43, 68), (0.10, 0.80)),
    ((154,), (0.060, 0.100), (58, 95), (0.10, 0.70)),
    ((220, 230), (0.120, 0.210), (118, 195), (0.09, 0.33)),
    ((330,), (0.35, 0.40), (340, 380), (0.08, 0.20)),
    ((400,), (0.52, 0.69), (500, 640), (0.06, 0.18)),
    ((500,), (0.85, 1.10), (830, 1000), (0.06, 0.13)),
]

# higher, lower voltages: uk in % from, to
SHORT_CIRCUIT = [
    ((132, 154), (110,), (9.5, 12)),
    ((220, 230), (110, 132, 154), (10, 13)),
    ((220, 230), (63, 66), (11, 14.5)),
    ((230,), (220,), (8, 12)),
    ((330,), (110, 132), (9.5, 12)),
    ((330,), (220, 230), (8.5, 12)),
    ((400,), (220, 230), (11, 15)),
    ((400,), (63, 66, 132), (12, 15)),
    ((400,), (330,), (9, 13)),
    ((500,), (220, 230), (10.5, 14)),
    ((500,), (330,), (9, 13)),
]
# MVA from, to: X/R from, to
X_OVER_R = [(40, 100, 20, 40), (100, 260, 30, 55), (260, 1000, 45, 70)]
# The usual sizes (GOST series, and those of IR-T01); single-phase banks of 3 x 167 and 3 x 267 MVA.
SIZES_MVA = {63, 80, 100, 125, 160, 180, 200, 250, 315, 400, 500, 501, 801}


def bundle(line_type):
    found = re.match(r"(\d) x ", line_type["conductor"])
    return int(found.group(1)) if found else 1


def within(value, limits):
    return limits[0] <= value <= limits[1]


class LineTypes(case.unittest.TestCase):
    @staticmethod
    def each():
        """Row, kV, ohm/km, ohm/km, S/km of every type."""
        return [(row, float(row["base_kv"]), float(row["r_ohm_per_km"]), float(row["x_ohm_per_km"]),
                 float(row["b_us_per_km"]) * 1e-6) for row in case.table("line_types")]

    def holds(self, row, what, value, limits):
        self.assertTrue(within(value, limits), f"{row['type']}: {what} {value:.4g}, expected {limits[0]} to {limits[1]}")

    def test_per_km_values_and_surge_impedance(self):
        for row, kv, r, x, b in self.each():
            limits = [entry for entry in LINES if kv in entry[0] and entry[1] == bundle(row)]
            self.assertEqual(len(limits), 1, f"{row['type']}: no handbook range for this voltage and bundle")
            _, _, r_range, x_range, b_range, surge_range = limits[0]
            self.holds(row, "r in ohm/km is", r, r_range)
            self.holds(row, "x in ohm/km is", x, x_range)
            self.holds(row, "b in uS/km is", b * 1e6, b_range)
            self.holds(row, "the surge impedance in ohm is", math.sqrt(x / b), surge_range)

    def test_charging_natural_load_and_r_over_x(self):
        for row, kv, r, x, b in self.each():
            limits = [entry for entry in BY_VOLTAGE if kv in entry[0]]
            self.assertEqual(len(limits), 1, f"{row['type']}: no handbook range for this voltage")
            _, charging_range, natural_range, ratio_range = limits[0]
            self.holds(row, "charging in MVAr/km is", kv * kv * b, charging_range)
            self.holds(row, "surge impedance loading in MW is", kv * kv / math.sqrt(x / b), natural_range)
            self.holds(row, "r/x is", r / x, ratio_range)

    def test_waves_travel_a_little_slower_than_light(self):
        """x and b come from one geometry: omega / sqrt(x b) is the speed of light in air, lowered by the flux
        inside the conductors (0.0157/n ohm/km). An x of one line with the b of another breaks it."""
        for row, _, _, x, b in self.each():
            self.holds(row, "speed over that of light is", OMEGA / math.sqrt(x * b) / LIGHT_KM_PER_S, (0.96, 1.0))

    def test_current_densities(self):
        """A/mm2 of the aluminium that the resistance tells (28.3 ohm mm2/km at 20 C, IEC 60889): outdoor
        currents at 25 C are 1.5 to 3.5 A/mm2 (AZ-Q08), about 0.8 of it in summer, 1.25 in winter."""
        for row, _, r, _, _ in self.each():
            summer, winter = float(row["ampacity_summer_a"]), float(row["ampacity_winter_a"])
            self.holds(row, "summer A/mm2 is", summer * r / 28.3, (1.0, 2.9))
            self.holds(row, "winter over summer is", winter / summer, (1.3, 1.6))


class Lines(case.unittest.TestCase):
    def test_both_ends_have_the_voltage_of_the_type(self):
        bus, types = case.keyed("buses"), case.keyed("line_types")
        for row in case.table("lines"):
            kv = {float(bus[row["from_bus"]]["base_kv"]), float(bus[row["to_bus"]]["base_kv"])}
            self.assertEqual(kv, {float(types[row["type"]]["base_kv"])}, row["line"])

    def test_lengths_of_one_voltage(self):
        """About 1 km per kV is what a line reaches from one station to the next (natural load and reactive
        balance); thinly settled regions have longer ones, here up to 1.43 km per kV (Bam - Iranshahr)."""
        bus = case.keyed("buses")
        for row in case.table("lines"):
            reach = 1.5 * float(bus[row["from_bus"]]["base_kv"])
            self.assertTrue(0.3 <= float(row["km"]) <= reach, f"{row['line']}: {row['km']} km")


class Transformers(case.unittest.TestCase):
    def test_short_circuit_voltages(self):
        bus = case.keyed("buses")
        for row in case.table("transformers"):
            high, low = (float(bus[row[end]]["base_kv"]) for end in ("from_bus", "to_bus"))
            limits = [entry[2] for entry in SHORT_CIRCUIT if high in entry[0] and low in entry[1]]
            self.assertEqual(len(limits), 1, f"{row['transformer']}: no handbook range for {high:g}/{low:g} kV")
            self.assertTrue(within(float(row["uk_percent"]), limits[0]),
                            f"{row['transformer']}: uk {row['uk_percent']} %, expected {limits[0]}")

    def test_x_over_r(self):
        for row in case.table("transformers"):
            mva = float(row["mva"])
            limits = [(low, high) for begin, end, low, high in X_OVER_R if begin <= mva < end]
            self.assertEqual(len(limits), 1, row["transformer"])
            self.assertTrue(within(float(row["x_over_r"]), limits[0]),
                            f"{row['transformer']}: x/r {row['x_over_r']} at {mva:g} MVA, expected {limits[0]}")

    def test_ratings_and_taps(self):
        for row in case.table("transformers"):
            self.assertIn(float(row["mva"]), SIZES_MVA, row["transformer"])
            tap, low, high = (float(row[name]) for name in ("tap_ratio", "tap_min", "tap_max"))
            self.assertTrue(0.85 <= low < 1.0 < high <= 1.15, row["transformer"])
            self.assertTrue(low <= tap <= high, row["transformer"])
            step = (high - low) / int(row["tap_steps"])
            self.assertAlmostEqual((tap - low) / step, round((tap - low) / step), delta=0.02,
                                   msg=f"{row['transformer']}: the tap is between two steps")


if __name__ == "__main__":
    case.main()
