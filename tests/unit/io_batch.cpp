// Rows of a batch in HDF5 and their layout in JSON.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hdf5.h>
#include <hdf5_hl.h>

#include <cmath>

#include "araz/io/batch_io.hpp"
#include "araz/io/study_file.hpp"

namespace araz {
namespace {

using Type = BatchColumn::Type;

BatchLayout sample_layout() {
    BatchLayout layout;
    layout.kind = BatchKind::capacity;
    layout.hours = {3, 7};
    layout.time = {3.0, 7.0};
    layout.time_units = "hours since 2025-01-01T00:00";
    layout.points = {"base"};
    layout.variants = {"base", "tie"};
    layout.axes = {{"direction", {"A -> B", "B -> A"}, {"", ""}, {}}, {"bus", {"4", "9"}, {"Four", "Nine"}, {4, 9}}};
    layout.columns = {{"status", "status", Type::word, "", {"converged", "diverged"}}, {"load_mw", "load", Type::number, "", {}},
                      {"ttc_mw", "capacity", Type::number, "direction", {}}, {"limit_element", "limit", Type::text, "direction", {}},
                      {"base_violations", "count", Type::integer, "direction", {}}, {"vm_pu", "voltage", Type::number, "bus", {}}};
    return layout;
}

TEST(BatchLayoutTest, NumbersScenariosWithVariantsFastest) {
    const BatchLayout layout = sample_layout();
    EXPECT_EQ(layout.scenarios(), 4);
    EXPECT_EQ(layout.place(1).variant, 1);
    EXPECT_EQ(layout.place(2).hour, 1);
    EXPECT_EQ(layout.label(3), "hour 7, point base, variant tie");
    EXPECT_EQ(layout.numbers(), 8U);
    EXPECT_EQ(layout.texts(), 2U);
    EXPECT_EQ(layout.offset("ttc_mw"), 2);
    EXPECT_EQ(layout.offset("base_violations"), 4);
    EXPECT_EQ(layout.offset("limit_element"), 0);
    EXPECT_EQ(layout.offset("nothing"), -1);
}

TEST(BatchStatisticsTest, DrawsTheDurationCurveAndTheBlockedEnergy) {
    const std::vector<double> curve = duration_curve({1.0, 3.0, nan_value, 2.0});
    ASSERT_EQ(curve.size(), 101U);
    EXPECT_EQ(curve.front(), 3.0);
    EXPECT_EQ(curve[50], 2.0);
    EXPECT_NEAR(curve[75], 1.5, 1e-12);
    EXPECT_EQ(curve.back(), 1.0);
    EXPECT_TRUE(duration_curve({nan_value}).empty());

    BatchLayout layout;
    layout.kind = BatchKind::capacity;
    layout.hours = {0, 1, 2};
    layout.time = {0.0, 1.0, 2.0};
    layout.step_hours = 0.5;
    layout.points = layout.variants = {"base"};
    layout.axes = {{"direction", {"A -> B"}, {""}, {}}};
    layout.columns = {{"status", "", Type::word, "", {"converged"}}, {"base_exchange_mw", "", Type::number, "direction", {}},
                      {"ntc_mw", "", Type::number, "direction", {}}};
    std::vector<BatchRow> rows(3, layout.empty_row());
    rows[0].numbers = {0.0, 120.0, 100.0};      // 20 MW for half an hour
    rows[1].numbers = {0.0, 50.0, 100.0};       // nothing
    rows[2].numbers = {0.0, 50.0, nan_value};   // no answer
    const BatchStatistics statistics = batch_statistics(layout, rows);
    EXPECT_NEAR(statistics.groups[0].directions[0].blocked_mwh, 10.0, 1e-12);
}

TEST(BatchLayoutTest, ComesBackFromJson) {
    const std::string text = layout_json(sample_layout());
    const auto back = layout_from_json(text, "manifest.json");
    ASSERT_TRUE(back);
    EXPECT_EQ(layout_json(*back), text);
    EXPECT_EQ(layout_from_json("{}", "manifest.json").error().findings[0].code, "AZ3073");
}

TEST(BatchHdf5, HasAScaleOnEveryAxisAndFlagsForWords) {
    const BatchLayout layout = sample_layout();
    std::vector<BatchRow> rows(4, layout.empty_row());
    for (int k = 0; k < 3; ++k) {  // the last one did not solve
        BatchRowWriter out(layout, rows[k]);
        out.word("status", "converged");
        out.number("ttc_mw", 10.0 * k, 1);
        out.text("limit_element", "line-" + std::to_string(k), 0);
        out.number("base_violations", k, 0);
    }
    BatchRowWriter(layout, rows[3]).word("status", "diverged");
    std::vector<const BatchRow*> pointers;
    for (const BatchRow& row : rows) pointers.push_back(&row);
    const auto bytes = to_hdf5(layout, 0, pointers, {});
    ASSERT_TRUE(bytes);
    EXPECT_EQ(*bytes == *to_hdf5(layout, 0, pointers, {}), true) << "the same rows give the same bytes";

    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fapl_core(access, 1U << 16U, 0);
    std::string image = *bytes;
    H5Pset_file_image(access, image.data(), image.size());
    const hid_t file = H5Fopen("batch.h5", H5F_ACC_RDONLY, access);
    ASSERT_GE(file, 0);
    std::vector<double> ttc(8);
    ASSERT_GE(H5LTread_dataset_double(file, "/scenario/ttc_mw", ttc.data()), 0);
    EXPECT_TRUE(std::isnan(ttc[0]));
    EXPECT_EQ(ttc[5], 20.0);
    EXPECT_TRUE(std::isnan(ttc[7]));
    std::vector<int> status(4), hours(4), buses(2);
    ASSERT_GE(H5LTread_dataset_int(file, "/scenario/status", status.data()), 0);
    EXPECT_THAT(status, ::testing::ElementsAre(0, 0, 0, 1));
    ASSERT_GE(H5LTread_dataset_int(file, "/scenario/hour", hours.data()), 0);
    EXPECT_THAT(hours, ::testing::ElementsAre(3, 3, 7, 7));
    ASSERT_GE(H5LTread_dataset_int(file, "/scenario/bus", buses.data()), 0);
    EXPECT_THAT(buses, ::testing::ElementsAre(4, 9));
    for (const char* name : {"/scenario/status", "/scenario/load_mw", "/scenario/ttc_mw", "/scenario/limit_element", "/scenario/vm_pu"}) {
        const hid_t set = H5Dopen2(file, name, H5P_DEFAULT);
        const hid_t space = H5Dget_space(set);
        for (int axis = 0; axis < H5Sget_simple_extent_ndims(space); ++axis)
            EXPECT_EQ(H5DSget_num_scales(set, static_cast<unsigned>(axis)), 1) << name;
        for (const char* attribute : {"units", "long_name", "_FillValue"}) EXPECT_GT(H5Aexists(set, attribute), 0) << name;
        H5Sclose(space);
        H5Dclose(set);
    }
    H5Fclose(file);
    H5Pclose(access);
}

TEST(BatchStatisticsTest, QuantilesInterpolate) {
    const Distribution d = distribution_of({4.0, nan_value, 1.0, 2.0, 3.0});
    EXPECT_EQ(d.count, 4);
    EXPECT_DOUBLE_EQ(d.p50, 2.5);
    EXPECT_DOUBLE_EQ(d.p5, 1.15);  // 1 + 0.05 * 3
    EXPECT_DOUBLE_EQ(d.p95, 3.85);
    EXPECT_EQ(distribution_of({}).count, 0);
}

TEST(StudyHours, AreRowsInTheOrderGiven) {
    const auto hours = [](const std::string& text) {
        StudyValue value;
        value.items = {{text, {}}};
        return parse_hours(value, 48);
    };
    EXPECT_THAT(*hours("5,1-3"), ::testing::ElementsAre(5, 1, 2, 3));
    EXPECT_THAT(*hours("0-47/24"), ::testing::ElementsAre(0, 24));
    EXPECT_EQ(hours("all")->size(), 48U);
    for (const char* wrong : {"", "48", "-1", "3-1", "1,1", "a", "0-5/0", "1-2-3"}) EXPECT_FALSE(hours(wrong)) << wrong;
}

}  // namespace
}  // namespace araz
