#include <catch2/catch.hpp>

#include "sc_tests/unit/onnx_kit.h"

using namespace sosa::host;
using namespace sosa::tests;

namespace {

std::vector<std::int64_t> integers(const OpGraph& graph, const std::string& name) {
    const TensorValue tensor = graph.constant(value_of(graph, name));
    return {elements<std::int64_t>(tensor), elements<std::int64_t>(tensor) + element_count(tensor.dims)};
}

}  // namespace

TEST_CASE("Shapes that are computed from shapes are known") {
    // x.view(x.size(0), -1, 4) as PyTorch writes it.
    OnnxKit kit;
    kit.input("x", {"batch", 6, 4}).output("y");
    kit.constant("zero", kit_tensor<std::int64_t>(ElementType::s64, {}, {0}))
        .constant("first", kit_integers({0}));
    kit.node("Shape", {"x"}, {"shape"});
    kit.node("Gather", {"shape", "zero"}, {"size"}, {{"axis", std::int64_t{0}}});
    kit.node("Unsqueeze", {"size", "first"}, {"sizes"});
    kit.node("Constant", {}, {"rest"}, {{"value_ints", std::vector<std::int64_t>{-1, 4}}});
    kit.node("Concat", {"sizes", "rest"}, {"new_shape"}, {{"axis", std::int64_t{0}}});
    kit.node("Reshape", {"x", "new_shape"}, {"y"});
    const OpGraph graph = kit.read({{{"batch", 3}}, nullptr});
    CHECK(type_of(graph, "y") == "float32 3x6x4");
    CHECK(integers(graph, "shape") == std::vector<std::int64_t>{3, 6, 4});
    CHECK(integers(graph, "new_shape") == std::vector<std::int64_t>{3, -1, 4});
    CHECK_FALSE(graph.values[value_of(graph, "y")].is_constant);
}

TEST_CASE("Shape takes a part and Size the product") {
    OnnxKit kit(15);
    kit.input("x", {2, 3, 5}).output("x");
    kit.node("Shape", {"x"}, {"tail"}, {{"start", std::int64_t{-2}}});
    kit.node("Shape", {"x"}, {"head"}, {{"end", std::int64_t{-2}}});
    kit.node("Shape", {"x"}, {"none"}, {{"start", std::int64_t{2}}, {"end", std::int64_t{1}}});
    kit.node("Size", {"x"}, {"count"});
    const OpGraph graph = kit.read();
    CHECK(integers(graph, "tail") == std::vector<std::int64_t>{3, 5});
    CHECK(integers(graph, "head") == std::vector<std::int64_t>{2});
    CHECK(integers(graph, "none").empty());
    CHECK(integers(graph, "count") == std::vector<std::int64_t>{30});
}

TEST_CASE("What follows from weights is constant but not computed") {
    OnnxKit kit;
    kit.input("x", {2, 100}).constant("w", kit_zeros({200, 100})).output("y");
    kit.node("Transpose", {"w"}, {"t"});
    kit.node("Identity", {"w"}, {"same"});
    kit.node("MatMul", {"x", "t"}, {"y"});
    const OpGraph graph = kit.read();
    const std::uint32_t t = value_of(graph, "t"), same = value_of(graph, "same");
    CHECK(type_of(graph, "t") == "float32 100x200");
    CHECK(graph.values[t].is_constant);
    CHECK_FALSE(graph.has_bytes(t));
    CHECK_THROWS_WITH(graph.constant(t),
                      "kit.onnx: found constant \"t\" with its shape only, allowed one with its data");
    CHECK(graph.has_bytes(same));
    CHECK(graph.constant(same).bytes.size() == 80000);
}

TEST_CASE("Random results are no constants") {
    OnnxKit kit;
    kit.output("y").node("RandomNormal", {}, {"y"}, {{"shape", std::vector<std::int64_t>{2, 2}}});
    const OpGraph graph = kit.read();
    CHECK(type_of(graph, "y") == "float32 2x2");
    CHECK_FALSE(graph.values[value_of(graph, "y")].is_constant);
}

TEST_CASE("Results of operators that are not known have the shapes that the file declares") {
    OnnxKit kit;
    kit.import_domain("com.microsoft", 1).input("x", {"batch", 2}).output("z", {"batch", 2});
    kit.node("Gelu", {"x"}, {"g"}).set_domain("com.microsoft");
    kit.node("Relu", {"g"}, {"z"});
    *kit.model.mutable_graph()->add_value_info() = kit.model.graph().input(0);
    kit.model.mutable_graph()->mutable_value_info(0)->set_name("g");
    const OpGraph graph = kit.read({{{"batch", 7}}, nullptr});
    CHECK(type_of(graph, "g") == "float32 7x2");
    CHECK(type_of(graph, "z") == "float32 7x2");
}

TEST_CASE("What follows from an operator that is not known is not known") {
    OnnxKit kit;
    kit.input("x", {2}).output("z").node("Strange", {"x"}, {"s"});
    kit.node("Concat", {"x", "s"}, {"z"}, {{"axis", std::int64_t{0}}});
    const OpGraph graph = kit.read();
    CHECK(type_of(graph, "s") == "?");
    CHECK(type_of(graph, "z") == "?");
}

TEST_CASE("A shape that the file declares otherwise gives a notice") {
    OnnxKit kit;
    kit.input("x", {4, 2}).output("y", {1, 2}).node("Relu", {"x"}, {"y"});
    std::vector<std::string> notices;
    CHECK(type_of(kit.read({{}, &notices}), "y") == "float32 4x2");
    CHECK(notices == std::vector<std::string>{
                         "kit.onnx: 1 values are declared otherwise than computed, first \"y\" (float32 "
                         "1x2, computed float32 4x2); the computed ones count"});
}

TEST_CASE("Sequences have no type and do no harm") {
    OnnxKit kit;
    kit.input("x", {2, 2}).output("y");
    kit.node("SequenceConstruct", {"x", "x"}, {"s"});
    kit.node("ConcatFromSequence", {"s"}, {"y"}, {{"axis", std::int64_t{0}}});
    const OpGraph graph = kit.read();
    CHECK(type_of(graph, "s") == "?");
    CHECK(graph.values[value_of(graph, "s")].type == ElementType::none);
}

TEST_CASE("Shapes that do not fit are refused with the node and the reason") {
    OnnxKit kit;
    kit.input("x", {2, 3}).input("z", {4, 5}).output("y");
    kit.node("MatMul", {"x", "z"}, {"y"}).set_name("bad");
    CHECK(kit.refusal() ==
          "kit.onnx: node 0 \"bad\" (MatMul): found inputs or attributes that do not fit: Incompatible "
          "dimensions for matrix "
          "multiplication");
    OnnxKit window;
    window.input("x", {1, 1, 2, 2}).constant("w", kit_zeros({1, 1, 5, 5})).output("y");
    window.node("Conv", {"x", "w"}, {"y"});
    CHECK(window.refusal() ==
          "kit.onnx: node 0 \"y\" (Conv): found result \"y\" of shape 1x1x-2x-2, allowed up to 64 dimensions "
          "of "
          "0 to 2147483647 and 2^48 elements");
    OnnxKit few;
    few.input("x", {1}).output("y").node("MatMul", {"x"}, {"y"});
    CHECK(few.refusal() ==
          "kit.onnx: node 0 \"y\" (MatMul): found inputs or attributes that do not fit: Node () has input "
          "size 1 "
          "not in range [min=2, max=2].");
}

TEST_CASE("Attributes that would divide by zero are refused") {
    OnnxKit kit;
    kit.input("x", {1, 1, 4, 4}).output("y");
    kit.node(
        "MaxPool", {"x"}, {"y"},
        {{"kernel_shape", std::vector<std::int64_t>{2, 2}}, {"strides", std::vector<std::int64_t>{1, 0}}});
    CHECK(kit.refusal() ==
          "kit.onnx: node 0 \"y\" (MaxPool): attribute \"strides\": found 0, allowed 1 to 2147483647");
}

TEST_CASE("Ranks that the rules of the library take for granted are checked before") {
    OnnxKit conv;
    conv.input("x", {1, 2, 8}).constant("w", kit_zeros({2, 3})).output("y");
    conv.node("ConvTranspose", {"x", "w"}, {"y"});
    CHECK(conv.refusal() ==
          "kit.onnx: node 0 \"y\" (ConvTranspose): found an input of 3 dimensions and a weight of 2, allowed "
          "the "
          "same of both, 3 or more");
    OnnxKit norm(17);
    norm.input("x", {})
        .constant("s", kit_zeros({}))
        .output("y")
        .node("LayerNormalization", {"x", "s"}, {"y"});
    CHECK(norm.refusal() ==
          "kit.onnx: node 0 \"y\" (LayerNormalization): found axis -1 of 0 dimensions, allowed one of them");
    OnnxKit fill;
    fill.input("x", {2147483647}, ElementType::s64).output("y").node("ConstantOfShape", {"x"}, {"y"});
    CHECK(fill.refusal() ==
          "kit.onnx: node 0 \"y\" (ConstantOfShape): found 2147483647 dimensions, allowed 64");
}

TEST_CASE("Padding by name takes no dimension that the rules would count through") {
    OnnxKit kit;
    kit.input("x", {1, 1, 1048577}).output("y");
    kit.node("MaxPool", {"x"}, {"y"},
             {{"kernel_shape", std::vector<std::int64_t>{3}}, {"auto_pad", std::string("SAME_UPPER")}});
    CHECK(kit.refusal() ==
          "kit.onnx: node 0 \"y\" (MaxPool): found dimension 1048577 with auto_pad, allowed 1048576");
}

TEST_CASE("A constant computation that fails is refused with its node") {
    OnnxKit kit;
    kit.input("x", {1}).output("x");
    kit.constant("a", kit_integers({1, 2})).constant("at", kit_integers({5}));
    kit.node("Gather", {"a", "at"}, {"y"}).set_name("pick");
    CHECK(kit.refusal().find("kit.onnx: node 0 \"pick\" (Gather): ") == 0);
}
