#include "araz/study/remedial.hpp"

#include <algorithm>
#include <array>

#include "araz/base/text.hpp"

namespace araz {

namespace {

Finding refuse(const RemedialStep& step, std::string message, std::string hint) {
    Finding finding;
    finding.code = "AZ3024";
    finding.element = step.element;
    finding.message = std::move(message);
    finding.hint = std::move(hint);
    finding.where = step.where;
    return finding;
}

template <class Row>
Row* row_of(std::vector<Row>& rows, const RemedialStep& step, const char* word, Findings& findings) {
    const auto named = std::find_if(rows.begin(), rows.end(),
                                    [&](const Row& row) { return !row.id.empty() && row.id == step.element; });
    if (named != rows.end()) return &*named;
    const auto number = parse_integer(step.element);
    if (number && *number >= 1 && *number <= static_cast<long long>(rows.size()))
        return &rows[static_cast<std::size_t>(*number) - 1];
    std::vector<std::string> known;
    for (const Row& row : rows)
        if (!row.id.empty()) known.push_back(row.id);
    findings.push_back(refuse(step, std::string("the case has no ") + word + " '" + step.element + "'" +
                                        did_you_mean(step.element, known),
                              "name it by identifier, or by its row from 1 to " + std::to_string(rows.size())));
    return nullptr;
}

void shift_phase(Case& grid, const RemedialStep& step, Findings& findings) {
    if (BranchRow* row = row_of(grid.branches, step, "branch", findings)) row->shift_deg = step.value;
}

void set_tap(Case& grid, const RemedialStep& step, Findings& findings) {
    BranchRow* row = row_of(grid.branches, step, "branch", findings);
    if (row == nullptr) return;
    if (step.value > 0.0) row->ratio = step.value;
    else findings.push_back(refuse(step, "a tap ratio of " + shortest(step.value), "ratios are positive, 1 is nominal"));
}

void open_branch(Case& grid, const RemedialStep& step, Findings& findings) {
    if (BranchRow* row = row_of(grid.branches, step, "branch", findings)) row->in_service = false;
}

void close_branch(Case& grid, const RemedialStep& step, Findings& findings) {
    if (BranchRow* row = row_of(grid.branches, step, "branch", findings)) row->in_service = true;
}

void set_dc_line(Case& grid, const RemedialStep& step, Findings& findings) {
    DcLineRow* row = row_of(grid.dc_lines, step, "DC line", findings);
    if (row == nullptr) return;
    if (row->ac_emulation)
        findings.push_back(refuse(step, "a set-point for DC line " + step.element,
                                  "it follows the angle between its ends (p_mode = ac_emulation)"));
    if (step.value < row->pmin_mw || step.value > row->pmax_mw)
        findings.push_back(refuse(step, shortest(step.value) + " MW on DC line " + step.element,
                                  "its limits are " + shortest(row->pmin_mw) + " to " + shortest(row->pmax_mw) + " MW"));
    row->pf_mw = step.value;
}

void redispatch(Case& grid, const RemedialStep& step, Findings& findings) {
    GeneratorRow* row = row_of(grid.generators, step, "generator", findings);
    if (row == nullptr) return;
    row->pg_mw += step.value;
    if (row->pg_mw < row->pmin_mw || row->pg_mw > row->pmax_mw)
        findings.push_back(refuse(step, "redispatch takes generator " + step.element + " to " + shortest(row->pg_mw) + " MW",
                                  "its limits are " + shortest(row->pmin_mw) + " to " + shortest(row->pmax_mw) + " MW"));
}

void set_voltage(Case& grid, const RemedialStep& step, Findings& findings) {
    GeneratorRow* row = row_of(grid.generators, step, "generator", findings);
    if (row == nullptr) return;
    if (!(step.value > 0.5 && step.value < 1.5)) {
        findings.push_back(refuse(step, "a set-point of " + shortest(step.value) + " p.u.", "give it in per unit, about 1"));
        return;
    }
    // Units of one bus regulate it together.
    for (GeneratorRow& unit : grid.generators)
        if (unit.bus == row->bus) unit.vg_pu = step.value;
}

struct Kind {
    std::string_view word;
    void (*apply)(Case&, const RemedialStep&, Findings&);
};

constexpr std::array kinds{Kind{"phase_shift", shift_phase}, Kind{"tap", set_tap},
                           Kind{"open", open_branch},        Kind{"close", close_branch},
                           Kind{"hvdc", set_dc_line},        Kind{"redispatch", redispatch},
                           Kind{"voltage", set_voltage}};

}  // namespace

Result<Case> with_action(const Case& grid, const RemedialAction& action) {
    Case changed = grid;
    Findings findings;
    for (const RemedialStep& step : action.steps) {
        const auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const Kind& k) { return k.word == step.kind; });
        if (kind != kinds.end()) {
            kind->apply(changed, step, findings);
            continue;
        }
        std::vector<std::string> words;
        for (const Kind& k : kinds) words.emplace_back(k.word);
        findings.push_back(refuse(step, "'" + step.kind + "' is no kind of remedial action" + did_you_mean(step.kind, words),
                                  "use one of " + join(words, ", ")));
    }
    if (!findings.empty()) return Error{ErrorKind::invalid_input, std::move(findings)};
    return changed;
}

}  // namespace araz
