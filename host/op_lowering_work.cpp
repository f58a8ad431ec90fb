#include <algorithm>

#include "host/op_lowering_parts.h"
#include "traces/error.h"

// What an operator that is no product costs the lanes of the post-processors.
namespace sosa::host {

namespace {
std::uint64_t given_operands(const OpNode& node) {
    return static_cast<std::uint64_t>(
        std::count_if(node.inputs.begin(), node.inputs.end(), [](std::uint32_t v) { return v != kAbsent; }));
}

std::uint64_t window_elements(const OpGraph& graph, std::uint32_t node) {
    const Dims kernel = graph.nodes[node].integers("kernel_shape");
    if (kernel.empty() || std::any_of(kernel.begin(), kernel.end(), [](auto size) { return size < 1; }))
        refuse_node(graph, node, "kernel_shape " + (kernel.empty() ? "of no axes" : dims_text(kernel)),
                    "sizes from 1");
    return count_elements(kernel);
}

// Of a merge sort of the axis along which TopK looks.
std::uint64_t sort_levels(const OpGraph& graph, std::uint32_t node) {
    const Dims& dims = operand_dims(graph, node, 0);
    const auto rank = static_cast<std::int64_t>(dims.size());
    const std::int64_t axis = graph.nodes[node].integer("axis", -1);
    if (axis < -rank || axis >= rank)
        refuse_node(graph, node, "axis " + std::to_string(axis), "one of " + std::to_string(rank));
    const std::int64_t length = dims[static_cast<std::size_t>(axis < 0 ? axis + rank : axis)];
    std::uint64_t levels = 1;
    while (levels < 62 && (std::int64_t{1} << levels) < length) ++levels;
    return levels;
}

// Neighbours of an element; none if each element is a copy of one.
std::uint64_t taps(const OpGraph& graph, std::uint32_t node) {
    const std::string mode = graph.nodes[node].text("mode", "nearest");
    if (mode == "nearest") return 0;
    if (mode != "linear" && mode != "cubic")
        refuse_node(graph, node, "another mode", "nearest, linear or cubic");
    const Dims &from = operand_dims(graph, node, 0), &to = result_dims(graph, node);
    if (from.size() != to.size())
        refuse_node(graph, node, dims_text(from) + " resized to " + dims_text(to), "the same rank");
    std::uint64_t count = 1;
    for (std::size_t i = 0; i < from.size(); ++i)
        if (from[i] != to[i]) count = times(count, mode == "linear" ? 2 : 4);
    return count;
}

struct Work {
    std::uint64_t elements = 0, simple = 0, special = 0;
};

// Elements 0: empty; no operations: none.
Work work_of(const OpGraph& graph, std::uint32_t node, const OpRow& row) {
    const auto output = [&] { return count_elements(result_dims(graph, node)); };
    const auto input = [&] { return count_elements(operand_dims(graph, node, 0)); };
    const OpNode& n = graph.nodes[node];
    switch (row.per) {
        case OpCount::none:
            return {};
        case OpCount::output:
            if (is_training(n)) return {output(), find_op("InstanceNormalization")->simple, 0};
            return {output(), row.simple, row.special};
        case OpCount::operands:
            return {output(), times(row.simple, given_operands(n)), 0};
        case OpCount::more_operands:
            return {output(), times(row.simple, std::max<std::uint64_t>(given_operands(n), 1) - 1), 0};
        case OpCount::input:
            return {input(), row.simple, row.special};
        case OpCount::second:
            return {count_elements(operand_dims(graph, node, 1)), row.simple, row.special};
        case OpCount::window:
            return {times(output(), window_elements(graph, node)), row.simple, row.special};
        case OpCount::sort:
            return {input(), times(row.simple, sort_levels(graph, node)), 0};
        case OpCount::taps:
            return {output(), times(row.simple, taps(graph, node)), 0};
        case OpCount::updates:
            if (n.text("reduction", "none") == "none") return {};
            return {count_elements(operand_dims(graph, node, 2)), row.simple, row.special};
    }
    SOSA_CHECK(false, n.op);
}
}  // namespace

bool is_training(const OpNode& node) {
    if (node.op != "BatchNormalization") return false;
    const bool is_old = node.opset < 14;  // it told so by asking for the statistics
    if (!is_old) return node.integer("training_mode", 0) != 0;
    return std::any_of(node.outputs.begin() + 1, node.outputs.end(), [](auto v) { return v != kAbsent; });
}

std::optional<VectorWork> vector_work(const OpGraph& graph, std::uint32_t node) {
    const OpRow* row = find_op(graph.nodes[node].op);
    SOSA_CHECK(row, graph.nodes[node].op);
    const Work work = work_of(graph, node, *row);
    if (work.simple + work.special == 0) return {};
    if (work.elements > kMaxTensorBytes)
        refuse_node(graph, node, std::to_string(work.elements) + " elements to work on",
                    "at most " + std::to_string(kMaxTensorBytes));
    if (work.simple > kMaxLaneOps)
        refuse_node(graph, node, std::to_string(work.simple) + " operations per element",
                    "at most " + std::to_string(kMaxLaneOps));
    return VectorWork{work.elements, static_cast<std::uint32_t>(work.simple),
                      static_cast<std::uint32_t>(work.special)};
}

}  // namespace sosa::host
