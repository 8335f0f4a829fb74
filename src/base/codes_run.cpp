#include <array>

#include "codes_tables.hpp"

namespace araz {

namespace {

// AZ20xx solving, AZ30xx options and studies, AZ40xx output, AZ50xx verification.
constexpr std::array table{
    CodeEntry{"AZ2001", "no solution was found",
              "Every start of the ladder failed. The result names the ten worst buses, the islands and what was tried.",
              ""},
    CodeEntry{"AZ4001", "output cannot be written",
              "The folder does not exist, may not be written, or the disk is full. No partial file is left behind.",
              "araz pf case.m -o /nosuch/out.json"},
};

}  // namespace

std::span<const CodeEntry> run_codes() { return table; }

}  // namespace araz
