// Values of mpc.* -> rows of a Case.
#pragma once

#include <string>

#include "araz/model/case.hpp"
#include "matpower_interpreter.hpp"
#include "matpower_report.hpp"

namespace araz::matpower {

/// Fills `grid` from the fields `mpc`.* among `variables`; what is wrong or not used is reported.
void fill_case(const Interpreter::Variables& variables, const std::string& mpc, Reporter& reporter, Case& grid);

}  // namespace araz::matpower
