// A few thousand damaged variants of a small case, always the same ones: the reader never crashes,
// and whatever it refuses it explains with a place or, for the file as a whole, a name.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "araz/io/case_io.hpp"
#include "araz/model/network.hpp"
#include "unit/ring9.hpp"

namespace araz {
namespace {

const std::string original = test::ring9 + R"(
mpc.bus_name = { 'a'; 'b'; 'c'; 'd'; 'e'; 'f'; 'g'; 'h'; 'i' };
mpc.genfuel = {'hydro'; 'wind'; 'ng'};
mpc.gencost = [2 0 0 2 5 7; 2 0 0 2 5 7; 2 0 0 2 5 7];
[PQ, PV, REF, NONE, BUS_I, BUS_TYPE, PD, QD] = idx_bus;
mpc.bus(:, [PD, QD]) = mpc.bus(:, [PD, QD]) / (2^2 / 4e0);
if 0, k = find(isinf(mpc.bus(:, PD)) & 1); end
)";

// No crash, no hang (the runner's time limit), and a reason for every refusal.
void expect_sound(const std::string& text) {
    const auto grid = case_format("matpower")->read(text, "mutant.m", {});
    if (grid) {
        const auto again = case_format("matpower")->read(case_format("matpower")->write(*grid), "mutant.m", {});
        (void)check_case(*grid);
        (void)again;
        return;
    }
    ASSERT_TRUE(has_error(grid.error().findings)) << text;
    for (const Finding& finding : grid.error().findings) {
        ASSERT_EQ(finding.where.file, "mutant.m");
        ASSERT_FALSE(finding.code.empty() || finding.message.empty());
        ASSERT_TRUE(finding.where.line >= 0 && finding.where.column >= 0);
    }
    ASSERT_FALSE(render(grid.error().findings).empty());
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size() - 1) + 1;
        lines.push_back(text.substr(at, end - at));
        at = end;
    }
    return lines;
}

TEST(MatpowerMutations, SurvivesEveryTruncation) {
    for (std::size_t size = 0; size <= original.size(); ++size) expect_sound(original.substr(0, size));
}

TEST(MatpowerMutations, SurvivesFlippedAndForeignBytes) {
    std::mt19937 random(20261123);
    constexpr std::string_view spice = "[](){}'\"%#,;:.=+-*/^~&|<>@!?\n\t\0eE0919 \\\xFF";
    for (int round = 0; round < 4000; ++round) {
        std::string text = original;
        const int changes = 1 + static_cast<int>(random() % 6);
        for (int i = 0; i < changes; ++i) {
            const std::size_t at = random() % text.size();
            switch (random() % 4) {
                case 0:
                    text[at] = static_cast<char>(static_cast<unsigned char>(text[at]) ^ (1U << (random() % 8)));
                    break;
                case 1:
                    text[at] = spice[random() % spice.size()];
                    break;
                case 2:
                    text.insert(at, 1, spice[random() % spice.size()]);
                    break;
                default:
                    text.erase(at, 1 + random() % 5);
                    break;
            }
        }
        expect_sound(text);
    }
}

TEST(MatpowerMutations, SurvivesSwappedRepeatedAndLostLines) {
    std::mt19937 random(20261124);
    const auto lines = lines_of(original);
    for (int round = 0; round < 2000; ++round) {
        auto mutant = lines;
        for (int i = 0; i < 3; ++i) {
            const std::size_t a = random() % mutant.size();
            const std::size_t b = random() % mutant.size();
            switch (random() % 3) {
                case 0:
                    std::swap(mutant[a], mutant[b]);
                    break;
                case 1:
                    mutant.insert(mutant.begin() + static_cast<std::ptrdiff_t>(a), mutant[b]);
                    break;
                default:
                    mutant.erase(mutant.begin() + static_cast<std::ptrdiff_t>(a));
                    break;
            }
        }
        std::string text;
        for (const auto& line : mutant) text += line;
        expect_sound(text);
    }
}

TEST(MatpowerMutations, StaysLinearOnRepeatedBrackets) {
    for (const char* part : {"[", "(", "{", "'", "%{\n", "x=[\n", "if 1\n", "...\n", "-", "1,", "[a\n", "x={\n[",
                             "x=[\na(", "1e", "\"\"", "mpc."}) {
        std::string text = "x = ";
        while (text.size() < 200'000) text += part;
        expect_sound(text);
        expect_sound("mpc.bus = [" + text);
    }
}

}  // namespace
}  // namespace araz
