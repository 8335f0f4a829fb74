// Small text helpers that every layer needs: numbers that round-trip, names that are nearly right.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace araz {

/// Shortest decimal text that reads back as the same double; "Inf", "-Inf", "NaN" for the rest.
[[nodiscard]] std::string shortest(double value);

/// The whole of `text` as a double ("1e3", "Inf", "-Inf", "NaN" in any case); nothing else around it.
[[nodiscard]] std::optional<double> parse_double(std::string_view text);
[[nodiscard]] std::optional<long long> parse_integer(std::string_view text);

/// Text between separators, trimmed; empty pieces are kept.
[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);
[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::string to_lower(std::string_view text);
[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);

/// Up to `limit` candidates closest to `word` by edit distance, best first, only plausible ones.
[[nodiscard]] std::vector<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates,
                                               std::size_t limit = 3);

/// " (did you mean a, b?)" or an empty text.
[[nodiscard]] std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

/// Bytes that could act on a terminal (escape, bell, NUL, ...) shown as \xNN.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace araz
