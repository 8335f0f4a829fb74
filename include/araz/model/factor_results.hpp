// Linear factors of the DC model as results: what `araz ptdf` and `araz lodf` answer.
//
// Factors are MW per MW, without a unit. NaN means "not defined" (the outage of a bridge, an element out of
// service) and becomes null in JSON, an empty cell in CSV. The conventions stand in the result itself.
#pragma once

#include "araz/model/result_fields.hpp"
#include "araz/model/results.hpp"

namespace araz {

/// The conventions the factors follow, in words, so that a file explains itself.
struct FactorConvention {
    std::string model;           ///< "DC: b = 1/(x tap), losses neglected"
    std::string taps;            ///< "on", "off": whether tap ratios enter the susceptances
    std::string slack;           ///< "case", "distributed"; empty where the factors do not depend on it
    std::string slack_key;       ///< of a distributed slack
    std::string flow_sign, injection_sign, outage_sign;
};

/// A bus that takes up the imbalance of its island.
struct FactorSlack {
    std::int64_t bus = 0;
    std::string name;
    int island = 0;       ///< from 1
    double share = 0.0;   ///< sums to 1 over an island
};

/// One transfer: what is injected where for 1 MW.
struct FactorColumn {
    std::string column;   ///< "5", "area 1", "1 -> 2": the name of the column everywhere
    std::string kind;     ///< "bus", "area", "zone", "transfer"
    std::int64_t bus = 0; ///< 0: not a single bus
    std::string name;
    std::string key;      ///< shift key of an area, zone or transfer
};

/// A bus that a shift key moves.
struct FactorParticipant {
    std::string column;
    std::string side;     ///< "source", "sink"
    std::int64_t bus = 0;
    std::string name;
    double share = 0.0;   ///< MW injected per MW of the column; negative at a sink
};

struct TransferFactorRow {
    int branch = 0;
    std::int64_t from_bus = 0, to_bus = 0;
    std::string name;
    std::vector<double> ptdf;  ///< [columns]
};

/// Transfer factors of a branch after an outage.
struct OutageTransferRow {
    int outage = 0;  ///< branch row of the outage
    int branch = 0;
    std::int64_t from_bus = 0, to_bus = 0;
    std::string name;
    std::vector<double> otdf;  ///< [columns]
};

struct PtdfResult {
    Envelope envelope;
    FactorConvention convention;
    std::vector<FactorSlack> slack;
    std::vector<FactorColumn> columns;
    std::vector<FactorParticipant> participants;
    std::vector<TransferFactorRow> branches;
    std::vector<OutageTransferRow> post_outage;
};

struct FactorOutage {
    int outage = 0;  ///< branch row
    std::int64_t from_bus = 0, to_bus = 0;
    std::string name;
    bool splits = false;  ///< a bridge of the DC model: its column is null
};

struct OutageFactorRow {
    int branch = 0;
    std::int64_t from_bus = 0, to_bus = 0;
    std::string name;
    std::vector<double> lodf;  ///< [outages]
};

struct LodfResult {
    Envelope envelope;
    FactorConvention convention;
    std::vector<FactorOutage> outages;
    std::vector<OutageFactorRow> branches;
};

constexpr auto fields(const FactorConvention*) {
    using R = FactorConvention;
    return std::tuple{field("model", &R::model, "equations"),
                      field("taps", &R::taps, "whether tap ratios enter the susceptances"),
                      field("slack", &R::slack, "who takes up the imbalance"),
                      field("slack_key", &R::slack_key, "key of a distributed slack"),
                      field("flow_sign", &R::flow_sign, "sign of flows"),
                      field("injection_sign", &R::injection_sign, "sign of injections"),
                      field("outage_sign", &R::outage_sign, "sign of outage factors")};
}

constexpr auto fields(const FactorSlack*) {
    using R = FactorSlack;
    return std::tuple{field("bus", &R::bus, "bus number in the case file"), field("name", &R::name, "bus name").label(),
                      field("island", &R::island, "island, from 1").label(),
                      field("share", &R::share, "share of its island's imbalance")};
}

constexpr auto fields(const FactorColumn*) {
    using R = FactorColumn;
    return std::tuple{field("column", &R::column, "name of the transfer"),
                      field("kind", &R::kind, "what moves").label(),
                      field("bus", &R::bus, "bus number in the case file").id().label(),
                      field("name", &R::name, "bus or area name").label(),
                      field("key", &R::key, "shift key").label()};
}

constexpr auto fields(const FactorParticipant*) {
    using R = FactorParticipant;
    return std::tuple{field("column", &R::column, "name of the transfer").label(),
                      field("side", &R::side, "source or sink of the transfer").of(words::shift_side),
                      field("bus", &R::bus, "bus number in the case file").label(),
                      field("name", &R::name, "bus name").label(),
                      field("share", &R::share, "injection per unit of the transfer")};
}

constexpr auto fields(const TransferFactorRow*) {
    using R = TransferFactorRow;
    return std::tuple{field("branch", &R::branch, "row of the branch in the case file, from 1"),
                      field("from_bus", &R::from_bus, "bus number at the from end").label(),
                      field("to_bus", &R::to_bus, "bus number at the to end").label(),
                      field("name", &R::name, "branch name").label(),
                      field("ptdf", &R::ptdf, "flow from -> to per unit of each transfer")};
}

constexpr auto fields(const OutageTransferRow*) {
    using R = OutageTransferRow;
    return std::tuple{field("outage", &R::outage, "row of the branch that is out, from 1").label(),
                      field("branch", &R::branch, "row of the branch in the case file, from 1").label(),
                      field("from_bus", &R::from_bus, "bus number at the from end").label(),
                      field("to_bus", &R::to_bus, "bus number at the to end").label(),
                      field("name", &R::name, "branch name").label(),
                      field("otdf", &R::otdf, "flow from -> to per unit of each transfer after the outage")};
}

constexpr auto fields(const FactorOutage*) {
    using R = FactorOutage;
    return std::tuple{field("outage", &R::outage, "row of the branch that is out, from 1"),
                      field("from_bus", &R::from_bus, "bus number at the from end").label(),
                      field("to_bus", &R::to_bus, "bus number at the to end").label(),
                      field("name", &R::name, "branch name").label(),
                      field("splits", &R::splits, "whether the outage splits the network")};
}

constexpr auto fields(const OutageFactorRow*) {
    using R = OutageFactorRow;
    return std::tuple{field("branch", &R::branch, "row of the branch in the case file, from 1"),
                      field("from_bus", &R::from_bus, "bus number at the from end").label(),
                      field("to_bus", &R::to_bus, "bus number at the to end").label(),
                      field("name", &R::name, "branch name").label(),
                      field("lodf", &R::lodf, "change of the flow per unit of flow on each branch that goes out")};
}

/// Without the envelope, which the writer places itself.
constexpr auto fields(const PtdfResult*) {
    using R = PtdfResult;
    return std::tuple{field("convention", &R::convention, "conventions of the factors"),
                      field("slack", &R::slack, "who takes up the imbalance"),
                      field("columns", &R::columns, "transfers"),
                      field("participants", &R::participants, "buses of shift keys"),
                      field("branches", &R::branches, "transfer factors of the intact grid"),
                      field("post_outage", &R::post_outage, "transfer factors after outages")};
}

constexpr auto fields(const LodfResult*) {
    using R = LodfResult;
    return std::tuple{field("convention", &R::convention, "conventions of the factors"),
                      field("outages", &R::outages, "branches that go out"),
                      field("branches", &R::branches, "outage factors")};
}

}  // namespace araz
