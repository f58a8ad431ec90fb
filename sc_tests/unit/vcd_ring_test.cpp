#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "sc_tests/unit/temp_folder.h"
#include "sc_tests/unit/vcd_reader.h"
#include "sc_tests/unit/vcd_recorder.h"
#include "traces/files.h"
#include "traces/vcd.h"

// A trace that keeps the last marks in memory must be, byte by byte, the trace whose window opened at the
// first of them.
using sosa::tests::TempFolder;
using sosa::tests::VcdReader;
using sosa::tests::VcdRecorder;
using sosa::traces::Vcd;

namespace {

constexpr std::uint64_t steps = 200, mark_every = 10;

struct Told {
    std::string file;
    std::vector<std::string> listener;
    bool limit_reached;
};

struct Run {
    std::uint32_t ring_marks = 0;
    std::uint64_t max_bytes = 0;
    std::uint64_t open_at = 0;              // step
    std::uint64_t release_at = steps;       // no later than the end
    std::vector<std::uint64_t> close = {};  // steps; the window opens again two steps later
};

// 30 signals change at random; every 10 steps, at multiples of 10, is a mark.
Told trace(const Run& run) {
    const TempFolder folder;
    Vcd::Options options;
    options.path = folder / "t.vcd";
    options.max_bytes = run.max_bytes;
    options.ring_marks = run.ring_marks;
    Vcd vcd(options);
    std::vector<Vcd::Signal> signals;
    for (int i = 0; i < 29; ++i) signals.push_back(vcd.integer("s", "n" + std::to_string(i), 4));
    const auto real = vcd.real("s", "r");
    VcdRecorder recorder;
    vcd.listen(recorder);
    vcd.start();
    std::mt19937 random(1);
    for (std::uint64_t t = 0; t < steps; ++t) {
        vcd.time(t * 1000);
        vcd.set(signals[random() % 29], random() % 16);
        if (t % mark_every == 0) vcd.mark();
        const auto closes = [&](std::uint64_t at) {
            return t >= run.open_at && std::count(run.close.begin(), run.close.end(), at) > 0;
        };
        if (t == run.open_at || (t >= 2 && closes(t - 2))) vcd.open_window();
        if (closes(t)) vcd.close_window();
        if (t == run.release_at) vcd.release();
        for (int n = random() % 8; n > 0; --n) vcd.set(signals[random() % 29], random() % 16);
        vcd.set_later(signals[random() % 29], t * 1000 + random() % 20000, random() % 16);
        if (t % 3 == 0) vcd.set_real(real, static_cast<double>(t));
    }
    vcd.finish("interrupted");
    return {sosa::traces::read_file(folder / "t.vcd"), recorder.lines, vcd.limit_reached()};
}

void check_equal(const Run& ring, const Run& window) {
    const Told kept = trace(ring), ordinary = trace(window);
    CHECK(VcdReader(kept.file).error == "");
    CHECK((kept.file == ordinary.file));  // in brackets: without the files in the message
    CHECK(kept.listener == ordinary.listener);
    CHECK(kept.limit_reached == ordinary.limit_reached);
}

}  // namespace

TEST_CASE("a ring has the bytes of a window that opened at its first mark") {
    for (const std::uint32_t marks : {1u, 2u, 3u, 7u}) {
        Run ring, window;
        ring.ring_marks = marks;
        window.open_at = steps - mark_every * marks;
        check_equal(ring, window);
    }
}

TEST_CASE("a ring that is released has the bytes of a window that opened at its first mark") {
    for (const std::uint32_t marks : {1u, 3u})
        for (const std::uint64_t at : {95u, 99u, 100u, 101u, 199u}) {
            Run ring, window;
            ring.ring_marks = marks;
            ring.release_at = at;
            window.open_at = at / mark_every * mark_every - mark_every * (marks - 1);
            check_equal(ring, window);
        }
}

TEST_CASE("a ring that is not full begins with the window") {
    for (const std::uint64_t open_at : {0u, 160u, 175u, 199u}) {
        Run ring, window;
        ring.ring_marks = 40;
        ring.open_at = window.open_at = open_at;
        check_equal(ring, window);
    }
}

TEST_CASE("a ring keeps the ends and beginnings of windows") {
    for (const std::uint64_t release_at : {150u, 160u, 161u, 162u, 163u, 200u}) {
        Run ring, window;
        ring.ring_marks = 4;
        ring.close = window.close = {25, 140, 145, 160, 198};
        ring.release_at = release_at;
        window.open_at = std::min<std::uint64_t>(release_at, 199) / 10 * 10 - 30;
        check_equal(ring, window);
    }
}

TEST_CASE("a ring that begins outside of a window shows the next one") {
    Run ring, window;
    ring.ring_marks = 2;
    ring.close = {179};  // the first kept mark is at 180, the window opens at 181
    window.open_at = 181;
    check_equal(ring, window);
}

TEST_CASE("a ring keeps to the size limit") {
    for (std::uint64_t max_bytes = 1200; max_bytes < 6000; max_bytes += 97) {
        Run ring, window;
        ring.ring_marks = 5;
        ring.release_at = 180;
        window.open_at = 140;
        ring.max_bytes = window.max_bytes = max_bytes;
        check_equal(ring, window);
        CHECK(trace(ring).file.size() <= max_bytes);
    }
}

TEST_CASE("a ring whose window never opened is empty") {
    Run ring, window;
    ring.ring_marks = 5;
    ring.open_at = window.open_at = steps + 1;
    check_equal(ring, window);
}

TEST_CASE("before its release a ring has written nothing") {
    const TempFolder folder;
    Vcd::Options options;
    options.to_file = false;
    options.ring_marks = 1;
    Vcd vcd(options);
    const auto a = vcd.integer("s", "a", 32);
    VcdRecorder recorder;
    vcd.listen(recorder);
    vcd.start();
    vcd.open_window();
    for (std::uint64_t t = 0; t < 100; ++t) {
        vcd.time(t);
        vcd.mark();
        vcd.set(a, t);
    }
    CHECK(recorder.lines.size() == 1);
    vcd.time(100);
    vcd.release();
    CHECK(recorder.lines.back() == "@99 s.a=99");
    CHECK(recorder.lines.size() == 2);
    vcd.set(a, 100);
    vcd.mark();
    vcd.time(101);
    CHECK(recorder.lines.back() == "@100 s.a=100");
    vcd.release();
    vcd.finish();
    CHECK(recorder.lines.size() == 4);
}
