// DC power flow: B theta = P with b = 1 / (x tap), phase shifters as injections, losses neglected
// (B. Stott, J. Jardim, O. Alsac, "DC Power Flow Revisited", IEEE Trans. Power Syst. 24(3), 2009).
#pragma once

#include <span>
#include <vector>

#include "araz/solver/admittance.hpp"
#include "araz/solver/power_equations.hpp"
#include "araz/solver/sparse_lu.hpp"

namespace araz::solver {

/// Susceptances and shifts of the DC model.
struct DcBranches {
    std::vector<double> b;      ///< [n_branch] 1 / (x tap); 0 for a branch that is out
    std::vector<double> shift;  ///< [n_branch] rad
};

/// Factors B once for one set of branches and bus kinds; solves for many injections.
class DcSolver {
public:
    /// `links`: branches without impedance, null: none. `va` of their nodes is the flow from -> to.
    /// `emulation`: DC links that follow an angle, null: none. `va` of their nodes is the power they are set to,
    /// lossless here: what the ends feed in beyond -u and u belongs to the injections. `at_limit`: 1 at their upper,
    /// -1 at their lower limit; empty: none of them is.
    DcSolver(const AdmittancePattern& pattern, const DcBranches& branches, std::span<const BusKind> kind,
             const Links* links = nullptr, const Emulation* emulation = nullptr, std::vector<int> at_limit = {});

    [[nodiscard]] bool ok() const { return ok_; }

    /// Angles [n_bus] from net injections `p` [n_bus]; slack and dead buses keep the value in `va`.
    void solve(std::span<const double> p, std::span<double> va);

    /// Change of the angles for a change of the injections, in place; slack and dead buses do not move.
    void respond(std::span<double> x);

    /// x_i = d flow(branch) / d p_i for every bus [n_bus]; 0 at slack and dead buses.
    void flow_sensitivity(int branch, std::span<double> x);

    /// In: a linear figure's derivative with respect to every unknown; out: with respect to the injections [nodes].
    void adjoint(std::span<double> x);

    /// Change of a flow for a change of the angles.
    [[nodiscard]] double flow_change(int branch, std::span<const double> dva) const {
        return branches_.b[branch] * (dva[pattern_->from[branch]] - dva[pattern_->to[branch]]);
    }

    /// Flow from -> to of each branch at these angles.
    [[nodiscard]] double flow(int branch, std::span<const double> va) const {
        return branches_.b[branch] * (va[pattern_->from[branch]] - va[pattern_->to[branch]] - branches_.shift[branch]);
    }

private:
    const AdmittancePattern* pattern_;
    DcBranches branches_;
    std::vector<BusKind> kind_;
    const Links* links_;
    const Emulation* emulation_;
    std::vector<int> at_limit_;
    SparseLu lu_;
    std::vector<double> rhs_;
    bool ok_ = false;
};

}  // namespace araz::solver
