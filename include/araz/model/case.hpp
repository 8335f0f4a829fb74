// Case: what a file said, in the file's units (MW, MVAr, kV, degrees, per-unit voltages and
// impedances on `base_mva`), with the file's own numbers and the place of every row.
//
// A Case is a plain value: copy, edit, compare, write it. Nothing is repaired here; Network::build
// validates it. Column meanings follow the MATPOWER case format, version 2 (R. D. Zimmerman and
// C. E. Murillo-Sanchez, MATPOWER User's Manual, appendix B), which the other formats map onto.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "araz/base/finding.hpp"
#include "araz/model/dc_law.hpp"

namespace araz {

/// The file's bus number. Never used as an array index: Network maps it to one.
enum class BusId : std::int64_t {};

[[nodiscard]] constexpr std::int64_t number(BusId id) { return static_cast<std::int64_t>(id); }

enum class BusType { pq = 1, pv = 2, slack = 3, isolated = 4 };

/// Where a row stands in its file: its line and, where known, either the position of each cell (from
/// 1) or the byte its first cell begins at, from which locate() finds the cells again when asked.
struct RowSource {
    int file = 0;  ///< index into Case::files
    int line = 0;
    std::vector<int> columns;
    std::int64_t offset = -1;  ///< into SourceFile::text; -1: not known

    bool operator==(const RowSource&) const { return true; }  // provenance does not make rows differ
};

struct BusRow {
    BusId bus{};
    BusType type = BusType::pq;
    double pd_mw = 0.0;    ///< load, positive when consuming
    double qd_mvar = 0.0;
    double gs_mw = 0.0;    ///< shunt conductance: MW consumed at 1 p.u.
    double bs_mvar = 0.0;  ///< shunt susceptance: MVAr injected at 1 p.u.
    int area = 1;
    double vm_pu = 1.0;    ///< stored voltage
    double va_deg = 0.0;
    double base_kv = 0.0;
    int zone = 1;
    double vmax_pu = 1.1;
    double vmin_pu = 0.9;
    std::string name;
    RowSource source;

    bool operator==(const BusRow&) const = default;
};

/// What a unit does with its reactive power (docs/reactive.md).
enum class ReactiveMode { voltage, fixed_q, fixed_pf, q_of_v, q_of_p };

struct ReactiveRule {
    ReactiveMode mode = ReactiveMode::voltage;
    double power_factor = 1.0;   ///< fixed_pf: positive feeds Q in with P, negative takes it
    double v_ref_pu = 1.0;       ///< q_of_v without points: Q is 0 within the dead band around it
    double slope_percent = 0.0;  ///< rise of the voltage, % of 1 p.u., from there to the larger reactive limit
    double deadband_pu = 0.0;    ///< full width
    std::vector<std::pair<double, double>> points;  ///< q_of_v: p.u. and MVAr; q_of_p: MW and MVAr

    bool operator==(const ReactiveRule&) const = default;
};

struct GeneratorRow {
    BusId bus{};
    double pg_mw = 0.0;
    double qg_mvar = 0.0;
    double qmax_mvar = std::numeric_limits<double>::infinity();
    double qmin_mvar = -std::numeric_limits<double>::infinity();
    double vg_pu = 1.0;
    double mbase_mva = 0.0;
    bool in_service = true;
    double pmax_mw = std::numeric_limits<double>::infinity();
    double pmin_mw = 0.0;
    /// Capability corners (MATPOWER PC1, PC2, QC1MIN, QC1MAX, QC2MIN, QC2MAX); all zero: none given.
    double pc1_mw = 0.0, pc2_mw = 0.0;
    double qc1min_mvar = 0.0, qc1max_mvar = 0.0, qc2min_mvar = 0.0, qc2max_mvar = 0.0;
    double ramp_agc = 0.0, ramp_10 = 0.0, ramp_30 = 0.0, ramp_q = 0.0;
    double apf = 0.0;  ///< area participation factor, any unit
    ReactiveRule reactive;
    BusId regulated_bus{};        ///< whose voltage a unit in mode `voltage` holds; 0: its own
    double reactive_share = 0.0;  ///< among the units that hold one bus; 0: by reactive range
    /// Power that could be produced and the limit set to it; infinite: not known, none. pg_mw keeps to both already.
    double available_mw = std::numeric_limits<double>::infinity();
    double p_limit_mw = std::numeric_limits<double>::infinity();
    std::string fuel;  ///< MATPOWER genfuel word, may be empty
    std::string type;  ///< MATPOWER gentype code, may be empty
    std::string name;
    std::string id;    ///< the format's own identifier, for formats that have one
    RowSource source;

    bool operator==(const GeneratorRow&) const = default;
};

/// Where the cells of columns that MATPOWER does not have stand in the RowSource of a generator.
namespace generator_cell {
inline constexpr int mode = 21, power_factor = 22, slope = 23, points = 24, regulated_bus = 25, share = 26, p_limit = 27;
}

struct BranchRow {
    BusId from_bus{};
    BusId to_bus{};
    double r_pu = 0.0;
    double x_pu = 0.0;
    double b_pu = 0.0;        ///< total line charging
    double rate_a_mva = 0.0;  ///< 0: no limit
    double rate_b_mva = 0.0;
    double rate_c_mva = 0.0;
    double ratio = 0.0;       ///< off-nominal tap at the from side; 0 means a line, same as 1
    double shift_deg = 0.0;   ///< phase shift at the from side, positive delays the to side
    bool in_service = true;
    double angmin_deg = -360.0;
    double angmax_deg = 360.0;
    std::string name;
    std::string id;           ///< the format's own identifier, for formats that have one
    RowSource source;

    bool operator==(const BranchRow&) const = default;
};

/// What a DC line is: MATPOWER's dcline, whose power is meant at the from end and whose ends both hold their
/// voltage; or an HVDC link with line-commutated or voltage-sourced converters (docs/hvdc.md), whose power is meant
/// at the end that sends.
enum class DcTechnology { dcline, lcc, vsc };

/// What a converter holds: the voltage of its bus, its reactive power, or its power factor.
enum class DcControl { v, q, pf };

/// One end of an LCC or VSC link.
struct DcEnd {
    DcControl control = DcControl::v;
    double q_set_mvar = 0.0;    ///< fed in, for DcControl::q
    double power_factor = 1.0;  ///< for DcControl::pf; positive feeds in, negative takes reactive power
    double idle_loss_mw = 0.0;
    double loss_share = 0.0;    ///< of the power through the converter

    bool operator==(const DcEnd&) const = default;
};

/// MATPOWER dcline columns, and what LCC and VSC links have besides.
struct DcLineRow {
    BusId from_bus{};
    BusId to_bus{};
    bool in_service = true;
    double pf_mw = 0.0, pt_mw = 0.0, qf_mvar = 0.0, qt_mvar = 0.0;
    double vf_pu = 1.0, vt_pu = 1.0;
    double pmin_mw = 0.0, pmax_mw = 0.0;
    double qminf_mvar = 0.0, qmaxf_mvar = 0.0, qmint_mvar = 0.0, qmaxt_mvar = 0.0;
    double loss0_mw = 0.0, loss1 = 0.0;
    DcTechnology technology = DcTechnology::dcline;
    DcEnd from_end, to_end;         ///< LCC, VSC; loss0_mw and loss1 are not used then
    double r_ohm = 0.0, vdc_kv = 0.0;  ///< of the line; no losses without both
    bool ac_emulation = false;      ///< P = p0 + droop (va_from - va_to) instead of pf_mw
    double p0_mw = 0.0, droop_mw_per_deg = 0.0;
    std::string name;
    std::string id;
    RowSource source;

    [[nodiscard]] bool is_dcline() const { return technology == DcTechnology::dcline; }
    bool operator==(const DcLineRow&) const = default;
};

/// The law of a DC line in MW and MVAr.
[[nodiscard]] DcLaw law_of(const DcLineRow& line);
[[nodiscard]] bool holds_voltage(const DcLineRow& line, bool from_end);
/// The reactive side of an end that holds no voltage.
[[nodiscard]] DcReactive reactive_of(const DcLineRow& line, bool from_end);

/// The same line as MATPOWER's dcline at the power `u` (MW): the powers of both ends, a constant loss, and for ends
/// that hold no voltage reactive limits that leave them their reactive power.
[[nodiscard]] DcLineRow as_dcline(const DcLineRow& line, double u);

/// One row of MATPOWER gencost: model 1 piecewise linear (x1, y1, ...), 2 polynomial (highest first).
struct GenCostRow {
    int model = 2;
    double startup = 0.0;
    double shutdown = 0.0;
    std::vector<double> coefficients;
    RowSource source;

    bool operator==(const GenCostRow&) const = default;
};

/// How a load follows its voltage: fractions of its power at 1 p.u. that grow with V^2 (z), with V (i) and
/// with V^n (e); the rest is constant power. Fractions may be negative, as fitted models have them.
struct LoadMix {
    double p_z = 0.0, p_i = 0.0, p_e = 0.0, p_exponent = 0.0;
    double q_z = 0.0, q_i = 0.0, q_e = 0.0, q_exponent = 0.0;

    [[nodiscard]] bool constant() const {
        return p_z == 0.0 && p_i == 0.0 && p_e == 0.0 && q_z == 0.0 && q_i == 0.0 && q_e == 0.0;
    }
    bool operator==(const LoadMix&) const = default;
};

/// The load of a bus that is not constant power.
struct LoadModelRow {
    BusId bus{};
    LoadMix mix;

    bool operator==(const LoadModelRow&) const = default;
};

struct AreaRow {
    int area = 0;
    std::string name;
    BusId reference_bus{};
    RowSource source;

    bool operator==(const AreaRow&) const = default;
};

/// Equipment that an outer loop may move. `at` is part of the case already: of BranchRow::ratio or shift_deg,
/// or of BusRow::bs_mvar. Values are ratios, degrees, or MVAr at 1 p.u.; position k of n steps stands at
/// low + k (high - low) / n.
enum class DeviceKind { svc, phase, tap, shunt };

/// What a phase shifter holds at the from side of its branch: active power, current, or no more than a current.
enum class PhaseRule { power, current, current_limit };

struct DeviceRow {
    DeviceKind kind = DeviceKind::tap;
    int branch = -1;             ///< row in Case::branches of a tap changer or phase shifter
    BusId bus{};                 ///< of a shunt or SVC
    BusId controlled_bus{};      ///< whose voltage is held; none of a phase shifter
    PhaseRule rule = PhaseRule::power;  ///< of a phase shifter
    double low = 0.0, high = 0.0;
    int steps = 0;               ///< 0: continuous
    double at = 0.0;
    double target = 1.0;         ///< p.u.; MW or A of a phase shifter
    double deadband = 0.0;       ///< full width around the target, in its unit
    double slope_percent = 0.0;  ///< SVC: fall of the voltage held over its larger limit, in percent
    bool limits_current = false; ///< low and high limit the current of a converter (STATCOM), not a susceptance
    std::string id;              ///< the format's own identifier

    bool operator==(const DeviceRow&) const = default;
};

/// A file the case was read from, kept so that findings can quote its lines.
struct SourceFile {
    std::string path;    ///< as the user gave it
    std::string sha256;  ///< of the bytes
    std::string text;    ///< the whole text; empty when it was not kept

    bool operator==(const SourceFile&) const { return true; }
};

/// What a reader had to say that did not stop it; like provenance, it does not make cases differ.
struct Remarks : Findings {
    using Findings::Findings;
    bool operator==(const Remarks&) const { return true; }
};

struct Case {
    std::string name;
    std::string format;  ///< "matpower", "psse-raw", "case-folder"
    double base_mva = 100.0;
    RowSource base_source;  ///< where base_mva stands
    double frequency_hz = 50.0;
    std::vector<BusRow> buses;
    std::vector<GeneratorRow> generators;
    std::vector<BranchRow> branches;
    std::vector<DcLineRow> dc_lines;
    /// Whether dc_lines take part in a solve unless told otherwise. MATPOWER leaves its dcline table out
    /// by default, so its files do not; formats that model HVDC set it.
    bool dc_lines_active = false;
    std::vector<GenCostRow> gen_costs;
    std::vector<LoadModelRow> load_models;  ///< at most one per bus
    std::vector<DeviceRow> devices;         ///< what outer loops may move
    std::vector<AreaRow> areas;  ///< names for numbers used in buses; may be empty
    std::vector<AreaRow> zones;
    std::vector<SourceFile> files;
    Remarks findings;            ///< repeated by check_case(), so that nobody has to look here

    bool operator==(const Case&) const = default;

    /// Path of the first file, or an empty text for a case made in memory.
    [[nodiscard]] std::string path() const { return files.empty() ? std::string{} : files.front().path; }
    [[nodiscard]] std::string sha256() const { return files.empty() ? std::string{} : files.front().sha256; }
};

/// The place of `width` bytes at `offset` of a text, its line quoted. `line`: its number where it is
/// already known, else it is counted.
[[nodiscard]] SourcePoint point_in(std::string_view text, const std::string& path, std::size_t offset,
                                   std::size_t width = 1, int line = 0);

/// The place of a row, or of one of its cells (`column` counts from 0; -1: the row), with its text.
[[nodiscard]] SourcePoint locate(const Case& grid, const RowSource& source, int column = -1);

}  // namespace araz
