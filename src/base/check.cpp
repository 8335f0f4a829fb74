#include "araz/base/check.hpp"

namespace araz {

void fail_check(const char* condition, const char* file, int line, const std::string& detail) {
    throw InternalError(std::string("broken invariant: ") + condition + " (" + detail + ") at " + file + ":" +
                        std::to_string(line));
}

}  // namespace araz
