// The folder of a batch that may be killed at any moment and goes on where it was.
//
//   manifest.json   what is computed: study, inputs with their hashes, options, layout; written once
//   lock            held by the process that writes, with its pid and host
//   journal         one checksummed record per finished scenario, appended in the order of finishing
//   shards/         finished blocks of scenarios as HDF5, for reading while the batch runs
//   result.h5, summary.json   at the end
//
// The journal is the truth: whatever else is missing or damaged is made again from it, and scenarios whose record
// is not whole are solved again. Since rows do not depend on threads or order, the end is the same to the byte.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "araz/io/batch_io.hpp"

namespace araz {

struct Manifest {
    std::string version;        ///< of the araz that made it
    std::string created;        ///< ISO 8601
    std::string study;          ///< path of the study file, absolute
    std::string study_as_given;
    std::vector<std::string> overrides;  ///< "hours=0-23": options of the command line that change the study
    std::vector<BatchInput> inputs;
    OptionMap options;
    CaseInfo grid;
    int shard = 256;            ///< scenarios in a shard
    BatchLayout layout;
};

struct JournalRecord {
    int scenario = 0;
    double seconds = 0.0;   ///< it took
    double finished = 0.0;  ///< seconds since 1970
    BatchRow row;
};

struct JournalContents {
    std::vector<JournalRecord> records;  ///< whole ones, in the order of the file
    std::size_t valid_bytes = 0;         ///< up to the end of the last whole record
    std::size_t damaged = 0;             ///< bytes that belong to no whole record
};

/// Reads what is there, also while somebody writes. Errors: AZ1001; AZ3073 the file is no journal of this layout.
[[nodiscard]] Result<JournalContents> read_journal(const std::string& folder, const BatchLayout& layout);
[[nodiscard]] Result<Manifest> read_manifest(const std::string& folder);

/// "pid 4711 on host", or an empty text when nobody holds the lock.
[[nodiscard]] std::string lock_holder(const std::string& folder);

class RunDirectory {
public:
    /// Makes the folder with its manifest and takes the lock. Errors: AZ3070 (kind usage) it holds something already,
    /// AZ3071 (kind busy) another process has it, AZ4003 (kind output) it cannot be made or written.
    static Result<std::unique_ptr<RunDirectory>> create(const std::string& folder, const Manifest& manifest);
    /// Takes the lock of an existing folder and drops what a kill left: torn records, temporary files.
    static Result<std::unique_ptr<RunDirectory>> open(const std::string& folder, const BatchLayout& layout,
                                                      JournalContents& journal);
    virtual ~RunDirectory() = default;

    /// Hands finished scenarios to the system in one write: they survive the death of this process, and after the next
    /// sync() that of the machine. Error AZ4003.
    [[nodiscard]] virtual Result<Done> append(const std::vector<JournalRecord>& records) = 0;
    [[nodiscard]] virtual Result<Done> sync() = 0;
    [[nodiscard]] virtual bool has_shard(int shard) const = 0;
    [[nodiscard]] virtual Result<Done> write_shard(int shard, const std::string& bytes) = 0;
    /// result.h5 and summary.json, each whole or not at all.
    [[nodiscard]] virtual Result<Done> finish(const std::string& result, const std::string& summary) = 0;
};

}  // namespace araz
