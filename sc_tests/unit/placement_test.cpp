#include "host/placement.h"

#include <catch2/catch.hpp>
#include <functional>
#include <random>

#include "aborts.h"
#include "host/zoo.h"
#include "naive_placement.h"
#include "placement_checker.h"
#include "reference_csv.h"
#include "traces/error.h"

namespace {
using sosa::host::kNone;
using sosa::host::Layer;
using sosa::host::PlacedLayer;
using sosa::host::PlacedOp;
using sosa::host::PlacedSum;
using sosa::host::Placement;
using sosa::host::TileShape;
using sosa::host::Workload;
using sosa::noc::Topology;
using sosa::tests::check_placement;

// One by one by one tiles, so that a layer's m, k and n are its I, J and L.
const TileShape kUnit{1, 1, 1, 2};

Layer layer(std::uint64_t I, std::uint64_t J, std::uint64_t L, std::vector<std::uint32_t> deps = {}) {
    return Layer{"l", "MatMul", I, J, L, 1, 1, std::move(deps)};
}
Workload workload(std::vector<Layer> layers, std::uint32_t repeat = 1) {
    Workload w;
    w.name = "w";
    w.repeat = repeat;
    w.layers = std::move(layers);
    return w;
}
std::vector<Placement> place(const std::vector<Workload>& tenants, const Topology& topology) {
    return sosa::host::make_policy("paper")->place(tenants, topology, kUnit, {});
}
// Places one workload, checks it and returns its layers.
std::vector<PlacedLayer> placed(const Workload& w, const std::string& topology, std::uint32_t ports) {
    const Topology t(topology, ports);
    const auto placements = place({w}, t);
    CHECK(check_placement({w}, placements, t, kUnit) == std::vector<std::string>{});
    return placements[0].layers;
}

// "slice pod P-bank" and, if there is one, "<pin", of every tile op in the order j, i, l.
std::string ops_of(const PlacedLayer& layer) {
    std::string all;
    for (const PlacedOp& op : layer.ops) {
        all += (all.empty() ? "s" : " s") + std::to_string(op.slice) + "p" + std::to_string(op.pod) + "b" +
               std::to_string(op.p_bank);
        if (op.pin != kNone) all += "<" + std::to_string(op.pin);
    }
    return all;
}
// "a+b" and for both halves "slice unit", and the bank.
std::string sums_of(const PlacedLayer& layer) {
    std::string all;
    for (const PlacedSum& sum : layer.sums)
        all += (all.empty() ? "" : " ") + std::to_string(sum.a) + "+" + std::to_string(sum.b) + ":s" +
               std::to_string(sum.slice[0]) + "u" + std::to_string(sum.unit[0]) + ",s" +
               std::to_string(sum.slice[1]) + "u" + std::to_string(sum.unit[1]) + ",b" +
               std::to_string(sum.out_bank);
    return all;
}
}  // namespace

TEST_CASE("rule 1 gives tags round robin over the banks from bank 0 and never twice") {
    const auto layers = placed(workload({layer(3, 2, 2), layer(2, 2, 1), layer(1, 1, 1)}), "crossbar", 4);
    CHECK(layers[0].tiles.x_tile(2, 1) == 5);  // j outer, i inner: bank 1, tag 1
    CHECK(layers[0].tiles.w_tile(1, 1) == 3);  // j outer, l inner: bank 3, tag 0
    CHECK(layers[0].x_tag_base == 0);
    CHECK(layers[0].w_tag_base == 0);
    CHECK(layers[1].x_tag_base == 2);  // 6 X tiles took 2 tags in a bank
    CHECK(layers[1].w_tag_base == 1);  // 4 W tiles took 1
    CHECK(layers[2].x_tag_base == 3);
    CHECK(layers[2].w_tag_base == 2);
}

TEST_CASE("rule 2 takes the first slice with the lowest pod and P bank") {
    CHECK(ops_of(placed(workload({layer(1, 1, 1)}), "crossbar", 4)[0]) == "s0p0b0");
    // One W tile for all; the fifth op finds no pod.
    CHECK(ops_of(placed(workload({layer(5, 1, 1)}), "crossbar", 4)[0]) == "s0p0b0 s0p1b1 s0p2b2 s0p3b3 s1p0b0");
    // One X tile for all.
    CHECK(ops_of(placed(workload({layer(1, 1, 5)}), "crossbar", 4)[0]) == "s0p0b0 s0p1b1 s0p2b2 s0p3b3 s1p0b0");
    // A bus has one source a slice in every network, so only one result leaves.
    CHECK(ops_of(placed(workload({layer(3, 1, 1)}), "bus", 4)[0]) == "s0p0b0 s1p0b0 s2p0b0");
}

TEST_CASE("rule 2 reads one tile of an X bank and of a W bank in a slice") {
    // Three layers that do not depend on each other start at X bank 0 and W bank 0, with pods to spare.
    const auto layers = placed(workload({layer(1, 1, 1), layer(2, 1, 1), layer(1, 1, 2)}), "crossbar", 4);
    CHECK(ops_of(layers[0]) == "s0p0b0");
    // X bank 0 is taken in slice 0; X bank 1 is not, but W bank 0 is. In slice 1 both share the W tile.
    CHECK(ops_of(layers[1]) == "s1p0b0 s1p1b1");
    // l = 1 reads W bank 1, free everywhere; its X bank 0 is not.
    CHECK(ops_of(layers[2]) == "s2p0b0 s2p1b1");
}

// Layer 0 holds bank 0 -> pod 0 in slice 0. Of layer 1 the tile ops of j = 0 need X or W bank 0 and go to slice 1, those
// of j = 1 read X banks 2 and 3 and W bank 1 in slice 0.
TEST_CASE("rules 2 to 5 on a butterfly of four ports drawn by hand") {
    const Workload w = workload({layer(1, 1, 1), layer(2, 2, 1)});
    const auto narrow = placed(w, "butterfly-1", 4);
    // (i 0, j 1): X 2 -> pod 1 would meet 0 -> 0 after stage 1 (link 00), so pod 2.
    // (i 1, j 1): X 3 -> pod 1 is free; P bank 2 -> pod 1 would meet 0 -> 0 on pout, so P bank 3.
    // Chaining: (i 0, j 1) from P bank 1 to pod 0 in slice 1; then P bank 3 -> pod 1 meets it after stage 1 (link 01).
    CHECK(ops_of(narrow[1]) == "s1p0b0<2 s1p1b1 s0p2b1 s0p1b3");
    // Its results stay apart: j = 0 in P bank 1, j = 1 in P bank 3, one sum. The second half writes P bank 0 a slice
    // later.
    CHECK(sums_of(narrow[1]) == "1+3:s2u0,s3u0,b0");
    CHECK(narrow[1].last_slice == 3);

    const auto crossed = placed(w, "crossbar", 4);
    CHECK(ops_of(crossed[1]) == "s1p0b0<2 s1p1b1<3 s0p1b1 s0p2b2");
    CHECK(sums_of(crossed[1]).empty());
    CHECK(crossed[1].last_slice == 1);
}

TEST_CASE("rule 3 chains each result to the first later tile op that is still without one") {
    // One pod: j runs slice by slice, one chain.
    CHECK(ops_of(placed(workload({layer(1, 4, 1)}), "crossbar", 1)[0]) == "s0p0b0 s1p0b0<0 s2p0b0<1 s3p0b0<2");
    // Two pods: two results a slice; j 0 and 1 go to 2 and 3, and so on; the last two are added.
    const auto two = placed(workload({layer(1, 6, 1)}), "crossbar", 2);
    CHECK(ops_of(two[0]) == "s0p0b0 s0p1b1 s1p0b0<0 s1p1b1<1 s2p0b0<2 s2p1b1<3");
    CHECK(sums_of(two[0]) == "4+5:s3u0,s4u0,b0");
    // All in one slice: nothing is later, nothing is chained.
    CHECK(ops_of(placed(workload({layer(1, 4, 1)}), "crossbar", 4)[0]) == "s0p0b0 s0p1b1 s0p2b2 s0p3b3");
}

TEST_CASE("rule 4 adds up what is left from the front of a queue and appends the sums") {
    // Both sums of slice 1 write banks 0 and 1; their second halves swap the operands and must wait for the bank.
    CHECK(sums_of(placed(workload({layer(1, 4, 1)}), "crossbar", 4)[0]) ==
          "0+1:s1u0,s2u0,b0 2+3:s1u1,s2u1,b1 4+5:s3u0,s4u0,b0");
    // Five: 0+1, 2+3, then 4 with the first sum, then the two sums.
    CHECK(sums_of(placed(workload({layer(1, 5, 1)}), "crossbar", 5)[0]) ==
          "0+1:s1u0,s2u0,b0 2+3:s1u1,s2u1,b1 4+5:s3u0,s4u0,b0 6+7:s5u0,s6u0,b0");
    // Two output tiles: results 0 2 and 1 3; all queues before any post-op, i outer and l inner.
    CHECK(sums_of(placed(workload({layer(1, 2, 2)}), "crossbar", 4)[0]) == "0+2:s1u0,s2u0,b0 1+3:s1u1,s2u1,b1");
    CHECK(sums_of(placed(workload({layer(2, 2, 1)}), "crossbar", 4)[0]) == "0+2:s1u0,s2u0,b0 1+3:s1u1,s2u1,b1");
}

TEST_CASE("rule 4 reads a P bank once on each post network in a slice") {
    // Two layers of one sum each, both of banks 0 and 1. The second's tile ops go to slice 1, its first half reads a = 0
    // and b = 1 in slice 2, where the first sum's second half reads a = 1 and b = 0; so its own waits for slice 3.
    const auto layers = placed(workload({layer(1, 2, 1), layer(1, 2, 1)}), "crossbar", 2);
    CHECK(sums_of(layers[0]) == "0+1:s1u0,s2u0,b0");
    CHECK(ops_of(layers[1]) == "s1p0b0 s1p1b1");
    CHECK(sums_of(layers[1]) == "0+1:s2u1,s3u0,b1");
}

TEST_CASE("rule 5 starts a layer after the last slice of all it depends on") {
    const auto layers =
        placed(workload({layer(1, 4, 1), layer(1, 1, 1), layer(2, 1, 1, {1}), layer(1, 1, 1, {1, 0})}), "crossbar", 4);
    CHECK(layers[0].last_slice == 4);  // its sums, see rule 4
    CHECK(layers[1].earliest_slice == 0);
    CHECK(ops_of(layers[1]) == "s1p0b0");
    CHECK(layers[2].earliest_slice == 2);
    CHECK(ops_of(layers[2]) == "s2p0b0 s2p1b1");
    CHECK(layers[3].earliest_slice == 5);
    CHECK(ops_of(layers[3]) == "s5p0b0");
    CHECK(layers[3].last_slice == 5);
}

TEST_CASE("tenants are placed one after the other from slice 0 into the same slices") {
    const Topology t("crossbar", 4);
    const std::vector<Workload> tenants = {workload({layer(2, 1, 1)}), workload({layer(1, 2, 1), layer(1, 1, 1, {0})})};
    const auto placements = place(tenants, t);
    CHECK(check_placement(tenants, placements, t, kUnit) == std::vector<std::string>{});
    CHECK(ops_of(placements[0].layers[0]) == "s0p0b0 s0p1b1");
    // X bank 0 (j 0) and X bank 1 (j 1) are both taken in slice 0 by the first tenant.
    CHECK(placements[1].layers[0].earliest_slice == 0);
    CHECK(ops_of(placements[1].layers[0]) == "s1p0b0 s1p1b1");
    CHECK(placements[1].layers[0].x_tag_base == 1);
    CHECK(placements[0].shift == 1);
    CHECK(placements[1].shift == 5);  // tile ops 1, sum 2 and 3, second layer 4
}

TEST_CASE("copy t of a repeated workload is shifted by t slices of a copy and one") {
    const auto once = place({workload({layer(1, 4, 1)}, 3)}, Topology("crossbar", 4))[0];
    CHECK(once.repeat == 3);
    CHECK(once.shift == 5);  // S + 1, S = 4
    CHECK(once.copy_offset(0) == 0);
    CHECK(once.copy_offset(1) == 6);
    CHECK(once.copy_offset(2) == 11);
}

TEST_CASE("copies beyond the last slice number and tenants that repeat are refused") {
    const Topology bus("bus", 2);
    CHECK_THROWS_WITH(place({workload({layer(70000, 1, 1)}, 65535)}, bus),
                      "workload \"w\": found 65535 copies of 70000 slices, allowed 2^32 - 2 slices in all");
    CHECK(sosa::tests::aborts([&] { place({workload({layer(1, 1, 1)}, 2), workload({layer(1, 1, 1)})}, bus); }));
    CHECK_FALSE(sosa::tests::aborts([&] { place({workload({layer(1, 1, 1)}, 2)}, bus); }));
}

TEST_CASE("policies are chosen by name") {
    REQUIRE(sosa::host::policy_entries().size() == 1);
    CHECK(sosa::host::policy_entries()[0].name == "paper");
    CHECK_THROWS_AS(sosa::host::make_policy("best"), sosa::UserError);
    CHECK_THROWS_WITH(sosa::host::make_policy("best"), "--policy: found \"best\", allowed paper");
}

TEST_CASE("placing tells how many layers are done of all tenants") {
    std::vector<std::pair<std::size_t, std::size_t>> told;
    const Workload two = workload({layer(1, 1, 1), layer(1, 1, 1)}), one = workload({layer(1, 1, 1)});
    sosa::host::make_policy("paper")->place({two, one}, Topology("bus", 2), kUnit,
                                            [&](std::size_t done, std::size_t all) { told.push_back({done, all}); });
    CHECK(told == std::vector<std::pair<std::size_t, std::size_t>>{{1, 3}, {2, 3}, {3, 3}});
}

namespace {
// Up to four layers with up to `most` blocks each way and dependencies at random.
Workload random_workload(std::mt19937& random, std::uint32_t most) {
    const auto up_to = [&] { return random() % most + 1; };
    Workload w = workload({});
    const std::size_t layers = random() % 4 + 1;
    for (std::uint32_t i = 0; i < layers; ++i) {
        Layer next = layer(up_to(), up_to() + up_to() / 2, up_to());
        for (std::uint32_t dep = 0; dep < i; ++dep)
            if (random() % 4 == 0) next.deps.push_back(dep);
        w.layers.push_back(std::move(next));
    }
    return w;
}

bool same_layer(const PlacedLayer& placed, const sosa::tests::NaivePlacement::Layer& naive) {
    bool same = placed.last_slice == naive.last && placed.ops.size() == naive.ops.size() &&
                placed.sums.size() == naive.sums.size();
    for (std::size_t i = 0; same && i < naive.ops.size(); ++i) {
        const auto& [slice, pin, pod, p_bank] = naive.ops[i];
        const PlacedOp& op = placed.ops[i];
        same = op.slice == slice && op.pin == pin && op.pod == pod && op.p_bank == p_bank;
    }
    for (std::size_t i = 0; same && i < naive.sums.size(); ++i) {
        const auto& n = naive.sums[i];
        const PlacedSum& p = placed.sums[i];
        same = p.a == n.a && p.b == n.b && p.il == n.il && p.out_bank == n.out_bank && p.slice[0] == n.slice[0] &&
               p.slice[1] == n.slice[1] && p.unit[0] == n.unit[0] && p.unit[1] == n.unit[1];
    }
    return same;
}

// Layers that the plain restatement of the rules places otherwise.
int other_layers(const std::vector<Workload>& tenants, const std::vector<Placement>& placements,
                 sosa::tests::NaivePlacement& naive) {
    int others = 0;
    for (std::size_t t = 0; t < tenants.size(); ++t) {
        std::vector<std::uint32_t> last;
        for (std::size_t i = 0; i < tenants[t].layers.size(); ++i) {
            const Layer& l = tenants[t].layers[i];
            std::uint32_t earliest = 0;
            for (const std::uint32_t dep : l.deps) earliest = std::max(earliest, last[dep] + 1);
            const auto expected =
                naive.place(static_cast<std::uint32_t>(l.m), static_cast<std::uint32_t>(l.k),
                            static_cast<std::uint32_t>(l.n), earliest);
            last.push_back(expected.last);
            others += !same_layer(placements[t].layers[i], expected);
        }
    }
    return others;
}
}  // namespace

TEST_CASE("random workloads are placed as the plain restatement of the rules says and can run") {
    std::mt19937 random(2203);
    std::map<std::string, int> because;
    for (const std::string& name : Topology::names())
        for (const std::uint32_t ports : {1u, 2u, 3u, 5u, 8u, 12u})
            for (int round = 0; round < 6; ++round) {
                const Topology t(name, ports);
                std::vector<Workload> tenants = {random_workload(random, name == "bus" ? 3 : 5)};
                if (round % 2) tenants.push_back(random_workload(random, 3));
                CAPTURE(name, ports, round);
                const auto placements = place(tenants, t);
                REQUIRE(check_placement(tenants, placements, t, kUnit) == std::vector<std::string>{});
                sosa::tests::NaivePlacement naive(name, ports);
                REQUIRE(other_layers(tenants, placements, naive) == 0);
                for (const auto& [clause, times] : naive.because) because[clause] += times;
            }
    for (const char* clause :
         {"X bank read for another tile", "W bank read for another tile", "x route blocked", "w route blocked",
          "pout route blocked", "P bank read over pin already", "pin route blocked", "P bank read over post_a already",
          "P bank read over post_b already", "post_a route blocked", "post_b route blocked", "post_out route blocked",
          "second half's bank written", "second half before the first"}) {
        CAPTURE(clause);
        CHECK(because[clause] > 0);
    }
}

TEST_CASE("the checker finds whatever is changed in a placement that can run") {
    const Topology t("butterfly-1", 4);
    const Workload w = workload({layer(1, 1, 1), layer(2, 2, 1), layer(1, 4, 1, {1})});
    const auto good = place({w}, t);
    REQUIRE(check_placement({w}, good, t, kUnit) == std::vector<std::string>{});
    REQUIRE(ops_of(good[0].layers[1]) == "s1p0b0<2 s1p1b1 s0p2b1 s0p1b3");
    REQUIRE(good[0].layers[2].sums.size() == 3);

    struct Change {
        const char* expected;
        std::function<void(Placement&)> make;
    };
    const auto op = [](Placement& p, std::size_t l, std::size_t i) -> PlacedOp& { return p.layers[l].ops[i]; };
    const auto sum = [](Placement& p, std::size_t i) -> PlacedSum& { return p.layers[2].sums[i]; };
    const std::vector<Change> changes = {
        {"pod 0 twice in slice 1", [&](Placement& p) { op(p, 1, 1).pod = 0; }},
        {"write of P bank 0 twice in slice 1", [&](Placement& p) { op(p, 1, 1).p_bank = 0; }},
        {"two tiles of X bank 0 twice in slice 0", [&](Placement& p) { op(p, 1, 0).slice = 0; }},
        {"two tiles of W bank 0 twice in slice 0", [&](Placement& p) { op(p, 1, 1).slice = 0; }},
        {"link of network x 0 twice in slice 0", [&](Placement& p) { op(p, 1, 2).pod = 1; }},
        {"link of network w 1 twice in slice 0",
         [&](Placement& p) {  // W bank 1 -> pod 0 after stage 1, where nothing else of the slice is
             op(p, 1, 2).pod = 0;
             op(p, 0, 0).pod = 1;
             op(p, 1, 3).slice = 9;
         }},
        {"link of network pout 0 twice in slice 0", [&](Placement& p) { op(p, 1, 3).p_bank = 2; }},
        {"link of network pin 1 twice in slice 1", [&](Placement& p) { op(p, 1, 1).pin = 3; }},
        {"before its layer may start", [&](Placement& p) { op(p, 2, 0).slice = 3; }},
        {"an operand of slice 1 is not ready", [&](Placement& p) { op(p, 1, 2).slice = 1; }},
        {"an operand of another output tile", [&](Placement& p) { op(p, 1, 0).pin = 3; }},
        {"result 2 used twice", [&](Placement& p) { op(p, 1, 1).pin = 2; }},
        {"2 results left of output tile 0", [&](Placement& p) { op(p, 1, 0).pin = kNone; }},
        {"an incoming partial sum that no tile op makes", [&](Placement& p) { op(p, 1, 0).pin = 4; }},
        {"post-processor 0 twice", [&](Placement& p) { sum(p, 1).unit[0] = sum(p, 0).unit[0]; }},
        {"post_a read of P bank", [&](Placement& p) { sum(p, 1).slice[0] = sum(p, 0).slice[0]; sum(p, 1).a = sum(p, 0).a; }},
        {"post_b read of P bank", [&](Placement& p) { sum(p, 1).slice[0] = sum(p, 0).slice[0]; sum(p, 1).b = sum(p, 0).b; }},
        {"post-op write of P bank", [&](Placement& p) { sum(p, 0).slice[1] = sum(p, 0).slice[0]; }},
        {"is not ready", [&](Placement& p) { sum(p, 2).slice[1] = sum(p, 0).slice[1]; }},
        {"an operand that does not exist yet", [&](Placement& p) { std::swap(sum(p, 0), sum(p, 2)); }},
        {"2 results left of output tile 0",
         [&](Placement& p) { p.layers[2].sums.pop_back(); }},
        {"other last slice", [&](Placement& p) { ++p.layers[2].last_slice; }},
        {"other earliest slice", [&](Placement& p) { ++p.layers[1].earliest_slice; }},
        {"tag in X bank 0 twice", [&](Placement& p) { p.layers[1].x_tag_base = 0; }},
        {"tag in W bank 0 twice", [&](Placement& p) { p.layers[1].w_tag_base = 0; }},
        {"shift is not the slices of one copy", [&](Placement& p) { ++p.shift; }},
        {"other number of tile ops", [&](Placement& p) { p.layers[0].ops.pop_back(); }},
        {"not one placed layer per layer", [&](Placement& p) { p.layers.pop_back(); }},
    };
    for (const Change& change : changes) {
        auto bad = good;
        change.make(bad[0]);
        std::string all;
        for (const auto& text : check_placement({w}, bad, t, kUnit)) all += text + "\n";
        CHECK_THAT(all, Catch::Contains(change.expected));
    }
}

namespace {
void compare_slices(const std::string& name, std::uint32_t param, std::uint32_t pods, const std::string& interconnect) {
    const auto run = sosa::tests::reference_run(name, param, pods, interconnect);
    CAPTURE(name, param, pods, interconnect);
    sosa::host::ZooOptions options;
    (name.rfind("bert", 0) == 0 ? options.seq_len : options.image_size) = param;
    const Workload w = sosa::host::make_zoo_workload(name, options);
    const auto placed =
        sosa::host::make_policy("paper")->place({w}, Topology(interconnect, pods), {32, 32, 32, 2}, {})[0];
    std::uint32_t last_main = 0, last_post = 0;
    std::uint64_t tile_ops = 0;
    for (const PlacedLayer& layer : placed.layers) {
        tile_ops += layer.ops.size();
        for (const PlacedOp& op : layer.ops) last_main = std::max(last_main, op.slice);
        for (const PlacedSum& sum : layer.sums) last_post = std::max({last_post, sum.slice[0], sum.slice[1]});
    }
    const std::uint32_t offset = placed.copy_offset(placed.repeat - 1);
    CHECK(tile_ops * placed.repeat == run.number("tile_ops"));
    CHECK(last_main + offset == run.number("last_main_slice"));
    CHECK(last_post + offset == run.number("last_post_slice"));
}
}  // namespace

TEST_CASE("the paper's policy ends in the published slices") {
    compare_slices("resnet50", 299, 256, "butterfly-2");
    compare_slices("bert_medium", 100, 128, "butterfly-1");
    compare_slices("densenet121", 299, 256, "crossbar");
    compare_slices("bert_base", 20, 128, "benes");
}
