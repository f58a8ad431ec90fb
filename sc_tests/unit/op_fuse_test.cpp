// QDQ patterns become integer products; what does not match stays.
#include "host/op_fuse.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "host/op_eval.h"

using namespace sosa::host;

namespace {

// Builds a graph value by value; constants are float32 unless their bytes say otherwise.
class Builder {
  public:
    std::uint32_t value(const std::string& name, ElementType type, Dims dims) {
        OpValue v;
        v.name = name, v.type = type, v.dims = std::move(dims), v.known = true;
        graph.values.push_back(std::move(v));
        return static_cast<std::uint32_t>(graph.values.size() - 1);
    }
    template <class T>
    std::uint32_t constant(ElementType type, Dims dims, const std::vector<T>& numbers) {
        TensorValue tensor = make_tensor(type, dims);
        std::copy(numbers.begin(), numbers.end(), elements<T>(tensor));
        const auto v = value("c" + std::to_string(graph.values.size()), type, std::move(dims));
        graph.values[v].is_constant = true;
        graph.constants[v] = [tensor] { return tensor; };
        return v;
    }
    std::uint32_t scale(float s) { return constant<float>(ElementType::f32, {}, {s}); }
    std::uint32_t zero(std::uint8_t z) { return constant<std::uint8_t>(ElementType::u8, {}, {z}); }
    std::uint32_t node(const std::string& op, std::vector<std::uint32_t> inputs, ElementType type,
                       Dims dims) {
        const auto out = value(op + std::to_string(graph.values.size()), type, std::move(dims));
        OpNode n;
        n.name = graph.values[out].name, n.op = op, n.opset = 13;
        n.inputs = std::move(inputs), n.outputs = {out};
        graph.values[out].maker = static_cast<std::uint32_t>(graph.nodes.size());
        bool known = !n.inputs.empty();
        for (const auto in : n.inputs) known = known && (in == kAbsent || graph.values[in].is_constant);
        graph.values[out].is_constant = known;
        graph.nodes.push_back(std::move(n));
        return out;
    }
    OpGraph graph;
};

std::string ops(const OpGraph& graph) {
    std::string text;
    for (const auto& node : graph.nodes) text += node.op + " ";
    return text;
}

std::vector<std::uint8_t> run_with_sample(const OpGraph& graph, std::uint32_t x) {
    const TensorValue in{ElementType::u8, {2, 3}, {10, 12, 20, 0, 30, 11}};
    return evaluate(graph, {{x, in}}).at(graph.outputs.back()).bytes;
}

// x [2,3] in steps of 0.5 from 10, W [3,2] in steps of 0.25, a bias, ReLU, y in steps of 1 from y_zero.
struct Dense {
    explicit Dense(std::uint8_t y_zero, bool relu = true, bool bias = true, bool second_reader = false) {
        x = b.value("x", ElementType::u8, {2, 3});
        b.graph.inputs = {x};
        const auto dx = b.node("DequantizeLinear", {x, b.scale(0.5F), b.zero(10)}, ElementType::f32, {2, 3});
        const auto w = b.constant<std::int8_t>(ElementType::s8, {3, 2}, {4, -8, 12, 16, -20, 24});
        const auto w_zero = b.constant<std::int8_t>(ElementType::s8, {}, {0});
        const auto dw = b.node("DequantizeLinear", {w, b.scale(0.25F), w_zero}, ElementType::f32, {3, 2});
        auto y = b.node("MatMul", {dx, dw}, ElementType::f32, {2, 2});
        if (second_reader) b.graph.outputs.push_back(y);
        if (bias)
            y = b.node("Add", {y, b.constant<float>(ElementType::f32, {2}, {1.0F, -3.0F})}, ElementType::f32,
                       {2, 2});
        if (relu) y = b.node("Relu", {y}, ElementType::f32, {2, 2});
        y = b.node("QuantizeLinear", {y, b.scale(1.0F), b.zero(y_zero)}, ElementType::u8, {2, 2});
        b.graph.outputs.push_back(y);
    }
    std::vector<std::uint8_t> run() const { return run_with_sample(b.graph, x); }
    Builder b;
    std::uint32_t x;
};

// The same operands through a Gemm, with a weight scale for each output; the bias of transposed weights is
// quantised, in steps of x_scale * w_scale.
struct General {
    explicit General(bool transposed_w, const std::string& attribute = {}) {
        x = b.value("x", ElementType::u8, {2, 3});
        b.graph.inputs = {x};
        const auto dx = b.node("DequantizeLinear", {x, b.scale(0.5F), b.zero(10)}, ElementType::f32, {2, 3});
        const Dims dims = transposed_w ? Dims{2, 3} : Dims{3, 2};
        const auto numbers = transposed_w ? std::vector<std::int8_t>{4, 12, -20, -8, 16, 24}
                                          : std::vector<std::int8_t>{4, -8, 12, 16, -20, 24};
        const auto w = b.constant<std::int8_t>(ElementType::s8, dims, numbers);
        const auto w_scale = b.constant<float>(ElementType::f32, {2}, {0.25F, 0.5F});
        const auto w_zero = b.constant<std::int8_t>(ElementType::s8, {2}, {0, 0});
        const auto dw = b.node("DequantizeLinear", {w, w_scale, w_zero}, ElementType::f32, dims);
        b.graph.nodes.back().attributes["axis"].integer = transposed_w ? 0 : 1;
        auto bias = b.constant<float>(ElementType::f32, {2}, {1, 20});
        if (transposed_w) {
            const auto steps = b.constant<std::int32_t>(ElementType::s32, {2}, {8, 80});
            const auto b_scale = b.constant<float>(ElementType::f32, {2}, {0.125F, 0.25F});
            bias = b.node("DequantizeLinear", {steps, b_scale}, ElementType::f32, {2});
            b.graph.nodes.back().attributes["axis"].integer = 0;
        }
        auto y = b.node("Gemm", {dx, dw, bias}, ElementType::f32, {2, 2});
        auto& attributes = b.graph.nodes.back().attributes;
        if (transposed_w) attributes["transB"].integer = 1;
        if (attribute == "transA") attributes[attribute].integer = 1;
        if (attribute == "alpha" || attribute == "beta") {
            attributes[attribute].kind = OpAttribute::Kind::real;
            attributes[attribute].real = 2;
        }
        y = b.node("QuantizeLinear", {y, b.scale(1.0F), b.zero(100)}, ElementType::u8, {2, 2});
        b.graph.outputs.push_back(y);
    }
    std::vector<std::uint8_t> run() const { return run_with_sample(b.graph, x); }
    Builder b;
    std::uint32_t x;
};

}  // namespace

TEST_CASE("fuse: a matrix product with a bias and ReLU becomes an integer convolution of 1x1 windows") {
    Dense net(0);
    const auto before = net.run();
    fuse_quantised(net.b.graph);
    CHECK(ops(net.b.graph) == "Reshape QLinearConv Reshape ");
    CHECK(net.run() == before);
    // Row 0: x - 10 = 0, 2, 10: (24 - 200, 32 + 240) / 8 + bias; row 1: -10, 20, 1.
    CHECK(before == std::vector<std::uint8_t>{0, 31, 24, 50});
}

TEST_CASE("fuse: ReLU stays where the zero point is not the least value") {
    Dense net(7);
    const auto before = net.run();
    fuse_quantised(net.b.graph);
    CHECK(ops(net.b.graph) == "Reshape QLinearConv Reshape Max ");
    CHECK(net.run() == before);
    CHECK(before[0] == 7);
    Dense linear(7, false);
    const auto below = linear.run();
    fuse_quantised(linear.b.graph);
    CHECK(ops(linear.b.graph) == "Reshape QLinearConv Reshape ");
    CHECK(linear.run() == below);
    CHECK(below[0] == 0);
}

TEST_CASE("fuse: without a bias a matrix product stays one") {
    Dense net(3, false, false);
    const auto before = net.run();
    fuse_quantised(net.b.graph);
    CHECK(ops(net.b.graph) == "QLinearMatMul ");
    CHECK(net.run() == before);
}

TEST_CASE("fuse: a product that something else reads stays as it is") {
    Dense net(0, true, true, true);
    fuse_quantised(net.b.graph);
    CHECK(ops(net.b.graph) == "DequantizeLinear DequantizeLinear MatMul Add Relu QuantizeLinear ");
}

TEST_CASE("fuse: a Gemm keeps the scale of each output and a bias of either kind") {
    for (const bool transposed_w : {false, true}) {
        CAPTURE(transposed_w);
        General net(transposed_w);
        const auto before = net.run();
        fuse_quantised(net.b.graph);
        CHECK(ops(net.b.graph) == "Reshape QLinearConv Reshape ");
        CHECK(net.run() == before);
        // Row 0: x - 10 = 0, 2, 10: 100 + (24 - 200 + 8) / 8 and 100 + (32 + 240 + 80) / 4; row 1: -10, 20,
        // 1: 100 + (-40 + 240 - 20 + 8) / 8 = 123.5 and 100 + (80 + 320 + 24 + 80) / 4.
        CHECK(before == std::vector<std::uint8_t>{79, 188, 124, 226});
    }
}

TEST_CASE("fuse: a Gemm that transposes X or scales its parts stays as it is") {
    for (const char* attribute : {"transA", "alpha", "beta"}) {
        CAPTURE(attribute);
        General net(false, attribute);
        const std::string before = ops(net.b.graph);
        fuse_quantised(net.b.graph);
        CHECK(ops(net.b.graph) == before);
    }
}

TEST_CASE("fuse: nodes know who makes their operands afterwards") {
    Dense net(0);
    fuse_quantised(net.b.graph);
    REQUIRE(ops(net.b.graph) == "Reshape QLinearConv Reshape ");
    const OpGraph& g = net.b.graph;
    for (std::uint32_t n = 0; n < g.nodes.size(); ++n) {
        for (const auto v : g.nodes[n].outputs) CHECK(g.values[v].maker == n);
        for (const auto v : g.nodes[n].inputs)
            if (g.values[v].maker != kAbsent) CHECK(g.values[v].maker < n);
    }
}
