#include "traces/vcd.h"

#include <catch2/catch.hpp>
#include <random>

#include "sc_tests/unit/aborts.h"
#include "sc_tests/unit/temp_folder.h"
#include "sc_tests/unit/vcd_reader.h"
#include "traces/files.h"

using sosa::tests::aborts;
using sosa::tests::TempFolder;
using sosa::tests::VcdReader;
using sosa::traces::Vcd;
using Changes = VcdReader::Changes;

namespace {
Vcd::Options at(const std::filesystem::path& path, std::vector<std::string> globs = {}) {
    return {path, "sosa", std::move(globs)};
}

VcdReader read(const std::filesystem::path& path) { return VcdReader(sosa::traces::read_file(path)); }
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
    CHECK(vcd.extent() == std::pair<std::uint64_t, std::uint64_t>(10, 50));
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
