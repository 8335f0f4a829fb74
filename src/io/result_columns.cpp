#include "result_columns.hpp"

#include <cmath>
#include <type_traits>

#include "araz/base/check.hpp"
#include "araz/base/text.hpp"

namespace araz {

namespace {

template <class R>
using Rows = std::vector<const R*>;

template <class R>
Rows<R> pointers(const std::vector<R>& records) {
    Rows<R> rows;
    rows.reserve(records.size());
    for (const R& record : records) rows.push_back(&record);
    return rows;
}

Flags flags_of(Words words) {
    Flags flags;
    flags.words.assign(words.begin(), words.end());
    return flags;
}

// An empty word means "does not apply"; any other word must be one of the contract.
std::int8_t code_of(const Flags& flags, std::string_view word, std::string_view field) {
    for (std::size_t i = 0; i < flags.words.size(); ++i)
        if (flags.words[i] == word) return static_cast<std::int8_t>(i);
    ARAZ_CHECK(word.empty(), "'" + std::string(word) + "' is not a word of " + std::string(field));
    return Flags::none;
}

template <class R, class F>
auto values_of(const Rows<R>& rows, const F& field) -> decltype(Column::values) {
    using Member = std::remove_cvref_t<decltype(rows.front()->*field.member)>;
    if constexpr (std::is_same_v<Member, double>) {
        std::vector<double> values;
        for (const R* row : rows) values.push_back(row->*field.member);
        return values;
    } else if constexpr (std::is_same_v<Member, bool>) {
        Flags flags{{}, {"false", "true"}};
        for (const R* row : rows) flags.codes.push_back(row->*field.member ? 1 : 0);
        return flags;
    } else if constexpr (std::is_integral_v<Member>) {
        std::vector<std::int64_t> values;
        for (const R* row : rows) {
            const std::int64_t value = row->*field.member;
            values.push_back(field.zero_is_none && value == 0 ? no_integer : value);
        }
        return values;
    } else if constexpr (std::is_same_v<Member, SolveStatus>) {
        Flags flags = flags_of(field.words);
        for (const R* row : rows) flags.codes.push_back(code_of(flags, to_string(row->*field.member), field.key));
        return flags;
    } else if constexpr (std::is_same_v<Member, std::string>) {
        if (!field.words.empty()) {
            Flags flags = flags_of(field.words);
            for (const R* row : rows) flags.codes.push_back(code_of(flags, row->*field.member, field.key));
            return flags;
        }
        std::vector<std::string> values;
        for (const R* row : rows) values.push_back(row->*field.member);
        return values;
    } else {
        static_assert(std::is_same_v<Member, std::vector<std::string>>);
        std::vector<std::string> values;
        for (const R* row : rows) values.push_back(join(row->*field.member, "; "));
        return values;
    }
}

template <class T>
constexpr bool is_table = false;
template <Record R>
constexpr bool is_table<std::vector<R>> = true;

// Nested records become columns with a prefix; nested tables and the certificate have tables of their own.
template <Record R>
void add_columns(std::vector<Column>& columns, const Rows<R>& rows, const std::string& prefix) {
    for_each_field<R>([&](const auto& field) {
        using Member = std::remove_cvref_t<decltype(rows.front()->*field.member)>;
        const std::string name = prefix + std::string(field.key);
        if constexpr (Record<Member>) {
            if constexpr (!std::is_same_v<Member, Certificate>) {
                Rows<Member> nested;
                for (const R* row : rows) nested.push_back(&(row->*field.member));
                add_columns(columns, nested, field.inlined ? prefix : name + "_");
            }
        } else if constexpr (!is_table<Member> && !std::is_same_v<Member, std::vector<double>>) {
            columns.push_back({name, std::string(field.title), field.coordinate, field.given, values_of(rows, field)});
        }
    });
}

template <Record R>
ColumnTable table(std::string name, std::string dimension, std::string key, const Rows<R>& rows) {
    ColumnTable out{std::move(name), std::move(dimension), std::move(key), {}};
    add_columns(out.columns, rows, "");
    return out;
}

// Rows of all directions in one table, led by the direction they belong to. `pick` gives a direction's rows.
template <Record R, class Pick>
ColumnTable directed(const CapacityResult& result, std::string name, std::string dimension, const std::string& key,
                     Pick&& pick) {
    Rows<R> rows;
    std::vector<std::string> from;
    std::vector<std::string> to;
    for (const DirectionResult& direction : result.directions) {
        for (const R* row : pick(direction)) {
            rows.push_back(row);
            from.push_back(direction.from);
            to.push_back(direction.to);
        }
    }
    ColumnTable out{std::move(name), std::move(dimension), key.empty() ? "from,to" : "from,to," + key, {}};
    out.columns.push_back({"from", "exporting side", true, false, std::move(from)});
    out.columns.push_back({"to", "importing side", true, false, std::move(to)});
    add_columns(out.columns, rows, "");
    return out;
}

// Rows of all curves in one table, led by the contingency they belong to.
template <Record R>
ColumnTable of_curves(const PvResult& result, std::string name, std::string dimension, const std::string& key,
                      const std::vector<R> PvCurve::* list) {
    Rows<R> rows;
    std::vector<std::string> contingencies;
    for (const PvCurve& curve : result.curves)
        for (const R& row : curve.*list) {
            rows.push_back(&row);
            contingencies.push_back(curve.contingency);
        }
    ColumnTable out{std::move(name), std::move(dimension), "contingency," + key, {}};
    out.columns.push_back({"contingency", "outage; empty: intact grid", true, false, std::move(contingencies)});
    add_columns(out.columns, rows, "");
    return out;
}

// Rows of a matrix: the labels of each row, then one column of numbers per column of the matrix.
template <Record R>
ColumnTable matrix(std::string name, std::string dimension, std::string key, const std::vector<R>& rows,
                   const std::vector<double> R::* values, const std::vector<std::string>& columns,
                   const std::string& title) {
    ColumnTable out = table(std::move(name), std::move(dimension), std::move(key), pointers(rows));
    for (std::size_t c = 0; c < columns.size(); ++c) {
        std::vector<double> numbers;
        numbers.reserve(rows.size());
        for (const R& row : rows) numbers.push_back((row.*values)[c]);
        out.columns.push_back({columns[c], title, false, false, std::move(numbers)});
    }
    return out;
}

}  // namespace

std::size_t Column::size() const {
    return std::visit(
        [](const auto& list) {
            if constexpr (std::is_same_v<std::remove_cvref_t<decltype(list)>, Flags>) return list.codes.size();
            else return list.size();
        },
        values);
}

std::string Column::text(std::size_t row) const {
    if (const auto* real = std::get_if<std::vector<double>>(&values))
        return std::isfinite((*real)[row]) ? shortest((*real)[row]) : std::string{};
    if (const auto* integer = std::get_if<std::vector<std::int64_t>>(&values))
        return (*integer)[row] == no_integer ? std::string{} : std::to_string((*integer)[row]);
    if (const auto* text = std::get_if<std::vector<std::string>>(&values)) return (*text)[row];
    const auto& flags = std::get<Flags>(values);
    return flags.codes[row] == Flags::none ? std::string{} : flags.words[static_cast<std::size_t>(flags.codes[row])];
}

std::vector<ColumnTable> column_tables(const PfResult& result) {
    return {table("branches", "branch", "branch", pointers(result.branches)),
            table("buses", "bus", "bus", pointers(result.buses)),
            table("generators", "generator", "generator", pointers(result.generators)),
            table("dc_lines", "dc_line", "dc_line", pointers(result.dc_lines)),
            table("slack_groups", "slack_group", "island,area", pointers(result.slack_groups)),
            table("slack_shares", "slack_share", "kind,generator,bus", pointers(result.slack_shares)),
            table("controls", "device", "device", pointers(result.controls)),
            table("control_actions", "control_action", "action", pointers(result.control_actions)),
            table("areas", "area", "area", pointers(result.areas)),
            table("ties", "tie", "branch", pointers(result.ties)),
            table("violations", "violation", "kind,branch,bus", pointers(result.violations))};
}

std::vector<ColumnTable> column_tables(const N1Result& result) {
    Rows<Violation> violations;
    for (const ContingencyResult& row : result.contingencies)
        for (const Violation& violation : row.violations) violations.push_back(&violation);
    std::vector<ColumnTable> tables{
        table("contingencies", "contingency", "contingency", pointers(result.contingencies)),
        table("violations", "violation", "contingency,kind,branch,bus", violations)};
    for (ColumnTable& base : column_tables(result.base)) {
        base.name = "base_" + base.name;
        tables.push_back(std::move(base));
    }
    return tables;
}

std::vector<ColumnTable> column_tables(const CapacityResult& result) {
    using D = DirectionResult;
    return {table("directions", "direction", "from,to", pointers(result.directions)),
            directed<Limiter>(result, "limiters", "limiter", "cause,branch,bus,contingency",
                              [](const D& d) { return pointers(d.limiters); }),
            directed<TransferStep>(result, "steps", "step", "", [](const D& d) { return pointers(d.steps); }),
            directed<GeneratorShift>(result, "shifts", "shift", "generator",
                                     [](const D& d) { return pointers(d.shifts); }),
            directed<TieResult>(result, "ties", "tie", "branch", [](const D& d) { return pointers(d.ties); }),
            directed<Certificate>(result, "certificates", "direction", "",
                                  [](const D& d) { return Rows<Certificate>{&d.certificate}; }),
            directed<Violation>(result, "base_violations", "violation", "contingency,kind,branch,bus",
                                [](const D& d) { return pointers(d.base_violations); }),
            directed<RemedialResult>(result, "remedial", "remedial", "action",
                                     [](const D& d) { return pointers(d.remedial); }),
            table("reinforcements", "reinforcement", "variant,from,to", pointers(result.reinforcements)),
            table("controls", "device", "device", pointers(result.controls)),
            table("control_actions", "control_action", "action", pointers(result.control_actions))};
}

std::vector<ColumnTable> column_tables(const PtdfResult& result) {
    std::vector<std::string> columns;
    for (const FactorColumn& column : result.columns) columns.push_back(column.column);
    return {matrix("ptdf", "branch", "branch", result.branches, &TransferFactorRow::ptdf, columns, "PTDF"),
            matrix("otdf", "post_outage", "outage,branch", result.post_outage, &OutageTransferRow::otdf, columns, "OTDF"),
            table("columns", "column", "column", pointers(result.columns)),
            table("participants", "participant", "column,bus", pointers(result.participants)),
            table("slack", "slack", "bus", pointers(result.slack))};
}

std::vector<ColumnTable> column_tables(const LodfResult& result) {
    std::vector<std::string> columns;
    for (const FactorOutage& outage : result.outages) columns.push_back(std::to_string(outage.outage));
    return {matrix("lodf", "branch", "branch", result.branches, &OutageFactorRow::lodf, columns, "LODF"),
            table("outages", "outage", "outage", pointers(result.outages))};
}

std::vector<ColumnTable> column_tables(const PvResult& result) {
    ColumnTable points = of_curves(result, "points", "row", "point", &PvCurve::points);
    for (std::size_t k = 0; k < result.buses.size(); ++k) {
        std::vector<double> values;
        for (const PvCurve& curve : result.curves)
            for (const PvPoint& point : curve.points) values.push_back(point.vm_pu[k]);
        points.columns.push_back({"vm_pu_" + std::to_string(result.buses[k].bus), "voltage magnitude, per unit", false,
                                  false, std::move(values)});
    }
    return {std::move(points), table("curves", "curve", "contingency", pointers(result.curves)),
            of_curves(result, "events", "event_row", "event,bus,branch", &PvCurve::events),
            of_curves(result, "critical_buses", "critical", "bus", &PvCurve::critical_buses),
            table("buses", "bus", "bus", pointers(result.buses))};
}

Table to_text(const ColumnTable& table) {
    Table out{table.name, table.key, {}, {}};
    for (const Column& column : table.columns) out.columns.push_back(column.name);
    out.rows.resize(table.rows());
    for (std::size_t row = 0; row < out.rows.size(); ++row)
        for (const Column& column : table.columns) out.rows[row].push_back(column.text(row));
    return out;
}

}  // namespace araz
