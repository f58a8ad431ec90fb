#include <catch2/catch.hpp>

#include "sc_tests/unit/op_graph_kit.h"

// What is done with a product: before it, and when its results are finished.
namespace {
using namespace sosa::tests;
using sosa::host::kAbsent;
using Value = std::uint32_t;

const Dims kMap = {1, 8, 4, 4};

// An operator behind a convolution of eight channels; further operands are constants of these shapes.
std::string use_behind_conv(const std::string& op, const std::vector<Dims>& constants,
                            Attributes attributes = {}, const Dims& y = kMap) {
    OpGraphKit kit;
    const Value conv = kit.add("Conv", "c", {kit.input({1, 3, 4, 4}), kit.constant({8, 3, 1, 1})}, kMap);
    std::vector<Value> operands = {conv};
    for (const Dims& dims : constants) operands.push_back(kit.constant(dims));
    kit.output(kit.add(op, "v", operands, y, std::move(attributes)));
    return uses_text(kit.lowered()).at(1);
}
std::string use_behind_matmul(const Dims& x, const Dims& w, const Dims& y, const std::string& op,
                              const std::vector<Dims>& constants, Attributes attributes = {}) {
    OpGraphKit kit;
    std::vector<Value> operands = {kit.add("MatMul", "m", {kit.input(x), kit.constant(w)}, y)};
    for (const Dims& dims : constants) operands.push_back(kit.constant(dims));
    kit.output(kit.add(op, "v", operands, y, std::move(attributes)));
    return uses_text(kit.lowered()).at(1);
}

Value quantize(OpGraphKit& kit, const std::string& name, Value x) {
    return kit.add("QuantizeLinear", name, {x, kit.constant({}), kit.constant({})}, kit.graph.values[x].dims);
}
Value dequantize(OpGraphKit& kit, const std::string& name, Value x, const Dims& scale = {},
                 Attributes attributes = {}) {
    return kit.add("DequantizeLinear", name, {x, kit.constant(scale), kit.constant(scale)},
                   kit.graph.values[x].dims, std::move(attributes));
}
}  // namespace

TEST_CASE("what scales and clips single results is done with the product") {
    const std::vector<Dims> four(4, Dims{8});
    CHECK(use_behind_conv("Relu", {}) == "fused 0");
    CHECK(use_behind_conv("Clip", {}) == "fused 0");
    CHECK(use_behind_conv("Clip", {{}, {}}) == "fused 0");
    CHECK(use_behind_conv("BatchNormalization", four) == "fused 0");
    CHECK(use_behind_conv("QuantizeLinear", {{}, {}}) == "fused 0");
    CHECK(use_behind_conv("QuantizeLinear", {{8}, {8}}) == "fused 0");
    CHECK(use_behind_conv("QuantizeLinear", {{8}, {8}}, {{"axis", integer(-3)}}) == "fused 0");
    CHECK(use_behind_conv("LeakyRelu", {}) == "vector 1");
    CHECK(use_behind_conv("Mul", {{}}) == "vector 1");
    CHECK(use_behind_conv("BatchNormalization", four, {{"training_mode", integer(1)}}) == "vector 1");
    CHECK(use_behind_conv("BatchNormalization", {{8}, {8}, {8}, {8, 4, 4}}) == "vector 1");
    CHECK(use_behind_conv("QuantizeLinear", {{4}, {4}}, {{"axis", integer(2)}}) == "vector 1");
}

TEST_CASE("a constant that differs along channels alone is a bias") {
    CHECK(use_behind_conv("Add", {{8, 1, 1}}) == "fused 0");
    CHECK(use_behind_conv("Add", {{1, 8, 1, 1}}) == "fused 0");
    CHECK(use_behind_conv("Add", {{}}) == "fused 0");
    CHECK(use_behind_conv("Add", {{1, 1, 1}}) == "fused 0");
    CHECK(use_behind_conv("Add", {{4}}) == "vector 1");
    CHECK(use_behind_conv("Add", {{8, 4, 1}}) == "vector 1");
    CHECK(use_behind_conv("Add", {{2, 1, 1, 1}}, {}, {2, 8, 4, 4}) == "vector 1");
    CHECK(use_behind_conv("Add", {{1, 1, 1, 1, 1}}, {}, {1, 1, 8, 4, 4}) == "vector 1");
}

TEST_CASE("the channels of a matrix product are its last axis") {
    const Dims x = {2, 5, 3}, w = {3, 7}, y = {2, 5, 7};
    CHECK(use_behind_matmul(x, w, y, "Add", {{7}}) == "fused 0");
    CHECK(use_behind_matmul(x, w, y, "Add", {{5, 1}}) == "vector 1");
    CHECK(use_behind_matmul(x, w, y, "QuantizeLinear", {{7}}, {{"axis", integer(2)}}) == "fused 0");
    CHECK(use_behind_matmul(x, w, y, "QuantizeLinear", {{5}}, {{"axis", integer(1)}}) == "vector 1");
    CHECK(use_behind_matmul(x, w, y, "BatchNormalization", {{5}, {5}, {5}, {5}}) == "vector 1");
    CHECK(use_behind_matmul({5, 3}, w, {5, 7}, "BatchNormalization", {{7}, {7}, {7}, {7}}) == "fused 0");
    CHECK(use_behind_matmul({5, 3}, {3}, {5}, "Add", {{5}}) == "vector 1");  // one channel, five rows
    CHECK(use_behind_matmul({5, 3}, {3}, {5}, "Add", {{1}}) == "fused 0");
}

TEST_CASE("operators behind a product are done in order, up to the first that is not") {
    OpGraphKit kit;
    const Value conv = kit.add("Conv", "c", {kit.input({1, 3, 4, 4}), kit.constant({8, 3, 1, 1})}, kMap);
    const Value bias = kit.add("Add", "b", {kit.constant({8, 1, 1}), conv}, kMap);
    const Value relu = kit.add("Relu", "r", {bias}, kMap);
    const Value six = kit.add("Clip", "six", {relu, kAbsent, kit.constant({})}, kMap);
    const Value q = quantize(kit, "q", six);
    kit.output(kit.add("Relu", "r2", {q}, kMap));  // of integers
    const auto lowering = kit.lowered();
    CHECK(uses_text(lowering) == Lines{"product 0", "fused 0", "fused 0", "fused 0", "fused 0", "vector 1"});
    CHECK(products_text(lowering) == Lines{"node 0 layer 0 before - after 1,2,3,4"});
    CHECK(layers_text(lowering) == Lines{"c Conv 16x3x8 after -", "r2 Relu 128*(1+0) after 0"});
}

TEST_CASE("results that somebody else reads are finished as they are") {
    for (const bool is_output : {true, false}) {
        OpGraphKit kit;
        const Value conv = kit.add("Conv", "c", {kit.input({1, 3, 4, 4}), kit.constant({8, 3, 1, 1})}, kMap);
        kit.output(kit.add("Relu", "r", {conv}, kMap));
        kit.output(is_output ? conv : kit.add("Clip", "i", {conv}, kMap));
        CHECK(uses_text(kit.lowered()) ==
              (is_output ? Lines{"product 0", "vector 1"} : Lines{"product 0", "vector 1", "vector 2"}));
    }
    OpGraphKit twice;
    const Value conv =
        twice.add("Conv", "c", {twice.input({1, 3, 4, 4}), twice.constant({8, 3, 1, 1})}, kMap);
    twice.output(twice.add("Add", "a", {conv, conv}, kMap));
    CHECK(uses_text(twice.lowered()).at(1) == "vector 1");
    OpGraphKit limit;  // Clip's bound is the product
    const Value dot = limit.add("MatMul", "m", {limit.input({3}), limit.constant({3})}, {});
    limit.output(limit.add("Clip", "c", {limit.constant({}), dot}, {}));
    CHECK(uses_text(limit.lowered()).at(1) == "vector 1");
    OpGraphKit scale;
    const Value max = scale.add("MatMul", "m", {scale.input({3}), scale.constant({3})}, {});
    scale.output(scale.add("QuantizeLinear", "q", {scale.constant({}), max}, {}));
    CHECK(uses_text(scale.lowered()).at(1) == "vector 1");
}

TEST_CASE("before opset 14 a normalisation trains if its statistics are asked for") {
    for (const int opset : {13, 14}) {
        OpGraphKit kit;
        const Value w = kit.constant({8, 3, 1, 1}), c = kit.constant({8});
        const Value conv = kit.add("Conv", "c", {kit.input({1, 3, 4, 4}), w}, kMap);
        kit.output(kit.add("BatchNormalization", "b", {conv, c, c, c, c}, kMap));
        kit.also({8});
        kit.graph.nodes.back().opset = opset;
        const auto lines = layers_text(kit.lowered());
        CHECK(lines.size() == (opset == 14 ? 1 : 2));
        if (opset == 13) CHECK(lines.at(1) == "b BatchNormalization 128*(6+0) after 0");
    }
}

TEST_CASE("behind a sum that follows the product nothing is done with the product") {
    OpGraphKit kit;
    const Value up =
        kit.add("ConvTranspose", "up", {kit.input({1, 3, 4}), kit.constant({3, 2, 3})}, {1, 2, 6});
    kit.output(kit.add("Relu", "r", {up}, {1, 2, 6}));
    const auto lowering = kit.lowered();
    CHECK(layers_text(lowering) ==
          Lines{"up Conv 4x3x6 after -", "up/overlap Add 24*(1+0) after 0", "r Relu 12*(1+0) after 1"});
    CHECK(uses_text(lowering) == Lines{"product 1", "vector 2"});
    CHECK(products_text(lowering) == Lines{"node 0 layer 0 before - after -"});
}

TEST_CASE("between QuantizeLinear and DequantizeLinear a float network is one of integers") {
    OpGraphKit kit;
    const Value x = dequantize(kit, "dx", quantize(kit, "qx", kit.input({1, 3, 4, 4})));
    const Value w = dequantize(kit, "dw", kit.constant({8, 3, 1, 1}), {8}, {{"axis", integer(0)}});
    const Value b = dequantize(kit, "db", kit.constant({8}), {8}, {{"axis", integer(0)}});
    const Value relu = kit.add("Relu", "relu", {kit.add("Conv", "conv", {x, w, b}, kMap)}, kMap);
    const Value y = dequantize(kit, "dy", quantize(kit, "qy", relu));
    const Value pool = kit.add("GlobalAveragePool", "pool", {y}, {1, 8, 1, 1});
    const Value p = dequantize(kit, "dp", quantize(kit, "qp", pool));
    const Value flat = kit.add("Flatten", "flat", {p}, {1, 8});
    const Value w2 = dequantize(kit, "dw2", kit.constant({10, 8}));
    kit.output(kit.add("Gemm", "fc", {flat, w2}, {1, 10}, {{"transB", integer(1)}}));
    const auto lowering = kit.lowered();
    CHECK(layers_text(lowering) == Lines{"qx QuantizeLinear 48*(3+0) after -", "conv Conv 16x3x8 after 0",
                                         "dy DequantizeLinear 128*(2+0) after 1",
                                         "pool GlobalAveragePool 128*(1+0) after 2",
                                         "qp QuantizeLinear 8*(3+0) after 3",
                                         "dp DequantizeLinear 8*(2+0) after 4", "fc Dense 1x8x10 after 5"});
    CHECK(products_text(lowering) ==
          Lines{"node 4 layer 1 before 1,2,3 after 5,6", "node 13 layer 6 before 12 after -"});
    CHECK(uses_text(lowering) == Lines{"vector 0", "fused", "fused", "fused", "product 1", "fused 1",
                                       "fused 1", "vector 2", "vector 3", "vector 4", "vector 5", "layout",
                                       "fused", "product 6"});
    CHECK(lowering.notices ==
          Lines{"2 QuantizeLinear, 2 DequantizeLinear, 1 GlobalAveragePool: on the post-processors",
                "1 Relu, 1 QuantizeLinear: fused into the products before them, free",
                "4 DequantizeLinear: fused into the products behind them, free", "1 Flatten: layout, free"});
}

TEST_CASE("DequantizeLinear that others read, or that scales along the sum, takes time") {
    const auto use = [](const Dims& x_scale, const Dims& w_scale, std::int64_t w_axis, int reads = 0) {
        OpGraphKit kit;
        const Value x = dequantize(kit, "dx", kit.input({2, 3}), x_scale);
        const Value w = dequantize(kit, "dw", kit.input({3, 5}), w_scale, {{"axis", integer(w_axis)}});
        kit.output(kit.add("MatMul", "m", {x, w}, {2, 5}));
        if (reads > 0) kit.output(reads == 1 ? x : kit.add("Exp", "e", {x}, {2, 3}));
        const auto lowering = kit.lowered();
        const auto uses = uses_text(lowering);
        return Lines{uses.at(0), uses.at(1), products_text(lowering).at(0)};
    };
    const std::string both = "node 2 layer 0 before 0,1 after -";
    CHECK(use({}, {}, 1) == Lines{"fused", "fused", both});
    CHECK(use({1}, {5}, 1) == Lines{"fused", "fused", both});
    CHECK(use({}, {5}, -1) == Lines{"fused", "fused", both});
    CHECK(use({}, {3}, 0) == Lines{"fused", "vector 0", "node 2 layer 1 before 0 after -"});
    CHECK(use({3}, {}, 1) == Lines{"vector 0", "fused", "node 2 layer 1 before 1 after -"});
    CHECK(use({}, {}, 1, 1) == Lines{"vector 0", "fused", "node 2 layer 1 before 1 after -"});
    CHECK(use({}, {}, 1, 2) == Lines{"vector 0", "fused", "node 2 layer 1 before 1 after -"});
}

TEST_CASE("the scales of weights run along the filters, wherever the operator has them") {
    const auto use = [](const std::string& op, const Dims& x, const Dims& w, const Dims& y, std::int64_t axis,
                        Attributes attributes = {}) {
        OpGraphKit kit;
        const Dims scale = {w.at(static_cast<std::size_t>(axis))};
        const Value in = kit.input(x), weights = kit.input(w);
        const Value d = dequantize(kit, "d", weights, scale, {{"axis", integer(axis)}});
        kit.output(kit.add(op, "p", {in, d}, y, std::move(attributes)));
        return uses_text(kit.lowered()).at(0);
    };
    const Attributes turned = {{"transB", integer(1)}}, groups = {{"group", integer(2)}};
    CHECK(use("Conv", {1, 4, 9}, {6, 4, 1}, {1, 6, 9}, 0) == "fused");
    CHECK(use("Conv", {1, 4, 9}, {6, 4, 1}, {1, 6, 9}, 1) == "vector 0");
    CHECK(use("ConvTranspose", {1, 4, 9}, {4, 6, 1}, {1, 6, 9}, 1) == "fused");
    CHECK(use("ConvTranspose", {1, 4, 9}, {4, 6, 1}, {1, 6, 9}, 0) == "vector 0");
    CHECK(use("ConvTranspose", {1, 4, 9}, {4, 3, 1}, {1, 6, 9}, 1, groups) == "vector 0");
    CHECK(use("Gemm", {2, 3}, {3, 5}, {2, 5}, 1) == "fused");
    CHECK(use("Gemm", {2, 3}, {5, 3}, {2, 5}, 0, turned) == "fused");
    CHECK(use("Gemm", {2, 3}, {5, 3}, {2, 5}, 1, turned) == "vector 0");
    CHECK(use("MatMul", {2, 3}, {3}, {2}, 0) == "vector 0");
    CHECK(use("MatMul", {2, 0}, {0, 5}, {2, 5}, 1) == "layout");    // of no elements
    CHECK(use("MatMul", {0, 3}, {3, 5}, {0, 5}, 1) == "vector 0");  // nothing is multiplied
}

TEST_CASE("DequantizeLinear of constants is a constant where no product reads it") {
    OpGraphKit kit;
    const Value c = dequantize(kit, "dc", kit.constant({2, 3}));
    kit.output(kit.add("Add", "a", {kit.input({2, 3}), c}, {2, 3}));
    CHECK(uses_text(kit.lowered()) == Lines{"constant", "vector 0"});
    OpGraphKit gemm;  // a C that is no constant is added after the product
    const Value a = gemm.input({2, 3}), w = gemm.constant({3, 5});
    gemm.output(gemm.add("Gemm", "g", {a, w, dequantize(gemm, "d", gemm.input({5}))}, {2, 5}));
    CHECK(uses_text(gemm.lowered()) == Lines{"vector 0", "product 2"});
}

TEST_CASE("one DequantizeLinear serves all products that read it") {
    OpGraphKit kit;
    const Value x = dequantize(kit, "dx", kit.add("Exp", "e", {kit.input({3, 3})}, {3, 3}));
    kit.output(kit.add("MatMul", "a", {x, kit.constant({3, 5})}, {3, 5}));
    kit.output(kit.add("MatMul", "b", {x, x}, {3, 3}));
    const auto lowering = kit.lowered();
    CHECK(products_text(lowering) ==
          Lines{"node 2 layer 1 before 1 after -", "node 3 layer 2 before 1 after -"});
    CHECK(layers_text(lowering) ==
          Lines{"e Exp 9*(0+1) after -", "a MatMul 3x3x5 after 0", "b MatMul 3x3x3 on chip after 0"});
}
