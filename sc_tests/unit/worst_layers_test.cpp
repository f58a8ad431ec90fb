// The layers that lose the most, and why: by hand from the program and its account.
#include "host/worst_layers.h"

#include <catch2/catch.hpp>

#include "sc_tests/unit/checked_programs.h"
#include "sc_tests/unit/vector_programs.h"

namespace {
using namespace sosa::host;
using sosa::hw::CycleLoss;
using namespace sosa::tests;

constexpr std::uint64_t kPes = 4 * 4;  // of a pod of the programs below, which have four pods

LayerAccount account_of(const Program& program) {
    LayerAccount account;
    account.layers.resize(program.layers.size());
    return account;
}

struct OneLoss {
    CycleLoss loss{};
    std::uint64_t dram_bytes = 0;
    std::uint32_t layer = 0;
    sosa::hw::Config config{};
};
std::string reason(const Program& program, const OneLoss& one) {
    LayerAccount account = account_of(program);
    account.layers[one.layer].loss = one.loss;
    account.layers[one.layer].dram_bytes = one.dram_bytes;
    const auto worst = worst_layers(program, account, one.config, 1);
    REQUIRE(worst.size() == 1);
    return worst[0].reason;
}

CycleLoss loss(std::uint64_t useful, std::uint64_t CycleLoss::*part, std::uint64_t value) {
    CycleLoss all;
    all.useful = useful;
    all.*part = value;
    return all;
}

// One layer alone on a crossbar.
Program alone(std::uint64_t m, std::uint64_t k, std::uint64_t n, std::uint32_t groups = 1,
              std::uint32_t pods = 4, const TileShape& shape = kSmallTiles,
              const std::string& topology = "crossbar") {
    Layer layer = matmul("a", m, k, n);
    layer.groups = groups;
    return program_of({workload_of("net", {layer})}, topology, pods, shape);
}
}  // namespace

TEST_CASE("the worst layers stand in the order of what they lost") {
    const Program p = parse_program(kGood, "F");  // layers a, b, c on 4 pods of 4 x 4
    LayerAccount account = account_of(p);
    account.layers[0].loss = loss(64, &CycleLoss::memory_stall, 192);
    account.layers[1].loss = loss(320, &CycleLoss::idle, 320);
    account.layers[1].loss.edge_tile = 128;
    account.layers[2].loss = loss(64, &CycleLoss::idle, 0);
    account.outside.loss = loss(0, &CycleLoss::weight_load, 160);
    const auto worst = worst_layers(p, account, {}, 5);
    REQUIRE(worst.size() == 2);  // "c" lost nothing
    CHECK(worst[0].name == "b");
    CHECK(worst[0].cycles == 768.0 / (4 * kPes));
    CHECK(worst[0].utilization_pct == Approx(100 * 320.0 / 768));
    CHECK(worst[0].loss_pct == Approx(100 * 448.0 / (448 + 192 + 160)));
    CHECK(worst[0].reason == "idle, 71 % of its loss: the last slice of tile ops has 3 for 4 pods");
    CHECK(worst[1].name == "a");
    CHECK(worst[1].cycles == 4);
    CHECK(worst[1].loss_pct == Approx(24));
    CHECK(worst_layers(p, account, {}, 1).size() == 1);
    CHECK(worst_layers(p, account_of(p), {}, 5).empty());
    account.layers[0].loss.memory_stall = 448;  // as much as "b": the earlier one stands first
    CHECK(worst_layers(p, account, {}, 1)[0].name == "a");
}

TEST_CASE("copies of a layer count as one and tenants are named") {
    const Program copies = parse_program(kCopies, "F");
    LayerAccount account = account_of(copies);
    for (const std::uint32_t l : {1u, 3u}) {
        account.layers[l].loss = loss(64, &CycleLoss::memory_stall, 192 * l);
        account.layers[l].dram_bytes = 40;
    }
    const auto worst = worst_layers(copies, account, {}, 5);
    REQUIRE(worst.size() == 1);
    CHECK(worst[0].name == "b (2 copies)");
    CHECK(worst[0].cycles == (2 * 64 + 4 * 192) / 64.0);
    CHECK(worst[0].loss_pct == 100);
    // 40 bytes of a copy at 1200 GiB/s are less than a cycle; 768 PE-cycles of 2 copies on 4 pods are 6
    // cycles.
    CHECK(
        worst[0].reason ==
        "memory stall, 100 % of its loss: W tiles of 0.000 MB take 0 cycles at 1200GiB/s, its slices start 6 "
        "cycles late");

    const Program two =
        program_of({workload_of("n1", {matmul("a", 4, 4, 4)}), workload_of("n2", {matmul("a", 4, 4, 4)})},
                   "crossbar", 4, kSmallTiles);
    account = account_of(two);
    account.layers[1].loss = loss(64, &CycleLoss::idle, 64);
    CHECK(worst_layers(two, account, {}, 5)[0].name == "n2: a");
}

TEST_CASE("edge tiles are told by the side that is filled least") {
    const auto edge = [](const Program& p) {
        const double streamed = p.tiles(0).ops() * 4.0 * kPes;
        const std::uint64_t macs = p.layers[0].layer.macs();
        return reason(p, {loss(macs, &CycleLoss::edge_tile, static_cast<std::uint64_t>(streamed) - macs)});
    };
    const std::string all = "edge tile, 100 % of its loss: ";
    CHECK(edge(alone(4, 4, 3)) == all + "N = 3 fills 3 of 4 columns");
    CHECK(edge(alone(4, 5, 8)) == all + "K = 5 fills 5 of 8 rows");
    CHECK(edge(alone(4, 7, 1)) == all + "N = 1 fills 1 of 4 columns, K = 7 fills 7 of 8 rows");
    CHECK(edge(alone(4, 1, 3)) == all + "K = 1 fills 1 of 4 rows, N = 3 fills 3 of 4 columns");
    CHECK(edge(alone(4, 4, 1, 5)) == all + "N = 1 fills 1 of 4 columns in each of 5 groups");
    // Full tiles, the last of one row beside others of four.
    CHECK(edge(alone(9, 4, 4)) ==
          all + "M = 9 in tiles of 4 rows leaves a last one of 1, which waits for the others of its slices");
    // Its own 10 rows leave 20 PE-cycles empty, the two short tiles beside long ones 96.
    CHECK(edge(alone(5, 4, 7)) ==
          all + "M = 5 in tiles of 4 rows leaves a last one of 1, which waits for the others of its slices");
    CHECK(reason(alone(3, 4, 4), {loss(48, &CycleLoss::edge_tile, 16)}) ==
          all + "its tile ops of 3 rows wait for longer ones of other layers");
}

TEST_CASE("times of a tile op are told by its rows") {
    CHECK(
        reason(alone(9, 4, 4), {loss(9 * 16, &CycleLoss::weight_load, 48)}) ==
        "weight load, 100 % of its loss: its tile ops stream as few as 1 row, loading the next weights takes "
        "up to 4 cycles");
    // 3 tile ops of 9 rows; 3 * 16 * 7.5 PE-cycles of waiting.
    CHECK(
        reason(alone(9, 4, 4), {loss(9 * 16, &CycleLoss::fill_drain, 360)}) ==
        "fill/drain, round trip, 100 % of its loss: a tile op streams 3.0 rows and waits 7.5 cycles for the "
        "way to the banks and back over crossbar");
    // A run that ended after one of the three.
    CHECK(
        reason(alone(9, 4, 4), {loss(3 * 16, &CycleLoss::fill_drain, 360)}) ==
        "fill/drain, round trip, 100 % of its loss: a tile op streams 3.0 rows and waits 22.5 cycles for the "
        "way to the banks and back over crossbar");
}

TEST_CASE("waiting for other layers is told by the pods that stay empty") {
    const std::string wait = "dependency wait, 100 % of its loss: ";
    const auto dependency = [](const Program& p, std::uint32_t layer = 0) {
        return reason(p, {loss(1, &CycleLoss::dependency_wait, 640), 0, layer});
    };
    CHECK(dependency(alone(4, 4, 12)) ==
          wait + "too few tile ops for 4 pods: 3, of 1 x 1 x 3 blocks of M, K and N");
    // Five tile ops: four in the first slice, one in the second.
    CHECK(
        dependency(alone(4, 4, 20)) ==
        wait +
            "its 5 tile ops and those of other layers leave 3 of 8 places on the pods empty in 2 slices, and "
            "no layer is ready for them");
    // As many tile ops as pods, one a slice over a bus.
    CHECK(dependency(alone(4, 4, 16, 1, 4, kSmallTiles, "bus")) ==
          wait +
              "its 4 tile ops and those of other layers leave 12 of 16 places on the pods empty in 4 slices, "
              "and no layer is ready for them");
    // Eight partial sums on eight pods; adding them pairwise takes three rounds of two slices.
    const Program sums = alone(4, 32, 4, 1, 8);
    REQUIRE(sums.op_begin == std::vector<std::uint32_t>{0, 8, 8, 8, 8, 8, 8, 8});
    CHECK(dependency(sums) ==
          wait + "adding up its 8 blocks of K takes 6 slices, and no layer is ready for the pods");
    // Every pod busy in its only slice.
    CHECK(dependency(alone(4, 4, 16)) ==
          wait + "post-ops or vector work of its slices take longer than its tile ops");
    const Program work = parse_program(kWork, "F");
    CHECK(dependency(work, 1) ==
          wait + "35 elements of vector work take 2 slices, and no layer is ready for the pods");
}

TEST_CASE("the end of a run is told by what is left to do") {
    const std::string idle = "idle, 100 % of its loss: ";
    const auto end = [](const Program& p, std::uint32_t layer) {
        return reason(p, {loss(1, &CycleLoss::idle, 640), 0, layer});
    };
    CHECK(end(alone(4, 4, 20), 0) == idle + "the last slice of tile ops has 1 for 4 pods");
    CHECK(end(alone(4, 32, 4, 1, 8), 0) ==
          idle + "adding up its 8 blocks of K takes 6 slices after the last tile op");
    const Program work = parse_program(kWork, "F");
    CHECK(end(work, 4) == idle + "9 elements of vector work take 1 slice after the last tile op");
}

TEST_CASE("conflicts are told by the pods that stay free and by a network with more links") {
    const auto conflict = [](const std::string& topology) {
        return reason(alone(4, 4, 4, 1, 4, kSmallTiles, topology),
                      {loss(64, &CycleLoss::route_conflict, 192)});
    };
    const std::string free =
        "route/bank conflict, 100 % of its loss: 3.0 of 4 pods stand free on the average although tile ops "
        "are "
        "ready: routes of ";
    CHECK(conflict("butterfly-2") ==
          free + "butterfly-2 or banks are taken; butterfly-4 has twice the links");
    CHECK(conflict("butterfly-16") == free + "butterfly-16 or banks are taken");
    CHECK(conflict("benes") == free + "benes or banks are taken");
}

TEST_CASE("waiting for memory is told by the bytes and the bandwidth") {
    sosa::hw::Config config;
    config.dram.bandwidth_bytes_per_s = 25.6e9;
    config.clock_hz = 2e9;
    const CycleLoss stall = loss(16, &CycleLoss::memory_stall, 4 * kPes * 1234);
    // 2 MB at 12.8 bytes a cycle.
    CHECK(reason(alone(4, 4, 4), {stall, 2'000'000, 0, config}) ==
          "memory stall, 100 % of its loss: X and W tiles of 2.000 MB take 156,250 cycles at 25.6GB/s, its "
          "slices "
          "start 1,234 cycles late");
    CHECK(reason(alone(4, 4, 4), {stall, 0, 0, config}) ==
          "memory stall, 100 % of its loss: its slices start 1,234 cycles late, for tiles of other layers, "
          "spilled "
          "results or the program");
}

TEST_CASE("the table is as wide as its longest name") {
    const auto printed = [](const std::string& name) {
        std::ostringstream out;
        print_worst_layers({{"a", 1234567, 100, 0, "b"}, {name, 1, 0, 100, "why"}}, {}, out);
        return out.str();
    };
    const std::string blanks(31, ' ');
    CHECK(printed("short") ==
          "Layers that lose the most           cycles  utilisation  of the loss\n"
          "  a" +
              blanks +
              "1,234,567      100.0 %        0.0 %\n    b\n"
              "  short" +
              std::string(34, ' ') + "1        0.0 %      100.0 %\n    why\n");
    const std::string name(60, 'n');
    CHECK_THAT(printed(name), Catch::Contains("\n  " + name + "       1        0.0 %"));
    CHECK_THAT(printed(name + "n"), Catch::Contains("\n  " + name.substr(3) + "...       1        0.0 %"));
    std::ostringstream nothing;
    print_worst_layers({}, {}, nothing);
    CHECK(nothing.str().empty());
}

TEST_CASE("a slice works for the oldest layer in it") {
    const Program p = parse_program(kCopies, "F");
    CHECK(working_layer(p, 0) == "a");
    CHECK(working_layer(p, 2) == "");
    CHECK(working_layer(p, 4) == "b@1");
    const Program good = parse_program(kGood, "F");
    CHECK(working_layer(good, 2) == "a");  // a post-op of "a" beside tile ops of "c"
    CHECK(working_layer(good, 6) == "b");
    CHECK(working_layer(parse_program(kWork, "F"), 4) == "s");
}
