#include "noc/topology.h"

#include <catch2/catch.hpp>

#include "sc_tests/unit/route_rule.h"
#include "traces/energy.h"
#include "traces/error.h"

namespace {
using sosa::BankId;
using sosa::PodId;
using sosa::noc::Topology;
using sosa::tests::ceil_log2;
using sosa::tests::route_rule;

const std::vector<std::uint32_t> kExpansions = {1, 2, 4, 8, 16};
std::string butterfly(std::uint32_t k) { return "butterfly-" + std::to_string(k); }

// The stages from bank b to pod d whose link is another one than expected(stage counted from 0).
template <class Expected>
std::uint32_t wrong_links(const Topology& t, std::uint32_t b, std::uint32_t d, Expected expected) {
    std::uint32_t wrong = 0;
    for (std::uint32_t s = 0; s < t.stages(); ++s) wrong += t.link(s, BankId{b}, PodId{d}) != expected(s);
    return wrong;
}

// Calls f(b, d) for every bank and pod and sums up what it returns.
template <class F>
std::uint64_t over_pairs(std::uint32_t ports, F f) {
    std::uint64_t sum = 0;
    for (std::uint32_t b = 0; b < ports; ++b)
        for (std::uint32_t d = 0; d < ports; ++d) sum += f(b, d);
    return sum;
}
}  // namespace

TEST_CASE("a butterfly route occupies the links of the paper's rule from every bank to every pod") {
    for (const std::uint32_t k : kExpansions)
        for (std::uint32_t ports = 2; ports <= 64; ++ports) {
            const Topology t(butterfly(k), ports);
            CAPTURE(t.name(), ports);
            REQUIRE(t.stages() == ceil_log2(ports) + ceil_log2(k));
            REQUIRE(over_pairs(ports, [&](std::uint32_t b, std::uint32_t d) {
                        const auto rule = route_rule(t.name(), ports, b, d);
                        return wrong_links(t, b, d, [&](std::uint32_t s) { return rule[s]; });
                    }) == 0);
        }
}

TEST_CASE("switching a line bit by bit from the highest ends at the pod's line") {
    for (const std::uint32_t k : kExpansions)
        for (std::uint32_t ports = 2; ports <= 64; ++ports) {
            const Topology t(butterfly(k), ports);
            CAPTURE(t.name(), ports);
            REQUIRE(over_pairs(ports, [&](std::uint32_t b, std::uint32_t d) {
                        std::uint32_t line = b, bit = t.lines() / 2;
                        const std::uint32_t wrong = wrong_links(t, b, d, [&](std::uint32_t) {
                            line = (d * k) & bit ? line | bit : line & ~bit;
                            bit /= 2;
                            return line;
                        });
                        return wrong + (line != d * k) + (bit != 0);
                    }) == 0);
        }
}

TEST_CASE("links lie inside the flat array and each pod has a line of its own") {
    for (const std::string& name : Topology::names())
        for (const std::uint32_t ports : {1u, 2u, 3u, 5u, 17u, 64u, 100u}) {
            const Topology t(name, ports);
            CAPTURE(name, ports);
            REQUIRE(over_pairs(ports, [&](std::uint32_t b, std::uint32_t d) {
                        std::uint32_t wrong = 0;
                        for (std::uint32_t s = 0; s < t.stages(); ++s) {
                            const std::uint32_t link = t.link(s, BankId{b}, PodId{d});
                            wrong += link >= t.lines();
                            wrong += t.flat_link(s, BankId{b}, PodId{d}) != s * t.lines() + link;
                            wrong += link != route_rule(name, ports, b, d)[s];
                        }
                        return wrong;
                    }) == 0);
        }
}

TEST_CASE("latency stages and power coefficient follow the paper's table") {
    struct Size {
        std::uint32_t ports, n;
    };
    for (const Size& size : {Size{32, 5}, {64, 6}, {100, 7}, {128, 7}, {256, 8}, {512, 9}}) {
        const double banks = size.ports;
        CAPTURE(size.ports);
        for (std::uint32_t e = 0; e <= 4; ++e) {
            const Topology t(butterfly(1u << e), size.ports);
            CHECK(t.stages() == size.n + e);
            CHECK(t.lines() == 1u << (size.n + e));
            CHECK(t.latency_cycles() == size.n + 2 * e);
            CHECK(t.power_coefficient() == (1u << e) * banks * size.n);
            CHECK(t.has_switches());
            CHECK(t.widest_slice() == size.ports);
        }
        const Topology benes("benes", size.ports), crossbar("crossbar", size.ports), bus("bus", size.ports);
        CHECK(benes.latency_cycles() == 4 * size.n - 1);
        CHECK(benes.power_coefficient() == 4 * banks * size.n);
        CHECK(crossbar.latency_cycles() == 1);
        CHECK(crossbar.power_coefficient() == banks * banks);
        CHECK(bus.latency_cycles() == 1);
        CHECK(bus.power_coefficient() == 1);
        CHECK(bus.widest_slice() == 1);
        for (const Topology* t : {&benes, &crossbar, &bus}) CHECK_FALSE(t->has_switches());
    }
}

TEST_CASE("the interconnect power of 256 pods is the paper's") {
    struct Row {
        const char* name;
        double watts;
    };
    const auto table = sosa::traces::load_energy_table("paper-28nm");
    for (const Row& row : {Row{"crossbar", 361.8},
                           {"benes", 45.2},
                           {"butterfly-1", 11.3},
                           {"butterfly-2", 22.6},
                           {"butterfly-4", 45.2},
                           {"butterfly-8", 90.4}}) {
        const double coefficient = Topology(row.name, 256).power_coefficient();
        CAPTURE(row.name);
        CHECK(2.875e-5 * coefficient * (32 + 5 * 32) == Approx(row.watts).margin(0.05).epsilon(0));
        const auto peak = sosa::traces::peak_power(table, 32, 32, 256, coefficient, 262144, 1e9);
        CHECK(peak.noc_w == Approx(row.watts).margin(0.05).epsilon(0));
    }
}

TEST_CASE("a single port has wires and no network power") {
    for (const std::string& name : Topology::names()) {
        const Topology t(name, 1);
        CAPTURE(name);
        CHECK(t.power_coefficient() == 0);
        CHECK(t.stages() >= 1);
        CHECK(t.link(0, BankId{0}, PodId{0}) == 0);
    }
    CHECK(Topology("benes", 1).latency_cycles() == 1);
    CHECK_FALSE(Topology("butterfly-1", 1).has_switches());  // not one stage to build of routers
    CHECK(Topology("butterfly-2", 1).has_switches());
}

TEST_CASE("an unknown topology is an error that lists all of them") {
    CHECK(Topology::names().size() == 8);
    for (const char* name : {"butterfly-3", "butterfly-", "butterfly-02", "mesh", ""})
        CHECK_THROWS_WITH(Topology(name, 4),
                          Catch::StartsWith("noc.topology: found \"" + std::string(name) + "\"") &&
                              Catch::EndsWith("allowed butterfly-1, butterfly-2, butterfly-4, butterfly-8, "
                                              "butterfly-16, benes, crossbar, bus"));
    CHECK_THROWS_WITH(Topology("crosbar", 4), Catch::Contains("did you mean \"crossbar\"?"));
}
