#include <catch2/catch.hpp>

#include "sc_tests/unit/op_graph_kit.h"

// What waits for what, in networks of several operators.
namespace {
using namespace sosa::tests;
using sosa::host::kAbsent;
using Value = std::uint32_t;

const Dims kMap = {1, 8, 4, 4};

Value conv(OpGraphKit& kit, const std::string& name, Value x, std::int64_t kernel) {
    const Value w = kit.constant({8, 8, kernel, kernel});
    return kit.add("Conv", name, {x, w}, kMap);
}
}  // namespace

TEST_CASE("a residual block waits for both of its ways") {
    OpGraphKit kit;
    const Value stem = kit.add("Relu", "r0", {conv(kit, "c0", kit.input(kMap), 3)}, kMap);
    const Value a = kit.add("Relu", "r1", {conv(kit, "c1", stem, 3)}, kMap);
    const Value sum = kit.add("Add", "sum", {conv(kit, "c2", a, 3), stem}, kMap);
    const Value out = kit.add("Relu", "r2", {sum}, kMap);
    const Value pool = kit.add("GlobalAveragePool", "pool", {out}, {1, 8, 1, 1});
    const Value flat = kit.add("Flatten", "flat", {pool}, {1, 8});
    kit.output(kit.add("Gemm", "fc", {flat, kit.constant({8, 10}), kit.constant({10})}, {1, 10}));
    const auto lowering = kit.lowered();
    CHECK(layers_text(lowering) ==
          Lines{"c0 Conv 16x72x8 3x3 after -", "c1 Conv 16x72x8 3x3 after 0", "c2 Conv 16x72x8 3x3 after 1",
                "sum Add 128*(1+0) after 0,2", "r2 Relu 128*(1+0) after 3",
                "pool GlobalAveragePool 128*(1+0) after 4", "fc Dense 1x8x10 after 5"});
    CHECK(uses_text(lowering) == Lines{"product 0", "fused 0", "product 1", "fused 1", "product 2",
                                       "vector 3", "vector 4", "vector 5", "layout", "product 6"});
    CHECK(products_text(lowering) ==
          Lines{"node 0 layer 0 before - after 1", "node 2 layer 1 before - after 3",
                "node 4 layer 2 before - after -", "node 9 layer 6 before - after -"});
    CHECK(lowering.notices == Lines{"1 Add, 1 Relu, 1 GlobalAveragePool: on the post-processors",
                                    "2 Relu: fused into the products before them, free",
                                    "1 Flatten: layout, free"});
}

TEST_CASE("attention multiplies results by results, a head a group") {
    // batch 2, 12 heads, 5 queries, 64 values a head
    OpGraphKit kit;
    const Dims hidden = {2, 5, 768}, split = {2, 5, 12, 64}, heads = {2, 12, 5, 64}, scores = {2, 12, 5, 5};
    const Value x = kit.input(hidden);
    const auto project = [&](const std::string& name, const Dims& turned) {
        const Value y = kit.add("MatMul", name, {x, kit.constant({768, 768})}, hidden);
        const Value biased = kit.add("Add", name + "_bias", {kit.constant({768}), y}, hidden);
        const Value parts = kit.add("Reshape", name + "_split", {biased, kit.constant({4})}, split);
        return kit.add("Transpose", name + "_turn", {parts}, turned);
    };
    const Value q = project("q", heads), k = project("k", {2, 12, 64, 5}), v = project("v", heads);
    const Value s = kit.add("MatMul", "qk", {q, k}, scores);
    const Value scaled = kit.add("Div", "scale", {s, kit.constant({})}, scores);
    const Value p = kit.add("Softmax", "soft", {scaled}, scores);
    const Value o = kit.add("MatMul", "pv", {p, v}, heads);
    const Value merged = kit.add("Transpose", "merge", {o}, split);
    const Value flat = kit.add("Reshape", "flat", {merged, kit.constant({3})}, hidden);
    kit.output(kit.add("MatMul", "out", {flat, kit.constant({768, 768})}, hidden));
    const auto lowering = kit.lowered();
    CHECK(layers_text(lowering) ==
          Lines{"q MatMul 10x768x768 after -", "k MatMul 10x768x768 after -", "v MatMul 10x768x768 after -",
                "qk MatMul 5x64x5 24 groups on chip after 0,1", "scale Div 600*(0+1) after 3",
                "soft Softmax 600*(4+2) after 4", "pv MatMul 5x5x64 24 groups on chip after 2,5",
                "out MatMul 10x768x768 after 6"});
    CHECK(lowering.notices == Lines{"1 Div, 1 Softmax: on the post-processors",
                                    "3 Add: fused into the products before them, free",
                                    "4 Reshape, 4 Transpose: layout, free"});
}

TEST_CASE("concatenated results are waited for one by one, each once") {
    OpGraphKit kit;
    const Value in = kit.input(kMap);
    const Value a = conv(kit, "a", in, 1), b = conv(kit, "b", in, 3), c = conv(kit, "c", in, 5);
    const Value ab = kit.add("Concat", "ab", {b, a}, {1, 16, 4, 4});
    const Value all = kit.add("Concat", "all", {c, ab, a, in}, {1, 40, 4, 4});
    const Value part = kit.add("Slice", "part", {all, kit.constant({1}), kit.constant({1})}, kMap);
    kit.output(conv(kit, "d", part, 1));
    kit.output(kit.add("Relu", "r", {ab}, {1, 16, 4, 4}));
    CHECK(layers_text(kit.lowered()) == Lines{"a Conv 16x8x8 after -", "b Conv 16x72x8 3x3 after -",
                                              "c Conv 16x200x8 5x5 after -", "d Conv 16x8x8 after 0,1,2",
                                              "r Relu 256*(1+0) after 0,1"});
}

TEST_CASE("shapes are constants, whatever they are the shapes of") {
    OpGraphKit kit;
    const Value a = conv(kit, "a", kit.input(kMap), 1);
    const Value shape = kit.add("Shape", "shape", {a}, {4});
    const Value size = kit.add("Gather", "size", {shape, kit.constant({})}, {});
    const Value zeros = kit.add("ConstantOfShape", "zeros", {shape}, kMap);
    const Value less = kit.add("Sub", "less", {kit.constant({}), kit.constant({})}, {});
    kit.output(size).output(kit.add("Relu", "r", {zeros}, kMap)).output(less);
    const auto lowering = kit.lowered();
    CHECK(layers_text(lowering) == Lines{"a Conv 16x8x8 after -", "r Relu 128*(1+0) after -"});
    CHECK(uses_text(lowering) ==
          Lines{"product 0", "constant", "layout", "constant", "constant", "vector 1"});
    CHECK(lowering.notices ==
          Lines{"1 Relu: on the post-processors", "1 Gather: layout, free",
                "1 Shape, 1 ConstantOfShape, 1 Sub: follow from shapes and constants, free"});
}

TEST_CASE("what no output needs is left out and reads nothing") {
    OpGraphKit kit;
    const Value a = conv(kit, "a", kit.input(kMap), 1);
    const Value dead = kit.add("Loop", "dead", {a}, kMap);
    kit.add("Relu", "dead too", {dead}, kMap);
    kit.output(kit.add("Relu", "r", {a}, kMap));
    const auto lowering = kit.lowered();
    CHECK(layers_text(lowering) == Lines{"a Conv 16x8x8 after -"});
    CHECK(uses_text(lowering) == Lines{"product 0", "unused", "unused", "fused 0"});
    CHECK(lowering.notices == Lines{"1 Relu: fused into the products before them, free",
                                    "1 Loop, 1 Relu: needed by no output, left out"});
}

TEST_CASE("results beside the first are waited for like it") {
    OpGraphKit kit;
    const Value max =
        kit.add("MaxPool", "pool", {kit.input(kMap)}, {1, 8, 2, 2}, {{"kernel_shape", integers({2, 2})}});
    const Value where = kit.also({1, 8, 2, 2});
    kit.output(kit.add("Relu", "a", {max}, {1, 8, 2, 2}));
    kit.output(kit.add("Abs", "b", {where}, {1, 8, 2, 2}));
    CHECK(layers_text(kit.lowered()) ==
          Lines{"pool MaxPool 128*(1+0) after -", "a Relu 32*(1+0) after 0", "b Abs 32*(1+0) after 0"});
}

TEST_CASE("layers of one name get a number, also where that name is taken") {
    OpGraphKit kit;
    Value x = kit.input({2, 2});
    for (const char* name : {"a", "a#2", "a", "a", "a#2", "\xff"}) x = kit.add("Exp", name, {x}, {2, 2});
    kit.output(x);
    Lines names;
    const auto lowering = kit.lowered();
    for (const auto& layer : lowering.workload.layers) names.push_back(layer.name);
    CHECK(names == Lines{"a", "a#2", "a#3", "a#4", "a#2#2", "\xef\xbf\xbd"});
}

TEST_CASE("the workload has the name of its file, as a workload file allows it") {
    const auto name = [](const std::string& source) {
        OpGraphKit kit;
        kit.graph.source = source;
        const auto workload = kit.output(kit.add("Relu", "r", {kit.input({2})}, {2})).lowered().workload;
        CHECK(workload.batch == 1);
        CHECK(workload.repeat == 1);
        CHECK(workload.tensors.empty());
        return workload.name;
    };
    CHECK(name("a/b/resnet18.v2.onnx") == "resnet18.v2");
    CHECK(name("") == "model");
    CHECK(name("dir/.onnx") == "_onnx");
    CHECK(name("a\tb.onnx") == "a_b");
    CHECK(name(std::string(99, 'x') + "\xc3\xa4.onnx") == std::string(99, 'x'));
    CHECK(name(std::string(98, 'x') + "\xc3\xa4.onnx") == std::string(98, 'x') + "\xc3\xa4");
}

TEST_CASE("a network of layout alone has no layers and says so") {
    OpGraphKit kit;
    kit.output(kit.add("Reshape", "r", {kit.input({2, 3}), kit.constant({1})}, {6}));
    const auto lowering = kit.lowered();
    CHECK(lowering.workload.layers.empty());
    CHECK(lowering.notices == Lines{"1 Reshape: layout, free", "no layers: nothing here takes time"});
}
