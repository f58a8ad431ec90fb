#include "noc/network.h"

#include <catch2/catch.hpp>
#include <random>

#include "noc/route_table.h"
#include "noc/router_network.h"
#include "sc_tests/module/network_bench.h"
#include "traces/error.h"

namespace {
using sosa::BankId;
using sosa::PodId;
using sosa::noc::RouteTable;
using sosa::noc::Structure;
using sosa::noc::Topology;
using sosa::tests::Benches;
using sosa::tests::both;
using sosa::tests::elaborated;
using sosa::tests::kBankRead;
using sosa::tests::kBankWrite;
using sosa::tests::kCycle;
using sosa::tests::Kind;
using sosa::tests::NetworkBench;
using sosa::tests::same_counters;
using Texts = std::vector<std::string>;
}  // namespace

TEST_CASE("a read takes the latency twice and the bank's time and a write the latency once") {
    // butterfly-2 on 4 ports: n + 2e = 2 + 2 cycles; 5 ports: 3 + 2; benes on 8: 4 * 3 - 1.
    struct Expected {
        Kind kind;
        int latency;
    };
    const std::vector<Expected> all = {
        {{"butterfly-2", 4, Structure::fabric}, 4},   {{"butterfly-2", 4, Structure::modules}, 4},
        {{"butterfly-1", 5, Structure::fabric}, 3},   {{"butterfly-1", 5, Structure::modules}, 3},
        {{"butterfly-16", 3, Structure::fabric}, 10}, {{"butterfly-16", 3, Structure::modules}, 10},
        {{"butterfly-2", 1, Structure::modules}, 2},  {{"benes", 8, Structure::fabric}, 11},
        {{"crossbar", 8, Structure::fabric}, 1},      {{"bus", 8, Structure::fabric}, 1}};
    std::vector<Kind> kinds;
    for (const auto& expected : all) kinds.push_back(expected.kind);
    const Benches benches = elaborated(kinds);
    for (std::size_t n = 0; n < all.size(); ++n) {
        NetworkBench& bench = *benches[n];
        const std::uint32_t ports = all[n].kind.ports;
        const auto latency = kCycle * all[n].latency;
        CAPTURE(all[n].kind.topology, ports, all[n].kind.structure == Structure::modules);
        for (std::uint32_t unit = 0; unit < ports; ++unit)
            for (std::uint32_t bank = 0; bank < ports; ++bank) {
                bench.network->begin_slice();
                CHECK(bench.read(unit, bank) ==
                      NetworkBench::Result{tlm::TLM_OK_RESPONSE, 2 * latency + kBankRead, ""});
                CHECK(bench.arrivals.back().bank == bank);
                CHECK(bench.arrivals.back().delay == 7 * kCycle + latency);
                CHECK(bench.write(unit, bank) ==
                      NetworkBench::Result{tlm::TLM_OK_RESPONSE, latency + kBankWrite, ""});
                CHECK(bench.arrivals.back().delay == 7 * kCycle + latency);
            }
        CHECK(bench.arrivals.size() == 2 * ports * ports);
        CHECK(bench.violations() == Texts{});
    }
}

TEST_CASE("a multicast crosses a link once and is counted as if alone beside it") {
    for (const auto& bench : both("butterfly-1", 4)) {
        // Bank 2 (10) -> units 0, 1 and 3. After stage 1: 00, 00, 10; after stage 2: 00, 01, 11.
        for (const std::uint32_t unit : {0u, 1u, 3u})
            CHECK(bench->read(unit, 2, 100).status == tlm::TLM_OK_RESPONSE);
        const auto& stages = bench->network->stages();
        REQUIRE(stages.size() == 2);
        CHECK(same_counters(stages[0], {2, 1, 200, 300}));
        CHECK(same_counters(stages[1], {3, 0, 300, 300}));
        REQUIRE(bench->network->holder(0, 0) != nullptr);
        CHECK(bench->network->holder(0, 0)->source() == BankId{2});
        CHECK(bench->network->holder(0, 0)->dest() == PodId{0});
        CHECK(bench->network->holder(1, 3)->dest() == PodId{3});
        CHECK(bench->network->holder(0, 1) == nullptr);
        CHECK(bench->network->holder(1, 2) == nullptr);
        // In the next slice the same route is a fresh one.
        bench->network->begin_slice();
        CHECK(bench->network->holder(0, 0) == nullptr);
        bench->read(0, 2, 10);
        const auto later = bench->network->stages();
        CHECK(same_counters(later[0], {3, 1, 210, 310}));
        CHECK(same_counters(later[1], {4, 0, 310, 310}));
        CHECK(bench->violations() == Texts{});
    }
}

TEST_CASE("a second source on a link is an error that names both routes") {
    for (const auto& bench : both("butterfly-1", 4)) {
        REQUIRE(bench->read(0, 0).error.empty());
        const auto refused = bench->read(1, 2);
        CHECK(refused.error ==
              "sosa/router: network net: link 0 after stage 1 carries bank 0 -> unit 0 in this slice and was "
              "refused "
              "to bank 2 -> unit 1");
        CHECK(bench->arrivals.size() == 1);  // nothing got through
        CHECK(bench->write(0, 0).error.empty());
        // What the refused request passed on its way from unit 1 it holds until the slice ends.
        CHECK(bench->network->holder(1, 1)->source() == BankId{2});
        CHECK_FALSE(bench->write(1, 0).error.empty());
        bench->network->begin_slice();
        CHECK(bench->read(1, 2).error.empty());
        CHECK(bench->read(0, 0).error ==
              "sosa/router: network net: link 0 after stage 1 carries bank 2 -> unit 1 in this slice and was "
              "refused "
              "to bank 0 -> unit 0");
    }
}

TEST_CASE("a network without switches refuses a taken output and a bus a second source") {
    const Benches benches = elaborated(
        {{"crossbar", 4, Structure::fabric}, {"benes", 4, Structure::fabric}, {"bus", 4, Structure::fabric}});
    for (int n = 0; n < 2; ++n) {
        CHECK(benches[n]->read(3, 1).error.empty());
        CHECK(benches[n]->read(2, 0).error.empty());
        CHECK(benches[n]->read(3, 0).error ==
              "sosa/router: network net: link 3 after stage 1 carries bank 1 -> unit 3 in this slice and was "
              "refused "
              "to bank 0 -> unit 3");
    }
    CHECK(benches[2]->read(3, 1).error.empty());
    CHECK(benches[2]->read(0, 1).error.empty());
    CHECK(benches[2]->read(2, 0).error ==
          "sosa/router: network net: link 0 after stage 1 carries bank 1 -> unit 3 in this slice and was "
          "refused to "
          "bank 0 -> unit 2");
}

namespace {
// The same random transfers through both benches; everything that can be seen must be the same. As long as no
// refusal left a route half taken, the route table says which transfers are refused.
void same_random_traffic(NetworkBench& fabric, NetworkBench& modules, std::uint32_t seed) {
    const Topology& t = fabric.topology();
    std::mt19937 random(seed);
    const auto below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
    RouteTable table(t);
    bool table_knows = true;
    int refusals = 0;
    const auto begin_slice = [&] {
        fabric.network->begin_slice();
        modules.network->begin_slice();
        table.clear();
        table_knows = true;
    };
    for (int i = 0; i < 3000; ++i) {
        if (random() % (t.ports() * 2) == 0) begin_slice();
        const std::uint32_t unit = below(t.ports()), bank = below(t.ports()), bytes = below(900) + 1;
        const bool is_write = random() % 2, expected = table.is_free(t, BankId{bank}, PodId{unit});
        const auto one = is_write ? fabric.write(unit, bank, bytes) : fabric.read(unit, bank, bytes);
        const auto two = is_write ? modules.write(unit, bank, bytes) : modules.read(unit, bank, bytes);
        REQUIRE(one == two);
        if (table_knows) REQUIRE(one.error.empty() == expected);
        table_knows = table_knows && one.error.empty();
        refusals += !one.error.empty();
        if (table_knows) table.take(t, BankId{bank}, PodId{unit});
        if (!table_knows && random() % 2) begin_slice();
    }
    REQUIRE((t.ports() == 1 || refusals > 100));
    for (std::uint32_t s = 0; s < t.stages(); ++s) {
        REQUIRE(same_counters(fabric.network->stages()[s], modules.network->stages()[s]));
        REQUIRE(fabric.network->stages()[s].bytes_unicast >= fabric.network->stages()[s].bytes);
        for (std::uint32_t link = 0; link < t.lines(); ++link) {
            const auto* a = fabric.network->holder(s, link);
            const auto* b = modules.network->holder(s, link);
            REQUIRE((a == nullptr) == (b == nullptr));
            if (a) REQUIRE((a->source() == b->source() && a->dest() == b->dest()));
        }
    }
    REQUIRE(fabric.arrivals.size() == modules.arrivals.size());
    for (std::size_t i = 0; i < fabric.arrivals.size(); ++i) {
        REQUIRE(fabric.arrivals[i].bank == modules.arrivals[i].bank);
        REQUIRE(fabric.arrivals[i].delay == modules.arrivals[i].delay);
    }
    REQUIRE(fabric.violations() == Texts{});
    REQUIRE(modules.violations() == Texts{});
}
}  // namespace

TEST_CASE("fabric and router modules do the same with the same random traffic") {
    const std::vector<std::pair<const char*, std::uint32_t>> kinds = {
        {"butterfly-1", 5}, {"butterfly-1", 16}, {"butterfly-1", 2},  {"butterfly-2", 1},
        {"butterfly-2", 6}, {"butterfly-4", 8},  {"butterfly-4", 11}, {"butterfly-16", 3}};
    std::vector<Kind> twice;
    for (const auto& [topology, ports] : kinds) {
        twice.push_back({topology, ports, Structure::fabric});
        twice.push_back({topology, ports, Structure::modules});
    }
    const Benches benches = elaborated(twice);
    for (std::uint32_t i = 0; i < kinds.size(); ++i) {
        CAPTURE(kinds[i].first, kinds[i].second);
        same_random_traffic(*benches[2 * i], *benches[2 * i + 1], 100 + i);
    }
}

TEST_CASE("only butterflies are built of router modules") {
    for (const char* name : {"benes", "crossbar", "bus"})
        CHECK_THROWS_WITH(sosa::noc::make_network("net", Topology(name, 4), Structure::modules, kCycle),
                          "noc.structure: found \"modules\" with topology \"" + std::string(name) +
                              "\", which on 4 ports is not made of 2x2 routers; allowed \"fabric\"");
    CHECK_THROWS_AS(sosa::noc::make_network("net", Topology("butterfly-1", 1), Structure::modules, kCycle),
                    sosa::UserError);
    const auto modules = sosa::noc::make_network("m", Topology("butterfly-2", 5), Structure::modules, kCycle);
    CHECK(dynamic_cast<sosa::noc::RouterNetwork*>(modules.get()) != nullptr);
    // 4 stages of 8 switches.
    std::size_t routers = 0;
    for (const auto* child : modules->get_child_objects())
        routers += dynamic_cast<const sosa::noc::Router*>(child) != nullptr;
    CHECK(routers == 32);
    const auto fabric = sosa::noc::make_network("f", Topology("butterfly-2", 5), Structure::fabric, kCycle);
    CHECK(dynamic_cast<sosa::noc::FabricNetwork*>(fabric.get()) != nullptr);
}
