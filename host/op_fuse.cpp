#include "host/op_fuse.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "host/op_eval.h"

namespace sosa::host {

namespace {

using Value = std::uint32_t;

// A quantised operand: what DequantizeLinear reads.
struct Quantised {
    Value tensor = kAbsent, scale = kAbsent, zero = kAbsent;
};

// A product between its DequantizeLinears and its QuantizeLinear.
struct Pattern {
    std::uint32_t product = 0, last = 0;  // nodes; last: the QuantizeLinear
    Quantised x, w, y;
    Value bias = kAbsent;  // float, or int32 where it was dequantised
    bool bias_quantised = false, relu = false;
};

class Fuser {
  public:
    explicit Fuser(OpGraph& graph) : g_(graph), readers_(graph.values.size()), replaced_(graph.nodes.size()) {
        for (std::uint32_t n = 0; n < g_.nodes.size(); ++n)
            for (const Value v : g_.nodes[n].inputs)
                if (v != kAbsent) readers_[v].push_back(n);
        for (const Value v : g_.outputs)
            if (v != kAbsent) readers_[v].push_back(kAbsent);
    }

    void run() {
        for (std::uint32_t n = 0; n < g_.nodes.size(); ++n)
            if (auto pattern = match(n)) replace(*pattern);
        rebuild();
    }

  private:
    const OpNode* node_of(Value v, const char* op) const {
        if (v == kAbsent || g_.values[v].maker == kAbsent) return nullptr;
        const OpNode& node = g_.nodes[g_.values[v].maker];
        return node.op == op && node.domain.empty() ? &node : nullptr;
    }
    static Value in(const OpNode& node, std::size_t i) {
        return i < node.inputs.size() ? node.inputs[i] : kAbsent;
    }
    bool has_bytes(Value v) const { return v != kAbsent && g_.has_bytes(v); }
    bool is_scalar(Value v) const { return g_.values[v].known && element_count(g_.values[v].dims) == 1; }

    // Scale and zero point known beforehand; per tensor, or of weights per output channel along `axis`.
    std::optional<Quantised> quantised(const OpNode& node, std::optional<std::int64_t> axis) const {
        const Quantised q{in(node, 0), in(node, 1), in(node, 2)};
        if (!has_bytes(q.scale) || (q.zero != kAbsent && !has_bytes(q.zero))) return std::nullopt;
        const ElementType type = g_.values[q.tensor].type;
        if (type != ElementType::s8 && type != ElementType::u8) return std::nullopt;
        if (is_scalar(q.scale)) return q;
        if (!axis || !g_.values[q.tensor].known) return std::nullopt;
        const auto rank = static_cast<std::int64_t>(g_.values[q.tensor].dims.size());
        const std::int64_t along = node.integer("axis", 1);
        return (along < 0 ? along + rank : along) == *axis ? std::optional(q) : std::nullopt;
    }

    std::optional<Quantised> dequantised(Value v, std::optional<std::int64_t> axis) const {
        const OpNode* node = node_of(v, "DequantizeLinear");
        return node ? quantised(*node, axis) : std::nullopt;
    }

    // The one node that reads the value, or null.
    const OpNode* only_reader(Value v) const {
        return readers_[v].size() == 1 && readers_[v][0] != kAbsent ? &g_.nodes[readers_[v][0]] : nullptr;
    }

    std::optional<Pattern> match(std::uint32_t number) const {
        const OpNode& node = g_.nodes[number];
        const bool conv = node.op == "Conv", gemm = node.op == "Gemm", matmul = node.op == "MatMul";
        if (!node.domain.empty() || !(conv || gemm || matmul)) return std::nullopt;
        if (gemm && (node.integer("transA", 0) || node.real("alpha", 1) != 1 || node.real("beta", 1) != 1))
            return std::nullopt;
        const OpValue& w_value = g_.values[in(node, 1)];
        if (!w_value.known || !g_.values[in(node, 0)].known) return std::nullopt;
        const auto rank = static_cast<std::int64_t>(w_value.dims.size());
        if (!conv && rank < 2) return std::nullopt;
        const std::int64_t channels = conv || (gemm && node.integer("transB", 0)) ? 0 : rank - 1;
        const auto x = dequantised(in(node, 0), std::nullopt), w = dequantised(in(node, 1), channels);
        if (!x || !w) return std::nullopt;
        Pattern p;
        p.product = number, p.x = *x, p.w = *w, p.bias = matmul ? kAbsent : in(node, 2);
        return follow(p) && take_bias(p) && fits(p) ? std::optional(p) : std::nullopt;
    }

    // From the product to its QuantizeLinear: a bias of a MatMul, Relu.
    bool follow(Pattern& p) const {
        Value result = g_.nodes[p.product].outputs[0];
        const OpNode* next = only_reader(result);
        if (next && next->op == "Add" && g_.nodes[p.product].op == "MatMul" && next->domain.empty()) {
            p.bias = next->inputs[next->inputs[0] == result ? 1 : 0];
            if (p.bias == result || !g_.values[p.bias].is_constant) return false;
            next = only_reader(result = next->outputs[0]);
        }
        if (next && next->op == "Relu" && next->domain.empty()) {
            p.relu = true;
            next = only_reader(result = next->outputs[0]);
        }
        if (!next || next->op != "QuantizeLinear" || !next->domain.empty() || next->inputs[0] != result)
            return false;
        p.last = static_cast<std::uint32_t>(next - g_.nodes.data());
        Quantised y{next->outputs[0], in(*next, 1), in(*next, 2)};
        p.y = y;
        return has_bytes(y.scale) && is_scalar(y.scale) && (y.zero == kAbsent || has_bytes(y.zero));
    }

    bool take_bias(Pattern& p) const {
        if (p.bias == kAbsent) return true;
        if (const OpNode* node = node_of(p.bias, "DequantizeLinear")) {
            const Value tensor = in(*node, 0);
            p.bias_quantised = has_bytes(tensor) && g_.values[tensor].type == ElementType::s32;
            p.bias = p.bias_quantised ? tensor : p.bias;
        }
        const OpValue& bias = g_.values[p.bias];
        return has_bytes(p.bias) && bias.known && (p.bias_quantised || bias.type == ElementType::f32);
    }

    // A matrix product with a bias becomes a convolution of 1x1 windows, for which the weights must be known.
    bool fits(const Pattern& p) const {
        const OpNode& node = g_.nodes[p.product];
        if (!g_.values[p.y.tensor].known) return false;
        const std::int64_t columns =
            g_.values[p.y.tensor].dims.empty() ? 0 : g_.values[p.y.tensor].dims.back();
        if (node.op == "Conv") return true;
        if (p.bias != kAbsent && element_count(g_.values[p.bias].dims) != columns) return false;
        if (p.bias == kAbsent)
            return node.op == "MatMul" || !node.integer("transB", 0) || has_bytes(p.w.tensor);
        return g_.values[p.w.tensor].dims.size() == 2 && has_bytes(p.w.tensor);
    }

    // ---- what takes the place of a pattern

    Value add_value(const std::string& name, ElementType type, Dims dims) {
        OpValue value;
        value.name = name, value.type = type, value.dims = std::move(dims), value.known = true;
        g_.values.push_back(std::move(value));
        return static_cast<Value>(g_.values.size() - 1);
    }

    Value add_constant(const std::string& name, TensorValue tensor) {
        const Value v = add_value(name, tensor.type, tensor.dims);
        g_.values[v].is_constant = true;
        g_.constants[v] = [tensor = std::move(tensor)] { return tensor; };
        return v;
    }

    // An operand without a zero point has one of its own type, 0.
    Value zero_of(const Quantised& q, ElementType type, const std::string& name) {
        return q.zero != kAbsent ? q.zero : add_constant(name, make_tensor(type, {}));
    }

    Value whole_bias(const Pattern& p, const std::string& name) {
        if (p.bias == kAbsent) return kAbsent;
        TensorValue from = g_.constant(p.bias);
        const std::int64_t count = element_count(from.dims);
        TensorValue bias = make_tensor(ElementType::s32, {count});
        const TensorValue x_scale = g_.constant(p.x.scale), w_scale = g_.constant(p.w.scale);
        const bool per_channel = element_count(w_scale.dims) > 1;
        for (std::int64_t i = 0; i < count; ++i) {
            const float step = *elements<float>(x_scale) * elements<float>(w_scale)[per_channel ? i : 0];
            const double steps = p.bias_quantised
                                     ? elements<std::int32_t>(from)[i]
                                     : std::nearbyint(double{elements<float>(from)[i]} / double{step});
            elements<std::int32_t>(bias)[i] = static_cast<std::int32_t>(
                std::clamp(std::isnan(steps) ? 0.0 : steps, -2147483648.0, 2147483647.0));
        }
        return add_constant(name, std::move(bias));
    }

    Value transposed(Value w, const std::string& name) {
        const TensorValue from = g_.constant(w);
        TensorValue to = make_tensor(from.type, {from.dims[1], from.dims[0]});
        const auto rows = static_cast<std::size_t>(from.dims[0]),
                   cols = static_cast<std::size_t>(from.dims[1]);
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t c = 0; c < cols; ++c) to.bytes[c * rows + r] = from.bytes[r * cols + c];
        return add_constant(name, std::move(to));
    }

    // `from` with other dims, as a node Reshape.
    Value reshaped(Value from, const Dims& dims, const std::string& name, std::vector<OpNode>& nodes,
                   Value to) {
        TensorValue shape = make_tensor(ElementType::s64, {static_cast<std::int64_t>(dims.size())});
        std::copy(dims.begin(), dims.end(), elements<std::int64_t>(shape));
        OpNode node;
        node.name = name, node.op = "Reshape", node.opset = 13;
        node.inputs = {from, add_constant(name + "/shape", std::move(shape))};
        node.outputs = {to != kAbsent ? to : add_value(name, g_.values[from].type, dims)};
        nodes.push_back(node);
        return node.outputs[0];
    }

    void replace(const Pattern& p) {
        const OpNode product = g_.nodes[p.product];
        const std::string& name = product.name;
        const ElementType y_type = g_.values[p.y.tensor].type;
        const Value x_zero = zero_of(p.x, g_.values[p.x.tensor].type, name + "/x_zero");
        const Value w_zero = zero_of(p.w, g_.values[p.w.tensor].type, name + "/w_zero");
        const Value y_zero = zero_of(p.y, y_type, name + "/y_zero");
        const Value bias = whole_bias(p, name + "/bias");
        std::vector<OpNode>& nodes = replaced_[p.last];
        OpNode fused = product;
        fused.opset = 10;
        Value x = p.x.tensor, w = p.w.tensor, y = p.y.tensor;
        const bool relu = p.relu && adds_relu(y_zero, y_type);
        if (relu) y = add_value(name + "/before_relu", y_type, g_.values[y].dims);
        const Value result = y;
        if (product.op == "Gemm" && product.integer("transB", 0) == (bias == kAbsent ? 1 : 0))
            w = transposed(w, name + "/w_transposed");
        if (product.op == "MatMul" && bias != kAbsent) w = transposed(w, name + "/w_transposed");
        if (product.op != "Conv") fused.attributes.clear();
        if (product.op != "Conv" && bias != kAbsent) {
            const Dims w_dims = g_.values[w].dims;
            const std::int64_t rows = element_count(g_.values[x].dims) / std::max<std::int64_t>(1, w_dims[1]);
            x = reshaped(x, {rows, w_dims[1], 1, 1}, name + "/x", nodes, kAbsent);
            TensorValue kernel = g_.constant(w);
            kernel.dims = {w_dims[0], w_dims[1], 1, 1};
            w = add_constant(name + "/w", std::move(kernel));
            y = add_value(name + "/y", y_type, {rows, w_dims[0], 1, 1});
        }
        const bool conv = product.op == "Conv" || bias != kAbsent;
        fused.op = conv ? "QLinearConv" : "QLinearMatMul";
        fused.inputs = {x, p.x.scale, x_zero, w, p.w.scale, w_zero, p.y.scale, y_zero};
        if (bias != kAbsent) fused.inputs.push_back(bias);
        fused.outputs = {y};
        nodes.push_back(fused);
        if (y != result) reshaped(y, g_.values[result].dims, name + "/result", nodes, result);
        if (relu) add_relu(name, result, y_zero, p.y.tensor, nodes);
    }

    // Saturation does it where the zero point is the least value.
    bool adds_relu(Value y_zero, ElementType type) const {
        const TensorValue zero = g_.constant(y_zero);
        return type == ElementType::u8 ? zero.bytes[0] != 0 : *elements<std::int8_t>(zero) != -128;
    }

    static void add_relu(const std::string& name, Value from, Value y_zero, Value to,
                         std::vector<OpNode>& nodes) {
        OpNode node;
        node.name = name + "/relu", node.op = "Max", node.opset = 13;
        node.inputs = {from, y_zero};
        node.outputs = {to};
        nodes.push_back(std::move(node));
    }

    // Replacements stand where their last node stood; then what nobody needs goes.
    void rebuild() {
        std::vector<OpNode> all;
        for (std::uint32_t n = 0; n < g_.nodes.size(); ++n) {
            if (replaced_[n].empty()) all.push_back(std::move(g_.nodes[n]));
            for (auto& node : replaced_[n]) all.push_back(std::move(node));
        }
        std::vector<bool> needed(g_.values.size(), false);
        for (const Value v : g_.outputs)
            if (v != kAbsent) needed[v] = true;
        for (std::size_t n = all.size(); n-- > 0;) {
            const auto& outputs = all[n].outputs;
            if (std::none_of(outputs.begin(), outputs.end(),
                             [&](Value v) { return v != kAbsent && needed[v]; }))
                all[n].op.clear();
            else
                for (const Value v : all[n].inputs)
                    if (v != kAbsent) needed[v] = true;
        }
        all.erase(std::remove_if(all.begin(), all.end(), [](const OpNode& n) { return n.op.empty(); }),
                  all.end());
        g_.nodes = std::move(all);
        for (auto& value : g_.values) value.maker = kAbsent;
        for (std::uint32_t n = 0; n < g_.nodes.size(); ++n)
            for (const Value v : g_.nodes[n].outputs)
                if (v != kAbsent) g_.values[v].maker = n;
    }

    OpGraph& g_;
    std::vector<std::vector<std::uint32_t>> readers_;  // by value: nodes; kAbsent for an output of the graph
    std::vector<std::vector<OpNode>> replaced_;        // by node: what stands there instead
};

}  // namespace

void fuse_quantised(OpGraph& graph) { Fuser(graph).run(); }

}  // namespace sosa::host
