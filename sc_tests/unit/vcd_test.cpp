#include "traces/vcd.h"

#include <sys/resource.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <limits>
#include <random>

#include "sc_tests/unit/aborts.h"
#include "sc_tests/unit/temp_folder.h"
#include "sc_tests/unit/vcd_reader.h"
#include "traces/error.h"
#include "traces/files.h"

using sosa::UserError;
using sosa::tests::aborts;
using sosa::tests::TempFolder;
using sosa::tests::VcdReader;
using sosa::traces::Vcd;
using Changes = VcdReader::Changes;

namespace {
Vcd::Options at(const std::filesystem::path& path, std::vector<std::string> globs = {},
                std::uint64_t max = 0) {
    return {path, "sosa", std::move(globs), max};
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

TEST_CASE("a VCD is written byte by byte as expected") {
    const TempFolder folder;
    Vcd vcd(at(folder / "t.vcd"));
    const auto state = vcd.integer("pods.pod0", "state", 2, "0=idle 1=load $end\n2=run");
    const auto busy = vcd.integer("", "busy", 1);
    const auto power = vcd.real("pods", "watts");
    const auto other = vcd.integer("pods.pod0", "layer", 64);
    vcd.start();
    vcd.open_window();
    vcd.set(state, 0);
    vcd.set(busy, 1);
    vcd.set_real(power, 0.5);
    vcd.time(1000);
    vcd.set(state, 2);
    vcd.set(other, 18446744073709551615u);
    vcd.time(2500);
    vcd.finish();
    CHECK(sosa::traces::read_file(folder / "t.vcd") == R"($version sosa $end
$timescale 1 ps $end
$scope module sosa $end
$var wire 1 " busy $end
$scope module pods $end
$var real 64 # watts $end
$scope module pod0 $end
$var wire 2 ! state [1:0] $end
$comment state: 0=idle 1=load _end 2=run $end
$var wire 64 $ layer [63:0] $end
$upscope $end
$upscope $end
$upscope $end
$enddefinitions $end
#0
$dumpvars
b0 !
1"
r0.5 #
bx $
$end
#1000
b10 !
b)" + std::string(64, '1') + " $\n#2500\n");
    CHECK(read(folder / "t.vcd").error.empty());
    CHECK(folder.entries() == 1);
}

TEST_CASE("at one time the last value counts and what did not change is not written") {
    const TempFolder folder;
    Vcd vcd(at(folder / "t.vcd"));
    const auto a = vcd.integer("s", "a", 8);
    const auto r = vcd.real("s", "r");
    vcd.start();
    vcd.open_window();
    vcd.set(a, 1);
    vcd.set(a, 2);
    vcd.time(10);
    vcd.set(a, 3);
    vcd.set(a, 2);
    vcd.set_real(r, 1.0 / 3);
    vcd.time(20);
    vcd.set(a, 2);
    vcd.set_real(r, 1.0 / 3);
    vcd.time(30);
    vcd.set(a, 4);
    vcd.time(30);
    vcd.set(a, 5);
    vcd.finish();
    const VcdReader vcd_read = read(folder / "t.vcd");
    CHECK(vcd_read.error == "");
    CHECK(vcd_read.signals.at("sosa.s.a") == Changes{{0, "10"}, {30, "101"}});
    CHECK(vcd_read.signals.at("sosa.s.r") == Changes{{0, "nan"}, {10, "0.3333333333333333"}});
}

TEST_CASE("a VCD window shows all values when it opens and x when it closes") {
    const TempFolder folder;
    Vcd vcd(at(folder / "t.vcd"));
    const auto a = vcd.integer("s", "a", 8);
    const auto b = vcd.integer("s", "b", 1);
    vcd.set(a, 7);  // remembered from before the start
    vcd.start();
    vcd.time(5);
    vcd.set(a, 1);
    vcd.time(10);
    vcd.open_window();
    vcd.set(b, 1);
    vcd.time(15);
    vcd.set(a, 2);
    vcd.time(20);
    vcd.set(a, 3);
    vcd.close_window();
    vcd.time(30);
    vcd.set(b, 0);
    vcd.open_window();
    vcd.close_window();  // opened and closed at the same time
    vcd.time(40);
    vcd.open_window();
    vcd.time(50);
    vcd.finish();
    const VcdReader r = read(folder / "t.vcd");
    CHECK(r.error == "");
    CHECK(r.sections == std::vector<std::string>{"$dumpvars@10", "$dumpoff@20", "$dumpon@40"});
    CHECK(r.signals.at("sosa.s.a") == Changes{{10, "1"}, {15, "10"}, {20, "x"}, {40, "11"}});
    CHECK(r.signals.at("sosa.s.b") == Changes{{10, "1"}, {20, "x"}, {40, "0"}});
    CHECK(r.last_time == 50);
}

TEST_CASE("VCD globs choose signals by full name") {
    const TempFolder folder;
    Vcd vcd(at(folder / "t.vcd", {"sosa.pods.pod1*.state", "sosa.dma"}));
    CHECK(vcd.wanted("pods"));
    CHECK(vcd.wanted(""));
    CHECK(vcd.wanted("pods.pod1"));
    CHECK(vcd.wanted("pods.pod17"));
    CHECK(vcd.wanted("pods.pod1.array"));
    CHECK_FALSE(vcd.wanted("pods.pod2"));
    CHECK_FALSE(vcd.wanted("banks"));
    CHECK(vcd.wanted("dma"));  // the name may be a scope's: all below it
    const auto yes = vcd.integer("pods.pod12", "state", 2);
    const auto no = vcd.integer("pods.pod2", "state", 2);
    const auto dma = vcd.integer("", "dma", 2);
    const auto below = vcd.integer("dma.queue", "length", 2);
    CHECK(below.active());
    CHECK(yes.active());
    CHECK(dma.active());
    CHECK_FALSE(no.active());
    CHECK_FALSE(Vcd::Signal().active());
    vcd.start();
    vcd.open_window();
    vcd.set(yes, 3);
    vcd.set(no, 3);
    vcd.set_real(Vcd::Signal(), 3);
    vcd.finish();
    const VcdReader r = read(folder / "t.vcd");
    CHECK(r.error == "");
    CHECK(r.declared.size() == 3);
    CHECK(r.signals.at("sosa.pods.pod12.state") == Changes{{0, "11"}});
    CHECK(r.declared.at("sosa.pods.pod12.state") == "wire 2 [1:0]");
}

TEST_CASE("a scope is wanted if some name below it could match") {
    const TempFolder folder;
    const auto wanted = [&](const std::string& glob, const std::string& scope) {
        return Vcd(at(folder / "t.vcd", {glob})).wanted(scope);
    };
    CHECK(wanted("*", "a"));
    CHECK(wanted("*.state", "a.b"));
    CHECK(wanted("sosa.?.x", "a"));
    CHECK_FALSE(wanted("sosa.?.x", "ab"));
    CHECK(wanted("sosa.a.x", "a.x"));
    CHECK_FALSE(wanted("sosa.a.x", "a.y"));
    CHECK(wanted("sosa.a*", "a"));
    CHECK(wanted("*a*b*c", "c.c"));
    CHECK_FALSE(wanted("chip.*", "a"));
}

TEST_CASE("a VCD glob that matches nothing is an error") {
    const TempFolder folder;
    {
        Vcd vcd(at(folder / "t.vcd", {"sosa.pods.pod0.state", "sosa.pods.pod0.stat", "zzz*"}));
        vcd.integer("pods.pod0", "state", 2);
        vcd.integer("pods.pod0", "layer", 2);
        CHECK_THROWS_WITH(vcd.start(),
                          (folder / "t.vcd").string() +
                              ": no signal matches \"sosa.pods.pod0.stat\" (did you mean "
                              "sosa.pods.pod0.state?), \"zzz*\"; patterns are over full names such as "
                              "sosa.pods.pod0.layer, with * and ?");
    }
    CHECK(folder.entries() == 0);
}

TEST_CASE("ten thousand VCD signals keep their values apart") {
    const TempFolder folder;
    Vcd vcd(at(folder / "t.vcd"));
    std::vector<Vcd::Signal> signals;
    for (int i = 0; i < 10000; ++i) signals.push_back(vcd.integer("s", "n" + std::to_string(i), 14));
    vcd.start();
    vcd.open_window();
    for (unsigned i = 0; i < 10000; ++i) vcd.set(signals[i], i);
    vcd.finish();
    const VcdReader r = read(folder / "t.vcd");
    REQUIRE(r.error == "");
    REQUIRE(r.signals.size() == 10000);
    for (unsigned i = 0; i < 10000; ++i) {
        const auto& changes = r.signals.at("sosa.s.n" + std::to_string(i));
        if (changes.size() != 1 || std::stoul(changes[0].value, nullptr, 2) != i) FAIL("signal " << i);
    }
}

TEST_CASE("a VCD of random changes reads back as the model had them") {
    const TempFolder folder;
    std::mt19937 random(1);
    Vcd vcd(at(folder / "t.vcd"));
    std::vector<Vcd::Signal> signals;
    for (int i = 0; i < 20; ++i) signals.push_back(vcd.integer("s", "n" + std::to_string(i), 3));
    vcd.start();
    vcd.open_window();
    std::vector<Changes> expected(20, Changes{{0, "x"}});
    std::vector<int> now(20, -1);
    const char* const bits[] = {"0", "1", "10", "11", "100", "101", "110", "111"};
    for (std::uint64_t t = 1; t <= 2000; ++t) {
        vcd.time(t);
        auto before = now;
        for (int n = 0; n < 10; ++n) {
            const auto i = random() % 20;
            vcd.set(signals[i], static_cast<unsigned>(now[i] = static_cast<int>(random() % 8)));
        }
        for (std::size_t i = 0; i < 20; ++i)
            if (now[i] != before[i]) expected[i].push_back({t, bits[now[i]]});
    }
    vcd.finish();
    const VcdReader r = read(folder / "t.vcd");
    REQUIRE(r.error == "");
    for (std::size_t i = 0; i < 20; ++i)
        if (r.signals.at("sosa.s.n" + std::to_string(i)) != expected[i]) FAIL("signal " << i);
}

TEST_CASE("a VCD never passes its size limit and ends well formed") {
    const TempFolder folder;
    const std::string path = folder / "t.vcd";
    std::uint64_t before_limit = 0;
    for (const std::uint64_t limit : {4000u, 4001u, 5000u, 100000u, 3000000u}) {
        Vcd vcd(at(path, {}, limit));
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
        Vcd vcd(at(path, {}, limit));
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
        Vcd vcd(at(folder / std::to_string(limit), {}, limit));
        run_counters(vcd, 100);
        vcd.finish("interrupted");
        CHECK_FALSE(vcd.limit_reached());
    }
    CHECK(sosa::traces::read_file(folder / "0") == sosa::traces::read_file(folder / "1000000"));
    CHECK(read(folder / "0").comments.back() == "stopped: interrupted");
}

TEST_CASE("a VCD limit too small for the header is an error") {
    const TempFolder folder;
    Vcd vcd(at(folder / "t.vcd", {}, 100));
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

TEST_CASE("a wrong use of the VCD writer aborts") {
    const TempFolder folder;
    Vcd vcd(at(folder / "t.vcd"));
    const auto a = vcd.integer("s", "a", 2);
    const auto w = vcd.integer("s", "w", 64);
    const auto r = vcd.real("s", "r");
    CHECK(aborts([&] { vcd.integer("s", "a", 3); }));
    CHECK(aborts([&] { vcd.integer("s", "b", 0); }));
    CHECK(aborts([&] { vcd.integer("s", "b", 65); }));
    for (const char* bad : {"", "x y", "x.y", "$end"}) CHECK(aborts([&] { vcd.integer("s", bad, 1); }));
    for (const char* bad : {".", "s.", ".s", "s..t", "s t"}) CHECK(aborts([&] { vcd.integer(bad, "b", 1); }));
    CHECK(aborts([&] { vcd.time(1); }));
    CHECK(aborts([&] { vcd.open_window(); }));
    vcd.start();
    CHECK(aborts([&] { vcd.start(); }));
    CHECK(aborts([&] { vcd.integer("s", "late", 1); }));
    CHECK(aborts([&] { vcd.set(a, 4); }));
    CHECK(aborts([&] { vcd.set(r, 1); }));
    CHECK(aborts([&] { vcd.set_real(a, 1); }));
    vcd.time(10);
    CHECK(aborts([&] { vcd.time(9); }));
    CHECK_FALSE(aborts([&] {
        vcd.set(a, 3);
        vcd.set(w, ~std::uint64_t{0});
        vcd.time(10);
    }));
}

TEST_CASE("vcd2fst reads our VCD") {
    if (std::system("command -v vcd2fst >/dev/null 2>&1") != 0) {
        WARN("vcd2fst is not installed: the VCD was not tried with it");
        return;
    }
    const TempFolder folder;
    const std::string path = folder / "t.vcd";
    Vcd vcd(at(path));
    const auto state = vcd.integer("pods.pod0", "state", 2, "0=idle 1=load");
    const auto one = vcd.integer("", "one", 1);
    const auto real = vcd.real("pods", "watts", "a legend");
    vcd.start();
    for (unsigned t = 0; t < 1000; ++t) {
        vcd.time(t * 1000 + 500);
        if (t % 100 == 50) vcd.open_window();
        if (t % 100 == 90) vcd.close_window();
        vcd.set(state, t % 4);
        vcd.set(one, t % 2);
        vcd.set_real(real, t % 7 ? t * 1e30 : std::numeric_limits<double>::infinity());
    }
    vcd.finish("interrupted");
    CHECK(read(path).error == "");
    CHECK(std::system(("vcd2fst -v " + path + " -f " + path + ".fst >" + path + ".log 2>&1").c_str()) == 0);
    CHECK(std::filesystem::file_size(path + ".fst") > 100);
    if (std::system("command -v fst2vcd >/dev/null 2>&1") != 0) return;
    CHECK(std::system(("fst2vcd -f " + path + ".fst -o " + path + ".back").c_str()) == 0);
    const std::string back = sosa::traces::read_file(path + ".back");
    for (const char* part : {"#50500\n", "#950500\n", " watts", "b11 "})
        CHECK((back.find(part) != std::string::npos));  // in brackets: without the whole file in the message
}
