// HDF5 results read back through the C library: the rules that let other tools open them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hdf5.h>
#include <hdf5_hl.h>

#include <cstring>
#include <functional>
#include <map>

#include "araz/io/factor_io.hpp"
#include "araz/io/pv_io.hpp"
#include "araz/io/result_io.hpp"
#include "unit/result_samples.hpp"

namespace araz {
namespace {

// A file image opened in memory.
class Image {
public:
    explicit Image(std::string bytes) {
        const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
        EXPECT_GE(H5Pset_fapl_core(access, 1U << 16U, 0), 0);
        EXPECT_GE(H5Pset_file_image(access, bytes.data(), bytes.size()), 0);
        static int opened = 0;  // open files of one name would be one file
        const std::string name = "image-" + std::to_string(opened++) + ".h5";
        file_ = H5Fopen(name.c_str(), H5F_ACC_RDONLY, access);
        EXPECT_GE(file_, 0);
        H5Pclose(access);
    }
    ~Image() { H5Fclose(file_); }
    Image(const Image&) = delete;
    Image& operator=(const Image&) = delete;
    operator hid_t() const { return file_; }

    [[nodiscard]] std::vector<double> reals(const char* path) const {
        std::vector<double> out(size(path));
        EXPECT_GE(H5LTread_dataset_double(file_, path, out.data()), 0) << path;
        return out;
    }
    [[nodiscard]] std::vector<int> integers(const char* path) const {
        std::vector<int> out(size(path));
        EXPECT_GE(H5LTread_dataset_int(file_, path, out.data()), 0) << path;
        return out;
    }
    [[nodiscard]] std::vector<std::string> texts(const char* path) const {
        std::vector<char*> raw(size(path));
        const hid_t set = H5Dopen2(file_, path, H5P_DEFAULT);
        const hid_t type = H5Dget_type(set);
        EXPECT_GE(H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, raw.data()), 0) << path;
        std::vector<std::string> out(raw.begin(), raw.end());
        for (char* each : raw) H5free_memory(each);
        H5Tclose(type);
        H5Dclose(set);
        return out;
    }
    [[nodiscard]] std::string text_attribute(const char* path, const char* name) const {
        char* raw = nullptr;
        const hid_t attribute = H5Aopen_by_name(file_, path, name, H5P_DEFAULT, H5P_DEFAULT);
        EXPECT_GE(attribute, 0) << path << "@" << name;
        const hid_t type = H5Aget_type(attribute);
        EXPECT_GE(H5Aread(attribute, type, &raw), 0);
        std::string out(raw == nullptr ? "" : raw);
        H5free_memory(raw);
        H5Tclose(type);
        H5Aclose(attribute);
        return out;
    }
    [[nodiscard]] double real_attribute(const char* path, const char* name) const {
        double value = 0.0;
        EXPECT_GE(H5LTget_attribute_double(file_, path, name, &value), 0) << name;
        return value;
    }

private:
    [[nodiscard]] std::size_t size(const char* path) const {
        hsize_t dims[2] = {0, 0};
        EXPECT_GE(H5LTget_dataset_info(file_, path, dims, nullptr, nullptr), 0) << path;
        return dims[0];
    }
    hid_t file_ = H5I_INVALID_HID;
};

std::string image_of(const Result<std::string>& made) {
    EXPECT_TRUE(made) << (made ? "" : made.error().findings.front().message);
    return made ? *made : std::string{};
}

struct Rules {
    int datasets = 0, scales = 0, groups = 0;
    std::vector<std::string> broken;
};

bool is_open_text(hid_t type) {
    return H5Tget_class(type) != H5T_STRING || (H5Tis_variable_str(type) > 0 && H5Tget_cset(type) == H5T_CSET_UTF8);
}

void check_attributes(hid_t object, const std::string& path, Rules& rules) {
    H5O_info_t info{};
    H5Oget_info(object, &info);
    for (hsize_t i = 0; i < info.num_attrs; ++i) {
        const hid_t attribute = H5Aopen_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_INC, i, H5P_DEFAULT, H5P_DEFAULT);
        char name[256];
        H5Aget_name(attribute, sizeof name, name);
        const hid_t type = H5Aget_type(attribute);
        // The library's own marks of a dimension scale are fixed strings in every such file.
        if (std::strcmp(name, "CLASS") != 0 && std::strcmp(name, "NAME") != 0 && !is_open_text(type))
            rules.broken.push_back(path + "@" + name + " is a fixed string");
        H5Tclose(type);
        H5Aclose(attribute);
    }
}

void check_dataset(hid_t set, const std::string& path, Rules& rules) {
    ++rules.datasets;
    const hid_t type = H5Dget_type(set);
    const H5T_class_t kind = H5Tget_class(type);
    if (!is_open_text(type)) rules.broken.push_back(path + " is a fixed string");
    if (kind != H5T_STRING && kind != H5T_FLOAT && kind != H5T_INTEGER) rules.broken.push_back(path + " has an unusual type");
    if (kind == H5T_INTEGER && H5Tget_size(type) == 1 &&
        (H5Aexists(set, "flag_values") <= 0 || H5Aexists(set, "flag_meanings") <= 0))
        rules.broken.push_back(path + " has no flag words");
    H5Tclose(type);
    for (const char* name : {"units", "long_name", "_FillValue"})
        if (H5Aexists(set, name) <= 0) rules.broken.push_back(path + " lacks " + name);
    if (H5DSis_scale(set) > 0) ++rules.scales;
    const hid_t space = H5Dget_space(set);
    const int rank = H5Sget_simple_extent_ndims(space);
    H5Sclose(space);
    for (int axis = 0; axis < rank && H5DSis_scale(set) <= 0; ++axis)
        if (H5DSget_num_scales(set, static_cast<unsigned>(axis)) != 1)
            rules.broken.push_back(path + " has no dimension scale on axis " + std::to_string(axis));
}

herr_t visit(hid_t root, const char* name, const H5O_info_t* info, void* data) {
    auto& rules = *static_cast<Rules*>(data);
    const hid_t object = H5Oopen(root, name, H5P_DEFAULT);
    const std::string path = std::string("/") + name;
    check_attributes(object, path, rules);
    if (info->type == H5O_TYPE_DATASET) check_dataset(object, path, rules);
    else ++rules.groups;
    if (info->mtime != 0 || info->ctime != 0 || info->btime != 0) rules.broken.push_back(path + " has a time");
    H5Oclose(object);
    return 0;
}

Rules rules_of(const Image& image) {
    Rules rules;
    EXPECT_GE(H5Ovisit(image, H5_INDEX_NAME, H5_ITER_INC, visit, &rules), 0);
    return rules;
}

TEST(ResultHdf5, EveryAxisHasAScaleAndEveryTextIsOpen) {
    const std::map<std::string, Result<std::string>> files{
        {"pf", to_hdf5(samples::sample_pf(), {"araz pf three.m", ""})},
        {"failed pf", to_hdf5(samples::sample_failure(), {"", ""})},
        {"empty pf", to_hdf5(PfResult{}, {"", ""})},
        {"n1", to_hdf5(samples::sample_n1(), {"araz n1 three.m", ""})},
        {"capacity", to_hdf5(samples::sample_capacity(), {"araz capacity three.m", ""})}};
    for (const auto& [name, made] : files) {
        const Image image(image_of(made));
        const Rules rules = rules_of(image);
        EXPECT_THAT(rules.broken, testing::IsEmpty()) << name;
        EXPECT_GT(rules.datasets, 20) << name;
        EXPECT_GE(rules.scales, 7) << name;
    }
}

TEST(ResultHdf5, SameResultSameBytes) {
    const auto first = to_hdf5(samples::sample_n1(), {"araz n1", ""});
    const auto second = to_hdf5(samples::sample_n1(), {"araz n1", ""});
    EXPECT_EQ(image_of(first), image_of(second));
    EXPECT_NE(image_of(first), image_of(to_hdf5(samples::sample_n1(), {"araz n1", "2026-11-23T00:00:00Z"})));
}

TEST(ResultHdf5, RootTellsWhereItCameFrom) {
    const PfResult result = samples::sample_pf();
    const Image image(image_of(to_hdf5(result, {"araz pf three.m", "2026-11-23T00:00:00Z"})));
    EXPECT_EQ(image.text_attribute("/", "title"), "araz power flow: three");
    EXPECT_EQ(image.text_attribute("/", "araz_version"), ARAZ_VERSION);
    EXPECT_EQ(image.text_attribute("/", "argv"), "araz pf three.m");
    EXPECT_EQ(image.text_attribute("/", "case_sha256"), std::string(64, 'a'));
    EXPECT_EQ(image.text_attribute("/", "created"), "2026-11-23T00:00:00Z");
    EXPECT_EQ(image.text_attribute("/", "options"), options_json(result.envelope.options));
    EXPECT_EQ(image.real_attribute("/", "base_mva"), 100.0);
    EXPECT_EQ(image.text_attribute("/base", "status"), "converged");
    EXPECT_EQ(image.real_attribute("/base", "loss_mw"), result.totals.loss_mw);
}

TEST(ResultHdf5, ValuesAreThoseOfTheResult) {
    const PfResult result = samples::sample_pf();
    const Image image(image_of(to_hdf5(result, {"", ""})));
    EXPECT_EQ(image.integers("/base/bus/bus"), (std::vector<int>{10, 20, 30, 40}));
    EXPECT_EQ(image.texts("/base/bus/name"), (std::vector<std::string>{"Baku", "G\xC3\xB6y-G\xC3\xB6l", "=Tabriz, \"230\"", "spare"}));
    const auto vm = image.reals("/base/bus/vm_pu");
    for (int i = 0; i < 3; ++i) EXPECT_EQ(vm[i], samples::vm[i]);
    EXPECT_TRUE(std::isnan(vm[3]));
    EXPECT_EQ(image.integers("/base/bus/type"), (std::vector<int>{2, 1, 1, 3}));
    EXPECT_EQ(image.text_attribute("/base/bus/type", "flag_meanings"), "pq pv slack isolated dead");
    EXPECT_EQ(image.text_attribute("/base/bus/vm_pu", "coordinates"), "name area zone base_kv");
    EXPECT_EQ(image.text_attribute("/base/branch/p_from_mw", "units"), "MW");
    EXPECT_EQ(image.text_attribute("/base/bus/va_deg", "units"), "degree");
    const auto p = image.reals("/base/branch/p_from_mw");
    for (int l = 0; l < 4; ++l) EXPECT_EQ(p[l], result.branches[l].p_from_mw);
    EXPECT_EQ(image.reals("/grid/generator/p_max_mw")[0], 500.0);
    EXPECT_EQ(H5Lexists(image, "/base/bus/vmin_pu", H5P_DEFAULT), 0) << "case data stand under /grid";
}

TEST(ResultHdf5, ContingenciesAndCapacityHaveTheirGroups) {
    const Image n1(image_of(to_hdf5(samples::sample_n1(), {"", ""})));
    EXPECT_EQ(n1.texts("/contingency/contingency"), (std::vector<std::string>{"3", "1", "2"}));
    EXPECT_EQ(n1.integers("/contingency/status"), (std::vector<int>{0, 6, 3}));
    EXPECT_EQ(n1.reals("/contingency/violation/value"), std::vector<double>{120.0});
    EXPECT_EQ(n1.real_attribute("/contingency", "with_violations"), 1.0);
    EXPECT_EQ(n1.reals("/base/bus/vm_pu").size(), 4U);
    const Image capacity(image_of(to_hdf5(samples::sample_capacity(), {"", ""})));
    EXPECT_EQ(capacity.texts("/capacity/from"), (std::vector<std::string>{"AZ", "IR"}));
    EXPECT_EQ(capacity.reals("/capacity/ttc_mw"), (std::vector<double>{249.74, 249.74}));
    EXPECT_EQ(capacity.integers("/capacity/limit_cause"), (std::vector<int>{1, 9}));
    EXPECT_EQ(capacity.reals("/capacity/certificate/secure_mw")[0], 209.74);
    EXPECT_EQ(capacity.reals("/capacity/step/delta_mw"), (std::vector<double>{0.0, 210.5}));
}

PtdfResult sample_ptdf() {
    PtdfResult result;
    result.envelope = samples::sample_pf().envelope;
    result.slack = {{10, "Baku", 1, 1.0}};
    result.columns = {{"10", "bus", 10, "Baku", ""}, {"20", "bus", 20, "G", ""}, {"30", "bus", 30, "T", ""}};
    result.participants = {{"10", "source", 10, "Baku", 1.0}};
    result.branches = {{1, 10, 20, "10-20", {0.0, -0.5, -0.25}}, {3, 20, 30, "20-30", {0.0, 0.5, nan_value}}};
    result.post_outage = {{1, 3, 20, 30, "20-30", {0.0, 1.0, 0.75}}};
    return result;
}

TEST(ResultHdf5, MatricesOfFactorsHaveAScaleOnBothAxes) {
    const Image image(image_of(to_hdf5(sample_ptdf(), {"", ""})));
    EXPECT_THAT(rules_of(image).broken, testing::IsEmpty());
    hsize_t sizes[2] = {0, 0};
    ASSERT_GE(H5LTget_dataset_info(image, "/ptdf/ptdf", sizes, nullptr, nullptr), 0);
    EXPECT_EQ(sizes[0], 2U);
    EXPECT_EQ(sizes[1], 3U);
    double values[6];
    ASSERT_GE(H5LTread_dataset_double(image, "/ptdf/ptdf", values), 0);
    EXPECT_EQ(values[1], -0.5);
    EXPECT_EQ(values[4], 0.5);
    EXPECT_TRUE(std::isnan(values[5]));
    EXPECT_EQ(image.integers("/ptdf/branch"), (std::vector<int>{1, 3}));
    EXPECT_EQ(image.integers("/ptdf/bus"), (std::vector<int>{10, 20, 30}));
    EXPECT_EQ(image.texts("/ptdf/bus_name"), (std::vector<std::string>{"Baku", "G", "T"}));
    EXPECT_EQ(image.integers("/otdf/outage"), std::vector<int>{1});

    // A transfer has no bus number: its name labels the axis.
    PtdfResult transfer = sample_ptdf();
    transfer.columns[1] = {"1 -> 2", "transfer", 0, "", "pg"};
    const Image named(image_of(to_hdf5(transfer, {"", ""})));
    EXPECT_THAT(rules_of(named).broken, testing::IsEmpty());
    EXPECT_EQ(named.texts("/ptdf/column"), (std::vector<std::string>{"10", "1 -> 2", "30"}));

    LodfResult lodf;
    lodf.outages = {{1, 10, 20, "10-20", true}};
    lodf.branches = {{1, 10, 20, "10-20", {nan_value}}, {3, 20, 30, "20-30", {nan_value}}};
    const Image outages(image_of(to_hdf5(lodf, {"", ""})));
    EXPECT_THAT(rules_of(outages).broken, testing::IsEmpty());
    EXPECT_EQ(outages.integers("/lodf/splits"), std::vector<int>{1});
    EXPECT_EQ(outages.integers("/lodf/outage_from_bus"), std::vector<int>{10});
    EXPECT_EQ(image_of(to_hdf5(LodfResult{}, {"", ""})), image_of(to_hdf5(LodfResult{}, {"", ""})));
}

TEST(ResultHdf5, CurvesStandOneAfterTheOtherWithTheirVoltagesAsAMatrix) {
    PvResult result;
    result.envelope = samples::sample_pf().envelope;
    result.direction.kind = "load";
    result.buses = {{10, "Baku"}, {20, "G"}};
    PvCurve intact;
    intact.end = "nose";
    intact.bifurcation = "saddle_node";
    intact.base_status = SolveStatus::converged;
    intact.points = {{1, "upper", 0.0, 0.0, 1.0, 5.0, 0.98, 20, {1.0, 0.98}}, {2, "lower", 0.5, 50.0, 2.0, 6.0, 0.7, 20, {1.0, 0.7}}};
    intact.critical_buses = {{20, "G", 1.0, 0.7}};
    PvEvent nose;
    nose.event = "nose";
    intact.events = {nose};
    PvCurve failed;
    failed.contingency = "3";
    failed.end = "unsolved_base";
    result.curves = {intact, failed};
    const Image image(image_of(to_hdf5(result, {"", ""})));
    EXPECT_THAT(rules_of(image).broken, testing::IsEmpty());
    double vm[4];
    ASSERT_GE(H5LTread_dataset_double(image, "/pv/point/vm_pu", vm), 0);
    EXPECT_EQ(vm[1], 0.98);
    EXPECT_EQ(vm[3], 0.7);
    EXPECT_EQ(image.integers("/pv/point/bus"), (std::vector<int>{10, 20}));
    EXPECT_EQ(image.integers("/pv/point/part"), (std::vector<int>{0, 1}));
    EXPECT_EQ(image.texts("/pv/curve/contingency"), (std::vector<std::string>{"", "3"}));
    EXPECT_EQ(image.text_attribute("/pv", "kind"), "load");
    EXPECT_EQ(image.integers("/pv/critical_bus/bus"), std::vector<int>{20});
    EXPECT_THAT(rules_of(Image(image_of(to_hdf5(PvResult{}, {"", ""})))).broken, testing::IsEmpty());
}

TEST(ResultHdf5, LongColumnsAreCompressed) {
    PfResult result = samples::sample_pf();
    const BranchResult row = result.branches[0];
    result.branches.assign(5000, row);
    for (int l = 0; l < 5000; ++l) result.branches[l].branch = l + 1;
    const Image image(image_of(to_hdf5(result, {"", ""})));
    const hid_t set = H5Dopen2(image, "/base/branch/p_from_mw", H5P_DEFAULT);
    const hid_t properties = H5Dget_create_plist(set);
    EXPECT_EQ(H5Pget_nfilters(properties), 3);  // shuffle, deflate, checksum
    EXPECT_LT(H5Dget_storage_size(set), 5000U * sizeof(double) / 10);
    H5Pclose(properties);
    H5Dclose(set);
    EXPECT_EQ(image.reals("/base/branch/p_from_mw"), std::vector<double>(5000, row.p_from_mw));
    EXPECT_THAT(rules_of(image).broken, testing::IsEmpty());
}

TEST(ResultHdf5, AnUnknownWordIsABug) {
    PfResult result = samples::sample_pf();
    result.buses[0].type = "sometimes";
    EXPECT_THROW((void)to_hdf5(result, {"", ""}), std::logic_error);
}

}  // namespace
}  // namespace araz
