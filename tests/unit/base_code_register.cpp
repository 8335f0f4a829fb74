// Every code that the sources emit is explained in the register, once.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "araz/base/codes.hpp"

namespace araz {
namespace {

TEST(CodeRegister, ExplainsEveryInputCodeThatTheSourcesEmit) {
    const std::regex literal("\"(AZ1[0-9]{3})\"");
    for (const auto& entry : std::filesystem::recursive_directory_iterator(ARAZ_SOURCE_DIR "/src")) {
        if (!entry.is_regular_file() || entry.path().filename() == "codes_input.cpp") continue;
        std::ifstream file(entry.path());
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        for (std::sregex_iterator at(text.begin(), text.end(), literal), end; at != end; ++at)
            EXPECT_NE(find_code((*at)[1].str()), nullptr) << (*at)[1] << " in " << entry.path();
    }
}

TEST(CodeRegister, HasEachCodeOnceInOrderWithTitleAndExplanation) {
    std::string previous;
    const std::regex form("AZ[1-5][0-9]{3}");
    for (const CodeEntry& entry : all_codes()) {
        EXPECT_LT(previous, entry.code);
        EXPECT_TRUE(std::regex_match(std::string(entry.code), form)) << entry.code;
        EXPECT_FALSE(entry.title.empty() || entry.explanation.empty()) << entry.code;
        previous = entry.code;
    }
}

}  // namespace
}  // namespace araz
