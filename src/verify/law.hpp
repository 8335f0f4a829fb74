// Counting one law over many elements.
#pragma once

#include <cmath>
#include <string>

#include "araz/verify/verify.hpp"

namespace araz {

/// Collects deviations of one law; a deviation that is not a number fails.
class Law {
public:
    Law(std::string name, double tolerance, std::string unit) {
        check_.law = std::move(name);
        check_.tolerance = tolerance;
        check_.unit = std::move(unit);
    }

    void see(double deviation, const std::string& element) {
        ++check_.checked;
        const double size = std::isnan(deviation) ? HUGE_VAL : std::abs(deviation);
        if (!(size <= check_.tolerance)) {
            ++check_.failed;
            if (check_.failing.size() < failing_shown) check_.failing.push_back(element);
        }
        if (check_.checked > 1 && size <= check_.deviation) return;
        check_.deviation = size;
        check_.element = element;
    }

    /// Yes or no: a broken rule without a size.
    void see(bool holds, const std::string& element) { see(holds ? 0.0 : HUGE_VAL, element); }

    /// A figure against what was computed again; NaN on both sides agrees.
    void compare(double found, double expected, const std::string& element) {
        see(std::isnan(found) && std::isnan(expected) ? 0.0 : found - expected, element);
    }

    [[nodiscard]] bool holds() const { return check_.failed == 0; }

    /// Adds the law to a report unless there was nothing to check.
    void report(VerifyReport& out) const {
        if (check_.checked > 0) out.checks.push_back(check_);
    }

private:
    static constexpr std::size_t failing_shown = 6;

    LawCheck check_;
};

}  // namespace araz
