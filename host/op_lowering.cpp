#include "host/op_lowering.h"

#include <algorithm>
#include <array>

#include "host/op_lowering_parts.h"
#include "traces/error.h"

namespace sosa::host {

namespace {

class Lowerer {
  public:
    explicit Lowerer(const OpGraph& graph) : graph_(graph), use_(graph), reach_(graph) {}
    Lowering run();

  private:
    void lower_node(std::uint32_t node);
    void lower_product(std::uint32_t node);
    void lower_other(std::uint32_t node);
    void set_use(std::uint32_t node, NodeUse use, std::uint32_t layer = kAbsent);
    void pass(std::uint32_t node, NodeUse use, OpTally& tally);
    std::uint32_t add_layer(std::uint32_t node, Layer layer);
    std::uint32_t add_product(std::uint32_t node, const ProductShape& shape);
    std::uint32_t add_sum(std::uint32_t node, const ProductShape& shape, std::uint32_t product);
    std::vector<std::uint32_t> before_product(const ProductShape& shape) const;
    std::vector<std::string> notices() const;

    const OpGraph& graph_;
    GraphUse use_;
    Reach reach_;
    LayerNames names_;
    Lowering out_;
    std::uint64_t macs_ = 0;
    OpTally after_, before_, vector_, layout_, constant_, unused_, empty_;
    std::vector<bool> is_done_;  // with a product before it
};

void Lowerer::set_use(std::uint32_t node, NodeUse use, std::uint32_t layer) {
    out_.nodes[node] = {use, layer};
    if (layer != kAbsent) reach_.made_by(node, layer);
}

// Takes no time: its results are there when its operands are.
void Lowerer::pass(std::uint32_t node, NodeUse use, OpTally& tally) {
    set_use(node, use);
    reach_.passes(node);
    tally.count(graph_.nodes[node].op);
}

std::uint32_t Lowerer::add_layer(std::uint32_t node, Layer layer) {
    auto& layers = out_.workload.layers;
    if (layers.size() == kMaxLayers)
        refuse_node(graph_, node, "a further layer", "at most " + std::to_string(kMaxLayers));
    layer.name = names_.fresh(layer.name);
    layers.push_back(std::move(layer));
    return static_cast<std::uint32_t>(layers.size() - 1);
}

// As a workload file calls them.
const char* product_name(const std::string& op) {
    if (op == "Gemm") return "Dense";
    return op.find("Conv") == std::string::npos ? "MatMul" : "Conv";
}

std::uint32_t Lowerer::add_product(std::uint32_t node, const ProductShape& shape) {
    check_product(graph_, node, shape);
    Layer layer;
    layer.name = graph_.nodes[node].name;
    layer.op = product_name(graph_.nodes[node].op);
    layer.m = shape.m;
    layer.k = shape.k;
    layer.n = shape.n;
    layer.groups = static_cast<std::uint32_t>(shape.groups);
    layer.kernel_h = static_cast<std::uint32_t>(shape.kernel_h);
    layer.kernel_w = static_cast<std::uint32_t>(shape.kernel_w);
    layer.w_on_chip = !reach_.of_value(shape.w).empty();
    // C, which is added after the product, stands last.
    layer.deps = reach_.of(node, shape.added == kAbsent ? SIZE_MAX : 2);
    if (layer.macs() > kMaxMacs - macs_)
        refuse_node(graph_, node, "2^62 or more multiply-accumulates in the layers up to here",
                    "less than 2^62");
    macs_ += layer.macs();
    return add_layer(node, std::move(layer));
}

// Of the windows of a transposed convolution, or of a product and a C that is no constant.
std::uint32_t Lowerer::add_sum(std::uint32_t node, const ProductShape& shape, std::uint32_t product) {
    Layer layer;
    layer.name = out_.workload.layers[product].name + (shape.overlaps > 0 ? "/overlap" : "/add");
    layer.op = "Add";
    layer.vector = {shape.overlaps > 0 ? shape.overlaps : times(shape.m, shape.n), 1, 0};
    if (layer.vector.elements > kMaxTensorBytes)
        refuse_node(graph_, node, std::to_string(layer.vector.elements) + " elements to add",
                    "at most " + std::to_string(kMaxTensorBytes));
    if (shape.added != kAbsent) layer.deps = reach_.of_value(shape.added);
    layer.deps.push_back(product);
    vector_.count(layer.op);
    return add_layer(node, std::move(layer));
}

std::vector<std::uint32_t> Lowerer::before_product(const ProductShape& shape) const {
    std::vector<std::uint32_t> before;
    for (const std::uint32_t value : {shape.x, shape.w, shape.bias}) {
        const std::uint32_t maker = value == kAbsent ? kAbsent : graph_.values[value].maker;
        if (maker == kAbsent || graph_.nodes[maker].op != "DequantizeLinear") continue;
        if (out_.nodes[maker].use != NodeUse::fused) continue;
        if (std::find(before.begin(), before.end(), maker) == before.end()) before.push_back(maker);
    }
    return before;
}

void Lowerer::lower_product(std::uint32_t node) {
    const ProductShape shape = product_shape(graph_, node);
    if (shape.is_empty()) return pass(node, NodeUse::layout, empty_);
    LoweredProduct product;
    product.node = node;
    product.layer = add_product(node, shape);
    set_use(node, NodeUse::product, shape.is_last() ? product.layer : add_sum(node, shape, product.layer));
    product.before = before_product(shape);
    product.after = after_product(use_, node, shape);
    for (const std::uint32_t next : product.after) {
        set_use(next, NodeUse::fused, product.layer);
        is_done_[next] = true;
        after_.count(graph_.nodes[next].op);
    }
    out_.products.push_back(std::move(product));
}

// A node of class vector or layout.
void Lowerer::lower_other(std::uint32_t node) {
    const auto work = vector_work(graph_, node);
    if (!work) return pass(node, NodeUse::layout, layout_);
    if (work->elements == 0) return pass(node, NodeUse::layout, empty_);
    Layer layer;
    layer.name = graph_.nodes[node].name;
    layer.op = graph_.nodes[node].op;
    layer.vector = *work;
    layer.deps = reach_.of(node);
    set_use(node, NodeUse::vector, add_layer(node, std::move(layer)));
    vector_.count(graph_.nodes[node].op);
}

void Lowerer::lower_node(std::uint32_t node) {
    if (is_done_[node]) return;
    const std::string& op = graph_.nodes[node].op;
    if (!use_.needed[node]) {
        set_use(node, NodeUse::unused);
        unused_.count(op);
    } else if (is_before_products(use_, node)) {
        pass(node, NodeUse::fused, before_);
    } else if (const OpClass what = use_.class_of(node); what == OpClass::constant) {
        set_use(node, NodeUse::constant);
        constant_.count(op);
    } else if (what == OpClass::product) {
        lower_product(node);
    } else {
        lower_other(node);
    }
}

std::vector<std::string> Lowerer::notices() const {
    const std::array<std::pair<const OpTally&, const char*>, 7> kinds = {
        {{vector_, "on the post-processors"},
         {after_, "fused into the products before them, free"},
         {before_, "fused into the products behind them, free"},
         {layout_, "layout, free"},
         {constant_, "follow from shapes and constants, free"},
         {empty_, "of empty tensors, free"},
         {unused_, "needed by no output, left out"}}};
    std::vector<std::string> sentences;
    for (const auto& [tally, what] : kinds)
        if (!tally.empty()) sentences.push_back(tally.text() + ": " + what);
    if (out_.workload.layers.empty()) sentences.push_back("no layers: nothing here takes time");
    return sentences;
}

Lowering Lowerer::run() {
    check_operators(use_);
    out_.workload.name = workload_name(graph_.source);
    out_.nodes.resize(graph_.nodes.size());
    is_done_.resize(graph_.nodes.size());
    for (std::uint32_t node = 0; node < graph_.nodes.size(); ++node) lower_node(node);
    out_.notices = notices();
    return std::move(out_);
}

}  // namespace

Lowering lower(const OpGraph& graph) {
    try {
        return Lowerer(graph).run();
    } catch (const UserError& error) {  // those about attributes do not name the file
        const std::string what = error.what();
        if (what.rfind(graph.source, 0) == 0) throw;
        throw UserError(graph.source + ": " + what);
    }
}

}  // namespace sosa::host
