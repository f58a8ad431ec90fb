#include "host/trace_options.h"

#include <catch2/catch.hpp>
#include <limits>

#include "traces/error.h"

using namespace std::string_literals;
using sosa::UsageError;
using sosa::host::parse_trace_max_mb;
using sosa::host::parse_trace_options;
using sosa::host::parse_trace_scope;
using sosa::host::parse_trace_window;
using sosa::host::TraceArguments;
using Window = sosa::hw::ChipProbe::Window;

namespace {
constexpr std::uint64_t open_end = std::numeric_limits<std::uint64_t>::max();

void check_window(const std::string& text, Window::Unit unit, std::uint64_t begin, std::uint64_t end) {
    INFO(text);
    const Window window = parse_trace_window(text);
    CHECK(window.unit == unit);
    CHECK(window.begin == begin);
    CHECK(window.end == end);
}
}  // namespace

TEST_CASE("a trace window is read in slices or cycles with open ends") {
    check_window("3:7", Window::slices, 3, 7);
    check_window("3:7slices", Window::slices, 3, 7);
    check_window("0:1", Window::slices, 0, 1);
    check_window("100:", Window::slices, 100, open_end);
    check_window(":40", Window::slices, 0, 40);
    check_window("1000:2000cycles", Window::cycles, 1000, 2000);
    check_window("1000:cycles", Window::cycles, 1000, open_end);
    check_window(":18446744073709551615cycles", Window::cycles, 0, open_end);
    CHECK(Window{}.unit == Window::slices);
    CHECK(Window{}.begin == 0);
    CHECK(Window{}.end == open_end);
}

TEST_CASE("a trace window that is not one is refused in one sentence") {
    for (const auto& text :
         {""s, ":"s, "5"s, "cycles"s, ":cycles"s, "7:3"s, "3:3"s, "-1:3"s, "+1:3"s, "1:2:3"s, "1 :3"s,
          "0x1:3"s, "1:3ns"s, "1cycles:3"s, "1:18446744073709551616"s, "1.5:3"s, "a:b"s}) {
        INFO(text);
        CHECK_THROWS_AS(parse_trace_window(text), UsageError);
    }
    CHECK_THROWS_WITH(
        parse_trace_window("7:3"),
        "--trace-window: found \"7:3\", allowed A:B with A below B, A: or :B in slices, or in cycles as in "
        "1000:2000cycles");
}

TEST_CASE("a trace scope is taken below sosa unless it says where") {
    CHECK(parse_trace_scope("pods.pod0*") == "sosa.pods.pod0*");
    CHECK(parse_trace_scope("sosa.pods.pod0.*") == "sosa.pods.pod0.*");
    CHECK(parse_trace_scope("sosa*") == "sosa*");
    CHECK(parse_trace_scope("sosabench.*") == "sosa.sosabench.*");
    CHECK(parse_trace_scope("*.state") == "*.state");
    CHECK(parse_trace_scope("?oc_x.*") == "sosa.?oc_x.*");
    for (const auto& text : {""s, "pods pod0"s, "pods[0]"s, "pods/pod0"s,
                             "p\xc3\xb6"
                             "d"s,
                             "pods\n"s}) {
        INFO(text);
        CHECK_THROWS_AS(parse_trace_scope(text), UsageError);
    }
    CHECK_THROWS_WITH(
        parse_trace_scope("pods[0]"),
        "--trace-scope: found \"pods[0]\", allowed a pattern of letters, digits, _ - . * and ? such as "
        "pods.pod0.*");
}

TEST_CASE("a trace limit is a positive number of megabytes") {
    CHECK(parse_trace_max_mb("1") == 1'000'000);
    CHECK(parse_trace_max_mb("250") == 250'000'000);
    CHECK(parse_trace_max_mb("18446744073709") == 18446744073709'000'000u);
    for (const auto& text :
         {""s, "0"s, "-1"s, "1.5"s, "1MB"s, " 1"s, "18446744073710"s, "99999999999999999999"s}) {
        INFO(text);
        CHECK_THROWS_AS(parse_trace_max_mb(text), UsageError);
    }
    CHECK_THROWS_WITH(parse_trace_max_mb("0"),
                      "--trace-max-mb: found \"0\", allowed a whole number from 1 to 18446744073709");
}

TEST_CASE("tracing is on when any of its options is given") {
    CHECK_FALSE(parse_trace_options({}).enabled());
    TraceArguments only_trace, only_window, only_limit, only_scope;
    only_trace.trace = true;
    only_window.window = "2:5cycles";
    only_limit.max_mb = "3";
    only_scope.scopes = {"pods.*", "sosa.power.total"};
    const auto whole = parse_trace_options(only_trace);
    CHECK(whole.vcd);
    CHECK(whole.capture.window.begin == 0);
    CHECK(whole.capture.window.end == open_end);
    CHECK(whole.ring == 0);
    CHECK(whole.globs.empty());
    CHECK(whole.max_bytes == 0);
    const auto window = parse_trace_options(only_window);
    CHECK(window.vcd);
    CHECK(window.capture.window.unit == Window::cycles);
    CHECK(window.capture.window.begin == 2);
    CHECK(window.capture.window.end == 5);
    CHECK(parse_trace_options(only_limit).vcd);
    CHECK(parse_trace_options(only_limit).max_bytes == 3'000'000);
    const auto scope = parse_trace_options(only_scope);
    CHECK(scope.vcd);
    CHECK(scope.globs == std::vector<std::string>{"sosa.pods.*", "sosa.power.total"});
    only_window.window = "5";
    CHECK_THROWS_AS(parse_trace_options(only_window), UsageError);
}

TEST_CASE("a trace is written where it was asked for") {
    TraceArguments fst, timeline, both;
    fst.fst = true;
    fst.window = "1:2";
    CHECK(parse_trace_options(fst).fst);
    CHECK_FALSE(parse_trace_options(fst).vcd);
    timeline.timeline = true;
    timeline.level = "pod";
    CHECK(parse_trace_options(timeline).timeline);
    CHECK_FALSE(parse_trace_options(timeline).vcd);
    both = timeline;
    both.trace = true;
    CHECK(parse_trace_options(both).timeline);
    CHECK(parse_trace_options(both).vcd);
}

TEST_CASE("a trigger says what it waits for and what is kept around it") {
    using Trigger = sosa::hw::ChipProbe::Trigger;
    TraceArguments stall, overflow, ring;
    stall.trigger = "stall:500";
    const auto kept = parse_trace_options(stall);
    CHECK(kept.vcd);
    CHECK(kept.capture.trigger.kind == Trigger::stall);
    CHECK(kept.capture.trigger.stall_cycles == 500);
    CHECK(kept.capture.trigger.slices_after == 8);
    CHECK(kept.ring == 8);
    overflow.trigger = "overflow";
    overflow.ring = "3";
    overflow.after = "2";
    const auto short_one = parse_trace_options(overflow);
    CHECK(short_one.capture.trigger.kind == Trigger::overflow);
    CHECK(short_one.capture.trigger.slices_after == 2);
    CHECK(short_one.ring == 3);
    ring.ring = "20";
    CHECK(parse_trace_options(ring).ring == 20);
    CHECK(parse_trace_options(ring).capture.trigger.kind == Trigger::none);
    for (const auto& text : {""s, "stall"s, "stall:"s, "stall:-1"s, "stall:1x"s, "overflows"s}) {
        INFO(text);
        stall.trigger = text;
        CHECK_THROWS_AS(parse_trace_options(stall), UsageError);
    }
    for (const auto& text : {""s, "0"s, "10001"s, "x"s}) {
        INFO(text);
        ring.ring = text;
        CHECK_THROWS_AS(parse_trace_options(ring), UsageError);
    }
    TraceArguments after, twice;
    after.after = "3";
    CHECK_THROWS_WITH(parse_trace_options(after),
                      "found --trace-after without --trace-trigger, which says after what");
    twice.window = "1:2";
    twice.layer = "conv1";
    CHECK_THROWS_WITH(
        parse_trace_options(twice),
        "--trace-window and --trace-layer exclude each other: both say which slices are traced");
}
