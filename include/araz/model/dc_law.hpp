// The two ends of an HVDC link as functions of one number: the power it is set to.
//
// `u` > 0 flows from -> to. Any unit of power, the same throughout (MW or per unit); injections are positive into
// the network. docs/hvdc.md has the equations.
//
//   MATPOWER's dcline:  P_from = -u,  P_to = u - (loss0 + loss1 |u|)              u is the power at the from end
//   LCC and VSC:        the sending converter takes s = |u|; (1 - a) s enters the line, which loses R i^2 with
//                       i = (1 - a) s / Udc; the receiving converter feeds in (1 - b) of what arrives. Either
//                       converter draws its no-load loss from its own bus besides, whatever flows.
#pragma once

#include <algorithm>
#include <cmath>

namespace araz {

struct DcLaw {
    bool by_terminal = false;             ///< LCC or VSC: u is meant at the sending end; false: MATPOWER's dcline
    double loss0 = 0.0, loss1 = 0.0;      ///< MATPOWER's
    double idle_from = 0.0, idle_to = 0.0;    ///< no-load losses, power
    double share_from = 0.0, share_to = 0.0;  ///< converter losses in proportion to the power, 0 to below 1
    double line = 0.0;                    ///< R / Udc^2, per power

    [[nodiscard]] static DcLaw matpower(double loss0, double loss1) {
        DcLaw law;
        law.loss0 = loss0;
        law.loss1 = loss1;
        return law;
    }
};

/// Injections at both ends, their derivatives with respect to u, and where the losses arise.
struct DcFlow {
    double p_from = 0.0, p_to = 0.0;
    double dp_from = 0.0, dp_to = 0.0;
    double loss_from = 0.0, loss_to = 0.0, loss_line = 0.0;  ///< converters and line; of a dcline not told apart
};

[[nodiscard]] inline DcFlow dc_flow(const DcLaw& law, double u) {
    DcFlow flow;
    if (!law.by_terminal) {
        const double loss = law.loss0 + law.loss1 * std::abs(u);
        flow.p_from = -u;
        flow.p_to = u - loss;
        flow.dp_from = -1.0;
        flow.dp_to = 1.0 - (u < 0.0 ? -law.loss1 : law.loss1);
        flow.loss_line = loss;
        return flow;
    }
    const bool forward = u >= 0.0;
    const double sent = std::abs(u);
    const double a = forward ? law.share_from : law.share_to;
    const double b = forward ? law.share_to : law.share_from;
    const double entering = (1.0 - a) * sent;
    const double lost = law.line * entering * entering;
    const double delivered = (1.0 - b) * (entering - lost);
    const double slope = (1.0 - b) * (1.0 - 2.0 * law.line * entering) * (1.0 - a);  // d delivered / d sent
    (forward ? flow.p_from : flow.p_to) = -sent - (forward ? law.idle_from : law.idle_to);
    (forward ? flow.p_to : flow.p_from) = delivered - (forward ? law.idle_to : law.idle_from);
    (forward ? flow.dp_from : flow.dp_to) = forward ? -1.0 : 1.0;
    (forward ? flow.dp_to : flow.dp_from) = forward ? slope : -slope;
    flow.loss_line = lost;
    flow.loss_from = law.idle_from + (forward ? a * sent : b * (entering - lost));
    flow.loss_to = law.idle_to + (forward ? b * (entering - lost) : a * sent);
    return flow;
}

namespace detail {

// What has to be sent for `delivered` > 0 behind the receiving converter.
[[nodiscard]] inline double dc_sent(double delivered, double a, double b, double line) {
    const double arriving = delivered / (1.0 - b);
    const double root = std::sqrt(std::max(0.0, 1.0 - 4.0 * line * arriving));
    return 2.0 * arriving / (1.0 + root) / (1.0 - a);
}

}  // namespace detail

/// The inverse: u for an injection at the to end.
[[nodiscard]] inline double dc_power_for_to(const DcLaw& law, double p_to) {
    if (!law.by_terminal) {
        const double p = p_to + law.loss0;
        return p < 0.0 ? p / (1.0 + law.loss1) : p / (1.0 - law.loss1);
    }
    const double through = p_to + law.idle_to;
    return through <= 0.0 ? through : detail::dc_sent(through, law.share_from, law.share_to, law.line);
}

/// The inverse: u for an injection at the from end.
[[nodiscard]] inline double dc_power_for_from(const DcLaw& law, double p_from) {
    if (!law.by_terminal) return -p_from;
    const double through = p_from + law.idle_from;
    return through <= 0.0 ? -through : -detail::dc_sent(through, law.share_to, law.share_from, law.line);
}

/// u of a link whose ends inject these powers.
[[nodiscard]] inline double dc_power(const DcLaw& law, double p_from, double p_to) {
    if (!law.by_terminal) return -p_from;
    const double from = -p_from - law.idle_from;  // what each end takes for transmission
    const double to = -p_to - law.idle_to;
    return from >= to ? from : -to;
}

/// Reactive side of one end that does not hold a voltage.
struct DcReactive {
    double q = 0.0;       ///< given, fed in
    double tangent = 0.0; ///< and tangent times the power transmitted; positive: fed in
    double idle = 0.0;    ///< no-load loss within the injection
    double q_min = -HUGE_VAL, q_max = HUGE_VAL;
};

struct DcReactivePoint {
    double q = 0.0, slope = 0.0;  ///< fed in, and its derivative with respect to the injection p
    int limit = 0;                ///< 1: at q_max, -1: at q_min
};

[[nodiscard]] inline DcReactivePoint dc_reactive(const DcReactive& end, double p) {
    const double through = p + end.idle;
    const double wanted = end.q + end.tangent * std::abs(through);
    if (wanted > end.q_max) return {end.q_max, 0.0, 1};
    if (wanted < end.q_min) return {end.q_min, 0.0, -1};
    return {wanted, through < 0.0 ? -end.tangent : end.tangent, 0};
}

}  // namespace araz
