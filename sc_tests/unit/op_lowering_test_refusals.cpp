#include <catch2/catch.hpp>

#include "sc_tests/unit/op_graph_kit.h"

// Networks that cannot be lowered: one sentence each.
namespace {
using namespace sosa::tests;
using sosa::host::kAbsent;

const std::string kFile = "dir/net.onnx: ";

std::string refused_product(const std::string& op, const Dims& x, const Dims& w, const Dims& y,
                            Attributes attributes = {}) {
    OpGraphKit kit;
    const auto in = kit.input(x);
    kit.output(kit.add(op, "p", {in, kit.constant(w)}, y, std::move(attributes)));
    const std::string sentence = refusal(kit), start = kFile + "node 0 \"p\" (" + op + "): found ";
    return sentence.rfind(start, 0) == 0 ? sentence.substr(start.size()) : "not: " + sentence;
}
}  // namespace

TEST_CASE("all operators that cannot run are told at once with the names of their nodes") {
    OpGraphKit kit;
    auto x = kit.input({4});
    x = kit.add("Relu", "fine", {x}, {4});
    x = kit.add("Loop", "a", {x}, {4});
    x = kit.add("Gelu", "c", {x}, {4});
    kit.graph.nodes.back().domain = "com.microsoft";
    x = kit.add("Loop", "b", {x}, {4});
    x = kit.add("Relu", "mine", {x}, {4});
    kit.graph.nodes.back().domain = "my";
    x = kit.add("two words", "d", {x}, {4});
    for (int i = 0; i < 7; ++i) x = kit.add("LSTM", "l" + std::to_string(i), {x}, {4});
    kit.output(x);
    CHECK(refusal(kit) ==
          kFile +
              "found operators that cannot run: Loop (nodes \"a\", \"b\"), com.microsoft.Gelu (node \"c\"), "
              "my.Relu (node \"mine\"), \"two words\" (node \"d\"), LSTM (nodes \"l0\", \"l1\", \"l2\", "
              "\"l3\", "
              "\"l4\" and 2 more); supported are listed by sosa list operators");
}

TEST_CASE("a sentence names a hundred operators at most") {
    OpGraphKit kit;
    auto x = kit.input({4});
    for (int i = 0; i < 102; ++i) x = kit.add("My" + std::to_string(i), "n", {x}, {4});
    const std::string sentence = refusal(kit.output(x));
    CHECK(sentence.find("My99 (node \"n\"), and 2 more operators; supported") != std::string::npos);
    CHECK(sentence.find("My100") == std::string::npos);
}

TEST_CASE("ONNX' own domain has two names") {
    OpGraphKit kit;
    kit.output(kit.add("Relu", "r", {kit.input({4})}, {4}));
    kit.graph.nodes.back().domain = "ai.onnx";
    CHECK(layers_text(kit.lowered()) == Lines{"r Relu 4*(1+0) after -"});
}

TEST_CASE("an unsupported operator is none where its results are constants that are known") {
    const auto at = [](bool has_bytes) {
        OpGraphKit kit;
        const auto found = kit.add("NonZero", "nz", {kit.constant({4})}, {1, 4});
        if (has_bytes) kit.graph.constants[found] = [] { return sosa::host::TensorValue{}; };
        kit.output(kit.add("Gather", "g", {kit.input({4}), found}, {1, 4}));
        return refusal(kit);
    };
    CHECK(at(true).empty());
    CHECK(at(false) == kFile +
                           "found operators that cannot run: NonZero (node \"nz\"); supported are listed by "
                           "sosa list operators");
}

TEST_CASE("of an unsupported operator only what is read has to be known") {
    OpGraphKit kit;
    const auto found = kit.add("Unique", "u", {kit.constant({4})}, {3});
    kit.also({3});
    kit.graph.constants[found] = [] { return sosa::host::TensorValue{}; };
    kit.output(kit.add("Relu", "r", {found}, {3}));
    CHECK(uses_text(kit.lowered()) == Lines{"constant", "constant"});
    kit.output(kit.graph.nodes[0].outputs[1]);
    CHECK(refusal(kit) == kFile +
                              "found operators that cannot run: Unique (node \"u\"); supported are listed by "
                              "sosa list operators");
}

TEST_CASE("Dropout is free unless it is told to train") {
    const auto at = [](int mode) {
        OpGraphKit kit;
        const auto training = kit.constant({});
        kit.graph.values[training].type = sosa::host::ElementType::boolean;
        if (mode >= 0)
            kit.graph.constants[training] = [mode] {
                return sosa::host::TensorValue{sosa::host::ElementType::boolean, {}, {std::uint8_t(mode)}};
            };
        kit.output(kit.add("Dropout", "d", {kit.input({4}), kAbsent, training}, {4}));
        return refusal(kit);
    };
    CHECK(at(0).empty());
    CHECK(at(-1).empty());
    CHECK(at(1) == kFile +
                       "found operators that cannot run: Dropout with training_mode (node \"d\"); supported "
                       "are listed by sosa list operators");
}

TEST_CASE("all shapes that are not known are told at once, but not what follows from them") {
    OpGraphKit kit;
    const auto in = kit.input({4}), condition = kit.input({4}), strange = kit.input({4});
    const auto some = kit.add("Compress", "some", {in, condition}, {4});
    const auto behind = kit.add("Relu", "behind", {some}, {4});
    const auto more = kit.add("Compress", "more", {in, condition}, {-1});  // known, but no size
    const auto read = kit.add("Abs", "abs", {strange}, {4});
    for (const auto value : {strange, some, behind, read}) kit.graph.values[value].known = false;
    kit.output(behind).output(more).output(read);
    CHECK(refusal(kit) == kFile +
                              "found shapes that are not known at Compress (nodes \"some\", \"more\"), Abs "
                              "(node \"abs\"); allowed are shapes that follow from those of the inputs and "
                              "from constants");
}

TEST_CASE("the shape of a result that nobody reads need not be known") {
    OpGraphKit kit;
    kit.output(kit.add("MaxPool", "m", {kit.input({1, 1, 4})}, {1, 1, 2}, {{"kernel_shape", integers({2})}}));
    kit.graph.values[kit.also({})].known = false;
    CHECK(layers_text(kit.lowered()) == Lines{"m MaxPool 4*(1+0) after -"});
}

TEST_CASE("convolutions whose shapes do not fit are refused") {
    CHECK(
        refused_product("Conv", {1, 3}, {8, 3}, {1, 8}) ==
        "X of shape 1x3, W of 8x3 and a result of 1x8, allowed batch, channels and one or more axes of each");
    CHECK(refused_product("Conv", {1, 3, 4}, {8, 4, 1}, {1, 8, 4}) ==
          "X of shape 1x3x4, W of 8x4x1 and a result of 1x8x4, allowed W of channels / 1 and a result of W's "
          "filters");
    CHECK(refused_product("Conv", {1, 3, 4}, {8, 3, 1}, {1, 9, 4}) ==
          "X of shape 1x3x4, W of 8x3x1 and a result of 1x9x4, allowed W of channels / 1 and a result of W's "
          "filters");
    CHECK(refused_product("Conv", {1, 3, 4}, {8, 3, 1}, {2, 8, 4}) ==
          "X of shape 1x3x4, W of 8x3x1 and a result of 2x8x4, allowed batch, channels and one or more axes "
          "of each");
    for (const std::int64_t group : {std::int64_t{0}, std::int64_t{-3}, std::int64_t{2}, INT64_MIN})
        CHECK(refused_product("Conv", {1, 3, 4}, {8, 3, 1}, {1, 8, 4}, {{"group", integer(group)}}) ==
              "group " + std::to_string(group) + ", allowed a divisor of 3 channels");
    CHECK(refused_product("Conv", {1, 3, 4}, {8, 3, 1}, {1, 8, 4}, {{"kernel_shape", integers({2})}}) ==
          "kernel_shape 2 and W of 8x3x1, allowed the same kernel in both");
    CHECK(refused_product("Conv", {1, 1, 65536}, {1, 1, 65536}, {1, 1, 1}) ==
          "width of the kernel = 65536, allowed at most 65535");
    CHECK(
        refused_product("ConvTranspose", {1, 3, 4}, {2, 8, 1}, {1, 8, 4}) ==
        "X of shape 1x3x4, W of 2x8x1 and a result of 1x8x4, allowed W of as many channels as X and result");
}

TEST_CASE("matrices that do not fit are refused") {
    CHECK(refused_product("Gemm", {2, 3}, {4, 5}, {2, 5}) ==
          "X of shape 2x3, W of 4x5 and a result of 2x5, allowed matrices whose inner sizes are equal");
    CHECK(refused_product("MatMul", {2, 3}, {4, 5}, {2, 5}) ==
          "X of shape 2x3, W of 4x5 and a result of 2x5, allowed matrices whose inner sizes and batches fit");
    CHECK(
        refused_product("MatMul", {3, 2, 3}, {2, 3, 5}, {3, 2, 5}) ==
        "X of shape 3x2x3, W of 2x3x5 and a result of 3x2x5, allowed matrices whose inner sizes and batches "
        "fit");
    CHECK(refused_product("MatMul", {}, {3}, {}) ==
          "X of shape scalar, W of 3 and a result of scalar, allowed no scalars");
}

TEST_CASE("products too large for a workload are refused") {
    const std::int64_t big = std::int64_t{1} << 31;
    CHECK(refused_product("MatMul", {big, 2}, {2, 2}, {big, 2}) ==
          "m (rows of X) = 2147483648, allowed at most 2147483647");
    CHECK(refused_product("MatMul", {1 << 16, 1 << 16, 2}, {2, 2}, {1 << 16, 1 << 16, 2}) ==
          "m (rows of X) = 4294967296, allowed at most 2147483647");
    CHECK(refused_product("MatMul", {2, big}, {big, 2}, {2, 2}) ==
          "k (columns of X) = 2147483648, allowed at most 2147483647");
    CHECK(refused_product("Gemm", {2, 2}, {2, big}, {2, big}) ==
          "n (columns of W) = 2147483648, allowed at most 2147483647");
    CHECK(refused_product("MatMul", {2, 2}, {big, 2, 2}, {big, 2, 2}) ==
          "groups = 2147483648, allowed at most 2147483647");
    CHECK(refused_product("MatMul", {1 << 30, 1 << 30}, {1 << 30, 4}, {1 << 30, 4}) ==
          "multiply-accumulates = 4611686018427387904, allowed at most 4611686018427387903");
}

TEST_CASE("the layers together may not exceed what a run may count") {
    OpGraphKit kit;
    const std::int64_t big = 1 << 30;
    const auto in = kit.input({big, big});
    for (const char* name : {"a", "b", "c", "d"})
        kit.output(kit.add("MatMul", name, {in, kit.constant({big, 1})}, {big, 1}));
    CHECK(refusal(kit) ==
          kFile +
              "node 3 \"d\" (MatMul): found 2^62 or more multiply-accumulates in the layers up "
              "to here, allowed less than 2^62");
}

TEST_CASE("a product without its operand is refused") {
    OpGraphKit kit;
    kit.output(kit.add("Conv", "c", {kit.input({1, 3, 4})}, {1, 3, 4}));
    CHECK(refusal(kit) == kFile + "node 0 \"c\" (Conv): found no W of a known shape, allowed one");
}

TEST_CASE("dependencies of layers are limited in all") {
    // 4,100 layers that 4,100 others wait for: more than 2^24
    OpGraphKit kit;
    const auto in = kit.input({1});
    std::vector<std::uint32_t> parts;
    for (int i = 0; i < 4100; ++i) parts.push_back(kit.add("Exp", "e", {in}, {1}));
    const auto all = kit.add("Concat", "all", parts, {4100});
    OpGraphKit few = kit;
    for (int i = 0; i < 4100; ++i) kit.output(kit.add("Exp", "f", {all}, {4100}));
    const std::string sentence = refusal(kit);
    CHECK(sentence.find(
              "(Exp): found more than 16777216 dependencies of layers up to here, allowed at most that "
              "many") != std::string::npos);
    // Operands that wait for the same are counted once.
    const std::vector<std::uint32_t> same(5000, all);
    few.output(few.add("Sum", "sum", same, {4100}));
    CHECK(few.lowered().workload.layers.back().deps.size() == 4100);
}
