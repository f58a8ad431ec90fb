#include "host/op_lowering_parts.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>

#include "traces/error.h"
#include "traces/text.h"

namespace sosa::host {

namespace {
constexpr std::uint64_t kMaxGathered = std::uint64_t{1} << 24;  // of layers that values wait for, in all

// Bytes that are no UTF-8 replaced, as they would be in a workload file.
std::string as_text(const std::string& name) {
    using Json = nlohmann::json;
    const bool plain = std::all_of(name.begin(), name.end(), [](char c) { return c > 0; });
    if (plain) return name;
    return Json::parse(Json(name).dump(-1, ' ', false, Json::error_handler_t::replace)).get<std::string>();
}
}  // namespace

void refuse_node(const OpGraph& graph, std::uint32_t node, const std::string& found,
                 const std::string& allowed) {
    throw UserError(graph.place(node) + ": found " + found + ", allowed " + allowed);
}

std::uint32_t operand(const OpNode& node, std::size_t i) {
    return i < node.inputs.size() ? node.inputs[i] : kAbsent;
}

const Dims& operand_dims(const OpGraph& graph, std::uint32_t node, std::size_t i) {
    const std::uint32_t value = operand(graph.nodes[node], i);
    if (value == kAbsent || !graph.values[value].known)
        refuse_node(graph, node, "no input " + std::to_string(i) + " of a known shape", "one");
    return graph.values[value].dims;
}

const Dims& result_dims(const OpGraph& graph, std::uint32_t node) {
    const auto& outputs = graph.nodes[node].outputs;
    if (outputs.empty() || outputs[0] == kAbsent || !graph.values[outputs[0]].known)
        refuse_node(graph, node, "no output 0 of a known shape", "one");
    return graph.values[outputs[0]].dims;
}

std::uint64_t times(std::uint64_t a, std::uint64_t b) {
    std::uint64_t product = 0;
    return __builtin_mul_overflow(a, b, &product) ? std::numeric_limits<std::uint64_t>::max() : product;
}

std::uint64_t count_elements(const Dims& dims, std::size_t begin) {
    if (std::find(dims.begin() + static_cast<std::ptrdiff_t>(begin), dims.end(), 0) != dims.end()) return 0;
    std::uint64_t count = 1;
    for (std::size_t i = begin; i < dims.size(); ++i)
        count = times(count, static_cast<std::uint64_t>(dims[i]));
    return count;
}

std::vector<Reach::Layers> Reach::distinct(std::uint32_t node, std::size_t operands) const {
    const auto& inputs = graph_.nodes[node].inputs;
    std::vector<Layers> parts;
    for (std::size_t i = 0; i < std::min(operands, inputs.size()); ++i)
        if (inputs[i] != kAbsent && layers_[inputs[i]]) parts.push_back(layers_[inputs[i]]);
    std::sort(parts.begin(), parts.end());
    parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
    return parts;
}

std::vector<std::uint32_t> Reach::merged(std::uint32_t node, const std::vector<Layers>& parts) {
    std::vector<std::uint32_t> all;
    for (const Layers& part : parts) {
        gathered_ += part->size();
        if (gathered_ > kMaxGathered)
            refuse_node(graph_, node,
                        "more than " + std::to_string(kMaxGathered) + " dependencies of layers up to here",
                        "at most that many");
        all.insert(all.end(), part->begin(), part->end());
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

std::vector<std::uint32_t> Reach::of(std::uint32_t node, std::size_t operands) {
    return merged(node, distinct(node, operands));
}

const std::vector<std::uint32_t>& Reach::of_value(std::uint32_t value) const {
    static const std::vector<std::uint32_t> none;
    return layers_[value] ? *layers_[value] : none;
}

void Reach::set(std::uint32_t node, const Layers& layers) {
    for (const std::uint32_t value : graph_.nodes[node].outputs)
        if (value != kAbsent) layers_[value] = layers;
}

void Reach::made_by(std::uint32_t node, std::uint32_t layer) {
    set(node, std::make_shared<const std::vector<std::uint32_t>>(1, layer));
}

void Reach::passes(std::uint32_t node) {
    const auto parts = distinct(node, SIZE_MAX);
    if (parts.size() > 1)
        set(node, std::make_shared<const std::vector<std::uint32_t>>(merged(node, parts)));
    else if (parts.size() == 1)
        set(node, parts[0]);
}

std::string LayerNames::fresh(const std::string& wanted) {
    const std::string base = as_text(wanted);
    std::string name = base;
    while (!given_.insert(name).second)
        name = base + "#" + std::to_string(++last_.try_emplace(base, 1).first->second);
    return name;
}

std::string workload_name(const std::string& source) {
    constexpr std::size_t longest = 100;
    std::string name = as_text(std::filesystem::path(source).stem().string());
    for (char& c : name)
        if (static_cast<unsigned char>(c) < 0x20 || c == 127) c = '_';
    if (!name.empty() && name[0] == '.') name[0] = '_';
    std::size_t size = std::min(name.size(), longest);
    while (size < name.size() && (static_cast<unsigned char>(name[size]) & 0xc0) == 0x80)
        --size;  // a whole letter
    name.resize(size);
    return name.empty() ? "model" : name;
}

void OpTally::count(const std::string& op) {
    const auto [place, is_new] = index_.emplace(op, counts_.size());
    if (is_new) counts_.emplace_back(op, 0);
    ++counts_[place->second].second;
}

std::string OpTally::text() const {
    std::vector<std::string> parts;
    for (const auto& [op, count] : counts_) parts.push_back(std::to_string(count) + " " + op);
    return traces::join(parts);
}

}  // namespace sosa::host
