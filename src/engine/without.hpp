// The DC model less what is out.
#pragma once

#include <vector>

#include "araz/solver/dc.hpp"

namespace araz {

[[nodiscard]] inline solver::DcBranches without(solver::DcBranches branches, const std::vector<unsigned char>& out) {
    for (std::size_t l = 0; l < out.size(); ++l)
        if (out[l] != 0) branches.b[l] = 0.0;
    return branches;
}

}  // namespace araz
