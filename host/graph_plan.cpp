#include "host/graph_plan.h"

#include <algorithm>
#include <cstring>
#include <set>

#include "host/graph_record.h"
#include "host/op_eval.h"
#include "traces/error.h"
#include "traces/text.h"

namespace sosa::host {

namespace {

// Behind the program's tile slots; 0 is no address of a tensor.
TensorData& begun(TensorData& data, const Program& program) {
    data.end = std::max<std::uint64_t>(program.dram_bytes, 64);
    return data;
}

}  // namespace

GraphPlan::GraphPlan(const OpGraph& graph, const Lowering& lowering, const Program& program,
                     const hw::Config& config, const GraphValues& inputs)
    : g_(graph),
      lowering_(lowering),
      program_(program),
      pods_(config.pods),
      inputs_(inputs),
      tensors_(graph, begun(data_, program)) {
    check_operators();
    for (std::uint32_t l = 0; l < program.layers.size(); ++l)
        data_.layers.push_back(idle_record(program.layers[l], l));
    for (const auto& [value, tensor] : inputs) tensors_.place(value, tensor);
    for (const auto& product : lowering.products) layer_of_[product.node] = product.layer;
    for (std::uint32_t n = 0; n < g_.nodes.size(); ++n)
        if (runs(n)) add_node(n);
    for (const std::uint32_t value : g_.outputs) tensors_.plain(value);
}

// Of the nodes that follow from shapes alone some (Range) have operands that are known in this run only.
bool GraphPlan::runs(std::uint32_t n) const {
    const auto& outputs = g_.nodes[n].outputs;
    return lowering_.nodes[n].use != NodeUse::unused &&
           std::any_of(outputs.begin(), outputs.end(),
                       [&](std::uint32_t v) { return v != kAbsent && !g_.values[v].is_constant; });
}

void GraphPlan::check_operators() const {
    std::set<std::string> timed_only;
    for (std::uint32_t n = 0; n < g_.nodes.size(); ++n)
        if (runs(n) && !can_evaluate(g_.nodes[n])) timed_only.insert(g_.nodes[n].op);
    if (!timed_only.empty())
        throw UserError(g_.source + ": found operators that can be timed but not computed: " +
                        traces::join({timed_only.begin(), timed_only.end()}) +
                        ", allowed with --inputs are those that sosa list operators tells as exact");
}

void GraphPlan::add_node(std::uint32_t n) {
    const ConstantOf constant = [this](std::uint32_t value) { return tensors_.constant(value); };
    if (const auto layer = layer_of_.find(n); layer != layer_of_.end())
        if (const auto product = graph_product(g_, n, program_.layers[layer->second].layer, constant))
            return add_product(*product, layer->second);
    if (const auto lanes = graph_lanes(g_, n, constant)) return add_lanes(n, *lanes);
    tensors_.add_node(g_.nodes[n]);
    const NodeUse use = lowering_.nodes[n].use;
    if (use != NodeUse::layout && use != NodeUse::constant) on_host_.push_back(n);
}

void GraphPlan::add_lanes(std::uint32_t n, const GraphLanes& lanes) {
    const std::uint32_t value = g_.nodes[n].outputs[0];
    const OpValue& result = g_.values[value];
    const auto tensor = [count = element_count(result.dims)](std::uint64_t address, pods::LaneType type) {
        const auto bytes = static_cast<std::uint64_t>(count) * pods::lane_bytes(type);
        return hw::VectorTensor{address, 1, 1, 1, static_cast<std::uint32_t>(bytes)};
    };
    hw::VectorStep step;
    step.op = hw::VectorOp::lanes;
    step.lane = lanes.op;
    for (const std::uint32_t operand : lanes.operands)
        step.inputs.push_back(tensor(tensors_.broadcast(operand, result.dims), lanes.op.in));
    step.out = tensor(tensors_.reserve(bytes_of(result)), lanes.op.out);
    tensors_.made(value, step.out.address);
    data_.steps.push_back(std::move(step));
    on_lanes_.push_back(n);
}

void GraphPlan::add_product(const GraphProduct& p, std::uint32_t layer) {
    const auto is_signed = [&](std::uint32_t value) { return g_.values[value].type == ElementType::s8; };
    const ProductSigns signs{is_signed(p.x), is_signed(p.w), is_signed(p.y)};
    hw::LayerRecord r = product_record(p, program_.layers[layer], layer, signs);
    r.x_tensor = p.conv ? tensors_.with_channels_last(p.x) : tensors_.plain(p.x);
    std::vector<std::uint8_t> weights;
    const auto input = inputs_.find(p.w);
    if (g_.values[p.w].is_constant || input != inputs_.end()) {
        weights = weight_matrix(p, input != inputs_.end() ? input->second : tensors_.constant(p.w));
        data_.images.push_back({r.w_tiles, weight_tiles(p, program_.tiles(layer), weights)});
    } else {
        r.w_tensor = tensors_.plain(p.w);
        r.w_group = p.w_group, r.w_row = r.n, r.w_col = 1;
    }
    check_sums(p, largest_sum(p, weights, signs));
    const auto table = finish_table(p, weights, r);
    std::vector<std::uint8_t> bytes(table.size() * sizeof table[0]);
    std::memcpy(bytes.data(), table.data(), bytes.size());
    r.finish_table = tensors_.place(std::move(bytes));
    const bool last = p.conv && has_channel_order(g_.values[p.y]);
    r.y_tensor = tensors_.reserve(bytes_of(g_.values[p.y]));
    tensors_.made(p.y, r.y_tensor, last);
    products_.push_back({layer, p.y, r.y_tensor, last});
    data_.layers[layer] = r;
}

// Sums that wrap at 32 bits are what ONNX asks for; narrower ones must never leave their range.
void GraphPlan::check_sums(const GraphProduct& p, std::int64_t largest) const {
    const bool wraps = pods_.psum_bits == 32 && pods_.psum_overflow == hw::PsumOverflow::wrap;
    if (wraps || largest < std::int64_t{1} << (pods_.psum_bits - 1)) return;
    throw UserError(
        g_.place(p.node) + ": found partial sums up to " + std::to_string(largest) +
        ", allowed less than 2^" + std::to_string(pods_.psum_bits - 1) +
        " with pods.psum_bits=" + std::to_string(pods_.psum_bits) +
        (pods_.psum_bits == 32 ? "; --set pods.psum_overflow=wrap" : "; --set pods.psum_bits=32") +
        " runs it exactly");
}

}  // namespace sosa::host
