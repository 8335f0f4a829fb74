// What a result repeats from the case, and which buses are alive.
#include <algorithm>
#include <cmath>
#include <complex>

#include "araz/base/text.hpp"
#include "araz/model/network.hpp"
#include "law.hpp"
#include "laws_units.hpp"
#include "state.hpp"

namespace araz {

namespace {

// Equal, or no bound on either side: an infinite bound comes back from a file as "not available".
bool same(double a, double b) { return a == b || (!std::isfinite(a) && !std::isfinite(b)); }

LoadMix load_mix(const State& state, int bus) {
    const std::string word = state.option("load_model", "case");
    const auto choice = LoadModelChoice::parse(word);
    if (choice && !choice->from_case) return choice->mix;
    for (const LoadModelRow& row : state.grid->load_models)
        if (row.bus == state.grid->buses[bus].bus) return row.mix;
    return {};
}

void see_bus_data(const State& state, Law& law) {
    for (std::size_t i = 0; i < state.bus.size(); ++i) {
        const BusRow& row = state.grid->buses[i];
        const BusResult& found = *state.bus[i];
        law.see(found.area == row.area && found.zone == row.zone && same(found.base_kv, row.base_kv) &&
                    same(found.vmin_pu, row.vmin_pu) && same(found.vmax_pu, row.vmax_pu),
                bus_element(state, static_cast<int>(i)));
    }
}

// The type a bus may have, given its row and what feeds it.
bool type_fits(const State& state, int bus, const std::vector<Unit>& units, bool together) {
    const std::string& type = state.bus[bus]->type;
    const BusType given = state.grid->buses[bus].type;
    if (given == BusType::isolated) return type == "isolated";
    if (state.live[bus] == 0) return type == "dead";
    if (type == "slack") return has_generator(units);
    if (given == BusType::slack && has_generator(units)) return false;
    if (!state.regulates(bus, units)) return type == "pq";
    if (state.result->dc) return type == "pv";
    if (together) return type == "pv" || type == "pq";  // who holds it stands elsewhere too: the law of shares checks them
    // Held at a limit: its generators say so; a converter's limit is for the complementarity law.
    bool pinned = true;
    for (const Unit& unit : units)
        pinned = pinned && (!unit.holds || unit.generator < 0 || state.generator[unit.generator]->limit != "none");
    return pinned ? type == "pq" || (type == "pv" && !has_generator(units)) : type == "pv";
}

}  // namespace

std::vector<int> parts_of(const State& state) {
    std::vector<std::vector<int>> neighbours(state.bus.size());
    for (int l = 0; l < static_cast<int>(state.branch.size()); ++l) {
        if (!state.carries(l)) continue;
        neighbours[state.from_row(l)].push_back(state.to_row(l));
        neighbours[state.to_row(l)].push_back(state.from_row(l));
    }
    std::vector<int> part(state.bus.size(), -1);
    for (int seed = 0; seed < static_cast<int>(part.size()); ++seed) {
        if (part[seed] >= 0) continue;
        std::vector<int> open{seed};
        part[seed] = seed;
        while (!open.empty()) {
            const int at = open.back();
            open.pop_back();
            for (const int next : neighbours[at]) {
                if (part[next] >= 0) continue;
                part[next] = seed;
                open.push_back(next);
            }
        }
    }
    return part;
}

namespace {

// Every live part has the references its case names, or one that stands in where those have no unit.
void see_references(const State& state, const std::vector<std::vector<Unit>>& units, Law& law) {
    const std::vector<int> part = parts_of(state);
    std::vector<int> named(part.size(), 0);
    std::vector<int> stand_in(part.size(), 0);
    const auto is_named = [&](int i) { return state.grid->buses[i].type == BusType::slack && has_generator(units[i]); };
    for (int i = 0; i < static_cast<int>(part.size()); ++i) {
        if (state.live[i] == 0) continue;
        if (is_named(i)) ++named[part[i]];
        else if (state.bus[i]->type == "slack") ++stand_in[part[i]];
    }
    for (int i = 0; i < static_cast<int>(part.size()); ++i)
        if (state.live[i] != 0)
            law.see(stand_in[part[i]] == (named[part[i]] > 0 ? 0 : 1), bus_element(state, i));
}

}  // namespace

// What the load of a bus takes at its voltage by its model, less what it gave to the active balance.
std::complex<double> consumption(const State& state, int bus) {
    const BusRow& row = state.grid->buses[bus];
    double p = row.pd_mw;
    double q = row.qd_mvar;
    const LoadMix mix = load_mix(state, bus);
    if (!mix.constant() && !state.result->dc && state.live[bus] != 0) {
        const double v = state.bus[bus]->vm_pu;
        const auto at_voltage = [v](double power, double z, double i, double e, double n) {
            return power * ((1.0 - z - i - e) + i * v + z * v * v + e * std::pow(v, n));
        };
        p = at_voltage(p, mix.p_z, mix.p_i, mix.p_e, mix.p_exponent);
        q = at_voltage(q, mix.q_z, mix.q_i, mix.q_e, mix.q_exponent);
    }
    for (const SlackShareResult& share : state.result->slack_shares) {
        if (share.kind != "load" || share.bus != number(row.bus)) continue;
        p -= share.share_mw;
        q -= row.pd_mw != 0.0 ? share.share_mw * row.qd_mvar / row.pd_mw : 0.0;
    }
    return {p, q};
}

// Names are those of the case; branches without one get theirs from their buses. A result without names claims nothing.
void see_names(const State& state, Law& law) {
    const auto see = [&](const std::string& found, const std::string& expected, const std::string& element) {
        law.see(found.empty() || found == expected, element);
    };
    for (std::size_t i = 0; i < state.bus.size(); ++i)
        see(state.bus[i]->name, state.grid->buses[i].name, bus_element(state, static_cast<int>(i)) + " name");
    for (std::size_t l = 0; l < state.branch.size(); ++l)
        if (const std::string& name = state.grid->branches[l].name; !name.empty())
            see(state.branch[l]->name, name, branch_element(static_cast<int>(l)) + " name");
    for (std::size_t g = 0; g < state.generator.size(); ++g) {
        const GeneratorRow& row = state.grid->generators[g];
        see(state.generator[g]->name, row.name, generator_element(static_cast<int>(g)) + " name");
        see(state.generator[g]->fuel, row.fuel, generator_element(static_cast<int>(g)) + " fuel");
    }
    for (std::size_t d = 0; d < state.dc_line.size(); ++d)
        see(state.dc_line[d]->name, state.grid->dc_lines[d].name, dc_line_element(static_cast<int>(d)) + " name");
}

void see_envelope(const State& state, Law& law) {
    const CaseInfo& found = state.result->envelope.grid;
    if (found.n_bus == 0) return;  // a result that was never written has no envelope
    law.see(same(found.base_mva, state.grid->base_mva), "case.base_mva");
    law.see(found.n_bus == static_cast<int>(state.grid->buses.size()), "case.n_bus");
    law.see(found.n_branch == static_cast<int>(state.grid->branches.size()), "case.n_branch");
    law.see(found.n_generator == static_cast<int>(state.grid->generators.size()), "case.n_generator");
}

// What is called converged closed its equations to the tolerance asked for.
void see_mismatch(const State& state, Law& law) {
    const auto tol = parse_double(state.option("tol", ""));
    if (state.result->dc || !tol || state.result->status != SolveStatus::converged) return;
    law.see(state.result->max_mismatch_pu >= 0.0 && state.result->max_mismatch_pu <= *tol, "max_mismatch_pu");
}

void check_case_data(const State& state, VerifyReport& report) {
    Law law("case_data", 0.0, "");
    see_bus_data(state, law);
    see_envelope(state, law);
    see_names(state, law);
    see_mismatch(state, law);
    for (std::size_t l = 0; l < state.branch.size(); ++l) {
        const BranchRow& row = state.grid->branches[l];
        law.see(state.branch[l]->from_bus == number(row.from_bus) && state.branch[l]->to_bus == number(row.to_bus),
                branch_element(static_cast<int>(l)));
    }
    for (std::size_t g = 0; g < state.generator.size(); ++g) {
        const GeneratorRow& row = state.grid->generators[g];
        const GeneratorResult& found = *state.generator[g];
        law.see(found.bus == number(row.bus) && same(found.p_min_mw, row.pmin_mw) && same(found.p_max_mw, row.pmax_mw),
                generator_element(static_cast<int>(g)));
    }
    for (std::size_t d = 0; d < state.dc_line.size(); ++d) {
        const DcLineRow& row = state.grid->dc_lines[d];
        const DcLineResult& found = *state.dc_line[d];
        law.see(found.from_bus == number(row.from_bus) && found.to_bus == number(row.to_bus) &&
                    same(found.p_min_mw, row.pmin_mw) && same(found.p_max_mw, row.pmax_mw),
                dc_line_element(static_cast<int>(d)));
    }
    law.report(report);

    Law load("load", state.tolerances.flow_mw, "MVA");
    for (std::size_t i = 0; i < state.bus.size(); ++i) {
        const BusResult& found = *state.bus[i];
        const auto off = [&](double p, double q) {
            return std::hypot(found.p_load_mw - p, state.result->dc ? 0.0 : found.q_load_mvar - q);
        };
        // A dead bus may show the load it lost, or that it takes none.
        const std::complex<double> expected = consumption(state, static_cast<int>(i));
        const double given = off(expected.real(), expected.imag());
        load.see(state.live[i] != 0 ? given : std::min(given, off(0.0, 0.0)), bus_element(state, static_cast<int>(i)));
    }
    load.report(report);
}

void check_energised(const State& state, VerifyReport& report) {
    const auto units = state.units_by_bus();
    Law type("bus_type", 0.0, "");
    Law voltage("voltage", 0.0, "");
    Law reference("reference", 0.0, "");
    see_references(state, units, reference);
    const std::vector<unsigned char> together = held_together_buses(state);
    for (int i = 0; i < static_cast<int>(state.bus.size()); ++i) {
        const std::string element = bus_element(state, i);
        type.see(type_fits(state, i, units[i], together[i] != 0), element);
        if (state.live[i] == 0) {
            voltage.see(std::isnan(state.bus[i]->vm_pu) && std::isnan(state.bus[i]->va_deg), element);
            continue;
        }
        voltage.see((state.result->dc || state.bus[i]->vm_pu > 0.0) && std::isfinite(std::abs(state.voltage[i])), element);
    }
    // Nothing in service joins a live bus to a dead one.
    Law dead("energised", 0.0, "");
    for (int l = 0; l < static_cast<int>(state.branch.size()); ++l) {
        const int f = state.from_row(l);
        const int t = state.to_row(l);
        const bool cut = !state.grid->branches[l].in_service || state.bus[f]->type == "isolated" ||
                         state.bus[t]->type == "isolated";
        dead.see(cut || state.live[f] == state.live[t], branch_element(l));
        const bool carries = state.carries(l);
        dead.see(state.branch[l]->in_service == carries || (state.branch[l]->in_service && !cut), branch_element(l));
    }
    for (const Law* law : {&type, &voltage, &reference, &dead}) law->report(report);
}

}  // namespace araz
