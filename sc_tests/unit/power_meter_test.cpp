// Power over time: windows whose counts and energies add up.
#include "traces/power_meter.h"

#include <catch2/catch.hpp>

#include "sc_tests/unit/aborts.h"

namespace {
using namespace sosa::traces;
using Counts = std::vector<std::uint64_t>;

// Rows as a chip counts them, two each of banks and networks.
std::vector<EnergyRow> rows(double macs, double additions, double read, double written, double x, double w,
                            double dram, std::optional<double> dram_pj = std::nullopt) {
    return {{"pods", "macs", macs, 0.4, ""},
            {"posts", "additions", additions, std::nullopt, ""},
            {"banks", "array_read_bytes", read, 2.7, ""},
            {"banks", "written_bytes", written, 2.7, ""},
            {"noc_x", "link_bytes", x, 0.03, ""},
            {"noc_w", "link_bytes", w, 0.03, ""},
            {"dram", "bytes", dram, dram_pj, ""}};
}

Counts counts_of(const PowerWindow& window) { return {window.counts.begin(), window.counts.end()}; }

// The n-th of rows that grow unevenly.
std::vector<EnergyRow> grown(unsigned n) {
    const double d = n;
    return rows(d * d, 3 * d, 7 * d * d, d, 11 * d, d * d * d, 5 * d);
}
}  // namespace

TEST_CASE("energy rows fall into the parts of the chip") {
    const auto all = rows(1, 2, 3, 4, 5, 6, 7, 10.0);
    CHECK(part_counts(all) == PartCounts{1, 2, 7, 11, 7});
    CHECK(part_rates(all) == PartRates{0.4, std::nullopt, 2.7, 0.03, 10.0});
    CHECK_FALSE(part_rates(rows(1, 2, 3, 4, 5, 6, 7))[power_dram]);
    CHECK(known_pj({10, 20, 30, 40, 50}, part_rates(all)) == 10 * 0.4 + 30 * 2.7 + 40 * 0.03 + 50 * 10.0);
    CHECK(part_rates({}) == PartRates{});
    auto uneven = all;
    uneven[3].pj_each = 2.8;
    CHECK(sosa::tests::aborts([&] { part_rates(uneven); }));
    uneven[3].pj_each.reset();
    CHECK(sosa::tests::aborts([&] { part_rates(uneven); }));
}

TEST_CASE("a window holds what was counted since the one before") {
    PowerMeter meter;
    CHECK_FALSE(meter.close(1000, rows(100, 10, 40, 20, 8, 2, 3)));
    CHECK_FALSE(meter.close(2000, rows(150, 10, 50, 25, 8, 3, 3)));
    REQUIRE(meter.windows().size() == 2);
    const PowerWindow &first = meter.windows()[0], &second = meter.windows()[1];
    CHECK(first.start_ps == 0);
    CHECK(first.end_ps == 1000);
    CHECK(second.start_ps == 1000);
    CHECK(second.end_ps == 2000);
    CHECK(counts_of(first) == Counts{100, 10, 60, 10, 3});
    CHECK(counts_of(second) == Counts{50, 0, 15, 1, 0});
    CHECK(second.pj[power_pods] == 50 * 0.4);
    CHECK_FALSE(second.pj[power_posts]);
    CHECK(second.pj[power_sram] == 15 * 2.7);
    CHECK(second.pj[power_noc] == 1 * 0.03);
    CHECK_FALSE(second.pj[power_dram]);
    CHECK(second.total_pj() == 50 * 0.4 + 15 * 2.7 + 1 * 0.03);
    CHECK(second.watts(power_sram) == 15 * 2.7 / 1000);  // pJ in 1000 ps
    CHECK_FALSE(second.watts(power_posts));
    CHECK(second.total_watts() == second.total_pj() / 1000);
}

TEST_CASE("windows add up to the counters and the last one ends at the total energy") {
    PowerMeter meter;
    for (unsigned n = 1; n <= 100; ++n) {
        meter.close(n * 777, grown(n));
        CHECK(meter.windows().back().cumulative_pj == total_pj(grown(n)));
    }
    PartCounts sum{};
    std::uint64_t end = 0;
    for (const auto& window : meter.windows()) {
        CHECK(window.start_ps == end);
        end = window.end_ps;
        for (std::size_t part = 0; part < power_parts; ++part) sum[part] += window.counts[part];
    }
    CHECK(end == 100 * 777);
    CHECK(sum == part_counts(grown(100)));
}

TEST_CASE("what comes after the end of the last window belongs to it") {
    PowerMeter meter;
    meter.close(1000, grown(1));
    meter.close(2000, grown(3));
    meter.close(2000, grown(4));
    REQUIRE(meter.windows().size() == 2);
    const PowerWindow& last = meter.windows().back();
    CHECK(last.start_ps == 1000);
    CHECK(last.end_ps == 2000);
    CHECK(counts_of(last) == Counts{15, 9, 7 * 15 + 3, 11 * 3 + 63, 15});
    CHECK(last.pj[power_pods] == 15 * 0.4);
    CHECK(last.cumulative_pj == total_pj(grown(4)));
    CHECK(sosa::tests::aborts([&] { meter.close(1999, grown(5)); }));
}

TEST_CASE("a run that ends at time 0 has one window without power") {
    PowerMeter meter;
    meter.close(0, grown(1));
    REQUIRE(meter.windows().size() == 1);
    CHECK(meter.windows()[0].total_watts() == 0);
    CHECK(meter.windows()[0].watts(power_pods) == 0.0);
    CHECK(meter.windows()[0].cumulative_pj == total_pj(grown(1)));
}

TEST_CASE("too many windows are joined two by two without losing a count") {
    PowerMeter meter(4);
    for (unsigned n = 1; n <= 3; ++n) CHECK_FALSE(meter.close(n * 10, grown(n)));
    CHECK(meter.close(40, grown(4)));
    REQUIRE(meter.windows().size() == 2);
    CHECK(meter.windows()[0].start_ps == 0);
    CHECK(meter.windows()[0].end_ps == 20);
    CHECK(counts_of(meter.windows()[0]) == Counts{4, 6, 7 * 4 + 2, 22 + 8, 10});
    CHECK(meter.windows()[0].pj[power_pods] == 4 * 0.4);
    CHECK(meter.windows()[0].cumulative_pj == total_pj(grown(2)));
    CHECK(meter.windows()[1].start_ps == 20);
    CHECK(meter.windows()[1].end_ps == 40);
    CHECK(meter.windows()[1].counts[power_pods] == 16 - 4);
    CHECK_FALSE(meter.close(60, grown(5)));
    CHECK(meter.windows()[2].counts[power_pods] == 25 - 16);
    CHECK(sosa::tests::aborts([] { PowerMeter odd(3); }));
}
