#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "araz/io/case_io.hpp"
#include "araz/io/files.hpp"
#include "unit/ring9.hpp"

namespace araz {
namespace {

namespace fs = std::filesystem;

class Files : public testing::Test {
protected:
    void SetUp() override {
        std::string pattern = fs::temp_directory_path() / "araz_files_XXXXXX";
        folder_ = mkdtemp(pattern.data());
    }
    void TearDown() override { fs::remove_all(folder_); }

    [[nodiscard]] std::string path(const std::string& name) const { return folder_ / name; }
    void put(const std::string& name, const std::string& bytes) const {
        std::ofstream(path(name), std::ios::binary) << bytes;
    }
    [[nodiscard]] std::size_t entries() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), {}));
    }
    [[nodiscard]] std::string code_of(const std::string& name) const {
        const auto grid = read_case(path(name));
        return grid ? "" : grid.error().findings.front().code;
    }

    fs::path folder_;
};

constexpr std::size_t plenty = 1 << 20;

TEST_F(Files, ReadsBackWhatItWrote) {
    const std::string bytes("a\0b\r\n\xFF", 6);
    ASSERT_TRUE(write_file(path("x"), bytes));
    const auto again = read_file(path("x"), plenty);
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, bytes);
    EXPECT_EQ(entries(), 1U);
}

TEST_F(Files, ReplacesAFileAndKeepsItsPermissions) {
    put("x", "old");
    ASSERT_EQ(chmod(path("x").c_str(), 0640), 0);
    ASSERT_TRUE(write_file(path("x"), "new"));
    EXPECT_EQ(*read_file(path("x"), plenty), "new");
    struct stat status {};
    ASSERT_EQ(stat(path("x").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0640U);
}

TEST_F(Files, WritesThroughASymbolicLink) {
    put("target", "old");
    fs::create_symlink("target", path("link"));
    ASSERT_TRUE(write_file(path("link"), "new"));
    EXPECT_TRUE(fs::is_symlink(path("link")));
    EXPECT_EQ(*read_file(path("target"), plenty), "new");
}

TEST_F(Files, ReportsWhatCannotBeReadOrIsTooLarge) {
    EXPECT_EQ(read_file(path("none"), plenty).error().findings[0].code, "AZ1001");
    EXPECT_EQ(read_file(folder_, plenty).error().findings[0].code, "AZ1001");
    put("x", "12345");
    EXPECT_EQ(read_file(path("x"), 4).error().findings[0].code, "AZ1004");
    EXPECT_TRUE(read_file(path("x"), 5));
    EXPECT_EQ(read_file("/dev/zero", plenty).error().findings[0].code, "AZ1004");
}

TEST_F(Files, ReadsAPipe) {
    ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
    const std::string bytes(300'000, 'x');
    std::thread writer([&] { std::ofstream(path("pipe")) << bytes; });
    const auto again = read_file(path("pipe"), plenty);
    writer.join();
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, bytes);
}

TEST_F(Files, LeavesNothingBehindWhenItCannotWrite) {
    const auto failed = write_file(path("none/x"), "new");
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().kind, ErrorKind::output);
    EXPECT_EQ(failed.error().findings[0].code, "AZ4001");
    EXPECT_NE(failed.error().findings[0].message.find("none/x"), std::string::npos);
    EXPECT_EQ(write_file(folder_, "new").error().findings[0].code, "AZ4001");
    EXPECT_EQ(write_file("/dev/full", "new").error().findings[0].code, "AZ4001");
    EXPECT_EQ(entries(), 0U);
    EXPECT_TRUE(write_file("/dev/null", "new"));
}

TEST_F(Files, NamesBytesThatAreNoText) {
    put("utf16.m", std::string("\xFF\xFE"
                               "f\0u\0",
                               6));
    put("gzip.m", "\x1F\x8B\x08");
    put("nul.m", test::ring9 + std::string(1, '\0'));
    put("empty.m", "");
    EXPECT_EQ(code_of("utf16.m"), "AZ1005");
    EXPECT_EQ(code_of("gzip.m"), "AZ1005");
    EXPECT_EQ(code_of("nul.m"), "AZ1005");
    EXPECT_EQ(code_of("empty.m"), "AZ1002");
    EXPECT_EQ(read_case(path("nul.m")).error().findings[0].where.line, 39);
}

TEST_F(Files, ReadsACaseWithAByteOrderMark) {
    put("bom.m", "\xEF\xBB\xBF" + test::ring9);
    put("plain.m", test::ring9);
    const auto marked = read_case(path("bom.m"));
    const auto plain = read_case(path("plain.m"));
    ASSERT_TRUE(marked);
    EXPECT_EQ(*marked, *plain);
    EXPECT_NE(marked->sha256(), plain->sha256());
    EXPECT_EQ(locate(*marked, marked->buses[0].source).line, 8);
}

TEST_F(Files, ChoosesTheFormatByExtensionOrName) {
    put("case.M", test::ring9);
    put("case.n", test::ring9);
    EXPECT_TRUE(read_case(path("case.M")));
    EXPECT_TRUE(read_case(path("case.n"), "matpower"));
    const auto unknown = read_case(path("case.n"));
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().findings[0].code, "AZ1003");
    EXPECT_NE(unknown.error().findings[0].hint.find("matpower (.m)"), std::string::npos);
    const auto misspelt = read_case(path("case.n"), "matpwer");
    ASSERT_FALSE(misspelt);
    EXPECT_NE(misspelt.error().findings[0].message.find("did you mean matpower"), std::string::npos);
}

TEST_F(Files, WritesACaseThatReadsBackTheSame) {
    put("case.m", test::ring9);
    const auto grid = read_case(path("case.m"));
    ASSERT_TRUE(grid);
    ASSERT_TRUE(write_case(*grid, path("copy.m")));
    EXPECT_EQ(*read_case(path("copy.m")), *grid);
    EXPECT_EQ(write_case(*grid, path("copy.xyz")).error().kind, ErrorKind::usage);
    EXPECT_EQ(write_case(*grid, path("none/copy.m")).error().kind, ErrorKind::output);
}

}  // namespace
}  // namespace araz
