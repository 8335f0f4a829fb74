#include <cstdio>

#include "araz/base/codes.hpp"
#include "araz/base/text.hpp"
#include "session.hpp"
#include "verbs.hpp"

namespace araz::app {

int run_explain(const Options& options) {
    std::string code = options.files[0];
    for (char& c : code) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    const CodeEntry* entry = find_code(code);
    if (entry == nullptr) {
        std::vector<std::string> known;
        for (const CodeEntry& row : all_codes()) known.emplace_back(row.code);
        return report_error(options, "araz.explain/1",
                            Error::make(ErrorKind::usage, "AZ3013", "no code '" + options.files[0] + "'" +
                                        did_you_mean(code, known)));
    }
    std::string text = std::string(entry->code) + ": " + std::string(entry->title) + "\n\n" +
                       std::string(entry->explanation) + "\n";
    if (!entry->example.empty()) text += "\nExample:\n  " + std::string(entry->example) + "\n";
    std::fputs(text.c_str(), stdout);
    return exit_ok;
}

}  // namespace araz::app
