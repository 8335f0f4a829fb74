#include "araz/base/text.hpp"
#include "araz/io/csv.hpp"
#include "araz/io/factor_io.hpp"
#include "araz/io/pv_io.hpp"
#include "araz/io/result_io.hpp"
#include "result_columns.hpp"

namespace araz {

namespace {

std::vector<Table> to_text(const std::vector<ColumnTable>& tables) {
    std::vector<Table> out;
    for (const ColumnTable& table : tables) out.push_back(to_text(table));
    return out;
}

std::vector<std::string> names_of(const std::vector<ColumnTable>& tables) {
    std::vector<std::string> names;
    for (const ColumnTable& table : tables) names.push_back(table.name);
    return names;
}

Result<std::string> csv_of(const std::vector<ColumnTable>& tables, std::string_view wanted) {
    for (const ColumnTable& table : tables)
        if (wanted.empty() || table.name == wanted) return render_csv(to_text(table));
    const auto names = names_of(tables);
    return Error::make(ErrorKind::usage, "AZ3020",
                       "this result has no table '" + std::string(wanted) + "'" + did_you_mean(wanted, names),
                       "its tables are " + join(names, ", "));
}

}  // namespace

Result<std::string> to_csv(const PfResult& result, std::string_view table) {
    return csv_of(column_tables(result), table);
}
Result<std::string> to_csv(const N1Result& result, std::string_view table) {
    return csv_of(column_tables(result), table);
}
Result<std::string> to_csv(const CapacityResult& result, std::string_view table) {
    return csv_of(column_tables(result), table);
}
Result<std::string> to_csv(const PtdfResult& result, std::string_view table) {
    return csv_of(column_tables(result), table);
}
Result<std::string> to_csv(const LodfResult& result, std::string_view table) {
    return csv_of(column_tables(result), table);
}
Result<std::string> to_csv(const PvResult& result, std::string_view table) {
    return csv_of(column_tables(result), table);
}

std::vector<Table> tables_of(const PfResult& result) { return to_text(column_tables(result)); }
std::vector<Table> tables_of(const N1Result& result) { return to_text(column_tables(result)); }
std::vector<Table> tables_of(const CapacityResult& result) { return to_text(column_tables(result)); }

std::vector<std::string> csv_tables(std::string_view schema) {
    if (schema == "araz.pf/1") return names_of(column_tables(PfResult{}));
    if (schema == "araz.n1/1") return names_of(column_tables(N1Result{}));
    if (schema == "araz.capacity/1") return names_of(column_tables(CapacityResult{}));
    if (schema == "araz.pv/1") return names_of(column_tables(PvResult{}));
    if (schema == "araz.ptdf/1") return names_of(column_tables(PtdfResult{}));
    if (schema == "araz.lodf/1") return names_of(column_tables(LodfResult{}));
    return {};
}

}  // namespace araz
