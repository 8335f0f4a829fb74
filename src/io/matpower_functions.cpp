#include "matpower_functions.hpp"

#include <array>
#include <cmath>

namespace araz::matpower {

namespace {

// The order is that of the outputs of MATPOWER's idx_*.m, which is not always the order of the columns.
constexpr std::array idx_bus{Constant{"PQ", 1},     Constant{"PV", 2},       Constant{"REF", 3},
                             Constant{"NONE", 4},   Constant{"BUS_I", 1},    Constant{"BUS_TYPE", 2},
                             Constant{"PD", 3},     Constant{"QD", 4},       Constant{"GS", 5},
                             Constant{"BS", 6},     Constant{"BUS_AREA", 7}, Constant{"VM", 8},
                             Constant{"VA", 9},     Constant{"BASE_KV", 10}, Constant{"ZONE", 11},
                             Constant{"VMAX", 12},  Constant{"VMIN", 13},    Constant{"LAM_P", 14},
                             Constant{"LAM_Q", 15}, Constant{"MU_VMAX", 16}, Constant{"MU_VMIN", 17}};
constexpr std::array idx_brch{Constant{"F_BUS", 1},   Constant{"T_BUS", 2},      Constant{"BR_R", 3},
                              Constant{"BR_X", 4},    Constant{"BR_B", 5},       Constant{"RATE_A", 6},
                              Constant{"RATE_B", 7},  Constant{"RATE_C", 8},     Constant{"TAP", 9},
                              Constant{"SHIFT", 10},  Constant{"BR_STATUS", 11}, Constant{"PF", 14},
                              Constant{"QF", 15},     Constant{"PT", 16},        Constant{"QT", 17},
                              Constant{"MU_SF", 18},  Constant{"MU_ST", 19},     Constant{"ANGMIN", 12},
                              Constant{"ANGMAX", 13}, Constant{"MU_ANGMIN", 20}, Constant{"MU_ANGMAX", 21}};
constexpr std::array idx_gen{
    Constant{"GEN_BUS", 1},   Constant{"PG", 2},       Constant{"QG", 3},       Constant{"QMAX", 4},
    Constant{"QMIN", 5},      Constant{"VG", 6},       Constant{"MBASE", 7},    Constant{"GEN_STATUS", 8},
    Constant{"PMAX", 9},      Constant{"PMIN", 10},    Constant{"MU_PMAX", 22}, Constant{"MU_PMIN", 23},
    Constant{"MU_QMAX", 24},  Constant{"MU_QMIN", 25}, Constant{"PC1", 11},     Constant{"PC2", 12},
    Constant{"QC1MIN", 13},   Constant{"QC1MAX", 14},  Constant{"QC2MIN", 15},  Constant{"QC2MAX", 16},
    Constant{"RAMP_AGC", 17}, Constant{"RAMP_10", 18}, Constant{"RAMP_30", 19}, Constant{"RAMP_Q", 20},
    Constant{"APF", 21}};
constexpr std::array idx_cost{Constant{"PW_LINEAR", 1}, Constant{"POLYNOMIAL", 2}, Constant{"MODEL", 1},
                              Constant{"STARTUP", 2},   Constant{"SHUTDOWN", 3},   Constant{"NCOST", 4},
                              Constant{"COST", 5}};
constexpr std::array idx_area{Constant{"AREA_I", 1}, Constant{"PRICE_REF_BUS", 2}};

// MATPOWER User's Manual, section 9.3.5.
constexpr std::array idx_ct{
    Constant{"CT_LABEL", 1},       Constant{"CT_PROB", 2},         Constant{"CT_TABLE", 3},       Constant{"CT_TBUS", 1},
    Constant{"CT_TGEN", 2},        Constant{"CT_TBRCH", 3},        Constant{"CT_TAREABUS", 4},    Constant{"CT_TAREAGEN", 5},
    Constant{"CT_TAREABRCH", 6},   Constant{"CT_ROW", 4},          Constant{"CT_COL", 5},         Constant{"CT_CHGTYPE", 6},
    Constant{"CT_REP", 1},         Constant{"CT_REL", 2},          Constant{"CT_ADD", 3},         Constant{"CT_NEWVAL", 7},
    Constant{"CT_TLOAD", 7},       Constant{"CT_TAREALOAD", 8},    Constant{"CT_LOAD_ALL_PQ", 1}, Constant{"CT_LOAD_FIX_PQ", 2},
    Constant{"CT_LOAD_DIS_PQ", 3}, Constant{"CT_LOAD_ALL_P", 4},   Constant{"CT_LOAD_FIX_P", 5},  Constant{"CT_LOAD_DIS_P", 6},
    Constant{"CT_TGENCOST", 9},    Constant{"CT_TAREAGENCOST", 10}, Constant{"CT_MODCOST_F", -1}, Constant{"CT_MODCOST_X", -2}};

constexpr std::array functions{
    Function{"sqrt", [](double x) { return std::sqrt(x); }, false},
    Function{"sin", [](double x) { return std::sin(x); }, false},
    Function{"cos", [](double x) { return std::cos(x); }, false},
    Function{"tan", [](double x) { return std::tan(x); }, false},
    Function{"acos", [](double x) { return std::acos(x); }, false},
    Function{"asin", [](double x) { return std::asin(x); }, false},
    Function{"atan", [](double x) { return std::atan(x); }, false},
    Function{"exp", [](double x) { return std::exp(x); }, false},
    Function{"log", [](double x) { return std::log(x); }, false},
    Function{"abs", [](double x) { return std::abs(x); }, false},
    Function{"isinf", [](double x) { return std::isinf(x) ? 1.0 : 0.0; }, true},
    Function{"isnan", [](double x) { return std::isnan(x) ? 1.0 : 0.0; }, true},
};

}  // namespace

std::span<const Constant> index_constants(std::string_view function) {
    if (function == "idx_bus") return idx_bus;
    if (function == "idx_brch") return idx_brch;
    if (function == "idx_gen") return idx_gen;
    if (function == "idx_cost") return idx_cost;
    if (function == "idx_area") return idx_area;
    if (function == "idx_ct") return idx_ct;
    return {};
}

std::vector<Constant> all_constants() {
    std::vector<Constant> all;
    for (const std::string_view name : {"idx_bus", "idx_brch", "idx_gen", "idx_cost", "idx_area", "idx_ct"}) {
        const auto group = index_constants(name);
        all.insert(all.end(), group.begin(), group.end());
    }
    return all;
}

const Function* find_function(std::string_view name) {
    for (const Function& function : functions)
        if (function.name == name) return &function;
    return nullptr;
}

std::vector<std::string> known_names() {
    std::vector<std::string> names{"find",    "pi",       "Inf",     "NaN",      "define_constants",
                                   "idx_bus", "idx_brch", "idx_gen", "idx_cost", "idx_area", "idx_ct"};
    for (const Function& function : functions) names.emplace_back(function.name);
    return names;
}

}  // namespace araz::matpower
