// The grid of a Case as the re-check sees it: nodes, two-ports, sources and references, built straight from
// the rows by the rules of docs/conventions.md. Shares nothing with Network or the solver.
#pragma once

#include <complex>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "araz/model/case.hpp"

namespace araz {

/// A smaller impedance (p.u.) joins its buses.
inline constexpr double own_merge_below = 1e-8;

struct OwnBranch {
    int row = 0;
    int from = 0, to = 0;  ///< nodes
    std::complex<double> yff, yft, ytf, ytt;
    bool carries = false;  ///< in service, both ends known and not isolated, not merged away
};

/// A unit, or one end of a DC line.
struct OwnSource {
    int generator = -1;  ///< row, or -1
    int dc_line = -1;    ///< row, or -1
    bool from_end = false;
    int node = 0;
    int bus = 0;         ///< row
    double p = 0.0, q = 0.0, v_set = 1.0;  ///< p.u.; q: at 1 p.u. for one that follows the voltage
    bool holds = true;                     ///< the voltage of its node, where that is held
    bool follows_voltage = false;
};

/// A DC line whose power follows the angle between its ends, which lie in one connected part.
struct OwnEmulation {
    int dc_line = 0;
    int source[2] = {-1, -1};  ///< from, to
    int node[2] = {-1, -1};
};

struct OwnGrid {
    const Case* grid = nullptr;
    int n = 0;                       ///< nodes: buses, those joined without impedance taken together
    std::vector<int> node_of;        ///< [bus row]; -1: isolated or a duplicate
    std::vector<int> bus_of;         ///< [node] its first bus row
    std::vector<OwnBranch> branches; ///< [branch row]
    std::vector<OwnSource> sources;  ///< units in row order, then the ends of DC lines
    std::vector<OwnEmulation> emulations;
    std::vector<std::vector<int>> sources_at;  ///< [node]
    std::vector<unsigned char> reference;      ///< [node]
    std::vector<unsigned char> regulated;      ///< [node] holds its voltage: PV or reference
    std::vector<double> v_set;                 ///< [node]
    std::vector<double> angle;                 ///< [node] stored, radians: what a reference holds
    std::vector<std::complex<double>> load, shunt;  ///< [node] consumption, and admittance, p.u.
    std::unordered_map<std::int64_t, int> row_of;   ///< bus number -> row

    [[nodiscard]] int row(BusId bus) const;
};

/// Output of a source at `vm`, p.u., where it does not hold the voltage.
[[nodiscard]] double own_q(const OwnGrid& grid, const OwnSource& source, double vm);

/// `with_dc_lines`: DC lines take part.
[[nodiscard]] OwnGrid build_own_grid(const Case& grid, bool with_dc_lines);

/// Connected part of each node over branches that carry; `out` marks branch rows that do not (may be empty).
[[nodiscard]] std::vector<int> own_parts(const OwnGrid& grid, const std::vector<unsigned char>& out);

}  // namespace araz
