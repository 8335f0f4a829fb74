// Records of a journal as bytes: "AZR1", length of what follows up to the checksum, scenario, times, numbers,
// texts, and sixteen digits of the SHA-256 of all of it. Numbers are stored as this machine holds them.
#pragma once

#include <string>

#include "araz/io/run_directory.hpp"

namespace araz {

/// First line of a journal: what its records are rows of.
[[nodiscard]] std::string journal_header(const BatchLayout& layout);
/// Adds a record to `out`.
void encode(const JournalRecord& record, std::string& out);

}  // namespace araz
