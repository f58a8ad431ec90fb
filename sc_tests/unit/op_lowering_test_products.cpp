#include <catch2/catch.hpp>

#include "sc_tests/unit/op_graph_kit.h"

// Sizes of products, each from the formula of its operator.
namespace {
using namespace sosa::tests;
using sosa::host::kAbsent;

// The layers of one product of an input and a constant.
Lines product(const std::string& op, const Dims& x, const Dims& w, const Dims& y,
              Attributes attributes = {}) {
    OpGraphKit kit;
    const auto in = kit.input(x);
    return layers_text(
        kit.output(kit.add(op, "p", {in, kit.constant(w)}, y, std::move(attributes))).lowered());
}
// Of two results of layers, each of which is a Relu.
std::string matmul(const Dims& a, const Dims& b, const Dims& y) {
    OpGraphKit kit;
    const auto ra = kit.add("Relu", "a", {kit.input(a)}, a), rb = kit.add("Relu", "b", {kit.input(b)}, b);
    return layers_text(kit.output(kit.add("MatMul", "p", {ra, rb}, y)).lowered()).at(2);
}
}  // namespace

TEST_CASE("a convolution is a product of pixels and windows") {
    // m = 2 * 112 * 112, k = 3 * 7 * 7
    CHECK(product("Conv", {2, 3, 224, 224}, {64, 3, 7, 7}, {2, 64, 112, 112}) ==
          Lines{"p Conv 25088x147x64 7x7 after -"});
    CHECK(product("ConvInteger", {1, 8, 5, 6}, {4, 8, 3, 1}, {1, 4, 3, 6}) ==
          Lines{"p Conv 18x24x4 3x1 after -"});
    CHECK(product("Conv", {3, 8, 50}, {4, 8, 5}, {3, 4, 46}) == Lines{"p Conv 138x40x4 1x5 after -"});
    // kernel_h = 2 * 3, m = 4 * 5 * 6
    CHECK(product("Conv", {1, 8, 5, 7, 9}, {4, 8, 2, 3, 4}, {1, 4, 4, 5, 6}) ==
          Lines{"p Conv 120x192x4 6x4 after -"});
}

TEST_CASE("a grouped convolution is one product per group") {
    CHECK(product("Conv", {1, 96, 28, 28}, {48, 32, 3, 3}, {1, 48, 28, 28}, {{"group", integer(3)}}) ==
          Lines{"p Conv 784x288x16 3x3 3 groups after -"});
    // depthwise, two filters a channel
    CHECK(product("Conv", {1, 32, 14, 14}, {64, 1, 3, 3}, {1, 64, 14, 14}, {{"group", integer(32)}}) ==
          Lines{"p Conv 196x9x2 3x3 32 groups after -"});
}

TEST_CASE("a quantised convolution has its weights at the fourth place") {
    OpGraphKit kit;
    const auto x = kit.input({1, 3, 8, 8}), s = kit.constant({}), z = kit.constant({}),
               w = kit.constant({5, 3, 3, 3});
    kit.output(kit.add("QLinearConv", "q", {x, s, z, w, s, z, s, z, kit.constant({5})}, {1, 5, 6, 6}));
    CHECK(layers_text(kit.lowered()) == Lines{"q Conv 36x27x5 3x3 after -"});
    OpGraphKit other;
    const auto a = other.input({4, 7, 9}), c = other.constant({});
    other.output(other.add("QLinearMatMul", "q", {a, c, c, other.constant({9, 6}), c, c, c, c}, {4, 7, 6}));
    CHECK(layers_text(other.lowered()) == Lines{"q MatMul 28x9x6 after -"});
}

TEST_CASE("a transposed convolution multiplies pixels by filters and adds windows that overlap") {
    // m = 2 * 7 * 7, n = 8 * 2 * 2
    CHECK(product("ConvTranspose", {2, 16, 7, 7}, {16, 8, 2, 2}, {2, 8, 14, 14},
                  {{"strides", integers({2, 2})}}) == Lines{"p Conv 98x16x32 after -"});
    // kernel 3 > stride 2 in one axis; 49 * 24 * 2 = 2352 elements
    CHECK(product("ConvTranspose", {1, 16, 7, 7}, {16, 4, 3, 2}, {1, 8, 15, 14},
                  {{"strides", integers({2, 2})}, {"group", integer(2)}}) ==
          Lines{"p Conv 49x8x24 2 groups after -", "p/overlap Add 2352*(1+0) after 0"});
    CHECK(product("ConvTranspose", {1, 2, 9}, {2, 3, 3}, {1, 3, 11}) ==
          Lines{"p Conv 9x2x9 after -", "p/overlap Add 81*(1+0) after 0"});
    CHECK(product("ConvTranspose", {1, 2, 9}, {2, 3, 2}, {1, 3, 19},
                  {{"strides", integers({2})}, {"dilations", integers({3})}}) ==
          Lines{"p Conv 9x2x6 after -", "p/overlap Add 54*(1+0) after 0"});
}

TEST_CASE("Gemm is a product of matrices either of which may be transposed") {
    const Attributes ta = {{"transA", integer(1)}}, tb = {{"transB", integer(1)}};
    CHECK(product("Gemm", {2, 3}, {3, 5}, {2, 5}) == Lines{"p Dense 2x3x5 after -"});
    CHECK(product("Gemm", {3, 2}, {3, 5}, {2, 5}, ta) == Lines{"p Dense 2x3x5 after -"});
    CHECK(product("Gemm", {2, 3}, {5, 3}, {2, 5}, tb) == Lines{"p Dense 2x3x5 after -"});
}

TEST_CASE("Gemm adds C for nothing if it is a constant, else on the post-processors") {
    for (const bool is_constant : {true, false}) {
        OpGraphKit kit;
        const auto a = kit.input({2, 3}), r = kit.add("Relu", "r", {a}, {2, 3});
        const auto c = is_constant ? kit.constant({2, 5}) : kit.add("Exp", "c", {kit.input({2, 5})}, {2, 5});
        kit.output(kit.add("Gemm", "g", {r, kit.constant({3, 5}), c}, {2, 5}));
        if (is_constant)
            CHECK(layers_text(kit.lowered()) == Lines{"r Relu 6*(1+0) after -", "g Dense 2x3x5 after 0"});
        else
            CHECK(layers_text(kit.lowered()) == Lines{"r Relu 6*(1+0) after -", "c Exp 10*(0+1) after -",
                                                      "g Dense 2x3x5 after 0",
                                                      "g/add Add 10*(1+0) after 1,2"});
    }
    OpGraphKit same;  // C is A too
    const auto a = same.add("Relu", "r", {same.input({3, 3})}, {3, 3});
    same.output(same.add("Gemm", "g", {a, same.constant({3, 3}), a}, {3, 3}));
    CHECK(layers_text(same.lowered()) ==
          Lines{"r Relu 9*(1+0) after -", "g Dense 3x3x3 after 0", "g/add Add 9*(1+0) after 0,1"});
}

TEST_CASE("rows of all batches are one product where they share the matrix") {
    CHECK(product("MatMul", {2, 3}, {3, 5}, {2, 5}) == Lines{"p MatMul 2x3x5 after -"});
    CHECK(product("MatMul", {4, 6, 2, 3}, {3, 5}, {4, 6, 2, 5}) == Lines{"p MatMul 48x3x5 after -"});
    CHECK(product("MatMulInteger", {4, 2, 3}, {1, 3, 5}, {4, 2, 5}) == Lines{"p MatMul 8x3x5 after -"});
    CHECK(product("MatMul", {2, 3}, {1, 1, 3, 5}, {1, 1, 2, 5}) == Lines{"p MatMul 2x3x5 after -"});
}

TEST_CASE("operands of one axis follow the rules of NumPy") {
    CHECK(product("MatMul", {3}, {3, 5}, {5}) == Lines{"p MatMul 1x3x5 after -"});
    CHECK(product("MatMul", {2, 3}, {3}, {2}) == Lines{"p MatMul 2x3x1 after -"});
    CHECK(product("MatMul", {3}, {3}, {}) == Lines{"p MatMul 1x3x1 after -"});
    CHECK(product("MatMul", {7, 2, 3}, {3}, {7, 2}) == Lines{"p MatMul 14x3x1 after -"});
    CHECK(product("MatMul", {3}, {7, 3, 5}, {7, 5}) == Lines{"p MatMul 1x3x5 7 groups after -"});
}

TEST_CASE("stacks of matrices are one product each") {
    CHECK(matmul({4, 6, 2, 3}, {4, 6, 3, 5}, {4, 6, 2, 5}) == "p MatMul 2x3x5 24 groups on chip after 0,1");
    CHECK(matmul({4, 1, 2, 3}, {6, 3, 5}, {4, 6, 2, 5}) == "p MatMul 2x3x5 24 groups on chip after 0,1");
    CHECK(matmul({2, 3}, {6, 3, 5}, {6, 2, 5}) == "p MatMul 2x3x5 6 groups on chip after 0,1");
}

TEST_CASE("W lies in DRAM as a constant, an input, and what is renamed of one") {
    OpGraphKit kit;
    const auto a = kit.input({2, 3}), b = kit.input({5, 3});
    const auto t = kit.add("Transpose", "t", {b}, {3, 5});
    kit.output(kit.add("MatMul", "p", {a, t}, {2, 5}));
    CHECK(layers_text(kit.lowered()) == Lines{"p MatMul 2x3x5 after -"});
}

TEST_CASE("a product of empty tensors is no layer") {
    OpGraphKit kit;
    const auto a = kit.input({2, 0});
    const auto p = kit.add("MatMul", "p", {a, kit.constant({0, 5})}, {2, 5});
    kit.output(kit.add("Relu", "r", {p}, {2, 5}));
    const auto lowering = kit.lowered();
    CHECK(layers_text(lowering) == Lines{"r Relu 10*(1+0) after -"});
    CHECK(uses_text(lowering) == Lines{"layout", "vector 0"});
    CHECK(lowering.notices == Lines{"1 Relu: on the post-processors", "1 MatMul: of empty tensors, free"});
    CHECK(lowering.products.empty());
}
