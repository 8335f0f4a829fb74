// An imbalance that units share, as the re-check does it: by the amount that each part shares, not inside Newton's matrix.
#pragma once

#include <string>
#include <vector>

#include "own_grid.hpp"

namespace araz {

class OwnSharing {
public:
    /// Units with `on` take part, each in its part of the grid, by `key`: "pmax", "headroom" and "pg" of their schedule, "file" by
    /// the APF of the case. Each moves in proportion to its weight until it stands at Pmax or Pmin.
    OwnSharing(const OwnGrid& grid, const std::string& key, const std::vector<unsigned char>& on, const std::vector<int>& part);

    /// Moves the amounts by what the references still had to give beyond their schedule, [part] p.u.; from the second time on by the
    /// secant through the last two. False: nobody has that much left.
    [[nodiscard]] bool take(const std::vector<double>& left);

    /// Output beyond the schedule, [source] p.u.
    [[nodiscard]] const std::vector<double>& shares() const { return shares_; }

private:
    struct Unit {
        int source = 0;
        double up_weight = 0.0, down_weight = 0.0, up = 0.0, down = 0.0;
    };
    struct Part {
        std::vector<Unit> units;
        double amount = 0.0, last_amount = 0.0, last_left = 0.0;
        bool moved = false;
    };
    [[nodiscard]] bool share(const Part& part);

    std::vector<Part> parts_;
    std::vector<double> shares_;
};

}  // namespace araz
