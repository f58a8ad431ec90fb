#include "traces/files.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <ostream>

#include "sc_tests/unit/aborts.h"
#include "sc_tests/unit/temp_folder.h"
#include "traces/error.h"

using sosa::UserError;
using sosa::tests::TempFolder;
using sosa::traces::make_folder;
using sosa::traces::read_file;
using sosa::traces::write_file;

namespace {
void put(const std::filesystem::path& path, const std::string& text) {
    write_file(path, [&](std::ostream& out) { out << text; });
}
}  // namespace

TEST_CASE("a file is written and read back byte by byte") {
    const TempFolder folder;
    const std::string text("a\r\n\0b\xFF", 6);
    put(folder / "f", text);
    CHECK(read_file(folder / "f") == text);
    put(folder / "f", "");
    CHECK(read_file(folder / "f").empty());
    const std::string large(300001, 'x');
    put(folder / "f", large);
    CHECK(read_file(folder / "f") == large);
    CHECK(folder.entries() == 1);
}

TEST_CASE("a file whose writing fails keeps its former content") {
    const TempFolder folder;
    put(folder / "f", "old");
    CHECK_THROWS_WITH(write_file(folder / "f",
                                 [](std::ostream& out) {
                                     out << "new";
                                     throw UserError("stop");
                                 }),
                      "stop");
    CHECK_THROWS_AS(write_file(folder / "f", [](std::ostream& out) { out.setstate(std::ios::badbit); }),
                    UserError);
    CHECK(read_file(folder / "f") == "old");
    CHECK(folder.entries() == 1);
}

TEST_CASE("a file that cannot be created or put in place names path and reason") {
    const TempFolder folder;
    const std::string lost = folder / "no/f";
    CHECK_THROWS_WITH(put(lost, "x"), lost + ": cannot be created: No such file or directory");
    make_folder(folder / "dir");
    CHECK_THROWS_WITH(put(folder / "dir", "x"),
                      (folder / "dir").string() + ": cannot be put in place: Is a directory");
    CHECK(folder.entries() == 1);
}

TEST_CASE("a full disk is the user's error and leaves no file") {
    const TempFolder folder;
    CHECK(sosa::tests::aborts([&] {  // aborts if all is as it should be
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{100000, 100000};
        setrlimit(RLIMIT_FSIZE, &limit);
        try {
            put(folder / "f", std::string(1000000, 'x'));
        } catch (const UserError& error) {
            const bool said =
                std::string(error.what()).find("f: cannot be written in full: ") != std::string::npos;
            if (said && folder.entries() == 0) std::abort();
        }
    }));
}

TEST_CASE("reading says what is wrong with a path") {
    const TempFolder folder;
    const std::string none = folder / "none";
    CHECK_THROWS_WITH(read_file(none), none + ": cannot be opened: No such file or directory");
    CHECK_THROWS_WITH(read_file(folder.path()), folder.path().string() + ": is a folder, a file is needed");
    put(folder / "f", "12345");
    CHECK(read_file(folder / "f", 5) == "12345");
    CHECK_THROWS_WITH(read_file(folder / "f", 4),
                      (folder / "f").string() + ": is larger than the 4 bytes allowed");
    CHECK_THROWS_AS(read_file("/dev/zero", 1000), UserError);
}

TEST_CASE("folders are made with their parents") {
    const TempFolder folder;
    make_folder(folder / "a/b/c");
    make_folder(folder / "a/b/c");
    make_folder(folder / "d/");
    CHECK(std::filesystem::is_directory(folder / "a/b/c"));
    put(folder / "f", "");
    CHECK_THROWS_WITH(make_folder(folder / "f"), Catch::StartsWith((folder / "f").string() + ": "));
    CHECK_THROWS_WITH(make_folder(folder / "f/g"), Catch::StartsWith((folder / "f/g").string() + ": "));
}
