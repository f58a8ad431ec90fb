#pragma once
#include <string>
#include <utility>
#include <vector>

#include "host/op_graph.h"
#include "host/op_lowering.h"
#include "traces/error.h"

// Networks written down by hand, and what became of them as text.
namespace sosa::tests {

using host::Dims;
using Attributes = std::map<std::string, host::OpAttribute>;

inline host::OpAttribute integer(std::int64_t value) {
    host::OpAttribute a;
    a.integer = value;
    return a;
}
inline host::OpAttribute integers(std::vector<std::int64_t> values) {
    host::OpAttribute a;
    a.kind = host::OpAttribute::Kind::integers;
    a.integers = std::move(values);
    return a;
}
inline host::OpAttribute word(std::string text) {
    host::OpAttribute a;
    a.kind = host::OpAttribute::Kind::text;
    a.text = std::move(text);
    return a;
}

class OpGraphKit {
  public:
    OpGraphKit() { graph.source = "dir/net.onnx"; }

    std::uint32_t value(const std::string& name, Dims dims) {
        host::OpValue v;
        v.name = name;
        v.type = host::ElementType::f32;
        v.dims = std::move(dims);
        v.known = true;
        graph.values.push_back(v);
        return static_cast<std::uint32_t>(graph.values.size() - 1);
    }
    std::uint32_t input(Dims dims) {
        graph.inputs.push_back(value("in" + std::to_string(graph.inputs.size()), std::move(dims)));
        return graph.inputs.back();
    }
    std::uint32_t constant(Dims dims) {
        const std::uint32_t v = value("w" + std::to_string(graph.values.size()), std::move(dims));
        graph.values[v].is_constant = true;
        return v;
    }
    // One result, that of the node's name; a constant if all operands are.
    std::uint32_t add(const std::string& op, const std::string& name, std::vector<std::uint32_t> inputs,
                      Dims dims, Attributes attributes = {}) {
        const std::uint32_t v = value(name, std::move(dims));
        host::OpNode node;
        node.name = name;
        node.op = op;
        node.opset = 17;
        node.inputs = std::move(inputs);
        node.outputs = {v};
        node.attributes = std::move(attributes);
        graph.values[v].maker = static_cast<std::uint32_t>(graph.nodes.size());
        graph.values[v].is_constant = true;
        for (const std::uint32_t operand : node.inputs)
            if (operand != host::kAbsent && !graph.values[operand].is_constant)
                graph.values[v].is_constant = false;
        graph.nodes.push_back(std::move(node));
        return v;
    }
    // A further result of the last node.
    std::uint32_t also(Dims dims) {
        const std::uint32_t v = value(graph.nodes.back().name + "'", std::move(dims));
        graph.values[v].maker = static_cast<std::uint32_t>(graph.nodes.size() - 1);
        graph.nodes.back().outputs.push_back(v);
        return v;
    }
    OpGraphKit& output(std::uint32_t value) {
        graph.outputs.push_back(value);
        return *this;
    }
    host::Lowering lowered() const { return host::lower(graph); }

    host::OpGraph graph;
};

inline std::string numbers(const std::vector<std::uint32_t>& all) {
    std::string text;
    for (const std::uint32_t n : all) text += (text.empty() ? "" : ",") + std::to_string(n);
    return text.empty() ? "-" : text;
}

// "conv Conv 3136x576x64 3x3 2 groups on chip after 0,1", "relu Relu 100*(1+0) after 3"
inline std::string layer_text(const host::Layer& l) {
    const auto text = [](std::uint64_t number) { return std::to_string(number); };
    std::string line = l.name + " " + l.op + " ";
    if (l.is_vector()) {
        line += text(l.vector.elements) + "*(" + text(l.vector.simple) + "+" + text(l.vector.special) + ")";
    } else {
        line += text(l.m) + "x" + text(l.k) + "x" + text(l.n);
        if (l.kernel_h * l.kernel_w != 1) line += " " + text(l.kernel_h) + "x" + text(l.kernel_w);
        if (l.groups != 1) line += " " + text(l.groups) + " groups";
        if (l.w_on_chip) line += " on chip";
    }
    return line + " after " + numbers(l.deps);
}

using Lines = std::vector<std::string>;

inline Lines layers_text(const host::Lowering& lowering) {
    Lines lines;
    for (const host::Layer& layer : lowering.workload.layers) lines.push_back(layer_text(layer));
    return lines;
}

// By node: "product 0", "fused 0", "layout".
inline Lines uses_text(const host::Lowering& lowering) {
    const std::vector<std::string> names = {"product", "vector", "fused", "layout", "constant", "unused"};
    Lines lines;
    for (const host::LoweredNode& node : lowering.nodes) {
        lines.push_back(names.at(static_cast<std::size_t>(node.use)));
        if (node.layer != host::kAbsent) lines.back() += " " + std::to_string(node.layer);
    }
    return lines;
}

// By product: "node 3 layer 1 before 0,2 after 4,5".
inline Lines products_text(const host::Lowering& lowering) {
    Lines lines;
    for (const host::LoweredProduct& p : lowering.products)
        lines.push_back("node " + std::to_string(p.node) + " layer " + std::to_string(p.layer) + " before " +
                        numbers(p.before) + " after " + numbers(p.after));
    return lines;
}

// The sentence with which it is refused, or "" if it is not.
inline std::string refusal(const OpGraphKit& kit) {
    try {
        kit.lowered();
    } catch (const UserError& error) {
        return error.what();
    }
    return "";
}

}  // namespace sosa::tests
