#include "host/tensor_graph.h"

#include <array>
#include <catch2/catch.hpp>
#include <sstream>

#include "host/zoo.h"
#include "sc_tests/unit/program_samples.h"

namespace {
using sosa::host::parse_workload;
using sosa::host::TensorNode;
using sosa::host::TensorOp;
using sosa::host::TensorShape;
using sosa::host::Workload;
using sosa::tests::with;

const std::string kGood =
    R"({"name": "w", "repeat": 1, "layers": [
{"name": "a", "op": "Conv", "m": 16, "k": 18, "n": 3, "kernel": [3, 3], "deps": []},
{"name": "b", "op": "Conv", "m": 4, "k": 3, "n": 3, "kernel": [1, 1], "deps": ["a"]},
{"name": "d", "op": "Dense", "m": 1, "k": 6, "n": 2, "kernel": [1, 1], "deps": ["b", "a"]}
], "tensors": [
{"name": "image", "op": "input", "shape": [1, 4, 4, 2]},
{"name": "a", "op": "layer", "inputs": ["image"], "pad": [1, 1, 1, 1], "relu": true},
{"name": "p", "op": "max_pool", "inputs": ["a"], "kernel": [2, 2], "stride": [2, 2]},
{"name": "b", "op": "layer", "inputs": ["a"], "stride": [2, 2]},
{"name": "s", "op": "add", "inputs": ["p", "b"], "relu": true},
{"name": "c", "op": "concat", "inputs": ["s", "p"]},
{"name": "g", "op": "average_pool", "inputs": ["c"], "kernel": [2, 2]},
{"name": "d", "op": "layer", "inputs": ["g"]}
]}
)";

std::string error_of(const std::string& text) {
    return sosa::tests::error_of([&] { parse_workload(text, "F"); });
}
// The sentence that kGood with one change earns; `from` must stand in it once.
std::string error_with(const std::string& from, const std::string& to) {
    return error_of(with(kGood, from, to));
}

std::string written(const Workload& workload) {
    std::ostringstream out;
    write_workload(workload, out);
    return out.str();
}

// One conv of a `side` x `side` map with one channel and filter; `m` is what the layer says.
std::string conv(int side, int kernel, int m, const std::string& window) {
    const std::string k = std::to_string(kernel), s = std::to_string(side);
    return R"({"name": "w", "repeat": 1, "layers": [{"name": "a", "op": "Conv", "m": )" + std::to_string(m) +
           R"(, "k": )" + std::to_string(kernel * kernel) + R"(, "n": 1, "kernel": [)" + k + ", " + k +
           R"(], "deps": []}], "tensors": [{"name": "x", "op": "input", "shape": [1, )" + s + ", " + s +
           R"(, 1]}, {"name": "a", "op": "layer", "inputs": ["x"])" + window + "}]}";
}

std::uint64_t count(const Workload& workload, TensorOp op) {
    std::uint64_t nodes = 0;
    for (const auto& node : workload.tensors) nodes += node.op == op;
    return nodes;
}
const TensorNode& node_of(const Workload& workload, const std::string& name) {
    for (const auto& node : workload.tensors)
        if (node.name == name) return node;
    FAIL("no tensor " << name);
    throw 0;
}
std::vector<std::string> inputs_of(const Workload& workload, const std::string& name) {
    std::vector<std::string> names;
    for (const auto input : node_of(workload, name).inputs) names.push_back(workload.tensors[input].name);
    return names;
}
using Names = std::vector<std::string>;

using WindowNumbers = std::array<std::uint32_t, 10>;
WindowNumbers numbers(const sosa::host::TensorWindow& w) {
    return {w.kernel_h,   w.kernel_w, w.stride_h, w.stride_w,   w.dilation_h,
            w.dilation_w, w.pad_top,  w.pad_left, w.pad_bottom, w.pad_right};
}
}  // namespace

TEST_CASE("a tensor graph is read with the shapes that follow") {
    const Workload w = parse_workload(kGood, "F");
    REQUIRE(w.tensors.size() == 8);
    std::string shapes;
    for (const auto& node : w.tensors) shapes += node.name + " " + shape_text(node.shape) + ", ";
    CHECK(shapes ==
          "image 1x4x4x2, a 1x4x4x3, p 1x2x2x3, b 1x2x2x3, s 1x2x2x3, c 1x2x2x6, g 1x1x1x6, d 1x1x1x2, ");
    CHECK(w.tensors[1].op == TensorOp::layer);
    CHECK(w.tensors[3].layer == 1);
    CHECK(w.tensors[7].layer == 2);
    CHECK(w.tensors[1].relu);
    CHECK_FALSE(w.tensors[3].relu);
    CHECK(w.tensors[1].window.kernel_h == 3);
    CHECK(w.tensors[1].window.pad_top == 1);
    CHECK(w.tensors[3].window.stride_w == 2);
    CHECK(w.tensors[5].inputs == std::vector<std::uint32_t>{4, 2});
    CHECK(w.tensors[6].op == TensorOp::average_pool);
}

TEST_CASE("window numbers keep their places") {
    // 6 x 9 under 2 x 3 taps that are 2 and 3 apart: 3 x 7 with pads of 0 + 2 and 1 + 0.
    const Workload w = parse_workload(
        R"({"name": "w", "repeat": 1, "layers": [
{"name": "a", "op": "Conv", "m": 12, "k": 6, "n": 1, "kernel": [2, 3], "deps": []}
], "tensors": [
{"name": "x", "op": "input", "shape": [1, 6, 9, 1]},
{"name": "a", "op": "layer", "inputs": ["x"], "stride": [2, 3], "dilation": [2, 3], "pad": [0, 6, 2, 2]}
]}
)",
        "F");
    CHECK(numbers(w.tensors[1].window) == WindowNumbers{2, 3, 2, 3, 2, 3, 0, 6, 2, 2});
    CHECK(w.tensors[1].shape == TensorShape{1, 3, 4, 1});
}

TEST_CASE("writing a workload with a graph gives back the file") {
    CHECK(written(parse_workload(kGood, "F")) == kGood);
    Workload without = parse_workload(kGood, "F");
    without.tensors.clear();
    CHECK(written(without) == kGood.substr(0, kGood.find(", \"tensors\"")) + "}\n");
}

TEST_CASE("every part of a window is written") {
    const std::vector<std::pair<std::string, int>> windows = {
        {"\"stride\": [1, 2]", 6},     {"\"stride\": [2, 1]", 6},     {"\"dilation\": [1, 2]", 3},
        {"\"dilation\": [2, 1]", 3},   {"\"pad\": [1, 0, 0, 0]", 12}, {"\"pad\": [0, 1, 0, 0]", 12},
        {"\"pad\": [0, 0, 1, 0]", 12}, {"\"pad\": [0, 0, 0, 1]", 12}};
    for (const auto& [window, m] : windows)
        CHECK_THAT(written(parse_workload(conv(5, 3, m, ", " + window), "F")),
                   Catch::Contains(", " + window + "}"));
}

TEST_CASE("the graphs of the zoo read back as they were made") {
    for (const std::string name : {"resnet50", "densenet121", "inception"}) {
        const Workload made = sosa::host::make_zoo_workload(name, {2, 128, {}});
        const Workload read = parse_workload(written(made), name);
        REQUIRE(read.tensors.size() == made.tensors.size());
        for (std::size_t t = 0; t < read.tensors.size(); ++t) {
            const TensorNode &a = made.tensors[t], &b = read.tensors[t];
            CAPTURE(name, a.name);
            CHECK((a.name == b.name && a.op == b.op && a.inputs == b.inputs && a.relu == b.relu));
            CHECK((a.layer == b.layer && a.shape == b.shape));
            CHECK(numbers(a.window) == numbers(b.window));
        }
    }
}

TEST_CASE("ResNet-50 joins its layers as the architecture does") {
    const Workload w = sosa::host::make_zoo_workload("resnet50", {{}, 224, {}});
    CHECK(w.tensors.size() == 1 + 54 + 16 + 2);
    CHECK(count(w, TensorOp::add) == 16);
    CHECK(count(w, TensorOp::concat) == 0);
    CHECK(node_of(w, "pool1_pool").op == TensorOp::max_pool);
    CHECK(node_of(w, "pool1_pool").shape == TensorShape{1, 56, 56, 64});
    CHECK(node_of(w, "conv1_conv").window.pad_left == 3);
    CHECK(node_of(w, "avg_pool").op == TensorOp::average_pool);
    CHECK(node_of(w, "avg_pool").window.kernel_w == 7);
    CHECK(inputs_of(w, "conv2_block1_1_conv") == Names{"pool1_pool"});
    CHECK(inputs_of(w, "conv2_block1_add") == Names{"conv2_block1_0_conv", "conv2_block1_3_conv"});
    CHECK(inputs_of(w, "conv2_block2_add") == Names{"conv2_block1_add", "conv2_block2_3_conv"});
    CHECK(inputs_of(w, "predictions") == Names{"avg_pool"});
    for (const auto& node : w.tensors) {
        if (node.op != TensorOp::layer) continue;
        CAPTURE(node.name);
        CHECK(w.layers[node.layer].name == node.name);
        const bool linear = node.name == "predictions" || node.name.find("_0_conv") != std::string::npos ||
                            node.name.find("_3_conv") != std::string::npos;
        CHECK(node.relu == !linear);
    }
    CHECK(node_of(w, "conv2_block1_add").relu);
}

TEST_CASE("DenseNet-121 concatenates and halves its maps by averaging") {
    const Workload w = sosa::host::make_zoo_workload("densenet121", {{}, 224, {}});
    CHECK(count(w, TensorOp::concat) == 58);
    CHECK(count(w, TensorOp::max_pool) == 1);
    CHECK(count(w, TensorOp::average_pool) == 4);  // three transitions and the global one
    CHECK(inputs_of(w, "conv2_block2_concat") == Names{"conv2_block1_concat", "conv2_block2_2_conv"});
    CHECK(node_of(w, "conv2_block6_concat").shape == TensorShape{1, 56, 56, 256});
    CHECK(node_of(w, "pool2_pool").shape == TensorShape{1, 28, 28, 128});
    CHECK(node_of(w, "avg_pool").shape == TensorShape{1, 1, 1, 1024});
}

TEST_CASE("Inception v3 pools by the largest at reductions and by the average inside") {
    const Workload w = sosa::host::make_zoo_workload("inception", {});
    CHECK(count(w, TensorOp::max_pool) == 4);
    CHECK(count(w, TensorOp::average_pool) == 10);  // nine mixed blocks and the global one
    CHECK(count(w, TensorOp::concat) == 11 + 4);
    CHECK(node_of(w, "mixed0").shape == TensorShape{1, 35, 35, 256});
    CHECK(node_of(w, "mixed10").shape == TensorShape{1, 8, 8, 2048});
    const auto& pool = node_of(w, "average pool of mixed0").window;
    CHECK((pool.kernel_h == 3 && pool.stride_h == 1 && pool.pad_top == 1 && pool.pad_right == 1));
    CHECK(inputs_of(w, "mixed3").back() == "max pool of mixed3");
}

TEST_CASE("keys of tensors are checked") {
    CHECK(
        error_of(with(with(kGood, R"("tensors")", R"("tensor")"), R"(["image"], "pad")",
                      R"(["image"], "pads")")) ==
        "F: unknown keys: found \"tensor\" (did you mean \"tensors\"?), allowed name, repeat, layers, batch, "
        "image_size, seq_len, tail_layers, tensors");
    CHECK(error_with(R"(["image"], "pad")", R"(["image"], "pads")") ==
          "F: unknown keys: found tensor 1 \"pads\" (did you mean \"pad\"?), allowed name, repeat, layers, "
          "batch, image_size, seq_len, tail_layers, tensors and in a tensor name, op, inputs, shape, kernel, "
          "stride, dilation, pad, relu");
    CHECK(error_with(R"(, "shape": [1, 4, 4, 2])", "") == "F: tensor 0 \"image\": missing keys: \"shape\"");
    CHECK(error_with(R"("op": "add", )", "") == "F: tensor 4 \"s\": missing keys: \"op\"");
    CHECK(error_with(R"("op": "add")", R"("op": "ad")") ==
          "F: tensor 4 \"s\": key \"op\": found \"ad\" (did you mean \"add\"?), allowed input, layer, add, "
          "concat, max_pool, average_pool");
    CHECK(
        error_with(R"("op": "add")", R"("op": 3)") ==
        "F: tensor 4 \"s\": key \"op\": found 3, allowed input, layer, add, concat, max_pool, average_pool");
    CHECK(error_with(R"(["s", "p"])", R"(["s", "p"], "relu": true, "pad": [0, 0, 0, 0])") ==
          "F: tensor 5 \"c\": keys that op \"concat\" does not have: found \"pad\", \"relu\", allowed name, "
          "op, "
          "inputs");
    CHECK(error_with(R"({"name": "s", "op")", R"({"op")") == "F: tensor 4: missing keys: \"name\"");
}

TEST_CASE("values of tensors of the wrong type are refused with their place") {
    CHECK(error_of(kGood.substr(0, kGood.find("[\n{\"name\": \"image\"")) + "{}}") ==
          "F: key \"tensors\": found an object, allowed a list of 1..65535 tensors");
    CHECK(error_of(kGood.substr(0, kGood.find("[\n{\"name\": \"image\"")) + "[]}") ==
          "F: key \"tensors\": found [], allowed a list of 1..65535 tensors");
    CHECK(error_of(kGood.substr(0, kGood.find("[\n{\"name\": \"image\"")) + "[7]}") ==
          "F: tensor 0: found 7, allowed an object");
    CHECK(error_with(R"("name": "s")", R"("name": 1)") ==
          "F: tensor 4: key \"name\": found 1, allowed a string that is not empty");
    CHECK(error_with("[1, 4, 4, 2]", "[4, 4, 2]") ==
          "F: tensor 0 \"image\": key \"shape\": found [4,4,2], allowed a list of 4 integers [batch, height, "
          "width, channels]");
    CHECK(error_with("[1, 4, 4, 2]", "[1, 0, 4, 2]") ==
          "F: tensor 0 \"image\": key \"shape\": found 0, allowed 1..2147483647");
    CHECK(error_with("[1, 4, 4, 2]", "[1, 4.5, 4, 2]") ==
          "F: tensor 0 \"image\": key \"shape\": found 4.5, allowed an integer 1..2147483647");
    CHECK(error_with("[1, 1, 1, 1]", "[1, 1, 1, -1]") ==
          "F: tensor 1 \"a\": key \"pad\": found -1, allowed 0..65535");
    CHECK(error_with("[1, 1, 1, 1]", "[1, 1]") ==
          "F: tensor 1 \"a\": key \"pad\": found [1,1], allowed a list of 4 integers [top, left, bottom, "
          "right]");
    CHECK(error_with(R"(["a"], "stride": [2, 2])", R"(["a"], "stride": [65536, 2])") ==
          "F: tensor 3 \"b\": key \"stride\": found 65536, allowed 1..65535");
    CHECK(error_with(R"("pad": [1, 1, 1, 1], "relu": true)", R"("pad": [1, 1, 1, 1], "relu": 1)") ==
          "F: tensor 1 \"a\": key \"relu\": found 1, allowed true or false");
    CHECK(error_with(R"("inputs": ["g"])", R"("inputs": "g")") ==
          "F: tensor 7 \"d\": key \"inputs\": found \"g\", allowed a list of names of earlier tensors");
    CHECK(error_with(R"("inputs": ["g"])", R"("inputs": [6])") ==
          "F: tensor 7 \"d\": key \"inputs\": found [6], allowed a list of names of earlier tensors");
}

TEST_CASE("tensors are named once and stand before what reads them") {
    CHECK(error_with(R"("name": "s")", R"("name": "p")") ==
          "F: tensor 4 \"p\": key \"name\": found the name of tensor 2 again, allowed one tensor per name");
    CHECK(error_with(R"("name": "s")", R"("name": "a")") ==
          "F: tensor 4 \"a\": key \"name\": found the name of layer 0, allowed only with op \"layer\"");
    CHECK(
        error_with(R"("name": "b", "op": "layer")", R"("name": "B", "op": "layer")") ==
        "F: tensor 3 \"B\": key \"name\": found no layer of this name, allowed names of layers of this file");
    const std::string before = ", allowed names of tensors that stand before this one";
    CHECK(error_with(R"(["p", "b"])", R"(["p", "g"])") ==
          "F: tensor 4 \"s\": key \"inputs\": found \"g\"" + before);
    CHECK(error_with(R"(["p", "b"])", R"(["p", "s"])") ==
          "F: tensor 4 \"s\": key \"inputs\": found \"s\"" + before);
    CHECK(error_with(R"(["p", "b"])", R"(["p", "zz"])") ==
          "F: tensor 4 \"s\": key \"inputs\": found \"zz\"" + before);
    CHECK(error_with(R"(["p", "b"])", R"(["p"])") ==
          "F: tensor 4 \"s\": key \"inputs\": found 1 names, allowed 2 for op \"add\"");
    CHECK(error_with(R"(["s", "p"])", R"([])") ==
          "F: tensor 5 \"c\": key \"inputs\": found 0 names, allowed 1..65535 for op \"concat\"");
}

TEST_CASE("shapes of tensors fit together") {
    CHECK(error_with("[1, 4, 4, 2]", "[1, 4, 4, 3]") ==
          "F: tensor 1 \"a\": key \"inputs\": found 3 channels under a 3x3 kernel, allowed as many as make "
          "k = 18 of the layer");
    CHECK(error_with("[1, 4, 4, 2]", "[1, 4, 5, 2]") ==
          "F: tensor 1 \"a\": found a result of 1 x 4x5 pixels, allowed as many as m = 16 of the layer");
    CHECK(error_with("[1, 4, 4, 2]", "[2, 4, 4, 2]") ==
          "F: tensor 1 \"a\": found a result of 2 x 4x4 pixels, allowed as many as m = 16 of the layer");
    CHECK(
        error_with(R"(["p", "b"])", R"(["a", "b"])") ==
        "F: tensor 4 \"s\": key \"inputs\": found tensors of 1x4x4x3 and 1x2x2x3, allowed two of one shape");
    CHECK(error_with(R"(["s", "p"])", R"(["s", "a"])") ==
          "F: tensor 5 \"c\": key \"inputs\": found tensors of 1x2x2x3 and 1x4x4x3, allowed tensors that "
          "differ in their channels only");
    CHECK(error_with(R"(["c"], "kernel": [2, 2])", R"(["c"], "kernel": [2, 3])") ==
          "F: tensor 6 \"g\": found a window of 2x3, allowed at most the map with its pads, 2x2");
    CHECK(error_with(R"(["c"], "kernel": [2, 2])", R"(["c"], "kernel": [2, 2], "pad": [0, 0, 2, 0])") ==
          "F: tensor 6 \"g\": key \"pad\": found [0,0,2,0], allowed less than the window, 2x2");
}

TEST_CASE("a window fits at its last place and not one further") {
    CHECK(error_of(conv(7, 3, 9, R"(, "stride": [2, 2])")) == "");
    CHECK(error_of(conv(8, 3, 9, R"(, "stride": [2, 2])")) == "");
    CHECK(error_of(conv(9, 3, 16, R"(, "stride": [2, 2])")) == "");
    CHECK(error_of(conv(5, 3, 1, R"(, "dilation": [2, 2])")) == "");
    CHECK(error_of(conv(4, 3, 1, R"(, "dilation": [2, 2])")) ==
          "F: tensor 1 \"a\": found a window of 5x5, allowed at most the map with its pads, 4x4");
    CHECK(error_of(conv(1, 3, 9, R"(, "pad": [2, 2, 2, 2])")) == "");
    CHECK(error_of(conv(1, 3, 9, R"(, "pad": [3, 2, 1, 2])")) ==
          "F: tensor 1 \"a\": key \"pad\": found [3,2,1,2], allowed less than the window, 3x3");
    CHECK(error_of(conv(1, 3, 9, R"(, "dilation": [65535, 1])")) ==
          "F: tensor 1 \"a\": found a window of 131071x3, allowed at most the map with its pads, 1x1");
}

TEST_CASE("tensors have at most 2^40 bytes") {
    const auto error_of_shape = [](const std::string& shape) { return error_with("[1, 4, 4, 2]", shape); };
    CHECK(error_of_shape("[1, 1048576, 1048577, 1]") ==
          "F: tensor 0 \"image\": found a tensor of 1x1048576x1048577x1, allowed at most 2^40 bytes");
    CHECK(error_of_shape("[2147483647, 2147483647, 2147483647, 2147483647]") ==
          "F: tensor 0 \"image\": found a tensor of 2147483647x2147483647x2147483647x2147483647, allowed at "
          "most 2^40 bytes");
    CHECK_THAT(error_of_shape("[1, 1048576, 1048576, 1]"), Catch::StartsWith("F: tensor 1 \"a\": key"));
    const std::string huge = R"(, {"name": "h", "op": "input", "shape": [1, 1, 1, 2147483647]}, )"
                             R"({"name": "hh", "op": "concat", "inputs": ["h", "h", "h"]}]})";
    CHECK(error_of(with(kGood, "\n]}\n", huge)) ==
          "F: tensor 9 \"hh\": key \"inputs\": found 6442450941 channels together, allowed 2147483647");
}

TEST_CASE("every layer stands in the graph and waits for all that it reads") {
    const std::string without_d =
        with(kGood, ",\n{\"name\": \"d\", \"op\": \"layer\", \"inputs\": [\"g\"]}", "");
    CHECK(error_of(without_d) ==
          "F: key \"tensors\": found none for layer 2 \"d\", allowed one for every layer");
    CHECK(error_with(R"(["b", "a"])", R"(["b"])") ==
          "F: tensor 7 \"d\": key \"inputs\": found results of \"a\" in its input, allowed those of the "
          "layer's deps");
    CHECK(error_with(R"("repeat": 1)", R"("repeat": 2)") ==
          "F: key \"tensors\": found it with repeat 2, allowed only with repeat 1");
}

TEST_CASE("every truncation of a workload with a graph is refused") {
    const std::size_t whole = kGood.rfind('}') + 1;
    for (std::size_t size = 0; size < whole; ++size)
        CHECK_THAT(error_of(kGood.substr(0, size)), Catch::StartsWith("F: "));
    CHECK(error_of(kGood.substr(0, whole)) == "");
}
