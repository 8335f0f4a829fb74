// One start of the ladder.
#pragma once

#include "araz/engine/engine.hpp"

namespace araz {

struct Engine::Rung {
    Start start = Start::stored;
    bool warm = false;
    bool capped = false;
    const char* name = "";
    int sweeps = 0;      ///< fast-decoupled sweeps before Newton
    bool resume = false; ///< with what the controls of the warm state had settled
};

}  // namespace araz
