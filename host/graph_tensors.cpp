#include "host/graph_tensors.h"

#include <algorithm>

#include "host/op_eval.h"
#include "traces/error.h"

namespace sosa::host {

namespace {

OpNode transpose_node(const std::string& name, std::vector<std::int64_t> order) {
    OpNode node;
    node.name = name, node.op = "Transpose", node.opset = 13;
    node.inputs = node.outputs = {0};  // evaluated by itself
    OpAttribute perm;
    perm.kind = OpAttribute::Kind::integers, perm.integers = std::move(order);
    node.attributes["perm"] = std::move(perm);
    return node;
}

OpNode expand_node() {
    OpNode node;
    node.name = "broadcast", node.op = "Expand", node.opset = 13;
    node.inputs = {0, 1}, node.outputs = {0};
    return node;
}

TensorValue dims_value(const Dims& dims) {
    TensorValue value = make_tensor(ElementType::s64, {static_cast<std::int64_t>(dims.size())});
    std::copy(dims.begin(), dims.end(), elements<std::int64_t>(value));
    return value;
}

std::vector<std::int64_t> to_channels_last(std::size_t rank) {
    std::vector<std::int64_t> order{0};
    for (std::size_t i = 2; i < rank; ++i) order.push_back(static_cast<std::int64_t>(i));
    order.push_back(1);
    return order;
}

std::vector<std::int64_t> to_channels_first(std::size_t rank) {
    std::vector<std::int64_t> order{0, static_cast<std::int64_t>(rank) - 1};
    for (std::size_t i = 1; i + 1 < rank; ++i) order.push_back(static_cast<std::int64_t>(i));
    return order;
}

Dims permuted(const Dims& dims, const std::vector<std::int64_t>& order) {
    Dims out;
    for (const auto i : order) out.push_back(dims[static_cast<std::size_t>(i)]);
    return out;
}

}  // namespace

std::uint64_t bytes_of(const OpValue& value) {
    return static_cast<std::uint64_t>(element_count(value.dims)) * element_bytes(value.type);
}

TensorValue channels_last(const TensorValue& value) {
    return evaluate(transpose_node("channels_last", to_channels_last(value.dims.size())), {&value})[0];
}

bool has_channel_order(const OpValue& value) {
    return value.dims.size() > 2 && value.dims[1] != 1 &&
           element_count(value.dims) != value.dims[0] * value.dims[1];
}

GraphTensors::GraphTensors(const OpGraph& graph, TensorData& data)
    : g_(graph), data_(data), begin_(data.end) {}

std::uint64_t GraphTensors::reserve(std::uint64_t bytes) {
    constexpr std::uint64_t alignment = 64;
    const std::uint64_t at = (data_.end + alignment - 1) / alignment * alignment;
    if (bytes > kMaxPlanBytes || at + bytes - begin_ > kMaxPlanBytes)
        throw UserError(g_.source +
                        ": found more than 16 GiB of tensors, allowed at most 16 GiB to run with data");
    data_.end = at + std::max<std::uint64_t>(bytes, 1);
    return at;
}

std::uint64_t GraphTensors::place(std::vector<std::uint8_t> bytes) {
    const std::uint64_t at = reserve(bytes.size());
    data_.images.push_back({at, std::move(bytes)});
    return at;
}

void GraphTensors::place(std::uint32_t value, const TensorValue& tensor) {
    plain_[value] = place(tensor.bytes);
}

void GraphTensors::made(std::uint32_t value, std::uint64_t address, bool with_channels_last) {
    (with_channels_last ? channels_last_ : plain_)[value] = address;
}

TensorValue GraphTensors::constant(std::uint32_t value) {
    if (const auto known = constants_.find(value); known != constants_.end()) return known->second;
    if (g_.has_bytes(value) || g_.values[value].maker == kAbsent) return g_.constant(value);
    const OpNode& node = g_.nodes[g_.values[value].maker];
    std::vector<TensorValue> operands;
    for (const std::uint32_t in : node.inputs)
        operands.push_back(in == kAbsent ? TensorValue{} : constant(in));
    std::vector<const TensorValue*> given;
    for (std::size_t i = 0; i < operands.size(); ++i)
        given.push_back(node.inputs[i] == kAbsent ? nullptr : &operands[i]);
    auto results = evaluate(node, given);
    for (std::size_t i = 0; i < node.outputs.size(); ++i)
        if (node.outputs[i] != kAbsent) constants_[node.outputs[i]] = std::move(results[i]);
    return constants_.at(value);
}

GraphTensors::Operand GraphTensors::tensor(const OpValue& value, const Dims& dims, std::uint64_t address) {
    return {Operand::Kind::tensor, address, {value.type, dims, {}}};
}

std::uint64_t GraphTensors::plain(std::uint32_t value) {
    if (const auto at = plain_.find(value); at != plain_.end()) return at->second;
    const OpValue& v = g_.values[value];
    if (const auto last = channels_last_.find(value); last != channels_last_.end()) {
        const std::size_t rank = v.dims.size();
        return plain_[value] =
                   add_step(transpose_node(v.name, to_channels_first(rank)), 0,
                            {tensor(v, permuted(v.dims, to_channels_last(rank)), last->second)}, bytes_of(v));
    }
    SOSA_CHECK(v.is_constant, v.name);
    return plain_[value] = place(constant(value).bytes);
}

std::uint64_t GraphTensors::with_channels_last(std::uint32_t value) {
    if (const auto at = channels_last_.find(value); at != channels_last_.end()) return at->second;
    const OpValue& v = g_.values[value];
    if (!has_channel_order(v)) return plain(value);
    return channels_last_[value] = add_step(transpose_node(v.name, to_channels_last(v.dims.size())), 0,
                                            {tensor(v, v.dims, plain(value))}, bytes_of(v));
}

std::uint64_t GraphTensors::broadcast(std::uint32_t value, const Dims& dims) {
    const OpValue& v = g_.values[value];
    if (element_count(v.dims) == element_count(dims)) return plain(value);
    const TensorValue shape = dims_value(dims);
    if (v.is_constant) {
        const TensorValue known = constant(value);
        return place(std::move(evaluate(expand_node(), {&known, &shape})[0].bytes));
    }
    return add_step(expand_node(), 0, {tensor(v, v.dims, plain(value)), {Operand::Kind::constant, 0, shape}},
                    static_cast<std::uint64_t>(element_count(dims)) * element_bytes(v.type));
}

void GraphTensors::add_node(const OpNode& node) {
    std::vector<Operand> operands;
    for (const std::uint32_t in : node.inputs) {
        if (in == kAbsent)
            operands.push_back({});
        else if (g_.values[in].is_constant)
            operands.push_back({Operand::Kind::constant, 0, constant(in)});
        else
            operands.push_back(tensor(g_.values[in], g_.values[in].dims, plain(in)));
    }
    for (std::size_t i = 0; i < node.outputs.size(); ++i)
        if (node.outputs[i] != kAbsent)
            plain_[node.outputs[i]] = add_step(node, i, operands, bytes_of(g_.values[node.outputs[i]]));
}

std::uint64_t GraphTensors::add_step(OpNode node, std::size_t output, std::vector<Operand> operands,
                                     std::uint64_t bytes) {
    const std::uint64_t at = reserve(bytes);
    hw::VectorStep record;
    record.op = hw::VectorOp::host;
    record.host_step = static_cast<std::uint32_t>(steps_.size());
    record.out = {at, 1, 1, 1, static_cast<std::uint32_t>(std::max<std::uint64_t>(bytes, 1))};
    for (const Operand& operand : operands)
        if (operand.kind == Operand::Kind::tensor) record.inputs.push_back({operand.address, 1, 1, 1, 1});
    data_.steps.push_back(std::move(record));
    steps_.push_back({std::move(node), output, std::move(operands), at});
    return at;
}

void GraphTensors::run(std::uint32_t number, const DramAccess& dram) const {
    const HostStep& step = steps_.at(number);
    std::vector<TensorValue> read(step.operands.size());
    std::vector<const TensorValue*> given;
    for (std::size_t i = 0; i < read.size(); ++i) {
        const Operand& operand = step.operands[i];
        if (operand.kind == Operand::Kind::tensor) {
            read[i] = make_tensor(operand.value.type, operand.value.dims);
            dram.read(operand.address, read[i].bytes.data(), read[i].bytes.size());
            given.push_back(&read[i]);
        } else {
            given.push_back(operand.kind == Operand::Kind::constant ? &operand.value : nullptr);
        }
    }
    const TensorValue result = std::move(evaluate(step.node, given).at(step.output));
    dram.write(step.address, result.bytes.data(), result.bytes.size());
}

}  // namespace sosa::host
