// What a failed solve leaves, for people: the kind of failure, its evidence, the probes, and last the
// command that repeats the best state reached.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "table_pf.hpp"
#include "table_text.hpp"
#include "table_words.hpp"

namespace araz {

namespace {

// The last iterations tell; the first ones of a long ladder do not.
constexpr std::size_t iterations_shown = 12;

std::string kind_words(const std::string& kind) {
    if (kind == "bad_data") return "bad data";
    if (kind == "no_solution_nearby") return "no solution nearby";
    if (kind == "controls_cycling") return "controls cycling";
    if (kind == "bad_start") return "bad start";
    return kind;
}

std::string lines(std::string_view title, const std::vector<std::string>& list) {
    if (list.empty()) return {};
    std::string out = fmt::format("\n{}\n", title);
    for (const std::string& line : list) out += "  " + cell(line, 100) + "\n";
    return out;
}

std::string mismatch_table(const Diagnosis& diagnosis, const TableOptions& options) {
    TextTable table({{"bus"}, {"name", Align::left}, {"P mismatch MW"}, {"Q mismatch MVAr"}, {"neighbours", Align::left}});
    for (const MismatchResult& m : diagnosis.worst) {
        std::string neighbours;
        for (const std::string& each : m.neighbours) neighbours += (neighbours.empty() ? "" : ", ") + each;
        table.add({whole(m.bus), cell(m.name), fixed(m.p_mw, 3), fixed(m.q_mvar, 3), cell(neighbours, 70)});
    }
    return section("Largest mismatches", table, options.color, diagnosis.worst.size(), diagnosis.worst.size());
}

std::string island_table(const Diagnosis& diagnosis, const TableOptions& options) {
    TextTable table({{"island"}, {"buses"}, {"reference bus"}, {"load MW"}, {"generation MW"}, {"energised", Align::left}});
    const std::size_t shown = rows_shown(diagnosis.islands.size(), options.limit);
    for (std::size_t i = 0; i < shown; ++i) {
        const IslandResult& island = diagnosis.islands[i];
        table.add({whole(island.island), whole(island.n_bus), island.reference_bus == 0 ? "-" : whole(island.reference_bus),
                   fixed(island.load_mw, 2), fixed(island.generation_mw, 2), island.energised ? "yes" : "no"});
    }
    return section("Islands", table, options.color, shown, diagnosis.islands.size());
}

std::string iteration_table(const PfResult& result, const TableOptions& options) {
    TextTable table({{"iteration"}, {"mismatch p.u."}, {"worst bus"}, {"name", Align::left}, {"equation", Align::left},
                     {"step p.u."}, {"phase", Align::left}});
    const std::size_t total = result.trace.size();
    const std::size_t shown = options.limit == 0 ? total : std::min(total, iterations_shown);
    for (std::size_t i = total - shown; i < total; ++i) {
        const IterationResult& it = result.trace[i];
        table.add({whole(it.iteration), scientific(it.mismatch_pu), it.worst_bus == 0 ? "-" : whole(it.worst_bus),
                   cell(it.worst_bus_name), it.equation, scientific(it.step_pu), cell(it.phase)});
    }
    return section(shown < total ? "Iterations, the last" : "Iterations", table, options.color, shown, total);
}

std::string suspect_lines(const Diagnosis& diagnosis) {
    std::vector<std::string> list;
    for (const SuspectResult& s : diagnosis.suspects) {
        std::string place = s.file;
        if (s.line > 0) place += ":" + std::to_string(s.line);
        if (s.line > 0 && s.column > 0) place += ":" + std::to_string(s.column);
        list.push_back(place + (place.empty() ? "" : ": ") + s.severity + "[" + s.code + "]: " + s.message);
    }
    std::string out;
    for (const std::string& line : list) out += "  " + cell(line, 240) + "\n";
    return out.empty() ? out : "\nSuspicious data nearby\n" + out;
}

std::string probe_table(const Diagnosis& diagnosis, const TableOptions& options) {
    TextTable table({{"probe", Align::left}, {"outcome", Align::left}});
    for (const ProbeResult& p : diagnosis.probes) table.add({cell(p.probe, 60), p.solved ? "solves" : cell(p.status)});
    return section("Probes, each with one thing changed", table, options.color, diagnosis.probes.size(), diagnosis.probes.size());
}

}  // namespace

std::string diagnosis_table(const PfResult& result, const TableOptions& options) {
    const Diagnosis& diagnosis = result.diagnosis;
    std::string out;
    if (!diagnosis.kind.empty()) out += fact("diagnosis", kind_words(diagnosis.kind) + ": " + cell(diagnosis.summary, 160));
    if (diagnosis.weakest_bus != 0)
        out += fact("weakest bus", "bus " + whole(diagnosis.weakest_bus) +
                                          (diagnosis.weakest_bus_name.empty() ? "" : " (" + cell(diagnosis.weakest_bus_name) + ")"));
    if (!std::isnan(diagnosis.largest_scale_load))
        out += fact("solves up to", fixed(100.0 * diagnosis.largest_scale_load, 1) + " % of load and generation");
    out += mismatch_table(diagnosis, options);
    out += suspect_lines(diagnosis);
    out += island_table(diagnosis, options);
    out += lines("Tried, in order", diagnosis.tried);
    out += lines("Controls that kept switching", diagnosis.cycling);
    out += iteration_table(result, options);
    out += probe_table(diagnosis, options);
    if (!diagnosis.command.empty()) out += "\nBest state reached\n  " + diagnosis.command + "\n";
    return out;
}

}  // namespace araz
