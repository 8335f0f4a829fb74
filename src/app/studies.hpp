// Option readers shared by the contingency studies.
#pragma once

#include "araz/study/contingency.hpp"
#include "options.hpp"

namespace araz::app {

[[nodiscard]] Result<ContingencySpec> contingency_spec(const Options& options);

}  // namespace araz::app
