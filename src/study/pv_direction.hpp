// What moves with lambda: rates of units and loads, constant between the lambdas at which a unit fills.
#pragma once

#include <limits>
#include <optional>
#include <vector>

#include "araz/study/continuation.hpp"

namespace araz {

/// One interval of lambda.
struct PvInterval {
    double start = 0.0;
    double end = std::numeric_limits<double>::infinity();
    std::vector<double> unit;            ///< [n_gen] p.u. per unit of lambda
    std::vector<double> unit_q;          ///< [n_gen] of units at load buses
    std::vector<double> load_p, load_q;  ///< [n_bus]
    int full_unit = -1;                  ///< unit that fills at `end`
    bool full_is_source = true;
    bool exhausted = false;              ///< a whole side is full at `end`
};

class PvPath {
public:
    /// `base` is the solved base state. Errors as run_pv's.
    [[nodiscard]] static Result<PvPath> build(const Network& net, const PvOptions& options, const Solution& base);

    /// Interval `k`, 0 the one that starts at lambda 0. Made when first asked for.
    [[nodiscard]] PvInterval interval(int k) const;

    /// MW per unit of lambda: of load, or of shift.
    [[nodiscard]] double mw_per_lambda() const { return mw_per_lambda_; }

private:
    PvPath(const Network& net, const PvOptions& options, const Solution& base);
    [[nodiscard]] PvInterval growth(const PvOptions& options, const Solution& base) const;
    [[nodiscard]] PvInterval transfer_from(double start) const;

    const Network* net_;
    double mw_per_lambda_ = 0.0;
    std::optional<ShiftKey> source_, sink_;
    PvInterval growth_;
};

}  // namespace araz
