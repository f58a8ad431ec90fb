#include "host/tensor_plan.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>

#include "host/random_data.h"
#include "host/zoo.h"
#include "sc_tests/unit/program_samples.h"

namespace {
using sosa::host::DramImage;
using sosa::host::LayerRange;
using sosa::host::Program;
using sosa::host::RandomData;
using sosa::host::TensorPlan;
using sosa::host::Workload;
using sosa::hw::Config;
using sosa::hw::FinishEntry;
using sosa::hw::LayerRecord;
using sosa::hw::VectorOp;
using sosa::tests::kSmallTiles;
using sosa::tests::matmul;
using sosa::tests::program_of;
using sosa::tests::workload_of;

Program small_program(const std::vector<Workload>& tenants) {
    return program_of(tenants, "crossbar", 4, kSmallTiles);
}
Config config_of(std::uint32_t psum_bits) {
    Config config;
    config.pods.psum_bits = psum_bits;
    return config;
}

const DramImage* image_at(const TensorPlan& plan, std::uint64_t address) {
    for (const auto& image : plan.images())
        if (image.address == address) return &image;
    return nullptr;
}

// Begin and end of everything in DRAM that the plan names.
std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges(const TensorPlan& plan) {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> all;
    for (const auto& image : plan.images())
        all.emplace_back(image.address, image.address + image.bytes.size());
    for (const auto& r : plan.layers()) all.emplace_back(r.y_tensor, r.y_tensor + std::uint64_t{r.m} * r.n);
    for (const auto& s : plan.steps()) all.emplace_back(s.out.address, s.out.address + s.out.bytes());
    std::sort(all.begin(), all.end());
    return all;
}

// Conv 3x3, pooled, next to a strided conv, added, pooled over the whole map, then dense.
Workload joined() {
    return sosa::host::parse_workload(R"({"name": "w", "repeat": 1, "layers": [
{"name": "a", "op": "Conv", "m": 32, "k": 18, "n": 3, "kernel": [3, 3], "deps": []},
{"name": "b", "op": "Conv", "m": 8, "k": 3, "n": 3, "kernel": [1, 1], "deps": ["a"]},
{"name": "d", "op": "Dense", "m": 2, "k": 6, "n": 5, "kernel": [1, 1], "deps": ["b", "a"]}
], "tensors": [
{"name": "image", "op": "input", "shape": [2, 4, 4, 2]},
{"name": "a", "op": "layer", "inputs": ["image"], "pad": [1, 1, 1, 1], "relu": true},
{"name": "p", "op": "max_pool", "inputs": ["a"], "kernel": [2, 3], "stride": [2, 3], "pad": [0, 1, 0, 1]},
{"name": "b", "op": "layer", "inputs": ["a"], "stride": [2, 2]},
{"name": "s", "op": "add", "inputs": ["p", "b"], "relu": true},
{"name": "c", "op": "concat", "inputs": ["s", "p"]},
{"name": "g", "op": "average_pool", "inputs": ["c"], "kernel": [2, 2]},
{"name": "d", "op": "layer", "inputs": ["g"]}
]})",
                                      "F");
}
}  // namespace

TEST_CASE("a program knows where its tile slots end") {
    // X of "a" 2 * 1 slots of 20 bytes, W of "a" 2 of 16, W of "b" one of 16.
    const Workload w = workload_of("w", {matmul("a", 8, 4, 6), matmul("b", 5, 4, 4, {0})});
    const Program p = program_of({w}, "crossbar", 4, {4, 4, 5, 2});
    CHECK(p.dram_bytes == 88);
    CHECK(sosa::host::parse_program(sosa::tests::text_of(p), "F").dram_bytes == 88);
}

TEST_CASE("tensors lie above the tile slots and apart from each other") {
    const Workload plain = workload_of("w", {matmul("a", 7, 9, 6), matmul("b", 5, 4, 3, {0})}, 2);
    for (const auto& workload : {joined(), plain}) {
        const Program p = small_program({workload});
        const TensorPlan plan(p, {workload}, config_of(16), 1);
        const auto all = ranges(plan);
        for (std::size_t i = 0; i < all.size(); ++i) {
            CAPTURE(workload.name, i);
            if (i > 0) CHECK(all[i].first >= all[i - 1].second);
            if (all[i].second > p.dram_bytes) CHECK(all[i].first >= p.dram_bytes);
            if (all[i].first >= p.dram_bytes) CHECK(all[i].first % 64 == 0);
        }
        CHECK(plan.end() == all.back().second);
        for (std::size_t l = 0; l < p.layers.size(); ++l) {
            const auto tiles = p.tiles(static_cast<std::uint32_t>(l));
            const DramImage* weights = image_at(plan, p.layers[l].w_address);
            REQUIRE(weights != nullptr);
            CHECK(weights->bytes.size() == tiles.J * tiles.L * tiles.depth(0) * tiles.cols(0));
            const DramImage* table = image_at(plan, plan.layers()[l].finish_table);
            REQUIRE(table != nullptr);
            CHECK(table->bytes.size() == 12 * p.layers[l].layer.n);
        }
    }
}

TEST_CASE("layers read what the tensor graph says") {
    const Workload w = joined();
    const Program p = small_program({w});
    const TensorPlan plan(p, {w}, config_of(16), 1);
    const auto& layers = plan.layers();
    const auto& steps = plan.steps();
    REQUIRE(layers.size() == 3);
    REQUIRE(steps.size() == 4);
    const LayerRecord& a = layers[0];
    REQUIRE(image_at(plan, a.x_tensor) != nullptr);
    CHECK(image_at(plan, a.x_tensor)->bytes.size() == 2 * 4 * 4 * 2);
    CHECK(a.x_tiles == p.layers[0].x_address);
    CHECK((a.layer == 0 && a.m == 32 && a.k == 18 && a.n == 3));
    CHECK(
        (a.in_height == 4 && a.in_width == 4 && a.in_channels == 2 && a.out_height == 4 && a.out_width == 4));
    CHECK((a.kernel_h == 3 && a.kernel_w == 3 && a.stride_h == 1 && a.pad_top == 1 && a.pad_left == 1));
    CHECK((a.relu == 1 && a.y_zero == 0 && a.x_pad == 0 && a.x_signed == 1 && a.w_signed == 1));
    const auto& pool = steps[0];
    CHECK((pool.op == VectorOp::max_pool && pool.inputs.size() == 1 && pool.relu == 0));
    CHECK(pool.inputs[0].address == a.y_tensor);
    CHECK((pool.inputs[0].batch == 2 && pool.inputs[0].height == 4 && pool.inputs[0].channels == 3));
    CHECK((pool.kernel_h == 2 && pool.kernel_w == 3 && pool.stride_h == 2 && pool.stride_w == 3));
    CHECK((pool.pad_top == 0 && pool.pad_left == 1 && pool.out.height == 2 && pool.out.width == 2));
    const LayerRecord& b = layers[1];
    CHECK((b.layer == 1 && b.x_tensor == a.y_tensor && b.in_height == 4 && b.out_height == 2));
    CHECK((b.stride_h == 2 && b.relu == 0 && b.x_tiles == 0));
    CHECK((steps[1].op == VectorOp::add && steps[1].relu == 1));
    CHECK((steps[1].inputs[0].address == pool.out.address && steps[1].inputs[1].address == b.y_tensor));
    CHECK((steps[2].op == VectorOp::concat && steps[2].out.channels == 6 && steps[2].inputs.size() == 2));
    CHECK((steps[2].inputs[0].address == steps[1].out.address &&
           steps[2].inputs[1].address == pool.out.address));
    CHECK((steps[3].op == VectorOp::average_pool && steps[3].out.height == 1 && steps[3].out.batch == 2));
    const LayerRecord& d = layers[2];
    CHECK((d.x_tensor == steps[3].out.address && d.in_height == 1 && d.in_channels == 6 && d.m == 2));
    const auto results = plan.reference();
    CHECK(results[0].size() == 32 * 3);
    CHECK(results[2].size() == 2 * 5);
}

TEST_CASE("the geometry of a convolution keeps its places in its record") {
    const Workload w = sosa::host::parse_workload(R"({"name": "w", "repeat": 1, "layers": [
{"name": "a", "op": "Conv", "m": 36, "k": 24, "n": 1, "kernel": [2, 3], "deps": []}
], "tensors": [
{"name": "x", "op": "input", "shape": [3, 6, 9, 4]},
{"name": "a", "op": "layer", "inputs": ["x"], "stride": [2, 3], "dilation": [2, 3], "pad": [1, 6, 1, 2]}
]})",
                                                  "F");
    const LayerRecord r = TensorPlan(small_program({w}), {w}, config_of(16), 1).layers().at(0);
    CHECK((r.m == 36 && r.k == 24 && r.n == 1));
    CHECK((r.in_height == 6 && r.in_width == 9 && r.in_channels == 4));
    CHECK((r.out_height == 3 && r.out_width == 4 && r.kernel_h == 2 && r.kernel_w == 3));
    CHECK((r.stride_h == 2 && r.stride_w == 3 && r.dilation_h == 2 && r.dilation_w == 3));
    CHECK((r.pad_top == 1 && r.pad_left == 6));
}

TEST_CASE("without a graph layers read their dependencies' results") {
    const Workload w =
        workload_of("w", {matmul("a", 4, 6, 5), matmul("b", 4, 6, 3), matmul("c", 5, 4, 7, {0}),
                          matmul("d", 8, 8, 2, {0, 1}), matmul("e", 2, 3, 2)});
    const Program p = small_program({w});
    for (const auto& tenants : {std::vector<Workload>{w}, std::vector<Workload>{}}) {
        const TensorPlan plan(p, tenants, config_of(16), 1);
        const auto& r = plan.layers();
        const auto& s = plan.steps();
        REQUIRE(s.size() == 2);
        // "b" has no dependencies: it reads what the first layer reads; "c" the 20 bytes of "a" as they are.
        CHECK(r[1].x_tensor == r[0].x_tensor);
        CHECK(r[2].x_tensor == r[0].y_tensor);
        CHECK((r[2].in_height == 5 && r[2].in_channels == 4 && r[2].out_height == 5 && r[2].kernel_h == 1));
        CHECK((s[0].op == VectorOp::fill && s[0].inputs.size() == 2));
        CHECK((s[0].inputs[0].address == r[0].y_tensor && s[0].inputs[0].bytes() == 20));
        CHECK((s[0].inputs[1].address == r[1].y_tensor && s[0].inputs[1].bytes() == 12));
        CHECK((s[0].out.address == r[3].x_tensor && s[0].out.bytes() == 64));
        // "e" reads the first 6 of the first layer's 24 bytes.
        CHECK((s[1].inputs[0].address == r[0].x_tensor && s[1].out.address == r[4].x_tensor));
        CHECK(s[1].out.bytes() == 6);
        CHECK(plan.reference().size() == 5);
    }
}

TEST_CASE("a further copy and a further tenant read tensors of their own") {
    const Workload w = workload_of("w", {matmul("a", 4, 4, 4), matmul("b", 4, 4, 4, {0})}, 2);
    const Program p = small_program({w});
    const TensorPlan plan(p, {w}, config_of(16), 1);
    const auto& r = plan.layers();
    REQUIRE(r.size() == 4);
    CHECK(r[1].x_tensor == r[0].y_tensor);
    CHECK(plan.steps().empty());
    CHECK((image_at(plan, r[2].x_tensor) != nullptr && image_at(plan, r[3].x_tensor) != nullptr));
    CHECK(r[3].x_tiles == p.layers[3].x_address);

    const Workload once = workload_of("o", {matmul("a", 4, 4, 4), matmul("b", 4, 4, 4, {0})});
    const Program two = small_program({once, joined()});
    const TensorPlan both(two, {once, joined()}, config_of(16), 1);
    REQUIRE(both.layers().size() == 5);
    CHECK(both.layers()[1].x_tensor == both.layers()[0].y_tensor);
    CHECK(image_at(both, both.layers()[2].x_tensor)->bytes.size() == 64);
    CHECK(both.layers()[3].x_tensor == both.layers()[2].y_tensor);
    CHECK(both.reference().size() == 5);
}

TEST_CASE("a seed gives the same data every time") {
    const Workload w = joined();
    const Program p = small_program({w});
    const TensorPlan one(p, {w}, config_of(16), 1), again(p, {w}, config_of(16), 1),
        other(p, {w}, config_of(16), 2);
    REQUIRE(one.images().size() == 7);
    for (std::size_t i = 0; i < one.images().size(); ++i) {
        CHECK(one.images()[i].address == again.images()[i].address);
        CHECK(one.images()[i].bytes == again.images()[i].bytes);
        CHECK(one.images()[i].address == other.images()[i].address);
        CHECK(one.images()[i].bytes != other.images()[i].bytes);
    }
    CHECK(one.reference() == again.reference());
}

TEST_CASE("random numbers are the same on every machine") {
    // std::mt19937_64 of the standard's default seed begins with 14514284786278117030 = 0xc96d191cf6f6aea6.
    CHECK(RandomData(5489).bytes(4, 128) ==
          std::vector<std::uint8_t>{0xae - 0x80, 0xf6 - 0x80, 0x19 + 0x80, 0xc9 - 0x80});
    // 0xaea6 * 7 / 2^16 = 4, 0xf6f6: 6, 0x191c: 0, 0xc96d: 5; less 3.
    CHECK(RandomData(5489).bytes(4, 3) == std::vector<std::uint8_t>{1, 3, 0x100 - 3, 2});
    CHECK(RandomData(5489).integer(-10, 10) == 6);  // 0xc96d191c * 21 / 2^32 = 16
    CHECK(RandomData(5489).integer(-2147483647 - 1, 2147483647) == 0x496d191c);
    CHECK(RandomData(5489).real(0, 1) == static_cast<float>(0xc96d19) / 0x1000000);
}

TEST_CASE("random bytes take every value of their range") {
    RandomData random(1);
    for (const std::uint32_t most : {1u, 3u, 100u, 127u, 128u}) {
        std::vector<int> seen(256, 0);
        for (const auto byte : random.bytes(100'000, most)) ++seen[byte];
        const int low = -static_cast<int>(most), high = std::min(static_cast<int>(most), 127);
        double square = 0;
        for (int v = -128; v < 128; ++v) {
            CAPTURE(most, v);
            CHECK((seen[static_cast<std::uint8_t>(v)] > 0) == (v >= low && v <= high));
            square += double(v) * v * seen[static_cast<std::uint8_t>(v)] / 100'000;
        }
        CHECK(std::sqrt(square) == Approx(sosa::host::rms_of_range(most)).epsilon(0.02));
    }
}

TEST_CASE("weights are drawn from a range that psum_bits allow") {
    // 4 deviations are 2^15: with 4608 terms of 30 a weight may have 4.02, and -6..6 has 3.74.
    CHECK(LayerRange(4608, 30, 16).weights == 6);
    CHECK(LayerRange(64, 74, 16).weights == 23);
    CHECK(LayerRange(1e6, 74, 16).weights == 1);
    CHECK(LayerRange(4608, 30, 32).weights == 128);
    CHECK(LayerRange(64, 74, 16).sum_rms == Approx(8 * 74 * std::sqrt(23 * 24 / 3.0)));
    RandomData random(1);
    const auto table = random_finish(random, 1000, LayerRange(64, 74, 16));
    REQUIRE(table.size() == 1000);
    const double sum = LayerRange(64, 74, 16).sum_rms;
    for (const FinishEntry& entry : table) {
        CHECK(std::abs(entry.bias) <= sum / 4);
        CHECK((entry.scale * sum >= 39.99 && entry.scale * sum <= 60.01));
    }
}

TEST_CASE("taps outside the map are counted out") {
    using sosa::host::taps_inside;
    CHECK(taps_inside(4, 4, 1, 1, 1, 0) == 1);
    CHECK(taps_inside(4, 4, 3, 1, 1, 1) == 10.0 / 12);
    CHECK(taps_inside(7, 4, 3, 2, 1, 1) == 10.0 / 12);  // from -1, 1, 3, 5
    CHECK(taps_inside(1, 3, 3, 1, 1, 2) == 3.0 / 9);
    CHECK(taps_inside(4, 4, 3, 1, 2, 2) == 8.0 / 12);  // 2 apart: from -2, -1, 0, 1
}

TEST_CASE("results of deep networks neither die nor saturate") {
    for (const std::string name : {"resnet50", "densenet121", "inception"}) {
        const Workload w = sosa::host::make_zoo_workload(name, {{}, 96, {}});
        const Program p = program_of({w}, "butterfly-2", 16, {32, 32, 0, 2});
        const TensorPlan plan(p, {w}, config_of(16), 3);
        const auto results = plan.reference();
        for (std::size_t l = 0; l < results.size(); ++l) {
            double square = 0;
            for (const auto byte : results[l])
                square += static_cast<std::int8_t>(byte) * static_cast<std::int8_t>(byte);
            const double rms = std::sqrt(square / static_cast<double>(results[l].size()));
            CAPTURE(name, p.layers[l].name);
            CHECK((rms > 8 && rms < 90));
        }
    }
}

TEST_CASE("data that no memory holds are refused") {
    const Workload w = workload_of("w", {matmul("a", 4, 4, 4), matmul("big", 33 * 4096, 4, 64 * 2048, {0})});
    const Program p = program_of({w}, "crossbar", 1, {4, 2048, 4096, 2});
    CHECK(
        sosa::tests::error_of([&] { TensorPlan(p, {w}, config_of(16), 1); }) ==
        "layer \"big\": found more than 16 GiB of tensors and weights up to here, allowed at most 16 GiB to "
        "run with data; a smaller batch or image makes it less");
}

TEST_CASE("the first wrong result is told") {
    sosa::host::ProgramLayer layer;
    layer.name = "conv\n1";
    layer.layer = matmul("conv", 2, 1, 3);
    LayerRecord record;
    record.n = 3;
    const std::vector<std::uint8_t> expected = {1, 2, 3, 4, 255, 6};
    CHECK(compare_results(layer, record, expected, expected) == "");
    CHECK(compare_results(layer, record, expected, {1, 2, 3, 4, 128, 7}) ==
          "layer \"conv\\n1\": found -128 at row 1, column 1, expected -1; 2 of 6 results are wrong");
    CHECK(compare_results(layer, record, expected, {1, 2}) ==
          "layer \"conv\\n1\": found 2 results, expected 6");
    record.y_signed = 0;
    CHECK(compare_results(layer, record, expected, {1, 2, 3, 4, 128, 6}) ==
          "layer \"conv\\n1\": found 128 at row 1, column 1, expected 255; 1 of 6 results are wrong");
}
