#include <sys/resource.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>

#include "sc_tests/unit/aborts.h"
#include "sc_tests/unit/temp_folder.h"
#include "sc_tests/unit/vcd_reader.h"
#include "traces/error.h"
#include "traces/files.h"
#include "traces/vcd.h"

// When a trace ends: limits, errors, and its name.
using sosa::UserError;
using sosa::tests::aborts;
using sosa::tests::TempFolder;
using sosa::tests::VcdReader;
using sosa::traces::Vcd;

namespace {
Vcd::Options at(const std::filesystem::path& path, std::uint64_t max = 0) {
    Vcd::Options options;
    options.path = path;
    options.max_bytes = max;
    return options;
}

VcdReader read(const std::filesystem::path& path) { return VcdReader(sosa::traces::read_file(path)); }

// 40 counters that change every time step, until `steps` are over.
void run_counters(Vcd& vcd, std::uint64_t steps) {
    std::vector<Vcd::Signal> signals;
    for (int i = 0; i < 40; ++i) signals.push_back(vcd.integer("pods.pod" + std::to_string(i), "count", 32));
    vcd.start();
    vcd.open_window();
    for (std::uint64_t t = 0; t < steps; ++t) {
        vcd.time(t * 1000);
        for (const auto signal : signals) vcd.set(signal, t);
    }
}
}  // namespace

TEST_CASE("a VCD never passes its size limit and ends well formed") {
    const TempFolder folder;
    const std::string path = folder / "t.vcd";
    std::uint64_t before_limit = 0;
    for (const std::uint64_t limit : {4000u, 4001u, 5000u, 100000u, 3000000u}) {
        Vcd vcd(at(path, limit));
        run_counters(vcd, 20000);
        CHECK(vcd.limit_reached());
        vcd.finish("interrupted");
        const VcdReader r = read(path);
        CHECK(r.error == "");
        CHECK(r.comments.back() == "stopped: size limit of " + std::to_string(limit) + " bytes reached");
        const auto size = std::filesystem::file_size(path);
        CHECK(size <= limit);
        CHECK(size + 1200 > limit);  // one step of 40 changes and the spare end are smaller
        const auto& first = r.signals.at("sosa.pods.pod0.count");
        for (const auto& [name, changes] : r.signals)
            CHECK(changes.size() == first.size());  // whole steps only
        CHECK(size >= before_limit);
        before_limit = size;
    }
    CHECK(folder.entries() == 1);
}

TEST_CASE("a VCD keeps to every limit also with a long reason") {
    const TempFolder folder;
    const std::string path = folder / "t.vcd";
    std::uint64_t most = 0;
    for (std::uint64_t limit = 3200; limit < 4600; ++limit) {
        Vcd vcd(at(path, limit));
        run_counters(vcd, limit % 2 ? 3 : 100);
        vcd.finish(std::string(500, 'r'));
        const auto size = std::filesystem::file_size(path);
        if (size > limit) FAIL("limit " << limit << " size " << size);
        if (const VcdReader r = read(path); !r.error.empty()) FAIL("limit " << limit << " " << r.error);
        most = std::max(most, size * 1000 / limit);
    }
    CHECK(most >= 980);  // it is used
}

TEST_CASE("a VCD below its size limit is not touched by it") {
    const TempFolder folder;
    for (const std::uint64_t limit : {0u, 1000000u}) {
        Vcd vcd(at(folder / std::to_string(limit), limit));
        run_counters(vcd, 100);
        vcd.finish("interrupted");
        CHECK_FALSE(vcd.limit_reached());
    }
    CHECK(sosa::traces::read_file(folder / "0") == sosa::traces::read_file(folder / "1000000"));
    CHECK(read(folder / "0").comments.back() == "stopped: interrupted");
}

TEST_CASE("a VCD limit too small for the header is an error") {
    const TempFolder folder;
    Vcd vcd(at(folder / "t.vcd", 100));
    vcd.integer("s", "a", 1);
    CHECK_THROWS_WITH(vcd.start(),
                      Catch::Contains("t.vcd: the limit of 100 bytes is too small, the header alone"));
}

TEST_CASE("a VCD has its name only when it is finished") {
    const TempFolder folder;
    const auto path = folder / "t.vcd";
    {
        Vcd vcd(at(path));
        run_counters(vcd, 50000);
        CHECK(folder.entries() == 1);
        CHECK_FALSE(std::filesystem::exists(path));
    }
    CHECK(folder.entries() == 0);
    Vcd vcd(at(path));
    vcd.finish("interrupted");  // before it was started
    CHECK(folder.entries() == 0);
    Vcd second(at(path));
    run_counters(second, 10);
    second.finish();
    second.finish("again");
    second.time(1000000);
    second.open_window();
    second.close_window();
    CHECK(read(path).error == "");
    CHECK(read(path).last_time == 9000);
}

TEST_CASE("a VCD that cannot be written is the user's error and leaves nothing") {
    const TempFolder folder;
    CHECK_THROWS_AS(Vcd(at(folder / "no/t.vcd")), UserError);
    std::filesystem::create_directory(folder / "t.vcd");
    Vcd vcd(at(folder / "t.vcd"));
    vcd.start();
    CHECK_THROWS_WITH(vcd.finish(), Catch::Contains("t.vcd: cannot be put in place"));
    CHECK(folder.entries() == 1);
}

TEST_CASE("a full disk ends a VCD with an error once") {
    const TempFolder folder;
    const auto full_disk = [&] {  // a file size limit makes write() fail; aborts if all is as it should be
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{2000000, 2000000};
        setrlimit(RLIMIT_FSIZE, &limit);
        Vcd vcd(at(folder / "t.vcd"));
        try {
            run_counters(vcd, 50000);
        } catch (const UserError& error) {
            const std::string what = error.what();
            if (what.find("t.vcd: cannot be written in full: ") == std::string::npos) return;
            if (folder.entries() != 0) return;
            vcd.time(std::uint64_t{1} << 40);
            vcd.finish("failed");
            if (folder.entries() == 0) std::abort();
        }
    };
    CHECK(aborts(full_disk));
}
