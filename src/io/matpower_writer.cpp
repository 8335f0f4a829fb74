// Case -> MATPOWER .m, version 2. Numbers are the shortest that read back as the same double, so that
// reading the text gives the same Case.
#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <string>

#include "araz/base/text.hpp"
#include "matpower.hpp"

namespace araz {

namespace {

// A name that MATLAB accepts for a function.
std::string function_name(std::string_view name) {
    std::string out;
    for (const char c : name) {
        const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        out += word ? c : '_';
    }
    const bool begins_well = !out.empty() && ((out[0] >= 'a' && out[0] <= 'z') || (out[0] >= 'A' && out[0] <= 'Z'));
    return begins_well ? out : "case_" + out;
}

// A text in single quotes. An end of line inside would end the statement.
std::string quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'') out += '\'';
        out += c == '\n' || c == '\r' ? ' ' : c;
    }
    return out + "'";
}

// Minus zero is written as such: shortest() drops its sign, and the round trip must not.
std::string exact(double value) {
    return value == 0.0 && std::signbit(value) ? "-0" : shortest(value);
}

class Writer {
public:
    explicit Writer(const Case& grid) : grid_(grid) {}

    std::string render();

private:
    void open(std::string_view field, std::string_view comment);
    void close() { out_ += "];\n\n"; }
    void row(std::initializer_list<double> cells);
    template <class Row>
    void names(std::string_view field, const std::vector<Row>& rows, std::string Row::*member);
    void number_names(std::string_view field, const std::vector<AreaRow>& rows);
    void buses();
    void generators();
    void branches();
    void dc_lines();
    void costs();
    void areas();

    const Case& grid_;
    std::string out_;
};

double id(BusId bus) {
    return static_cast<double>(number(bus));
}

void Writer::open(std::string_view field, std::string_view comment) {
    out_ += "%\t";
    out_ += comment;
    out_ += "\nmpc.";
    out_ += field;
    out_ += " = [\n";
}

void Writer::row(std::initializer_list<double> cells) {
    for (const double cell : cells) {
        out_ += '\t';
        out_ += exact(cell);
    }
    out_ += ";\n";
}

// Nothing is written when no row has one.
template <class Row>
void Writer::names(std::string_view field, const std::vector<Row>& rows, std::string Row::*member) {
    if (std::all_of(rows.begin(), rows.end(), [&](const Row& r) { return (r.*member).empty(); })) return;
    out_ += "mpc." + std::string(field) + " = {\n";
    for (const Row& r : rows) out_ += "\t" + quoted(r.*member) + ";\n";
    out_ += "};\n\n";
}

void Writer::number_names(std::string_view field, const std::vector<AreaRow>& rows) {
    if (std::all_of(rows.begin(), rows.end(), [](const AreaRow& r) { return r.name.empty(); })) return;
    out_ += "mpc." + std::string(field) + " = {\n";
    for (const AreaRow& r : rows)
        if (!r.name.empty()) out_ += "\t" + std::to_string(r.area) + "\t" + quoted(r.name) + ";\n";
    out_ += "};\n\n";
}

void Writer::buses() {
    open("bus", "bus_i\ttype\tPd\tQd\tGs\tBs\tarea\tVm\tVa\tbaseKV\tzone\tVmax\tVmin");
    for (const BusRow& b : grid_.buses)
        row({id(b.bus), static_cast<double>(b.type), b.pd_mw, b.qd_mvar, b.gs_mw, b.bs_mvar,
             static_cast<double>(b.area), b.vm_pu, b.va_deg, b.base_kv, static_cast<double>(b.zone), b.vmax_pu,
             b.vmin_pu});
    close();
}

void Writer::generators() {
    const auto& rows = grid_.generators;
    const bool extended = std::any_of(rows.begin(), rows.end(), [](const GeneratorRow& g) {
        return g.pc1_mw != 0 || g.pc2_mw != 0 || g.qc1min_mvar != 0 || g.qc1max_mvar != 0 || g.qc2min_mvar != 0 ||
               g.qc2max_mvar != 0 || g.ramp_agc != 0 || g.ramp_10 != 0 || g.ramp_30 != 0 || g.ramp_q != 0 || g.apf != 0;
    });
    std::string heads = "bus\tPg\tQg\tQmax\tQmin\tVg\tmBase\tstatus\tPmax\tPmin";
    if (extended) heads += "\tPc1\tPc2\tQc1min\tQc1max\tQc2min\tQc2max\tramp_agc\tramp_10\tramp_30\tramp_q\tapf";
    open("gen", heads);
    for (const GeneratorRow& g : rows) {
        const double status = g.in_service ? 1 : 0;
        if (extended) {
            row({id(g.bus),     g.pg_mw,       g.qg_mvar,  g.qmax_mvar, g.qmin_mvar, g.vg_pu,       g.mbase_mva,
                 status,        g.pmax_mw,     g.pmin_mw,  g.pc1_mw,    g.pc2_mw,    g.qc1min_mvar, g.qc1max_mvar,
                 g.qc2min_mvar, g.qc2max_mvar, g.ramp_agc, g.ramp_10,   g.ramp_30,   g.ramp_q,      g.apf});
        } else {
            row({id(g.bus), g.pg_mw, g.qg_mvar, g.qmax_mvar, g.qmin_mvar, g.vg_pu, g.mbase_mva, status, g.pmax_mw,
                 g.pmin_mw});
        }
    }
    close();
}

void Writer::branches() {
    open("branch", "fbus\ttbus\tr\tx\tb\trateA\trateB\trateC\tratio\tangle\tstatus\tangmin\tangmax");
    for (const BranchRow& b : grid_.branches)
        row({id(b.from_bus), id(b.to_bus), b.r_pu, b.x_pu, b.b_pu, b.rate_a_mva, b.rate_b_mva, b.rate_c_mva, b.ratio,
             b.shift_deg, b.in_service ? 1.0 : 0.0, b.angmin_deg, b.angmax_deg});
    close();
}

void Writer::dc_lines() {
    if (grid_.dc_lines.empty()) return;
    open("dcline", "fbus\ttbus\tstatus\tPf\tPt\tQf\tQt\tVf\tVt\tPmin\tPmax\tQminF\tQmaxF\tQminT\tQmaxT\tloss0\tloss1");
    for (const DcLineRow& given : grid_.dc_lines) {
        const DcLineRow d = given.is_dcline() ? given : as_dcline(given, given.pf_mw);
        row({id(d.from_bus), id(d.to_bus), d.in_service ? 1.0 : 0.0, d.pf_mw, d.pt_mw, d.qf_mvar, d.qt_mvar, d.vf_pu,
             d.vt_pu, d.pmin_mw, d.pmax_mw, d.qminf_mvar, d.qmaxf_mvar, d.qmint_mvar, d.qmaxt_mvar, d.loss0_mw,
             d.loss1});
    }
    close();
}

void Writer::costs() {
    if (grid_.gen_costs.empty()) return;
    std::size_t width = 1;
    for (const GenCostRow& c : grid_.gen_costs) width = std::max(width, c.coefficients.size());
    open("gencost", "model\tstartup\tshutdown\tn\tcoefficients");
    for (const GenCostRow& c : grid_.gen_costs) {
        const std::size_t n = c.model == 1 ? c.coefficients.size() / 2 : c.coefficients.size();
        out_ += "\t" + std::to_string(c.model) + "\t" + exact(c.startup) + "\t" + exact(c.shutdown) + "\t" +
                std::to_string(n);
        for (std::size_t k = 0; k < width; ++k)
            out_ += "\t" + exact(k < c.coefficients.size() ? c.coefficients[k] : 0.0);
        out_ += ";\n";
    }
    close();
}

void Writer::areas() {
    if (std::any_of(grid_.areas.begin(), grid_.areas.end(),
                    [](const AreaRow& a) { return number(a.reference_bus) != 0 || a.name.empty(); })) {
        open("areas", "area\trefbus");
        for (const AreaRow& a : grid_.areas) row({static_cast<double>(a.area), id(a.reference_bus)});
        close();
    }
    number_names("area_name", grid_.areas);
    number_names("zone_name", grid_.zones);
}

std::string Writer::render() {
    out_ = "function mpc = " + function_name(grid_.name) + "\n\n";
    out_ +=
        "%% MATPOWER case format: version 2\nmpc.version = '2';\n\nmpc.baseMVA = " + exact(grid_.base_mva) + ";\n\n";
    if (grid_.frequency_hz != 50.0) out_ += "mpc.frequency_hz = " + exact(grid_.frequency_hz) + ";\n\n";
    buses();
    generators();
    branches();
    dc_lines();
    costs();
    areas();
    names("bus_name", grid_.buses, &BusRow::name);
    names("gen_name", grid_.generators, &GeneratorRow::name);
    names("genfuel", grid_.generators, &GeneratorRow::fuel);
    names("gentype", grid_.generators, &GeneratorRow::type);
    names("branch_name", grid_.branches, &BranchRow::name);
    return out_;
}

}  // namespace

std::string write_matpower(const Case& grid) {
    return Writer(grid).render();
}

}  // namespace araz
