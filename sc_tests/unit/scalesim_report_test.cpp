#include <catch2/catch.hpp>
#include <sstream>

#include "host/compute_report.h"

namespace {
using namespace sosa::host;

constexpr const char* kHeader =
    "LayerID, Total Cycles, Stall Cycles, Overall Util %, Mapping Efficiency %, Compute Util %,\n";

ProgramLayer layer(Layer shape, std::uint32_t first, std::uint32_t last) {
    ProgramLayer l;
    l.layer = std::move(shape);
    l.first_slice = first;
    l.last_slice = last;
    return l;
}

sosa::pods::TileOp op(std::uint32_t layer, std::uint32_t rows, std::uint16_t depth, std::uint16_t cols) {
    sosa::pods::TileOp o;
    o.layer = layer;
    o.rows = rows;
    o.depth = depth;
    o.cols = cols;
    return o;
}

// On two pods of 4x4, in three slices: a product of two contraction blocks, vector work, and two groups.
Program program() {
    Program p;
    p.pods = 2;
    p.shape.rows = p.shape.cols = 4;
    Layer product{"a", "MatMul", 8, 6, 4, 1, 1, {}}, groups{"b", "Conv", 4, 2, 3, 1, 1, {}}, vector;
    groups.groups = 2;
    vector.vector = {100, 1, 0};
    p.layers = {layer(product, 0, 1), layer(vector, 1, 1), layer(groups, 1, 2)};
    p.ops = {op(0, 8, 4, 4), op(0, 8, 2, 4), op(2, 4, 2, 3), op(2, 4, 2, 3)};
    p.op_begin = {0, 1, 3, 4};
    return p;
}

std::string report(const SliceTimes& times) {
    std::ostringstream out;
    write_compute_report(program(), times, out);
    return out.str();
}
}  // namespace

// 192 MACs in 45 cycles on 2 * 16 PEs; arrays filled 6/8; a pod for 20 and another for 25 - 5 cycles.
// 48 MACs in 55 cycles; 2/4 * 3/4; a pod for 20 and a pod for 30 cycles.
TEST_CASE("the report of SCALE-Sim has its columns for every product") {
    CHECK(report({{10, 30, 55, 85}, {0, 0, 5, 5}}) == std::string(kHeader) +
                                                          "0, 45, 5, 13.333333333333334, 75.0, 30.0,\n" +
                                                          "1, 55, 5, 2.727272727272727, 37.5, 6.0,\n");
}

TEST_CASE("cycles before the first slice of a layer are not its stalls") {
    CHECK(report({{110, 140, 160, 180}, {100, 110, 110, 110}}) ==
          std::string(kHeader) + "0, 50, 10, 12.0, 75.0, 30.0,\n" + "1, 40, 0, 3.75, 37.5, 7.5,\n");
}

TEST_CASE("the report of SCALE-Sim of a run that was stopped counts what was done") {
    CHECK(report({{10, 30}, {0, 4}}) ==
          std::string(kHeader) + "0, 20, 4, 20.0, 75.0, 50.0,\n" + "1, 0, 0, 0.0, 37.5, 0.0,\n");
    CHECK(report({{10}, {0}}) ==
          std::string(kHeader) + "0, 0, 0, 0.0, 75.0, 0.0,\n" + "1, 0, 0, 0.0, 37.5, 0.0,\n");
}
