#include "araz/control/control_table.hpp"

#include <array>

#include "araz/control/reactive_limits.hpp"

namespace araz {

namespace {

struct ControlRow {
    bool (*wanted)(const ControlChoice&);
    std::unique_ptr<Control> (*make)(const ControlChoice&);
};

// Order: what settles fastest first.
constexpr std::array table{
    ControlRow{[](const ControlChoice& c) { return c.reactive_limits; },
               [](const ControlChoice&) { return make_reactive_limits(); }},
};

}  // namespace

ControlList make_controls(const ControlChoice& choice) {
    ControlList controls;
    for (const ControlRow& row : table)
        if (row.wanted(choice)) controls.push_back(row.make(choice));
    return controls;
}

}  // namespace araz
