// The shipped case folder: it equals its exported MATPOWER file, and every point and variant can be read.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "araz/io/case_io.hpp"
#include "araz/model/network.hpp"

namespace araz {
namespace {

const std::string folder = ARAZ_SOURCE_DIR "/cases/azerbaijan-iran";

// What a MATPOWER file of the folder cannot hold, or names in its own way.
Case as_matpower(Case grid) {
    grid.name = "case";
    grid.format = "matpower";
    grid.dc_lines_active = false;
    grid.files.clear();  // a folder has many
    grid.files.clear();  // a folder has many
    for (GeneratorRow& row : grid.generators) row.id.clear();
    for (BranchRow& row : grid.branches) row.id.clear();
    for (DcLineRow& row : grid.dc_lines) row.id = row.name = "";
    return grid;
}

Case without_element_names(Case grid) {
    for (GeneratorRow& row : grid.generators) row.name.clear();
    for (BranchRow& row : grid.branches) row.name.clear();
    return grid;
}

std::vector<CaseSelection> all_selections() {
    const auto contents = list_case(folder);
    if (!contents) return {};
    std::vector<CaseSelection> out;
    for (const CaseOverlay& point : contents->points) {
        out.push_back({point.name, ""});
        for (const CaseOverlay& variant : contents->variants) out.push_back({point.name, variant.name});
    }
    for (const CaseOverlay& variant : contents->variants) out.push_back({"", variant.name});
    return out;
}

// The committed file was written by tools/write_matpower.py: two programs, the same bits.
// MATPOWER files have no place for what outer loops move.
Case without_devices(Case grid) {
    grid.devices.clear();
    return grid;
}

TEST(AzerbaijanIran, FolderEqualsItsMatpowerFile) {
    const auto from_folder = read_case(folder);
    const auto from_file = read_case(folder + "/azerbaijan_iran.m");
    ASSERT_TRUE(from_folder) << render(from_folder.error().findings);
    ASSERT_TRUE(from_file) << render(from_file.error().findings);
    const Case a = without_element_names(without_devices(as_matpower(*from_folder)));
    const Case b = without_element_names(without_devices(as_matpower(*from_file)));
    ASSERT_GE(a.buses.size(), 300U);
    ASSERT_GE(a.branches.size(), 450U);
    EXPECT_EQ(a.base_mva, b.base_mva);
    EXPECT_TRUE(a.buses == b.buses);
    EXPECT_TRUE(a.branches == b.branches);
    EXPECT_TRUE(a.generators == b.generators);
    EXPECT_TRUE(a.areas == b.areas);
    EXPECT_TRUE(a.zones == b.zones);
    EXPECT_TRUE(a == b);
}

TEST(AzerbaijanIran, HasNoErrors) {
    const auto grid = read_case(folder);
    ASSERT_TRUE(grid) << render(grid.error().findings);
    EXPECT_FALSE(has_error(check_case(*grid))) << render(check_case(*grid));
}

TEST(AzerbaijanIran, EveryPointAndVariantReadsWithoutError) {
    const auto selections = all_selections();
    ASSERT_GE(selections.size(), 6U);
    for (const CaseSelection& selection : selections) {
        const auto grid = read_case(folder, {}, selection);
        ASSERT_TRUE(grid) << selection.point << " " << selection.variant << "\n" << render(grid.error().findings);
        EXPECT_FALSE(has_error(check_case(*grid))) << selection.point << " " << selection.variant << "\n"
                                                   << render(check_case(*grid));
    }
}

TEST(AzerbaijanIran, SurvivesTheWayThroughAMatpowerFile) {
    const auto path = std::filesystem::temp_directory_path() / ("araz_iran_" + std::to_string(::getpid()) + ".m");
    for (const CaseSelection& selection :
         {CaseSelection{}, CaseSelection{"", "hvdc-600"}, CaseSelection{"winter-peak-2030", "all"}}) {
        const auto grid = read_case(folder, {}, selection);
        ASSERT_TRUE(grid) << render(grid.error().findings);
        ASSERT_TRUE(write_case(*grid, path.string()));
        const auto back = read_case(path.string());
        ASSERT_TRUE(back) << render(back.error().findings);
        EXPECT_TRUE(without_devices(as_matpower(*back)) == without_devices(as_matpower(*grid))) << selection.point << " " << selection.variant;
    }
    std::filesystem::remove(path);
}

}  // namespace
}  // namespace araz
