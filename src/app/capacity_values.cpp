#include "capacity_values.hpp"

#include <algorithm>

#include "araz/base/text.hpp"
#include "araz/io/case_io.hpp"
#include "capacity_inputs.hpp"
#include "session.hpp"
#include "studies.hpp"

namespace araz::app {

namespace {

Result<CapacityOptions> capacity_options(const Options& options, const Network& net) {
    CapacityOptions capacity;
    capacity.mode = options.text("--exchange") == "net" ? ExchangeMode::net : ExchangeMode::scheduled;
    auto key = key_choice(options, net);
    if (!key) return key.error();
    capacity.key = *std::move(key);
    const std::string policy = options.text("--base-insecure");
    capacity.base_insecure = policy == "strict"       ? BaseInsecure::strict
                             : policy == "drop-pairs" ? BaseInsecure::drop_pairs
                             : policy == "relieve"    ? BaseInsecure::relieve
                                                      : BaseInsecure::no_worse;
    capacity.tolerance_mw = options.number("--tolerance");
    capacity.audit_levels = options.integer("--audit");
    if (options.has("--max")) capacity.max_mw = options.number("--max");
    const auto margin = margin_choice(options);
    if (!margin) return margin.error();
    capacity.margin = *margin;
    capacity.aac_mw = options.number("--aac");
    return capacity;
}

// "A:B" as two names; areas of one side are joined by '+', because a comma parts the borders.
Result<std::pair<std::string, std::string>> parse_border(const std::string& text) {
    const auto colon = text.find(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == text.size() || text.find(':', colon + 1) != std::string::npos)
        return Error::make(ErrorKind::usage, "AZ3007", "--borders: '" + text + "' is not a border", "write FROM:TO, for example AZ:IR, or all");
    const auto commas = [](std::string side) {
        std::replace(side.begin(), side.end(), '+', ',');
        return side;
    };
    return std::pair(commas(text.substr(0, colon)), commas(text.substr(colon + 1)));
}

Result<std::vector<std::pair<std::string, std::string>>> named_borders(const Options& options, const Network& net, const BusGroups& groups) {
    std::vector<std::pair<std::string, std::string>> borders;
    if (!options.has("--borders")) {
        if (!options.has("--from") || !options.has("--to"))
            return Error::make(ErrorKind::usage, "AZ3007", "capacity needs --from and --to",
                               "for example --from AZ --to IR, or --from 1 --to rest; or --borders AZ:IR,AZ:GE");
        borders.emplace_back(options.text("--from"), options.text("--to"));
        return borders;
    }
    if (options.has("--from") || options.has("--to"))
        return Error::make(ErrorKind::usage, "AZ3007", "--borders and --from/--to each name the sides", "use one of them");
    if (options.text("--borders") == "all") {
        borders = borders_of(net, groups);
        if (borders.empty())
            return Error::make(ErrorKind::usage, "AZ3005", "no two " + groups.word + "s of this case are joined by a branch or DC line",
                               "name the sides: --from and --to");
        return borders;
    }
    for (const std::string& text : split(options.text("--borders"), ',')) {
        const auto border = parse_border(text);
        if (!border) return border.error();
        borders.push_back(*border);
    }
    return borders;
}

Result<std::vector<ExchangeSides>> directions(const Options& options, const Network& net) {
    const auto groups = bus_groups(options, net);
    if (!groups) return groups.error();
    const auto borders = named_borders(options, net, *groups);
    if (!borders) return borders.error();
    std::vector<ExchangeSides> sides;
    for (const auto& [from, to] : *borders) {
        auto forward = make_sides(*groups, from, to);
        if (!forward) return forward.error();
        sides.push_back(*forward);
        if (!options.on("--both")) continue;
        auto back = make_sides(*groups, to, from);
        if (!back) return back.error();
        sides.push_back(*back);
    }
    return sides;
}

// The directions of one study, or the status of a base that did not solve in place of each.
Result<std::vector<DirectionResult>> directions_of(const Options& options, const CapacityInputs& inputs, Case grid) {
    const auto study = make_study(options, inputs, std::move(grid));
    if (!study) return study.error();
    CapacityResult result = araz::run_capacity(study->setup, study->contingencies, study->options, study->sides);
    if (is_solved(result.base.status)) return std::move(result.directions);
    std::vector<DirectionResult> unsolved;
    for (const ExchangeSides& sides : study->sides) {
        DirectionResult direction;
        direction.from = sides.from;
        direction.to = sides.to;
        direction.status = "base " + std::string(to_string(result.base.status));
        unsolved.push_back(direction);
    }
    return unsolved;
}

// End states and certificates say where taps, phase shifters and shunts stand, not what a compensator does in each state.
Result<bool> controls_fit(const Options& options, const Network& net) {
    const bool compensators =
        std::any_of(net.devices.begin(), net.devices.end(), [](const Device& device) { return device.kind == DeviceKind::svc; });
    for (const std::string& word : options.list("--controls"))
        if (compensators && (word == "svc" || word == "all"))
            return Error::make(ErrorKind::usage, "AZ3033", "--controls " + word + ": a capacity cannot let compensators act in every state yet",
                               "name the other controls: --controls taps,phase,shunts");
    return true;
}

}  // namespace

Result<CapacityInputs> capacity_inputs(const Options& options) {
    auto spec = contingency_spec(options);
    if (!spec) return spec.error();
    auto actions = remedial_actions(options);
    if (!actions) return actions.error();
    return CapacityInputs{*std::move(spec), *std::move(actions)};
}

Result<CapacityStudy> make_study(const Options& options, const CapacityInputs& inputs) {
    if (Findings unknown = unknown_codes(options); !unknown.empty()) return Error{ErrorKind::usage, std::move(unknown)};
    auto grid = read_input(options, options.files[0]);
    if (!grid) return grid.error();
    return make_study(options, inputs, *std::move(grid));
}

Result<CapacityStudy> make_study(const Options& options, const CapacityInputs& inputs, Case grid) {
    auto setup = make_setup(options, options.files[0], std::move(grid));
    if (!setup) return setup.error();
    const Network& net = *setup->model->network;
    if (auto fits = controls_fit(options, net); !fits) return fits.error();
    auto capacity = capacity_options(options, net);
    if (!capacity) return capacity.error();
    auto sides = directions(options, net);
    if (!sides) return sides.error();
    auto contingencies = make_contingencies(*setup->model, inputs.contingencies);
    if (!contingencies) return contingencies.error();
    return CapacityStudy{*std::move(setup), *std::move(contingencies), *std::move(capacity), *std::move(sides)};
}

Result<bool> try_remedial(const Options& options, const CapacityInputs& inputs, const Case& grid,
                          CapacityResult& result) {
    Options plain = options;
    plain.set("--scale-load", "1");  // the case at hand is scaled already
    for (const RemedialAction& action : inputs.actions) {
        auto changed = with_action(grid, action);
        if (!changed) return changed.error();
        const auto directions = directions_of(plain, inputs, *std::move(changed));
        if (!directions) return directions.error();
        for (std::size_t d = 0; d < directions->size(); ++d) {
            const DirectionResult& with = (*directions)[d];
            RemedialResult row;
            row.action = action.label;
            row.name = action.name;
            row.status = with.status;
            row.delta_e_mw = with.delta_e_mw;
            row.gain_mw = with.ttc_mw - result.directions[d].ttc_mw;
            row.limit = with.limit;
            result.directions[d].remedial.push_back(std::move(row));
        }
    }
    return true;
}

Result<bool> value_reinforcements(const Options& options, const CapacityInputs& inputs, CapacityResult& result) {
    const std::vector<std::string> names = options.list("--reinforcements");
    if (names.empty()) return true;
    const auto with = [&](const std::vector<std::string>& added) -> Result<std::vector<DirectionResult>> {
        std::vector<std::string> variants = options.list("--variant");
        variants.insert(variants.end(), added.begin(), added.end());
        auto grid = read_case(options.files[0], options.text("--from-format"), {options.text("--point"), join(variants, ",")});
        if (!grid) return grid.error();
        return directions_of(options, inputs, *std::move(grid));
    };
    const auto all = with(names);
    if (!all) return all.error();
    for (const std::string& name : names) {
        const auto alone = with({name});
        if (!alone) return alone.error();
        std::vector<std::string> others;
        for (const std::string& other : names)
            if (other != name) others.push_back(other);
        const auto without = with(others);
        if (!without) return without.error();
        for (std::size_t d = 0; d < result.directions.size(); ++d) {
            ReinforcementResult row;
            row.variant = name;
            row.from = result.directions[d].from;
            row.to = result.directions[d].to;
            row.status = (*alone)[d].status;
            row.ttc_reference_mw = result.directions[d].ttc_mw;
            row.ttc_with_mw = (*alone)[d].ttc_mw;
            row.pint_mw = row.ttc_with_mw - row.ttc_reference_mw;
            row.ttc_all_mw = (*all)[d].ttc_mw;
            row.ttc_without_mw = (*without)[d].ttc_mw;
            row.toot_mw = row.ttc_all_mw - row.ttc_without_mw;
            row.limit = (*alone)[d].limit;
            result.reinforcements.push_back(std::move(row));
        }
    }
    return true;
}

}  // namespace araz::app
