// Twenty single faults in a small case: each is named with its file, line and column.
#include <gtest/gtest.h>

#include <array>

#include "araz/io/case_io.hpp"
#include "araz/model/network.hpp"
#include "unit/ring9.hpp"

namespace araz {
namespace {

struct Fault {
    const char* name;
    const char* old;  // text of ring9
    const char* by;   // what stands there instead
    const char* code;
    const char* marker;  // the finding points at this text ...
    std::size_t skip;    // ... plus so many characters
};

constexpr std::array faults{
    Fault{"DuplicateBus", "	6	1	60", "	5	1	60", "AZ1101", "5	1	60", 0},
    Fault{"BranchToMissingBus", "	5	6	0.008", "	5	66	0.008", "AZ1103", "66", 0},
    Fault{"BranchFromMissingBus", "	5	6	0.008", "	55	6	0.008", "AZ1103", "55	6", 0},
    Fault{"UnitAtMissingBus", "	4	90", "	44	90", "AZ1103", "44	90", 0},
    Fault{"SelfLoop", "	2	3	0.007", "	2	2	0.007", "AZ1104", "2	2	0.007", 2},
    Fault{"TwoReferences", "	7	2	0", "	7	3	0", "AZ1303", "7	3	0", 2},
    Fault{"NoReference", "	1	3	0", "	1	2	0", "AZ1301",
          "1	2	0	0	0", 2},
    Fault{"PminAbovePmax", "160	20;", "160	200;", "AZ1213", "160	200", 4},
    Fault{"QminAboveQmax", "120	-80", "-120	80", "AZ1214", "-120	80", 5},
    Fault{"VminAboveVmax",
          "	3	1	55	18	0	0	1	1	0	220	1	1.1	0.9",
          "	3	1	55	18	0	0	1	1	0	220	1	0.9	1.1",
          "AZ1215", "0.9	1.1", 4},
    Fault{"NegativeBase", "mpc.baseMVA = 100", "mpc.baseMVA = -100", "AZ1201", "mpc.baseMVA", 0},
    Fault{"NaNReactance", "0.008	0.052", "0.008	NaN", "AZ1202", "NaN", 0},
    Fault{"ZeroImpedance", "0.008	0.052", "0	0", "AZ1311", "5	6	0	0", 4},
    Fault{"NegativeTap", "0.98", "-0.98", "AZ1210", "-0.98", 0},
    Fault{"TapInPercent", "0.98", "98", "AZ1210", "98	0	1", 0},
    Fault{"NegativeRating", "0.043	0.07	200", "0.043	0.07	-200", "AZ1222", "-200", 0},
    Fault{"InfiniteLoad", "	60	21", "	Inf	21", "AZ1203", "Inf", 0},
    Fault{"BusTypeOutOfRange", "	8	1	45", "	8	0	45", "AZ1106", "8	0	45", 2},
    Fault{"DecimalComma", "0.005	0.034", "0.005	0,034", "AZ1015", "0,034", 0},
    Fault{"LetterInNumber", "0.006	0.042", "0.006	0.O42", "AZ1014", "0.O42", 0},
};
static_assert(faults.size() == 20);

class SingleFault : public testing::TestWithParam<Fault> {};

TEST_P(SingleFault, IsNamedWithFileLineAndColumn) {
    const Fault& fault = GetParam();
    const std::string text = test::replaced(test::ring9, fault.old, fault.by);
    const auto grid = case_format("matpower")->read(text, "ring9.m", {});
    const Findings findings = grid ? check_case(*grid) : grid.error().findings;
    const Finding* finding = test::find(findings, fault.code);
    ASSERT_NE(finding, nullptr) << render(findings);
    EXPECT_NE(finding->severity, Severity::info);
    EXPECT_EQ(finding->where.file, "ring9.m");
    EXPECT_EQ((test::Place{finding->where.line, finding->where.column}), test::place_of(text, fault.marker, fault.skip))
        << render(*finding);
    EXPECT_FALSE(finding->where.text.empty());
    EXPECT_FALSE(finding->label.empty() && finding->hint.empty());
}

INSTANTIATE_TEST_SUITE_P(Ring9, SingleFault, testing::ValuesIn(faults),
                         [](const auto& fault) { return std::string(fault.param.name); });

TEST(SingleFault, TheCaseWithoutAFaultHasNoFinding) {
    const auto grid = case_format("matpower")->read(test::ring9, "ring9.m", {});
    ASSERT_TRUE(grid);
    EXPECT_EQ(render(check_case(*grid)), "");
}

}  // namespace
}  // namespace araz
