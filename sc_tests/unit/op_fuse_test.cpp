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
    std::vector<std::uint8_t> run() const {
        TensorValue in{ElementType::u8, {2, 3}, {10, 12, 20, 0, 30, 11}};
        return evaluate(b.graph, {{x, in}}).at(b.graph.outputs.back()).bytes;
    }
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

TEST_CASE("fuse: nodes know who makes their operands afterwards") {
    Dense net(0);
    fuse_quantised(net.b.graph);
    const OpGraph& g = net.b.graph;
    for (std::uint32_t n = 0; n < g.nodes.size(); ++n) {
        for (const auto v : g.nodes[n].outputs) CHECK(g.values[v].maker == n);
        for (const auto v : g.nodes[n].inputs)
            if (g.values[v].maker != kAbsent) CHECK(g.values[v].maker < n);
    }
}
