// A part of a waveform: windows, globs, size limits, runs that end early.
#include "sc_tests/module/trace_routes.h"

using namespace sosa::tests::trace;
using sosa::tests::TempFolder;
using sosa::tests::VcdReader;
using Changes = VcdReader::Changes;

namespace {

// The changes of `whole` as a trace of the half-open window would show them.
Changes cut(const Changes& whole, std::uint64_t begin, std::uint64_t end, const std::string& unknown) {
    Changes inside{{begin, unknown}};
    for (const auto& change : whole) {
        if (change.time <= begin)
            inside[0].value = change.value;
        else if (change.time < end)
            inside.push_back(change);
    }
    inside.push_back({end, unknown});
    return inside;
}

const char* unknown(const std::string& name) {
    return name.find("sosa.power.") == 0 || name == "sosa.scheduler.utilization_pct" ? "nan" : "x";
}

}  // namespace

TEST_CASE("a window of slices holds exactly these slices") {
    const TempFolder folder;
    const Run whole = run_whole({{kFast}}, folder);
    const Run part = run({{kFast}, true, {Window::slices, 3, 6}}, folder);
    const auto begin = whole.starts[3], end = whole.starts[6];
    CHECK(part.facts.cycles == whole.facts.cycles);
    CHECK(part.vcd->sections ==
          std::vector<std::string>{"$dumpvars@" + std::to_string(begin), "$dumpoff@" + std::to_string(end)});
    CHECK(part.vcd->last_time >= end);
    for (const auto& [name, changes] : part.vcd->signals) {
        INFO(name);
        CHECK(changes == cut(whole.vcd->signals.at(name), begin, end, unknown(name)));
    }
}

TEST_CASE("a window of cycles opens and closes in the middle of a slice") {
    const TempFolder folder;
    const Run whole = run_whole({{kFast}}, folder);
    const std::uint64_t from = whole.starts[3] / kCycle + 2, to = whole.starts[5] / kCycle + 3;
    const Run part = run({{kFast}, true, {Window::cycles, from, to}}, folder);
    CHECK(part.facts.cycles == whole.facts.cycles);
    CHECK(part.vcd->sections == std::vector<std::string>{"$dumpvars@" + std::to_string(from * kCycle),
                                                         "$dumpoff@" + std::to_string(to * kCycle)});
    for (const auto& [name, changes] : part.vcd->signals) {
        INFO(name);
        const bool own = name.find("sosa.noc_p") == 0 || name.find("sosa.power") == 0;  // of the slice before
        if (!own)
            CHECK(changes == cut(whole.vcd->signals.at(name), from * kCycle, to * kCycle, unknown(name)));
        CHECK(changes.front().time == from * kCycle);
        CHECK(changes.back().time == to * kCycle);
    }
}

TEST_CASE("a window that ends after the run stays open and one behind it stays empty") {
    const TempFolder folder;
    const Run whole = run_whole({{kFast}}, folder);
    const Run open = run({{kFast}, true, {Window::slices, 0, 1'000'000}}, folder);
    CHECK(open.text == whole.text);
    for (const Window& window :
         {Window{Window::slices, 1'000'000, 1'000'001}, Window{Window::cycles, 1'000'000, 1'000'001},
          Window{Window::cycles, 18446744073709551614u, 18446744073709551615u}}) {
        const Run empty = run({{kFast}, true, window}, folder);
        CHECK(empty.facts.completed);
        CHECK(empty.facts.cycles == whole.facts.cycles);
        CHECK(empty.vcd->sections.empty());
    }
}

TEST_CASE("a ring keeps the last slices") {
    const TempFolder folder;
    const Run whole = run_whole({{kFast}}, folder);
    Request request;
    request.sets = {kFast};
    request.ring = 2;
    const Run part = run(request, folder);
    const auto begin = whole.starts[whole.program.slices() - 2];
    CHECK(part.facts.cycles == whole.facts.cycles);
    CHECK(part.vcd->sections == std::vector<std::string>{"$dumpvars@" + std::to_string(begin)});
    for (const char* name : {"scheduler.state", "pods.pod0.state", "pods.pod0.tile", "dma.fetches"}) {
        INFO(name);
        auto expected =
            cut(whole.vcd->signals.at(std::string("sosa.") + name), begin, ~std::uint64_t{0}, "x");
        expected.pop_back();
        CHECK(part.vcd->signals.at(std::string("sosa.") + name) == expected);
    }
}

TEST_CASE("a trigger keeps the slices around the first stall") {
    const TempFolder folder;
    const std::vector<std::string> kSlow = {"dram.bandwidth=4GiB/s"};
    const Run whole = run_whole({kSlow}, folder);
    std::uint32_t stalled = 0;  // the first slice after a stall
    do {
        ++stalled;
        REQUIRE(stalled + 1 < whole.program.slices());
    } while (at(whole, "scheduler.state", whole.starts[stalled] - 1) != 4);
    Request request;
    request.sets = kSlow;
    request.ring = 2;
    request.trigger.kind = ChipProbe::Trigger::stall;
    request.trigger.slices_after = 1;
    const Run part = run(request, folder);
    CHECK(part.facts.triggered);
    CHECK(part.facts.cycles == whole.facts.cycles);
    CHECK(part.vcd->sections ==
          std::vector<std::string>{"$dumpvars@" + std::to_string(whole.starts[stalled - 1]),
                                   "$dumpoff@" + std::to_string(whole.starts[stalled + 1])});
    CHECK(at(part, "scheduler.slice", whole.starts[stalled]) == stalled);
    request.trigger.stall_cycles = 1'000'000;
    CHECK_FALSE(run(request, folder).facts.triggered);
}

TEST_CASE("globs choose which waves are written") {
    const TempFolder folder;
    const Run whole = run_whole({{kFast}}, folder);
    const Run part =
        run({{kFast}, true, {}, {"sosa.pods.pod1*", "sosa.noc_pout.stage2.*", "*.total"}}, folder);
    CHECK(part.facts.cycles == whole.facts.cycles);
    CHECK(part.vcd->signals.size() == 10 + 4 + 1);
    for (const auto& [name, changes] : part.vcd->signals) {
        INFO(name);
        CHECK(changes == whole.vcd->signals.at(name));
    }
}

TEST_CASE("a trace at its size limit ends and the run goes on") {
    const TempFolder folder;
    const Run whole = run({}, folder);
    Request limited;
    limited.max_bytes = whole.text.size() / 2;
    const Run part = run(limited, folder);
    CHECK(part.facts.completed);
    CHECK(part.facts.limit_reached);
    CHECK(part.facts.cycles == whole.facts.cycles);
    CHECK(part.text.size() <= limited.max_bytes);
    CHECK(part.text.size() > limited.max_bytes / 2);
    CHECK(part.vcd->comments.back().rfind("stopped: size limit", 0) == 0);
    CHECK_FALSE(whole.facts.limit_reached);
}

TEST_CASE("an interrupted run leaves a trace up to there") {
    const TempFolder folder;
    const Run whole = run_whole({{kFast}}, folder);
    Request request;
    request.sets = {kFast};
    request.stop_at = 4;
    const Run part = run(request, folder);
    CHECK_FALSE(part.facts.completed);
    CHECK(part.facts.end_ps == whole.starts[4]);
    CHECK(part.vcd->comments.back() == "stopped: interrupted");
    CHECK(at(part, "scheduler.slice", part.facts.end_ps) == 4);
    for (const auto& [name, value] : switch_settings(x, routes(part.program, x, 4), 1))
        CHECK(at(part, name, part.facts.end_ps) == value);
}

TEST_CASE("a run that starves or fails ends at the same time with and without a trace") {
    const TempFolder folder;
    for (const auto& [bytes, error] :
         {std::pair{60u, "the run is starved"}, std::pair{130u, "the run failed: P bank"}}) {
        Request request;
        request.bank_bytes = bytes;
        const Run traced = run(request, folder);
        request.traced = false;
        const Run plain = run(request, folder);
        CHECK(plain.facts.failed);
        CHECK(std::string(plain.facts.error).rfind(error, 0) == 0);
        CHECK(std::string(traced.facts.error) == plain.facts.error);
        CHECK(traced.facts.end_ps == plain.facts.end_ps);
        CHECK(traced.vcd->comments.back() == "stopped: failed");
    }
}
