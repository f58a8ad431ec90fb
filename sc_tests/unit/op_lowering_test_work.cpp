#include <catch2/catch.hpp>

#include "sc_tests/unit/op_graph_kit.h"

// Lane operations of what is no product.
namespace {
using namespace sosa::tests;
using sosa::host::kAbsent;

// The layer of one operator of inputs of these shapes, or "" if it has none.
std::string work(const std::string& op, const std::vector<Dims>& inputs, const Dims& y,
                 Attributes attributes = {}) {
    OpGraphKit kit;
    std::vector<std::uint32_t> operands;
    for (const Dims& dims : inputs) operands.push_back(kit.input(dims));
    const auto lines =
        layers_text(kit.output(kit.add(op, "v", operands, y, std::move(attributes))).lowered());
    return lines.empty() ? "" : lines.at(0);
}
}  // namespace

TEST_CASE("element-wise work counts the elements of the result") {
    CHECK(work("Add", {{4, 1}, {1, 6}}, {4, 6}) == "v Add 24*(1+0) after -");
    CHECK(work("Sqrt", {{}}, {}) == "v Sqrt 1*(0+1) after -");
    CHECK(work("Max", {{5}, {5}, {5}}, {5}) == "v Max 5*(2+0) after -");
    CHECK(work("Max", {{5}}, {5}).empty());  // a copy
    CHECK(work("Mean", {{5}, {5}, {5}}, {5}) == "v Mean 5*(3+0) after -");
}

TEST_CASE("reductions and normalisations count the elements of what they read") {
    CHECK(work("ReduceSum", {{2, 3, 4}}, {2}) == "v ReduceSum 24*(1+0) after -");
    CHECK(work("Softmax", {{2, 10}}, {2, 10}) == "v Softmax 20*(4+2) after -");
    CHECK(work("GlobalAveragePool", {{1, 8, 7, 7}}, {1, 8, 1, 1}) == "v GlobalAveragePool 392*(1+0) after -");
    CHECK(work("DynamicQuantizeLinear", {{6}}, {6}) == "v DynamicQuantizeLinear 6*(5+0) after -");
}

TEST_CASE("losses count what they pick") {
    CHECK(work("NegativeLogLikelihoodLoss", {{2, 10, 4}, {2, 4}}, {}) ==
          "v NegativeLogLikelihoodLoss 8*(3+0) after -");
    CHECK(work("SoftmaxCrossEntropyLoss", {{2, 10, 4}, {2, 4}}, {}) ==
          "v SoftmaxCrossEntropyLoss 80*(4+2) after -");
}

TEST_CASE("pools count every element of every window") {
    CHECK(work("MaxPool", {{1, 8, 8, 8}}, {1, 8, 4, 4}, {{"kernel_shape", integers({3, 3})}}) ==
          "v MaxPool 1152*(1+0) after -");
    CHECK(work("LpPool", {{1, 2, 8}}, {1, 2, 4}, {{"kernel_shape", integers({2})}}) ==
          "v LpPool 16*(2+0) after -");
}

TEST_CASE("TopK compares each element once per level of a merge sort") {
    CHECK(work("TopK", {{4, 1000}, {1}}, {4, 5}) == "v TopK 4000*(10+0) after -");
    CHECK(work("TopK", {{1024, 3}, {1}}, {5, 3}, {{"axis", integer(0)}}) == "v TopK 3072*(10+0) after -");
    CHECK(work("TopK", {{4, 1025}, {1}}, {4, 5}, {{"axis", integer(-1)}}) == "v TopK 4100*(11+0) after -");
    CHECK(work("TopK", {{4, 1}, {1}}, {4, 1}) == "v TopK 4*(1+0) after -");
}

TEST_CASE("a resized map costs its neighbours along the axes that change") {
    const Dims from = {1, 3, 8, 8}, to = {1, 3, 16, 16};
    CHECK(work("Resize", {from}, to).empty());
    CHECK(work("Upsample", {from}, to, {{"mode", word("nearest")}}).empty());
    CHECK(work("Upsample", {from}, to, {{"mode", word("linear")}}) == "v Upsample 768*(4+0) after -");
    CHECK(work("Resize", {from}, to, {{"mode", word("cubic")}}) == "v Resize 768*(16+0) after -");
    CHECK(work("Resize", {from}, {1, 3, 8, 16}, {{"mode", word("cubic")}}) == "v Resize 384*(4+0) after -");
}

TEST_CASE("scattering costs only what it adds or multiplies") {
    CHECK(work("ScatterElements", {{9}, {4}, {4}}, {9}).empty());
    CHECK(work("ScatterElements", {{9}, {4}, {4}}, {9}, {{"reduction", word("add")}}) ==
          "v ScatterElements 4*(1+0) after -");
}

TEST_CASE("normalisation in training needs the statistics too") {
    const std::vector<Dims> inputs = {{2, 3, 4}, {3}, {3}, {3}, {3}};
    CHECK(work("BatchNormalization", inputs, {2, 3, 4}) == "v BatchNormalization 24*(2+0) after -");
    CHECK(work("BatchNormalization", inputs, {2, 3, 4}, {{"training_mode", integer(1)}}) ==
          "v BatchNormalization 24*(6+0) after -");
}

TEST_CASE("work on no elements is no layer") { CHECK(work("Relu", {{3, 0}}, {3, 0}).empty()); }

TEST_CASE("work is refused where its sizes make no sense") {
    const auto refused = [](const std::string& op, const std::vector<Dims>& inputs, const Dims& y,
                            Attributes attributes = {}) -> std::string {
        try {
            work(op, inputs, y, std::move(attributes));
        } catch (const sosa::UserError& error) {
            return error.what();
        }
        return "";
    };
    const std::string at = "dir/net.onnx: node 0 \"v\" ";
    CHECK(refused("MaxPool", {{1, 1, 8}}, {1, 1, 4}) ==
          at + "(MaxPool): found kernel_shape of no axes, allowed sizes from 1");
    CHECK(refused("MaxPool", {{1, 1, 8}}, {1, 1, 4}, {{"kernel_shape", integers({0})}}) ==
          at + "(MaxPool): found kernel_shape 0, allowed sizes from 1");
    CHECK(refused("TopK", {{4, 5}}, {4, 5}, {{"axis", integer(2)}}) ==
          at + "(TopK): found axis 2, allowed one of 2");
    CHECK(refused("Resize", {{4, 5}}, {4, 5}, {{"mode", word("best")}}) ==
          at + "(Resize): found another mode, allowed nearest, linear or cubic");
    CHECK(refused("Resize", {{4, 5}}, {4}, {{"mode", word("linear")}}) ==
          at + "(Resize): found 4x5 resized to 4, allowed the same rank");
    CHECK(refused("Relu", {{1 << 20, 1 << 21}}, {1 << 20, 1 << 21}) ==
          at + "(Relu): found 2199023255552 elements to work on, allowed at most 1099511627776");
    CHECK(refused("Relu", {{}}, {std::int64_t{1} << 62, 8}) ==
          at + "(Relu): found 18446744073709551615 elements to work on, allowed at most 1099511627776");
    CHECK(refused("Resize", {Dims(8, 1)}, Dims(8, 2), {{"mode", word("cubic")}}) ==
          at + "(Resize): found 65536 operations per element, allowed at most 65535");
    CHECK(refused("ScatterElements", {{9}}, {9}, {{"reduction", word("add")}}) ==
          at + "(ScatterElements): found no input 2 of a known shape, allowed one");
}
