#include "host/zoo_graph.h"

#include <algorithm>
#include <numeric>

#include "traces/error.h"

namespace sosa::host::zoo {

namespace {
// The map's shape after sliding the window over it.
FeatureMap slide(const std::string& layer, const FeatureMap& in, const Window& window) {
    const std::uint32_t height = in.height + window.pad_height, width = in.width + window.pad_width;
    if (height < window.height || width < window.width)
        throw VanishedLayer{layer, height, width, window.height, window.width};
    FeatureMap out = in;
    out.height = (height - window.height) / window.stride + 1;
    out.width = (width - window.width) / window.stride + 1;
    return out;
}

// Of an odd pad the smaller half stands before, as in TensorFlow.
TensorWindow tensor_window(const Window& w) {
    TensorWindow window;
    window.kernel_h = w.height;
    window.kernel_w = w.width;
    window.stride_h = window.stride_w = w.stride;
    window.pad_top = w.pad_height / 2;
    window.pad_left = w.pad_width / 2;
    window.pad_bottom = w.pad_height - window.pad_top;
    window.pad_right = w.pad_width - window.pad_left;
    return window;
}
}  // namespace

Window valid(std::uint32_t size, std::uint32_t stride) { return {size, size, stride, 0, 0}; }
Window padded(std::uint32_t size, std::uint32_t stride, std::uint32_t pad) {
    return {size, size, stride, 2 * pad, 2 * pad};
}
Window same(std::uint32_t height, std::uint32_t width) { return {height, width, 1, height - 1, width - 1}; }

CnnGraph::CnnGraph(const CnnSize& size) : size_(size) {}

FeatureMap CnnGraph::make(TensorOp op, const std::string& name, const std::vector<FeatureMap>& inputs,
                          FeatureMap out) {
    TensorNode node;
    node.name = name;
    node.op = op;
    for (const FeatureMap& input : inputs) node.inputs.push_back(static_cast<std::uint32_t>(input.node));
    node.shape = {size_.batch, out.height, out.width, out.channels};
    out.node = tensors_.size();
    tensors_.push_back(std::move(node));
    return out;
}

FeatureMap CnnGraph::image(std::uint32_t channels) {
    return make(TensorOp::input, "image", {}, {size_.image_size, size_.image_size, channels, 0, {}});
}

FeatureMap CnnGraph::gemm(Layer layer, const FeatureMap& in, FeatureMap out) {
    layer.deps = in.producers;
    out.producers = {static_cast<std::uint32_t>(layers_.size())};
    out = make(TensorOp::layer, layer.name, {in}, std::move(out));
    tensors_.back().layer = static_cast<std::uint32_t>(layers_.size());
    layers_.push_back(std::move(layer));
    layer_node_.push_back(out.node);
    return out;
}

// Batch normalisation rides along with its convolution: it changes neither shapes nor order.
FeatureMap CnnGraph::grouped_conv(const std::string& name, const FeatureMap& in, std::uint32_t filters,
                                  std::uint32_t groups, const Window& window) {
    FeatureMap out = slide(name, in, window);
    out.channels = filters;
    Layer layer;
    layer.name = name;
    layer.op = "Conv";
    layer.m = std::uint64_t{size_.batch} * out.height * out.width;
    layer.k = std::uint64_t{window.height} * window.width * (in.channels / groups);
    layer.n = filters / groups;
    layer.groups = groups;
    layer.kernel_h = window.height;
    layer.kernel_w = window.width;
    out = gemm(std::move(layer), in, std::move(out));
    tensors_.back().window = tensor_window(window);
    return out;
}

FeatureMap CnnGraph::linear_conv(const std::string& name, const FeatureMap& in, std::uint32_t filters,
                                 const Window& window) {
    return grouped_conv(name, in, filters, 1, window);
}

FeatureMap CnnGraph::depthwise_conv(const std::string& name, const FeatureMap& in, const Window& window) {
    FeatureMap out = grouped_conv(name, in, in.channels, in.channels, window);
    tensors_.back().relu = true;
    return out;
}

FeatureMap CnnGraph::conv(const std::string& name, const FeatureMap& in, std::uint32_t filters,
                          const Window& window) {
    FeatureMap out = linear_conv(name, in, filters, window);
    tensors_.back().relu = true;
    return out;
}

FeatureMap CnnGraph::pool(TensorOp op, const std::string& name, const FeatureMap& in, const Window& window) {
    FeatureMap out = make(op, name, {in}, slide(name, in, window));
    tensors_.back().window = tensor_window(window);
    return out;
}

FeatureMap CnnGraph::max_pool(const std::string& name, const FeatureMap& in, const Window& window) {
    return pool(TensorOp::max_pool, name, in, window);
}

FeatureMap CnnGraph::average_pool(const std::string& name, const FeatureMap& in, const Window& window) {
    return pool(TensorOp::average_pool, name, in, window);
}

FeatureMap CnnGraph::global_pool(const FeatureMap& in, const std::string& name) {
    return average_pool(name, in, {in.height, in.width, 1, 0, 0});
}

FeatureMap CnnGraph::linear_add(const std::string& name, const FeatureMap& a, const FeatureMap& b) {
    FeatureMap out = a;
    out.producers.insert(out.producers.end(), b.producers.begin(), b.producers.end());
    return make(TensorOp::add, name, {a, b}, std::move(out));
}

FeatureMap CnnGraph::add(const std::string& name, const FeatureMap& a, const FeatureMap& b) {
    FeatureMap out = linear_add(name, a, b);
    tensors_.back().relu = true;
    return out;
}

FeatureMap CnnGraph::concat(const std::string& name, const std::vector<FeatureMap>& parts) {
    FeatureMap out{parts.front().height, parts.front().width, 0, 0, {}};
    for (const FeatureMap& part : parts) {
        out.channels += part.channels;
        out.producers.insert(out.producers.end(), part.producers.begin(), part.producers.end());
    }
    return make(TensorOp::concat, name, parts, std::move(out));
}

FeatureMap CnnGraph::crop(const FeatureMap& in, const FeatureMap& like) {
    SOSA_CHECK(like.height <= in.height && like.width <= in.width, size_.name);
    has_tensor_graph_ = false;
    FeatureMap out = in;
    out.height = like.height;
    out.width = like.width;
    return out;
}

// Every pixel becomes 2x2 of `filters` channels: a product with as many columns.
FeatureMap CnnGraph::up_conv(const std::string& name, const FeatureMap& in, std::uint32_t filters) {
    constexpr std::uint32_t side = 2;
    has_tensor_graph_ = false;
    Layer layer;
    layer.name = name;
    layer.op = "Conv";
    layer.m = std::uint64_t{size_.batch} * in.height * in.width;
    layer.k = in.channels;
    layer.n = std::uint64_t{side} * side * filters;
    return gemm(std::move(layer), in, {side * in.height, side * in.width, filters, 0, {}});
}

// Its node counts for the order alone.
FeatureMap CnnGraph::scale(const std::string& name, const FeatureMap& in, const FeatureMap& factors) {
    has_tensor_graph_ = false;
    return linear_add(name, in, factors);
}

FeatureMap CnnGraph::dense(const std::string& name, const FeatureMap& in, std::uint32_t units) {
    Layer layer;
    layer.name = name;
    layer.op = "Dense";
    layer.m = size_.batch;
    layer.k = in.channels;
    layer.n = units;
    return gemm(std::move(layer), in, {1, 1, units, 0, {}});
}

std::vector<std::uint32_t> CnnGraph::placed_order() const {
    std::vector<std::size_t> distance(tensors_.size(), 0);  // to the output, longest way
    for (std::size_t node = tensors_.size(); node-- > 0;)
        for (const std::uint32_t input : tensors_[node].inputs)
            distance[input] = std::max(distance[input], distance[node] + 1);
    std::vector<std::uint32_t> order(layers_.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return distance[layer_node_[a]] > distance[layer_node_[b]];
    });
    return order;
}

Workload CnnGraph::place() {
    const std::vector<std::uint32_t> order = placed_order();
    std::vector<std::uint32_t> position(order.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) position[order[i]] = i;

    Workload workload;
    workload.name = size_.name;
    workload.batch = size_.batch;
    workload.image_size = size_.image_size;
    for (const std::uint32_t created : order) {
        workload.layers.push_back(std::move(layers_[created]));
        for (std::uint32_t& dep : workload.layers.back().deps) dep = position[dep];
    }
    for (const std::size_t node : layer_node_) tensors_[node].layer = position[tensors_[node].layer];
    if (has_tensor_graph_) workload.tensors = std::move(tensors_);
    return workload;
}

}  // namespace sosa::host::zoo
