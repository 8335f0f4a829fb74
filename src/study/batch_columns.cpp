// What a row of a batch can hold.
#include <unordered_map>

#include "araz/model/result_fields.hpp"
#include "araz/study/batch.hpp"

namespace araz {

namespace {

using Type = BatchColumn::Type;

std::vector<std::string> status_words() {
    std::vector<std::string> list(words::status.begin(), words::status.end());
    list.emplace_back("invalid");
    return list;
}

std::vector<std::string> cause_words() { return {words::cause.begin(), words::cause.end()}; }

const std::vector<BatchColumnChoice>& of_every_kind() {
    static const std::vector<BatchColumnChoice> table{
        {{"status", "how the state without outages was solved", Type::word, "", status_words()}, true},
        {{"iterations", "Newton steps", Type::integer, "", {}}, true},
        {{"max_mismatch_pu", "largest mismatch, per unit", Type::number, "", {}}, true},
        {{"load_mw", "load of energised buses", Type::number, "", {}}, true},
        {{"generation_mw", "output of all units", Type::number, "", {}}, true},
        {{"loss_mw", "losses of branches", Type::number, "", {}}, true},
        {{"available_mw", "available power of units with a profile", Type::number, "", {}}, true},
        {{"curtailed_mw", "available power not taken by the dispatch", Type::number, "", {}}, true},
        {{"shortage_mw", "demand that no unit of its area could meet", Type::number, "", {}}, true},
        {{"surplus_mw", "output that no unit of its area could leave out", Type::number, "", {}}, true},
        {{"below_pmin_mw", "how far units run below their Pmin, together", Type::number, "", {}}, true},
        {{"balance_error_mw", "solved output of all units less that of the dispatch", Type::number, "", {}}, true},
        {{"max_loading_pct", "largest loading without outages", Type::number, "", {}}, true},
        {{"max_loading_branch", "its branch", Type::text, "", {}}, true},
        {{"min_vm_pu", "lowest voltage without outages, per unit", Type::number, "", {}}, true},
        {{"min_vm_bus", "its bus", Type::integer, "", {}}, true},
        {{"max_vm_pu", "highest voltage without outages, per unit", Type::number, "", {}}, true},
        {{"max_vm_bus", "its bus", Type::integer, "", {}}, true},
        {{"violations", "limits broken without outages", Type::integer, "", {}}, true},
        {{"units_out", "units drawn out of service", Type::text, "", {}}},
        {{"outage_mw", "installed power of these", Type::number, "", {}}},
        {{"loading_pct", "loading", Type::number, "branch", {}}},
        {{"p_from_mw", "active power entering at the from end", Type::number, "branch", {}}},
        {{"q_from_mvar", "reactive power entering at the from end", Type::number, "branch", {}}},
        {{"p_to_mw", "active power entering at the to end", Type::number, "branch", {}}},
        {{"q_to_mvar", "reactive power entering at the to end", Type::number, "branch", {}}},
        {{"vm_pu", "voltage magnitude, per unit", Type::number, "bus", {}}},
        {{"va_deg", "voltage angle", Type::number, "bus", {}}},
        {{"p_mw", "active power of the unit", Type::number, "generator", {}}},
        {{"q_mvar", "reactive power of the unit", Type::number, "generator", {}}},
        {{"net_export_mw", "net export over AC ties", Type::number, "area", {}}},
        {{"profile_pu", "value of the profile, per unit", Type::number, "profile", {}}},
    };
    return table;
}

const std::vector<BatchColumnChoice>& of_contingencies() {
    static const std::vector<BatchColumnChoice> table{
        {{"contingencies_solved", "contingencies solved", Type::integer, "", {}}, true},
        {{"contingencies_islanding", "contingencies that split the network", Type::integer, "", {}}, true},
        {{"contingencies_unsolved", "contingencies without a solution", Type::integer, "", {}}, true},
        {{"contingencies_with_violations", "contingencies after which a limit is broken", Type::integer, "", {}}, true},
        {{"worst_loading_pct", "largest loading after a contingency", Type::number, "", {}}, true},
        {{"worst_branch", "its branch", Type::text, "", {}}, true},
        {{"worst_contingency", "its contingency", Type::text, "", {}}, true},
        {{"lowest_vm_pu", "lowest voltage after a contingency, per unit", Type::number, "", {}}, true},
        {{"lowest_vm_bus", "its bus", Type::integer, "", {}}, true},
        {{"lowest_vm_contingency", "its contingency", Type::text, "", {}}, true},
    };
    return table;
}

const std::vector<BatchColumnChoice>& of_directions() {
    static const std::vector<BatchColumnChoice> table{
        {{"direction_status", "converged, or why there is no answer", Type::word, "direction", status_words()}, true},
        {{"ttc_mw", "total transfer capacity", Type::number, "direction", {}}, true},
        {{"ntc_mw", "net transfer capacity", Type::number, "direction", {}}, true},
        {{"atc_mw", "available transfer capacity", Type::number, "direction", {}}, true},
        {{"base_exchange_mw", "exchange before any shift", Type::number, "direction", {}}, true},
        {{"delta_e_mw", "largest secure shift", Type::number, "direction", {}}, true},
        {{"ttc_intact_mw", "transfer capacity without contingencies", Type::number, "direction", {}}, true},
        {{"max_shift_mw", "what the shift keys could give at most", Type::number, "direction", {}}, true},
        {{"window_from_mw", "where the secure window begins", Type::number, "direction", {}}},
        {{"secure_mw", "secure end of the certified bracket", Type::number, "direction", {}}, true},
        {{"insecure_mw", "insecure end of the certified bracket", Type::number, "direction", {}}, true},
        {{"certificate_solved", "contingencies solved at the secure end", Type::integer, "direction", {}}, true},
        {{"certificate_unsolved", "contingencies without a solution at the secure end", Type::integer, "direction", {}}, true},
        {{"certificate_mismatch_pu", "largest mismatch at the secure end, per unit", Type::number, "direction", {}}, true},
        {{"base_violations", "pairs violated before any shift", Type::integer, "direction", {}}, true},
        {{"limit_cause", "what stops the transfer", Type::word, "direction", cause_words()}, true},
        {{"limit_element", "branch, bus or DC line that limits", Type::text, "direction", {}}, true},
        {{"limit_element_name", "its name", Type::text, "direction", {}}, true},
        {{"limit_contingency", "outage after which it limits; empty: the intact grid", Type::text, "direction", {}}, true},
        {{"limit_contingency_name", "its name", Type::text, "direction", {}}, true},
        {{"limit_value", "value at the limit, in its own unit", Type::number, "direction", {}}, true},
        {{"power_flows", "AC power flows solved for the answer", Type::integer, "direction", {}}},
    };
    return table;
}

// Labels of one kind of element over all grids.
class Labels {
public:
    explicit Labels(std::string name) { axis_.name = std::move(name); }
    void add(const std::string& id, const std::string& name, std::int64_t number = -1) {
        if (!known_.emplace(id, axis_.ids.size()).second) return;
        axis_.ids.push_back(id);
        axis_.names.push_back(name);
        if (number >= 0) axis_.numbers.push_back(number);
    }
    [[nodiscard]] BatchAxis take() { return std::move(axis_); }

private:
    BatchAxis axis_;
    std::unordered_map<std::string, std::size_t> known_;
};

}  // namespace

std::vector<BatchColumnChoice> batch_columns(BatchKind kind) {
    std::vector<BatchColumnChoice> all = of_every_kind();
    const auto add = [&](const std::vector<BatchColumnChoice>& more) { all.insert(all.end(), more.begin(), more.end()); };
    if (kind == BatchKind::n1) add(of_contingencies());
    if (kind == BatchKind::capacity) add(of_directions());
    return all;
}

std::vector<BatchAxis> batch_axes(const std::vector<const Case*>& grids, const std::vector<ExchangeSides>& sides) {
    Labels branches("branch"), buses("bus"), units("generator"), areas("area"), directions("direction");
    for (const ExchangeSides& side : sides) directions.add(side.from + " -> " + side.to, "");
    for (const Case* grid : grids) {
        for (std::size_t k = 0; k < grid->branches.size(); ++k) {
            const BranchRow& row = grid->branches[k];
            branches.add(row.id.empty() ? std::to_string(k + 1) : row.id, row.name);
        }
        for (const BusRow& bus : grid->buses) buses.add(std::to_string(number(bus.bus)), bus.name, number(bus.bus));
        for (std::size_t k = 0; k < grid->generators.size(); ++k) {
            const GeneratorRow& row = grid->generators[k];
            units.add(row.id.empty() ? std::to_string(k + 1) : row.id, row.name);
        }
        for (const AreaRow& area : grid->areas) areas.add(std::to_string(area.area), area.name, area.area);
    }
    return {directions.take(), branches.take(), buses.take(), units.take(), areas.take()};
}

}  // namespace araz
