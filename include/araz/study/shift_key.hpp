// Generation (and load) shift keys: how an area raises or lowers its infeed.
//
// The kinds follow the GSK practice of European capacity calculation (ENTSO-E, "Generation and Load
// Shift Key implementation guide"): in proportion to headroom, output, installed power, equally, in
// merit order, by given weights, or on loads. A unit that reaches its limit drops out and the others take its share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "araz/base/result.hpp"
#include "araz/model/network.hpp"
#include "araz/model/scenario.hpp"

namespace araz {

enum class KeyKind { headroom, pg, pmax, equal, merit, load, file };

[[nodiscard]] Result<KeyKind> parse_key(const std::string& text);
[[nodiscard]] std::string_view to_string(KeyKind kind);

/// A kind of key and, for KeyKind::file, the weight of every unit: [n_gen], 0 for those that take no part.
struct KeyChoice {
    KeyKind kind = KeyKind::headroom;
    std::vector<double> weight;
    KeyChoice(KeyKind of) : kind(of) {}  // NOLINT(google-explicit-constructor): a kind is a choice
    KeyChoice(KeyKind of, std::vector<double> weights) : kind(of), weight(std::move(weights)) {}
};

/// One participant: a unit, or the load of a bus.
struct Participant {
    int index = 0;        ///< generator index, or bus index for KeyKind::load
    double base = 0.0;    ///< p.u. at zero shift
    double weight = 0.0;
    double room = 0.0;    ///< largest shift in the key's direction, p.u. (positive); may be infinite
    double merit = 0.0;   ///< order of use for KeyKind::merit, lowest first
};

/// The units of one side that move in one direction.
class ShiftKey {
public:
    /// `up`: more infeed (units up, loads down). `base_p` is the output of every unit at zero shift,
    /// [n_gen] p.u.; `in_group` marks the buses [n_bus]; `skip_slack` leaves units at slack buses out.
    ShiftKey(const Network& net, const KeyChoice& key, bool up, const std::vector<double>& base_p,
             const std::vector<unsigned char>& in_group, bool skip_slack);

    /// Scales down the rooms of the participants at the marked buses [n_bus] until they sum to at most
    /// `limit` p.u.: what can be carried away from there. 0 removes them.
    void limit_group(const std::vector<unsigned char>& at_bus, double limit);

    /// Bus of a participant.
    [[nodiscard]] int bus_of(const Participant& participant) const;

    /// Largest shift, p.u.; 0 when nobody can move.
    [[nodiscard]] double capacity() const;

    /// Adds the settings for a shift of `amount` >= 0 p.u. (clipped at capacity()).
    void apply(double amount, Scenario& scenario) const;

    /// Share of each participant for `amount`, in participant order; sums to min(amount, capacity()).
    [[nodiscard]] std::vector<double> shares(double amount) const;

    [[nodiscard]] const std::vector<Participant>& participants() const { return participants_; }
    [[nodiscard]] KeyKind kind() const { return kind_; }
    [[nodiscard]] bool up() const { return up_; }

private:
    void add_units(const Network& net, const KeyChoice& key, const std::vector<double>& base_p,
                   const std::vector<unsigned char>& in_group, bool skip_slack);
    void add_loads(const Network& net, const std::vector<unsigned char>& in_group);

    const Network* net_;
    KeyKind kind_;
    bool up_;
    std::vector<Participant> participants_;
};

}  // namespace araz
