#include <array>

#include "codes_tables.hpp"

namespace araz {

namespace {

// AZ10xx files and text, AZ11xx rows and references, AZ12xx values, AZ13xx topology and sources.
constexpr std::array table{
    CodeEntry{"AZ1001", "file cannot be read", "The path does not exist, is a folder, or may not be read.",
              "araz pf nosuch.m"},
    CodeEntry{"AZ1002", "file is empty", "The file holds no bytes, or nothing but blanks and comments.", ""},
};

}  // namespace

std::span<const CodeEntry> input_codes() { return table; }

}  // namespace araz
