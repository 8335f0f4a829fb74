// Independent re-check of a result against the laws it must obey and against a reference.
//
// Nothing here uses the solver, its patterns or its Network: voltages come from the result, element
// data from the Case, and every law is recomputed with plain complex arithmetic, branch by branch. Where a
// state has to be solved again (contingencies, certificates) the layer has a Newton of its own.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "araz/base/result.hpp"
#include "araz/model/case.hpp"
#include "araz/model/results.hpp"
#include "araz/model/table.hpp"

namespace araz {

struct LawCheck {
    std::string law;        ///< "kirchhoff_p", "branch_flow", "complementarity", ...
    std::string element;    ///< where the largest deviation is
    double deviation = 0.0; ///< in `unit`
    double tolerance = 0.0;
    std::string unit;
    int checked = 0;
    int failed = 0;
    std::vector<std::string> failing;  ///< the first few elements that fail, in the order checked
    [[nodiscard]] bool passed() const { return failed == 0; }
};

struct VerifyReport {
    std::vector<LawCheck> checks;
    Findings findings;
    [[nodiscard]] bool passed() const;
};

/// Recomputes from `grid` what `result` claims: rows, bus types and live parts, the pi-model flow at both
/// ends of every branch, power balance at every bus, loadings, totals, areas, ties, set-points, reactive
/// limits (complementarity) and the list of violations. A result that is not solved does not pass.
struct LawTolerances {
    double mismatch_pu = 1e-7;
    double flow_mw = 1e-5;
};
[[nodiscard]] VerifyReport check_laws(const Case& grid, const PfResult& result, const LawTolerances& tolerances = {});

/// Solves every contingency that `result` lists again, with a Newton of the re-check's own on a Ybus of its
/// own, and compares statuses, extremes, losses, lost load and generation and the list of violations.
/// `grid` is the case that was studied, scaled and with its point and variants.
[[nodiscard]] VerifyReport check_contingencies(const Case& grid, const N1Result& result);

/// Re-checks the certificate of every direction from the case and the end states that the result carries:
/// the states themselves, the exchange they make, every contingency at the secure end, the violated pair at
/// the insecure end, and the figures derived from them. Steps of the search are checked for consistency only.
[[nodiscard]] VerifyReport check_certificates(const Case& grid, const CapacityResult& result);

/// Per-quantity tolerances of a comparison; the key is the column name ("vm_pu") or "*" and its end ("*_mw"):
/// the exact name wins, then the longest end. Infinity leaves a column out; a column without an entry
/// must agree exactly. Angles are compared modulo 360 degrees.
using Tolerances = std::map<std::string, double>;
[[nodiscard]] Tolerances default_tolerances();

/// Compares two tables by the key of `actual`: every cell of `reference` whose column also stands in
/// `actual`. A row missing on either side is a failure, and so is having nothing to compare. Headers of
/// MATPOWER reference tables (gen, pf_mw, pg_mw, outage_branch, ...) are understood.
[[nodiscard]] VerifyReport compare(const Table& actual, const Table& reference, const Tolerances& tolerances);

/// How many columns of `actual` the reference also has, by the same names as compare(); 0 without its key.
[[nodiscard]] std::size_t shared_columns(const Table& actual, const Table& reference);

}  // namespace araz
