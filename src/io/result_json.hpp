// What every JSON result begins and ends with.
#pragma once

#include "araz/model/results.hpp"
#include "json_writer.hpp"

namespace araz {

/// An open object with the members of the envelope; end_result() closes it.
[[nodiscard]] JsonWriter begin_result(const Envelope& envelope);
[[nodiscard]] std::string end_result(JsonWriter& json);

}  // namespace araz
