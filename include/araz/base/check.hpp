// A broken invariant is a bug in araz, not in its input: it stops the program with the place and the
// values. ARAZ_CHECK is always on and stays out of inner loops.
#pragma once

#include <stdexcept>
#include <string>

namespace araz {

/// Thrown by ARAZ_CHECK; only main() catches it and ends with exit code 70.
class InternalError : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

[[noreturn]] void fail_check(const char* condition, const char* file, int line, const std::string& detail);

}  // namespace araz

#define ARAZ_CHECK(condition, detail)                                          \
    do {                                                                       \
        if (!(condition)) ::araz::fail_check(#condition, __FILE__, __LINE__, detail); \
    } while (false)
