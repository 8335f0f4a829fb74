// Loading a scenario: outages, what they cut off, references, joined buses, schedules.
#include <algorithm>
#include <limits>
#include <numeric>

#include "araz/engine/engine.hpp"
#include "araz/solver/graph.hpp"
#include "balance.hpp"
#include "links.hpp"
#include "regulation.hpp"

namespace araz {

using solver::BusKind;

void Engine::apply_outages(const Scenario& scenario, Solution& solution) {
    use_patched_ = !scenario.branches_out.empty();
    solution.branch_out.clear();
    out_mask_.clear();
    if (!use_patched_) return;
    solution.branch_out.assign(static_cast<std::size_t>(network().n_branch), 0);
    for (const int l : scenario.branches_out) solution.branch_out[l] = 1;
    out_mask_ = solution.branch_out;
    patched_ = model_->ybus;  // a fresh copy: nothing is ever added back
    solver::patch_outages(model_->pattern, model_->elements, scenario.branches_out, solution.branch_out, patched_);
}

// Parts that an outage cuts off from every slack bus lose supply: they are dead in this scenario.
void Engine::cut_off_lost_parts(const Scenario& scenario, Solution& solution) {
    const Network& net = network();
    const bool single = scenario.branches_out.size() == 1;
    if (scenario.branches_out.empty() || (single && model_->bridge[scenario.branches_out[0]] == 0)) return;
    const std::vector<int> part = solver::components(model_->pattern, solution.branch_out);
    relocate_references(scenario, part, solution);
    std::vector<unsigned char> supplied(static_cast<std::size_t>(net.n_bus), 0);
    for (int b = 0; b < net.n_bus; ++b)
        if (kind_[b] == BusKind::slack) supplied[part[b]] = 1;
    for (int b = 0; b < net.n_bus; ++b)
        if (supplied[part[b]] == 0 && kind_[b] != BusKind::dead) kill(b, solution);
    // An island keeps its number unless several parts of it live on.
    std::vector<int> living(static_cast<std::size_t>(net.n_island), -1);
    std::vector<unsigned char> split(living.size(), 0);
    for (int b = 0; b < net.n_bus; ++b) {
        if (kind_[b] == BusKind::dead) continue;
        int& first = living[net.island[b]];
        if (first >= 0 && first != part[b]) split[net.island[b]] = 1;
        first = part[b];
    }
    for (int b = 0; b < net.n_bus; ++b) {
        if (kind_[b] == BusKind::dead) part_[b] = -1;
        else if (split[net.island[b]] != 0) part_[b] = net.n_island + part[b];
    }
    drop_broken_dc_lines();
}

void Engine::kill(int bus, Solution& solution) {
    const Network& net = network();
    kind_[bus] = BusKind::dead;
    part_[bus] = -1;
    solution.live[bus] = 0;
    ++solution.lost_buses;
    solution.lost_load += solution.p_load[bus];
    if (!model_->load.empty() && !dc_) solution.lost_load += model_->load.p(bus, 1.0);
    for (int k = net.gen_start[bus]; k < net.gen_start[bus + 1]; ++k) {
        const int g = net.gens_at[k];
        if (gen_in_[g] == 0) continue;
        if (net.is_unit(g)) solution.lost_generation += gen_p_[g];
        gen_in_[g] = 0;
    }
    solution.p_load[bus] = solution.q_load[bus] = 0.0;
}

// A reference that lost its last unit hands over to the first bus of its part that holds a voltage with a
// unit (MATPOWER's rule); without one the part is dead.
void Engine::replace_lost_references(Solution& solution) {
    const Network& net = network();
    const auto has_unit = [&](int b) {
        for (int k = net.gen_start[b]; k < net.gen_start[b + 1]; ++k)
            if (const int g = net.gens_at[k]; net.is_unit(g) && gen_in_[g] != 0 && net.regulates(g)) return true;
        return false;
    };
    std::vector<int> lost;
    for (int b = 0; b < net.n_bus; ++b)
        if (is_reference(kind_[b]) && !has_unit(b)) lost.push_back(b);
    for (const int b : lost) {
        kind_[b] = BusKind::pv;
        int heir = -1;
        bool other_reference = false;
        for (int c = 0; c < net.n_bus; ++c) {
            if (part_[c] != part_[b]) continue;
            other_reference = other_reference || is_reference(kind_[c]);
            if (heir < 0 && kind_[c] == BusKind::pv && has_unit(c)) heir = c;
        }
        if (other_reference) continue;
        if (heir >= 0) {
            kind_[heir] = BusKind::slack;
            solution.new_references.push_back(heir);
            continue;
        }
        const int part = part_[b];
        for (int c = 0; c < net.n_bus; ++c)
            if (part_[c] == part) kill(c, solution);
    }
}

// Buses joined without impedance: links that close a loop of links carry no unknown of their own, and of
// the buses that hold a voltage one does it for all.
void Engine::join_buses() {
    const Network& net = network();
    const solver::Links& links = model_->links;
    joined_.clear();
    holder_.clear();
    if (links.size() == 0) return;
    std::vector<int> root(static_cast<std::size_t>(net.n_bus));
    std::iota(root.begin(), root.end(), 0);
    const auto find = [&](int b) {
        while (root[b] != b) b = root[b] = root[root[b]];
        return b;
    };
    for (int k = 0; k < links.size(); ++k) {
        const bool open = !out_mask_.empty() && out_mask_[model_->link_branch[k]] != 0;
        const int a = find(links.from[k]);
        const int b = find(links.to[k]);
        const bool dead = kind_[links.from[k]] == BusKind::dead || kind_[links.to[k]] == BusKind::dead;
        kind_[links.node(k)] = open || dead || a == b ? BusKind::dead : BusKind::link;
        if (!open && !dead) root[std::max(a, b)] = std::min(a, b);
    }
    std::vector<int> holds(static_cast<std::size_t>(net.n_bus), -1);  // by root
    for (int b = 0; b < net.n_bus; ++b) {
        int& first = holds[find(b)];
        if (!holds_voltage(kind_[b])) continue;
        if (first < 0 || (is_reference(kind_[b]) && !is_reference(kind_[first]))) first = b;
    }
    joined_.resize(static_cast<std::size_t>(net.n_bus));
    holder_.resize(static_cast<std::size_t>(net.n_bus));
    for (int b = 0; b < net.n_bus; ++b) {
        holder_[b] = b;
        const int first = holds[find(b)];
        if (!holds_voltage(kind_[b]) || first == b) continue;
        holder_[b] = first;
        joined_[first].push_back(b);
        kind_[b] = BusKind::pq;
    }
}

// One reference per part; then the border that balances each of them.
void Engine::set_up_balance(const Scenario& scenario, Solution& solution) {
    balance_.reset();
    if (options_.slack.mode == SlackMode::reference) return;
    const Network& net = network();
    std::vector<unsigned char> has_reference(2 * static_cast<std::size_t>(net.n_bus) + 1, 0);
    for (int b = 0; b < net.n_bus; ++b) {
        if (!is_reference(kind_[b])) continue;
        unsigned char& seen = has_reference[part_[b]];
        if (seen != 0) kind_[b] = holds_voltage(kind_[b]) ? BusKind::pv : BusKind::pq;
        seen = 1;
    }
    std::vector<AreaTarget> targets;
    if (options_.slack.mode == SlackMode::area) {
        if (!scenario.area_targets.empty()) targets = scenario.area_targets;
        else if (scenario.generator_p.empty()) targets = scheduled_positions();
    }
    BalanceInputs inputs;
    inputs.model = model_.get();
    inputs.options = &options_.slack;
    inputs.kind = kind_;
    inputs.gen_in = gen_in_;
    inputs.part = part_;
    inputs.out = out_mask_;
    inputs.targets = targets;
    inputs.p = p_;
    inputs.q = q_;
    inputs.gen_p = gen_p_;
    inputs.p_load = solution.p_load;
    inputs.q_load = solution.q_load;
    balance_ = std::make_unique<Balance>(inputs);
}

// The net positions of the case: those its dispatch gives with the reference alone balancing, changed to
// those of the schedule where it names the area.
std::vector<AreaTarget> Engine::scheduled_positions() {
    if (!have_positions_) {
        EngineOptions plain = options_;
        plain.slack = SlackOptions{};
        plain.trace = false;
        Engine reference(model_, plain);
        const Solution solution = dc_ ? reference.solve_dc(Scenario{}) : reference.solve(Scenario{});
        power_flows_ += reference.power_flows();
        if (solution.solved()) positions_ = dc_ ? dc_positions(*model_, solution) : net_positions(*model_, solution);
        for (const AreaSchedule& asked : options_.slack.schedule) {
            double others = 0.0;
            AreaTarget* first = nullptr;
            for (AreaTarget& target : positions_) {
                if (target.area != asked.area) continue;
                if (first == nullptr) first = &target;
                else others += target.p;
            }
            if (first != nullptr) first->p = asked.p - others;
        }
        have_positions_ = true;
    }
    return positions_;
}

// A DC line that lost one end delivers nothing at the other.
void Engine::drop_broken_dc_lines() {
    const Network& net = network();
    for (int g = net.n_unit; g + 1 < net.n_gen; g += 2)
        if (gen_in_[g] == 0 || gen_in_[g + 1] == 0) gen_in_[g] = gen_in_[g + 1] = 0;
}

void Engine::schedule_injections(const Scenario& scenario, Solution& solution) {
    const Network& net = network();
    for (const int g : scenario.generators_out) gen_in_[g] = 0;
    drop_broken_dc_lines();
    if (!scenario.generators_out.empty()) replace_lost_references(solution);
    // A bus that lost its last unit regulates no more.
    for (int g = 0; g < net.n_gen; ++g) {
        const int b = net.gen_bus[g];
        if (gen_in_[g] != 0 || kind_[b] != BusKind::pv) continue;
        bool left = false;
        for (int k = net.gen_start[b]; k < net.gen_start[b + 1]; ++k)
            left = left || (gen_in_[net.gens_at[k]] != 0 && net.holds_own_bus(net.gens_at[k]));
        if (!left) kind_[b] = BusKind::pq;
    }
    join_buses();
    set_up_emulation();
    set_up_outputs(solution);
    for (int b = 0; b < net.n_bus; ++b) {
        p_[b] = -solution.p_load[b];
        q_[b] = q_other_[b] - solution.q_load[b];
    }
    for (int g = 0; g < net.n_gen; ++g) {
        if (gen_in_[g] == 0) {
            gen_p_[g] = 0.0;
            continue;
        }
        const int b = net.gen_bus[g];
        if (!is_emulated(g)) p_[b] += gen_p_[g];  // else it is an unknown
        if (net.holds_own_bus(g) && kind_[b] == BusKind::pq && (holder_.empty() || holder_[b] == b)) q_[b] += net.qg[g];
    }
    emulated_q_.assign(2 * static_cast<std::size_t>(model_->n_emulated()), std::numeric_limits<double>::quiet_NaN());
    for (std::size_t k = 0; k < emulated_q_.size(); ++k) {
        const int g = net.n_unit + 2 * model_->emulated_dc[k / 2] + static_cast<int>(k % 2);
        if (is_emulated(g) && !net.regulates(g)) emulated_q_[k] = net.scheduled_q(g, gen_p_[g]);
    }
}

// Settings are written into a copy of the network that the engine makes once: to everything else the scenario is one of
// a network with these values.
void Engine::choose_model(const Settings& settings) {
    if (settings.empty() && built_ == given_) {
        use_model(built_);
        return;
    }
    model_ = given_;
    built_ = given_;
    moved_.reset();
    moved_network_.reset();
    sweeper_.reset();
    have_positions_ = false;
    if (settings.empty()) return;
    if (!set_) {
        set_network_ = std::make_shared<Network>(*given_->network);
        set_ = std::make_shared<ElectricalModel>(*given_);
        set_->network = set_network_;
    }
    apply_settings(*given_, settings, *set_network_, *set_);
    model_ = built_ = set_;
}

void Engine::load(const Scenario& scenario, Solution& solution) {
    balance_.reset();
    regulation_.reset();
    curves_ = {};
    use_patched_ = false;
    choose_model(scenario.settings);
    const Network& net = network();
    kind_ = model_->kind;
    v_set_ = net.v_set;
    v_set_.resize(kind_.size(), std::numeric_limits<double>::quiet_NaN());
    p_.assign(kind_.size(), 0.0);
    q_.assign(kind_.size(), 0.0);
    part_ = net.island;
    gen_p_ = net.pg;
    gen_in_.assign(static_cast<std::size_t>(net.n_gen), 1);
    for (const GeneratorSetting& setting : scenario.generator_p) gen_p_[setting.generator] = setting.p;

    // With voltage-dependent loads the constant part; the DC model takes them at 1 p.u.
    const bool dependent = !model_->load.empty() && !dc_;
    solution.p_load = dependent ? model_->p_constant : net.p_load;
    solution.q_load = dependent ? model_->q_constant : net.q_load;
    for (const LoadChange& change : scenario.load_changes) {
        solution.p_load[change.bus] += change.p;
        solution.q_load[change.bus] += change.q;
    }
    solution.live.assign(static_cast<std::size_t>(net.n_bus), 1);
    for (int b = 0; b < net.n_bus; ++b) {
        if (kind_[b] != BusKind::dead) continue;
        solution.live[b] = 0;
        solution.p_load[b] = solution.q_load[b] = 0.0;
        for (int k = net.gen_start[b]; k < net.gen_start[b + 1]; ++k) gen_in_[net.gens_at[k]] = 0;
    }
    apply_outages(scenario, solution);
    cut_off_lost_parts(scenario, solution);
    schedule_injections(scenario, solution);
    set_up_regulation();
    start_p_load_ = solution.p_load;
    start_q_load_ = solution.q_load;
    start_p_ = p_;
    start_q_ = q_;
    start_gen_p_ = gen_p_;
    start_emulated_q_ = emulated_q_;
    set_up_balance(scenario, solution);
    start_kind_ = kind_;
}

}  // namespace araz
