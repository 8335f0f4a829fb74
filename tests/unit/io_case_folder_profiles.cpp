// Case folders: profiles.h5 that cannot be used, and tables that name what it does not hold.
#include <hdf5.h>

#include <cmath>
#include <functional>
#include <numeric>

#include "case_folder_sample.hpp"

namespace araz {
namespace {

struct Profiles {
    std::vector<const char*> names{"wind-east", "load-east"};
    std::string units = "hours since 2025-01-01T00:00";
    std::vector<double> time = std::vector<double>(8760);
    std::vector<float> values = std::vector<float>(8760U * 2U, 0.5F);

    Profiles() { std::iota(time.begin(), time.end(), 0.0); }
};

void write_texts(hid_t at, const char* name, const std::vector<const char*>& texts, bool attribute) {
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    const hsize_t size = texts.size();
    const hid_t space = attribute ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &size, nullptr);
    if (attribute) {
        const hid_t id = H5Acreate2(at, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
        H5Awrite(id, type, texts.data());
        H5Aclose(id);
    } else {
        const hid_t id = H5Dcreate2(at, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        H5Dwrite(id, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts.data());
        H5Dclose(id);
    }
    H5Sclose(space);
    H5Tclose(type);
}

void write_numbers(hid_t file, const char* name, std::vector<hsize_t> sizes, hid_t type, const void* values,
                   const std::string& units) {
    const hid_t space = H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr);
    const hid_t id = H5Dcreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(id, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    if (!units.empty()) write_texts(id, "units", {units.c_str()}, true);
    H5Dclose(id);
    H5Sclose(space);
}

class CaseFolderProfiles : public CaseFolder {
protected:
    // The sample with a profile of its wind unit and one of its load region.
    static FileTexts tables(const std::string& wind = "wind-east", const std::string& load = "load-east") {
        FileTexts files = changed("generators.csv", "in_service,provenance,source", "in_service,provenance,source,profile");
        files = changed("generators.csv", "1.02,1,reported,S1", "1.02,1,reported,S1,", files);
        files = changed("generators.csv", "1.01,1,assumed,S1", "1.01,1,assumed,S1," + wind, files);
        files["load_profiles.csv"] = "region,profile,provenance,source\nEast," + load + ",assumed,S1\n";
        return files;
    }

    void put(const Profiles& profiles) const {
        const hid_t file = H5Fcreate(path("profiles.h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
        write_texts(file, "profile", profiles.names, false);
        write_numbers(file, "time", {profiles.time.size()}, H5T_NATIVE_DOUBLE, profiles.time.data(), profiles.units);
        write_numbers(file, "p_pu", {profiles.values.size() / 2, 2}, H5T_NATIVE_FLOAT, profiles.values.data(), "1");
        H5Fclose(file);
    }

    // Errors of the sample with these profiles.
    Findings errors_of(const Profiles& profiles, const FileTexts& files = tables()) const {
        std::filesystem::remove_all(folder_);
        write(files);
        put(profiles);
        return errors();
    }
    [[nodiscard]] Findings errors() const {
        const auto grid = read_case(folder_.string());
        return of_severity(grid ? check_case(*grid) : grid.error().findings, Severity::error);
    }

    void expect_broken(const Profiles& profiles, const std::string& message) const {
        const Findings found = errors_of(profiles);
        ASSERT_EQ(found.size(), 1U) << message << "\n" << render(found);
        EXPECT_EQ(found[0].code, "AZ1419");
        EXPECT_EQ(found[0].where.file, path("profiles.h5"));
        EXPECT_THAT(found[0].message, ::testing::HasSubstr(message));
        EXPECT_NE(found[0].hint, "");
    }
};

TEST_F(CaseFolderProfiles, GoodOnesAreAccepted) {
    Profiles profiles;
    EXPECT_TRUE(errors_of(profiles).empty()) << render(errors());
    profiles.units = "hours since 2024-01-01 00:00:00";  // a leap year
    profiles.time.resize(8784);
    std::iota(profiles.time.begin(), profiles.time.end(), 0.0);
    profiles.values.resize(8784U * 2U, 0.25F);
    EXPECT_TRUE(errors_of(profiles).empty()) << render(errors());
}

TEST_F(CaseFolderProfiles, LengthMustBeThatOfTheYear) {
    Profiles profiles;
    profiles.time.pop_back();
    profiles.values.resize(8759U * 2U);
    expect_broken(profiles, "time has 8759 hours, the year 2025 has 8760");
    profiles = {};
    profiles.units = "hours since 2028-01-01T00:00";
    expect_broken(profiles, "the year 2028 has 8784");
    profiles = {};
    profiles.values.resize(8759U * 2U);
    expect_broken(profiles, "p_pu is 8759 x 2, time has 8760 hours and profile 2 names");
}

TEST_F(CaseFolderProfiles, DatesMustExist) {
    for (const char* units : {"hours since 2025-02-30T00:00", "hours since 2025-13-01T00:00", "hours since 2025-00-00"}) {
        Profiles profiles;
        profiles.units = units;
        expect_broken(profiles, "impossible date");
    }
    for (const char* units : {"", "hours", "days since 2025-01-01", "hours since 2025-01-02T00:00",
                              "hours since 2025-01-01T06:00", "hours since 01/01/2025", "hours since twenty-five"}) {
        Profiles profiles;
        profiles.units = units;
        expect_broken(profiles, "the units of time are");
    }
}

TEST_F(CaseFolderProfiles, EveryHourHasAPossibleValue) {
    for (const float bad : {NAN, INFINITY, -0.1F, 2.5F}) {
        Profiles profiles;
        profiles.values[2U * 17U + 1U] = bad;
        expect_broken(profiles, "row 17, column 1 of p_pu (load-east)");
    }
    Profiles profiles;
    std::swap(profiles.time[3], profiles.time[4]);
    expect_broken(profiles, "row 3 of time is 4");
    profiles = {};
    profiles.names[1] = "wind-east";
    expect_broken(profiles, "two profiles are called 'wind-east'");
}

TEST_F(CaseFolderProfiles, ValuesAreNotReadAgainForEveryPoint) {
    write(tables());
    Profiles profiles;
    profiles.values[5] = NAN;
    put(profiles);
    const auto grid = read_case(folder_.string(), {}, {"night", ""});
    ASSERT_TRUE(grid);
    EXPECT_FALSE(has_error(check_case(*grid)));
}

TEST_F(CaseFolderProfiles, NamesMustBeThere) {
    const FileTexts files = tables("wind-eest", "load-west");
    const Findings found = errors_of({}, files);
    ASSERT_EQ(found.size(), 2U) << render(found);
    for (const Finding& finding : found) EXPECT_EQ(finding.code, "AZ1409");
    EXPECT_EQ(found[0].where.file, path("generators.csv"));
    EXPECT_EQ((Place{found[0].where.line, found[0].where.column}), place_of(files.at("generators.csv"), "wind-eest"));
    EXPECT_THAT(found[0].hint, ::testing::HasSubstr("did you mean wind-east"));
    EXPECT_EQ((Place{found[1].where.line, found[1].where.column}), place_of(files.at("load_profiles.csv"), "load-west"));
}

TEST_F(CaseFolderProfiles, MissingFileIsNamedAtTheFirstUse) {
    const FileTexts files = tables();
    write(files);
    const Findings found = errors();
    ASSERT_EQ(found.size(), 1U) << render(found);
    EXPECT_EQ(found[0].code, "AZ1419");
    EXPECT_EQ((Place{found[0].where.line, found[0].where.column}), place_of(files.at("generators.csv"), "wind-east"));
    BuildOptions allowed;  // a power flow needs none
    allowed.allow = {"AZ1419"};
    EXPECT_FALSE(has_error(check_case(*read_case(folder_.string()), allowed)));
}

TEST_F(CaseFolderProfiles, OtherFilesAreNoProfiles) {
    Profiles profiles;
    (void)errors_of(profiles);
    std::string bytes(std::filesystem::file_size(path("profiles.h5")), '\0');
    std::ifstream(path("profiles.h5"), std::ios::binary).read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    for (const std::string& other : {std::string(), std::string("time,wind\n0,1\n"), bytes.substr(0, 1000),
                                     bytes.substr(0, bytes.size() / 2), std::string(4096, '\0')}) {
        std::ofstream(path("profiles.h5"), std::ios::binary) << other;
        const Findings found = errors();
        ASSERT_EQ(found.size(), 1U) << render(found);
        EXPECT_EQ(found[0].code, "AZ1419");
        EXPECT_THAT(found[0].message, ::testing::HasSubstr("cannot be read as HDF5"));
    }
    std::filesystem::remove(path("profiles.h5"));
    std::filesystem::create_directory(path("profiles.h5"));
    EXPECT_EQ(errors()[0].code, "AZ1419");
}

}  // namespace
}  // namespace araz
