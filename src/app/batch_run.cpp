#include "batch_run.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <deque>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <tuple>

#include "araz/report/batch_tables.hpp"
#include "araz/base/text.hpp"
#include "batch_ranks.hpp"
#include "batch_watch.hpp"
#include "session.hpp"

namespace araz::app {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto look_every = std::chrono::milliseconds(20);
constexpr auto listen_every = std::chrono::milliseconds(1);  // with other ranks
constexpr auto sync_every = std::chrono::seconds(1);
constexpr auto show_every = std::chrono::milliseconds(500);
constexpr auto patience = std::chrono::milliseconds(1000);  // for scenarios in hand after a signal

std::atomic<int> caught{0};

// The second signal ends the process as it stands: the journal survives that.
void on_signal(int number) {
    if (caught.exchange(number) != 0) ::_exit(128 + number);
}

class Signals {
public:
    Signals() {
        caught = 0;
        struct sigaction action {};
        action.sa_handler = on_signal;
        sigaction(SIGINT, &action, &old_interrupt_);
        sigaction(SIGTERM, &action, &old_terminate_);
        std::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes is an error of write() like a full disk
    }
    ~Signals() {
        sigaction(SIGINT, &old_interrupt_, nullptr);
        sigaction(SIGTERM, &old_terminate_, nullptr);
    }
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

private:
    struct sigaction old_interrupt_ {}, old_terminate_ {};
};

class BatchRun {
public:
    BatchRun(const Options& options, const BatchPlan& plan, RunDirectory& directory)
        : options_(options), plan_(plan), layout_(plan.study.layout), directory_(directory), watch_(layout_),
          rows_(static_cast<std::size_t>(layout_.scenarios())), left_(shards()), in_hand_(static_cast<std::size_t>(Ranks::size())),
          threads_of_(in_hand_.size(), 1), last_block_(in_hand_.size(), 0) {
        for (int k = 0; k < layout_.scenarios(); ++k) ++left_[shard_of(k)];
    }

    int run(JournalContents journal) {
        for (JournalRecord& record : journal.records) keep(record.scenario, std::move(record.row));
        resumed_ = watch_.done();
        find_twins();
        std::vector<int> missing;
        std::vector<SolvedRow> copies;
        for (int k = 0; k < layout_.scenarios(); ++k) {
            if (rows_[k]) continue;
            const std::vector<int>& same = twins_of(k);
            const auto solved = std::find_if(same.begin(), same.end(), [&](int twin) { return rows_[twin].has_value(); });
            const auto first = std::find_if(same.begin(), same.end(), [&](int twin) { return !rows_[twin]; });
            if (solved != same.end() && k != *first) continue;  // copied together with the first
            if (solved != same.end()) copies.push_back({k, *rows_[*solved], 0.0});
            else if (same.empty() || k == same.front()) missing.push_back(k);
        }
        if (const auto copied = record(std::move(copies)); !copied) return report_error(options_, "araz.batch/1", copied.error());
        if (const int code = store_missing_shards(); code != exit_ok) return code;
        if (const int code = solve(missing); code != exit_ok) return code;
        return finish();
    }

private:
    [[nodiscard]] int shard_of(int scenario) const { return scenario / plan_.manifest.shard; }
    [[nodiscard]] std::size_t shards() const {
        return static_cast<std::size_t>((layout_.scenarios() + plan_.manifest.shard - 1) / plan_.manifest.shard);
    }

    // False: it was there already.
    bool keep(int scenario, BatchRow row) {
        if (rows_[scenario]) return false;
        watch_.take(scenario, row);
        rows_[scenario] = std::move(row);
        --left_[shard_of(scenario)];
        return true;
    }

    [[nodiscard]] BatchStamp stamp() const {
        BatchStamp out;
        out.envelope.schema = "araz.batch/1";
        out.envelope.grid = plan_.manifest.grid;
        out.envelope.options = plan_.manifest.options;
        out.envelope.status = "converged";
        out.inputs = plan_.manifest.inputs;
        out.argv = "araz batch " + plan_.manifest.study_as_given;
        for (const std::string& override : plan_.manifest.overrides) out.argv += " --" + override;
        return out;
    }

    [[nodiscard]] Result<std::string> image(int first, int last) const {
        std::vector<const BatchRow*> rows;
        for (int k = first; k < last; ++k) rows.push_back(&*rows_[k]);
        return to_hdf5(layout_, first, rows, stamp());
    }

    Result<Done> store_shard(int shard) {
        const int first = shard * plan_.manifest.shard;
        const auto bytes = image(first, std::min(first + plan_.manifest.shard, layout_.scenarios()));
        if (!bytes) return bytes.error();
        return directory_.write_shard(shard, *bytes);
    }

    int store_missing_shards() {
        for (int shard = 0; shard < static_cast<int>(shards()); ++shard) {
            if (left_[shard] > 0 || directory_.has_shard(shard)) continue;
            if (const auto stored = store_shard(shard); !stored) return report_error(options_, "araz.batch/1", stored.error());
        }
        return exit_ok;
    }

    // Samples can draw an hour several times: such scenarios are solved once.
    void find_twins() {
        std::set<int> seen;
        const auto again = [&](int hour) { return !seen.insert(hour).second; };
        if (!plan_.study.units_out.empty()) return;  // the hour may be the same, the units in service are not
        if (std::none_of(layout_.hours.begin(), layout_.hours.end(), again)) return;
        for (int k = 0; k < layout_.scenarios(); ++k) {
            const BatchLayout::Place at = layout_.place(k);
            twins_[{layout_.hours[at.hour], at.point, at.variant}].push_back(k);
        }
    }
    /// The scenarios of its hour, itself included; empty: it is the only one.
    [[nodiscard]] const std::vector<int>& twins_of(int scenario) const {
        static const std::vector<int> none;
        if (twins_.empty()) return none;
        const BatchLayout::Place at = layout_.place(scenario);
        return twins_.at({layout_.hours[at.hour], at.point, at.variant});
    }

    // Scenarios more: into the journal, and where they complete blocks into shards.
    Result<Done> record(std::vector<SolvedRow> rows) {
        const std::chrono::duration<double> since_epoch = std::chrono::system_clock::now().time_since_epoch();
        std::vector<JournalRecord> records;
        for (SolvedRow& row : rows) {
            for (const int twin : twins_of(row.scenario))
                if (twin != row.scenario && !rows_[twin]) records.push_back({twin, 0.0, since_epoch.count(), row.row});
            records.push_back({row.scenario, row.seconds, since_epoch.count(), std::move(row.row)});
        }
        if (records.empty()) return Done{};
        if (auto appended = directory_.append(records); !appended) return appended;
        if (Clock::now() - synced_ > sync_every) {
            if (auto synced = directory_.sync(); !synced) return synced;
            synced_ = Clock::now();
        }
        for (JournalRecord& record : records) {
            const int shard = shard_of(record.scenario);
            if (!keep(record.scenario, std::move(record.row)) || left_[shard] > 0) continue;
            if (auto stored = store_shard(shard); !stored) return stored;
        }
        return Done{};
    }

    // The next block for a thread of this process, empty when all are given away.
    std::vector<int> next() {
        const std::lock_guard guard(work_lock_);
        if (work_.empty()) return {};
        std::vector<int> block = std::move(work_.front());
        work_.pop_front();
        return block;
    }

    // False: stop.
    bool take(std::vector<SolvedRow> rows) {
        const std::lock_guard guard(lock_);
        if (error_) return false;
        if (auto recorded = record(std::move(rows)); !recorded) error_ = recorded.error();
        return !error_;
    }

    int solve(const std::vector<int>& missing) {
        if (missing.empty()) return exit_ok;
        for (std::vector<int>& block : blocks_of(plan_.study, missing)) work_.push_back(std::move(block));
        const Signals signals;
        begin_ = synced_ = Clock::now();
        std::atomic<bool> stop{false}, ended{false};
        std::exception_ptr bug;
        // On its own thread, so that this one can end the process while scenarios are in hand.
        std::thread worker([&] {
            try {
                const int workers = std::min(batch_threads(options_), static_cast<int>(missing.size()));
                run_scenarios(plan_.study, workers, [&](bool) { return next(); }, stop, [&](std::vector<SolvedRow> rows) { return take(std::move(rows)); });
            } catch (...) {
                bug = std::current_exception();
            }
            ended = true;
        });
        const bool finished = wait(stop, ended);
        if (!finished) leave(128 + caught);
        worker.join();
        if (bug) std::rethrow_exception(bug);
        if (error_) return report_error(options_, "araz.batch/1", *error_);
        if (caught != 0 && watch_.done() < layout_.scenarios()) return interrupted(128 + caught);
        return exit_ok;
    }

    // Until the worker ends; false: it has not, a second after it was asked to.
    bool wait(std::atomic<bool>& stop, const std::atomic<bool>& ended) {
        const bool show = shows_progress();
        auto shown = begin_;
        std::optional<Clock::time_point> asked;
        while (!ended || others_have_work()) {
            if (Ranks::size() == 1) std::this_thread::sleep_for(look_every);
            else if (!serve()) std::this_thread::sleep_for(listen_every);
            const auto now = Clock::now();
            if (!asked && (caught != 0 || failed())) {
                asked = now;
                stop = true;
                const std::lock_guard guard(work_lock_);
                work_.clear();
            }
            if (asked && now - *asked > patience) return false;
            if (!show || now - shown < show_every) continue;
            shown = now;
            show_progress(false);
        }
        if (show) show_progress(true);
        return true;
    }

    [[nodiscard]] bool others_have_work() const {
        return std::any_of(in_hand_.begin(), in_hand_.end(), [](int count) { return count > 0; });
    }

    // Answers one message of another rank; false: there was none.
    bool serve() {
        const auto message = Ranks::receive();
        if (!message) return false;
        const auto refuse = [&](const std::string& why) {
            const std::lock_guard guard(lock_);
            error_ = Error::make(ErrorKind::invalid_input, "AZ3076", "rank " + std::to_string(message->from) + " " + why,
                                 "all ranks need the same araz, study, case and series at the same paths");
            return true;
        };
        if (message->tag == RankTag::failed) return refuse("cannot begin: " + message->bytes);
        if (message->tag == RankTag::hello) {
            const auto words = split(message->bytes, ',');
            if (words.size() != 2 || words[1] != plan_digest(plan_)) return refuse("has another study, or other inputs");
            threads_of_[message->from] = static_cast<int>(parse_integer(words[0]).value_or(1));
            hand_out(message->from);
            return true;
        }
        if (message->tag != RankTag::rows) return true;
        auto rows = rows_from_bytes(message->bytes, layout_);
        if (!rows) return refuse("sent what are no rows of this batch");
        in_hand_[message->from] -= static_cast<int>(rows->size());
        (void)take(*std::move(rows));
        hand_out(message->from);
        return true;
    }

    // A block for each thread, and one ahead.
    void hand_out(int rank) {
        while (in_hand_[rank] <= threads_of_[rank] * last_block_[rank]) {
            const std::vector<int> block = next();
            if (block.empty()) return;
            std::string numbers;
            for (const int scenario : block) numbers += (numbers.empty() ? "" : ",") + std::to_string(scenario);
            in_hand_[rank] += static_cast<int>(block.size());
            last_block_[rank] = static_cast<int>(block.size());
            Ranks::send(rank, RankTag::work, numbers);
        }
    }

    [[nodiscard]] bool failed() {
        const std::lock_guard guard(lock_);
        return error_.has_value();
    }

    // Ends the process with scenarios in hand, which are lost, and no record half written.
    [[noreturn]] void leave(int code) {
        const std::lock_guard guard(lock_);
        if (error_) code = report_error(options_, "araz.batch/1", *error_);
        else code = interrupted(code);
        std::fflush(nullptr);
        ::_exit(code);
    }

    int interrupted(int code) {
        (void)directory_.sync();
        std::fprintf(stderr, "interrupted: %d of %d scenarios are done; go on with: araz resume %s\n", watch_.done(),
                     layout_.scenarios(), plan_.folder.c_str());
        return code;
    }

    [[nodiscard]] bool shows_progress() const {
        const std::string mode = options_.text("--progress");
        return mode == "always" || (mode != "never" && isatty(STDERR_FILENO) != 0);
    }

    void show_progress(bool last) {
        const std::lock_guard guard(lock_);
        const std::chrono::duration<double> elapsed = Clock::now() - begin_;
        const int fresh = watch_.done() - resumed_;
        const double rate = fresh / std::max(elapsed.count(), 1e-9);
        const int total = layout_.scenarios();
        std::fprintf(stderr, "\r\x1b[Kbatch: %d of %d (%d %%), %.2f/s, %s left, %d unsolved%s%s%s", watch_.done(), total,
                     static_cast<int>(100.0 * watch_.done() / total), rate,
                     duration_words(fresh > 0 ? (total - watch_.done()) / rate : nan_value).c_str(), watch_.unsolved(),
                     watch_.worst_scenario() < 0 ? "" : ", ", watch_.worst_words().c_str(), last ? "\n" : "");
        std::fflush(stderr);
    }

    int finish() {
        if (const auto synced = directory_.sync(); !synced) return report_error(options_, "araz.batch/1", synced.error());
        const auto result = image(0, layout_.scenarios());
        if (!result) return report_error(options_, "araz.batch/1", result.error());
        std::vector<BatchRow> rows;
        rows.reserve(rows_.size());
        for (std::optional<BatchRow>& row : rows_) rows.push_back(*std::move(row));
        const BatchStatistics statistics = batch_statistics(layout_, rows);
        const std::string summary = to_json(statistics, stamp());
        if (const auto stored = directory_.finish(*result, summary); !stored)
            return report_error(options_, "araz.batch/1", stored.error());
        if (options_.text("--format") == "json") return write_output(options_, summary);
        return write_output(options_, to_table(statistics, table_options(options_)) + "\nResult: " + plan_.folder + "/result.h5, summary.json\n");
    }

    const Options& options_;
    const BatchPlan& plan_;
    const BatchLayout& layout_;
    RunDirectory& directory_;
    BatchWatch watch_;
    std::vector<std::optional<BatchRow>> rows_;
    std::map<std::tuple<int, int, int>, std::vector<int>> twins_;  ///< scenarios of an hour, point and variant
    std::vector<int> left_;  ///< scenarios missing in each shard
    std::vector<int> in_hand_;  ///< scenarios that each rank has and has not answered
    std::vector<int> threads_of_, last_block_;  ///< of each rank: its threads, and the scenarios of the block it got last
    std::deque<std::vector<int>> work_;         ///< blocks that nobody has
    std::mutex work_lock_;
    int resumed_ = 0;
    std::mutex lock_;        ///< of everything that a finished scenario changes
    std::optional<Error> error_;
    Clock::time_point begin_, synced_;
};

}  // namespace

int batch_threads(const Options& options) {
    const int asked = options.integer("--threads");
    if (asked > 0) return asked;
    return Ranks::size() > 1 ? 1 : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

int run_in_directory(const Options& options, const BatchPlan& plan, RunDirectory& directory, JournalContents journal) {
    return BatchRun(options, plan, directory).run(std::move(journal));
}

}  // namespace araz::app
