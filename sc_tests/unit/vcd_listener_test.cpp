#include <catch2/catch.hpp>

#include "sc_tests/unit/aborts.h"
#include "sc_tests/unit/temp_folder.h"
#include "sc_tests/unit/vcd_reader.h"
#include "sc_tests/unit/vcd_recorder.h"
#include "traces/error.h"
#include "traces/files.h"
#include "traces/vcd.h"

using sosa::UserError;
using sosa::tests::aborts;
using sosa::tests::TempFolder;
using sosa::tests::VcdReader;
using sosa::tests::VcdRecorder;
using sosa::traces::Vcd;
using Lines = std::vector<std::string>;

namespace {
Vcd::Options without_file() {
    Vcd::Options options;
    options.to_file = false;
    return options;
}
}  // namespace

TEST_CASE("a listener is told what a trace's file says") {
    const TempFolder folder;
    Vcd::Options options;
    options.path = folder / "t.vcd";
    options.to_file = GENERATE(true, false);
    options.globs = {"sosa.s.*"};
    Vcd vcd(options);
    const auto unheard = vcd.integer("t", "a", 8);
    const auto a = vcd.integer("s", "a", 8, "a legend");
    const auto b = vcd.integer("s", "b", 8);
    const auto r = vcd.real("s", "r");
    VcdRecorder recorder;
    vcd.listen(recorder);
    vcd.set(unheard, 1);
    vcd.set(a, 7);
    vcd.start();
    vcd.time(5);
    vcd.set(a, 1);  // outside of a window
    vcd.time(10);
    vcd.open_window();
    vcd.set(a, 2);
    vcd.set(a, 1);
    vcd.set_real(r, 0.5);
    vcd.time(20);
    vcd.set(b, 3);
    vcd.set(a, 4);
    vcd.set(a, 1);  // as before
    vcd.set_later(b, 25, 4);
    vcd.time(30);
    vcd.set(b, 5);
    vcd.close_window();
    vcd.time(40);
    vcd.open_window();
    vcd.close_window();
    vcd.time(50);
    vcd.open_window();
    vcd.time(60);
    vcd.finish("interrupted");
    vcd.finish();
    CHECK(recorder.lines == Lines{"s.a: a legend", "s.b", "s.r", "@10 s.a=1 s.r=real 0.5", "@20 s.b=3",
                                  "@25 s.b=4", "@30 closed", "@50 s.a=1 s.b=5 s.r=real 0.5",
                                  "@60 finished: interrupted"});
    CHECK(folder.entries() == (options.to_file ? 1 : 0));
}

TEST_CASE("each listener is told of the signals it asked for") {
    Vcd vcd(without_file());
    const auto a = vcd.integer("s", "a", 8);
    const auto b = vcd.integer("s", "b", 8);
    VcdRecorder both, only_b("b"), neither("c");
    for (auto* recorder : {&both, &only_b, &neither}) vcd.listen(*recorder);
    vcd.start();
    vcd.open_window();
    vcd.set(a, 1);
    vcd.time(10);
    vcd.set(a, 2);
    vcd.set(b, 2);
    vcd.time(20);
    vcd.finish();
    CHECK(both.lines == Lines{"s.a", "s.b", "@0 s.a=1", "@10 s.a=2 s.b=2", "@20 finished"});
    CHECK(only_b.lines == Lines{"s.b", "@10 s.b=2", "@20 finished"});
    CHECK(neither.lines == Lines{"@20 finished"});
}

TEST_CASE("a listener hears nothing of what did not fit into the file") {
    const TempFolder folder;
    Vcd::Options options;
    options.path = folder / "t.vcd";
    options.max_bytes = 1000;
    Vcd vcd(options);
    const auto a = vcd.integer("s", "a", 32);
    VcdRecorder recorder;
    vcd.listen(recorder);
    vcd.start();
    vcd.open_window();
    for (std::uint64_t t = 0; t < 100; ++t) {
        vcd.time(t);
        vcd.set(a, 1000000 + t);
    }
    CHECK(vcd.limit_reached());
    vcd.finish("interrupted");
    const VcdReader file(sosa::traces::read_file(folder / "t.vcd"));
    const auto& changes = file.signals.at("sosa.s.a");
    REQUIRE(recorder.lines.size() == changes.size() + 2);
    for (std::size_t i = 0; i < changes.size(); ++i)
        CHECK(recorder.lines[i + 1] ==
              "@" + std::to_string(changes[i].time) + " s.a=" + std::to_string(1000000 + changes[i].time));
    CHECK(recorder.lines.back() ==
          "@" + std::to_string(file.last_time) + " finished: size limit of 1000 bytes reached");
}

TEST_CASE("a trace without a file has no size") {
    Vcd::Options options = without_file();
    options.max_bytes = 1;
    Vcd vcd(options);
    const auto a = vcd.integer("s", "a", 32);
    VcdRecorder recorder;
    vcd.listen(recorder);
    vcd.start();
    vcd.open_window();
    vcd.set(a, 1);
    vcd.time(10);
    vcd.finish();
    CHECK_FALSE(vcd.limit_reached());
    CHECK(recorder.lines == Lines{"s.a", "@0 s.a=1", "@10 finished"});
}

TEST_CASE("a trace that was never started tells nobody") {
    VcdRecorder recorder;
    Vcd vcd(without_file());
    vcd.listen(recorder);
    vcd.finish();
    CHECK(recorder.lines.empty());
}

TEST_CASE("an error of a listener passes through the trace") {
    struct Failing final : VcdRecorder {
        void step(std::uint64_t, const std::vector<Change>&) override { throw UserError("disk full"); }
    } failing;
    Vcd vcd(without_file());
    const auto a = vcd.integer("s", "a", 8);
    vcd.listen(failing);
    vcd.start();
    vcd.open_window();
    vcd.set(a, 1);
    CHECK_THROWS_WITH(vcd.time(1), "disk full");
}

TEST_CASE("listeners come before the start and are not many") {
    Vcd vcd(without_file());
    vcd.integer("s", "a", 8);
    VcdRecorder recorder;
    for (int i = 0; i < 8; ++i) vcd.listen(recorder);
    CHECK(aborts([&] { vcd.listen(recorder); }));
    CHECK(aborts([] {
        VcdRecorder late;
        Vcd started(without_file());
        started.start();
        started.listen(late);
    }));
}
