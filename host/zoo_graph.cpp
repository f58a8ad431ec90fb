#include "host/zoo_graph.h"

#include <algorithm>
#include <numeric>

namespace sosa::host::zoo {

namespace {
constexpr std::uint32_t kColours = 3;

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
}  // namespace

Window valid(std::uint32_t size, std::uint32_t stride) { return {size, size, stride, 0, 0}; }
Window padded(std::uint32_t size, std::uint32_t stride, std::uint32_t pad) {
    return {size, size, stride, 2 * pad, 2 * pad};
}
Window same(std::uint32_t height, std::uint32_t width) { return {height, width, 1, height - 1, width - 1}; }

CnnGraph::CnnGraph(const CnnSize& size) : size_(size) {}

std::size_t CnnGraph::add_node(const std::vector<std::size_t>& inputs) {
    inputs_.push_back(inputs);
    return inputs_.size() - 1;
}

FeatureMap CnnGraph::image() { return {size_.image_size, size_.image_size, kColours, add_node({}), {}}; }

FeatureMap CnnGraph::gemm(Layer layer, const FeatureMap& in, FeatureMap out) {
    layer.deps = in.producers;
    out.node = add_node({in.node});
    out.producers = {static_cast<std::uint32_t>(layers_.size())};
    layers_.push_back(std::move(layer));
    layer_node_.push_back(out.node);
    return out;
}

// Batch normalisation and activation ride along with their convolution: they change neither shapes nor order.
FeatureMap CnnGraph::conv(const std::string& name, const FeatureMap& in, std::uint32_t filters,
                          const Window& window) {
    FeatureMap out = slide(name, in, window);
    out.channels = filters;
    Layer layer;
    layer.name = name;
    layer.op = "Conv";
    layer.m = std::uint64_t{size_.batch} * out.height * out.width;
    layer.k = std::uint64_t{window.height} * window.width * in.channels;
    layer.n = filters;
    layer.kernel_h = window.height;
    layer.kernel_w = window.width;
    return gemm(std::move(layer), in, std::move(out));
}

FeatureMap CnnGraph::pool(const std::string& name, const FeatureMap& in, const Window& window) {
    FeatureMap out = slide(name, in, window);
    out.node = add_node({in.node});
    return out;
}

FeatureMap CnnGraph::global_pool(const FeatureMap& in) {
    return {1, 1, in.channels, add_node({in.node}), in.producers};
}

FeatureMap CnnGraph::add(const FeatureMap& a, const FeatureMap& b) {
    FeatureMap out = concat({a, b});
    out.channels = a.channels;
    return out;
}

FeatureMap CnnGraph::concat(const std::vector<FeatureMap>& parts) {
    FeatureMap out{parts.front().height, parts.front().width, 0, 0, {}};
    std::vector<std::size_t> nodes;
    for (const FeatureMap& part : parts) {
        out.channels += part.channels;
        out.producers.insert(out.producers.end(), part.producers.begin(), part.producers.end());
        nodes.push_back(part.node);
    }
    out.node = add_node(nodes);
    return out;
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
    std::vector<std::size_t> distance(inputs_.size(), 0);  // to the output, longest way
    for (std::size_t node = inputs_.size(); node-- > 0;)
        for (const std::size_t input : inputs_[node])
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
    return workload;
}

}  // namespace sosa::host::zoo
