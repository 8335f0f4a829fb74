// Linear factors against DC flows solved afresh, and what they must obey on any grid.
//
// The DC model is linear, so a factor predicts a re-solved flow to rounding. On these grids flows and
// injections are of order 1 p.u., condition numbers below 1e4, and denominators 1 - ptdf of outages above
// 1e-3: 1e-9 leaves three decades.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "araz/study/factors.hpp"
#include "support/factors.hpp"
#include "support/grids.hpp"
#include "support/study.hpp"

namespace araz::testing {
namespace {

constexpr double tolerance = 1e-9;

class Factors : public ::testing::TestWithParam<int> {
protected:
    [[nodiscard]] static Case grid() {
        GridRecipe recipe;
        recipe.seed = static_cast<std::uint64_t>(GetParam());
        return make_grid(recipe);
    }
    const StudySetup setup_ = make_setup(grid());
    const ElectricalModel& model_ = *setup_.model;
    const Network& net_ = *setup_.model->network;

    [[nodiscard]] int index_of(int branch) const { return net_.branch_of_row[branch - 1]; }
};

PtdfResult ptdf(const ElectricalModel& model, const FactorOptions& options = {}, const FactorColumns& columns = {}) {
    auto result = run_ptdf(model, options, columns);
    if (!result) throw std::runtime_error(render(result.error().findings));
    return *std::move(result);
}

LodfResult lodf(const ElectricalModel& model, const FactorOptions& options = {}) {
    auto result = run_lodf(model, options);
    if (!result) throw std::runtime_error(render(result.error().findings));
    return *std::move(result);
}

FactorOptions distributed(SlackKey share) {
    FactorOptions options;
    options.distributed = share;
    return options;
}

ExchangeSides one_to_two(const Network& net) { return *make_sides(net, "1", "2", Grouping::area); }

TEST_P(Factors, OutageFactorsPredictEveryPostOutageFlow) {
    const LodfResult result = lodf(model_);
    const std::vector<double> before = fresh_dc_flows(setup_, {});
    int solved = 0;
    for (std::size_t c = 0; c < result.outages.size(); ++c) {
        const int out = index_of(result.outages[c].outage);
        ASSERT_EQ(result.outages[c].splits, model_.bridge[out] != 0);
        if (result.outages[c].splits) {
            for (const OutageFactorRow& row : result.branches) EXPECT_TRUE(std::isnan(row.lodf[c]));
            continue;
        }
        ++solved;
        const std::vector<double> after = fresh_dc_flows(setup_, {"", {out}, {}, {}, {}});
        for (const OutageFactorRow& row : result.branches) {
            const int l = index_of(row.branch);
            EXPECT_NEAR(before[l] + row.lodf[c] * before[out], after[l], tolerance)
                << "branch " << row.branch << " after " << result.outages[c].outage;
        }
    }
    EXPECT_GT(solved, 20);
}

TEST_P(Factors, TransferFactorsPredictEveryInjectionAndTheSlackMovesNothing) {
    const PtdfResult result = ptdf(model_);
    const std::vector<double> before = fresh_dc_flows(setup_, {});
    ASSERT_EQ(static_cast<int>(result.columns.size()), net_.n_bus);
    for (std::size_t c = 0; c < result.columns.size(); ++c) {
        const int bus = net_.index_of.at(result.columns[c].bus);
        const std::vector<double> after = fresh_dc_flows(setup_, {"", {}, {}, {}, {{bus, -1.0, 0.0}}});
        for (const TransferFactorRow& row : result.branches)
            EXPECT_NEAR(row.ptdf[c], after[index_of(row.branch)] - before[index_of(row.branch)], tolerance);
        if (model_.kind[bus] != solver::BusKind::slack) continue;
        for (const TransferFactorRow& row : result.branches) EXPECT_EQ(row.ptdf[c], 0.0);
    }
}

TEST_P(Factors, FactorsAfterAnOutageAreThoseOfTheGridWithoutTheBranch) {
    FactorOptions options;
    for (int l = 0; l < net_.n_branch && options.outage_rows.size() < 3; l += 5)
        if (model_.bridge[l] == 0) options.outage_rows.push_back(net_.branch_row[l]);
    const PtdfResult result = ptdf(model_, options);
    ASSERT_EQ(result.post_outage.size(), 3 * result.branches.size());
    for (const int outage : options.outage_rows) {
        Case without = grid();
        without.branches[outage].in_service = false;
        const StudySetup other = make_setup(without);
        FactorOptions same_rows;
        for (const TransferFactorRow& row : result.branches) same_rows.branch_rows.push_back(row.branch - 1);
        const PtdfResult rebuilt = ptdf(*other.model, same_rows);
        std::size_t at = 0;
        for (const OutageTransferRow& row : result.post_outage) {
            if (row.outage != outage + 1) continue;
            const TransferFactorRow& expected = rebuilt.branches[at++];
            ASSERT_EQ(expected.branch, row.branch);
            for (std::size_t c = 0; c < row.otdf.size(); ++c) {
                if (row.branch == row.outage) EXPECT_EQ(row.otdf[c], 0.0);
                else EXPECT_NEAR(row.otdf[c], expected.ptdf[c], tolerance) << "branch " << row.branch;
            }
        }
        EXPECT_EQ(at, rebuilt.branches.size());
    }
}

TEST_P(Factors, ADistributedSlackHasAWeightedColumnOfZero) {
    for (const SlackKey share : {SlackKey::pmax, SlackKey::headroom, SlackKey::pg, SlackKey::load}) {
        const PtdfResult result = ptdf(model_, distributed(share));
        const PtdfResult single = ptdf(model_);
        std::map<std::int64_t, double> weight;
        double sum = 0.0;
        for (const FactorSlack& slack : result.slack) sum += weight[slack.bus] = slack.share;
        EXPECT_NEAR(sum, 1.0, 1e-14);
        EXPECT_GT(result.slack.size(), 1U);
        for (std::size_t row = 0; row < result.branches.size(); ++row) {
            double weighted = 0.0;
            double shift = 0.0;
            for (std::size_t c = 0; c < result.columns.size(); ++c) {
                weighted += weight[result.columns[c].bus] * result.branches[row].ptdf[c];
                shift += weight[result.columns[c].bus] * single.branches[row].ptdf[c];
            }
            EXPECT_NEAR(weighted, 0.0, tolerance);
            for (std::size_t c = 0; c < result.columns.size(); ++c)
                EXPECT_NEAR(result.branches[row].ptdf[c], single.branches[row].ptdf[c] - shift, tolerance);
        }
    }
}

TEST_P(Factors, ATransferIsTheSumOfItsParticipantsAndDoesNotSeeTheSlack) {
    for (const KeyKind key : {KeyKind::headroom, KeyKind::pg, KeyKind::pmax, KeyKind::equal, KeyKind::merit, KeyKind::load}) {
        FactorColumns columns;
        columns.sides = one_to_two(net_);
        columns.key = key;
        const PtdfResult result = ptdf(model_, {}, columns);
        const PtdfResult other = ptdf(model_, distributed(SlackKey::load), columns);
        const PtdfResult buses = ptdf(model_);
        ASSERT_EQ(result.columns.size(), 1U);
        EXPECT_EQ(result.columns[0].column, "1 -> 2");
        double up = 0.0;
        double down = 0.0;
        for (const FactorParticipant& p : result.participants) (p.side == "source" ? up : down) += p.share;
        EXPECT_NEAR(up, 1.0, 1e-14);
        EXPECT_NEAR(down, -1.0, 1e-14);
        for (std::size_t row = 0; row < result.branches.size(); ++row) {
            double sum = 0.0;
            for (const FactorParticipant& p : result.participants)
                for (std::size_t c = 0; c < buses.columns.size(); ++c)
                    if (buses.columns[c].bus == p.bus) sum += p.share * buses.branches[row].ptdf[c];
            EXPECT_NEAR(result.branches[row].ptdf[0], sum, tolerance);
            EXPECT_NEAR(result.branches[row].ptdf[0], other.branches[row].ptdf[0], tolerance);
        }
    }
}

// Few rows are solved by row, few columns by column: the same numbers to rounding.
TEST_P(Factors, AskedRowsAndColumnsAreThoseOfTheFullMatrix) {
    const PtdfResult full = ptdf(model_);
    FactorOptions some;
    some.branch_rows = {full.branches[7].branch - 1, full.branches[2].branch - 1};
    FactorColumns few;
    few.bus_rows = {net_.bus_row[5]};
    const PtdfResult rows = ptdf(model_, some);
    const PtdfResult column = ptdf(model_, {}, few);
    for (std::size_t c = 0; c < full.columns.size(); ++c) {
        EXPECT_NEAR(rows.branches[0].ptdf[c], full.branches[7].ptdf[c], tolerance);
        EXPECT_NEAR(rows.branches[1].ptdf[c], full.branches[2].ptdf[c], tolerance);
        if (full.columns[c].bus != column.columns[0].bus) continue;
        for (std::size_t row = 0; row < full.branches.size(); ++row)
            EXPECT_NEAR(column.branches[row].ptdf[0], full.branches[row].ptdf[c], tolerance);
    }
    FactorOptions block = some;
    block.outage_rows = {full.branches[4].branch - 1};
    const LodfResult all = lodf(model_);
    const LodfResult part = lodf(model_, block);
    ASSERT_EQ(part.branches.size(), 2U);
    ASSERT_EQ(part.branches[0].lodf.size(), 1U);
    const double whole = all.branches[7].lodf[4];
    if (std::isnan(whole)) EXPECT_TRUE(std::isnan(part.branches[0].lodf[0]));
    else EXPECT_EQ(part.branches[0].lodf[0], whole);
}

TEST_P(Factors, WithoutTapsTheyAreThoseOfTheGridWithAllRatiosAtOne) {
    FactorOptions off;
    off.taps = false;
    Case plain = grid();
    for (BranchRow& branch : plain.branches) branch.ratio = 0.0;
    const StudySetup other = make_setup(plain);
    const PtdfResult a = ptdf(model_, off);
    const PtdfResult b = ptdf(*other.model);
    const PtdfResult with = ptdf(model_);
    double difference = 0.0;
    for (std::size_t row = 0; row < a.branches.size(); ++row)
        for (std::size_t c = 0; c < a.columns.size(); ++c) {
            EXPECT_NEAR(a.branches[row].ptdf[c], b.branches[row].ptdf[c], tolerance);
            difference = std::max(difference, std::abs(a.branches[row].ptdf[c] - with.branches[row].ptdf[c]));
        }
    EXPECT_GT(difference, 1e-4) << "the grid has taps, so they must show";
    EXPECT_EQ(a.convention.taps, "off");
}

// Branches keep their ends; rows and bus numbers change. The old numbers travel in the names.
TEST_P(Factors, RenumberingMovesThemAndChangesNothing) {
    Case named = grid();
    for (std::size_t row = 0; row < named.branches.size(); ++row) named.branches[row].name = "L" + std::to_string(row);
    for (BusRow& bus : named.buses) bus.name = "B" + std::to_string(number(bus.bus));
    const StudySetup first = make_setup(named);
    const StudySetup second = make_setup(renumbered(named, 7));
    const auto by_name = [](const PtdfResult& result) {
        std::map<std::pair<std::string, std::string>, double> out;
        for (const TransferFactorRow& row : result.branches)
            for (std::size_t c = 0; c < row.ptdf.size(); ++c) out[{row.name, result.columns[c].name}] = row.ptdf[c];
        return out;
    };
    const auto a = by_name(ptdf(*first.model));
    const auto b = by_name(ptdf(*second.model));
    ASSERT_EQ(a.size(), b.size());
    for (const auto& [key, value] : a) EXPECT_NEAR(value, b.at(key), tolerance) << key.first << " " << key.second;
}

INSTANTIATE_TEST_SUITE_P(Grids, Factors, ::testing::Range(1, 7));

TEST(FactorClosedForms, ParallelLinesShareByTheirSusceptances) {
    Case grid = two_areas(3, 0.1, 500.0);
    grid.branches[2].x_pu = 0.2;  // susceptances 10, 10, 5
    const StudySetup setup = make_setup(grid);
    FactorColumns columns;
    columns.sides = one_to_two(*setup.model->network);
    const PtdfResult transfers = ptdf(*setup.model, {}, columns);
    const double expected[3] = {0.4, 0.4, 0.2};
    for (int l = 0; l < 3; ++l) EXPECT_NEAR(transfers.branches[l].ptdf[0], expected[l], 1e-14);
    const LodfResult outages = lodf(*setup.model);
    EXPECT_NEAR(outages.branches[1].lodf[0], 10.0 / 15.0, 1e-14);
    EXPECT_NEAR(outages.branches[2].lodf[0], 5.0 / 15.0, 1e-14);
    EXPECT_EQ(outages.branches[0].lodf[0], -1.0);
}

}  // namespace
}  // namespace araz::testing
