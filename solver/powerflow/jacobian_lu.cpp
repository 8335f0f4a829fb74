#include "araz/solver/jacobian_lu.hpp"

namespace araz::solver {

JacobianLu::JacobianLu(const AdmittancePattern& pattern, const PowerEquations& equations)
    : row_start_(equations.row_start()), column_(equations.column()) {
    blocks_.analyze(pattern.n_bus, pattern.row_start, pattern.column);
}

void JacobianLu::begin(bool has_links) {
    pivots_ = has_links || primed_to_pivot_;
    keeps_order_ = pivots_;
}

LuHealth JacobianLu::factor_pivoting(std::span<const double> values, bool keep_order) {
    if (!pivoting_.analyzed()) pivoting_.analyze(static_cast<int>(row_start_.size()) - 1, row_start_, column_);
    return keep_order ? pivoting_.refresh(values) : pivoting_.factor(values);
}

bool JacobianLu::prime(std::span<const double> values, bool has_links) {
    primed_to_pivot_ = false;
    begin(has_links);
    keeps_order_ = false;
    const bool ok = factor(values).ok;
    primed_to_pivot_ = ok && pivots_;
    return ok;
}

LuHealth JacobianLu::factor(std::span<const double> values) {
    if (!pivots_) {
        const LuHealth health = blocks_.factor(values);
        if (health.ok) {
            pivoted_ = false;
            return health;
        }
        pivots_ = true;
    }
    pivoted_ = true;
    const LuHealth health = factor_pivoting(values, keeps_order_);
    keeps_order_ = true;
    return health;
}

void JacobianLu::solve(std::span<double> b) {
    if (pivoted_) {
        pivoting_.solve(b);
    } else {
        blocks_.solve(b);
    }
}

}  // namespace araz::solver
