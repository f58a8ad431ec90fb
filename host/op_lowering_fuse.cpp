#include <algorithm>

#include "host/op_lowering_parts.h"

// Which operators need no time of their own: those that scale, shift and clip a product's results one by one
// while they are finished, and those that only say what a product's integers mean.
namespace sosa::host {

namespace {
// Absent, or the same in every run.
bool is_fixed(const OpGraph& graph, std::uint32_t value) {
    return value == kAbsent || graph.values[value].is_constant;
}
bool are_fixed(const OpGraph& graph, const OpNode& node, std::size_t first, std::size_t last) {
    for (std::size_t i = first; i <= last; ++i)
        if (!is_fixed(graph, operand(node, i))) return false;
    return true;
}

// Broadcast to `dims`, it differs at most along `axis`.
bool varies_along(const OpValue& constant, const Dims& dims, std::optional<std::size_t> axis) {
    const std::size_t rank = constant.dims.size();
    if (!constant.known || rank > dims.size()) return false;
    for (std::size_t i = 0; i < rank; ++i) {
        const std::size_t at = dims.size() - rank + i;
        const bool fits = constant.dims[i] == 1 || (axis == at && constant.dims[i] == dims[at]);
        if (!fits) return false;
    }
    return true;
}

// The scale of (De)QuantizeLinear: one, or one for each index of `axis`.
bool scale_fits(const OpGraph& graph, const OpNode& node, const Dims& dims, std::optional<std::size_t> axis) {
    const std::uint32_t scale = operand(node, 1);
    if (scale == kAbsent || !graph.values[scale].known) return false;
    const Dims& s = graph.values[scale].dims;
    if (count_elements(s) == 1) return true;
    const auto rank = static_cast<std::int64_t>(dims.size());
    const std::int64_t said = node.integer("axis", 1);
    const std::int64_t along = said < 0 ? said + rank : said;
    return axis && s.size() == 1 && along == static_cast<std::int64_t>(*axis) && s[0] == dims.at(*axis);
}

bool is_bias(const OpGraph& graph, const OpNode& node, std::uint32_t value, const ProductShape& shape) {
    const std::uint32_t other = operand(node, 0) == value ? operand(node, 1) : operand(node, 0);
    return other != kAbsent && graph.values[other].is_constant &&
           varies_along(graph.values[other], graph.values[value].dims, shape.channels);
}

bool is_normalisation(const OpGraph& graph, const OpNode& node, std::uint32_t value,
                      const ProductShape& shape) {
    const Dims& dims = graph.values[value].dims;
    if (shape.channels != std::size_t{1} || dims.size() < 2 || is_training(node)) return false;
    for (std::size_t i = 1; i <= 4; ++i) {
        const std::uint32_t parameter = operand(node, i);
        if (parameter == kAbsent || !graph.values[parameter].is_constant) return false;
        if (graph.values[parameter].dims != Dims{dims[1]}) return false;
    }
    return true;
}

// `value` is a product's result, or what nodes before this one made of it. Where all other operands are
// constants it is the first one.
bool is_finished_with(const OpGraph& graph, const OpNode& node, std::uint32_t value,
                      const ProductShape& shape) {
    if (node.op == "Relu") return true;
    if (node.op == "Add") return is_bias(graph, node, value, shape);
    if (node.op == "BatchNormalization") return is_normalisation(graph, node, value, shape);
    if (node.op == "Clip") return are_fixed(graph, node, 1, 2);
    return node.op == "QuantizeLinear" && are_fixed(graph, node, 1, 2) &&
           scale_fits(graph, node, graph.values[value].dims, shape.channels);
}

bool reads_unscaled(const GraphUse& use, const OpNode& node, std::uint32_t reader) {
    if (use.class_of(reader) != OpClass::product) return false;
    const ProductShape p = product_shape(use.graph, reader);
    if (p.is_empty()) return false;
    const std::uint32_t value = node.outputs[0];
    if (value == p.added || (value == p.bias && !use.graph.values[value].is_constant)) return false;
    const Dims& dims = use.graph.values[value].dims;
    if (value == p.x && !scale_fits(use.graph, node, dims, {})) return false;
    return value != p.w || scale_fits(use.graph, node, dims, p.w_channels);
}
}  // namespace

bool is_before_products(const GraphUse& use, std::uint32_t node) {
    const OpNode& n = use.graph.nodes[node];
    if (n.op != "DequantizeLinear" || n.outputs.empty() || !are_fixed(use.graph, n, 1, 2)) return false;
    const std::uint32_t value = n.outputs[0];
    if (use.is_result[value] || !use.graph.values[value].known) return false;
    const auto& readers = use.readers[value];
    return std::all_of(readers.begin(), readers.end(),
                       [&](std::uint32_t reader) { return reads_unscaled(use, n, reader); });
}

std::vector<std::uint32_t> after_product(const GraphUse& use, std::uint32_t node, const ProductShape& shape) {
    std::vector<std::uint32_t> chain;
    if (!shape.is_last()) return chain;
    const OpGraph& graph = use.graph;
    std::uint32_t value = graph.nodes[node].outputs[0];
    while (!use.is_result[value] && use.readers[value].size() == 1) {
        const std::uint32_t reader = use.readers[value][0];
        const OpNode& next = graph.nodes[reader];
        if (use.class_of(reader) != OpClass::vector || !is_finished_with(graph, next, value, shape)) break;
        const std::uint32_t made = next.outputs[0];
        if (made == kAbsent) break;
        chain.push_back(reader);
        value = made;
        if (next.op == "QuantizeLinear") break;
    }
    return chain;
}

}  // namespace sosa::host
