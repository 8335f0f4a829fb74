// What a failed power flow does when one thing about it is changed.
#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string_view>

#include "araz/base/text.hpp"
#include "araz/model/scale.hpp"
#include "araz/study/diagnosis.hpp"

namespace araz {

namespace {

constexpr std::size_t suspects_shown = 20;
constexpr int branches_probed = 3;
constexpr double lowest_scale = 0.05;
constexpr int large_case = 3000;  // buses beyond which the load is searched more coarsely

// Remarks that say nothing about why a solve fails: missing ratings and bases, placeholders, stored
// values outside limits, topology as a whole.
constexpr std::array<std::string_view, 9> no_suspect{"AZ1217", "AZ1218", "AZ1219", "AZ1223", "AZ1224",
                                                     "AZ1225", "AZ1226", "AZ1228", "AZ1246"};
// Warnings that name a figure which contradicts the rest of its case.
constexpr std::array<std::string_view, 13> contradictions{"AZ1209", "AZ1220", "AZ1230", "AZ1231", "AZ1232", "AZ1240", "AZ1241",
                                                          "AZ1242", "AZ1243", "AZ1245", "AZ1247", "AZ1248", "AZ1311"};

template <std::size_t n>
bool among(const std::array<std::string_view, n>& codes, std::string_view code) {
    return std::find(codes.begin(), codes.end(), code) != codes.end();
}

bool is_suspect(const Finding& finding) {
    return !among(no_suspect, finding.code) && (!finding.code.starts_with("AZ13") || finding.code == "AZ1311") &&
           !finding.code.starts_with("AZ14") && !finding.code.starts_with("AZ10");
}

// The case with only the rows at the worst buses and one branch further in service, so that a check of it
// speaks of them alone, with their own places in the file.
Case surroundings(const Network& net, const Diagnosis& diagnosis) {
    Case near = *net.source;
    near.findings.clear();
    near.gen_costs.clear();
    std::set<std::int64_t> worst, inside;
    for (const MismatchResult& row : diagnosis.worst) worst.insert(row.bus);
    if (diagnosis.weakest_bus != 0) worst.insert(diagnosis.weakest_bus);
    inside = worst;
    for (BranchRow& branch : near.branches) {
        const bool touches = worst.contains(number(branch.from_bus)) || worst.contains(number(branch.to_bus));
        branch.in_service = branch.in_service && touches;
        if (!branch.in_service) continue;
        inside.insert(number(branch.from_bus));
        inside.insert(number(branch.to_bus));
    }
    for (BusRow& bus : near.buses)
        if (!inside.contains(number(bus.bus))) bus.type = BusType::isolated;
    for (GeneratorRow& unit : near.generators) unit.in_service = unit.in_service && inside.contains(number(unit.bus));
    for (DcLineRow& line : near.dc_lines)
        line.in_service = line.in_service && (inside.contains(number(line.from_bus)) || inside.contains(number(line.to_bus)));
    return near;
}

std::vector<SuspectResult> suspects_of(const Network& net, const DiagnosisMeans& means, const Diagnosis& diagnosis) {
    std::vector<SuspectResult> out;
    std::set<std::pair<std::string, std::string>> seen;
    const auto add = [&](const Finding& finding) {
        if (!is_suspect(finding) || out.size() >= suspects_shown) return;
        if (!seen.emplace(finding.code, finding.element).second) return;
        out.push_back({std::string(to_string(finding.severity)), finding.code, finding.element, finding.message,
                       finding.where.file, finding.where.line, finding.where.column});
    };
    for (const Finding& finding : net.findings)  // what the whole case says against a figure
        if (among(contradictions, finding.code)) add(finding);
    if (!diagnosis.worst.empty()) {
        // Sums over the case mean nothing here: they have been taken above.
        for (const Finding& finding : check_case(surroundings(net, diagnosis), means.build))
            if (finding.code != "AZ1230" && finding.code != "AZ1231" && finding.code != "AZ1232" && finding.code != "AZ1245") add(finding);
    }
    return out;
}

// Row of "branch 12", or -1.
int branch_row_of(const std::string& element) {
    constexpr std::string_view kind = "branch ";
    if (!element.starts_with(kind)) return -1;
    const auto row = parse_integer(element.substr(kind.size()));
    return row ? static_cast<int>(*row) - 1 : -1;
}

std::string percent(double share) { return shortest(std::round(1000.0 * share) / 10.0) + " %"; }

class Probing {
public:
    Probing(const StudySetup& setup, const Solution& failed, Diagnosis& diagnosis)
        : setup_(setup), net_(*setup.model->network), failed_(failed), out_(diagnosis) {}

    void run() {
        out_.suspects = suspects_of(net_, setup_.diagnosis, out_);
        try_alternatives();
        try_without_suspects();
        search_scale();
        classify();
    }

private:
    static EngineOptions quiet(EngineOptions options) {
        options.trace = false;
        return options;
    }

    void note(std::string probe, const Solution& solution, std::string command, double scale = 1.0) {
        out_.probes.push_back({std::move(probe), std::string(to_string(solution.status)), solution.solved(),
                               *parse_double(total_of(scale)), std::move(command)});
    }

    void try_alternatives() {
        for (const Alternative& each : setup_.diagnosis.alternatives) {
            Engine engine(setup_.model, quiet(each.engine));
            const Solution solution = engine.solve(Scenario{});
            note(each.probe, solution, each.command);
            if (!solution.solved()) continue;
            if (each.same_problem && start_.empty()) start_ = each.probe, start_command_ = each.command;
            if (!each.same_problem && relaxed_.empty()) relaxed_ = each.probe, relaxed_command_ = each.command;
        }
    }

    void try_without_suspects() {
        Engine engine(setup_.model, quiet(setup_.engine));
        std::set<int> tried;
        for (const SuspectResult& suspect : out_.suspects) {
            const int row = branch_row_of(suspect.element);
            const bool known = row >= 0 && row < static_cast<int>(net_.branch_of_row.size()) && net_.branch_of_row[row] >= 0;
            if (!known || static_cast<int>(tried.size()) >= branches_probed || !tried.insert(row).second) continue;
            Scenario scenario;
            scenario.branches_out = {net_.branch_of_row[row]};
            const Solution solution = engine.solve(scenario);
            note("without " + suspect.element, solution, "");
            if (solution.solved() && culprit_.empty()) culprit_ = suspect.element;
        }
    }

    // The factor next to this one whose value on the command line, on top of what is scaled already, has four
    // digits: the command then repeats what was solved.
    [[nodiscard]] double spoken(double factor) const {
        const double total = factor * setup_.diagnosis.scale_load;
        const double unit = std::pow(10.0, std::floor(std::log10(total)) - 3.0);
        return parse_double(shortest(std::round(total / unit) * unit)).value_or(total) / setup_.diagnosis.scale_load;
    }

    [[nodiscard]] std::string total_of(double factor) const {
        const double total = factor * setup_.diagnosis.scale_load;
        const double unit = std::pow(10.0, 3.0 - std::floor(std::log10(total)));
        return shortest(std::round(total * unit) / unit);
    }

    // Loads and outputs times `factor` of the case at hand, solved as the command line would.
    bool solves_at(double factor) {
        auto grid = std::make_shared<const Case>(scale_load_and_generation(*net_.source, factor));
        auto network = Network::build(std::move(grid), setup_.diagnosis.build);
        if (!network) return false;
        Engine engine(ElectricalModel::build(*network), quiet(setup_.engine));
        const Solution solution = engine.solve(Scenario{});
        note("loads and generation at " + percent(factor * setup_.diagnosis.scale_load), solution, scaled_command(factor), factor);
        return solution.solved();
    }

    [[nodiscard]] std::string scaled_command(double factor) const {
        const std::string& command = setup_.diagnosis.command;
        return command.empty() ? command : command + " --scale-load " + total_of(factor);
    }

    // The bus whose voltage falls fastest where the load is the largest that solves: the largest entry of the
    // tangent (V. Ajjarapu, C. Christy, "The continuation power flow", IEEE Trans. Power Syst. 7(1), 1992).
    void find_weakest(double factor) {
        if (out_.weakest_bus != 0) return;
        auto network = Network::build(std::make_shared<const Case>(scale_load_and_generation(*net_.source, factor)), setup_.diagnosis.build);
        if (!network) return;
        const Network& net = **network;
        Engine engine(ElectricalModel::build(*network), quiet(setup_.engine));
        const Solution solution = engine.solve(Scenario{});
        std::vector<std::vector<double>> columns(1, std::vector<double>(2 * static_cast<std::size_t>(net.n_bus), 0.0));
        for (int b = 0; b < net.n_bus; ++b) {
            columns[0][2 * b] = -net.p_load[b];
            columns[0][2 * b + 1] = -net.q_load[b];
        }
        for (int g = 0; g < net.n_unit; ++g) columns[0][2 * net.gen_bus[g]] += net.pg[g];
        if (!solution.solved() || !engine.sensitivities(Scenario{}, solution, columns)) return;
        int weakest = -1;
        for (int b = 0; b < net.n_bus; ++b)
            if (weakest < 0 || columns[0][2 * b + 1] < columns[0][2 * weakest + 1]) weakest = b;
        if (weakest < 0 || !(columns[0][2 * weakest + 1] < 0.0)) return;
        out_.weakest_bus = number(net.bus_id[weakest]);
        out_.weakest_bus_name = net.source->buses[net.bus_row[weakest]].name;
    }

    // The largest factor found by halving; solvability may have gaps, so every factor named was solved.
    void search_scale() {
        if (!solves_at(lowest_scale)) return;
        double low = lowest_scale;
        double high = 1.0;
        const int steps = net_.n_bus > large_case ? 5 : 9;
        for (int k = 0; k < steps && high - low > 2e-3; ++k) {
            const double factor = spoken(0.5 * (low + high));
            if (!(factor > low && factor < high)) break;
            (solves_at(factor) ? low : high) = factor;
        }
        out_.largest_scale_load = *parse_double(total_of(low));
        scale_ = low;
        find_weakest(low);
    }

    [[nodiscard]] const SuspectResult* contradiction() const {
        const auto found = std::find_if(out_.suspects.begin(), out_.suspects.end(), [](const SuspectResult& s) {
            return s.severity != "info" && among(contradictions, s.code);
        });
        return found == out_.suspects.end() ? nullptr : &*found;
    }

    void classify() {
        const SuspectResult* suspect = contradiction();
        const bool scaled = std::isfinite(scale_);
        out_.command = !start_command_.empty()     ? start_command_
                       : !relaxed_command_.empty() ? relaxed_command_
                       : scaled                    ? scaled_command(scale_)
                                                   : "";
        if (!start_.empty()) {
            out_.kind = "bad_start";
            out_.summary = "the same equations solve " + start_;
        } else if (failed_.status == SolveStatus::limit_cycle) {
            out_.kind = "controls_cycling";
            out_.summary = "Newton solves, and the controls keep switching" +
                           (out_.cycling.empty() ? std::string{} : " (" + out_.cycling.front() + ")");
        } else if (suspect != nullptr || !culprit_.empty() || !scaled) {
            out_.kind = "bad_data";
            if (!culprit_.empty()) out_.summary = "it solves without " + culprit_;
            else if (suspect != nullptr) out_.summary = suspect->message;
            else out_.summary = "there is no solution even at " + percent(lowest_scale) + " of load and generation";
        } else {
            out_.kind = "no_solution_nearby";
            out_.summary = "it solves at " + percent(scale_) + " of load and generation and not at 100 %";
            if (!relaxed_.empty()) out_.summary = "it solves " + relaxed_ + "; as asked, up to " + percent(scale_) + " of load and generation";
        }
    }

    const StudySetup& setup_;
    const Network& net_;
    const Solution& failed_;
    Diagnosis& out_;
    std::string start_, start_command_, relaxed_, relaxed_command_, culprit_;
    double scale_ = nan_value;
};

}  // namespace

void probe_failure(const StudySetup& setup, const Solution& failed, Diagnosis& diagnosis) {
    Probing(setup, failed, diagnosis).run();
}

}  // namespace araz
