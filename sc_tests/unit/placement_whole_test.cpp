// Placements as a whole: against a plain restatement of the rules, against a checker of what can run, and
// against the published runs. Each rule by itself: placement_test.cpp.
#include <catch2/catch.hpp>
#include <functional>
#include <map>
#include <random>

#include "host/placement.h"
#include "host/zoo.h"
#include "sc_tests/unit/naive_placement.h"
#include "sc_tests/unit/placement_checker.h"
#include "sc_tests/unit/placement_kit.h"
#include "sc_tests/unit/reference_csv.h"

namespace {
using sosa::host::kNone;
using sosa::host::Layer;
using sosa::host::PlacedLayer;
using sosa::host::PlacedOp;
using sosa::host::PlacedSum;
using sosa::host::Placement;
using sosa::host::Workload;
using sosa::noc::Topology;
using sosa::tests::blocks_layer;
using sosa::tests::check_placement;
using sosa::tests::kUnitTiles;
using sosa::tests::ops_text;
using sosa::tests::place_paper;
using sosa::tests::workload_of;

// Up to four layers with up to `most` blocks each way and dependencies at random.
Workload random_workload(std::mt19937& random, std::uint32_t most) {
    const auto up_to = [&] { return random() % most + 1; };
    Workload w = workload_of({});
    const std::size_t layers = random() % 4 + 1;
    for (std::uint32_t i = 0; i < layers; ++i) {
        Layer next = blocks_layer(up_to(), up_to() + up_to() / 2, up_to());
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
        same = p.a == n.a && p.b == n.b && p.il == n.il && p.out_bank == n.out_bank &&
               p.slice[0] == n.slice[0] && p.slice[1] == n.slice[1] && p.unit[0] == n.unit[0] &&
               p.unit[1] == n.unit[1];
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
                const auto placements = place_paper(tenants, t);
                REQUIRE(check_placement(tenants, placements, t, kUnitTiles) == std::vector<std::string>{});
                sosa::tests::NaivePlacement naive(name, ports);
                REQUIRE(other_layers(tenants, placements, naive) == 0);
                for (const auto& [clause, times] : naive.because) because[clause] += times;
            }
    for (const char* clause :
         {"X bank read for another tile", "W bank read for another tile", "x route blocked",
          "w route blocked", "pout route blocked", "P bank read over pin already", "pin route blocked",
          "P bank read over post_a already", "P bank read over post_b already", "post_a route blocked",
          "post_b route blocked", "post_out route blocked", "second half's bank written",
          "second half before the first"}) {
        CAPTURE(clause);
        CHECK(because[clause] > 0);
    }
}

TEST_CASE("the checker finds whatever is changed in a placement that can run") {
    const Topology t("butterfly-1", 4);
    const Workload w =
        workload_of({blocks_layer(1, 1, 1), blocks_layer(2, 2, 1), blocks_layer(1, 4, 1, {1})});
    const auto good = place_paper({w}, t);
    REQUIRE(check_placement({w}, good, t, kUnitTiles) == std::vector<std::string>{});
    REQUIRE(ops_text(good[0].layers[1]) == "s1p0b0<2 s1p1b1 s0p2b1 s0p1b3");
    REQUIRE(good[0].layers[2].sums.size() == 3);

    struct Change {
        const char* expected;
        std::function<void(Placement&)> make;
    };
    const auto op = [](Placement& p, std::size_t l, std::size_t i) -> PlacedOp& {
        return p.layers[l].ops[i];
    };
    const auto sum = [](Placement& p, std::size_t i) -> PlacedSum& { return p.layers[2].sums[i]; };
    const std::vector<Change> changes = {
        {"pod 0 twice in slice 1", [&](Placement& p) { op(p, 1, 1).pod = 0; }},
        {"write of P bank 0 twice in slice 1", [&](Placement& p) { op(p, 1, 1).p_bank = 0; }},
        {"two tiles of X bank 0 twice in slice 0", [&](Placement& p) { op(p, 1, 0).slice = 0; }},
        {"two tiles of W bank 0 twice in slice 0", [&](Placement& p) { op(p, 1, 1).slice = 0; }},
        {"link of network x 0 twice in slice 0", [&](Placement& p) { op(p, 1, 2).pod = 1; }},
        {"link of network w 0 twice in slice 4",
         [&](Placement& p) { std::swap(op(p, 2, 1).pod, op(p, 2, 2).pod); }},
        {"link of network pout 0 twice in slice 0", [&](Placement& p) { op(p, 1, 3).p_bank = 2; }},
        {"link of network pin 1 twice in slice 1", [&](Placement& p) { op(p, 1, 1).pin = 3; }},
        {"before its layer may start", [&](Placement& p) { op(p, 2, 0).slice = 3; }},
        {"an operand of slice 1 is not ready", [&](Placement& p) { op(p, 1, 2).slice = 1; }},
        {"an operand of another output tile", [&](Placement& p) { op(p, 1, 0).pin = 3; }},
        {"result 2 used twice", [&](Placement& p) { op(p, 1, 1).pin = 2; }},
        {"2 results left of output tile 0", [&](Placement& p) { op(p, 1, 0).pin = kNone; }},
        {"an incoming partial sum that no tile op makes", [&](Placement& p) { op(p, 1, 0).pin = 4; }},
        {"post-processor 0 twice", [&](Placement& p) { sum(p, 1).unit[0] = sum(p, 0).unit[0]; }},
        {"link of network post_a 0 twice in slice 5", [&](Placement& p) { sum(p, 1).unit[0] = 1; }},
        {"link of network post_b 1 twice in slice 5", [&](Placement& p) { sum(p, 1).unit[0] = 1; }},
        {"link of network post_out 0 twice in slice 5",
         [&](Placement& p) {
             sum(p, 1).unit[0] = 1;
             sum(p, 1).out_bank = 2;
         }},
        {"post_a read of P bank",
         [&](Placement& p) {
             sum(p, 1).slice[0] = sum(p, 0).slice[0];
             sum(p, 1).a = sum(p, 0).a;
         }},
        {"post_b read of P bank",
         [&](Placement& p) {
             sum(p, 1).slice[0] = sum(p, 0).slice[0];
             sum(p, 1).b = sum(p, 0).b;
         }},
        {"post-op write of P bank", [&](Placement& p) { sum(p, 0).slice[1] = sum(p, 0).slice[0]; }},
        {"is not ready", [&](Placement& p) { sum(p, 2).slice[1] = sum(p, 0).slice[1]; }},
        {"an operand that does not exist yet", [&](Placement& p) { std::swap(sum(p, 0), sum(p, 2)); }},
        {"2 results left of output tile 0", [&](Placement& p) { p.layers[2].sums.pop_back(); }},
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
        for (const auto& text : check_placement({w}, bad, t, kUnitTiles)) all += text + "\n";
        CHECK_THAT(all, Catch::Contains(change.expected));
    }
}

namespace {
void compare_slices(const std::string& name, std::uint32_t param, std::uint32_t pods,
                    const std::string& interconnect) {
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
