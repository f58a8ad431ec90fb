#include "host/placement.h"

#include <catch2/catch.hpp>

#include "sc_tests/unit/aborts.h"
#include "sc_tests/unit/placement_checker.h"
#include "sc_tests/unit/placement_kit.h"
#include "traces/error.h"

namespace {
using sosa::host::PlacedLayer;
using sosa::host::Workload;
using sosa::noc::Topology;
using sosa::tests::blocks_layer;
using sosa::tests::check_placement;
using sosa::tests::kUnitTiles;
using sosa::tests::ops_text;
using sosa::tests::place_paper;
using sosa::tests::sums_text;
using sosa::tests::workload_of;

// Places one workload, checks it and returns its layers.
std::vector<PlacedLayer> placed(const Workload& w, const std::string& topology, std::uint32_t ports) {
    const Topology t(topology, ports);
    const auto placements = place_paper({w}, t);
    CHECK(check_placement({w}, placements, t, kUnitTiles) == std::vector<std::string>{});
    return placements[0].layers;
}
}  // namespace

TEST_CASE("rule 1 gives tags round robin over the banks from bank 0 and never twice") {
    const auto layers = placed(
        workload_of({blocks_layer(3, 2, 2), blocks_layer(2, 2, 1), blocks_layer(1, 1, 1)}), "crossbar", 4);
    CHECK(layers[0].tiles.x_tile(2, 1, 0) == 5);  // j outer, i inner: bank 1, tag 1
    CHECK(layers[0].tiles.w_tile(1, 1) == 3);     // j outer, l inner: bank 3, tag 0
    CHECK(layers[0].x_tag_base == 0);
    CHECK(layers[0].w_tag_base == 0);
    CHECK(layers[1].x_tag_base == 2);  // 6 X tiles took 2 tags in a bank
    CHECK(layers[1].w_tag_base == 1);  // 4 W tiles took 1
    CHECK(layers[2].x_tag_base == 3);
    CHECK(layers[2].w_tag_base == 2);
}

TEST_CASE("rule 2 takes the first slice with the lowest pod and P bank") {
    CHECK(ops_text(placed(workload_of({blocks_layer(1, 1, 1)}), "crossbar", 4)[0]) == "s0p0b0");
    // One W tile for all; the fifth op finds no pod.
    CHECK(ops_text(placed(workload_of({blocks_layer(5, 1, 1)}), "crossbar", 4)[0]) ==
          "s0p0b0 s0p1b1 s0p2b2 s0p3b3 s1p0b0");
    // One X tile for all.
    CHECK(ops_text(placed(workload_of({blocks_layer(1, 1, 5)}), "crossbar", 4)[0]) ==
          "s0p0b0 s0p1b1 s0p2b2 s0p3b3 s1p0b0");
    // A bus has one source a slice in every network, so only one result leaves.
    CHECK(ops_text(placed(workload_of({blocks_layer(3, 1, 1)}), "bus", 4)[0]) == "s0p0b0 s1p0b0 s2p0b0");
}

TEST_CASE("rule 2 reads one tile of an X bank and of a W bank in a slice") {
    // Three layers that do not depend on each other start at X bank 0 and W bank 0, with pods to spare.
    const auto layers = placed(
        workload_of({blocks_layer(1, 1, 1), blocks_layer(2, 1, 1), blocks_layer(1, 1, 2)}), "crossbar", 4);
    CHECK(ops_text(layers[0]) == "s0p0b0");
    // X bank 0 is taken in slice 0; X bank 1 is not, but W bank 0 is. In slice 1 both share the W tile.
    CHECK(ops_text(layers[1]) == "s1p0b0 s1p1b1");
    // l = 1 reads W bank 1, free everywhere; its X bank 0 is not.
    CHECK(ops_text(layers[2]) == "s2p0b0 s2p1b1");
}

// Layer 0 holds bank 0 -> pod 0 in slice 0. Of layer 1 the tile ops of j = 0 need X or W bank 0 and go to
// slice 1, those of j = 1 read X banks 2 and 3 and W bank 1 in slice 0.
TEST_CASE("rules 2 to 5 on a butterfly of four ports drawn by hand") {
    const Workload w = workload_of({blocks_layer(1, 1, 1), blocks_layer(2, 2, 1)});
    const auto narrow = placed(w, "butterfly-1", 4);
    // (i 0, j 1): X 2 -> pod 1 would meet 0 -> 0 after stage 1 (link 00), so pod 2.
    // (i 1, j 1): X 3 -> pod 1 is free; P bank 2 -> pod 1 would meet 0 -> 0 on pout, so P bank 3.
    // Chaining: (i 0, j 1) from P bank 1 to pod 0 in slice 1; then P bank 3 -> pod 1 meets it after stage 1
    // (link 01).
    CHECK(ops_text(narrow[1]) == "s1p0b0<2 s1p1b1 s0p2b1 s0p1b3");
    // Its results stay apart: j = 0 in P bank 1, j = 1 in P bank 3, one sum. The second half writes P bank 0
    // a slice later.
    CHECK(sums_text(narrow[1]) == "1+3:s2u0,s3u0,b0");
    CHECK(narrow[1].last_slice == 3);

    const auto crossed = placed(w, "crossbar", 4);
    CHECK(ops_text(crossed[1]) == "s1p0b0<2 s1p1b1<3 s0p1b1 s0p2b2");
    CHECK(sums_text(crossed[1]).empty());
    CHECK(crossed[1].last_slice == 1);
}

TEST_CASE("rule 3 chains each result to the first later tile op that is still without one") {
    // One pod: j runs slice by slice, one chain.
    CHECK(ops_text(placed(workload_of({blocks_layer(1, 4, 1)}), "crossbar", 1)[0]) ==
          "s0p0b0 s1p0b0<0 s2p0b0<1 s3p0b0<2");
    // Two pods: two results a slice; j 0 and 1 go to 2 and 3, and so on; the last two are added.
    const auto two = placed(workload_of({blocks_layer(1, 6, 1)}), "crossbar", 2);
    CHECK(ops_text(two[0]) == "s0p0b0 s0p1b1 s1p0b0<0 s1p1b1<1 s2p0b0<2 s2p1b1<3");
    CHECK(sums_text(two[0]) == "4+5:s3u0,s4u0,b0");
    // All in one slice: nothing is later, nothing is chained.
    CHECK(ops_text(placed(workload_of({blocks_layer(1, 4, 1)}), "crossbar", 4)[0]) ==
          "s0p0b0 s0p1b1 s0p2b2 s0p3b3");
}

TEST_CASE("rule 4 adds up what is left from the front of a queue and appends the sums") {
    // Both sums of slice 1 write banks 0 and 1; their second halves swap the operands and must wait for the
    // bank.
    CHECK(sums_text(placed(workload_of({blocks_layer(1, 4, 1)}), "crossbar", 4)[0]) ==
          "0+1:s1u0,s2u0,b0 2+3:s1u1,s2u1,b1 4+5:s3u0,s4u0,b0");
    // Five: 0+1, 2+3, then 4 with the first sum, then the two sums.
    CHECK(sums_text(placed(workload_of({blocks_layer(1, 5, 1)}), "crossbar", 5)[0]) ==
          "0+1:s1u0,s2u0,b0 2+3:s1u1,s2u1,b1 4+5:s3u0,s4u0,b0 6+7:s5u0,s6u0,b0");
    // Two output tiles: results 0 2 and 1 3; all queues before any post-op, i outer and l inner.
    CHECK(sums_text(placed(workload_of({blocks_layer(1, 2, 2)}), "crossbar", 4)[0]) ==
          "0+2:s1u0,s2u0,b0 1+3:s1u1,s2u1,b1");
    CHECK(sums_text(placed(workload_of({blocks_layer(2, 2, 1)}), "crossbar", 4)[0]) ==
          "0+2:s1u0,s2u0,b0 1+3:s1u1,s2u1,b1");
}

TEST_CASE("rule 4 reads a P bank once on each post network in a slice") {
    // Two layers of one sum each, both of banks 0 and 1. The second's tile ops go to slice 1, its first half
    // reads a = 0 and b = 1 in slice 2, where the first sum's second half reads a = 1 and b = 0; so its own
    // waits for slice 3.
    const auto layers = placed(workload_of({blocks_layer(1, 2, 1), blocks_layer(1, 2, 1)}), "crossbar", 2);
    CHECK(sums_text(layers[0]) == "0+1:s1u0,s2u0,b0");
    CHECK(ops_text(layers[1]) == "s1p0b0 s1p1b1");
    CHECK(sums_text(layers[1]) == "0+1:s2u1,s3u0,b1");
}

TEST_CASE("rule 5 starts a layer after the last slice of all it depends on") {
    const auto layers = placed(workload_of({blocks_layer(1, 4, 1), blocks_layer(1, 1, 1),
                                            blocks_layer(2, 1, 1, {1}), blocks_layer(1, 1, 1, {1, 0})}),
                               "crossbar", 4);
    CHECK(layers[0].last_slice == 4);  // its sums, see rule 4
    CHECK(layers[1].earliest_slice == 0);
    CHECK(ops_text(layers[1]) == "s1p0b0");
    CHECK(layers[2].earliest_slice == 2);
    CHECK(ops_text(layers[2]) == "s2p0b0 s2p1b1");
    CHECK(layers[3].earliest_slice == 5);
    CHECK(ops_text(layers[3]) == "s5p0b0");
    CHECK(layers[3].last_slice == 5);
}

TEST_CASE("tenants are placed one after the other from slice 0 into the same slices") {
    const Topology t("crossbar", 4);
    const std::vector<Workload> tenants = {workload_of({blocks_layer(2, 1, 1)}),
                                           workload_of({blocks_layer(1, 2, 1), blocks_layer(1, 1, 1, {0})})};
    const auto placements = place_paper(tenants, t);
    CHECK(check_placement(tenants, placements, t, kUnitTiles) == std::vector<std::string>{});
    CHECK(ops_text(placements[0].layers[0]) == "s0p0b0 s0p1b1");
    // X bank 0 (j 0) and X bank 1 (j 1) are both taken in slice 0 by the first tenant.
    CHECK(placements[1].layers[0].earliest_slice == 0);
    CHECK(ops_text(placements[1].layers[0]) == "s1p0b0 s1p1b1");
    CHECK(placements[1].layers[0].x_tag_base == 1);
    CHECK(placements[0].shift == 1);
    CHECK(placements[1].shift == 5);  // tile ops 1, sum 2 and 3, second layer 4
}

TEST_CASE("copy t of a repeated workload is shifted by t slices of a copy and one") {
    const auto once = place_paper({workload_of({blocks_layer(1, 4, 1)}, 3)}, Topology("crossbar", 4))[0];
    CHECK(once.repeat == 3);
    CHECK(once.shift == 5);  // S + 1, S = 4
    CHECK(once.copy_offset(0) == 0);
    CHECK(once.copy_offset(1) == 6);
    CHECK(once.copy_offset(2) == 11);
}

TEST_CASE("copies beyond the last slice number and tenants that repeat are refused") {
    const Topology bus("bus", 2);
    CHECK_THROWS_WITH(place_paper({workload_of({blocks_layer(70000, 1, 1)}, 65535)}, bus),
                      "workload \"w\": found 65535 copies of 70000 slices, allowed 2^32 - 2 slices in all");
    CHECK(sosa::tests::aborts([&] {
        place_paper({workload_of({blocks_layer(1, 1, 1)}, 2), workload_of({blocks_layer(1, 1, 1)})}, bus);
    }));
    CHECK_FALSE(sosa::tests::aborts([&] { place_paper({workload_of({blocks_layer(1, 1, 1)}, 2)}, bus); }));
}

TEST_CASE("policies are chosen by name") {
    REQUIRE(sosa::host::policy_entries().size() == 1);
    CHECK(sosa::host::policy_entries()[0].name == "paper");
    CHECK_THROWS_AS(sosa::host::make_policy("best"), sosa::UserError);
    CHECK_THROWS_WITH(sosa::host::make_policy("best"), "--policy: found \"best\", allowed paper");
}

TEST_CASE("placing tells how many layers are done of all tenants") {
    std::vector<std::pair<std::size_t, std::size_t>> told;
    const Workload two = workload_of({blocks_layer(1, 1, 1), blocks_layer(1, 1, 1)}),
                   one = workload_of({blocks_layer(1, 1, 1)});
    sosa::host::make_policy("paper")->place({two, one}, Topology("bus", 2), kUnitTiles,
                                            [&](std::size_t done, std::size_t all) {
                                                told.push_back({done, all});
                                            });
    CHECK(told == std::vector<std::pair<std::size_t, std::size_t>>{{1, 3}, {2, 3}, {3, 3}});
}
