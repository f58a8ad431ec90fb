#include "noc/route_table.h"

#include <catch2/catch.hpp>
#include <random>

#include "sc_tests/unit/route_rule.h"

namespace {
using sosa::BankId;
using sosa::PodId;
using sosa::noc::RouteTable;
using sosa::noc::Topology;
using sosa::tests::route_rule;
using sosa::tests::rule_conflict;

struct Route {
    std::uint32_t bank, pod;
};

bool free_of_all(const Topology& t, const std::vector<Route>& taken, Route route) {
    for (const Route& other : taken)
        if (rule_conflict(t.name(), t.ports(), other.bank, other.pod, route.bank, route.pod)) return false;
    return true;
}

// The first stage on which the route meets a taken one, by the rule; the route must meet one.
std::uint32_t first_shared_stage(const Topology& t, const std::vector<Route>& taken, Route route) {
    const auto mine = route_rule(t.name(), t.ports(), route.bank, route.pod);
    for (std::uint32_t s = 0; s < mine.size(); ++s)
        for (const Route& other : taken)
            if (other.bank != route.bank &&
                route_rule(t.name(), t.ports(), other.bank, other.pod)[s] == mine[s])
                return s;
    return 999;
}
}  // namespace

TEST_CASE("two routes conflict exactly if different sources share a link") {
    for (const std::string& name : Topology::names())
        for (const std::uint32_t ports : {1u, 2u, 3u, 5u, 8u, 11u}) {
            const Topology t(name, ports);
            CAPTURE(name, ports);
            RouteTable table(t);
            std::uint64_t differ = 0, conflicts = 0;
            const std::uint32_t pairs = ports * ports;
            for (std::uint32_t one = 0; one < pairs; ++one) {
                table.clear();
                table.take(t, BankId{one / ports}, PodId{one % ports});
                for (std::uint32_t two = 0; two < pairs; ++two) {
                    const bool meet =
                        rule_conflict(name, ports, one / ports, one % ports, two / ports, two % ports);
                    differ += table.is_free(t, BankId{two / ports}, PodId{two % ports}) == meet;
                    conflicts += meet;
                }
            }
            CHECK(differ == 0);
            CHECK((ports == 1 || conflicts > 0));
        }
}

TEST_CASE("a table filled at random frees and refuses routes as the rule does") {
    std::mt19937 random(7);
    for (const std::string& name : Topology::names())
        for (const std::uint32_t ports : {6u, 16u, 33u, 64u}) {
            const Topology t(name, ports);
            CAPTURE(name, ports);
            RouteTable table(t);
            std::vector<Route> taken;
            std::uint32_t differ = 0, wrong_place = 0, refused = 0;
            for (int i = 0; i < 200; ++i) {
                const Route route{static_cast<std::uint32_t>(random() % ports),
                                  static_cast<std::uint32_t>(random() % ports)};
                const BankId bank{route.bank};
                const PodId pod{route.pod};
                const bool is_free = table.is_free(t, bank, pod);
                const auto conflict = table.conflict(t, bank, pod);
                differ += is_free != free_of_all(t, taken, route) || is_free == conflict.has_value();
                if (is_free) {
                    table.take(t, bank, pod);
                    taken.push_back(route);
                    continue;
                }
                ++refused;
                const std::uint32_t stage = first_shared_stage(t, taken, route);
                wrong_place += conflict->stage != stage || conflict->link != t.link(stage, bank, pod);
            }
            CHECK(differ == 0);
            CHECK(wrong_place == 0);
            CHECK(refused > 0);
        }
}

TEST_CASE("one source reaches every pod at once in every topology") {
    for (const std::string& name : Topology::names())
        for (const std::uint32_t ports : {1u, 5u, 32u, 64u}) {
            const Topology t(name, ports);
            CAPTURE(name, ports);
            for (std::uint32_t b = 0; b < ports; ++b) {
                RouteTable table(t);
                std::uint32_t blocked = 0;
                for (std::uint32_t d = 0; d < ports; ++d) {
                    blocked += !table.is_free(t, BankId{b}, PodId{d});
                    table.take(t, BankId{b}, PodId{d});
                }
                REQUIRE(blocked == 0);
            }
        }
}

TEST_CASE("a crossbar and a benes network carry every permutation and refuse only a taken pod") {
    std::mt19937 random(3);
    for (const char* name : {"crossbar", "benes"}) {
        const Topology t(name, 50);
        std::vector<std::uint32_t> pods(50);
        for (std::uint32_t i = 0; i < 50; ++i) pods[i] = i;
        for (int round = 0; round < 20; ++round) {
            std::shuffle(pods.begin(), pods.end(), random);
            RouteTable table(t);
            std::uint32_t blocked = 0;
            for (std::uint32_t b = 0; b < 50; ++b) {
                blocked += !table.is_free(t, BankId{b}, PodId{pods[b]});
                table.take(t, BankId{b}, PodId{pods[b]});
            }
            REQUIRE(blocked == 0);
            REQUIRE_FALSE(table.is_free(t, BankId{0}, PodId{pods[1]}));
            REQUIRE(table.conflict(t, BankId{0}, PodId{pods[1]})->holder == BankId{1});
        }
    }
}

TEST_CASE("a bus carries one source a slice to as many pods as want it") {
    const Topology t("bus", 4);
    RouteTable table(t);
    table.take(t, BankId{2}, PodId{0});
    for (std::uint32_t d = 0; d < 4; ++d) {
        CHECK(table.is_free(t, BankId{2}, PodId{d}));
        CHECK_FALSE(table.is_free(t, BankId{1}, PodId{d}));
        CHECK(table.conflict(t, BankId{3}, PodId{d})->holder == BankId{2});
    }
    table.clear();
    CHECK(table.is_free(t, BankId{1}, PodId{3}));
}

TEST_CASE("a butterfly of four ports blocks as drawn by hand") {
    // 0 -> 0 holds 00 after stage 1; 2 -> 1 would enter the same switch output: top bit of pod 01, low bit of
    // bank 10.
    const Topology narrow("butterfly-1", 4);
    RouteTable table(narrow);
    table.take(narrow, BankId{0}, PodId{0});
    const auto conflict = table.conflict(narrow, BankId{2}, PodId{1});
    REQUIRE(conflict.has_value());
    CHECK(conflict->stage == 0);
    CHECK(conflict->link == 0);
    CHECK(conflict->holder == BankId{0});
    CHECK_FALSE(table.conflict(narrow, BankId{1}, PodId{1}).has_value());
    CHECK_FALSE(table.conflict(narrow, BankId{0}, PodId{1}).has_value());

    // With k = 2 there are eight lines: 000 -> 000 holds 000 after every stage; 010 -> 010 holds 010, 010,
    // 010.
    const Topology wide("butterfly-2", 4);
    RouteTable wide_table(wide);
    wide_table.take(wide, BankId{0}, PodId{0});
    CHECK(wide_table.is_free(wide, BankId{2}, PodId{1}));
}
