#include "pv_lanes.hpp"

#include <bit>
#include <set>

namespace araz {

PvLanes::PvLanes(const solver::LaneProgram& program, solver::Isa isa)
    : lanes_(program, isa), slots_(static_cast<std::size_t>(lanes_.width())) {}

void PvLanes::Work::await_suspend(std::coroutine_handle<> waiting) {
    lanes_.slots_[lane_].waiting = waiting;
    lanes_.lanes_.load(lane_, request_, answer_);
}

bool PvLanes::Work::await_resume() const { return !lanes_.slots_[lane_].unusual; }

void PvLanes::run(const std::function<std::optional<Task<void>>(int)>& start) {
    bool more = true;
    int at_work = 0;
    const auto fill = [&](int lane) {
        Slot& slot = slots_[lane];
        while (more && !slot.curve) {
            slot.curve = start(lane);
            if (!slot.curve) {
                more = false;
                return;
            }
            slot.curve->start();
            if (slot.curve->done()) {  // without asking for anything
                slot.curve->result();
                slot.curve.reset();
                continue;
            }
            ++at_work;
        }
    };
    for (int lane = 0; lane < lanes_.width(); ++lane) fill(lane);
    while (at_work > 0) {
        const solver::LaneCurves::Done done = lanes_.run();
        for (std::uint32_t left = done.lanes; left != 0; left &= left - 1) {
            const int lane = std::countr_zero(left);
            Slot& slot = slots_[lane];
            slot.unusual = ((done.unusual >> lane) & 1U) != 0;
            slot.waiting.resume();
            if (!slot.curve->done()) continue;
            slot.curve->result();
            slot.curve.reset();
            --at_work;
            lanes_.set_rows(lane, {});
            fill(lane);
        }
    }
}

std::vector<solver::LaneChange::Row> lane_rows(const solver::LaneProgram& program, const solver::AdmittanceValues& ybus,
                                               const std::vector<int>& buses) {
    std::set<int> nodes;
    for (const int bus : buses)
        if (program.place_of[bus] < program.n_node) nodes.insert(program.place_of[bus]);
    std::vector<solver::LaneChange::Row> rows;
    for (const int node : nodes) {
        solver::LaneChange::Row row;
        row.node = node;
        for (int k = program.row_start[node]; k < program.row_start[node + 1]; ++k) {
            row.g.push_back(ybus.g[program.slot[k]]);
            row.b.push_back(ybus.b[program.slot[k]]);
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace araz
