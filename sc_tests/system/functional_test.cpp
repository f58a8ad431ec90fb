// Runs with real data: results equal the host's own computation, cycles equal those of `timing`, and the
// bytes really take the way through DRAM, banks, networks and weight registers.
#include <catch2/catch.hpp>
#include <set>

#include "sc_tests/system/data_runs.h"

using namespace sosa;
using namespace sosa::tests;

namespace {

// A small convolutional network: padding and stride, a pool with padding, a residual addition, two branches
// that are joined, a pool over the whole map and a dense layer.
host::Workload small_cnn() {
    return host::parse_workload(R"({"name": "cnn", "repeat": 1, "layers": [
{"name": "stem", "op": "Conv", "m": 50, "k": 27, "n": 12, "kernel": [3, 3], "deps": []},
{"name": "left", "op": "Conv", "m": 18, "k": 12, "n": 12, "kernel": [1, 1], "deps": ["stem"]},
{"name": "right", "op": "Conv", "m": 18, "k": 108, "n": 12, "kernel": [3, 3], "deps": ["stem"]},
{"name": "classes", "op": "Dense", "m": 2, "k": 24, "n": 10, "kernel": [1, 1], "deps": ["left", "right", "stem"]}
], "tensors": [
{"name": "image", "op": "input", "shape": [2, 9, 9, 3]},
{"name": "stem", "op": "layer", "inputs": ["image"], "stride": [2, 2], "pad": [1, 1, 1, 1], "relu": true},
{"name": "pool", "op": "max_pool", "inputs": ["stem"], "kernel": [3, 3], "stride": [2, 2], "pad": [1, 1, 1, 1]},
{"name": "left", "op": "layer", "inputs": ["pool"]},
{"name": "right", "op": "layer", "inputs": ["pool"], "pad": [1, 1, 1, 1], "relu": true},
{"name": "sum", "op": "add", "inputs": ["left", "pool"], "relu": true},
{"name": "both", "op": "concat", "inputs": ["sum", "right"]},
{"name": "mean", "op": "average_pool", "inputs": ["both"], "kernel": [3, 3]},
{"name": "classes", "op": "layer", "inputs": ["mean"]}
]})",
                                "cnn.json");
}

}  // namespace

TEST_CASE("functional: three fidelities of one layer give the same cycles and the same bytes") {
    const auto config = tiny();
    const auto w = workload({gemm(20, 30, 20)});
    const auto functional = run_data(config, w), cycle = run_data(config, w, {Fidelity::cycle});
    CHECK(starts_with(functional.results, "400 values, "));
    CHECK(cycle.results == functional.results);
    CHECK(functional.counters == timing_counters(config, w));
    CHECK(cycle.counters == functional.counters);
}

TEST_CASE("functional: layers feed each other with edge tiles and chained and added partial sums") {
    const auto w = two_layers();
    for (const auto& sets : std::vector<std::vector<std::string>>{
             {},
             {"pods.psum_bits=32"},
             {"pods.psum_bits=24"},
             {"pods.psum_overflow=saturate", "pods.fanin_rows=3", "pods.multicast_cols=2"},
             {"noc.structure=modules"},
             {"noc.topology=crossbar"},
             {"tiling.partition=5"},
             {"tiling.partition=none"}}) {
        INFO((sets.empty() ? "" : sets[0]));
        const auto config = tiny(sets);
        const auto functional = run_data(config, w), cycle = run_data(config, w, {Fidelity::cycle});
        CHECK(starts_with(functional.results, "604 values, "));
        CHECK(cycle.results == functional.results);
        CHECK(functional.counters == timing_counters(config, w));
        CHECK(cycle.counters == functional.counters);
    }
}

TEST_CASE("functional: only the pods that match a glob are stepped and nothing else changes") {
    const auto whole = run_data(tiny(), two_layers());
    CHECK(run_data(tiny(), two_layers(), {Fidelity::cycle, "pod2"}).results == whole.results);
    CHECK(run_data(tiny(), two_layers(), {Fidelity::cycle, "pod0*"}).results == whole.results);
}

TEST_CASE("functional: partial sums that are spilled to DRAM come back as they were") {
    const auto w = workload({gemm(64, 64, 64), gemm(64, 64, 64, {0})});
    const auto config = tiny({"banks.size=1KiB", "banks.macro=1KiB"});
    const auto counters = timing_counters(config, w);
    const auto at = counters.find("dram_write_bytes=");
    REQUIRE(at != std::string::npos);
    REQUIRE(counters.substr(at, 18) != "dram_write_bytes=0");
    const auto functional = run_data(config, w);
    CHECK(starts_with(functional.results, "8192 values, "));
    CHECK(functional.counters == counters);
}

TEST_CASE("functional: weights that come late are still the right ones") {
    const auto w = workload({gemm(8, 64, 64), gemm(8, 64, 64, {0})});
    const auto config = tiny({"dram.bandwidth=1GiB/s"});
    const auto functional = run_data(config, w), cycle = run_data(config, w, {Fidelity::cycle});
    CHECK(starts_with(functional.results, "1024 values, "));
    CHECK(cycle.results == functional.results);
    CHECK(functional.counters == timing_counters(config, w));
}

TEST_CASE("functional: a repeated workload computes every copy") {
    auto w = two_layers();
    w.repeat = 3;
    const auto functional = run_data(tiny(), w);
    CHECK(starts_with(functional.results, "1812 values, "));
    CHECK(functional.counters == timing_counters(tiny(), w));
}

TEST_CASE("functional: a convolutional network runs end to end") {
    const auto w = small_cnn();
    for (const auto fidelity : {Fidelity::functional, Fidelity::cycle}) {
        const auto run = run_data(tiny({"pods.psum_bits=32"}), w, {fidelity});
        CHECK(starts_with(run.results, std::to_string(50 * 12 + 2 * 18 * 12 + 2 * 10) + " values, "));
        CHECK(run.counters == timing_counters(tiny({"pods.psum_bits=32"}), w));
    }
}

TEST_CASE("functional: saturating partial sums follow the order of adding") {
    const auto w = workload({gemm(30, 400, 20)});
    const auto config = tiny({"pods.psum_overflow=saturate"});
    const auto functional = run_data(config, w), cycle = run_data(config, w, {Fidelity::cycle});
    CHECK(starts_with(functional.results, "600 values, "));
    CHECK(cycle.results == functional.results);
}

// ---- one bit anywhere on the way changes the results

namespace {

// Flips a bit of every tile that is in a bank of that kind and was not flipped before.
struct Spoiler {
    hw::NetworkIndex network;  // one that leads to the banks
    hw::BankKind kind;
    std::set<std::pair<std::uint32_t, std::uint32_t>> done{};

    void spoil(host::System& system) {
        for (std::uint32_t bank = 0; bank < 4; ++bank)
            for (std::uint32_t tag = 0; tag < 100; ++tag) {
                if (!system.accelerator.banks(kind)[bank].data().holds(TileTag{tag})) continue;
                if (!done.emplace(bank, tag).second) continue;
                auto& port = *system.accelerator.networks()[network]->bank_side[bank].operator->();
                const auto at =
                    noc::tile_address(BankId{bank}, TileTag{tag}) + (kind == hw::BankKind::p ? 3 : 0);
                unsigned char byte = 0;
                pods::debug_access(port, tlm::TLM_READ_COMMAND, at, &byte, 1);
                byte ^= 0x40;
                pods::debug_access(port, tlm::TLM_WRITE_COMMAND, at, &byte, 1);
            }
    }
};

}  // namespace

TEST_CASE("functional: a bit flipped in an X or W bank is seen in the results") {
    for (Spoiler spoiler : {Spoiler{hw::net_x, hw::BankKind::x}, Spoiler{hw::net_w, hw::BankKind::w}}) {
        INFO(hw::bank_kind_name(spoiler.kind));
        DataOptions options;
        options.at_slice = [&](host::System& system, std::uint32_t) { spoiler.spoil(system); };
        const auto run = run_data(tiny({"pods.psum_bits=32"}), two_layers(), options);
        CHECK(starts_with(run.results, "wrong: layer "));
    }
}

TEST_CASE("functional: a bit flipped in a P bank is seen in the results") {
    // When a pod sends its result, those of pods before it are in their banks.
    Spoiler spoiler{hw::net_pin, hw::BankKind::p};
    DataOptions options;
    host::System* running = nullptr;
    options.at_slice = [&](host::System& system, std::uint32_t) { running = &system; };
    for (std::uint32_t pod = 0; pod < 4; ++pod)
        options.taps.push_back(
            {hw::net_pout, pod, [&](tlm::tlm_generic_payload&) { spoiler.spoil(*running); }});
    const auto run = run_data(tiny({"pods.psum_bits=32"}), two_layers(), options);
    CHECK(starts_with(run.results, "wrong: layer "));
}

TEST_CASE("functional: a bit flipped in a payload on a network is seen in the results") {
    for (const auto network : {hw::net_x, hw::net_w, hw::net_pin, hw::net_pout, hw::net_post_a,
                               hw::net_post_b, hw::net_post_out}) {
        INFO(hw::kNetworkNames[network]);
        // The highest byte of a partial sum; of the two halves of a sum the second counts, so that both are
        // spoilt.
        const std::size_t byte = network == hw::net_x || network == hw::net_w ? 0 : 3;
        const bool once = network < hw::net_post_a;
        DataOptions options;
        int seen = 0;
        for (std::uint32_t unit = 0; unit < 4; ++unit)
            options.taps.push_back({network, unit, [&](tlm::tlm_generic_payload& payload) {
                                        if (seen++ == 0 || !once) payload.get_data_ptr()[byte] ^= 0x40;
                                    }});
        // Its second layer has sums.
        const auto w = workload({gemm(20, 30, 20), gemm(8, 64, 8, {0})});
        REQUIRE(compile(tiny({"pods.psum_bits=32"}), w).posts.size() > 0);
        const auto run = run_data(tiny({"pods.psum_bits=32"}), w, options);
        CHECK(starts_with(run.results, "wrong: layer "));
    }
}

TEST_CASE("functional: a bit flipped in a weight register is seen in the results") {
    for (const auto fidelity : {Fidelity::functional, Fidelity::cycle}) {
        DataOptions options;
        options.fidelity = fidelity;
        std::vector<pods::ArrayEngine*> arrays;
        options.made = [&](pods::ArrayEngine& array, PodId) { arrays.push_back(&array); };
        bool flipped = false;
        options.at_slice = [&](host::System&, std::uint32_t slice) {
            if (slice > 1000 || flipped) return;
            flipped = true;
            for (auto* array : arrays) array->flip_weight(0, 0, 0x40);
        };
        const auto run = run_data(tiny({"pods.psum_bits=32"}), two_layers(), options);
        CHECK(starts_with(run.results, "wrong: layer "));
    }
}

TEST_CASE("functional: a bit flipped in DRAM is seen in the results") {
    DataOptions options;
    bool flipped = false;
    options.at_slice = [&](host::System& system, std::uint32_t slice) {
        if (flipped || slice > 1000) return;
        flipped = true;
        // The scale of layer 1's first column, read when its results are finished.
        const auto table = system.host.plan()->layers()[1].finish_table;
        auto bytes = system.read_dram(table + 4, 4);
        bytes[3] ^= 0x40;
        pods::debug_access(*system.host.memory[0].operator->(), tlm::TLM_WRITE_COMMAND, table + 4,
                           bytes.data(), 4);
    };
    const auto run = run_data(tiny({"pods.psum_bits=32"}), two_layers(), options);
    CHECK(starts_with(run.results, "wrong: layer "));
}
