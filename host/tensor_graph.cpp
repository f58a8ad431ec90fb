#include "host/tensor_graph.h"

#include <algorithm>

#include "host/workload.h"
#include "host/workload_reader.h"

namespace sosa::host {

namespace {

using Text = std::string;
Text number(std::uint64_t value) { return std::to_string(value); }
Text by(std::uint64_t height, std::uint64_t width) { return number(height) + "x" + number(width); }

std::uint64_t extent(std::uint32_t kernel, std::uint32_t dilation) {
    return (std::uint64_t{kernel} - 1) * dilation + 1;
}

// Every window must reach into the map.
Text slide(const TensorShape& in, const TensorWindow& w, TensorShape& out) {
    const std::uint64_t window_h = extent(w.kernel_h, w.dilation_h),
                        window_w = extent(w.kernel_w, w.dilation_w);
    if (std::max(w.pad_top, w.pad_bottom) >= window_h || std::max(w.pad_left, w.pad_right) >= window_w)
        return "key \"pad\": found [" + number(w.pad_top) + "," + number(w.pad_left) + "," +
               number(w.pad_bottom) + "," + number(w.pad_right) + "], allowed less than the window, " +
               by(window_h, window_w);
    const std::uint64_t height = std::uint64_t{in.height} + w.pad_top + w.pad_bottom;
    const std::uint64_t width = std::uint64_t{in.width} + w.pad_left + w.pad_right;
    if (height < window_h || width < window_w)
        return "found a window of " + by(window_h, window_w) + ", allowed at most the map with its pads, " +
               by(height, width);
    out.height = static_cast<std::uint32_t>((height - window_h) / w.stride_h + 1);
    out.width = static_cast<std::uint32_t>((width - window_w) / w.stride_w + 1);
    return "";
}

Text layer_shape(const TensorShape& in, const Layer& layer, TensorNode& node) {
    const TensorWindow& w = node.window;
    const std::uint64_t area = std::uint64_t{w.kernel_h} * w.kernel_w;
    if (layer.is_vector()) return "found vector work, allowed a layer with m, k and n";
    if (layer.k % area != 0 || layer.k / area * layer.groups != in.channels)
        return "key \"inputs\": found " + number(in.channels) + " channels under a " +
               by(w.kernel_h, w.kernel_w) + " kernel, allowed as many as make k = " + number(layer.k) +
               (layer.groups == 1 ? "" : " in " + number(layer.groups) + " groups") + " of the layer";
    if (layer.n * layer.groups > kMaxDimension)
        return "found " + number(layer.n) + " channels in " + number(layer.groups) + " groups, allowed " +
               number(kMaxDimension) + " channels";
    if (const Text wrong = slide(in, w, node.shape); !wrong.empty()) return wrong;
    const std::uint64_t map = std::uint64_t{node.shape.height} * node.shape.width;
    if (layer.m % map != 0 || layer.m / map != in.batch)
        return "found a result of " + number(in.batch) + " x " + by(node.shape.height, node.shape.width) +
               " pixels, allowed as many as m = " + number(layer.m) + " of the layer";
    node.shape.batch = in.batch;
    node.shape.channels = static_cast<std::uint32_t>(layer.n * layer.groups);
    return "";
}

Text pool_shape(const TensorShape& in, TensorNode& node) {
    node.shape = in;
    return slide(in, node.window, node.shape);
}

Text add_shape(const TensorShape& a, const TensorShape& b, TensorNode& node) {
    node.shape = a;
    if (a == b) return "";
    return "key \"inputs\": found tensors of " + shape_text(a) + " and " + shape_text(b) +
           ", allowed two of one shape";
}

Text concat_shape(const std::vector<TensorNode>& tensors, TensorNode& node) {
    std::uint64_t channels = 0;
    const TensorShape& first = tensors[node.inputs[0]].shape;
    for (const std::uint32_t input : node.inputs) {
        const TensorShape& shape = tensors[input].shape;
        if (shape.batch != first.batch || shape.height != first.height || shape.width != first.width)
            return "key \"inputs\": found tensors of " + shape_text(first) + " and " + shape_text(shape) +
                   ", allowed tensors that differ in their channels only";
        channels += shape.channels;
    }
    if (channels > kMaxDimension)
        return "key \"inputs\": found " + number(channels) + " channels together, allowed " +
               number(kMaxDimension);
    node.shape = first;
    node.shape.channels = static_cast<std::uint32_t>(channels);
    return "";
}

Text shape_of(const std::vector<TensorNode>& tensors, const std::vector<Layer>& layers, TensorNode& node) {
    const TensorShape& in = tensors[node.inputs[0]].shape;
    switch (node.op) {
        case TensorOp::layer:
            return layer_shape(in, layers[node.layer], node);
        case TensorOp::add:
            return add_shape(in, tensors[node.inputs[1]].shape, node);
        case TensorOp::concat:
            return concat_shape(tensors, node);
        default:
            return pool_shape(in, node);
    }
}

// Whether every layer whose result reaches `node` without another layer between is one of `deps`; else the
// layer that is not. `seen[t]` == mark: tensor t has been looked at.
const TensorNode* missing_dep(const std::vector<TensorNode>& tensors, std::uint32_t node,
                              const std::vector<std::uint32_t>& deps, std::vector<std::uint32_t>& seen,
                              std::uint32_t mark) {
    std::vector<std::uint32_t> open{node};
    while (!open.empty()) {
        const TensorNode& tensor = tensors[open.back()];
        const bool again = seen[open.back()] == mark;
        seen[open.back()] = mark;
        open.pop_back();
        if (again || tensor.op == TensorOp::input) continue;
        if (tensor.op != TensorOp::layer)
            open.insert(open.end(), tensor.inputs.begin(), tensor.inputs.end());
        else if (std::find(deps.begin(), deps.end(), tensor.layer) == deps.end())
            return &tensor;
    }
    return nullptr;
}

}  // namespace

std::string shape_text(const TensorShape& s) {
    return number(s.batch) + "x" + by(s.height, s.width) + "x" + number(s.channels);
}

std::string infer_shape(const std::vector<TensorNode>& tensors, const std::vector<Layer>& layers,
                        TensorNode& node) {
    if (node.op != TensorOp::input)
        if (const Text wrong = shape_of(tensors, layers, node); !wrong.empty()) return wrong;
    const TensorShape& s = node.shape;
    const std::uint64_t rows = std::uint64_t{s.batch} * s.height;
    if (rows > kMaxTensorBytes / s.width || rows * s.width > kMaxTensorBytes / s.channels)
        return "found a tensor of " + shape_text(s) + ", allowed at most 2^40 bytes";
    return "";
}

std::string misfit(const std::vector<TensorNode>& tensors, const std::vector<Layer>& layers) {
    std::vector<bool> made(layers.size(), false);
    std::vector<std::uint32_t> seen(tensors.size(), 0);
    for (std::uint32_t t = 0; t < tensors.size(); ++t) {
        if (tensors[t].op != TensorOp::layer) continue;
        const Layer& layer = layers[tensors[t].layer];
        made[tensors[t].layer] = true;
        if (const auto* other = missing_dep(tensors, tensors[t].inputs[0], layer.deps, seen, t + 1))
            return "tensor " + number(t) + " " + in_quotes(layer.name) +
                   ": key \"inputs\": found results of " + in_quotes(other->name) +
                   " in its input, allowed those of the layer's deps";
    }
    for (std::size_t l = 0; l < layers.size(); ++l)
        if (!made[l] && !layers[l].is_vector())
            return "key \"tensors\": found none for layer " + number(l) + " " + in_quotes(layers[l].name) +
                   ", allowed one for every layer";
    return "";
}

}  // namespace sosa::host
