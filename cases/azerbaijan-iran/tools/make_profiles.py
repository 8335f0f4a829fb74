#!/usr/bin/env python3
"""Write profiles.h5: one synthetic year (8,760 h) per wind, solar, hydro and load region.

    python3 tools/make_profiles.py [-o FILE.h5]

Hypothetical integrated Azerbaijan-Iran grid built from public information; not
operator data, not for operation. Nothing here is a measurement: the series come
from the stochastic model described in PROFILES.md, fitted to the few reported
figures that are public. All inputs are in this file; the seed is fixed.

Needs numpy and h5py. Reproducible to the byte with one build of HDF5 and zlib:
random bits come from PCG64 streams (one per process and site) and become normal
numbers by the Box-Muller formula written out below, sums over sites are loops
in a fixed order (no BLAS), stored values are rounded to 1e-4, and the file has
no time stamps. Time is local time of Azerbaijan (UTC+4) all year; a value is
the mean of the hour that starts at its time stamp.
"""

import argparse
import datetime
import math
import os

import h5py
import numpy as np

VERSION = "1.0"
SEED = 20250806
HOURS = 8760
DAYS = 365
DISCLAIMER = ("Hypothetical integrated Azerbaijan-Iran grid built from public information; "
              "not operator data, not for operation.")
KINDS = ("wind", "solar", "hydro", "load")
MONTH_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
MONTH_START = np.concatenate([[0], np.cumsum(MONTH_LENGTHS)])
HOUR = np.arange(HOURS)
DAY = HOUR // 24
HOUR_OF_DAY = HOUR % 24
MONTH = np.repeat(np.arange(12), np.array(MONTH_LENGTHS) * 24)
WEEKDAY = (DAY + datetime.date(2025, 1, 1).weekday()) % 7  # 0 = Monday


# ----------------------------------------------------------------- the regions

# Wind: lat, lon, yearly capacity factor, Weibull k, power curve, availability
# and wake factor, yearly wave of the mean wind (amplitude, day of its maximum),
# half-yearly wave (amplitude, day), daily wave (amplitude, hour).
WIND = {
    "wind-baku-absheron": ("Baku-Absheron", 40.46, 49.47, 0.390, 2.0, "modern", 0.93, (0.02, 45), (0.08, 35), (0.06, 18), "approximate", "AZ-S11 AZ-W09"),
    "wind-baku-absheron-older": ("Baku-Absheron", 40.41, 49.71, 0.090, 2.0, "older", 0.45, (0.02, 45), (0.08, 35), (0.06, 18), "approximate", "AZ-L03 AZ-D04"),
    "wind-caspian-offshore": ("Baku-Absheron", 40.56, 50.28, 0.470, 2.1, "offshore", 0.92, (0.06, 30), (0.06, 35), (0.02, 19), "assumed", "AZ-W07 ASSUMED"),
    "wind-guba-khachmaz": ("Guba-Khachmaz", 40.82, 49.40, 0.465, 2.0, "modern", 0.93, (0.02, 45), (0.08, 35), (0.06, 18), "approximate", "AZ-W10 AZ-S09"),
    "wind-guba-khachmaz-older": ("Guba-Khachmaz", 40.82, 49.45, 0.139, 2.0, "older", 0.55, (0.02, 45), (0.08, 35), (0.06, 18), "approximate", "AZ-W06 AZ-L03"),
    "wind-ir-east-azerbaijan": ("IR East Azerbaijan", 37.80, 47.60, 0.320, 1.9, "modern", 0.93, (0.08, 75), (0.00, 0), (0.12, 16), "assumed", "IR-S29 ASSUMED"),
    "wind-ir-gilan": ("IR Gilan", 36.74, 49.41, 0.250, 1.8, "older", 0.85, (0.30, 195), (0.00, 0), (0.28, 17), "approximate", "IR-S32 ASSUMED"),
    "wind-ir-qazvin": ("IR Qazvin", 36.07, 49.70, 0.400, 1.8, "modern", 0.93, (0.20, 190), (0.00, 0), (0.16, 18), "approximate", "IR-S34 IR-S59"),
    "wind-ir-khorasan": ("IR Khorasan", 35.63, 59.06, 0.320, 1.9, "modern", 0.93, (0.26, 200), (0.00, 0), (0.08, 3), "assumed", "IR-S35 ASSUMED"),
    "wind-ir-sistan-baluchestan": ("IR Sistan-Baluchestan", 31.15, 61.45, 0.340, 2.1, "modern", 0.93, (0.42, 205), (0.00, 0), (0.08, 5), "approximate", "IR-S35"),
}
# Power curves: cut-in, rated, cut-out speed (m/s) and the spread of speeds in a farm.
CURVES = {"modern": (3.0, 11.5, 25.0, 0.9), "offshore": (3.0, 12.0, 28.0, 0.8), "older": (3.5, 14.0, 25.0, 0.9)}

# Solar: lat, lon, yearly capacity factor on the rated power, ratio of module to
# rated power, mounting, clear-sky table.
SOLAR = {
    "solar-baku-absheron": ("Baku-Absheron", 40.41, 49.71, 0.160, 1.00, "fixed", "caspian", "assumed", "AZ-L03 AZ-V01 ASSUMED"),
    "solar-shirvan-salyan": ("Shirvan-Salyan", 40.00, 49.34, 0.248, 1.34, "tracker", "caspian", "approximate", "AZ-S03 AZ-S12 AZ-V01"),
    "solar-mingachevir-central-aran": ("Mingachevir-Central Aran", 40.53, 48.93, 0.205, 1.25, "tracker", "kura", "assumed", "AZ-V01 ASSUMED"),
    "solar-lankaran-astara": ("Lankaran-Astara", 39.46, 48.55, 0.225, 1.25, "tracker", "steppe", "approximate", "AZ-S11 AZ-V01"),
    "solar-karabakh-east-zangezur": ("Karabakh-East Zangezur", 39.36, 47.05, 0.238, 1.20, "tracker", "araz", "approximate", "AZ-S08 AZ-S05 AZ-V01"),
    "solar-nakhchivan": ("Nakhchivan", 39.16, 45.44, 0.171, 1.00, "fixed", "nakhchivan", "approximate", "AZ-K07 AZ-V01 AZ-V02"),
    "solar-ir-west-azerbaijan": ("IR West Azerbaijan", 38.20, 44.77, 0.198, 1.00, "fixed", "north-west", "approximate", "IR-S58 AZ-V01"),
    "solar-ir-tehran-alborz-qom": ("IR Tehran-Alborz-Qom", 35.41, 50.90, 0.205, 1.00, "fixed", "plateau", "assumed", "ASSUMED"),
    "solar-ir-bakhtar": ("IR Bakhtar", 34.40, 49.20, 0.208, 1.00, "fixed", "plateau", "assumed", "ASSUMED"),
    "solar-ir-gharb": ("IR Gharb", 34.50, 46.70, 0.203, 1.00, "fixed", "plateau", "assumed", "ASSUMED"),
    "solar-ir-khuzestan": ("IR Khuzestan", 31.20, 48.80, 0.205, 1.00, "fixed", "south", "assumed", "ASSUMED"),
    "solar-ir-isfahan": ("IR Isfahan", 32.80, 51.60, 0.220, 1.00, "fixed", "plateau", "assumed", "ASSUMED"),
    "solar-ir-yazd": ("IR Yazd", 32.10, 54.13, 0.227, 1.00, "fixed", "plateau", "approximate", "IR-P01"),
    "solar-ir-kerman": ("IR Kerman", 29.60, 56.80, 0.226, 1.00, "fixed", "plateau", "assumed", "ASSUMED"),
    "solar-ir-fars-bushehr": ("IR Fars-Bushehr", 28.90, 52.60, 0.218, 1.00, "fixed", "south", "assumed", "ASSUMED"),
    "solar-ir-hormozgan": ("IR Hormozgan", 27.53, 56.37, 0.210, 1.00, "fixed", "south", "assumed", "ASSUMED"),
    "solar-ir-khorasan": ("IR Khorasan", 36.10, 58.80, 0.221, 1.00, "fixed", "plateau", "approximate", "IR-S57"),
    "solar-ir-semnan": ("IR Semnan", 36.00, 54.18, 0.215, 1.00, "fixed", "plateau", "assumed", "ASSUMED"),
    "solar-ir-sistan-baluchestan": ("IR Sistan-Baluchestan", 27.35, 60.67, 0.220, 1.00, "fixed", "south", "assumed", "ASSUMED"),
}
# Horizontal energy: yearly kWh/m2 and monthly shares in %. The first three are
# reported (AZ-V01), the others are assumed between or beside them.
HORIZONTAL = {
    "caspian": (1578.0, (3.1, 4.0, 6.7, 9.7, 13.0, 14.2, 14.1, 12.4, 9.0, 7.1, 3.9, 2.8)),
    "kura": (1433.0, (3.5, 4.5, 7.0, 9.8, 12.9, 13.8, 14.0, 12.3, 8.9, 6.7, 3.8, 2.9)),
    "nakhchivan": (1723.0, (3.6, 4.8, 7.4, 9.1, 11.5, 13.1, 13.7, 12.4, 9.8, 7.1, 4.5, 3.1)),
    "araz": (1575.0, (3.55, 4.65, 7.2, 9.45, 12.2, 13.45, 13.85, 12.35, 9.35, 6.9, 4.15, 3.0)),
    "steppe": (1540.0, (3.3, 4.25, 6.85, 9.75, 12.95, 14.0, 14.05, 12.35, 8.95, 6.9, 3.85, 2.85)),
    "north-west": (1800.0, (3.6, 4.8, 7.4, 9.1, 11.5, 13.1, 13.7, 12.4, 9.8, 7.1, 4.5, 3.1)),
}
# Clear-sky irradiance above the sea-level formula at altitude, assumed.
ALTITUDE = {"plateau": 1.07, "south": 1.03, "north-west": 1.05, "nakhchivan": 1.04}
# Assumed monthly mean of irradiance over clear-sky irradiance for Iran.
CLEARNESS = {
    "plateau": (0.79, 0.81, 0.81, 0.84, 0.89, 0.94, 0.94, 0.95, 0.95, 0.91, 0.83, 0.78),
    "south": (0.78, 0.79, 0.79, 0.83, 0.89, 0.90, 0.86, 0.87, 0.91, 0.91, 0.85, 0.78),
}

# Hydro: lat, lon, yearly capacity factor, inflow table, reservoir lag in days,
# share of the daily energy moved to the peak hours (0 = flat, run of river).
HYDRO = {
    "hydro-mingachevir-central-aran": ("Mingachevir-Central Aran", 40.79, 47.03, 0.203, "kura", 60.0, 0.8, "approximate", "GPPD"),
    "hydro-ganja-gazakh": ("Ganja-Gazakh", 40.94, 46.20, 0.187, "kura", 25.0, 0.8, "approximate", "GPPD"),
    "hydro-karabakh-east-zangezur": ("Karabakh-East Zangezur", 39.85, 46.50, 0.310, "karabakh", 6.0, 0.2, "approximate", "AZ-H03 AZ-H06"),
    "hydro-guba-khachmaz": ("Guba-Khachmaz", 41.20, 48.99, 0.250, "karabakh", 20.0, 0.4, "assumed", "ASSUMED"),
    "hydro-nakhchivan": ("Nakhchivan", 39.20, 45.40, 0.2014, "nakhchivan", 3.0, 0.2, "approximate", "AZ-K08 AZ-K14"),
    "hydro-ir-east-azerbaijan": ("IR East Azerbaijan", 39.15, 46.95, 0.319, "araz", 15.0, 0.5, "approximate", "IR-S12 IR-S18"),
    "hydro-ir-west-azerbaijan": ("IR West Azerbaijan", 37.20, 45.20, 0.220, "araz", 15.0, 0.6, "assumed", "ASSUMED"),
    "hydro-ir-ardabil": ("IR Ardabil", 39.65, 47.92, 0.220, "araz", 8.0, 0.3, "assumed", "ASSUMED"),
    "hydro-ir-gilan": ("IR Gilan", 36.76, 49.42, 0.200, "alborz", 45.0, 0.6, "assumed", "ASSUMED"),
    "hydro-ir-mazandaran-golestan": ("IR Mazandaran-Golestan", 36.22, 51.31, 0.100, "pumped", 1.0, 3.5, "assumed", "ASSUMED"),
    "hydro-ir-tehran-alborz-qom": ("IR Tehran-Alborz-Qom", 35.77, 51.30, 0.180, "alborz", 40.0, 1.0, "assumed", "ASSUMED"),
    "hydro-ir-bakhtar": ("IR Bakhtar", 33.49, 48.36, 0.150, "zagros", 20.0, 1.0, "assumed", "IR-D22 ASSUMED"),
    "hydro-ir-gharb": ("IR Gharb", 33.80, 46.45, 0.150, "zagros", 40.0, 1.0, "assumed", "IR-D22 ASSUMED"),
    "hydro-ir-khuzestan": ("IR Khuzestan", 31.90, 49.70, 0.150, "zagros", 50.0, 1.2, "assumed", "IR-D22 ASSUMED"),
    "hydro-ir-fars-bushehr": ("IR Fars-Bushehr", 29.56, 51.70, 0.120, "zagros", 40.0, 1.0, "assumed", "IR-D22 ASSUMED"),
    "hydro-russia": ("Russia", 42.07, 48.29, 0.300, "karabakh", 30.0, 0.8, "assumed", "ASSUMED"),
}
# Inflow by month, relative. Snow melt in spring; assumed except the low January
# share of Nakhchivan, which follows from two reported figures.
INFLOW = {
    "kura": (0.7, 0.75, 1.0, 1.6, 1.8, 1.4, 1.0, 0.8, 0.7, 0.7, 0.75, 0.7),
    "karabakh": (0.45, 0.5, 0.9, 1.7, 2.1, 1.9, 1.3, 0.85, 0.65, 0.6, 0.55, 0.5),
    "nakhchivan": (0.27, 0.35, 0.9, 1.9, 2.4, 1.8, 1.2, 1.0, 0.8, 0.6, 0.45, 0.33),
    "araz": (0.55, 0.65, 1.1, 1.8, 1.9, 1.5, 1.2, 1.0, 0.7, 0.6, 0.5, 0.5),
    "alborz": (0.5, 0.55, 0.9, 1.6, 1.9, 1.7, 1.4, 1.1, 0.8, 0.6, 0.5, 0.45),
    "zagros": (0.9, 1.1, 1.5, 1.9, 1.5, 0.9, 0.9, 0.9, 0.7, 0.5, 0.55, 0.65),
    "pumped": (0.9, 0.9, 0.8, 0.8, 0.9, 1.1, 1.3, 1.3, 1.2, 1.0, 0.9, 0.9),
}

# Load: country, lat, lon, base in MW (sum of loads.csv in the region, the summer
# peak), winter level against summer relative to the country, response to one
# degree in summer (cooling) and winter (heating), fraction.
LOAD = {
    "load-baku-absheron": ("Baku-Absheron", "AZ", 40.40, 49.75, 2511.0, 0.93, 0.016, 0.006, "approximate", "AZ-L01 AZ-L03"),
    "load-shirvan-salyan": ("Shirvan-Salyan", "AZ", 39.80, 49.10, 378.7, 0.98, 0.016, 0.006, "approximate", "AZ-L01 AZ-L03"),
    "load-ganja-gazakh": ("Ganja-Gazakh", "AZ", 40.75, 46.20, 642.8, 1.06, 0.012, 0.008, "approximate", "AZ-L01 AZ-L03"),
    "load-mingachevir-central-aran": ("Mingachevir-Central Aran", "AZ", 40.60, 47.40, 331.7, 1.04, 0.016, 0.008, "approximate", "AZ-L01 AZ-L03"),
    "load-sheki-zagatala": ("Sheki-Zagatala", "AZ", 41.10, 47.30, 189.3, 1.19, 0.008, 0.012, "approximate", "AZ-L01 AZ-L03"),
    "load-guba-khachmaz": ("Guba-Khachmaz", "AZ", 41.20, 48.90, 189.2, 1.14, 0.009, 0.010, "approximate", "AZ-L01 AZ-L03"),
    "load-mil-mughan": ("Mil-Mughan", "AZ", 39.90, 47.90, 189.3, 1.04, 0.016, 0.008, "approximate", "AZ-L01 AZ-L03"),
    "load-lankaran-astara": ("Lankaran-Astara", "AZ", 38.90, 48.70, 194.3, 1.04, 0.016, 0.008, "approximate", "AZ-L01 AZ-L03"),
    "load-karabakh-east-zangezur": ("Karabakh-East Zangezur", "AZ", 39.70, 46.80, 123.9, 1.24, 0.008, 0.012, "approximate", "AZ-L01 AZ-L03"),
    "load-nakhchivan": ("Nakhchivan", "AZ", 39.20, 45.45, 120.0, 1.23, 0.010, 0.012, "approximate", "AZ-K05 AZ-K08 AZ-L03"),
    "load-ir-east-azerbaijan": ("IR East Azerbaijan", "IR", 38.00, 46.60, 1966.0, 1.12, 0.013, 0.006, "approximate", "IR-D01 IR-D04"),
    "load-ir-west-azerbaijan": ("IR West Azerbaijan", "IR", 37.40, 45.20, 1235.0, 1.12, 0.013, 0.006, "approximate", "IR-D01 IR-D04"),
    "load-ir-ardabil": ("IR Ardabil", "IR", 38.60, 48.10, 457.0, 1.15, 0.011, 0.006, "approximate", "IR-D01 IR-D04"),
    "load-ir-gilan": ("IR Gilan", "IR", 37.20, 49.60, 1783.0, 1.00, 0.036, 0.005, "approximate", "IR-D01 IR-D04 IR-P02"),
    "load-ir-zanjan": ("IR Zanjan", "IR", 36.60, 48.50, 869.1, 1.20, 0.009, 0.005, "approximate", "IR-D01 IR-D04"),
    "load-ir-qazvin": ("IR Qazvin", "IR", 36.20, 50.00, 1235.1, 1.18, 0.009, 0.005, "approximate", "IR-D01 IR-D04"),
    "load-ir-tehran-alborz-qom": ("IR Tehran-Alborz-Qom", "IR", 35.65, 51.30, 11706.9, 1.08, 0.014, 0.005, "approximate", "IR-D01 IR-D04"),
    "load-ir-mazandaran-golestan": ("IR Mazandaran-Golestan", "IR", 36.60, 53.00, 5212.9, 0.98, 0.028, 0.005, "approximate", "IR-D01 IR-D04"),
    "load-ir-isfahan": ("IR Isfahan", "IR", 32.60, 51.60, 5945.1, 1.12, 0.010, 0.004, "approximate", "IR-D01 IR-D04"),
    "load-ir-khuzestan": ("IR Khuzestan", "IR", 31.40, 48.90, 9146.0, 0.80, 0.014, 0.002, "approximate", "IR-D01 IR-D04"),
    "load-ir-bakhtar": ("IR Bakhtar", "IR", 34.20, 49.00, 3841.0, 1.15, 0.010, 0.006, "approximate", "IR-D01 IR-D04"),
    "load-ir-gharb": ("IR Gharb", "IR", 34.30, 46.80, 2651.9, 1.02, 0.014, 0.006, "approximate", "IR-D01 IR-D04"),
    "load-ir-fars-bushehr": ("IR Fars-Bushehr", "IR", 29.20, 52.30, 8231.0, 0.92, 0.012, 0.003, "approximate", "IR-D01 IR-D04"),
    "load-ir-kerman": ("IR Kerman", "IR", 30.00, 56.60, 4573.0, 1.05, 0.011, 0.004, "approximate", "IR-D01 IR-D04"),
    "load-ir-yazd": ("IR Yazd", "IR", 32.10, 54.20, 2744.0, 1.12, 0.010, 0.004, "approximate", "IR-D01 IR-D04"),
    "load-ir-hormozgan": ("IR Hormozgan", "IR", 27.30, 56.20, 4756.0, 0.85, 0.011, 0.002, "approximate", "IR-D01 IR-D04"),
    "load-ir-khorasan": ("IR Khorasan", "IR", 35.90, 59.00, 6934.9, 1.06, 0.013, 0.006, "approximate", "IR-D01 IR-D04"),
    "load-ir-semnan": ("IR Semnan", "IR", 35.90, 54.20, 1189.0, 1.10, 0.011, 0.005, "approximate", "IR-D01 IR-D04"),
    "load-ir-sistan-baluchestan": ("IR Sistan-Baluchestan", "IR", 28.00, 60.60, 3002.0, 0.92, 0.011, 0.003, "approximate", "IR-D01 IR-D04"),
    "load-georgia": ("Georgia", "GE", 41.50, 45.10, 700.0, 1.00, 0.006, 0.008, "assumed", "ASSUMED"),
    "load-russia": ("Russia", "GE", 42.07, 48.29, 200.0, 1.00, 0.006, 0.010, "assumed", "ASSUMED"),
    "load-armenia": ("Armenia", "GE", 38.90, 46.20, 150.0, 1.00, 0.006, 0.008, "assumed", "ASSUMED"),
    "load-turkmenistan": ("Turkmenistan", "TM", 37.80, 61.80, 50.0, 1.00, 0.010, 0.004, "assumed", "ASSUMED"),
}
# Monthly mean load of a country, MW. Anchors in PROFILES.md. GE stands for the
# Caucasus equivalents, TM for Turkmenistan: shapes only, in MW of their base.
MONTHLY_MEAN = {
    "AZ": (3200, 3170, 2930, 2650, 2680, 3210, 3800, 3840, 3120, 2750, 2890, 3170),
    "IR": (37600, 37400, 32500, 33000, 40500, 53000, 63400, 63200, 51000, 39500, 40700, 38400),
    "GE": (890, 880, 830, 770, 720, 740, 800, 800, 740, 750, 810, 880),
    "TM": (34, 34, 31, 29, 32, 37, 42, 41, 35, 31, 32, 34),
}
# Reported yearly peaks: country: MW, day of the year (0 = 1 Jan), hour.
PEAK = {"AZ": (4871.0, 217, 15), "IR": (77330.0, 216, None)}  # 6 Aug and 5 Aug
# Hour factors of a summer and a winter working day and the daily load factor
# each is stretched to; local hours of the country, first hour 0.
DAY_SHAPE = {
    "AZ": ((0.79, 0.755, 0.735, 0.72, 0.715, 0.72, 0.74, 0.78, 0.83, 0.875, 0.91, 0.935,
            0.955, 0.97, 0.982, 1.0, 0.982, 0.965, 0.95, 0.925, 0.915, 0.91, 0.88, 0.83), 0.855,
           (0.72, 0.68, 0.66, 0.65, 0.65, 0.66, 0.70, 0.78, 0.86, 0.89, 0.89, 0.88,
            0.87, 0.86, 0.85, 0.85, 0.87, 0.93, 0.99, 1.0, 0.98, 0.94, 0.87, 0.79), 0.820),
    "IR": ((0.87, 0.85, 0.83, 0.81, 0.80, 0.79, 0.80, 0.83, 0.87, 0.91, 0.94, 0.97,
            0.985, 1.0, 1.0, 0.99, 0.98, 0.96, 0.93, 0.93, 0.95, 0.95, 0.93, 0.90), 0.885,
           (0.80, 0.77, 0.75, 0.745, 0.75, 0.77, 0.81, 0.86, 0.89, 0.91, 0.92, 0.925,
            0.92, 0.905, 0.895, 0.90, 0.93, 0.985, 1.0, 0.985, 0.965, 0.94, 0.90, 0.85), 0.850),
}
DAY_SHAPE["GE"] = DAY_SHAPE["AZ"]
DAY_SHAPE["TM"] = DAY_SHAPE["AZ"]
CLOCK_SHIFT = {"AZ": 0.0, "IR": -0.5, "GE": 0.0, "TM": 1.0}  # hours against UTC+4
WEEK = {"AZ": {5: 0.975, 6: 0.955}, "IR": {3: 0.970, 4: 0.925}, "GE": {5: 0.97, 6: 0.94}, "TM": {5: 0.98, 6: 0.95}}
HOLIDAYS = {"AZ": (78, 85, 0.955), "IR": (78, 92, 0.90)}  # Nowruz: first day, day after the last, factor

# Length scales in km and time scales in hours of the Gaussian fields.
LENGTH = {"wind-synoptic": 500.0, "wind-local": 120.0, "cloud-day": 350.0, "cloud-hour": 60.0,
          "inflow": 350.0, "temperature": 800.0, "load": 100.0}
STREAM = {name: i + 1 for i, name in enumerate(LENGTH)}
WIND_SHARE, WIND_TAU, WIND_SMOOTH = (0.80, 0.20), (36.0, 6.0), (4.0, 2.0)
CLOUD_SHARE, CLOUD_TAU = (0.70, 0.30), (30.0, 3.0)
INFLOW_TAU, INFLOW_SIGMA = 12.0 * 24.0, 0.35
TEMPERATURE_TAU, TEMPERATURE_SIGMA = 72.0, (1.5, 3.0)  # summer, winter, degrees C
LOAD_TAU, LOAD_SIGMA = 6.0, 0.006


# -------------------------------------------------------------- random numbers

def normals(stream, site, count):
    """Standard normal numbers of one process at one site, by Box-Muller on raw PCG64 output."""
    bits = np.random.PCG64(np.random.SeedSequence([SEED, stream, site])).random_raw(2 * count)
    uniform = ((bits >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0 ** -53
    return np.sqrt(-2.0 * np.log(uniform[:count])) * np.cos(2.0 * np.pi * uniform[count:])


def distance_km(a, b):
    """Great-circle distance of two (lat, lon) points."""
    la, lb, dl = math.radians(a[0]), math.radians(b[0]), math.radians(b[1] - a[1])
    h = math.sin((lb - la) / 2) ** 2 + math.cos(la) * math.cos(lb) * math.sin(dl / 2) ** 2
    return 2 * 6371.0 * math.asin(math.sqrt(h))


def cholesky(points, length):
    """Lower triangle L with L L' = exp(-distance/length); plain loops, so the order of sums is fixed."""
    n = len(points)
    low = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            left = math.exp(-distance_km(points[i], points[j]) / length) - sum(low[i][k] * low[j][k] for k in range(j))
            low[i][j] = math.sqrt(max(left, 1e-12)) if i == j else left / low[j][j]
    return low


def field(name, points, steps, phi):
    """Gaussian field, unit variance, steps x sites: lag-one correlation phi, exponential in distance.

    The first i sites do not depend on those after them."""
    low = cholesky(points, LENGTH[name])
    noise = [normals(STREAM[name], i, steps) for i in range(len(points))]
    mixed = np.zeros((steps, len(points)))
    for i in range(len(points)):
        for j in range(i + 1):
            mixed[:, i] += low[i][j] * noise[j]
    gain = math.sqrt(1.0 - phi * phi)
    for t in range(1, steps):
        mixed[t] = phi * mixed[t - 1] + gain * mixed[t]
    return mixed


def smoothed(values, phi, tau):
    """First-order lag over a field with lag-one correlation phi, scaled back to unit variance."""
    keep = math.exp(-1.0 / tau)
    gain = math.sqrt((1.0 - keep * keep) * (1.0 - phi * keep) / (1.0 + phi * keep))
    out = values.copy()
    for t in range(1, len(values)):
        out[t] = keep * out[t - 1] + gain * values[t]
    return out


# Abramowitz and Stegun 26.2.17: error below 7.5e-8, only elementary functions.
def normal_cdf(z):
    t = 1.0 / (1.0 + 0.2316419 * np.abs(z))
    poly = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
    upper = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi) * poly
    return np.clip(np.where(z >= 0.0, 1.0 - upper, upper), 1e-12, 1.0 - 1e-12)


def bisect(function, low, high, target, steps=50):
    """Argument where an increasing function meets the target."""
    for _ in range(steps):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if function(middle) < target else (low, middle)
    return 0.5 * (low + high)


def wave(amplitude, top, now, period):
    return amplitude * np.cos(2.0 * np.pi * (now - top) / period)


def monthly_mean(series):
    return np.array([series[24 * MONTH_START[m]:24 * MONTH_START[m + 1]].mean() for m in range(12)])


def through_months(knots):
    """Daily curve, linear between the values at mid-month, periodic."""
    middle = 0.5 * (MONTH_START[:-1] + MONTH_START[1:])
    x = np.concatenate([[middle[-1] - DAYS], middle, [middle[0] + DAYS]])
    y = np.concatenate([[knots[-1]], knots, [knots[0]]])
    return np.interp(np.arange(DAYS) + 0.5, x, y)


# ------------------------------------------------------------------------ wind

def power_curve(kind):
    """Farm power curve on a grid of 0.1 m/s: turbine curve averaged over the speeds inside the farm."""
    cut_in, rated, cut_out, spread = CURVES[kind]
    grid = np.arange(0.0, 60.05, 0.1)
    raw = np.clip((grid ** 3 - cut_in ** 3) / (rated ** 3 - cut_in ** 3), 0.0, 1.0)
    raw[grid > cut_out] = 0.0
    offsets = np.arange(-30, 31) * 0.1
    weight = np.exp(-0.5 * (offsets / spread) ** 2)
    smooth = np.zeros_like(grid)
    for offset, part in zip(offsets, weight / weight.sum()):
        smooth += part * np.interp(grid + offset, grid, raw)
    smooth[grid < cut_in - 1.0] = 0.0
    return grid, smooth


def wind_profiles():
    points = [row[1:3] for row in WIND.values()]
    phi = [math.exp(-1.0 / tau) for tau in WIND_TAU]
    slow = smoothed(field("wind-synoptic", points, HOURS, phi[0]), phi[0], WIND_SMOOTH[0])
    fast = smoothed(field("wind-local", points, HOURS, phi[1]), phi[1], WIND_SMOOTH[1])
    gauss = math.sqrt(WIND_SHARE[0]) * slow + math.sqrt(WIND_SHARE[1]) * fast
    out, speeds = np.zeros((HOURS, len(WIND))), {}
    for i, (name, row) in enumerate(WIND.items()):
        _, _, _, factor, shape, curve, availability, year, half, day, _, _ = row
        season = 1.0 + wave(*year, DAY, 365.0) + wave(*half, DAY, 182.5)
        unit = season * (1.0 + wave(*day, HOUR_OF_DAY + 0.5, 24.0)) * (-np.log(1.0 - normal_cdf(gauss[:, i]))) ** (1.0 / shape)
        grid, power = power_curve(curve)
        scale = bisect(lambda c: availability * np.interp(c * unit, grid, power).mean(), 2.0, 14.0, factor)
        speeds[name] = scale * unit
        out[:, i] = availability * np.interp(speeds[name], grid, power)
    return out, {"wind_speed": speeds}


# ----------------------------------------------------------------------- solar

def sun(lat, lon):
    """Quarter-hour sun position: cosine of the zenith angle, declination, hour angle, day."""
    t = (np.arange(4 * HOURS) + 0.5) / 4.0
    day = np.floor(t / 24.0)
    g = 2.0 * np.pi * day / 365.0
    declination = (0.006918 - 0.399912 * np.cos(g) + 0.070257 * np.sin(g) - 0.006758 * np.cos(2 * g)
                   + 0.000907 * np.sin(2 * g) - 0.002697 * np.cos(3 * g) + 0.00148 * np.sin(3 * g))
    equation_h = 3.8197 * (0.000075 + 0.001868 * np.cos(g) - 0.032077 * np.sin(g) - 0.014615 * np.cos(2 * g) - 0.04089 * np.sin(2 * g))
    solar_time = t - 24.0 * day - 4.0 + lon / 15.0 + equation_h
    angle = np.pi / 12.0 * (solar_time - 12.0)
    phi = math.radians(lat)
    cos_zenith = math.sin(phi) * np.sin(declination) + math.cos(phi) * np.cos(declination) * np.cos(angle)
    return cos_zenith, declination, angle, g


def clear_sky(cos_zenith):
    """Haurwitz clear-sky irradiance on a horizontal plane, W/m2."""
    safe = np.maximum(cos_zenith, 1e-3)
    return np.where(cos_zenith > 0.0, 1098.0 * safe * np.exp(-0.059 / safe), 0.0)


def in_plane(horizontal, cos_zenith, declination, angle, g, lat, mounting):
    """Irradiance on the modules: Erbs diffuse share, isotropic sky, albedo 0.2."""
    extra = 1361.0 * (1.0 + 0.033 * np.cos(g)) * np.maximum(cos_zenith, 0.0)
    kt = np.where(extra > 10.0, horizontal / np.maximum(extra, 10.0), 0.0)
    share = np.where(kt <= 0.22, 1.0 - 0.09 * kt,
                     np.where(kt <= 0.80, 0.9511 - 0.1604 * kt + 4.388 * kt ** 2 - 16.638 * kt ** 3 + 12.336 * kt ** 4, 0.165))
    diffuse = share * horizontal
    phi = math.radians(lat)
    east = -np.cos(declination) * np.sin(angle)
    south = math.sin(phi) * np.cos(declination) * np.cos(angle) - math.cos(phi) * np.sin(declination)
    if mounting == "tracker":  # horizontal north-south axis, +-60 degrees
        turn = np.clip(np.arctan2(east, np.maximum(cos_zenith, 1e-3)), -math.radians(60), math.radians(60))
        cos_incidence, cos_tilt = east * np.sin(turn) + cos_zenith * np.cos(turn), np.cos(turn)
    else:
        tilt = math.radians(28.0)
        cos_incidence, cos_tilt = south * math.sin(tilt) + cos_zenith * math.cos(tilt), math.cos(tilt)
    beam = (horizontal - diffuse) / np.maximum(cos_zenith, 0.065)
    plane = beam * np.maximum(cos_incidence, 0.0) + diffuse * (1 + cos_tilt) / 2 + 0.2 * horizontal * (1 - cos_tilt) / 2
    return np.where(cos_zenith > 0.0, np.minimum(plane, 1300.0), 0.0)


def quarter_mean(values):
    return 0.25 * ((values[0::4] + values[1::4]) + (values[2::4] + values[3::4]))


def solar_profiles():
    points = [row[1:3] for row in SOLAR.values()]
    daily = field("cloud-day", points, DAYS, math.exp(-24.0 / CLOUD_TAU[0]))
    hourly = field("cloud-hour", points, HOURS, math.exp(-1.0 / CLOUD_TAU[1]))
    depth = 0.85  # darkest sky = 15 % of clear sky
    out, ghi, plane_kwh, efficiency, clear_h = np.zeros((HOURS, len(SOLAR))), {}, {}, {}, {}
    for i, (name, row) in enumerate(SOLAR.items()):
        _, lat, lon, factor, oversize, mounting, table, _, _ = row
        cos_zenith, declination, angle, g = sun(lat, lon)
        clear = ALTITUDE.get(table, 1.0) * clear_sky(cos_zenith)
        gauss = math.sqrt(CLOUD_SHARE[0]) * daily[DAY, i] + math.sqrt(CLOUD_SHARE[1]) * hourly[:, i]
        cloud = normal_cdf(gauss)
        clear_hour = quarter_mean(clear)
        clearness = np.zeros(HOURS)
        for month in range(12):  # exponent of the cloud transform that meets the month's energy
            part = slice(24 * MONTH_START[month], 24 * MONTH_START[month + 1])
            possible = clear_hour[part].sum()
            if table in HORIZONTAL:
                wanted = 1000.0 * HORIZONTAL[table][0] * HORIZONTAL[table][1][month] / sum(HORIZONTAL[table][1])
            else:
                wanted = CLEARNESS[table][month] * possible
            wanted = min(wanted, 0.97 * possible)
            power = bisect(lambda p: (clear_hour[part] * (1.0 - depth * cloud[part] ** p)).sum(), 0.02, 60.0, wanted)
            clearness[part] = 1.0 - depth * cloud[part] ** power
        horizontal = np.repeat(clearness, 4) * clear
        plane = in_plane(horizontal, cos_zenith, declination, angle, g, lat, mounting)
        air = np.repeat(15.0 + 0.9 * (40.0 - lat) - wave(11.0, 20.0, DAY, 365.0) - wave(5.0, 3.0, HOUR_OF_DAY, 24.0), 4)
        module = plane / 1000.0 * (1.0 - 0.004 * (air + 0.03 * plane - 25.0))
        yearly = lambda eta: quarter_mean(np.minimum(eta * oversize * module, 1.0)).mean()  # noqa: E731
        eta = bisect(yearly, 0.3, 1.5, factor)
        out[:, i] = np.maximum(quarter_mean(np.minimum(eta * oversize * module, 1.0)), 0.0)
        ghi[name], efficiency[name], clear_h[name] = quarter_mean(horizontal), eta, clear_hour
        plane_kwh[name] = plane.sum() / 4000.0
    return out, {"ghi": ghi, "plane_kwh": plane_kwh, "efficiency": efficiency, "clear": clear_h}


# ----------------------------------------------------------------------- hydro

def winterness():
    """0 in mid-July, 1 in mid-January, by day."""
    return 0.5 * (1.0 + np.cos(2.0 * np.pi * (np.arange(DAYS) - 18.0) / 365.0))


def hydro_profiles():
    points = [row[1:3] for row in HYDRO.values()]
    gauss = field("inflow", points, DAYS, math.exp(-24.0 / INFLOW_TAU))
    hours = np.arange(24) + 0.5
    bump = lambda top, width: np.exp(-0.5 * ((hours - top) / width) ** 2)  # noqa: E731
    peak_summer, peak_winter = 0.8 * bump(14.5, 2.5) + bump(20.5, 1.8), 0.4 * bump(9.5, 1.8) + bump(19.0, 2.0)
    out = np.zeros((HOURS, len(HYDRO)))
    for i, (name, row) in enumerate(HYDRO.items()):
        _, _, _, factor, table, lag, share, _, _ = row
        sigma = 0.0 if table == "pumped" else INFLOW_SIGMA
        inflow = through_months(np.array(INFLOW[table])) * np.exp(sigma * gauss[:, i] - 0.5 * sigma * sigma)
        keep, level = math.exp(-1.0 / lag), inflow.mean()
        for _ in range(3):  # run the year until the reservoir ends where it began
            release = np.zeros(DAYS)
            for day in range(DAYS):
                level = keep * level + (1.0 - keep) * inflow[day]
                release[day] = level
        mix = winterness()[DAY]
        pattern = (1.0 - mix) * (peak_summer / peak_summer.mean() - 1.0)[HOUR_OF_DAY] + mix * (peak_winter / peak_winter.mean() - 1.0)[HOUR_OF_DAY]
        shape = np.maximum(1.0 + share * pattern, 0.02 if table == "pumped" else 0.25)
        week = np.where(WEEKDAY >= 5, 0.95, 1.0) if share > 0.3 else 1.0
        raw = release[DAY] * shape * week
        scale = bisect(lambda c: np.minimum(c * raw, 0.95).mean(), 0.0, 5.0, factor)
        out[:, i] = np.minimum(scale * raw, 0.95)
    return out, {}


# ------------------------------------------------------------------------ load

def day_shape(country):
    """Hour factors (maximum 1) of each hour of the year."""
    summer, summer_lf, winter, winter_lf = DAY_SHAPE[country]
    local = HOUR_OF_DAY + CLOCK_SHIFT[country]
    low = np.floor(local).astype(int)
    rest = local - low

    def stretched(factors, load_factor):
        factors = np.array(factors)
        factors = 1.0 - (1.0 - factors) * (1.0 - load_factor) / (1.0 - factors.mean())
        return (1.0 - rest) * factors[low % 24] + rest * factors[(low + 1) % 24]

    mix = winterness()[DAY]
    mix = mix * mix * (3.0 - 2.0 * mix)
    return (1.0 - mix) * stretched(summer, summer_lf) + mix * stretched(winter, winter_lf)


def load_profiles():
    names = list(LOAD)
    points = [row[2:4] for row in LOAD.values()]
    degrees = field("temperature", points, DAYS + 1, math.exp(-24.0 / TEMPERATURE_TAU))
    quick = field("load", points, HOURS, math.exp(-1.0 / LOAD_TAU))
    cold = winterness()[DAY]
    sigma = TEMPERATURE_SIGMA[0] + (TEMPERATURE_SIGMA[1] - TEMPERATURE_SIGMA[0]) * cold
    part = HOUR_OF_DAY / 24.0
    out, extra = np.zeros((HOURS, len(LOAD))), {}
    for country in ("AZ", "IR", "GE", "TM"):
        mine = [i for i, name in enumerate(names) if LOAD[name][1] == country]
        week = np.ones(HOURS)
        for weekday, factor in WEEK[country].items():
            week[WEEKDAY == weekday] = factor
        if country in HOLIDAYS:
            first, last, factor = HOLIDAYS[country]
            week[24 * first:24 * last] *= factor
        shape = day_shape(country)

        def build(heat):
            """Region loads in MW with a hot spell of this many degrees around the peak day."""
            spell, free = 0.0, 1.0
            if country in PEAK:  # the reported peak day fixes the weather there; chance returns within days
                near = np.exp(-0.5 * ((DAY - PEAK[country][1]) / 2.0) ** 2)
                spell, free = heat * np.exp(-0.5 * ((DAY - PEAK[country][1]) / 1.5) ** 2), 1.0 - near
            loads = {}
            for i in mine:
                _, _, _, _, base, winter, cooling, heating, _, _ = LOAD[names[i]]
                warm = free * sigma * ((1.0 - part) * degrees[DAY, i] + part * degrees[DAY + 1, i]) + spell
                response = ((1.0 - cold) ** 2 * cooling - cold ** 2 * heating) * warm
                noise = LOAD_SIGMA * quick[:, i]
                loads[i] = base * (1.0 - cold + cold * winter) * shape * week * np.exp(response + noise)
            knots = np.array(MONTHLY_MEAN[country], dtype=float)
            total = sum_of(loads)
            for _ in range(25):  # the monthly means are met exactly by a curve common to all regions
                level = through_months(knots)[DAY]
                knots = knots * np.array(MONTHLY_MEAN[country]) / monthly_mean(level * total)
            level = through_months(knots)[DAY]
            return {i: level * series for i, series in loads.items()}

        def sum_of(loads):
            total = np.zeros(HOURS)
            for i in mine:
                total += loads[i]
            return total

        heat = 0.0
        if country in PEAK:
            megawatts, day, _ = PEAK[country]
            heat = bisect(lambda a: sum_of(build(a))[24 * day:24 * day + 24].max(), -3.0, 12.0, megawatts, 30)
        for i, series in build(heat).items():
            out[:, i] = series / LOAD[names[i]][4]
        extra[country] = heat
    return out, {"hot_spell": extra}


# ------------------------------------------------------------------------ file

def build():
    """All profiles: (names, rows with the attributes, values rounded to 1e-4, diagnostics)."""
    names, rows, blocks, diagnostics = [], [], [], {}
    for kind, table, make in (("wind", WIND, wind_profiles), ("solar", SOLAR, solar_profiles),
                              ("hydro", HYDRO, hydro_profiles), ("load", LOAD, load_profiles)):
        values, more = make()
        blocks.append(values)
        diagnostics.update(more)
        for name, row in table.items():
            lat, lon = (row[2], row[3]) if kind == "load" else (row[1], row[2])
            names.append(name)
            rows.append({"kind": kind, "region": row[0], "lat": lat, "lon": lon,
                         "base": row[4] if kind == "load" else math.nan, "provenance": row[-2], "source": row[-1]})
    rounded = np.floor(np.concatenate(blocks, axis=1) * 1e4 + 0.5) / 1e4
    return names, rows, rounded, diagnostics


def write(path, names, rows, values):
    """Write the file beside its target and move it there; no time stamps, fixed order."""
    text = h5py.string_dtype("utf-8")
    temporary = path + ".part"
    with h5py.File(temporary, "w", libver=("earliest", "v108"), track_order=False) as out:
        root = out.attrs
        root["title"] = "Hourly profiles of the hypothetical Azerbaijan-Iran study case, model year 2025"
        root["disclaimer"] = DISCLAIMER
        root["Conventions"] = "ARAZ-1 (CF-like)"
        root["generator"] = "make_profiles.py " + VERSION
        root["seed"] = np.int64(SEED)
        root["licence"] = "CC-BY-4.0"
        root["references"] = "PROFILES.md and SOURCES.md of the case folder"

        def dataset(name, data, long_name, units=None, **more):
            made = out.create_dataset(name, data=data, track_times=False, **more)
            made.attrs["long_name"] = long_name
            if units:
                made.attrs["units"] = units
            return made

        time = dataset("time", np.arange(HOURS, dtype="<i4"), "start of the hour, local time of Azerbaijan (UTC+4)",
                       "hours since 2025-01-01T00:00", chunks=(HOURS,), shuffle=True, compression="gzip", compression_opts=9)
        time.attrs["calendar"] = "standard"
        time.attrs["utc_offset"] = "+04:00"
        time.make_scale("time")
        profile = dataset("profile", np.array(names, dtype=object), "name of the profile", dtype=text)
        profile.make_scale("profile")

        series = dataset("p_pu", values.astype("<f4"),
                         "hourly mean power: available output per pmax_mw (wind, solar, hydro) or load per base_mw (load)", "1",
                         chunks=(HOURS, 1), shuffle=True, compression="gzip", compression_opts=9, fillvalue=np.float32("nan"))
        series.attrs.create("_FillValue", np.array([np.nan], dtype="<f4"))
        series.dims[0].attach_scale(time)
        series.dims[1].attach_scale(profile)

        kind = dataset("kind", np.array([KINDS.index(row["kind"]) for row in rows], dtype="i1"), "kind of profile")
        kind.attrs["flag_values"] = np.arange(len(KINDS), dtype="i1")
        kind.attrs["flag_meanings"] = " ".join(KINDS)
        columns = [kind,
                   dataset("region", np.array([row["region"] for row in rows], dtype=object), "zone of zones.csv", dtype=text)]
        base = dataset("base_mw", np.array([row["base"] for row in rows], dtype="<f8"),
                       "load where p_pu is 1: sum of loads.csv in the region; not given for other kinds", "MW")
        base.attrs.create("_FillValue", np.array([np.nan], dtype="<f8"))
        columns += [base,
                    dataset("lat", np.array([row["lat"] for row in rows], dtype="<f8"), "latitude of the model site", "degrees_north"),
                    dataset("lon", np.array([row["lon"] for row in rows], dtype="<f8"), "longitude of the model site", "degrees_east"),
                    dataset("provenance", np.array([row["provenance"] for row in rows], dtype=object), "reported, approximate or assumed", dtype=text),
                    dataset("source", np.array([row["source"] for row in rows], dtype=object), "keys of SOURCES.md", dtype=text)]
        for column in columns:
            column.dims[0].attach_scale(profile)
    os.replace(temporary, path)


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description="Write the hourly profiles of the study case.")
    parser.add_argument("-o", "--output", default=os.path.join(here, "..", "profiles.h5"))
    options = parser.parse_args()
    names, rows, values, _ = build()
    write(options.output, names, rows, values)
    print(f"{os.path.normpath(options.output)}: {len(names)} profiles, {HOURS} hours, {os.path.getsize(options.output):,} bytes")


if __name__ == "__main__":
    main()
