#include "araz/control/control_table.hpp"

#include <array>

#include "araz/control/device_control.hpp"
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
    ControlRow{[](const ControlChoice& c) { return c.svc; },
               [](const ControlChoice&) { return make_device_control({.kind = DeviceKind::svc}); }},
    ControlRow{[](const ControlChoice& c) { return c.phase; },
               [](const ControlChoice&) { return make_device_control({.kind = DeviceKind::phase}); }, false},
    ControlRow{[](const ControlChoice& c) { return c.taps; },
               [](const ControlChoice&) { return make_device_control({.kind = DeviceKind::tap}); }, false},
    ControlRow{[](const ControlChoice& c) { return c.shunts; },
               [](const ControlChoice&) { return make_device_control({.kind = DeviceKind::shunt}); }, false},
};

struct Word {
    std::string_view word;
    bool ControlChoice::* choice;
};
constexpr std::array<std::string_view, 4> words{"taps", "phase", "shunts", "svc"};
constexpr std::array switches{Word{"taps", &ControlChoice::taps}, Word{"phase", &ControlChoice::phase},
                              Word{"shunts", &ControlChoice::shunts}, Word{"svc", &ControlChoice::svc}};

}  // namespace

std::span<const std::string_view> device_control_words() { return words; }

bool choose_control(std::string_view word, ControlChoice& choice) {
    bool known = word == "all" || word == "none";
    for (const Word& row : switches) {
        if (word != row.word && word != "all") continue;
        choice.*row.choice = true;
        known = true;
    }
    return known;
}

ControlList make_controls(const ControlChoice& choice, bool frozen) {
    ControlList controls;
    for (const ControlRow& row : table)
        if (row.wanted(choice) && (row.instantaneous || !frozen)) controls.push_back(row.make(choice));
    return controls;
}

}  // namespace araz
