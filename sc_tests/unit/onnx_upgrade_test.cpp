#include <catch2/catch.hpp>

#include "sc_tests/unit/onnx_kit.h"

using namespace sosa::host;
using namespace sosa::tests;

namespace {

constexpr std::int64_t kOne = 1;

}  // namespace

TEST_CASE("Opsets outside 1 to 17 are refused with what to do") {
    for (const int opset : {18, 21}) {
        OnnxKit kit(opset);
        kit.input("x", {1}).output("y").node("Relu", {"x"}, {"y"});
        CHECK(kit.refusal() ==
              "kit.onnx: found opset " + std::to_string(opset) +
                  ", allowed 7 to 17; export with opset_version=17 or run onnx.version_converter");
    }
    OnnxKit last(17);
    last.input("x", {1}).output("y").node("Relu", {"x"}, {"y"});
    CHECK(last.refusal().empty());
    OnnxKit none(0);
    none.input("x", {1}).output("y").node("Relu", {"x"}, {"y"});
    CHECK(none.refusal() ==
          "kit.onnx: node 0 (Relu): found domain \"\" without its opset, allowed those of opset_import");
}

TEST_CASE("Opset 6 is read as 7 where it means the same") {
    OnnxKit kit(6);
    kit.input("x", {2, 3}).constant("b", kit_zeros({3})).output("y");
    kit.node("Add", {"x", "b"}, {"s"}, {{"broadcast", kOne}, {"axis", kOne}});
    kit.node("Dropout", {"s"}, {"y"}, {{"is_test", kOne}});
    std::vector<std::string> notices;
    const OpGraph graph = kit.read({{}, &notices});
    CHECK(type_of(graph, "y") == "float32 2x3");
    CHECK(graph.nodes[0].opset == 7);
    CHECK(graph.nodes[0].attributes.empty());
    CHECK(notices ==
          std::vector<std::string>{"kit.onnx: opset 6 is read as 7, where its operators mean the same"});
}

TEST_CASE("A weight that began at an axis gets dimensions behind") {
    OnnxKit kit(6);
    kit.input("x", {2, 3, 4, 5}).constant("b", kit_zeros({3})).constant("slope", kit_zeros({3})).output("y");
    kit.node("Add", {"x", "b"}, {"s"}, {{"broadcast", kOne}, {"axis", kOne}});
    kit.node("PRelu", {"s", "slope"}, {"y"});
    const OpGraph graph = kit.read();
    CHECK(type_of(graph, "b") == "float32 3x1x1");
    CHECK(type_of(graph, "slope") == "float32 3x1x1");
    CHECK(graph.constant(value_of(graph, "b")).dims == Dims{3, 1, 1});
    CHECK(type_of(graph, "y") == "float32 2x3x4x5");
}

TEST_CASE("An operand that cannot be aligned is refused") {
    OnnxKit kit(6);
    kit.input("x", {2, 3, 4}).input("b", {3}).output("y");
    kit.node("Mul", {"x", "b"}, {"y"}, {{"broadcast", kOne}, {"axis", kOne}});
    CHECK(kit.refusal() ==
          "kit.onnx: node 0 \"y\" (Mul): found an operand that begins at axis 1 as before opset 7, allowed "
          "one that "
          "ends at the last axis; run onnx.version_converter");
}

TEST_CASE("Operators that changed otherwise are listed") {
    OnnxKit kit(5);
    kit.input("x", {2}).output("z");
    kit.node("Relu", {"x"}, {"y"});
    kit.node("Add", {"y", "y"}, {"w"});
    kit.node("Softmax", {"w"}, {"v"});
    kit.node("Relu", {"v"}, {"z"});
    CHECK(kit.refusal() ==
          "kit.onnx: found opset 5 with \"Add\", \"Relu\", which mean something else since, allowed opsets 7 "
          "to "
          "17; run onnx.version_converter");
}
