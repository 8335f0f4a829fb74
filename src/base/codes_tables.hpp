// The parts of the code register, by subject, so that each stays a readable table.
#pragma once

#include <span>

#include "araz/base/codes.hpp"

namespace araz {

std::span<const CodeEntry> input_codes();  ///< AZ1xxx: files, rows, values, topology
std::span<const CodeEntry> run_codes();    ///< AZ2xxx solving, AZ3xxx options and studies, AZ4xxx output, AZ5xxx verification

}  // namespace araz
