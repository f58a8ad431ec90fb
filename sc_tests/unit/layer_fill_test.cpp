#include "host/layer_fill.h"

#include <catch2/catch.hpp>

namespace {
using namespace sosa::host;

Layer product(const std::string& name, std::uint64_t k, std::uint64_t n, std::uint32_t groups = 1) {
    Layer layer{name, "Conv", 100, k, n, 1, 1, {}};
    layer.groups = groups;
    return layer;
}

Layer vector_work() {
    Layer layer;
    layer.vector = {1000, 1, 0};
    return layer;
}

// The average over all tile ops, spelled out.
double average_fill(const Layer& layer, const TileShape& shape) {
    const LayerTiles tiles(layer, shape);
    double sum = 0;
    for (std::uint32_t op = 0; op < tiles.ops(); ++op)
        sum += tiles.depth(tiles.op_j(op)) * tiles.cols(tiles.op_l(op));
    return sum / tiles.ops() / (shape.rows * shape.cols);
}
}  // namespace

TEST_CASE("the fill of a layer is the average over its tile ops") {
    TileShape shape;
    for (const Layer& layer : {product("a", 32, 32), product("b", 33, 100), product("c", 9, 1, 64),
                               product("d", 70, 40, 3), product("e", 1, 1)})
        CHECK(array_fill(layer, shape) == Approx(average_fill(layer, shape)).epsilon(1e-12));
    shape.rows = 16, shape.cols = 128;
    CHECK(array_fill(product("f", 24, 64), shape) == 0.375);
    CHECK(array_fill(product("g", 24, 64), shape) ==
          Approx(average_fill(product("g", 24, 64), shape)).epsilon(1e-12));
    CHECK(array_fill(vector_work(), shape) == 0);
}

TEST_CASE("layers that fill less than a quarter of the array are named") {
    Workload w;
    const TileShape shape;
    CHECK(fill_warnings(w, shape).empty());
    w.layers = {product("full", 64, 32), product("quarter", 16, 16), vector_work()};
    CHECK(fill_warnings(w, shape).empty());
    w.layers.push_back(product("below", 16, 15));
    CHECK(fill_warnings(w, shape) ==
          std::vector<std::string>{"1 layer fills less than a quarter of the 32x32 "
                                   "array: \"below\" 23.4 %"});
    for (int i = 1; i <= 4; ++i) w.layers.push_back(product("dw" + std::to_string(i), 9, 1, 32));
    CHECK(fill_warnings(w, shape) ==
          std::vector<std::string>{"5 layers fill less than a quarter of the 32x32 array: \"below\" 23.4 %, "
                                   "\"dw1\" 0.9 %, \"dw2\" 0.9 %, \"dw3\" 0.9 %, \"dw4\" 0.9 %"});
    w.layers.push_back(product("dw5", 9, 1, 32));
    w.layers.push_back(product("gemv", 1, 1));
    CHECK(fill_warnings(w, shape) ==
          std::vector<std::string>{
              "7 layers fill less than a quarter of the 32x32 array: \"below\" 23.4 %, \"dw1\" 0.9 %, "
              "\"dw2\" 0.9 %, \"dw3\" 0.9 %, \"dw4\" 0.9 % and 2 more"});
}
