#include "sc_tests/unit/op_eval_kit.h"

using namespace sosa::host;
using namespace sosa::host::kit;

namespace {

// y = (x + w) * x, and an Exp that no output needs.
OpGraph small_graph() {
    OpGraph graph;
    graph.source = "small.onnx";
    for (const char* const name : {"x", "w", "sum", "y", "unused"}) graph.values.push_back(OpValue{name});
    graph.values[1].is_constant = true;
    graph.constants[1] = [] { return list<float>({10, 20}); };
    graph.inputs = {0};
    graph.outputs = {3};
    const auto add = [&graph](const char* op, std::vector<std::uint32_t> inputs, std::uint32_t output) {
        OpNode made = node(op);
        made.inputs = std::move(inputs);
        made.outputs = {output};
        graph.values[output].maker = static_cast<std::uint32_t>(graph.nodes.size());
        graph.nodes.push_back(made);
    };
    add("Add", {0, 1}, 2);
    add("NoSuchOperator", {0}, 4);
    add("Mul", {2, 0}, 3);
    return graph;
}

std::string graph_refusal(const OpGraph& graph, const std::map<std::uint32_t, TensorValue>& inputs) {
    try {
        evaluate(graph, inputs);
    } catch (const sosa::UserError& error) {
        return error.what();
    }
    return "taken";
}

}  // namespace

TEST_CASE("A graph is computed as far as its outputs need it") {
    const auto results = evaluate(small_graph(), {{0, list<float>({1, 2})}});
    CHECK(values_of<float>(results.at(3)) == std::vector<float>{11, 44});
    CHECK(results.count(4) == 0);
    // What is given needs no maker.
    const auto given = evaluate(small_graph(), {{0, list<float>({1, 2})}, {2, list<float>({3, 3})}});
    CHECK(values_of<float>(given.at(3)) == std::vector<float>{3, 6});
    CHECK(given.count(1) == 0);
}

TEST_CASE("A graph that cannot be computed says where") {
    OpGraph graph = small_graph();
    CHECK(graph_refusal(graph, {}) == "small.onnx: input \"x\" was not given, but the outputs need it");
    CHECK(graph_refusal(graph, {{0, list<float>({1, 2, 3})}}) ==
          "small.onnx: node 0 \"it\" (Add): found shapes 3 and 2, allowed shapes that broadcast: dimensions, "
          "from "
          "the last, that are equal or 1");
    graph.values[0].known = true;
    graph.values[0].type = ElementType::f32;
    graph.values[0].dims = {2};
    CHECK(graph_refusal(graph, {{0, list<double>({1, 2})}}) ==
          "small.onnx: input \"x\": found float64 of 2, allowed float32 of 2");
    graph.outputs = {4};
    CHECK(graph_refusal(graph, {{0, list<float>({1, 2})}}) ==
          "small.onnx: node 1 \"it\" (NoSuchOperator): found operator NoSuchOperator, allowed an operator "
          "that the "
          "host computes");
}

TEST_CASE("Operators of other domains are not computed") {
    OpNode made = node("Add");
    CHECK(can_evaluate(made));
    made.domain = "com.microsoft";
    CHECK_FALSE(can_evaluate(made));
}

TEST_CASE("Tensors that are no tensors are refused") {
    TensorValue x = list<float>({1, 2});
    x.dims = {3};
    CHECK(refusal(node("Abs"), {x}) == "\"it\" (Abs): found input 0 of 8 bytes, allowed 12");
    x.dims = {-1};
    CHECK(refusal(node("Abs"), {x}) ==
          "\"it\" (Abs): found input 0 of -1, allowed dimensions that are not negative");
    x.dims = {std::int64_t{1} << 40, std::int64_t{1} << 40, 0};
    CHECK(refusal(node("Abs"), {x}) ==
          "\"it\" (Abs): found input 0 of 1099511627776x1099511627776x0, allowed at most 2^34 elements");
}

TEST_CASE("Results beyond 8 GiB and inputs that are missing are refused") {
    const TensorValue row = make_tensor(ElementType::u8, {1, 100000}),
                      column = make_tensor(ElementType::u8, {100000, 1});
    CHECK(refusal(node("Add"), {row, column}) ==
          "\"it\" (Add): found a result of 100000x100000, allowed at most 8 GiB");
    CHECK(refusal(node("Add"), {row}) == "\"it\" (Add): found 1 inputs, allowed 2");
    CHECK(refusal(node("Add"), {row, absent}) ==
          "\"it\" (Add): found no input 1, allowed a node that has it");
    CHECK(refusal(node("Sum"), {}) == "\"it\" (Sum): found 0 inputs, allowed at least 1");
    CHECK(refusal(node("Abs", 17, 2), {row}) == "\"it\" (Abs): found 2 outputs, allowed at most 1");
    CHECK(refusal(node("Div"), {row, make_tensor(ElementType::u8, {1})}) ==
          "\"it\" (Div): found a division by 0, allowed whole numbers but 0 as divisors");
    CHECK(refusal(node("Add"), {row, list<float>({1})}) ==
          "\"it\" (Add): found inputs of uint8 and float32, allowed inputs of one type");
}
