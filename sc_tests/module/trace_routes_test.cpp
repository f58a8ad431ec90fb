// The waves of the networks show the routes of the program.
#include <algorithm>

#include "sc_tests/module/trace_routes.h"

using namespace sosa::tests::trace;
using sosa::tests::TempFolder;

namespace {

// One ps before any pod's or post-processor's wave says that it has finished in (begin, end].
std::uint64_t before_results(const Run& r, std::uint64_t begin, std::uint64_t end) {
    std::uint64_t first = end;
    for (unsigned i = 0; i < kPods; ++i)
        for (const auto& [name, wait] : {std::pair{"pods.pod", "11"}, std::pair{"posts.post", "10"}})
            for (const auto& change :
                 r.vcd->signals.at(std::string("sosa.") + name + std::to_string(i) + ".state"))
                if (change.time > begin && change.value == wait) first = std::min(first, change.time);
    return first - 1;
}

template <class Expected>  // Settings of (net, routes)
void check_networks(const Run& r, Expected expected) {
    std::size_t taken = 0;
    for (unsigned n = 0; n < nets; ++n) {
        const Net net = static_cast<Net>(n);
        for (std::uint32_t s = 0; s < r.program.slices(); ++s) {
            const auto begin = r.starts[s], end = r.starts[s + 1];
            // Results leave at the end of their slice.
            const auto shown =
                expected(net, routes(r.program, net, std::int64_t{s} - (carries_results(net) ? 1 : 0)));
            const auto last = carries_results(net) ? before_results(r, begin, end) : end - 1;
            CHECK(differences(r, shown, begin, taken) == "");
            CHECK(differences(r, shown, last, taken) == "");
        }
        if (carries_results(net))
            CHECK(differences(r, expected(net, routes(r.program, net, r.program.slices() - 1)),
                              r.facts.end_ps, taken) == "");
    }
    CHECK(taken > r.program.slices() * 6);  // x, w and pout, each twice in every slice but a few
}

void check_switches(const std::vector<std::string>& sets, unsigned expansion) {
    const TempFolder folder;
    const Run r = run_whole({sets}, folder);
    check_networks(r, [&](Net net, const auto& taken) { return switch_settings(net, taken, expansion); });
}

void check_lines(const std::string& topology, unsigned lines) {
    const TempFolder folder;
    const Run r = run_whole({{"noc.topology=" + topology, kFast}}, folder);
    check_networks(r, [&](Net net, const auto& taken) { return line_sources(net, taken, lines); });
}

}  // namespace

TEST_CASE("switches of butterfly-2 show the routes of every slice") { check_switches({kFast}, 1); }

TEST_CASE("switches of router modules show the routes of every slice") {
    check_switches({kFast, "noc.structure=modules", "noc.topology=butterfly-1"}, 0);
}

TEST_CASE("output lines of a crossbar show the routes of every slice") { check_lines("crossbar", 4); }

TEST_CASE("the line of a bus shows the routes of every slice") { check_lines("bus", 1); }

TEST_CASE("weights that come too late leave no wave and stall the next slice") {
    const TempFolder folder;
    const Run r = run_whole({{"dram.bandwidth=4GiB/s"}}, folder);
    std::size_t late = 0, in_time = 0, ignored = 0;
    for (std::uint32_t s = 0; s + 1 < r.program.slices(); ++s) {
        const auto begin = r.starts[s];
        const auto off = switch_settings(w, {}, 1), all = switch_settings(w, routes(r.program, w, s), 1);
        if (off == all) continue;
        const bool is_off = differences(r, off, begin, ignored) == "";
        const bool resident = at(r, "dma.resident_before", begin) > s + 1;
        CHECK(is_off != resident);
        if (!is_off) CHECK(differences(r, all, begin, ignored) == "");
        ++(is_off ? late : in_time);
    }
    CHECK(late > 0);
    CHECK(in_time > 0);
}
