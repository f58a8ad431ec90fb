#include "host/onnx_reader.h"

#include <catch2/catch.hpp>

#include "sc_tests/unit/onnx_kit.h"
#include "sc_tests/unit/temp_folder.h"

using namespace sosa::host;
using namespace sosa::tests;

namespace {

std::vector<std::string> names(const OpGraph& graph) {
    std::vector<std::string> all;
    for (const OpNode& node : graph.nodes) all.push_back(node.name);
    return all;
}

}  // namespace

TEST_CASE("A model becomes a graph with all its shapes") {
    OnnxKit kit;
    kit.input("x", {1, 3, 8, 8}).constant("w", kit_zeros({4, 3, 3, 3})).output("y");
    kit.node("Conv", {"x", "w"}, {"c"}, {{"strides", std::vector<std::int64_t>{2, 2}}}).set_name("conv1");
    kit.node("Relu", {"c"}, {"y"});
    const TempFolder folder;
    const OpGraph graph = read_onnx(kit.save(folder / "net.onnx"), {});
    CHECK(graph.name == "kit");
    CHECK(graph.source == (folder / "net.onnx").string());
    CHECK(names(graph) == std::vector<std::string>{"conv1", "y"});
    CHECK(type_of(graph, "x") == "float32 1x3x8x8");
    CHECK(type_of(graph, "w") == "float32 4x3x3x3");
    CHECK(type_of(graph, "c") == "float32 1x4x3x3");
    CHECK(type_of(graph, "y") == "float32 1x4x3x3");
    CHECK(graph.inputs == std::vector<std::uint32_t>{value_of(graph, "x")});
    CHECK(graph.outputs == std::vector<std::uint32_t>{value_of(graph, "y")});
    CHECK(graph.nodes[0].integers("strides") == std::vector<std::int64_t>{2, 2});
    CHECK(graph.nodes[0].opset == 13);
    CHECK(graph.values[value_of(graph, "c")].maker == 0);
    CHECK(graph.values[value_of(graph, "y")].maker == 1);
    CHECK(graph.values[value_of(graph, "w")].maker == kAbsent);
    CHECK(graph.place(0) == graph.source + ": node 0 \"conv1\" (Conv)");
}

TEST_CASE("Initializers are constants and no inputs even where they are listed as such") {
    OnnxKit kit;
    kit.input("x", {2})
        .input("w", {2})
        .constant("w", kit_tensor<float>(ElementType::f32, {2}, {1.5F, -2}))
        .output("y");
    kit.node("Add", {"x", "w"}, {"y"});
    const OpGraph graph = kit.read();
    CHECK(graph.inputs == std::vector<std::uint32_t>{value_of(graph, "x")});
    const std::uint32_t w = value_of(graph, "w");
    CHECK(graph.values[w].is_constant);
    CHECK(graph.has_bytes(w));
    CHECK(elements<float>(graph.constant(w))[1] == -2);
    CHECK_FALSE(graph.values[value_of(graph, "x")].is_constant);
    CHECK_FALSE(graph.values[value_of(graph, "y")].is_constant);
}

TEST_CASE("Weights that the file leaves out are constants without bytes") {
    OnnxKit kit;
    kit.input("x", {2, 3}).output("y");
    kit.bare_constant("w", {3, 4});
    kit.node("MatMul", {"x", "w"}, {"y"});
    const OpGraph graph = kit.read();
    const std::uint32_t w = value_of(graph, "w");
    CHECK(type_of(graph, "y") == "float32 2x4");
    CHECK(graph.values[w].is_constant);
    CHECK_FALSE(graph.has_bytes(w));
    CHECK_THROWS_WITH(
        graph.constant(w),
        "kit.onnx: initializer \"w\": found a shape without data, allowed one with the weights");
}

TEST_CASE("Every form of Constant is a constant with its bytes") {
    OnnxKit kit;
    kit.input("x", {1}).output("x");
    kit.node("Constant", {}, {"tensor"},
             {{"value", kit_tensor<std::int8_t>(ElementType::s8, {2, 1}, {7, -7})}});
    kit.node("Constant", {}, {"int"}, {{"value_int", std::int64_t{-5}}});
    kit.node("Constant", {}, {"float"}, {{"value_float", 0.5F}});
    kit.node("Constant", {}, {"ints"}, {{"value_ints", std::vector<std::int64_t>{1, 2, 3}}});
    kit.node("Constant", {}, {"floats"}, {{"value_floats", std::vector<float>{1, 2}}});
    kit.node("Constant", {}, {"string"}, {{"value_string", std::string("text")}});
    const OpGraph graph = kit.read();
    CHECK(type_of(graph, "tensor") == "int8 2x1");
    CHECK(type_of(graph, "int") == "int64 scalar");
    CHECK(type_of(graph, "float") == "float32 scalar");
    CHECK(type_of(graph, "ints") == "int64 3");
    CHECK(type_of(graph, "floats") == "float32 2");
    CHECK(type_of(graph, "string") == "?");
    CHECK(elements<std::int8_t>(graph.constant(value_of(graph, "tensor")))[1] == -7);
    CHECK(*elements<std::int64_t>(graph.constant(value_of(graph, "int"))) == -5);
    CHECK(*elements<float>(graph.constant(value_of(graph, "float"))) == 0.5F);
    CHECK(elements<std::int64_t>(graph.constant(value_of(graph, "ints")))[2] == 3);
    CHECK(elements<float>(graph.constant(value_of(graph, "floats")))[1] == 2);
    CHECK(graph.values[value_of(graph, "string")].is_constant);
    CHECK_FALSE(graph.has_bytes(value_of(graph, "string")));
}

TEST_CASE("Nodes are put behind those they read and else stay in the order of the file") {
    OnnxKit kit;
    kit.input("x", {2}).output("d");
    kit.node("Abs", {"c"}, {"d"});
    kit.node("Neg", {"x"}, {"a"});
    kit.node("Relu", {"x"}, {"b"});
    kit.node("Add", {"a", "b"}, {"c"});
    std::vector<std::string> notices;
    const OpGraph graph = kit.read({{}, &notices});
    CHECK(names(graph) == std::vector<std::string>{"a", "b", "c", "d"});
    CHECK(graph.values[value_of(graph, "d")].maker == 3);
    CHECK(type_of(graph, "d") == "float32 2");
    CHECK(notices ==
          std::vector<std::string>{"kit.onnx: nodes stand before those whose results they read: sorted"});
}

TEST_CASE("Attributes come with their kinds and absent inputs as absent") {
    OnnxKit kit(11);
    kit.input("x", {1, 2}).constant("top", kit_tensor<float>(ElementType::f32, {}, {6})).output("y");
    kit.node("Clip", {"x", "", "top"}, {"c"});
    auto& gemm = kit.node("Custom", {"c"}, {"y"},
                          {{"f", 0.25F}, {"s", std::string("word")}, {"fs", std::vector<float>{1}}});
    gemm.set_domain("my.domain");
    kit.import_domain("my.domain", 3);
    auto* graphs = gemm.add_attribute();
    graphs->set_name("g");
    graphs->set_type(onnx::AttributeProto::GRAPH);
    const OpGraph graph = kit.read();
    CHECK(graph.nodes[0].inputs ==
          std::vector<std::uint32_t>{value_of(graph, "x"), kAbsent, value_of(graph, "top")});
    const OpNode& custom = graph.nodes[1];
    CHECK(custom.place() == "\"y\" (my.domain.Custom)");
    CHECK(custom.opset == 3);
    CHECK(custom.real("f", 0) == 0.25F);
    CHECK(custom.text("s", "") == "word");
    CHECK(custom.find("fs")->kind == OpAttribute::Kind::reals);
    CHECK(custom.find("g")->kind == OpAttribute::Kind::other);
    CHECK_THROWS_WITH(custom.integer("f", 0), "\"y\" (my.domain.Custom): attribute \"f\" is not an integer");
    CHECK(type_of(graph, "y") == "?");
    CHECK_FALSE(graph.values[value_of(graph, "y")].is_constant);
}

TEST_CASE("Functions of the model become their bodies") {
    OnnxKit kit;
    kit.import_domain("mine", 1).input("x", {2}).output("y");
    auto& call = kit.node("Twice", {"x"}, {"y"}, {{"slope", 0.5F}});
    call.set_domain("mine");
    call.set_name("call");
    auto* function = kit.model.add_functions();
    function->set_domain("mine");
    function->set_name("Twice");
    function->add_input("in");
    function->add_output("out");
    OnnxKit::fill(*function->add_node(), "LeakyRelu", {"in"}, {"mid"}).set_name("first");
    auto* alpha = function->mutable_node(0)->add_attribute();
    alpha->set_name("alpha");
    alpha->set_ref_attr_name("slope");
    alpha->set_type(onnx::AttributeProto::FLOAT);
    OnnxKit::fill(*function->add_node(), "Add", {"mid", "in"}, {"out"}).set_name("second");
    const OpGraph graph = kit.read();
    CHECK(names(graph) == std::vector<std::string>{"call/first", "call/second"});
    CHECK(graph.nodes[0].real("alpha", 0) == 0.5F);
    CHECK(graph.nodes[1].inputs ==
          std::vector<std::uint32_t>{value_of(graph, "call/mid"), value_of(graph, "x")});
    CHECK(type_of(graph, "y") == "float32 2");

    SECTION("one that calls itself is refused") {
        OnnxKit::fill(*function->add_node(), "Twice", {"out"}, {"more"}).set_domain("mine");
        CHECK(kit.refusal() ==
              "kit.onnx: function \"Twice\": found calls 32 deep, or of itself, allowed fewer");
    }
}

TEST_CASE("A newer IR version is read with a notice") {
    OnnxKit kit;
    kit.model.set_ir_version(10);
    kit.input("x", {2}).output("y").node("Relu", {"x"}, {"y"});
    std::vector<std::string> notices;
    CHECK(type_of(kit.read({{}, &notices}), "y") == "float32 2");
    CHECK(notices == std::vector<std::string>{
                         "kit.onnx: IR version 10 is newer than 8, its opset is not: read as that"});
}
