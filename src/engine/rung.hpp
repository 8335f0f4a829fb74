// One start of the ladder.
#pragma once

#include "araz/engine/engine.hpp"

namespace araz {

struct Engine::Rung {
    Start start = Start::stored;
    bool warm = false;
    bool capped = false;
    const char* name = "";
};

}  // namespace araz
