// A small case as text, for tests of readers and checks: nine buses in a ring with a chord, three
// units. Invented numbers; it solves.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

#include "araz/base/finding.hpp"

namespace araz::test {

inline const std::string ring9 = R"(function mpc = ring9
% a ring with a chord
mpc.version = '2';
mpc.baseMVA = 100;

%% buses
mpc.bus = [
	1	3	0	0	0	0	1	1.02	0	220	1	1.1	0.9;
	2	1	40	12	0	0	1	1	0	220	1	1.1	0.9;
	3	1	55	18	0	0	1	1	0	220	1	1.1	0.9;
	4	2	0	0	0	0	2	1.01	0	220	1	1.1	0.9;
	5	1	35	10	0	5	2	1	0	220	1	1.1	0.9;
	6	1	60	21	0	0	2	1	0	220	1	1.1	0.9;
	7	2	0	0	0	0	3	1.015	0	220	1	1.1	0.9;
	8	1	45	15	0	0	3	1	0	220	1	1.1	0.9;
	9	1	30	8	0	0	3	1	0	220	1	1.1	0.9;
];

%% units
mpc.gen = [
	1	95	0	120	-80	1.02	200	1	250	10;
	4	90	0	90	-60	1.01	150	1	160	20;
	7	80	0	90	-60	1.015	150	1	140	20;
];

%% lines
mpc.branch = [
	1	2	0.006	0.041	0.07	200	220	240	0	0	1	-360	360;
	2	3	0.007	0.047	0.08	200	220	240	0	0	1	-360	360;
	3	4	0.005	0.036	0.06	200	220	240	0	0	1	-360	360;
	4	5	0.006	0.043	0.07	200	220	240	0	0	1	-360	360;
	5	6	0.008	0.052	0.09	200	220	240	0	0	1	-360	360;
	6	7	0.005	0.034	0.06	200	220	240	0	0	1	-360	360;
	7	8	0.006	0.042	0.07	200	220	240	0	0	1	-360	360;
	8	9	0.007	0.048	0.08	200	220	240	0	0	1	-360	360;
	9	1	0.006	0.040	0.07	200	220	240	0	0	1	-360	360;
	3	8	0.009	0.063	0.11	200	220	240	0.98	0	1	-360	360;
];
)";

/// `text` with its one occurrence of `old` replaced.
inline std::string replaced(std::string text, std::string_view old, std::string_view by) {
    const auto at = text.find(old);
    if (at == std::string::npos) throw std::logic_error("not in the text: " + std::string(old));
    return text.replace(at, old.size(), by);
}

struct Place {
    int line;
    int column;
    bool operator==(const Place&) const = default;
};

/// Where `marker` stands in `text`, plus `skip` characters.
inline Place place_of(const std::string& text, std::string_view marker, std::size_t skip = 0) {
    const auto found = text.find(marker);
    if (found == std::string::npos) throw std::logic_error("not in the text: " + std::string(marker));
    Place place{1, 1};
    for (std::size_t i = 0; i < found + skip; ++i)
        place = text[i] == '\n' ? Place{place.line + 1, 1} : Place{place.line, place.column + 1};
    return place;
}

inline const Finding* find(const Findings& findings, std::string_view code) {
    for (const Finding& finding : findings)
        if (finding.code == code) return &finding;
    return nullptr;
}

}  // namespace araz::test
