// A small case file and ways to spoil it.
#pragma once

#include <stdexcept>
#include <string>

namespace araz::testing {

/// Five buses in two areas, N-1 secure but for the spur to bus 5; solves from flat start.
inline const std::string sample_case = R"(function mpc = sample
mpc.version = '2';
mpc.baseMVA = 100;

%	bus_i	type	Pd	Qd	Gs	Bs	area	Vm	Va	baseKV	zone	Vmax	Vmin
mpc.bus = [
	1	3	20	5	0	0	1	1	0	220	1	1.1	0.9;
	2	1	60	20	0	0	1	1	0	220	1	1.1	0.9;
	3	2	70	20	0	0	2	1	0	220	1	1.1	0.9;
	4	1	80	30	0	10	2	1	0	220	1	1.1	0.9;
	5	1	10	2	0	0	2	1	0	220	1	1.1	0.9;
];

mpc.gen = [
	1	130	0	150	-100	1.02	200	1	300	20	0	0	0	0	0	0	0	0	0	0	0;
	3	115	0	150	-100	1.01	200	1	250	10	0	0	0	0	0	0	0	0	0	0	0;
];

mpc.branch = [
	1	2	0.005	0.04	0.02	150	180	200	0	0	1	-360	360;
	2	3	0.006	0.05	0.02	150	180	200	0	0	1	-360	360;
	3	4	0.005	0.04	0.02	150	180	200	0	0	1	-360	360;
	1	4	0.006	0.05	0.02	150	180	200	0	0	1	-360	360;
	2	4	0.008	0.07	0.02	150	180	200	0	0	1	-360	360;
	4	5	0.01	0.06	0	50	60	70	0	0	1	-360	360;
];
)";

/// `text` with its only `what` replaced.
inline std::string with(std::string text, const std::string& what, const std::string& by) {
    const auto at = text.find(what);
    if (at == std::string::npos || text.find(what, at + 1) != std::string::npos)
        throw std::logic_error("not exactly once in the sample: " + what);
    return text.replace(at, what.size(), by);
}

}  // namespace araz::testing
