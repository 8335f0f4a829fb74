// HVDC links of a case folder: values that are possible one by one and yet make no link together.
#include <algorithm>
#include <array>
#include <cmath>

#include "araz/base/text.hpp"
#include "case_folder_convert.hpp"

namespace araz::folder {

namespace {

/// Line-commutated converters take 50 to 60 % of their active power as reactive power (P. Kundur, Power System
/// Stability and Control, 1994, chapter 10); this is 60 %.
constexpr double default_lcc_power_factor = 0.857;

constexpr std::array of_converters{"control_from",      "control_to",   "q_set_from_mvar", "q_set_to_mvar",     "power_factor_from",
                                   "power_factor_to",   "loss_from_mw", "loss_to_mw",      "loss_from_percent", "loss_to_percent",
                                   "r_ohm",             "vdc_kv",       "p_mode",          "p0_mw",             "droop_mw_per_deg"};

class LinkChecker {
public:
    LinkChecker(const Table& table, const Row& row, Report& report) : table_(table), row_(row), report_(report) {}

    void check();

private:
    void check_end(const std::string& side);
    void check_lcc_end(const std::string& side);
    void check_vsc_end(const std::string& side);
    void check_line();
    void check_power();

    [[nodiscard]] const Cell& cell(std::string_view column) const { return row_.cells[table_.at(column)]; }
    [[nodiscard]] bool has(std::string_view column) const { return !cell(column).text.empty(); }
    [[nodiscard]] double number(std::string_view column) const { return number_of(cell(column), 0.0); }
    void refuse(std::string_view column, const std::string& what, std::string note, std::string hint) {
        report_.error(cell(column).place, {"AZ1430", table_.label(row_), table_.label(row_) + ": " + what, std::move(note), std::move(hint)});
    }

    const Table& table_;
    const Row& row_;
    Report& report_;
};

void LinkChecker::check_lcc_end(const std::string& side) {
    for (const std::string& column : {"control_" + side, "q_set_" + side + "_mvar"})
        if (has(column))
            refuse(column, column + " is given, but a line-commutated converter controls no reactive power",
                   "it takes P tan(phi) by its power factor", "leave the cell empty, or make the link a vsc");
    const std::string factor = "power_factor_" + side;
    if (has(factor) && !(number(factor) > 0.0))
        refuse(factor, factor + " is " + cell(factor).text, "above 0, up to 1 for a line-commutated converter, which always takes reactive power", "");
}

void LinkChecker::check_vsc_end(const std::string& side) {
    const std::string control = "control_" + side;
    const std::string& word = cell(control).text;
    const std::string q_set = "q_set_" + side + "_mvar";
    const std::string factor = "power_factor_" + side;
    if (word == "q" && !has(q_set)) refuse(control, control + " is q without a " + q_set, "a value is needed there", "");
    if (word != "q" && has(q_set)) refuse(q_set, q_set + " is given, but " + control + " is " + (word.empty() ? "v" : word), "", "set " + control + " to q, or leave the cell empty");
    if (word == "pf" && !(std::abs(number(factor)) > 0.0))
        refuse(control, control + " is pf without a " + factor, "a value other than 0 is needed there; positive feeds reactive power in", "");
    if (word != "pf" && has(factor)) refuse(factor, factor + " is given, but " + control + " is " + (word.empty() ? "v" : word), "", "set " + control + " to pf, or leave the cell empty");
    if (word == "q" && has(q_set) && (number(q_set) < number("qmin_mvar") || number(q_set) > number("qmax_mvar")))
        refuse(q_set, q_set + " is " + cell(q_set).text + " MVAr, outside the limits of the converter",
               "qmin_mvar is " + cell("qmin_mvar").text + ", qmax_mvar " + cell("qmax_mvar").text, "");
}

void LinkChecker::check_end(const std::string& side) {
    if (cell("technology").text == "lcc") check_lcc_end(side);
    else check_vsc_end(side);
}

// Beyond half its voltage a line delivers less the more it is given.
void LinkChecker::check_line() {
    if (number("r_ohm") > 0.0 && !has("vdc_kv"))
        refuse("r_ohm", "r_ohm is given without vdc_kv", "losses need the voltage of the line", "give vdc_kv, or leave the cell empty");
    if (!has("vdc_kv")) return;
    const double most = std::max(std::abs(number("pmin_mw")), std::abs(number("pmax_mw")));
    const double drop = number("r_ohm") * most / (number("vdc_kv") * number("vdc_kv"));
    if (drop >= 0.5)
        refuse("r_ohm", "the line loses " + shortest(std::round(drop * 1000.0) / 10.0) + " % of its voltage at " + shortest(most) + " MW",
               "it can carry nothing more from 50 % on", "is r_ohm in ohm and vdc_kv the voltage of the DC line?");
}

void LinkChecker::check_power() {
    if (number("loss_percent") > 0.0)
        refuse("loss_percent", "loss_percent is given beside a technology", "the losses of an lcc or vsc link are those of its ends and its line",
               "use loss_from_percent, loss_to_percent and r_ohm");
    if (number("p_mw") < number("pmin_mw") || number("p_mw") > number("pmax_mw"))
        refuse("p_mw", "p_mw is " + cell("p_mw").text + " MW, outside its own limits",
               "pmin_mw is " + cell("pmin_mw").text + ", pmax_mw " + cell("pmax_mw").text, "");
    if (cell("p_mode").text == "ac_emulation" && !has("droop_mw_per_deg"))
        refuse("p_mode", "p_mode is ac_emulation without a droop_mw_per_deg", "a value is needed there", "");
    if (cell("p_mode").text == "ac_emulation" && cell("from_bus").text == cell("to_bus").text)
        refuse("p_mode", "p_mode is ac_emulation, but both ends stand at one bus", "there is no angle between them", "");
}

void LinkChecker::check() {
    if (!has("technology")) {
        for (const char* column : of_converters)
            if (has(column)) {
                refuse(column, std::string(column) + " is given without a technology", "the row is a dcline of MATPOWER, which has no such value",
                       "set technology to lcc or vsc, or leave the cell empty");
                return;  // once says it
            }
        return;
    }
    check_end("from");
    check_end("to");
    check_line();
    check_power();
}

}  // namespace

void read_converters(const Table& table, const Row& row, DcLineRow& out) {
    const auto text = [&](const std::string& column) -> const std::string& { return row.cells[table.at(column)].text; };
    const auto number = [&](const std::string& column, double missing = 0.0) { return number_of(row.cells[table.at(column)], missing); };
    if (text("technology").empty()) return;
    out.technology = text("technology") == "lcc" ? DcTechnology::lcc : DcTechnology::vsc;
    const auto end = [&](const std::string& side) {
        DcEnd at;
        const std::string& word = text("control_" + side);
        at.control = out.technology == DcTechnology::lcc || word == "pf" ? DcControl::pf
                     : word == "q"                                       ? DcControl::q
                                                                         : DcControl::v;
        at.q_set_mvar = number("q_set_" + side + "_mvar");
        at.power_factor = number("power_factor_" + side, default_lcc_power_factor);
        at.idle_loss_mw = number("loss_" + side + "_mw");
        at.loss_share = number("loss_" + side + "_percent") / 100.0;
        return at;
    };
    out.from_end = end("from");
    out.to_end = end("to");
    out.r_ohm = number("r_ohm");
    out.vdc_kv = number("vdc_kv");
    out.ac_emulation = text("p_mode") == "ac_emulation";
    out.p0_mw = number("p0_mw");
    out.droop_mw_per_deg = number("droop_mw_per_deg");
    out.pt_mw = dc_flow(law_of(out), out.pf_mw).p_to;
    out.loss1 = 0.0;
}

void check_hvdc(const Tables& tables, Report& report) {
    const Table& table = tables["hvdc"];
    for (const Row& row : table.rows()) LinkChecker(table, row, report).check();
}

}  // namespace araz::folder
