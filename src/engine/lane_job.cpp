// How a scenario becomes the change of a lane from the common start.
#include "lane_job.hpp"

#include <algorithm>
#include <cmath>

#include "araz/solver/admittance.hpp"
#include "lane_scenario.hpp"

namespace araz {

using solver::BusKind;
using solver::LaneChange;

// Rows of Ybus that an outage, a tap or a shunt touches, summed anew from the elements of the scenario.
void LaneSweep::build_rows(const Scenario& outage, Job& job) {
    const ElectricalModel& model = *base_->model_;
    const auto& program = *base_->program_;
    const LoadedScenario& scenario = job.scenario;
    const bool intact = scenario.taps.empty() && scenario.shunts.empty();
    if (outage.branches_out.empty() && intact) return;
    std::vector<int> buses;
    for (const int l : outage.branches_out) buses.insert(buses.end(), {model.pattern.from[l], model.pattern.to[l]});
    for (const auto& [l, y] : scenario.taps) buses.insert(buses.end(), {model.pattern.from[l], model.pattern.to[l]});
    for (const Settings::Shunt& shunt : scenario.shunts) buses.push_back(shunt.bus);
    std::sort(buses.begin(), buses.end());
    buses.erase(std::unique(buses.begin(), buses.end()), buses.end());
    if (!intact && elements_.branch.empty()) elements_ = model.elements;
    for (const auto& [l, y] : scenario.taps) elements_.branch[l] = y;
    for (const Settings::Shunt& shunt : scenario.shunts) elements_.b_shunt[shunt.bus] = shunt.b;
    solver::sum_rows(model.pattern, intact ? model.elements : elements_, buses, scenario.branch_out, patched_);
    for (const int bus : buses) {
        const int node = program.place_of[bus];
        if (const auto at = std::find(base_->references_.begin(), base_->references_.end(), bus); at != base_->references_.end())
            job.reference_rows.emplace_back(static_cast<int>(at - base_->references_.begin()), row_of(program, model.pattern, patched_, bus));
        if (node >= program.n_node) continue;
        LaneChange::Row patched;
        patched.node = node;
        for (int k = program.row_start[node]; k < program.row_start[node + 1]; ++k) {
            patched.g.push_back(patched_.g[program.slot[k]]);
            patched.b.push_back(patched_.b[program.slot[k]]);
        }
        job.change.rows.push_back(std::move(patched));
    }
    std::sort(job.change.rows.begin(), job.change.rows.end(), [](const auto& a, const auto& b) { return a.node < b.node; });
    // What was written becomes a fresh copy of the intact values again.
    for (const int bus : buses)
        for (int k = model.pattern.row_start[bus]; k < model.pattern.row_start[bus + 1]; ++k) {
            patched_.g[k] = model.ybus.g[k];
            patched_.b[k] = model.ybus.b[k];
        }
    for (const auto& [l, y] : scenario.taps) elements_.branch[l] = model.elements.branch[l];
    for (const Settings::Shunt& shunt : scenario.shunts) elements_.b_shunt[shunt.bus] = model.elements.b_shunt[shunt.bus];
}

// Held buses start from the set-points of the scenario (Engine::set_start).
void LaneSweep::set_magnitudes(Job& job) {
    if (job.scenario.v_set.empty()) return;
    const auto& place_of = base_->program_->place_of;
    for (int b = 0; b < base_->model_->network->n_bus; ++b) {
        const BusKind kind = job.scenario.kind[b];
        if (kind != BusKind::slack && kind != BusKind::pv) continue;
        const double v = job.scenario.v_set[b];
        if (!std::isnan(v) && v != base_->start_->vm[place_of[b]]) job.change.magnitudes.push_back({place_of[b], v});
    }
}

void LaneSweep::build_change(const Scenario& outage, Job& job) {
    const ElectricalModel& model = *base_->model_;
    const auto& program = *base_->program_;
    LaneChange& change = job.change;
    change.rows.clear();
    change.injections.clear();
    change.kinds.clear();
    change.dead.clear();
    change.magnitudes.clear();
    job.reference_rows.clear();
    build_rows(outage, job);
    for (const int bus : job.scenario.changed) {
        const int node = program.place_of[bus];
        if (node >= program.n_node) continue;
        change.injections.push_back({node, job.scenario.p[bus], job.scenario.q[bus]});
        const BusKind kind = job.scenario.kind[bus];
        if (kind != base_->scenario_.kind[bus])
            change.kinds.push_back({node, kind != BusKind::dead, kind == BusKind::pq});
        // A bus that is held no more starts from what it had, not from its set-point.
        if (kind == BusKind::pq && base_->scenario_.kind[bus] == BusKind::pv && base_->warm_vm_[bus] > 0.0 &&
            base_->warm_vm_[bus] != base_->start_->vm[node])
            change.magnitudes.push_back({node, base_->warm_vm_[bus]});
        // And one that starts at its limit, but not after this outage, from its set-point.
        if (kind == BusKind::pv && base_->scenario_.kind[bus] == BusKind::pq && job.scenario.v_set.empty())
            change.magnitudes.push_back({node, model.network->v_set[bus]});
    }
    set_magnitudes(job);
    for (const int bus : job.scenario.dead) change.dead.push_back(program.place_of[bus]);
}

// Where an outage took units of a bus that starts at its limit, the limit is that of the units that remain.
void LaneSweep::resume_changed(Job& job) {
    const Network& net = *base_->model_->network;
    std::vector<int> again;
    for (const int b : job.scenario.changed) {
        if (base_->pin_[b] == Pin::none) continue;
        job.pin[b] = Pin::none;
        const auto begin = net.gens_at.begin() + net.gen_start[b];
        const auto end = net.gens_at.begin() + net.gen_start[b + 1];
        if (std::none_of(begin, end, [&](int g) { return job.scenario.gen_in[g] != 0 && net.holds_own_bus(g); })) continue;
        job.scenario.kind[b] = BusKind::pv;
        pin_changed_[b] = base_->pin_[b];
        again.push_back(b);
    }
    if (again.empty()) return;
    ControlView view = base_->view_of(job.scenario, job.pin);
    for (const auto& control : job.controls) control->resume(view, pin_changed_);
    for (const int b : again) pin_changed_[b] = Pin::none;
}

std::unique_ptr<LaneSweep::Job> LaneSweep::make_job(int item, const Scenario& outage) {
    std::unique_ptr<Job> job;
    if (spare_.empty()) {
        job = std::make_unique<Job>();
        if (base_->options_.controls) job->controls = base_->options_.controls();
    } else {
        job = std::move(spare_.back());
        spare_.pop_back();
    }
    job->item = item;
    job->scenario = base_->scenario_;
    if (!outage.settings.empty()) apply_settings(*base_->model_, outage.settings, job->scenario);
    if (!outage.branches_out.empty() || !outage.generators_out.empty()) take_out(*base_->model_, outage, job->scenario);
    job->pin = base_->pin_;
    if (base_->has_pins_) resume_changed(*job);
    build_change(outage, *job);
    job->compensated = compensator_->prepare(job->change, job->compensation);
    job->for_scalar = job->scenario.lost_reference || (base_->options_.solve_second_islands && !job->scenario.dead.empty());
    if (!base_->references_.empty() && !job->for_scalar) set_up_balance(*job);
    job->controls_begun = job->suspended = false;
    job->actions.clear();
    job->branches_out = outage.branches_out;
    std::sort(job->branches_out.begin(), job->branches_out.end());
    job->round = 1;
    job->course.reset();
    job->course.begin(job->compensated);
    return job;
}

}  // namespace araz
