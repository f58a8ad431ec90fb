#include <catch2/catch.hpp>

#include "sc_tests/unit/aborts.h"
#include "sc_tests/unit/temp_folder.h"
#include "sc_tests/unit/text_sink.h"
#include "sc_tests/unit/vcd_reader.h"
#include "traces/files.h"
#include "traces/vcd.h"

// Changes known beforehand, where the bytes go, and the list of signals.
using sosa::tests::aborts;
using sosa::tests::TempFolder;
using sosa::tests::TextSink;
using sosa::tests::VcdReader;
using sosa::traces::Vcd;
using Changes = VcdReader::Changes;

namespace {

// A trace of one byte, `a`.
struct Trace {
    std::shared_ptr<TextSink> sink = std::make_shared<TextSink>();
    Vcd vcd;
    Vcd::Signal a;

    Trace() : vcd(options()), a(vcd.integer("s", "a", 8)) {
        vcd.start();
        vcd.open_window();
    }
    Vcd::Options options() {
        Vcd::Options options;
        options.sink = sink;
        return options;
    }
    Changes changes() {
        vcd.finish();
        const VcdReader reader(sink->text);
        CHECK(reader.error == "");
        return reader.signals.at("sosa.s.a");
    }
};

}  // namespace

TEST_CASE("a change known beforehand takes place at its time") {
    Trace t;
    t.vcd.set_later(t.a, 30, 3);
    t.vcd.set_later(t.a, 10, 1);
    t.vcd.set_later(t.a, 20, 2);
    t.vcd.time(15);
    t.vcd.set_later(t.a, 40, 4);
    t.vcd.time(100);
    CHECK(t.changes() == Changes{{0, "x"}, {10, "1"}, {20, "10"}, {30, "11"}, {40, "100"}});
}

TEST_CASE("of a set and a change known beforehand at one time the set counts") {
    Trace t;
    t.vcd.set_later(t.a, 10, 1);
    t.vcd.time(10);
    t.vcd.set(t.a, 2);
    t.vcd.set_later(t.a, 20, 3);
    t.vcd.time(15);
    t.vcd.set(t.a, 4);  // cancels nothing
    t.vcd.time(21);
    CHECK(t.changes() == Changes{{0, "x"}, {10, "10"}, {15, "100"}, {20, "11"}});
}

TEST_CASE("of several changes known beforehand for one time the last call counts") {
    Trace t;
    for (std::uint64_t value = 0; value < 50; ++value) {
        t.vcd.set_later(t.a, 10, value);
        t.vcd.set_later(t.a, 20, 49 - value);
    }
    t.vcd.set(t.a, 7);
    t.vcd.set_later(t.a, 0, 9);  // now: as a set
    t.vcd.time(20);
    t.vcd.time(30);
    t.vcd.set_later(t.a, 30, 9);
    t.vcd.set(t.a, 5);
    t.vcd.time(40);
    CHECK(t.changes() == Changes{{0, "1001"}, {10, "110001"}, {20, "0"}, {30, "101"}});
}

TEST_CASE("a change known beforehand is dropped when the trace ends before it") {
    Trace t;
    t.vcd.set_later(t.a, 10, 1);
    t.vcd.set_later(t.a, 11, 2);
    t.vcd.set_later(Vcd::Signal(), 5, 3);
    t.vcd.time(10);
    CHECK(t.changes() == Changes{{0, "x"}, {10, "1"}});
    CHECK(VcdReader(t.sink->text).last_time == 10);
}

TEST_CASE("changes known beforehand also take place before the start and outside of windows") {
    const auto sink = std::make_shared<TextSink>();
    Vcd::Options options;
    options.sink = sink;
    Vcd vcd(options);
    const auto a = vcd.integer("s", "a", 8);
    const auto w = vcd.integer("s", "w", 64);
    vcd.set_later(a, 10, 1);
    vcd.start();
    vcd.time(5);
    vcd.set_later(a, 20, 2);
    vcd.set_later(w, 20, ~std::uint64_t{0});
    vcd.time(15);
    vcd.open_window();
    vcd.time(18);
    vcd.close_window();
    vcd.time(25);
    vcd.open_window();
    vcd.finish();
    CHECK(VcdReader(sink->text).signals.at("sosa.s.a") == Changes{{15, "1"}, {18, "x"}, {25, "10"}});
    CHECK(VcdReader(sink->text).signals.at("sosa.s.w").back().value == std::string(64, '1'));
}

TEST_CASE("a wrong change known beforehand aborts") {
    Trace t;
    t.vcd.time(10);
    CHECK(aborts([&] { t.vcd.set_later(t.a, 9, 1); }));
    CHECK(aborts([&] {
        t.vcd.set_later(t.a, 11, 256);
        t.vcd.time(11);
    }));
}

TEST_CASE("a VCD goes into a sink as it goes into a file") {
    const TempFolder folder;
    const auto sink = std::make_shared<TextSink>();
    const auto act = [](Vcd& vcd) {
        const auto a = vcd.integer("s", "a", 8);
        vcd.start();
        vcd.open_window();
        for (std::uint64_t t = 0; t < 200; ++t) {
            vcd.time(t);
            vcd.set(a, t);
        }
        vcd.finish("interrupted");
    };
    Vcd::Options options;
    options.path = folder / "a.vcd";
    {
        Vcd to_file(options);
        act(to_file);
    }
    options.path = folder / "b.vcd";
    options.sink = sink;
    {
        Vcd to_sink(options);
        act(to_sink);
        CHECK(sink->commits == 1);
    }
    CHECK(sink->text == sosa::traces::read_file(folder / "a.vcd"));
    CHECK(folder.entries() == 1);
    { Vcd unfinished(options); }
    CHECK(sink->commits == 1);
}

TEST_CASE("a VCD that is not finished is discarded") {
    const auto sink = std::make_shared<TextSink>();
    Vcd::Options options;
    options.sink = sink;
    { Vcd unfinished(options); }
    CHECK(sink->commits == 0);
    CHECK(sink->discards == 1);
}

TEST_CASE("the active signals are listed as they were declared") {
    const TempFolder folder;
    Vcd::Options options;
    options.path = folder / "t.vcd";
    options.globs = {"sosa.b.*"};
    Vcd vcd(options);
    vcd.integer("a", "no", 1);
    vcd.integer("b.c", "state", 2, "0=idle 1=load");
    vcd.real("b", "watts");
    vcd.start();
    for (int when = 0; when < 2; ++when) {
        REQUIRE(vcd.signals().size() == 2);
        const auto& state = vcd.signals()[0];
        CHECK(state.scope == "b.c");
        CHECK(state.name == "state");
        CHECK(state.legend == "0=idle 1=load");
        CHECK(state.width == 2);
        CHECK_FALSE(state.is_real);
        CHECK(vcd.signals()[1].scope == "b");
        CHECK(vcd.signals()[1].width == 64);
        CHECK(vcd.signals()[1].is_real);
        vcd.finish();
    }
}
