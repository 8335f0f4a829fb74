// A rank of a batch that is not the first one.
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <cstdio>
#include <exception>
#include <mutex>
#include <new>
#include <thread>

#include "araz/base/text.hpp"
#include "batch_ranks.hpp"
#include "batch_run.hpp"

namespace araz::app {

namespace {

constexpr auto look_every = std::chrono::milliseconds(1);

// Ends this process, whereupon the launcher ends the others: what is finished stays. Leaving MPI in order would wait for
// rank 0, which waits for the rows of this rank.
[[noreturn]] void give_up(const std::exception_ptr& bug) {
    int code = 70;
    try {
        std::rethrow_exception(bug);
    } catch (const std::bad_alloc&) {
        code = 7;
        std::fprintf(stderr, "error: rank %d is out of memory\n", Ranks::rank());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "internal error in rank %d: %s\nThis is a bug in araz; please report it with the case file.\n",
                     Ranks::rank(), error.what());
    }
    std::fflush(nullptr);
    ::_exit(code);
}

class Follower {
public:
    Follower(const BatchPlan& plan, int threads) : plan_(plan), threads_(threads) {}

    void run() {
        std::thread solver([&] {
            try {
                run_scenarios(plan_.study, threads_, [&](bool wait) { return next(wait); }, stop_, [&](std::vector<SolvedRow> rows) {
                    const std::lock_guard guard(lock_);
                    solved_.push_back(std::move(rows));
                    return true;
                });
            } catch (...) {
                give_up(std::current_exception());
            }
        });
        while (!stop_) {
            const bool came = receive();
            const bool sent = send_rows();
            if (!came && !sent) std::this_thread::sleep_for(look_every);
        }
        wake_.notify_all();
        solver.join();
    }

private:
    std::vector<int> next(bool wait) {
        std::unique_lock guard(lock_);
        while (wait && work_.empty() && !stop_) wake_.wait_for(guard, std::chrono::milliseconds(100));
        if (stop_ || work_.empty()) return {};
        std::vector<int> block = std::move(work_.front());
        work_.pop_front();
        return block;
    }

    bool receive() {
        const auto message = Ranks::receive();
        if (!message) return false;
        if (message->tag == RankTag::stop) stop_ = true;
        if (message->tag != RankTag::work) return true;
        std::vector<int> block;
        for (const std::string& number : split(message->bytes, ',')) block.push_back(static_cast<int>(parse_integer(number).value()));
        const std::lock_guard guard(lock_);
        work_.push_back(std::move(block));
        wake_.notify_all();
        return true;
    }

    bool send_rows() {
        std::deque<std::vector<SolvedRow>> solved;
        {
            const std::lock_guard guard(lock_);
            solved.swap(solved_);
        }
        for (const std::vector<SolvedRow>& rows : solved) Ranks::send(0, RankTag::rows, to_bytes(rows));
        return !solved.empty();
    }

    const BatchPlan& plan_;
    int threads_;
    std::mutex lock_;
    std::condition_variable wake_;
    std::deque<std::vector<int>> work_;
    std::deque<std::vector<SolvedRow>> solved_;
    std::atomic<bool> stop_{false};
};

}  // namespace

int run_as_follower(const Options& options, const std::function<Result<BatchPlan>()>& make_plan) {
    const RankRelease release;
    const auto plan = make_plan();
    if (!plan) {
        Ranks::send(0, RankTag::failed, plan.error().findings.empty() ? "" : plan.error().findings[0].message);
        while (true) {
            const auto message = Ranks::receive();
            if (message && message->tag == RankTag::stop) return 0;
            if (!message) std::this_thread::sleep_for(look_every);
        }
    }
    const int threads = batch_threads(options);
    Ranks::send(0, RankTag::hello, std::to_string(threads) + "," + plan_digest(*plan));
    Follower(*plan, threads).run();
    return 0;
}

}  // namespace araz::app
