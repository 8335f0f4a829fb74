// Result<T>: a value or an Error. The names are those of std::expected (C++23), which GCC 12 does
// not offer in C++20 mode, so that this can become an alias later.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "araz/base/finding.hpp"

namespace araz {

/// How a run ends; the numbers are the exit codes of the command line.
enum class ErrorKind {
    usage = 2,         ///< options that do not exist or contradict each other
    invalid_input = 3, ///< a file that cannot be read or does not make sense
    not_solved = 4,    ///< the base case has no solution that was found
    output = 5,        ///< a result that could not be written
    busy = 6,          ///< a run directory in use by another process
    resources = 7,     ///< a memory or time limit
    internal = 70,     ///< a bug
};

/// Why something could not be done. Everything that was wrong is in `findings`.
struct Error {
    ErrorKind kind = ErrorKind::invalid_input;
    Findings findings;

    static Error make(ErrorKind kind, std::string code, std::string message, std::string hint = {}) {
        Finding finding;
        finding.code = std::move(code);
        finding.message = std::move(message);
        finding.hint = std::move(hint);
        return Error{kind, {std::move(finding)}};
    }
};

template <class T>
class [[nodiscard]] Result {
public:
    using value_type = T;

    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}       // NOLINT(google-explicit-constructor)
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}   // NOLINT(google-explicit-constructor)

    [[nodiscard]] bool has_value() const { return state_.index() == 0; }
    explicit operator bool() const { return has_value(); }

    [[nodiscard]] T& value() & { return std::get<0>(state_); }
    [[nodiscard]] const T& value() const& { return std::get<0>(state_); }
    [[nodiscard]] T&& value() && { return std::get<0>(std::move(state_)); }

    [[nodiscard]] Error& error() & { return std::get<1>(state_); }
    [[nodiscard]] const Error& error() const& { return std::get<1>(state_); }
    [[nodiscard]] Error&& error() && { return std::get<1>(std::move(state_)); }

    [[nodiscard]] T& operator*() & { return value(); }
    [[nodiscard]] const T& operator*() const& { return value(); }
    [[nodiscard]] T&& operator*() && { return std::move(*this).value(); }
    [[nodiscard]] T* operator->() { return &value(); }
    [[nodiscard]] const T* operator->() const { return &value(); }

private:
    std::variant<T, Error> state_;
};

/// For functions that only succeed or fail.
struct Done {};

}  // namespace araz
