#include <algorithm>

#include "araz/base/check.hpp"
#include "araz/solver/lane_program.hpp"
#include "ordering.hpp"

namespace araz::solver {

namespace {

// Graph of the buses with equations, in their own numbers.
void place_buses(const AdmittancePattern& pattern, std::span<const unsigned char> has_equations, LaneProgram& program) {
    std::vector<int> local(static_cast<std::size_t>(pattern.n_bus), -1), buses;
    for (int b = 0; b < pattern.n_bus; ++b) {
        if (has_equations[b] == 0) continue;
        local[b] = static_cast<int>(buses.size());
        buses.push_back(b);
    }
    std::vector<int> row_start{0}, column;
    for (const int b : buses) {
        for (int k = pattern.row_start[b]; k < pattern.row_start[b + 1]; ++k)
            if (local[pattern.column[k]] >= 0) column.push_back(local[pattern.column[k]]);
        row_start.push_back(static_cast<int>(column.size()));
    }
    program.n_bus = pattern.n_bus;
    program.n_node = static_cast<int>(buses.size());
    for (const int k : elimination_order(program.n_node, row_start, column)) program.bus_of.push_back(buses[k]);
    for (int b = 0; b < pattern.n_bus; ++b)
        if (has_equations[b] == 0) program.bus_of.push_back(b);
    program.place_of.resize(pattern.n_bus);
    for (int k = 0; k < pattern.n_bus; ++k) program.place_of[program.bus_of[k]] = k;
}

void copy_rows(const AdmittancePattern& pattern, const AdmittanceValues& ybus, LaneProgram& program) {
    program.row_start.assign(1, 0);
    std::vector<std::pair<int, int>> row;  // place, slot
    for (int t = 0; t < program.n_node; ++t) {
        const int bus = program.bus_of[t];
        row.clear();
        for (int k = pattern.row_start[bus]; k < pattern.row_start[bus + 1]; ++k)
            if (pattern.column[k] != bus) row.emplace_back(program.place_of[pattern.column[k]], k);
        std::sort(row.begin(), row.end());
        row.insert(row.begin(), {t, pattern.diagonal[bus]});
        for (const auto& [place, slot] : row) {
            program.column.push_back(place);
            program.slot.push_back(slot);
            program.g.push_back(ybus.g[slot]);
            program.b.push_back(ybus.b[slot]);
        }
        program.row_start.push_back(static_cast<int>(program.column.size()));
    }
}

void find_structure(LaneProgram& program) {
    FactorStructure found = factor_structure(program.n_node, program.row_start, program.column);
    program.parent = std::move(found.parent);
    program.upper_start = std::move(found.upper_start);
    program.upper = std::move(found.upper);
    program.lower_start = std::move(found.lower_start);
    program.lower = std::move(found.lower);
    program.lower_of = std::move(found.lower_of);
}

void write_streams(LaneProgram& program) {
    const int n = program.n_node;
    program.stored.assign(1, 0);
    for (int t = 0; t < n; ++t)
        program.stored.push_back(program.stored.back() + 2 +
                                 4 * static_cast<std::uint32_t>(program.upper_start[t + 1] - program.upper_start[t]));
    program.entry_start.assign(1, 0);
    program.fill_start.assign(1, 0);
    std::vector<int> block_of(static_cast<std::size_t>(n), -1);
    std::vector<unsigned char> has_entry;
    for (int t = 0; t < n; ++t) {
        int width = 0;
        for (int k = program.lower_start[t]; k < program.lower_start[t + 1]; ++k) block_of[program.lower[k]] = width++;
        block_of[t] = width++;
        for (int k = program.upper_start[t]; k < program.upper_start[t + 1]; ++k) block_of[program.upper[k]] = width++;
        ARAZ_CHECK(width <= 65535, "row of " + std::to_string(width) + " blocks");
        program.widest_panel = std::max(program.widest_panel, width);

        for (int k = program.lower_start[t]; k < program.lower_start[t + 1]; ++k) {
            const int s = program.lower[k];
            const int begin = program.upper_start[s];
            const int end = program.upper_start[s + 1];
            program.pairs.push_back({program.stored[s], static_cast<std::uint16_t>(end - begin),
                                     static_cast<std::uint16_t>(k - program.lower_start[t])});
            for (int c = begin; c < end; ++c)
                program.position.push_back(static_cast<std::uint16_t>(block_of[program.upper[c]]));
        }
        has_entry.assign(static_cast<std::size_t>(width), 0);
        has_entry[block_of[t]] = 1;
        for (int k = program.row_start[t] + 1; k < program.row_start[t + 1]; ++k) {
            if (program.column[k] >= n) continue;
            const int block = block_of[program.column[k]];
            has_entry[block] = 1;
            program.entries.push_back({program.column[k], block, program.g[k], program.b[k], static_cast<float>(program.g[k]),
                                       static_cast<float>(program.b[k])});
        }
        for (int block = 0; block < width; ++block)
            if (has_entry[block] == 0) program.fill.push_back(static_cast<std::uint16_t>(block));
        program.entry_start.push_back(static_cast<int>(program.entries.size()));
        program.fill_start.push_back(static_cast<int>(program.fill.size()));
    }
    program.pairs.push_back({});  // the kernels look one pair ahead
}

}  // namespace

LaneProgram LaneProgram::build(const AdmittancePattern& pattern, const AdmittanceValues& ybus,
                               std::span<const unsigned char> has_equations) {
    LaneProgram program;
    place_buses(pattern, has_equations, program);
    copy_rows(pattern, ybus, program);
    find_structure(program);
    write_streams(program);
    return program;
}

}  // namespace araz::solver
