#include "host/tiling.h"

#include <catch2/catch.hpp>
#include <random>
#include <set>

#include "traces/error.h"

namespace {
using sosa::host::Layer;
using sosa::host::LayerTiles;
using sosa::host::TileShape;

Layer gemm(std::uint64_t m, std::uint64_t k, std::uint64_t n, std::uint32_t kernel_h = 1,
           std::uint32_t kernel_w = 1) {
    return Layer{"g", "MatMul", m, k, n, kernel_h, kernel_w, {}};
}

struct Sums {
    std::uint64_t macs = 0, x_elements = 0, w_bytes = 0, p_bytes = 0;
};
Sums sums_of(const LayerTiles& t) {
    Sums sums;
    for (std::uint32_t op = 0; op < t.ops(); ++op)
        sums.macs += std::uint64_t{t.rows(t.op_i(op))} * t.depth(t.op_j(op)) * t.cols(t.op_l(op));
    for (std::uint32_t j = 0; j < t.J; ++j) {
        for (std::uint32_t i = 0; i < t.I; ++i) sums.x_elements += std::uint64_t{t.rows(i)} * t.depth(j);
        for (std::uint32_t l = 0; l < t.L; ++l) sums.w_bytes += t.w_bytes(j, l);
    }
    for (std::uint32_t i = 0; i < t.I; ++i)
        for (std::uint32_t l = 0; l < t.L; ++l) sums.p_bytes += t.p_bytes(i, l);
    return sums;
}
}  // namespace

TEST_CASE("exact multiples fall into full tiles") {
    const LayerTiles t(gemm(96, 64, 160), {32, 32, 32, 2});
    CHECK(t.I == 3);
    CHECK(t.J == 2);
    CHECK(t.L == 5);
    CHECK(t.ops() == 30);
    for (std::uint32_t i = 0; i < 3; ++i) CHECK(t.rows(i) == 32);
    for (std::uint32_t j = 0; j < 2; ++j) CHECK(t.depth(j) == 32);
    for (std::uint32_t l = 0; l < 5; ++l) CHECK(t.cols(l) == 32);
    CHECK(t.x_bytes(2, 1) == 1024);
    CHECK(t.w_bytes(1, 4) == 1024);
    CHECK(t.p_bytes(2, 4) == 2048);
}

TEST_CASE("the smallest layer is one tile op of one multiplication") {
    const LayerTiles t(gemm(1, 1, 1), {32, 32, 32, 2});
    CHECK(t.ops() == 1);
    CHECK(t.rows(0) == 1);
    CHECK(t.depth(0) == 1);
    CHECK(t.cols(0) == 1);
    CHECK(t.x_bytes(0, 0) == 1);
    CHECK(t.w_bytes(0, 0) == 1);
    CHECK(t.p_bytes(0, 0) == 2);
}

TEST_CASE("one more than a tile in each direction adds a tile of one") {
    const LayerTiles t(gemm(25, 9, 17), {8, 16, 24, 4});
    CHECK(t.I == 2);
    CHECK(t.J == 2);
    CHECK(t.L == 2);
    CHECK(t.rows(0) == 24);
    CHECK(t.rows(1) == 1);
    CHECK(t.depth(0) == 8);
    CHECK(t.depth(1) == 1);
    CHECK(t.cols(0) == 16);
    CHECK(t.cols(1) == 1);
    CHECK(t.x_bytes(0, 1) == 24);
    CHECK(t.x_bytes(1, 0) == 8);
    CHECK(t.w_bytes(0, 1) == 8);
    CHECK(t.p_bytes(0, 0) == 4 * 24 * 16);
    CHECK(t.p_bytes(1, 1) == 4);
}

TEST_CASE("without a partition an X tile takes all rows") {
    const LayerTiles t(gemm(22500, 64, 33), {32, 32, 0, 2});
    CHECK(t.I == 1);
    CHECK(t.rows(0) == 22500);
    CHECK(t.ops() == 4);
    CHECK(t.x_bytes(0, 0) == 22500 * 32);
    CHECK(t.p_bytes(0, 1) == 2 * 22500);
}

TEST_CASE("a partition larger than the layer makes one small tile") {
    const LayerTiles t(gemm(5, 4, 3), {32, 32, 1000000, 2});
    CHECK(t.I == 1);
    CHECK(t.rows(0) == 5);
}

TEST_CASE("an im2col tile is kept without copies and rounded down") {
    const LayerTiles t(gemm(33, 147, 64, 7, 7), {32, 32, 32, 2});
    CHECK(t.J == 5);
    CHECK(t.depth(4) == 19);
    CHECK(t.x_bytes(0, 0) == 20);  // 32 * 32 / 49 = 20.9
    CHECK(t.x_bytes(0, 4) == 12);  // 32 * 19 / 49 = 12.4
    CHECK(t.x_bytes(1, 4) == 0);   // 1 * 19 / 49
    CHECK(t.w_bytes(0, 0) == 1024);
    CHECK(LayerTiles(gemm(32, 96, 1, 1, 3), {32, 32, 32, 2}).x_bytes(0, 2) == 341);
}

TEST_CASE("tile ops and tiles are numbered j then i then l") {
    const LayerTiles t(gemm(3, 2, 4), {1, 1, 1, 2});
    std::uint32_t expected = 0;
    for (std::uint32_t j = 0; j < 2; ++j)
        for (std::uint32_t i = 0; i < 3; ++i)
            for (std::uint32_t l = 0; l < 4; ++l, ++expected) {
                const std::uint32_t op = t.op(i, j, l);
                CHECK(op == expected);
                CHECK(t.op_i(op) == i);
                CHECK(t.op_j(op) == j);
                CHECK(t.op_l(op) == l);
                CHECK(t.x_tile(i, j, l) == j * 3 + i);
                CHECK(t.w_tile(j, l) == j * 4 + l);
            }
}

TEST_CASE("groups follow each other in the column blocks and have X tiles of their own") {
    Layer layer = gemm(5, 20, 9);
    layer.groups = 3;
    const LayerTiles t(layer, {8, 8, 4, 2});
    CHECK((t.I == 2 && t.J == 3 && t.L == 6));
    CHECK(t.group_blocks() == 2);
    CHECK(t.ops() == 36);
    CHECK(t.x_tiles() == 18);
    CHECK(t.w_tiles() == 18);
    for (std::uint32_t l = 0; l < 6; ++l) {
        CHECK(t.group(l) == l / 2);
        CHECK(t.cols(l) == (l % 2 == 0 ? 8 : 1));
        for (std::uint32_t j = 0; j < 3; ++j)
            for (std::uint32_t i = 0; i < 2; ++i) CHECK(t.x_tile(i, j, l) == (l / 2 * 3 + j) * 2 + i);
    }
    CHECK(sums_of(t).macs == 3 * 5 * 20 * 9);
    CHECK(sums_of(t).w_bytes == 3 * 20 * 9);
}

TEST_CASE("vector work falls into ops that last about as long as a slice") {
    Layer layer;
    layer.vector = {1000, 3, 2};
    TileShape shape{32, 32, 32, 2};
    shape.lanes = 16, shape.simple_cycles = 1, shape.special_cycles = 4;  // 11 cycles a row of 16
    const LayerTiles two_rows(layer, shape);
    CHECK(two_rows.ops() == 0);
    CHECK(two_rows.x_tiles() + two_rows.w_tiles() == 0);
    CHECK(two_rows.vector_ops() == 32);  // 1000 in 2 * 16
    CHECK(two_rows.vector_elements(0) == 32);
    CHECK(two_rows.vector_cycles(0) == 22);
    CHECK(two_rows.vector_elements(31) == 8);
    CHECK(two_rows.vector_cycles(31) == 11);
    layer.vector = {17, 100, 0};  // longer than a slice: one row an op
    const LayerTiles one_row(layer, shape);
    CHECK(one_row.vector_ops() == 2);
    CHECK(one_row.vector_cycles(0) == 100);
    CHECK(one_row.vector_elements(1) == 1);
    layer.vector = {5, 0, 0};
    CHECK(LayerTiles(layer, shape).vector_cycles(0) == 1);
    layer.vector = {std::uint64_t{1} << 40, 100, 0};
    CHECK_THROWS_WITH(LayerTiles(layer, shape), Catch::Contains("allowed 2^31"));
}

TEST_CASE("tiles of any layer add up to the layer") {
    std::mt19937 random(11);
    const auto up_to = [&](std::uint32_t most) { return static_cast<std::uint32_t>(random() % most) + 1; };
    for (int round = 0; round < 300; ++round) {
        const std::uint64_t m = up_to(120), k = up_to(90), n = up_to(90);
        const TileShape shape{up_to(33), up_to(33), random() % 5 == 0 ? 0 : up_to(40), round % 2 ? 2u : 4u};
        CAPTURE(m, k, n, shape.rows, shape.cols, shape.partition);
        const Sums sums = sums_of(LayerTiles(gemm(m, k, n), shape));
        REQUIRE(sums.macs == m * k * n);
        REQUIRE(sums.x_elements == m * k);
        REQUIRE(sums.w_bytes == k * n);
        REQUIRE(sums.p_bytes == shape.psum_bytes * m * n);
    }
}

TEST_CASE("too many tile ops and tiles too large to address are refused by name") {
    const auto refusal = [](const Layer& layer, const TileShape& shape) -> std::string {
        try {
            LayerTiles tiles(layer, shape);
            return "taken, " + std::to_string(tiles.ops());
        } catch (const sosa::UserError& error) {
            return error.what();
        }
    };
    const std::uint64_t most = (std::uint64_t{1} << 31) - 1;
    CHECK(refusal(gemm(1u << 10, 1u << 10, 1u << 11), {1, 1, 1, 2}) == "taken, 2147483648");
    CHECK(refusal(gemm(1u << 10, 1u << 10, (1u << 11) + 1), {1, 1, 1, 2}) ==
          "layer \"g\": found 1024 x 1024 x 2049 tile ops, allowed 2^31 a layer");
    CHECK(refusal(gemm(most, most, most), {1, 1, 1, 2}) ==
          "layer \"g\": found 2147483647 x 2147483647 x 2147483647 tile ops, allowed 2^31 a layer");
    CHECK(refusal(gemm(16, 1u << 30, 1u << 30), {1, 1, 1, 2}) ==  // 2^64 ops
          "layer \"g\": found 16 x 1073741824 x 1073741824 tile ops, allowed 2^31 a layer");
    CHECK(refusal(gemm(1u << 18, 1, 32), {32, 32, 0, 2}) ==
          "taken, 1");  // 2 bytes * 2^18 rows * 32 cols = 2^24
    CHECK(refusal(gemm((1u << 18) + 1, 1, 32), {32, 32, 0, 2}) ==
          "layer \"g\": found a tile of 16777280 bytes (262145 rows), allowed 16777216, so tiling.partition "
          "must be "
          "smaller");
    CHECK(refusal(gemm(most, 4, 4), {32, 32, 0, 2})
              .rfind("layer \"g\": found a tile of 17179869176 bytes", 0) == 0);
}
