// Groups, vector work and weights that are results: in `timing` and with real data.
#include <array>
#include <catch2/catch.hpp>
#include <typeinfo>

#include "sc_tests/system/data_runs.h"

using namespace sosa;
using namespace sosa::tests;

namespace {

// An attention block behind a depthwise convolution, in small.
host::Workload attention() {
    return host::parse_workload(R"({"name": "attention", "repeat": 1, "layers": [
{"name": "pre", "op": "Sub", "vector": {"elements": 500, "simple": 2, "special": 1}, "deps": []},
{"name": "stem", "op": "Conv", "m": 20, "k": 27, "n": 20, "kernel": [3, 3], "deps": ["pre"]},
{"name": "depthwise", "op": "Conv", "m": 20, "k": 9, "n": 1, "kernel": [3, 3], "groups": 20, "deps": ["stem"]},
{"name": "act", "op": "Gelu", "vector": {"elements": 400, "simple": 3, "special": 2}, "deps": ["depthwise"]},
{"name": "q", "op": "MatMul", "m": 20, "k": 20, "n": 30, "kernel": [1, 1], "deps": ["act"]},
{"name": "k", "op": "MatMul", "m": 20, "k": 20, "n": 30, "kernel": [1, 1], "deps": ["act"]},
{"name": "qk", "op": "MatMul", "m": 20, "k": 10, "n": 20, "kernel": [1, 1], "groups": 3, "w_on_chip": true,
 "deps": ["q", "k"]},
{"name": "softmax", "op": "Softmax", "vector": {"elements": 1200, "simple": 4, "special": 2}, "deps": ["qk"]},
{"name": "out", "op": "MatMul", "m": 20, "k": 20, "n": 10, "kernel": [1, 1], "groups": 3, "deps": ["softmax"]}
]})",
                                "attention.json");
}

// Convolutions of which each group sees its own channels, between others.
host::Workload grouped_cnn() {
    return host::parse_workload(R"({"name": "grouped", "repeat": 1, "layers": [
{"name": "stem", "op": "Conv", "m": 50, "k": 27, "n": 12, "kernel": [3, 3], "deps": []},
{"name": "groups", "op": "Conv", "m": 18, "k": 36, "n": 5, "kernel": [3, 3], "groups": 3, "deps": ["stem"]},
{"name": "depthwise", "op": "Conv", "m": 18, "k": 6, "n": 2, "kernel": [2, 3], "groups": 15, "deps": ["groups"]}
], "tensors": [
{"name": "image", "op": "input", "shape": [2, 9, 9, 3]},
{"name": "stem", "op": "layer", "inputs": ["image"], "stride": [2, 2], "pad": [1, 1, 1, 1], "relu": true},
{"name": "groups", "op": "layer", "inputs": ["stem"], "stride": [2, 2], "pad": [1, 1, 1, 1]},
{"name": "depthwise", "op": "layer", "inputs": ["groups"], "dilation": [1, 2], "pad": [1, 2, 0, 2]}
]})",
                                "grouped.json");
}

// Of each layer: bytes from group to group of X, elements from group to group and from row to row of Y. A run
// is compared with a computation that reads the same records, so these are written out.
using GroupSteps = std::vector<std::array<std::uint64_t, 3>>;
GroupSteps group_steps(const host::Workload& w) {
    const auto config = tiny();
    const host::Program program = compile(config, w);
    const host::DataRun run(program, {w}, config, 7);
    GroupSteps steps;
    for (const auto& r : run.plan().layers())
        if (r.groups > 1) steps.push_back({r.x_group, r.y_group, r.y_pitch});
    return steps;
}

std::unique_ptr<pods::ArrayEngine> array_of(Fidelity fidelity) {
    host::ArrayChoice choice;
    choice.fidelity = fidelity;
    return host::ArrayMaker(tiny(), choice).make(PodId{0});
}

}  // namespace

TEST_CASE("groups: an attention block has the same cycles and results in all fidelities") {
    const auto w = attention();
    CHECK(group_steps(w) == GroupSteps{{20 * 9, 20, 0}, {20 * 10, 20 * 20, 0}, {20 * 20, 20 * 10, 0}});
    const auto computed = array_of(Fidelity::functional), stepped = array_of(Fidelity::cycle);
    const pods::ArrayEngine &one = *computed, &other = *stepped;
    CHECK(typeid(one) != typeid(other));
    for (const auto& sets : std::vector<std::vector<std::string>>{
             {}, {"tiling.partition=none"}, {"pods.psum_overflow=saturate"}, {"dram.bandwidth=1GiB/s"}}) {
        INFO((sets.empty() ? "" : sets[0]));
        const auto config = tiny(sets);
        const auto functional = run_data(config, w), cycle = run_data(config, w, {Fidelity::cycle});
        const int values = 20 * 20 + 20 * 20 + 2 * 20 * 30 + 3 * 20 * 20 + 3 * 20 * 10;
        CHECK(starts_with(functional.results, std::to_string(values) + " values, "));
        CHECK(cycle.results == functional.results);
        CHECK(functional.counters == timing_counters(config, w));
        CHECK(cycle.counters == functional.counters);
    }
}

TEST_CASE("groups: each group of a convolution reads and writes its own channels") {
    const auto w = grouped_cnn();
    CHECK(group_steps(w) == GroupSteps{{4, 5, 15}, {1, 2, 30}});
    for (const char* bits : {"pods.psum_bits=32", "pods.psum_overflow=saturate"}) {
        const auto config = tiny({bits});
        const auto functional = run_data(config, w), cycle = run_data(config, w, {Fidelity::cycle});
        CHECK(starts_with(functional.results, std::to_string(50 * 12 + 18 * 15 + 18 * 30) + " values, "));
        CHECK(cycle.results == functional.results);
        CHECK(functional.counters == timing_counters(config, w));
        CHECK(cycle.counters == functional.counters);
    }
}

TEST_CASE("groups: weights that are results start a slice later than other weights") {
    auto w = workload({gemm(8, 8, 8), gemm(8, 8, 8, {0})});
    const host::Program before = compile(tiny(), w);
    w.layers[1].w_on_chip = true;
    const host::Program after = compile(tiny(), w);
    CHECK(before.layers[1].first_slice == 1);
    CHECK(after.layers[1].first_slice == 2);
    std::vector<hw::Fetch> list;
    before.fetch_list(1, list);
    CHECK(list.size() == 1);
    after.fetch_list(2, list);
    CHECK(list.empty());
}

TEST_CASE("groups: vector work takes the cycles of its lanes and no network") {
    // 4 post-processors of 8 lanes: 100 elements are 13 rows of 2 + 4 cycles, one row to a slice of 8 rows.
    host::Layer work;
    work.name = work.op = "v";
    work.vector = {100, 2, 1};
    const auto config = tiny({"dram.latency=0ns"});
    const auto w = workload({work});
    const host::Program program = compile(config, w);
    REQUIRE(program.vectors.size() == 13);
    CHECK(program.slices() == 4);  // 4 a slice
    CHECK(program.vectors[12].elements == 4);
    CHECK(program.vectors[12].cycles == 6);
    const auto counters = timing_counters(config, w);
    const noc::Topology topology(config.noc.topology, config.pods.count);
    const std::uint32_t slice = std::max(6u + 1, 2 * topology.latency_cycles() + 2);
    CHECK(starts_with(counters,
                      "cycles=" + std::to_string(4 * slice) + " slices=4 tile_ops=0 post_ops=0 macs=0 "));
    CHECK(counters.find("vector_ops=13") != std::string::npos);
    CHECK(counters.find("noc_bytes=0 ") != std::string::npos);
}
