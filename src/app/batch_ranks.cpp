#include "batch_ranks.hpp"

#ifdef ARAZ_MPI
#define OMPI_SKIP_MPICXX 1
#define MPICH_SKIP_MPICXX 1
#include <mpi.h>
#endif

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "araz/base/text.hpp"

namespace araz::app {

namespace {

int this_rank = 0;
int all_ranks = 1;

// How many processes the launcher says it started; 1 without one. MPI is not initialised for a process alone,
// which would take longer than most studies.
int announced() {
    for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"})
        if (const char* text = std::getenv(name); text != nullptr)
            if (const auto size = parse_integer(text); size && *size > 1) return static_cast<int>(*size);
    return 1;
}

template <class Value>
void put(std::string& out, const Value& value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class Value>
bool take(std::string_view& in, Value& value) {
    if (in.size() < sizeof value) return false;
    std::memcpy(&value, in.data(), sizeof value);
    in.remove_prefix(sizeof value);
    return true;
}

}  // namespace

int Ranks::rank() { return this_rank; }
int Ranks::size() { return all_ranks; }

#ifdef ARAZ_MPI

Result<Done> Ranks::join() {
    if (announced() == 1) return Done{};
    int given = 0;
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &given);
    MPI_Comm_rank(MPI_COMM_WORLD, &this_rank);
    MPI_Comm_size(MPI_COMM_WORLD, &all_ranks);
    if (all_ranks == announced()) return Done{};
    // A launcher of another MPI: each process would believe to be alone, and do all the work.
    const std::string seen = std::to_string(all_ranks);
    MPI_Finalize();
    this_rank = 0;
    all_ranks = 1;
    return Error::make(ErrorKind::usage, "AZ3075", "the launcher started " + std::to_string(announced()) + " processes, MPI sees " + seen,
                       "use mpirun or srun of the MPI that araz was built with");
}

void Ranks::send(int to, RankTag tag, std::string_view bytes) {
    MPI_Send(bytes.data(), static_cast<int>(bytes.size()), MPI_BYTE, to, static_cast<int>(tag), MPI_COMM_WORLD);
}

std::optional<RankMessage> Ranks::receive() {
    if (all_ranks == 1) return {};
    int there = 0;
    MPI_Status status;
    MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &there, &status);
    if (there == 0) return {};
    int size = 0;
    MPI_Get_count(&status, MPI_BYTE, &size);
    RankMessage out{status.MPI_SOURCE, static_cast<RankTag>(status.MPI_TAG), std::string(static_cast<std::size_t>(size), '\0')};
    MPI_Recv(out.bytes.data(), size, MPI_BYTE, status.MPI_SOURCE, status.MPI_TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    return out;
}

void Ranks::leave() {
    if (all_ranks == 1) return;
    if (leads()) {
        for (int to = 1; to < all_ranks; ++to) send(to, RankTag::stop, {});
        for (int gone = 0; gone < all_ranks - 1;) {
            const auto message = receive();
            if (!message) std::this_thread::sleep_for(std::chrono::milliseconds(1));
            else if (message->tag == RankTag::bye) ++gone;
        }
    } else {
        send(0, RankTag::bye, {});
    }
    MPI_Finalize();
    all_ranks = 1;
}

#else

Result<Done> Ranks::join() {
    if (announced() == 1) return Done{};
    return Error::make(ErrorKind::usage, "AZ3075", "a launcher started several processes, and this araz was built without MPI",
                       "start one process with --threads N, or build where CMake finds MPI (scripts/setup installs Open MPI)");
}

void Ranks::send(int, RankTag, std::string_view) {}
std::optional<RankMessage> Ranks::receive() { return {}; }
void Ranks::leave() {}

#endif

std::string to_bytes(const std::vector<SolvedRow>& rows) {
    std::string out;
    for (const SolvedRow& row : rows) {
        put(out, row.scenario);
        put(out, row.seconds);
        for (const double number : row.row.numbers) put(out, number);
        for (const std::string& text : row.row.texts) {
            put(out, text.size());
            out += text;
        }
    }
    return out;
}

std::optional<std::vector<SolvedRow>> rows_from_bytes(std::string_view bytes, const BatchLayout& layout) {
    std::vector<SolvedRow> out;
    while (!bytes.empty()) {
        SolvedRow& row = out.emplace_back();
        if (!take(bytes, row.scenario) || !take(bytes, row.seconds)) return {};
        if (row.scenario < 0 || row.scenario >= layout.scenarios()) return {};
        row.row = layout.empty_row();
        for (double& number : row.row.numbers)
            if (!take(bytes, number)) return {};
        for (std::string& text : row.row.texts) {
            std::size_t size = 0;
            if (!take(bytes, size) || size > bytes.size()) return {};
            text = bytes.substr(0, size);
            bytes.remove_prefix(size);
        }
    }
    return out;
}

}  // namespace araz::app
