#include "araz/base/task.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace araz {
namespace {

// Someone who answers later.
struct Desk {
    std::coroutine_handle<> waiting;
    int answer = 0;
    struct Work {
        Desk& desk;
        [[nodiscard]] bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<> handle) { desk.waiting = handle; }
        [[nodiscard]] int await_resume() const { return desk.answer; }
    };
    Work ask() { return {*this}; }
    void reply(int value) {
        answer = value;
        std::exchange(waiting, {}).resume();
    }
};

Task<int> immediate(int value) { co_return value; }

Task<int> added(Desk& desk, int n) {
    int sum = 0;
    for (int k = 0; k < n; ++k) {
        sum += co_await immediate(100);
        const int answer = co_await desk.ask();
        if (answer < 0) throw std::runtime_error("negative");
        sum += answer;
    }
    co_return sum;
}

Task<void> twice(Desk& desk, std::vector<int>& sums) {
    for (int k = 0; k < 2; ++k) {
        const int sum = co_await added(desk, 2);
        sums.push_back(sum);
    }
}

TEST(Task, GoesOnWhereItWaited) {
    Desk desk;
    std::vector<int> sums;
    Task<void> task = twice(desk, sums);
    task.start();
    for (int value = 1; value <= 4; ++value) {
        ASSERT_FALSE(task.done());
        desk.reply(value);
    }
    ASSERT_TRUE(task.done());
    task.result();
    EXPECT_EQ(sums, (std::vector<int>{203, 207}));
}

TEST(Task, ExceptionsComeOutWhereItIsAwaited) {
    Desk desk;
    std::vector<int> sums;
    Task<void> task = twice(desk, sums);
    task.start();
    desk.reply(1);
    desk.reply(-1);
    ASSERT_TRUE(task.done());
    EXPECT_THROW(task.result(), std::runtime_error);
    EXPECT_TRUE(sums.empty());
}

Task<long> counted(long n) {
    long sum = 0;
    for (long k = 0; k < n; ++k) sum += co_await immediate(1);
    co_return sum;
}

TEST(Task, OneThatNeverWaitsTakesNoStack) {
    Task<long> task = counted(1'000'000);
    task.start();
    ASSERT_TRUE(task.done());
    EXPECT_EQ(task.result(), 1'000'000);
}

struct Counted {
    int& alive;
    explicit Counted(int& count) : alive(count) { ++alive; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    ~Counted() { --alive; }
};

Task<int> holding(Desk& desk, int& alive) {
    const Counted inner(alive);
    co_return co_await desk.ask();
}

Task<void> outer(Desk& desk, int& alive) {
    const Counted mine(alive);
    (void)co_await holding(desk, alive);
}

TEST(Task, DestroyingOneThatWaitsDestroysWhatItAwaits) {
    Desk desk;
    int alive = 0;
    {
        Task<void> task = outer(desk, alive);
        task.start();
        EXPECT_EQ(alive, 2);
    }
    EXPECT_EQ(alive, 0);
}

}  // namespace
}  // namespace araz
