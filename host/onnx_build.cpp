// Names to numbers.
#include <algorithm>
#include <queue>

#include "host/onnx_parts.h"
#include "host/onnx_tensor.h"
#include "host/workload_reader.h"
#include "traces/error.h"

namespace sosa::host {
namespace {

constexpr std::size_t kMaxNodes = 1'000'000;

class Builder {
  public:
    explicit Builder(OnnxParts& parts) : parts_(parts), file_(parts.model->graph()), graph_(parts.graph) {}

    void run() {
        add_constants();
        add_inputs();
        declared_.resize(static_cast<std::size_t>(file_.node_size()));
        for (int i = 0; i < file_.node_size(); ++i) add_node(i);
        for (int i = 0; i < file_.node_size(); ++i) connect(i);
        sort();
        add_outputs();
        for (const auto& info : file_.value_info()) declare(info);
    }

  private:
    std::uint32_t add_value(const std::string& name, const std::string& as_what);
    std::uint32_t value(const std::string& name, const std::string& place) const;
    void add_constants();
    void add_inputs();
    void add_outputs();
    void add_node(int index);
    void connect(int index);
    void declare(const onnx::ValueInfoProto& info);
    void sort();
    std::vector<std::uint32_t> order() const;
    void refuse_cycle(const std::vector<std::uint32_t>& waits) const;

    OnnxParts& parts_;
    const onnx::GraphProto& file_;
    OpGraph& graph_;
    std::vector<OpNode> declared_{};  // nodes in the order of the file
};

std::uint32_t Builder::add_value(const std::string& name, const std::string& as_what) {
    const auto number = static_cast<std::uint32_t>(graph_.values.size());
    if (name.empty())
        throw UserError(graph_.source + ": found " + as_what + " without a name, allowed one with a name");
    if (!parts_.numbers.emplace(name, number).second)
        throw UserError(graph_.source + ": found the name " + in_quotes(name) + " a second time, of " +
                        as_what + ", allowed once for inputs, initializers and results of nodes");
    graph_.values.push_back({name});
    parts_.types.emplace_back();
    parts_.tensors.push_back(nullptr);
    return number;
}

void Builder::add_constants() {
    for (const auto& tensor : file_.initializer()) {
        const std::uint32_t number = add_value(tensor.name(), "an initializer");
        check_tensor(tensor, graph_.source + ": initializer " + in_quotes(tensor.name()));
        parts_.tensors[number] = &tensor;
        graph_.values[number].is_constant = true;
    }
    for (const auto& sparse : file_.sparse_initializer())
        graph_.values[add_value(sparse.values().name(), "a sparse initializer")].is_constant = true;
}

void Builder::add_inputs() {
    for (const auto& input : file_.input()) {
        // Before IR version 4 initializers had to be inputs as well.
        const auto found = parts_.numbers.find(input.name());
        if (found != parts_.numbers.end() && graph_.values[found->second].is_constant) continue;
        const std::uint32_t number = add_value(input.name(), "an input");
        parts_.types[number] = input.type();
        graph_.inputs.push_back(number);
    }
}

std::uint32_t Builder::value(const std::string& name, const std::string& place) const {
    const auto found = parts_.numbers.find(name);
    if (found == parts_.numbers.end())
        throw UserError(place + ": found " + in_quotes(name) +
                        ", allowed an input, an initializer or a result of a node");
    return found->second;
}

void Builder::add_outputs() {
    if (file_.output().empty()) throw UserError(graph_.source + ": found no outputs, allowed at least 1");
    for (const auto& output : file_.output()) {
        graph_.outputs.push_back(value(output.name(), graph_.source + ": output"));
        declare(output);
    }
}

void Builder::declare(const onnx::ValueInfoProto& info) {
    const auto found = parts_.numbers.find(info.name());
    if (found == parts_.numbers.end() || graph_.values[found->second].maker == kAbsent) return;
    if (parts_.types[found->second].value_case() == onnx::TypeProto::VALUE_NOT_SET)
        parts_.types[found->second] = info.type();
}

void Builder::add_node(int index) {
    const onnx::NodeProto& proto = file_.node(index);
    OpNode& node = declared_[static_cast<std::size_t>(index)];
    const std::string number = "node " + std::to_string(index);
    if (proto.op_type().empty())
        throw UserError(graph_.source + ": " + number + ": found no operator, allowed one a node");
    node.op = proto.op_type();
    node.domain = proto.domain() == "ai.onnx" ? "" : proto.domain();
    const auto opset = parts_.opsets.find(node.domain);
    if (opset == parts_.opsets.end())
        throw UserError(graph_.source + ": " + number + " (" + node.op + "): found domain " +
                        in_quotes(node.domain) + " without its opset, allowed those of opset_import");
    node.opset = opset->second;
    for (const auto& name : proto.output()) {
        if (node.name.empty()) node.name = name;
        node.outputs.push_back(name.empty() ? kAbsent : add_value(name, number + " (" + node.op + ")"));
        if (!name.empty()) graph_.values[node.outputs.back()].maker = static_cast<std::uint32_t>(index);
    }
    if (!proto.name().empty()) node.name = proto.name();
    if (node.name.empty()) node.name = number;
}

void Builder::connect(int index) {
    const onnx::NodeProto& proto = file_.node(index);
    OpNode& node = declared_[static_cast<std::size_t>(index)];
    const std::string place = graph_.source + ": node " + std::to_string(index) + " " + node.place();
    for (const auto& name : proto.input())
        node.inputs.push_back(name.empty() ? kAbsent : value(name, place + ": input"));
    const bool constant = node.op == "Constant" && node.domain.empty();
    for (const auto& attribute : proto.attribute()) {
        const std::string at = place + ": attribute " + in_quotes(attribute.name());
        if (constant && attribute.has_t()) check_tensor(attribute.t(), at);
        if (!constant && !node.attributes.emplace(attribute.name(), read_attribute(attribute, at)).second)
            throw UserError(at + ": found twice, allowed once");
    }
}

// The nodes by file order, but each after those it reads: of those that are ready always the first.
std::vector<std::uint32_t> Builder::order() const {
    std::vector<std::uint32_t> waits(declared_.size(), 0), sorted;
    std::vector<std::vector<std::uint32_t>> readers(declared_.size());
    std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> ready;
    for (std::uint32_t i = 0; i < declared_.size(); ++i) {
        for (const std::uint32_t input : declared_[i].inputs) {
            const std::uint32_t maker = input == kAbsent ? kAbsent : graph_.values[input].maker;
            if (maker == kAbsent) continue;
            readers[maker].push_back(i);
            ++waits[i];
        }
        if (waits[i] == 0) ready.push(i);
    }
    while (!ready.empty()) {
        sorted.push_back(ready.top());
        ready.pop();
        for (const std::uint32_t reader : readers[sorted.back()])
            if (--waits[reader] == 0) ready.push(reader);
    }
    if (sorted.size() < declared_.size()) refuse_cycle(waits);
    return sorted;
}

// Going back from a node that waits, always to another that waits, ends on the cycle.
void Builder::refuse_cycle(const std::vector<std::uint32_t>& waits) const {
    const auto first = std::find_if(waits.begin(), waits.end(), [](std::uint32_t n) { return n > 0; });
    auto at = static_cast<std::uint32_t>(first - waits.begin());
    std::vector<bool> seen(waits.size(), false);
    while (!seen[at]) {
        seen[at] = true;
        for (const std::uint32_t input : declared_[at].inputs) {
            const std::uint32_t maker = input == kAbsent ? kAbsent : graph_.values[input].maker;
            if (maker == kAbsent || waits[maker] == 0) continue;
            at = maker;
            break;
        }
    }
    throw UserError(graph_.source + ": node " + std::to_string(at) + " " + declared_[at].place() +
                    ": found that it reads what follows from its own result, allowed no cycles");
}

void Builder::sort() {
    const std::vector<std::uint32_t> sorted = order();
    if (!std::is_sorted(sorted.begin(), sorted.end()))
        parts_.notice("nodes stand before those whose results they read: sorted");
    for (const std::uint32_t index : sorted) {
        for (const std::uint32_t output : declared_[index].outputs)
            if (output != kAbsent)
                graph_.values[output].maker = static_cast<std::uint32_t>(graph_.nodes.size());
        graph_.nodes.push_back(std::move(declared_[index]));
        parts_.nodes.push_back(&file_.node(static_cast<int>(index)));
    }
}

}  // namespace

void build_graph(OnnxParts& parts) {
    const onnx::GraphProto& file = parts.model->graph();
    if (static_cast<std::size_t>(file.node_size()) > kMaxNodes)
        throw UserError(parts.graph.source + ": found " + std::to_string(file.node_size()) +
                        " nodes, allowed " + std::to_string(kMaxNodes));
    parts.graph.name = file.name();
    Builder(parts).run();
}

}  // namespace sosa::host
