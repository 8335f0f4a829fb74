// Single faults of the usual kinds, injected into a case file: `check` and `pf` name each with file, line and
// column, before or instead of a failed solve. On an invented case, and on the public case9 where it is at hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <functional>

#include "support/program.hpp"
#include "unit/ring9.hpp"

namespace araz::testing {
namespace {

struct Spot {
    std::size_t at = 0;  ///< byte of a cell
    std::size_t size = 0;
};

// Cell `column` of row `row` of a table, both from 0; a row per line, cells between tabs.
Spot cell(const std::string& text, const std::string& table, int row, int column) {
    std::size_t at = text.find("mpc." + table + " = [");
    if (at == std::string::npos) throw std::logic_error("no table " + table);
    for (int k = 0; k <= row; ++k) at = text.find('\n', at) + 1;
    ++at;  // the tab before the first cell
    for (int k = 0; k < column; ++k) at = text.find('\t', at) + 1;
    return {at, text.find_first_of("\t;", at) - at};
}

struct Damaged {
    std::string text;
    std::size_t at = 0;  ///< where the fault stands in `text`
};

Damaged put(const std::string& text, const std::string& table, int row, int column, const std::string& value) {
    const Spot spot = cell(text, table, row, column);
    std::string out = text;
    return {out.replace(spot.at, spot.size, value), spot.at};
}

Damaged put_text(const std::string& text, const std::string& old, const std::string& by, std::size_t skip = 0) {
    const auto at = text.find(old);
    if (at == std::string::npos) throw std::logic_error("no text " + old);
    std::string out = text;
    return {out.replace(at, old.size(), by), at + skip};
}

// Two cells of one row change places; the fault is named at the first or the second.
Damaged exchange(const std::string& text, const std::string& table, int row, int one, int other, bool at_other) {
    const Spot a = cell(text, table, row, one);
    const Spot b = cell(text, table, row, other);
    const std::string first = text.substr(a.at, a.size);
    const std::string second = text.substr(b.at, b.size);
    Damaged out = put(text, table, row, one, second);
    out = put(out.text, table, row, other, first);
    out.at = cell(out.text, table, row, at_other ? other : one).at;
    return out;
}

// Two columns of a whole table change places.
Damaged exchange_columns(std::string text, const std::string& table, int rows, int one, int other, int named) {
    for (int row = 0; row < rows; ++row) text = exchange(text, table, row, one, other, false).text;
    return {text, cell(text, table, 0, named).at};
}

struct Fault {
    const char* name;
    const char* code;
    std::function<Damaged(const std::string&)> inject;
};

void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

using T = const std::string&;

std::vector<Fault> faults() {
    return {
        {"BranchToMissingBus", "AZ1103", [](T t) { return put(t, "branch", 3, 1, "99"); }},
        {"UnitAtMissingBus", "AZ1103", [](T t) { return put(t, "gen", 1, 0, "22"); }},
        {"DuplicateBus", "AZ1101", [](T t) { return put(t, "bus", 5, 0, "5"); }},
        {"NoReference", "AZ1301", [](T t) { return put(t, "bus", 0, 1, "2"); }},
        {"TwoReferences", "AZ1303", [](T t) { return put(t, "bus", t.find("ring9") == std::string::npos ? 1 : 3, 1, "3"); }},
        {"BusTypeOutOfRange", "AZ1106", [](T t) { return put(t, "bus", 4, 1, "7"); }},
        {"BusNumberNotWhole", "AZ1102", [](T t) { return put(t, "bus", 4, 0, "5.5"); }},
        {"StatusTwo", "AZ1108", [](T t) { return put(t, "branch", 4, 10, "2"); }},
        {"SelfLoop", "AZ1104", [](T t) { const Spot from = cell(t, "branch", 2, 0); return put(t, "branch", 2, 1, t.substr(from.at, from.size)); }},
        {"IslandWithoutSource", "AZ1304",
         [](T t) {
             // Bus 5 hangs on branches 4-5 and 5-6.
             std::string out = t;
             for (int row = 0; row < 9; ++row) {
                 const Spot f = cell(out, "branch", row, 0), to = cell(out, "branch", row, 1);
                 if (out.substr(f.at, f.size) == "5" || out.substr(to.at, to.size) == "5") out = put(out, "branch", row, 10, "0").text;
             }
             return Damaged{out, cell(out, "bus", 4, 0).at};
         }},
        {"VoltageAndAngleColumnsExchanged", "AZ1220", [](T t) { return exchange_columns(t, "bus", 9, 7, 8, 7); }},
        {"LimitColumnsOfVoltageExchanged", "AZ1215", [](T t) { return exchange_columns(t, "bus", 9, 11, 12, 12); }},
        {"ResistanceAndReactanceColumnsExchanged", "AZ1231", [](T t) { return exchange_columns(t, "branch", 9, 2, 3, 3); }},
        {"ResistanceAndReactanceOfOneBranchExchanged", "AZ1243", [](T t) { return exchange(t, "branch", 2, 2, 3, false); }},
        {"ReactiveLimitsOfAUnitExchanged", "AZ1214", [](T t) { return exchange(t, "gen", 1, 3, 4, true); }},
        {"PminAbovePmax", "AZ1213", [](T t) { return put(t, "gen", 1, 9, "400"); }},
        {"NotANumber", "AZ1202", [](T t) { return put(t, "bus", 4, 2, "NaN"); }},
        {"InfiniteLoad", "AZ1203", [](T t) { return put(t, "bus", 4, 2, "Inf"); }},
        {"NegativeReactance", "AZ1242", [](T t) { return put(t, "branch", 2, 3, "-0.17"); }},
        {"ZeroImpedance", "AZ1311", [](T t) { const Damaged d = put(put(t, "branch", 2, 2, "0").text, "branch", 2, 3, "0"); return Damaged{d.text, cell(d.text, "branch", 2, 2).at}; }},
        {"NegativeRating", "AZ1222", [](T t) { return put(t, "branch", 2, 5, "-150"); }},
        {"TapInAnotherUnit", "AZ1210", [](T t) { return put(t, "branch", 0, 8, "10"); }},
        {"TapOfOneHundredth", "AZ1210", [](T t) { return put(t, "branch", 0, 8, "0.01"); }},
        {"ShiftBeyondHalfATurn", "AZ1212", [](T t) { return put(t, "branch", 0, 9, "330"); }},
        {"SignOfALoad", "AZ1245", [](T t) { const Spot s = cell(t, "bus", 4, 2); return put(t, "bus", 4, 2, "-" + t.substr(s.at, s.size)); }},
        {"LoadInKilowatts", "AZ1230", [](T t) { const Spot s = cell(t, "bus", 4, 2); return put(t, "bus", 4, 2, t.substr(s.at, s.size) + "000"); }},
        {"LoadTenTimesTooLarge", "AZ1246", [](T t) { return put(t, "bus", 4, 2, "900"); }},
        {"NominalVoltageInVolts", "AZ1241", [](T t) { const Spot s = cell(t, "bus", 5, 9); return put(t, "bus", 5, 9, t.substr(s.at, s.size) + "000"); }},
        {"NominalVoltageOfOneBusWrong", "AZ1229", [](T t) { return put(t, "bus", 5, 9, "34.5"); }},
        {"BaseInKilovoltAmperes", "AZ1240", [](T t) { return put_text(t, "mpc.baseMVA = 100", "mpc.baseMVA = 100000"); }},
        {"BaseZero", "AZ1201", [](T t) { return put_text(t, "mpc.baseMVA = 100", "mpc.baseMVA = 0"); }},
        {"SetPointZero", "AZ1221", [](T t) { return put(t, "gen", 1, 5, "0"); }},
        {"SetPointInKilovolts", "AZ1247", [](T t) { return put(t, "gen", 1, 5, "353.6"); }},
        {"StoredVoltageInKilovolts", "AZ1220", [](T t) { return put(t, "bus", 4, 7, "345"); }},
        {"OutputAboveItsLimit", "AZ1217", [](T t) { return put(t, "gen", 1, 1, "1630"); }},
        {"TextInACell", "AZ1014", [](T t) { return put(t, "branch", 2, 3, "0.I7"); }},
        {"DecimalComma", "AZ1015", [](T t) { return put(t, "gen", 0, 5, "1,04"); }},
        {"MissingCell", "AZ1013",
         [](T t) {
             const Spot s = cell(t, "branch", 2, 4);
             std::string out = t;
             out.erase(s.at, s.size + 1);
             return Damaged{out, cell(out, "branch", 2, 0).at};
         }},
        {"MissingSemicolon", "AZ1013",
         [](T t) {
             const std::size_t end = t.find(";\n", cell(t, "bus", 1, 0).at);
             std::string out = t;
             out.replace(end, 2, "\t");
             return Damaged{out, cell(out, "bus", 1, 0).at};
         }},
        {"UnbalancedBracket", "AZ1012",
         [](T t) {
             std::string out = t;
             out.erase(out.find("];"), 2);
             return Damaged{out, out.find('[', out.find("mpc.bus"))};
         }},
        {"MissingTable", "AZ1020",
         [](T t) {
             std::string out = t;
             const std::size_t begin = out.find("mpc.gen = [");
             out.erase(begin, out.find("];", begin) + 2 - begin);
             return Damaged{out, out.find("function")};
         }},
    };
}

std::string place_in(const std::string& text, std::size_t at) {
    int line = 1, column = 1;
    for (std::size_t k = 0; k < at; ++k) {
        ++column;
        if (text[k] == '\n') {
            ++line;
            column = 1;
        }
    }
    return std::to_string(line) + ":" + std::to_string(column) + "\n";
}

void expect_named(const Fault& fault, const std::string& good) {
    const ScratchFolder folder;
    const Damaged damaged = fault.inject(good);
    ASSERT_NE(damaged.text, good);
    const std::string file = folder.write("case.m", damaged.text);
    for (const std::string verb : {"check", "pf"}) {
        const ProgramRun plain = run_araz({verb, file});
        const std::string said = plain.out + plain.err;
        std::size_t at = said.find("[" + std::string(fault.code) + "]");
        ASSERT_NE(at, std::string::npos) << verb << "\n" << said;
        EXPECT_TRUE(said.substr(0, at).ends_with("error") || said.substr(0, at).ends_with("warning")) << said;
        // One of the findings with this code stands exactly there.
        EXPECT_THAT(said, ::testing::HasSubstr("--> " + file + ":" + place_in(damaged.text, damaged.at))) << verb;
        EXPECT_TRUE(plain.exit_code == 0 || plain.exit_code == 3 || plain.exit_code == 4) << verb << plain.exit_code;
    }
}

class InjectedFault : public ::testing::TestWithParam<Fault> {};

TEST_P(InjectedFault, IsNamedInTheRing) { expect_named(GetParam(), test::ring9); }

TEST_P(InjectedFault, IsNamedInThePublicCase9) {
    const char* folder = std::getenv("ARAZ_CASES_DIR");
    const std::string file = folder == nullptr ? "" : std::string(folder) + "/matpower/case9.m";
    if (folder == nullptr || !std::filesystem::exists(file)) GTEST_SKIP() << "case9 is not at hand";
    expect_named(GetParam(), read_bytes(file));
}

INSTANTIATE_TEST_SUITE_P(Usual, InjectedFault, ::testing::ValuesIn(faults()), [](const auto& fault) { return std::string(fault.param.name); });

TEST(InjectedFaults, AreAtLeastTwenty) { EXPECT_GE(faults().size(), 20U); }

}  // namespace
}  // namespace araz::testing
