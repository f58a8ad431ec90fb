#include "host/graph_plan.h"

#include <algorithm>
#include <cstring>
#include <set>

#include "host/graph_lanes.h"
#include "host/op_eval.h"
#include "host/workload_reader.h"
#include "traces/error.h"
#include "traces/text.h"

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

std::uint64_t bytes_of(const OpValue& value) {
    return static_cast<std::uint64_t>(element_count(value.dims)) * element_bytes(value.type);
}

}  // namespace

TensorValue channels_last(const TensorValue& value) {
    return evaluate(transpose_node("channels_last", to_channels_last(value.dims.size())), {&value})[0];
}

class GraphPlan::Builder {
  public:
    Builder(GraphPlan& plan, const Lowering& lowering, const Program& program, const hw::Config& config,
            const GraphValues& inputs)
        : plan_(plan),
          g_(plan.graph_),
          lowering_(lowering),
          program_(program),
          pods_(config.pods),
          inputs_(inputs) {}

    void run() {
        data().end = std::max<std::uint64_t>(program_.dram_bytes, 64);  // 0 is no address of a tensor
        data().layers.resize(program_.layers.size());
        for (std::uint32_t l = 0; l < program_.layers.size(); ++l) idle_record(l);
        for (const auto& [value, tensor] : inputs_) place_image(value, tensor.bytes);
        for (const auto& product : lowering_.products) layer_of_[product.node] = product.layer;
        check_operators();
        for (std::uint32_t n = 0; n < g_.nodes.size(); ++n)
            if (runs(n)) add_node(n);
        for (const std::uint32_t value : g_.outputs) plain(value);
    }

  private:
    TensorData& data() { return plan_.data_; }

    // Of the nodes that follow from shapes alone some (Range) have operands that are known in this run only.
    bool runs(std::uint32_t n) const {
        const auto& outputs = g_.nodes[n].outputs;
        return lowering_.nodes[n].use != NodeUse::unused &&
               std::any_of(outputs.begin(), outputs.end(),
                           [&](std::uint32_t v) { return v != kAbsent && !g_.values[v].is_constant; });
    }

    void check_operators() const {
        std::set<std::string> timed_only;
        for (std::uint32_t n = 0; n < g_.nodes.size(); ++n)
            if (runs(n) && !can_evaluate(g_.nodes[n])) timed_only.insert(g_.nodes[n].op);
        if (!timed_only.empty())
            throw UserError(g_.source + ": found operators that can be timed but not computed: " +
                            traces::join({timed_only.begin(), timed_only.end()}) +
                            ", allowed with --inputs are those that sosa list operators tells as exact");
    }

    std::uint64_t reserve(std::uint64_t bytes) {
        constexpr std::uint64_t alignment = 64;
        const std::uint64_t at = (data().end + alignment - 1) / alignment * alignment;
        data().end = at + std::max<std::uint64_t>(bytes, 1);
        if (data().end - program_.dram_bytes > kMaxPlanBytes)
            throw UserError(g_.source +
                            ": found more than 16 GiB of tensors, allowed at most 16 GiB to run with data");
        return at;
    }

    void place_image(std::uint32_t value, const std::vector<std::uint8_t>& bytes) {
        const std::uint64_t at = reserve(bytes.size());
        data().images.push_back({at, bytes});
        plan_.plain_[value] = at;
    }

    TensorValue constant(std::uint32_t value) {
        if (const auto known = plan_.constants_.find(value); known != plan_.constants_.end())
            return known->second;
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
            if (node.outputs[i] != kAbsent) plan_.constants_[node.outputs[i]] = std::move(results[i]);
        return plan_.constants_.at(value);
    }

    // ---- where values lie

    std::uint64_t plain(std::uint32_t value) {
        if (const auto at = plan_.plain_.find(value); at != plan_.plain_.end()) return at->second;
        if (const auto last = channels_last_.find(value); last != channels_last_.end()) {
            const OpValue& v = g_.values[value];
            HostStep step;
            step.node = transpose_node(v.name, to_channels_first(v.dims.size()));
            OpValue from = v;
            from.dims = permuted(v.dims, to_channels_last(v.dims.size()));
            step.inputs = {{value, last->second}};
            step.shapes = {from};
            return plan_.plain_[value] = add_host_step(std::move(step), bytes_of(v));
        }
        SOSA_CHECK(g_.values[value].is_constant, g_.values[value].name);
        place_image(value, constant(value).bytes);
        return plan_.plain_[value];
    }

    std::uint64_t with_channels_last(std::uint32_t value) {
        if (const auto at = channels_last_.find(value); at != channels_last_.end()) return at->second;
        const OpValue& v = g_.values[value];
        if (v.dims[1] == 1 || element_count(v.dims) == v.dims[0] * v.dims[1])
            return plain(value);  // the same bytes
        HostStep step;
        step.inputs = {{value, plain(value)}};
        step.node = transpose_node(v.name, to_channels_last(v.dims.size()));
        step.shapes = {v};
        return channels_last_[value] = add_host_step(std::move(step), bytes_of(v));
    }

    std::uint64_t add_host_step(HostStep step, std::uint64_t bytes) {
        hw::VectorStep record;
        record.op = hw::VectorOp::host;
        record.host_step = static_cast<std::uint32_t>(plan_.host_steps_.size());
        step.address = reserve(bytes);
        record.out = {step.address, 1, 1, 1, static_cast<std::uint32_t>(std::max<std::uint64_t>(bytes, 1))};
        for (const auto& [value, address] : step.inputs)
            if (address != 0) record.inputs.push_back({address, 1, 1, 1, 1});
        data().steps.push_back(std::move(record));
        plan_.host_steps_.push_back(std::move(step));
        return plan_.host_steps_.back().address;
    }

    // ---- nodes

    void add_node(std::uint32_t n) {
        std::string reason;
        if (const auto layer = layer_of_.find(n); layer != layer_of_.end()) {
            const auto product = graph_product(
                g_, n, program_.layers[layer->second].layer, [this](std::uint32_t v) { return constant(v); },
                reason);
            if (product) return add_product(*product, layer->second);
        }
        if (const auto lanes = graph_lanes(g_, n, [this](std::uint32_t v) { return constant(v); }))
            return add_lanes(n, *lanes);
        const NodeUse use = lowering_.nodes[n].use;
        if (use != NodeUse::layout && use != NodeUse::constant)
            plan_.on_host_.push_back({n, reason.empty() ? "it is no product" : reason});
        const OpNode& node = g_.nodes[n];
        for (std::size_t i = 0; i < node.outputs.size(); ++i) {
            const std::uint32_t value = node.outputs[i];
            if (value == kAbsent) continue;
            HostStep step;
            step.node = node, step.output = i;
            for (const std::uint32_t in : node.inputs) step.inputs.push_back({in, operand(in)});
            for (const std::uint32_t in : node.inputs)
                step.shapes.push_back(in == kAbsent ? OpValue{} : g_.values[in]);
            plan_.plain_[value] = add_host_step(std::move(step), bytes_of(g_.values[value]));
        }
    }

    std::uint64_t operand(std::uint32_t value) {
        if (value == kAbsent) return 0;
        if (!g_.values[value].is_constant) return plain(value);
        plan_.constants_.emplace(value, constant(value));
        return 0;
    }

    // The value as long as `dims`, which it is broadcast to: addressing, so free.
    std::uint64_t broadcast(std::uint32_t value, const Dims& dims) {
        const OpValue& v = g_.values[value];
        if (element_count(v.dims) == element_count(dims)) return plain(value);
        const TensorValue shape = dims_value(dims);
        if (v.is_constant) {
            DramImage image;
            const TensorValue known = constant(value);
            image.bytes = std::move(evaluate(expand_node(), {&known, &shape})[0].bytes);
            image.address = reserve(image.bytes.size());
            data().images.push_back(image);
            return image.address;
        }
        HostStep step;
        step.node = expand_node();
        const auto number =
            static_cast<std::uint32_t>(g_.values.size() + shapes_++);  // no value of the graph
        plan_.constants_[number] = shape;
        step.inputs = {{value, plain(value)}, {number, 0}};
        step.shapes = {v, OpValue{}};
        return add_host_step(std::move(step),
                             static_cast<std::uint64_t>(element_count(dims)) * element_bytes(v.type));
    }

    void add_lanes(std::uint32_t n, const GraphLanes& lanes) {
        const std::uint32_t value = g_.nodes[n].outputs[0];
        const OpValue& result = g_.values[value];
        hw::VectorStep step;
        step.op = hw::VectorOp::lanes;
        step.lane = lanes.op;
        const auto tensor = [](std::uint64_t address, std::uint64_t bytes) {
            return hw::VectorTensor{address, 1, 1, 1, static_cast<std::uint32_t>(bytes)};
        };
        const auto count = static_cast<std::uint64_t>(element_count(result.dims));
        for (const std::uint32_t operand : lanes.operands)
            step.inputs.push_back(
                tensor(broadcast(operand, result.dims), count * pods::lane_bytes(lanes.op.in)));
        const std::uint64_t at = reserve(bytes_of(result));
        step.out = tensor(at, bytes_of(result));
        data().steps.push_back(std::move(step));
        plan_.plain_[value] = at;
        plan_.on_lanes_.push_back(n);
    }

    void add_product(const GraphProduct& p, std::uint32_t layer) {
        const OpValue& y = g_.values[p.y];
        hw::LayerRecord& r = data().layers[layer];
        r = hw::LayerRecord{};
        r.layer = layer;
        r.m = static_cast<std::uint32_t>(p.m), r.k = static_cast<std::uint32_t>(p.k);
        r.n = static_cast<std::uint32_t>(p.n), r.groups = p.groups;
        r.x_tiles = program_.layers[layer].x_address;
        r.w_tiles = program_.layers[layer].w_address;
        r.y_zero = p.y_zero;
        r.x_pad = static_cast<std::uint8_t>(p.x_zero);
        r.x_signed = g_.values[p.x].type == ElementType::s8,
        r.w_signed = g_.values[p.w].type == ElementType::s8;
        r.y_signed = y.type == ElementType::s8, r.wide = p.wide;
        p.conv ? shape_conv(p, r) : shape_matmul(p, r);
        std::vector<std::uint8_t> weights;
        const bool known = g_.values[p.w].is_constant || inputs_.count(p.w) != 0;
        if (known) {
            weights = weight_matrix(p, g_.values[p.w].is_constant ? constant(p.w) : inputs_.at(p.w));
            put_weights(p, layer, weights);
        } else {
            r.w_tensor = plain(p.w);
            r.w_group = p.w_group, r.w_row = r.n, r.w_col = 1;
        }
        check_range(p, weights, r);
        r.finish_table = put_table(p, weights, r);
        r.y_tensor = reserve(bytes_of(y));
        const bool last = p.conv && y.dims[1] != 1 && element_count(y.dims) != y.dims[0] * y.dims[1];
        (last ? channels_last_ : plan_.plain_)[p.y] = r.y_tensor;
        plan_.products_.push_back({layer, p.y, {r.y_tensor, last}});
    }

    void shape_conv(const GraphProduct& p, hw::LayerRecord& r) {
        const std::uint64_t element = p.wide ? 4 : 1;
        r.x_tensor = with_channels_last(p.x);
        r.in_height = p.in_h, r.in_width = p.in_w, r.in_channels = p.in_channels;
        r.out_height = p.out_h, r.out_width = p.out_w;
        r.kernel_h = p.kernel_h, r.kernel_w = p.kernel_w, r.stride_h = p.stride_h, r.stride_w = p.stride_w;
        r.dilation_h = p.dilation_h, r.dilation_w = p.dilation_w, r.pad_top = p.pad_top,
        r.pad_left = p.pad_left;
        r.x_pitch = p.in_channels * p.groups, r.x_group = p.in_channels;
        r.y_pitch = r.n * p.groups, r.y_group = r.n * element;
    }

    void shape_matmul(const GraphProduct& p, hw::LayerRecord& r) {
        r.x_tensor = plain(p.x);
        r.in_height = r.out_height = r.m;
        r.in_channels = r.k;
        r.x_group = p.x_group;
        r.y_group = p.m * p.n * (p.wide ? 4 : 1);
    }

    // Tile after tile, as DMA reads them.
    void put_weights(const GraphProduct& p, std::uint32_t layer, const std::vector<std::uint8_t>& weights) {
        const LayerTiles t = program_.tiles(layer);
        const std::uint64_t slot = std::uint64_t{t.depth(0)} * t.cols(0), columns = p.n * p.groups;
        DramImage image;
        image.address = program_.layers[layer].w_address;
        image.bytes.resize(t.w_tiles() * slot);
        for (std::uint32_t j = 0; j < t.J; ++j)
            for (std::uint32_t l = 0; l < t.L; ++l) {
                const std::uint64_t column =
                    t.group(l) * p.n + std::uint64_t{l % t.group_blocks()} * t.cols(0);
                std::uint8_t* to = &image.bytes[t.w_tile(j, l) * slot];
                for (std::uint32_t row = 0; row < t.depth(j); ++row, to += t.cols(l))
                    std::memcpy(to, &weights[(std::uint64_t{j} * t.depth(0) + row) * columns + column],
                                t.cols(l));
            }
        data().images.push_back(std::move(image));
    }

    static std::int64_t number(std::uint8_t byte, bool is_signed) {
        return is_signed ? static_cast<std::int8_t>(byte) : std::int64_t{byte};
    }

    // Sums that wrap at 32 bits are what ONNX asks for; narrower ones must never leave their range.
    void check_range(const GraphProduct& p, const std::vector<std::uint8_t>& weights,
                     const hw::LayerRecord& r) const {
        if (pods_.psum_bits == 32 && pods_.psum_overflow == hw::PsumOverflow::wrap) return;
        const std::int64_t x_most = r.x_signed ? 128 : 255,
                           columns = static_cast<std::int64_t>(p.n * p.groups);
        std::int64_t most =
            weights.empty() ? static_cast<std::int64_t>(p.k) * x_most * (r.w_signed ? 128 : 255) : 0;
        std::vector<std::int64_t> sums(static_cast<std::size_t>(columns), 0);
        for (std::size_t i = 0; i < weights.size(); ++i) {
            auto& sum = sums[i % sums.size()];
            most = std::max(most, sum += std::abs(number(weights[i], r.w_signed)) * x_most);
        }
        if (most < std::int64_t{1} << (pods_.psum_bits - 1)) return;
        throw UserError(
            g_.place(p.node) + ": found partial sums up to " + std::to_string(most) +
            ", allowed less than 2^" + std::to_string(pods_.psum_bits - 1) +
            " with pods.psum_bits=" + std::to_string(pods_.psum_bits) +
            (pods_.psum_bits == 32 ? "; --set pods.psum_overflow=wrap" : "; --set pods.psum_bits=32") +
            " runs it exactly");
    }

    // Where the weights are known their part of the zero points goes into the bias.
    std::uint64_t put_table(const GraphProduct& p, const std::vector<std::uint8_t>& weights,
                            hw::LayerRecord& r) {
        const std::uint64_t columns = p.n * p.groups;
        std::vector<hw::FinishEntry> table(columns);
        std::vector<std::uint32_t> sums(columns, 0);
        for (std::size_t i = 0; i < weights.size(); ++i)
            sums[i % columns] += static_cast<std::uint32_t>(number(weights[i], r.w_signed));
        const auto x_zero = static_cast<std::uint32_t>(p.x_zero);
        for (std::uint64_t c = 0; c < columns; ++c) {
            const std::uint64_t from = p.conv ? c : c % p.n;
            const auto w_zero = static_cast<std::uint32_t>(p.w_zero[from]);
            std::uint32_t bias = static_cast<std::uint32_t>(p.bias[from]);
            if (!weights.empty()) bias += r.k * x_zero * w_zero - x_zero * sums[c];
            table[c] = {static_cast<std::int32_t>(bias), p.scale[from], p.w_zero[from]};
            if (w_zero != 0 || (weights.empty() && x_zero != 0)) r.zeros = 1;
        }
        DramImage image;
        image.bytes.resize(columns * sizeof table[0]);
        std::memcpy(image.bytes.data(), table.data(), image.bytes.size());
        image.address = reserve(image.bytes.size());
        const std::uint64_t at = image.address;
        data().images.push_back(std::move(image));
        return at;
    }

    // A layer without data of its own: vector work, or a product that the host computes while pods multiply
    // what nobody wrote. Its results fall on each other in memory that nobody reads.
    void idle_record(std::uint32_t index) {
        const Layer& layer = program_.layers[index].layer;
        hw::LayerRecord& r = data().layers[index];
        r.layer = index;
        if (layer.is_vector()) return;
        constexpr std::uint64_t nowhere = std::uint64_t{1} << 60;
        r.m = static_cast<std::uint32_t>(layer.m), r.k = static_cast<std::uint32_t>(layer.k);
        r.n = static_cast<std::uint32_t>(layer.n), r.groups = layer.groups;
        r.in_height = r.out_height = r.m, r.in_channels = r.k;
        r.x_tensor = r.w_tiles = nowhere;
        r.x_tiles = program_.layers[index].x_address;
        r.finish_table = nowhere;
        r.y_tensor = 2 * nowhere;
        r.y_pitch = 1;
    }

    GraphPlan& plan_;
    const OpGraph& g_;
    const Lowering& lowering_;
    const Program& program_;
    const hw::PodConfig pods_;
    const GraphValues& inputs_;
    std::uint32_t shapes_ = 0;                              // constants of our own
    std::map<std::uint32_t, std::uint32_t> layer_of_;       // of products, by node
    std::map<std::uint32_t, std::uint64_t> channels_last_;  // by value
};

GraphPlan::GraphPlan(const OpGraph& graph, const Lowering& lowering, const Program& program,
                     const hw::Config& config, const GraphValues& inputs)
    : graph_(graph) {
    Builder(*this, lowering, program, config, inputs).run();
}

void GraphPlan::host_step(std::uint32_t number, const DramAccess& dram) const {
    const HostStep& step = host_steps_.at(number);
    std::vector<TensorValue> operands(step.inputs.size());
    std::vector<const TensorValue*> given;
    for (std::size_t i = 0; i < operands.size(); ++i) {
        const auto [value, address] = step.inputs[i];
        if (value != kAbsent && address == 0) {
            given.push_back(&constants_.at(value));
        } else if (value != kAbsent) {
            operands[i] = make_tensor(step.shapes[i].type, step.shapes[i].dims);
            dram.read(address, operands[i].bytes.data(), operands[i].bytes.size());
            given.push_back(&operands[i]);
        } else {
            given.push_back(nullptr);
        }
    }
    const auto results = evaluate(step.node, given);
    dram.write(step.address, results.at(step.output).bytes.data(), results[step.output].bytes.size());
}

}  // namespace sosa::host
