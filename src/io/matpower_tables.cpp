#include "matpower_tables.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <unordered_map>

#include "araz/base/text.hpp"

namespace araz::matpower {

namespace {

using Variable = Interpreter::Variable;

constexpr std::array<std::string_view, 17> known_fields{
    "version",  "baseMVA",     "bus",     "gen",     "branch",    "gencost",   "dcline",       "areas",   "bus_name",
    "gen_name", "branch_name", "genfuel", "gentype", "area_name", "zone_name", "frequency_hz", "casename"};

// Where a file names itself: the place for what it lacks as a whole.
std::size_t header_of(std::string_view text) {
    const auto at = text.find("function");
    return at == std::string_view::npos ? 0 : at;
}

class TableReader {
public:
    TableReader(const Interpreter::Variables& variables, std::string mpc, Reporter& reporter, Case& grid)
        : variables_(variables), mpc_(std::move(mpc)), reporter_(reporter), grid_(grid) {}

    void fill();

private:
    [[nodiscard]] const Variable* field(std::string_view name) const;
    [[nodiscard]] std::string full(std::string_view name) const { return mpc_ + "." + std::string(name); }
    void fail(const Variable& variable, Note note) {
        reporter_.error(variable.offset, variable.width, std::move(note));
    }

    const Matrix* table(std::string_view name, int columns, bool required);
    std::optional<double> scalar(std::string_view name);
    const Cells* cells(std::string_view name);

    void read_base();
    void read_buses();
    void read_generators();
    void read_branches();
    void read_dc_lines();
    void read_costs();
    void read_areas();
    void read_number_names(std::string_view name, std::vector<AreaRow>& rows);
    template <class Row>
    void read_names(std::string_view name, std::vector<Row>& rows, std::string Row::*member, const Matrix* of);
    void note_unused_fields();

    // --- cells of one row ---
    [[nodiscard]] RowSource source(const Matrix& matrix, int row) const;
    [[nodiscard]] std::int64_t integer(const Matrix& matrix, int row, int col, std::string_view what, double low,
                                       double high);
    [[nodiscard]] BusId bus_id(const Matrix& matrix, int row, int col) {
        return BusId{integer(matrix, row, col, "a bus number", 1, 1e15)};
    }
    [[nodiscard]] bool in_service(const Matrix& matrix, int row, int col);
    void fail_cell(const Matrix& matrix, int row, int col, Note note);

    const Interpreter::Variables& variables_;
    std::string mpc_;
    Reporter& reporter_;
    Case& grid_;
    const Matrix* bus_ = nullptr;
    const Matrix* gen_ = nullptr;
    const Matrix* branch_ = nullptr;
};

const Variable* TableReader::field(std::string_view name) const {
    const auto found = variables_.find(full(name));
    return found == variables_.end() ? nullptr : &found->second;
}

const Matrix* TableReader::table(std::string_view name, int columns, bool required) {
    const Variable* variable = field(name);
    if (variable == nullptr) {
        // A table that was there but could not be read has been reported already.
        if (required && !reporter_.has_error())
            reporter_.error(
                header_of(reporter_.text()), 8, {"AZ1020", "the file has no table " + full(name), "", "is this a MATPOWER case, and is it complete?"});
        return nullptr;
    }
    const auto* matrix = std::get_if<Matrix>(&variable->value);
    if (matrix == nullptr) {
        fail(*variable,
             {"AZ1022", full(name) + " is " + std::string(kind_of(variable->value)) + ", not a matrix of numbers"});
        return nullptr;
    }
    if (matrix->rows == 0) {
        if (name == "bus" && !matrix->damaged)
            fail(*variable, {"AZ1020", full(name) + " has no rows", "a case needs at least one bus"});
        return matrix;
    }
    if (matrix->cols < columns) {
        fail(*variable, {"AZ1021",
                         full(name) + " has " + std::to_string(matrix->cols) + " columns, at least " +
                             std::to_string(columns) + " are needed",
                         "expected " + std::to_string(columns) + " columns or more",
                         "see appendix B of the MATPOWER User's Manual for their order"});
        return nullptr;
    }
    return matrix;
}

std::optional<double> TableReader::scalar(std::string_view name) {
    const Variable* variable = field(name);
    if (variable == nullptr) return std::nullopt;
    const auto* matrix = std::get_if<Matrix>(&variable->value);
    if (matrix != nullptr && matrix->is_scalar()) return matrix->cells[0];
    fail(*variable, {"AZ1022", full(name) + " must be one number", "expected a number"});
    return std::nullopt;
}

const Cells* TableReader::cells(std::string_view name) {
    const Variable* variable = field(name);
    if (variable == nullptr) return nullptr;
    if (const auto* found = std::get_if<Cells>(&variable->value)) return found;
    fail(*variable,
         {"AZ1022", full(name) + " is " + std::string(kind_of(variable->value)) + ", not a cell array of texts",
          "expected { 'a'; 'b'; ... }"});
    return nullptr;
}

RowSource TableReader::source(const Matrix& matrix, int row) const {
    RowSource out;
    if (matrix.places.empty()) return out;
    const RowPlace& place = matrix.places[static_cast<std::size_t>(row)];
    out.line = place.line;
    out.offset = static_cast<std::int64_t>(place.offset);
    return out;
}

void TableReader::fail_cell(const Matrix& matrix, int row, int col, Note note) {
    const SourcePoint point = locate(grid_, source(matrix, row), col);
    if (matrix.places.empty() || point.line == 0) return reporter_.error(std::move(note));
    reporter_.error(point, std::move(note));
}

std::int64_t TableReader::integer(const Matrix& matrix, int row, int col, std::string_view what, double low,
                                  double high) {
    const double value = matrix.at(row, col);
    if (value == std::floor(value) && value >= low && value <= high) return static_cast<std::int64_t>(value);
    fail_cell(matrix, row, col,
              {"AZ1102", shortest(value) + " is not " + std::string(what),
               "expected a whole number from " + shortest(low) + (high > 1e9 ? "" : " to " + shortest(high))});
    return 1;
}

bool TableReader::in_service(const Matrix& matrix, int row, int col) {
    const double value = matrix.at(row, col);
    if (std::isnan(value))
        fail_cell(matrix, row, col, {"AZ1107", "the status is not a number", "expected 1 (in service) or 0"});
    if (value != 0.0 && value != 1.0 && !std::isnan(value)) {
        const std::string treated = value > 0 ? "in service" : "out of service";
        reporter_.warning(
            locate(grid_, source(matrix, row), col),
            {"AZ1108", "the status " + shortest(value) + " is neither 0 nor 1 and was taken as " + treated,
             "expected 1 or 0", "write 1 or 0, or accept it with --allow AZ1108"});
    }
    return value > 0.0;
}

void TableReader::read_base() {
    const Variable* variable = field("baseMVA");
    if (variable == nullptr && !reporter_.has_error())
        reporter_.error(
            header_of(reporter_.text()), 8, {"AZ1023", "the file has no " + full("baseMVA"), "", "add a line such as " + full("baseMVA") + " = 100;"});
    if (const auto base = scalar("baseMVA")) {
        grid_.base_mva = *base;
        const SourcePoint place = point_in(grid_.files.front().text, grid_.path(), variable->offset);
        grid_.base_source.line = place.line;
        grid_.base_source.offset = static_cast<std::int64_t>(variable->offset);
        if (!(*base > 0.0) || std::isinf(*base))
            fail(*variable,
                 {"AZ1201", full("baseMVA") + " is " + shortest(*base), "expected a positive number of MVA",
                  "give the base of the per-unit values, usually 100"});
    }
    if (const auto frequency = scalar("frequency_hz")) grid_.frequency_hz = *frequency;
}

void TableReader::read_buses() {
    bus_ = table("bus", 13, true);
    if (bus_ == nullptr) return;
    const Matrix& m = *bus_;
    grid_.buses.reserve(static_cast<std::size_t>(m.rows));
    for (int i = 0; i < m.rows && !reporter_.is_full(); ++i) {
        BusRow& row = grid_.buses.emplace_back();
        row.source = source(m, i);
        row.bus = bus_id(m, i, 0);
        if (const double type = m.at(i, 1); type == 1 || type == 2 || type == 3 || type == 4) {
            row.type = static_cast<BusType>(static_cast<int>(type));
        } else {
            fail_cell(m, i, 1,
                      {"AZ1106", "bus " + shortest(m.at(i, 0)) + " has type " + shortest(type),
                       "expected 1 (PQ), 2 (PV), 3 (reference) or 4 (isolated)"});
        }
        row.pd_mw = m.at(i, 2);
        row.qd_mvar = m.at(i, 3);
        row.gs_mw = m.at(i, 4);
        row.bs_mvar = m.at(i, 5);
        row.area = static_cast<int>(integer(m, i, 6, "an area number", -1e9, 1e9));
        row.vm_pu = m.at(i, 7);
        row.va_deg = m.at(i, 8);
        row.base_kv = m.at(i, 9);
        row.zone = static_cast<int>(integer(m, i, 10, "a zone number", -1e9, 1e9));
        row.vmax_pu = m.at(i, 11);
        row.vmin_pu = m.at(i, 12);
    }
}

void TableReader::read_generators() {
    gen_ = table("gen", 10, true);
    if (gen_ == nullptr) return;
    const Matrix& m = *gen_;
    static constexpr std::array<double GeneratorRow::*, 11> optional_columns{
        &GeneratorRow::pc1_mw,      &GeneratorRow::pc2_mw,      &GeneratorRow::qc1min_mvar, &GeneratorRow::qc1max_mvar,
        &GeneratorRow::qc2min_mvar, &GeneratorRow::qc2max_mvar, &GeneratorRow::ramp_agc,    &GeneratorRow::ramp_10,
        &GeneratorRow::ramp_30,     &GeneratorRow::ramp_q,      &GeneratorRow::apf};
    grid_.generators.reserve(static_cast<std::size_t>(m.rows));
    for (int i = 0; i < m.rows && !reporter_.is_full(); ++i) {
        GeneratorRow& row = grid_.generators.emplace_back();
        row.source = source(m, i);
        row.bus = bus_id(m, i, 0);
        row.pg_mw = m.at(i, 1);
        row.qg_mvar = m.at(i, 2);
        row.qmax_mvar = m.at(i, 3);
        row.qmin_mvar = m.at(i, 4);
        row.vg_pu = m.at(i, 5);
        row.mbase_mva = m.at(i, 6);
        row.in_service = in_service(m, i, 7);
        row.pmax_mw = m.at(i, 8);
        row.pmin_mw = m.at(i, 9);
        for (int k = 0; k < 11 && 10 + k < m.cols; ++k)
            row.*optional_columns[static_cast<std::size_t>(k)] = m.at(i, 10 + k);
    }
}

void TableReader::read_branches() {
    branch_ = table("branch", 11, true);
    if (branch_ == nullptr) return;
    const Matrix& m = *branch_;
    grid_.branches.reserve(static_cast<std::size_t>(m.rows));
    for (int i = 0; i < m.rows && !reporter_.is_full(); ++i) {
        BranchRow& row = grid_.branches.emplace_back();
        row.source = source(m, i);
        row.from_bus = bus_id(m, i, 0);
        row.to_bus = bus_id(m, i, 1);
        row.r_pu = m.at(i, 2);
        row.x_pu = m.at(i, 3);
        row.b_pu = m.at(i, 4);
        row.rate_a_mva = m.at(i, 5);
        row.rate_b_mva = m.at(i, 6);
        row.rate_c_mva = m.at(i, 7);
        row.ratio = m.at(i, 8);
        row.shift_deg = m.at(i, 9);
        row.in_service = in_service(m, i, 10);
        if (m.cols > 11) row.angmin_deg = m.at(i, 11);
        if (m.cols > 12) row.angmax_deg = m.at(i, 12);
    }
}

void TableReader::read_dc_lines() {
    const Matrix* found = table("dcline", 17, false);
    if (found == nullptr) return;
    const Matrix& m = *found;
    static constexpr std::array<double DcLineRow::*, 14> columns{
        &DcLineRow::pf_mw,      &DcLineRow::pt_mw,      &DcLineRow::qf_mvar,    &DcLineRow::qt_mvar,
        &DcLineRow::vf_pu,      &DcLineRow::vt_pu,      &DcLineRow::pmin_mw,    &DcLineRow::pmax_mw,
        &DcLineRow::qminf_mvar, &DcLineRow::qmaxf_mvar, &DcLineRow::qmint_mvar, &DcLineRow::qmaxt_mvar,
        &DcLineRow::loss0_mw,   &DcLineRow::loss1};
    for (int i = 0; i < m.rows && !reporter_.is_full(); ++i) {
        DcLineRow& row = grid_.dc_lines.emplace_back();
        row.source = source(m, i);
        row.from_bus = bus_id(m, i, 0);
        row.to_bus = bus_id(m, i, 1);
        row.in_service = in_service(m, i, 2);
        for (int k = 0; k < 14; ++k) row.*columns[static_cast<std::size_t>(k)] = m.at(i, 3 + k);
    }
}

void TableReader::read_costs() {
    const Matrix* found = table("gencost", 5, false);
    if (found == nullptr) return;
    const Matrix& m = *found;
    for (int i = 0; i < m.rows && !reporter_.is_full(); ++i) {
        const auto model = integer(m, i, 0, "a cost model", 1, 2);
        const auto points = integer(m, i, 3, "a number of cost coefficients", 0, 1e6);
        const auto wanted = points * (model == 1 ? 2 : 1);
        if (wanted > m.cols - 4) {
            fail_cell(m, i, 3,
                      {"AZ1109",
                       "cost row " + std::to_string(i + 1) + " announces " + std::to_string(wanted) +
                           " coefficients, the table has room for " + std::to_string(m.cols - 4),
                       "does not fit the columns that follow"});
            continue;
        }
        GenCostRow& row = grid_.gen_costs.emplace_back();
        row.source = source(m, i);
        row.model = static_cast<int>(model);
        row.startup = m.at(i, 1);
        row.shutdown = m.at(i, 2);
        for (int k = 0; k < wanted; ++k) row.coefficients.push_back(m.at(i, 4 + k));
    }
}

void TableReader::read_areas() {
    if (const Matrix* found = table("areas", 2, false)) {
        for (int i = 0; i < found->rows && !reporter_.is_full(); ++i) {
            AreaRow& row = grid_.areas.emplace_back();
            row.source = source(*found, i);
            row.area = static_cast<int>(integer(*found, i, 0, "an area number", -1e9, 1e9));
            row.reference_bus = BusId{integer(*found, i, 1, "a bus number", 0, 1e15)};
        }
    }
    read_number_names("area_name", grid_.areas);
    read_number_names("zone_name", grid_.zones);
}

// { 1, 'north'; 2, 'south' }, or { 'north'; 'south' } for the numbers 1, 2, ...
void TableReader::read_number_names(std::string_view name, std::vector<AreaRow>& rows) {
    const Cells* names = cells(name);
    if (names == nullptr) return;
    for (int i = 0; i < names->rows; ++i) {
        const std::size_t first = static_cast<std::size_t>(i) * static_cast<std::size_t>(names->cols);
        const double* number = names->cols == 2 ? std::get_if<double>(&names->items[first]) : nullptr;
        const auto* text = std::get_if<std::string>(&names->items[first + (names->cols == 2 ? 1 : 0)]);
        const bool good =
            text != nullptr && (names->cols == 1 || (names->cols == 2 && number != nullptr &&
                                                     *number == std::floor(*number) && std::abs(*number) < 1e9));
        if (!good) {
            reporter_.error(
                names->places[static_cast<std::size_t>(i)].offset, 1,
                {"AZ1022", full(name) + " needs rows of a number and a text", "expected { 1, 'name'; ... }"});
            return;
        }
        const int area = number != nullptr ? static_cast<int>(*number) : i + 1;
        auto row = std::find_if(rows.begin(), rows.end(), [&](const AreaRow& r) { return r.area == area; });
        if (row == rows.end()) {
            row = rows.insert(rows.end(), AreaRow{});
            row->area = area;
        }
        row->name = *text;
    }
}

template <class Row>
void TableReader::read_names(std::string_view name, std::vector<Row>& rows, std::string Row::*member,
                             const Matrix* of) {
    const Cells* names = cells(name);
    if (names == nullptr || of == nullptr || of->damaged || names->damaged) return;
    if (names->items.size() != rows.size()) {
        fail(*field(name), {"AZ1105",
                            full(name) + " has " + std::to_string(names->items.size()) + " entries for " +
                                std::to_string(rows.size()) + " rows",
                            "expected one entry per row"});
        return;
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Cells::Item& item = names->items[i];
        const auto* text = std::get_if<std::string>(&item);
        rows[i].*member = text != nullptr ? *text : shortest(std::get<double>(item));
    }
}

void TableReader::note_unused_fields() {
    for (const auto& [name, variable] : variables_) {
        if (!name.starts_with(mpc_ + ".")) continue;
        const std::string_view inner = std::string_view(name).substr(mpc_.size() + 1);
        if (std::find(known_fields.begin(), known_fields.end(), inner) == known_fields.end())
            reporter_.info(variable.offset, variable.width, {"AZ1024", "the field " + name + " is not used"});
    }
}

void TableReader::fill() {
    read_base();
    read_buses();
    read_generators();
    read_branches();
    read_dc_lines();
    read_costs();
    read_areas();
    read_names("bus_name", grid_.buses, &BusRow::name, bus_);
    read_names("gen_name", grid_.generators, &GeneratorRow::name, gen_);
    read_names("genfuel", grid_.generators, &GeneratorRow::fuel, gen_);
    read_names("gentype", grid_.generators, &GeneratorRow::type, gen_);
    read_names("branch_name", grid_.branches, &BranchRow::name, branch_);
    note_unused_fields();
}

}  // namespace

void fill_case(const Interpreter::Variables& variables, const std::string& mpc, Reporter& reporter, Case& grid) {
    TableReader(variables, mpc, reporter, grid).fill();
}

}  // namespace araz::matpower
