// Processes of one batch on many machines, by MPI where it is built in.
//
// Rank 0 keeps the run directory and hands out scenarios; the others solve them and send rows back. All calls are made
// by the main thread of a process (MPI_THREAD_FUNNELED).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "araz/base/result.hpp"
#include "araz/study/batch.hpp"

namespace araz::app {

enum class RankTag { hello = 1, work, rows, failed, stop, bye };

struct RankMessage {
    int from = 0;
    RankTag tag = RankTag::hello;
    std::string bytes;
};

class Ranks {
public:
    /// Joins the processes that a launcher (mpirun, srun) started together; alone without one. Error AZ3075: a launcher
    /// started several, and this program was built without MPI or with another one than the launcher's.
    static Result<Done> join();
    [[nodiscard]] static int rank();
    [[nodiscard]] static int size();
    [[nodiscard]] static bool leads() { return rank() == 0; }

    static void send(int to, RankTag tag, std::string_view bytes);
    /// The next message that has come, without waiting.
    [[nodiscard]] static std::optional<RankMessage> receive();
    /// Ends the use of MPI. Rank 0 tells the others to stop and takes what they still send, of which nothing is kept: a
    /// rank that sends waits until somebody takes it. Alone: nothing.
    static void leave();
};

/// Leaves when it goes out of scope.
class RankRelease {
public:
    RankRelease() = default;
    ~RankRelease() { Ranks::leave(); }
    RankRelease(const RankRelease&) = delete;
    RankRelease& operator=(const RankRelease&) = delete;
};

/// Finished scenarios as bytes, and back. Numbers as the machine holds them: all ranks are of one kind.
[[nodiscard]] std::string to_bytes(const std::vector<SolvedRow>& rows);
/// Nothing: the bytes are no rows of this layout.
[[nodiscard]] std::optional<std::vector<SolvedRow>> rows_from_bytes(std::string_view bytes, const BatchLayout& layout);

}  // namespace araz::app
