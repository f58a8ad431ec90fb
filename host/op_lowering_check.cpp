#include <algorithm>

#include "host/op_lowering_parts.h"
#include "host/workload_reader.h"
#include "traces/error.h"
#include "traces/text.h"

// Which nodes are needed, and whether all of them can be lowered.
namespace sosa::host {

namespace {
constexpr std::size_t kMostNodes = 5, kMostOperators = 100;  // that a sentence names

bool is_own(const OpNode& node) { return node.domain.empty() || node.domain == "ai.onnx"; }

// Operators with the names of their nodes, in the order of the first ones.
class NodeList {
  public:
    void add(const std::string& op, const std::string& node) {
        const auto [place, is_new] = index_.emplace(op, groups_.size());
        if (is_new) groups_.push_back({op, {}, 0});
        Group& group = groups_[place->second];
        if (group.nodes.size() < kMostNodes) group.nodes.push_back(in_quotes(node));
        ++group.count;
    }
    bool empty() const { return groups_.empty(); }
    std::string text() const {
        std::vector<std::string> parts;
        for (std::size_t i = 0; i < groups_.size() && i < kMostOperators; ++i)
            parts.push_back(text_of(groups_[i]));
        if (groups_.size() > kMostOperators)
            parts.push_back("and " + std::to_string(groups_.size() - kMostOperators) + " more operators");
        return traces::join(parts);
    }

  private:
    struct Group {
        std::string op;
        std::vector<std::string> nodes;
        std::size_t count;
    };
    static std::string text_of(const Group& group) {
        std::string text = group.op + (group.count == 1 ? " (node " : " (nodes ") + traces::join(group.nodes);
        if (group.count > kMostNodes) text += " and " + std::to_string(group.count - kMostNodes) + " more";
        return text + ")";
    }
    std::vector<Group> groups_;
    std::unordered_map<std::string, std::size_t> index_;
};

// A name that is no plain word stands in quotes, short and harmless.
std::string operator_text(const OpNode& node) {
    const std::string all = is_own(node) ? node.op : node.domain + "." + node.op;
    const bool plain = !all.empty() && all.size() <= 80 &&
                       std::all_of(all.begin(), all.end(), [](char c) { return c > ' ' && c < 0x7f; });
    return plain ? all : in_quotes(all);
}

// Its results would be random numbers.
bool is_training_dropout(const OpGraph& graph, const OpNode& node) {
    const std::uint32_t mode = operand(node, 2);
    if (!is_own(node) || node.op != "Dropout" || mode == kAbsent || !graph.has_bytes(mode)) return false;
    const OpValue& value = graph.values[mode];
    if (value.type != ElementType::boolean || !value.known || count_elements(value.dims) != 1) return false;
    return graph.constant(mode).bytes.at(0) != 0;
}

bool is_shape_known(const OpValue& value) {
    return value.known &&
           std::all_of(value.dims.begin(), value.dims.end(), [](auto dim) { return dim >= 0; });
}

// Whether a needed node that takes or costs time has a shape that is not known.
bool lacks_shape(const GraphUse& use, std::uint32_t node) {
    if (use.class_of(node) == OpClass::constant) return false;
    const auto& values = use.graph.values;
    const OpNode& n = use.graph.nodes[node];
    const bool lacks_input = std::any_of(n.inputs.begin(), n.inputs.end(), [&](std::uint32_t v) {
        return v != kAbsent && !is_shape_known(values[v]);
    });
    return lacks_input || std::any_of(n.outputs.begin(), n.outputs.end(), [&](std::uint32_t v) {
               return v != kAbsent && use.is_live(v) && !is_shape_known(values[v]);
           });
}

// Nodes behind one whose result's shape is not known are not told.
void check_shapes(const GraphUse& use) {
    const auto& graph = use.graph;
    NodeList list;
    std::vector<bool> lacking(graph.nodes.size());
    for (std::uint32_t node = 0; node < graph.nodes.size(); ++node) {
        if (!use.needed[node] || !lacks_shape(use, node)) continue;
        lacking[node] = true;
        const auto& inputs = graph.nodes[node].inputs;
        const bool follows = std::any_of(inputs.begin(), inputs.end(), [&](std::uint32_t v) {
            return v != kAbsent && !is_shape_known(graph.values[v]) && graph.values[v].maker != kAbsent &&
                   lacking[graph.values[v].maker];
        });
        if (!follows) list.add(operator_text(graph.nodes[node]), graph.nodes[node].name);
    }
    if (!list.empty())
        throw UserError(graph.source + ": found shapes that are not known at " + list.text() +
                        "; allowed are shapes that follow from those of the inputs and from constants");
}
}  // namespace

GraphUse::GraphUse(const OpGraph& g)
    : graph(g), needed(g.nodes.size()), is_result(g.values.size()), readers(g.values.size()) {
    for (const std::uint32_t value : g.outputs) is_result.at(value) = true;
    for (auto node = static_cast<std::uint32_t>(g.nodes.size()); node-- > 0;) {
        const auto& outputs = g.nodes[node].outputs;
        needed[node] = std::any_of(outputs.begin(), outputs.end(),
                                   [&](std::uint32_t v) { return v != kAbsent && is_live(v); });
        if (!needed[node]) continue;
        for (const std::uint32_t value : g.nodes[node].inputs)
            if (value != kAbsent) readers.at(value).push_back(node);
    }
}

OpClass GraphUse::class_of(std::uint32_t node) const {
    const OpNode& n = graph.nodes[node];
    const OpRow* row = is_own(n) ? find_op(n.op) : nullptr;
    if (!row) return OpClass::unsupported;
    // What loops and branches read beside their inputs is not told: only what is known is a constant then.
    const bool is_unsupported = row->use == OpClass::unsupported;
    const bool fixed = std::all_of(n.outputs.begin(), n.outputs.end(), [&](std::uint32_t v) {
        return v == kAbsent || !is_live(v) ||
               (is_unsupported ? graph.has_bytes(v) : graph.values[v].is_constant);
    });
    return fixed ? OpClass::constant : row->use;
}

void check_operators(const GraphUse& use) {
    NodeList list;
    for (std::uint32_t node = 0; node < use.graph.nodes.size(); ++node) {
        if (!use.needed[node]) continue;
        const OpNode& n = use.graph.nodes[node];
        if (use.class_of(node) == OpClass::unsupported) list.add(operator_text(n), n.name);
        if (is_training_dropout(use.graph, n)) list.add("Dropout with training_mode", n.name);
    }
    if (!list.empty())
        throw UserError(use.graph.source + ": found operators that cannot run: " + list.text() +
                        "; supported are listed by sosa list operators");
    check_shapes(use);
}

}  // namespace sosa::host
