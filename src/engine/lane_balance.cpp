// A distributed slack in lanes: each scenario has the engine's own Balance, the lanes solve for its unknowns.
#include "lane_job.hpp"

namespace araz {

void LaneSweep::set_up_balance(Job& job) {
    const Network& net = *base_->model_->network;
    job.part.resize(static_cast<std::size_t>(net.n_bus));
    for (int b = 0; b < net.n_bus; ++b) job.part[b] = job.scenario.kind[b] == solver::BusKind::dead ? -1 : net.island[b];
    BalanceInputs inputs;
    inputs.model = base_->model_.get();
    inputs.options = &base_->options_.slack;
    inputs.kind = job.scenario.kind;
    inputs.gen_in = job.scenario.gen_in;
    inputs.part = job.part;
    inputs.out = job.scenario.branch_out;
    inputs.pmin = job.scenario.pmin;
    inputs.pmax = job.scenario.pmax;
    inputs.p = job.scenario.p;
    inputs.q = job.scenario.q;
    inputs.gen_p = job.scenario.gen_p;
    inputs.p_load = job.scenario.p_load;
    inputs.q_load = job.scenario.q_load;
    job.balance = std::make_unique<Balance>(inputs);
    // The limits of a lane are those of its schedule.
    if (job.balance->moves_reactive() || job.balance->size() != static_cast<int>(base_->references_.size())) job.for_scalar = true;
}

void LaneSweep::Pack::load_balance(int lane, const LaneBase& base) {
    const Job& job = *jobs[lane];
    const auto& place_of = base.program_->place_of;
    const int n_node = base.program_->n_node;
    std::vector<solver::LaneBorder::Slope> slopes;
    std::vector<solver::LaneBorder::Equation> equations(base.references_.size());
    std::vector<std::pair<int, double>> by_bus;
    for (int k = 0; k < border->size(); ++k) {
        equations[k].p_sched = job.scenario.p[base.references_[k]];
        job.balance->slopes(k, by_bus);
        for (const auto& [bus, slope] : by_bus) {
            if (place_of[bus] < n_node) slopes.push_back({place_of[bus], slope});
            else equations[k].slope += slope;
        }
    }
    for (const auto& [k, row] : job.reference_rows) equations[k].row = &row;
    border->set(lane, slopes, equations);
    for (const int bus : job.balance->buses())
        if (place_of[bus] < n_node) group.set_p(lane, place_of[bus], job.scenario.p[bus]);
}

void LaneSweep::advance_balances(Pack& pack, std::uint32_t moved) {
    if (!pack.border) return;
    std::vector<double> change(base_->references_.size());
    for (std::uint32_t left = moved; left != 0; left &= left - 1) {
        const int lane = std::countr_zero(left);
        for (int k = 0; k < pack.border->size(); ++k) change[k] = pack.border->change(k, lane);
        pack.jobs[lane]->balance->advance(change);
        pack.load_balance(lane, *base_);
    }
}

}  // namespace araz
