#include "run_journal.hpp"

#include <cstring>

#include "araz/base/hash.hpp"
#include "araz/io/files.hpp"

namespace araz {

namespace {

constexpr std::string_view mark = "AZR1";
constexpr std::size_t checksum_size = 16;
constexpr std::size_t max_bytes = std::size_t{1} << 40U;

std::string checksum(std::string_view bytes) { return sha256_hex(bytes).substr(0, checksum_size); }

template <class T>
void put(std::string& out, T value) {
    char raw[sizeof(T)];
    std::memcpy(raw, &value, sizeof(T));
    out.append(raw, sizeof(T));
}

// Takes values off a text; `ok` turns false when it ends too early.
class Cursor {
public:
    explicit Cursor(std::string_view bytes) : bytes_(bytes) {}

    template <class T>
    T take() {
        T value{};
        const std::string_view raw = take_bytes(sizeof(T));
        if (ok) std::memcpy(&value, raw.data(), sizeof(T));
        return value;
    }
    std::string_view take_bytes(std::size_t size) {
        if (size > bytes_.size()) {
            ok = false;
            return {};
        }
        const std::string_view out = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        return out;
    }
    [[nodiscard]] bool at_end() const { return bytes_.empty(); }

    bool ok = true;

private:
    std::string_view bytes_;
};

// One whole record at the beginning of `bytes`; its size, or 0.
std::size_t decode(std::string_view bytes, const BatchLayout& layout, JournalRecord& record) {
    Cursor frame(bytes);
    if (frame.take_bytes(mark.size()) != mark) return 0;
    const auto size = frame.take<std::uint32_t>();
    const std::string_view payload = frame.take_bytes(size);
    const std::string_view stored = frame.take_bytes(checksum_size);
    if (!frame.ok) return 0;
    const std::size_t head = mark.size() + sizeof(std::uint32_t);
    if (checksum(bytes.substr(0, head + size)) != stored) return 0;
    Cursor in(payload);
    record.scenario = in.take<std::int32_t>();
    record.seconds = in.take<double>();
    record.finished = in.take<double>();
    record.row.numbers.resize(layout.numbers());
    for (double& number : record.row.numbers) number = in.take<double>();
    record.row.texts.resize(layout.texts());
    for (std::string& text : record.row.texts) text = in.take_bytes(in.take<std::uint32_t>());
    const bool fits = in.ok && in.at_end() && record.scenario >= 0 && record.scenario < layout.scenarios();
    return fits ? head + size + checksum_size : 0;
}

}  // namespace

std::string journal_header(const BatchLayout& layout) { return "araz-journal/1 " + sha256_hex(layout_json(layout)) + "\n"; }

void encode(const JournalRecord& record, std::string& out) {
    const std::size_t begin = out.size();
    out += mark;
    put(out, std::uint32_t{0});  // set below
    const std::size_t payload = out.size();
    put<std::int32_t>(out, record.scenario);
    put(out, record.seconds);
    put(out, record.finished);
    out.append(reinterpret_cast<const char*>(record.row.numbers.data()), record.row.numbers.size() * sizeof(double));
    for (const std::string& text : record.row.texts) {
        put(out, static_cast<std::uint32_t>(text.size()));
        out += text;
    }
    const auto size = static_cast<std::uint32_t>(out.size() - payload);
    std::memcpy(out.data() + begin + mark.size(), &size, sizeof size);
    out += checksum(std::string_view(out).substr(begin));
}

Result<JournalContents> read_journal(const std::string& folder, const BatchLayout& layout) {
    const std::string path = folder + "/journal";
    const auto bytes = read_file(path, max_bytes);
    if (!bytes) return bytes.error();
    const std::string_view all = *bytes;
    const std::string header = journal_header(layout);
    JournalContents out;
    if (all.size() < header.size() && header.starts_with(all)) {  // killed while it was being begun
        out.damaged = all.size();
        return out;
    }
    if (!all.starts_with(header))
        return Error::make(ErrorKind::invalid_input, "AZ3073", path + " is no journal of this manifest",
                           "journal and manifest belong together; start the batch again in another folder");
    out.valid_bytes = header.size();
    std::size_t at = header.size();
    while (at < all.size()) {
        JournalRecord record;
        if (const std::size_t size = decode(all.substr(at), layout, record); size > 0) {
            out.records.push_back(std::move(record));
            at += size;
            out.valid_bytes = at;
            continue;
        }
        const std::size_t next = std::min(all.find(mark, at + 1), all.size());
        out.damaged += next - at;
        at = next;
    }
    return out;
}

}  // namespace araz
