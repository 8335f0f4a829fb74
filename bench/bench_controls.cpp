// Power flows with one control or model beyond the plain ones, beside the same without it. Every answer is checked
// by the laws of `verify`, which shares no solver code, before the clock starts, and its counts in every repetition.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <vector>

#include "araz/control/control_table.hpp"
#include "araz/io/case_io.hpp"
#include "araz/study/power_flow.hpp"
#include "araz/verify/verify.hpp"
#include "bench_controls.hpp"

namespace {

using namespace araz;

struct Variant {
    std::string name;
    Case grid;
    BuildOptions build;
    ControlChoice controls;
    SlackOptions slack;
    OptionMap options;  ///< as the command line would have set them, for the laws
};

Variant plain(const Case& grid, const std::string& name) {
    Variant variant;
    variant.name = name;
    variant.grid = grid;
    variant.controls.reactive_limits = false;
    variant.options["q-limits"] = std::string("off");
    return variant;
}

EngineOptions engine_options(const Variant& variant) {
    EngineOptions options;
    options.start = Start::dc;
    options.trace = false;
    options.slack = variant.slack;
    options.controls = [choice = variant.controls] { return make_controls(choice); };
    return options;
}

bool obeys_the_laws(const Variant& variant, const ModelPtr& model, const EngineOptions& engine) {
    StudySetup setup;
    setup.model = model;
    setup.engine = engine;
    PfResult result = run_power_flow(setup);
    result.envelope.options = variant.options;
    return check_laws(*model->network->source, result).passed();
}

void solve(benchmark::State& state, const Variant& variant) {
    const ModelPtr model = ElectricalModel::build(*Network::build(std::make_shared<const Case>(variant.grid), variant.build));
    const EngineOptions options = engine_options(variant);
    if (!obeys_the_laws(variant, model, options)) {
        state.SkipWithError("the answer breaks a law");
        return;
    }
    Engine engine(model, options);
    const Solution expected = engine.solve({});
    for (auto _ : state) {
        const Solution solution = engine.solve({});
        if (!solution.solved() || solution.vm != expected.vm) state.SkipWithError("not solved, or another answer");
    }
    int moved = 0;
    int pinned = 0;
    const auto& devices = model->network->devices;
    for (std::size_t d = 0; d < expected.devices.size(); ++d) moved += expected.devices[d].value != devices[d].at ? 1 : 0;
    for (const Pin pin : expected.pin) pinned += pin != Pin::none ? 1 : 0;
    state.counters["newton"] = expected.iterations;
    state.counters["actions"] = static_cast<double>(expected.actions.size());
    state.counters["moved"] = moved;
    state.counters["pinned"] = pinned;
}

Variant with_word(const Case& grid, const std::string& word, const std::string& name) {
    Variant variant = plain(grid, name);
    choose_control(word, variant.controls);
    variant.options["controls"] = word;
    return variant;
}

// Transformers beside a parallel way, with the flow that they have: shifts of 10 degrees hold 1.02 of it.
Case with_shifters(Case grid, PhaseRule rule, int count) {
    Variant base = plain(grid, "");
    StudySetup setup;
    setup.model = ElectricalModel::build(*Network::build(std::make_shared<const Case>(grid)));
    setup.engine = engine_options(base);
    const PfResult flows = run_power_flow(setup);
    grid.devices.clear();
    for (std::size_t l = 0; l < grid.branches.size() && static_cast<int>(grid.devices.size()) < count; ++l) {
        const BranchResult& flow = flows.branches[l];
        const int at = setup.model->network->branch_of_row[l];
        if (grid.branches[l].ratio == 0.0 || at < 0 || setup.model->bridge[at] != 0 || !(flow.p_from_mw > 50.0)) continue;
        const auto end = std::find_if(flows.buses.begin(), flows.buses.end(), [&](const BusResult& bus) { return bus.bus == flow.from_bus; });
        DeviceRow device;
        device.kind = DeviceKind::phase;
        device.branch = static_cast<int>(l);
        device.rule = rule;
        device.low = -10.0;
        device.high = 10.0;
        device.at = grid.branches[l].shift_deg;
        const double ampere = 1000.0 * std::hypot(flow.p_from_mw, flow.q_from_mvar) / (std::sqrt(3.0) * end->base_kv * end->vm_pu);
        device.target = 1.02 * (rule == PhaseRule::power ? flow.p_from_mw : ampere);
        grid.devices.push_back(device);
    }
    return grid;
}

// Compensators of +-100 MVAr with a slope of 2 % hold 1 p.u. at buses with load.
Case with_compensators(Case grid, int count) {
    grid.devices.clear();
    for (const BusRow& bus : grid.buses) {
        if (static_cast<int>(grid.devices.size()) == count) break;
        if (bus.type != BusType::pq || !(bus.pd_mw > 50.0)) continue;
        DeviceRow device;
        device.kind = DeviceKind::svc;
        device.bus = device.controlled_bus = bus.bus;
        device.low = -100.0;
        device.high = 100.0;
        device.slope_percent = 2.0;
        grid.devices.push_back(device);
    }
    return grid;
}

// Banks of eight steps of 10 MVAr hold 1.03 p.u. at buses with load, within 0.02.
Case with_banks(Case grid, int count) {
    grid = with_compensators(std::move(grid), count);
    for (DeviceRow& device : grid.devices) {
        device.kind = DeviceKind::shunt;
        device.low = device.slope_percent = 0.0;
        device.high = 80.0;
        device.steps = 8;
        device.target = 1.03;
        device.deadband = 0.02;
    }
    return grid;
}

// Tap changers of +-16 steps of 0.625 % hold 1.01 p.u. within 0.015 at their to side, where no unit does.
Case with_changers(Case grid, int count) {
    grid.devices.clear();
    for (std::size_t l = 0; l < grid.branches.size() && static_cast<int>(grid.devices.size()) < count; ++l) {
        const BranchRow& branch = grid.branches[l];
        const auto to = std::find_if(grid.buses.begin(), grid.buses.end(), [&](const BusRow& bus) { return bus.bus == branch.to_bus; });
        if (branch.ratio == 0.0 || !branch.in_service || to->type != BusType::pq || branch.ratio < 0.9 || branch.ratio > 1.1) continue;
        DeviceRow device;
        device.branch = static_cast<int>(l);
        device.controlled_bus = branch.to_bus;
        device.low = 0.9;
        device.high = 1.1;
        device.steps = 32;
        device.at = branch.ratio;
        device.target = 1.01;
        device.deadband = 0.015;
        grid.devices.push_back(device);
    }
    return grid;
}

// Units of `count` buses hold the other end of their transformer, at the voltage that it has.
Case with_remote_units(Case grid, int count) {
    const auto row_of = [&](BusId id) {
        return std::find_if(grid.buses.begin(), grid.buses.end(), [&](const BusRow& bus) { return bus.bus == id; });
    };
    int placed = 0;
    std::vector<BusId> taken;
    for (const BranchRow& branch : grid.branches) {
        if (placed == count || branch.ratio == 0.0 || !branch.in_service) continue;
        const auto from = row_of(branch.from_bus);
        const auto to = row_of(branch.to_bus);
        if (to->type != BusType::pv || from->type != BusType::pq) continue;
        if (std::find(taken.begin(), taken.end(), from->bus) != taken.end() || std::find(taken.begin(), taken.end(), to->bus) != taken.end()) continue;
        for (GeneratorRow& unit : grid.generators)
            if (unit.bus == to->bus && unit.in_service) {
                unit.regulated_bus = from->bus;
                unit.vg_pu = from->vm_pu;
            }
        taken.insert(taken.end(), {from->bus, to->bus});
        ++placed;
    }
    return grid;
}

// Every fourth unit that holds a voltage follows Q(V) instead, 4 % from its set-point to its larger limit.
Case with_droops(Case grid) {
    int seen = 0;
    for (GeneratorRow& unit : grid.generators) {
        const auto bus = std::find_if(grid.buses.begin(), grid.buses.end(), [&](const BusRow& row) { return row.bus == unit.bus; });
        if (!unit.in_service || bus->type != BusType::pv || ++seen % 4 != 0) continue;
        if (!std::isfinite(unit.qmax_mvar) || !std::isfinite(unit.qmin_mvar) || !(unit.qmax_mvar > unit.qmin_mvar)) continue;
        unit.reactive.mode = ReactiveMode::q_of_v;
        unit.reactive.v_ref_pu = unit.vg_pu;
        unit.reactive.slope_percent = 4.0;
    }
    return grid;
}

// A link of +-300 MW beside the first branch that carries 100 MW, at its set-point or under emulation.
Case with_link(Case grid, bool emulation) {
    StudySetup setup;
    setup.model = ElectricalModel::build(*Network::build(std::make_shared<const Case>(grid)));
    setup.engine = engine_options(plain(grid, ""));
    const PfResult flows = run_power_flow(setup);
    const auto loaded = std::find_if(flows.branches.begin(), flows.branches.end(), [](const BranchResult& row) { return row.p_from_mw > 100.0; });
    DcLineRow link;
    link.from_bus = BusId{loaded->from_bus};
    link.to_bus = BusId{loaded->to_bus};
    link.technology = DcTechnology::vsc;
    link.from_end.control = link.to_end.control = DcControl::q;
    link.from_end.loss_share = link.to_end.loss_share = 0.008;
    link.pf_mw = 50.0;
    link.pmin_mw = -300.0;
    link.pmax_mw = 300.0;
    link.ac_emulation = emulation;
    link.p0_mw = 20.0;
    link.droop_mw_per_deg = 10.0;
    link.pt_mw = dc_flow(law_of(link), link.pf_mw).p_to;
    grid.dc_lines.push_back(link);
    grid.dc_lines_active = true;
    return grid;
}

std::vector<Variant> variants_of(const Case& grid) {
    std::vector<Variant> list{plain(grid, "none")};
    Variant limits = plain(grid, "q-limits");
    limits.controls.reactive_limits = true;
    limits.options["q-limits"] = std::string("on");
    list.push_back(limits);
    for (const SlackMode mode : {SlackMode::distributed, SlackMode::area}) {
        Variant shared = plain(grid, mode == SlackMode::area ? "slack area" : "slack distributed");
        shared.slack.mode = mode;
        shared.options["slack"] = std::string(to_string(mode));
        list.push_back(shared);
    }
    Variant mixed = plain(grid, "zip");
    mixed.build.load_model = *LoadModelChoice::parse("zip:0.3,0.3,0.4");
    mixed.options["load-model"] = std::string("zip:0.3,0.3,0.4");
    list.push_back(mixed);
    list.push_back(plain(with_droops(grid), "q(v)"));
    list.push_back(plain(with_remote_units(grid, 10), "remote regulation"));
    list.push_back(plain(with_link(grid, false), "hvdc set-point"));
    list.push_back(plain(with_link(grid, true), "hvdc emulation"));
    list.push_back(with_word(with_shifters(grid, PhaseRule::power, 5), "phase", "phase MW"));
    list.push_back(with_word(with_shifters(grid, PhaseRule::current, 5), "phase", "phase A"));
    list.push_back(with_word(with_compensators(grid, 10), "svc", "svc"));
    list.push_back(with_word(with_banks(grid, 10), "shunts", "shunts"));
    list.push_back(with_word(with_changers(grid, 10), "taps", "taps"));
    if (!grid.devices.empty()) list.push_back(with_word(grid, "all", "all of the case"));
    return list;
}

}  // namespace

void add_control_benchmarks(const std::string& path) {
    const Case grid = *read_case(path);
    const std::string name = std::filesystem::path(path).stem().string();
    for (const Variant& variant : variants_of(grid)) {
        const auto kept = std::make_shared<const Variant>(variant);
        benchmark::RegisterBenchmark(("controls " + variant.name + "/" + name).c_str(), [kept](benchmark::State& s) { solve(s, *kept); })
            ->Unit(benchmark::kMicrosecond);
    }
}
