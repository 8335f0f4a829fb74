#include "araz/control/control_table.hpp"

#include <array>

#include "araz/control/reactive_limits.hpp"

namespace araz {

namespace {

struct ControlRow {
    bool (*wanted)(const ControlChoice&);
    std::unique_ptr<Control> (*make)(const ControlChoice&);
    bool instantaneous = true;  ///< acts by itself at once, so also where the positions of controls are frozen
};

// Order: what settles fastest first.
constexpr std::array table{
    ControlRow{[](const ControlChoice& c) { return c.reactive_limits; },
               [](const ControlChoice& c) {
                   ReactiveLimitOptions options;
                   options.include_slack = c.slack_limits;
                   return make_reactive_limits(options);
               }},
};

}  // namespace

ControlList make_controls(const ControlChoice& choice, bool frozen) {
    ControlList controls;
    for (const ControlRow& row : table)
        if (row.wanted(choice) && (row.instantaneous || !frozen)) controls.push_back(row.make(choice));
    return controls;
}

}  // namespace araz
