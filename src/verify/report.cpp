#include <algorithm>

#include "araz/verify/verify.hpp"

namespace araz {

// A report without a single check has verified nothing, and must not look as if it had.
bool VerifyReport::passed() const {
    return !checks.empty() && !has_error(findings) &&
           std::all_of(checks.begin(), checks.end(), [](const LawCheck& check) { return check.passed(); });
}

}  // namespace araz
