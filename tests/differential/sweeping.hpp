// Outages in lanes beside the scalar engine's.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "araz/control/control_table.hpp"
#include "araz/engine/lane_sweep.hpp"
#include "support/grids.hpp"
#include "support/study.hpp"

namespace araz::testing {

inline constexpr double vm_tolerance = 1e-9;  // p.u. and rad

inline ContingencySpec with_units() {
    ContingencySpec spec;
    spec.generators = true;
    return spec;
}

struct Answer {
    bool solved = false;
    int iterations = 0, lost_buses = 0;
    double lost_load = 0.0, lost_generation = 0.0, mismatch = 0.0, loss = 0.0;
    std::vector<double> vm, va;
    std::vector<double> tangent;  ///< (dva, dlnV) by bus; empty without a direction
    std::vector<Pin> pin;
    bool operator==(const Answer&) const = default;
};

/// Instruction set and precision of the factors.
struct Kernels {
    solver::Isa isa;
    solver::LanePrecision precision;
    [[nodiscard]] std::string name() const {
        return std::string(to_string(isa)) + (precision == solver::LanePrecision::floats ? ", floats" : ", doubles");
    }
};
inline std::vector<Kernels> all_kernels() {
    std::vector<Kernels> all;
    for (const solver::Isa isa : solver::available_isas())
        for (const auto precision : {solver::LanePrecision::doubles, solver::LanePrecision::floats}) all.push_back({isa, precision});
    return all;
}

struct Sweep {
    StudySetup setup;
    std::vector<Scenario> outages;
    Solution base;
    Scenario common;               ///< what all outages start from: the dispatch of a shared slack
    std::shared_ptr<const LaneBase> lanes;

    Sweep(Case grid, bool q_limits, double tolerance, const SlackOptions& slack = {}) {
        Solving solving;
        solving.q_limits = q_limits;
        solving.tolerance = tolerance;
        setup = make_setup(std::move(grid), solving);
        setup.engine.slack = slack;
        base = Engine(setup.model, setup.engine).solve({});
        const auto list = make_contingencies(*setup.model, with_units());
        for (const Contingency& c : *list) outages.push_back(c.scenario());
        // Pairs: neighbours in the table, often at one bus, some of them splitting the grid.
        const int n = setup.model->network->n_branch;
        for (int l = 0; l + 1 < n; l += 5) outages.push_back({"", {l, l + 1}, {}, {}, {}});
        for (int l = 0; l < n; l += 11) outages.push_back({"", {l}, {l % setup.model->network->n_gen}, {}, {}});
        keep_dispatch(slack, *setup.model, base, common);
        lanes = std::make_shared<const LaneBase>(setup.model, setup.engine, common, base);
    }

    /// An outage as the scalar engine takes it.
    [[nodiscard]] Scenario scenario(std::size_t k) const {
        Scenario whole = outages[k];
        whole.generator_p = common.generator_p;
        return whole;
    }

    [[nodiscard]] std::vector<Answer> run(const Kernels& kernels, const std::vector<int>& order,
                                          const std::vector<double>& direction = {}) const {
        LaneLimits limits;
        limits.branch.assign(static_cast<std::size_t>(setup.model->network->n_branch), 0.0);
        LaneSweep sweep(lanes, kernels.isa, limits, kernels.precision);
        if (!direction.empty()) sweep.add_direction(direction);
        std::vector<Answer> answers(outages.size());
        std::vector<int> seen(outages.size(), 0);
        std::size_t at = 0;
        sweep.run([&] { return at < order.size() ? order[at++] : -1; }, [&](int item) { return outages[item]; },
                  [&](const LaneOutcome& outcome) {
                      ++seen[outcome.item];
                      Answer& answer = answers[outcome.item];
                      answer.solved = outcome.solved;
                      if (!outcome.solved) return;
                      answer.iterations = outcome.iterations;
                      answer.lost_buses = outcome.lost_buses;
                      answer.lost_load = outcome.lost_load;
                      answer.lost_generation = outcome.lost_generation;
                      answer.mismatch = outcome.max_mismatch;
                      answer.loss = outcome.loss;
                      answer.pin.assign(outcome.pin.begin(), outcome.pin.end());
                      for (int b = 0; b < setup.model->network->n_bus; ++b) {
                          answer.vm.push_back(outcome.vm(b));
                          answer.va.push_back(outcome.va(b));
                          if (!outcome.has_tangent) continue;
                          answer.tangent.push_back(outcome.dva(b));
                          answer.tangent.push_back(outcome.dlnv(b));
                      }
                  });
        for (const int item : order) EXPECT_EQ(seen[item], 1) << "item " << item;
        return answers;
    }

    [[nodiscard]] std::vector<int> all() const {
        std::vector<int> order;
        for (int k = 0; k < static_cast<int>(outages.size()); ++k) order.push_back(k);
        return order;
    }
};

// Another bus becomes the reference: left to the scalar engine by design.
inline bool loses_reference(const ElectricalModel& model, const Scenario& outage) {
    const Network& net = *model.network;
    return std::any_of(outage.generators_out.begin(), outage.generators_out.end(), [&](int g) {
        return model.kind[net.gen_bus[g]] == solver::BusKind::slack &&
               net.gen_start[net.gen_bus[g] + 1] - net.gen_start[net.gen_bus[g]] == 1;
    });
}

inline void expect_scalar(const Sweep& sweep, const std::vector<Answer>& answers, double largest_ejected_share) {
    Engine engine(sweep.setup.model, sweep.setup.engine);
    engine.prime(sweep.base);
    int ejected = 0;
    const auto is_pinned = [](Pin pin) { return pin != Pin::none; };
    const bool pinned = std::any_of(sweep.base.pin.begin(), sweep.base.pin.end(), is_pinned);
    const std::string first_rung = pinned ? "warm with limits" : "warm";
    for (std::size_t k = 0; k < answers.size(); ++k) {
        const Answer& lane = answers[k];
        SCOPED_TRACE("outage " + std::to_string(k));
        const Solution scalar = engine.solve_from(sweep.scenario(k), sweep.base);
        if (!lane.solved) {
            // Given back for good reason unless the scalar engine had no trouble.
            if (scalar.status == SolveStatus::converged && scalar.start == first_rung &&
                !loses_reference(*sweep.setup.model, sweep.outages[k]))
                ++ejected;
            continue;
        }
        ASSERT_EQ(scalar.status, SolveStatus::converged);
        EXPECT_EQ(scalar.start, first_rung);
        // A chord counts as an iteration, and may take the place of a Newton step with one more after it.
        EXPECT_GE(lane.iterations + 1, scalar.iterations);
        EXPECT_LE(lane.iterations, 3 * scalar.iterations + 3);
        EXPECT_EQ(lane.lost_buses, scalar.lost_buses);
        EXPECT_NEAR(lane.lost_load, scalar.lost_load, 1e-12);
        EXPECT_NEAR(lane.lost_generation, scalar.lost_generation, 1e-12);
        EXPECT_EQ(lane.pin, scalar.pin);
        for (int b = 0; b < sweep.setup.model->network->n_bus; ++b) {
            ASSERT_NEAR(lane.vm[b], scalar.vm[b], vm_tolerance) << "bus " << b;
            ASSERT_NEAR(lane.va[b], scalar.va[b], vm_tolerance) << "bus " << b;
        }
        std::vector<solver::BranchFlow> flows;
        branch_flows(*sweep.setup.model, scalar, flows);
        double loss = 0.0;
        for (const auto& flow : flows) loss += flow.p_from + flow.p_to;
        EXPECT_NEAR(lane.loss, loss, 1e-7);
    }
    EXPECT_LE(ejected, largest_ejected_share * static_cast<double>(answers.size()));
}

// Tangents of the lanes against those of the scalar engine. Both factor a Jacobian at states that agree within
// `vm_tolerance`, so the tangents differ by that times the condition of J.
inline void expect_scalar_tangents(const Sweep& sweep, const std::vector<Answer>& answers, const std::vector<double>& direction,
                            double tolerance) {
    Engine engine(sweep.setup.model, sweep.setup.engine);
    engine.prime(sweep.base);
    for (std::size_t k = 0; k < answers.size(); ++k) {
        if (!answers[k].solved) continue;
        SCOPED_TRACE("outage " + std::to_string(k));
        const Solution scalar = engine.solve_from(sweep.scenario(k), sweep.base);
        std::vector<std::vector<double>> columns{direction};
        ASSERT_TRUE(engine.sensitivities(sweep.scenario(k), scalar, columns));
        ASSERT_EQ(answers[k].tangent.size(), columns[0].size());
        double largest = 0.0;
        for (const double value : columns[0]) largest = std::max(largest, std::abs(value));
        for (std::size_t i = 0; i < columns[0].size(); ++i)
            ASSERT_NEAR(answers[k].tangent[i], columns[0][i], tolerance * largest) << "entry " << i;
    }
}

}  // namespace araz::testing
