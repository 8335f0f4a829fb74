// How scenarios enter and leave the lanes of a pack.
#include "lane_job.hpp"
#include "lane_limits.hpp"
#include "lane_scenario.hpp"

namespace araz {

LaneSweep::Pack::Pack(const LaneBase& base, const solver::LaneKernels& kernels)
    : group(*base.program_, kernels),
      jobs(static_cast<std::size_t>(kernels.width)),
      q_low(base.regulated_.size() * static_cast<std::size_t>(kernels.width)),
      q_high(base.regulated_.size() * static_cast<std::size_t>(kernels.width)),
      at_max(base.regulated_.size()),
      at_min(base.regulated_.size()) {
    if (!base.references_.empty()) {
        border = std::make_unique<solver::LaneBorder>(*base.program_, kernels.width, kernels.single, base.reference_rows_,
                                                      base.equation_of_);
        group.use(border.get());
    }
    group.load(*base.start_, {});
}

void LaneSweep::Pack::load(std::uint32_t lanes, const LaneBase& base) {
    std::vector<solver::LaneLoad> loads(jobs.size());
    for (std::size_t lane = 0; lane < jobs.size(); ++lane)
        if (const Job* job = jobs[lane].get()) loads[lane] = {&job->change, job->suspended ? &job->state : nullptr, &job->compensation};
    group.load(lanes, loads);
    for (std::uint32_t left = lanes; left != 0; left &= left - 1) {
        const int lane = std::countr_zero(left);
        if (!jobs[lane]) continue;
        load_screen(lane, base);
        if (border) load_balance(lane, base);
        active |= 1U << lane;
    }
    waiting &= ~lanes;
    solved &= ~lanes;
    finished &= ~lanes;
}

std::vector<std::unique_ptr<LaneSweep::Job>> LaneSweep::Pack::unload(std::uint32_t lanes) {
    std::vector<std::unique_ptr<Job>> out;
    group.unload(lanes);
    for (std::uint32_t left = lanes; left != 0; left &= left - 1) {
        const int lane = std::countr_zero(left);
        if (border) border->clear(lane);
        if (jobs[lane]) out.push_back(std::move(jobs[lane]));
    }
    active &= ~lanes;
    waiting &= ~lanes;
    solved &= ~lanes;
    finished &= ~lanes;
    return out;
}

void LaneSweep::Pack::load_screen(int lane, const LaneBase& base) {
    const auto w = static_cast<std::size_t>(width());
    const std::size_t n = base.regulated_.size();
    const Job& job = *jobs[lane];
    const auto bit = static_cast<std::uint16_t>(1U << lane);
    for (std::size_t r = 0; r < n; ++r) {
        const Pin pin = job.pin[base.regulated_[r]];
        q_low.data()[r * w + lane] = base.q_low_[r];
        q_high.data()[r * w + lane] = base.q_high_[r];
        at_max[r] = static_cast<std::uint16_t>(pin == Pin::q_max ? at_max[r] | bit : at_max[r] & ~bit);
        at_min[r] = static_cast<std::uint16_t>(pin == Pin::q_min ? at_min[r] | bit : at_min[r] & ~bit);
    }
    for (const int b : job.scenario.changed) {
        const int r = base.regulated_of_[b];
        if (r < 0) continue;
        const LaneQLimits limits =
            screen_limits(bus_reactive_range(*base.model_->network, job.scenario.gen_in, job.scenario.gen_p, b),
                          job.scenario.q_load[b], base.options_.tolerance);
        q_low.data()[static_cast<std::size_t>(r) * w + lane] = limits.low;
        q_high.data()[static_cast<std::size_t>(r) * w + lane] = limits.high;
    }
}

}  // namespace araz
