#include <utility>

#include "host/op_eval.h"
#include "traces/error.h"

// A whole graph, node by node.
namespace sosa::host {
namespace {

using Results = std::map<std::uint32_t, TensorValue>;

// Which nodes the outputs need, given what is there already.
std::vector<bool> needed_nodes(const OpGraph& graph, const Results& results) {
    std::vector<bool> needed(graph.nodes.size(), false), seen(graph.values.size(), false);
    std::vector<std::uint32_t> open(graph.outputs.begin(), graph.outputs.end());
    while (!open.empty()) {
        const std::uint32_t value = open.back();
        open.pop_back();
        if (value == kAbsent || seen[value]) continue;
        seen[value] = true;
        const std::uint32_t maker = graph.values[value].maker;
        if (maker == kAbsent || results.count(value) != 0 || graph.has_bytes(value)) continue;
        needed[maker] = true;
        const auto& inputs = graph.nodes[maker].inputs;
        open.insert(open.end(), inputs.begin(), inputs.end());
    }
    return needed;
}

// The value, fetched if it is a constant; what else is not there was not given.
const TensorValue& fetch(const OpGraph& graph, std::uint32_t value, Results& results) {
    const auto found = results.find(value);
    if (found != results.end()) return found->second;
    const OpValue& wanted = graph.values[value];
    if (wanted.is_constant) return results.emplace(value, graph.constant(value)).first->second;
    throw UserError(graph.source + ": input \"" + wanted.name + "\" was not given, but the outputs need it");
}

void expect_declared(const OpGraph& graph, const Results& inputs) {
    for (const auto& [value, tensor] : inputs) {
        SOSA_CHECK(value < graph.values.size(), "value " + std::to_string(value));
        const OpValue& declared = graph.values[value];
        if (!declared.known || (declared.type == tensor.type && declared.dims == tensor.dims)) continue;
        const auto text = [](ElementType type, const Dims& dims) {
            return std::string(element_name(type)) + " of " + dims_text(dims);
        };
        throw UserError(graph.source + ": input \"" + declared.name + "\": found " +
                        text(tensor.type, tensor.dims) + ", allowed " + text(declared.type, declared.dims));
    }
}

std::vector<TensorValue> evaluate_node(const OpGraph& graph, std::uint32_t number, Results& results) {
    const OpNode& node = graph.nodes[number];
    std::vector<const TensorValue*> operands;
    for (const std::uint32_t value : node.inputs) {
        operands.push_back(value == kAbsent ? nullptr : &fetch(graph, value, results));
    }
    try {
        return evaluate(node, operands);
    } catch (const UserError& error) {
        throw UserError(graph.source + ": node " + std::to_string(number) + " " + error.what());
    }
}

}  // namespace

std::map<std::uint32_t, TensorValue> evaluate(const OpGraph& graph,
                                              std::map<std::uint32_t, TensorValue> inputs) {
    expect_declared(graph, inputs);
    Results results = std::move(inputs);
    const std::vector<bool> needed = needed_nodes(graph, results);
    for (std::uint32_t number = 0; number < graph.nodes.size(); ++number) {
        if (!needed[number]) continue;
        const OpNode& node = graph.nodes[number];
        std::vector<TensorValue> made = evaluate_node(graph, number, results);
        for (std::size_t i = 0; i < node.outputs.size(); ++i) {
            if (node.outputs[i] != kAbsent) results.insert_or_assign(node.outputs[i], std::move(made[i]));
        }
    }
    for (const std::uint32_t output : graph.outputs) fetch(graph, output, results);
    return results;
}

}  // namespace sosa::host
