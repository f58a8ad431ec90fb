#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "host/op_eval_broadcast.h"
#include "host/op_eval_normalise.h"

namespace sosa::host {
namespace {

// One parameter a channel.
template <class S>
std::vector<Compute<S>> channel_list(const OpNode& node, const Inputs& inputs, std::size_t i,
                                     std::int64_t channels) {
    const TensorValue& list = input(node, inputs, i);
    expect_type(node, "input " + std::to_string(i), list, real_types());
    if (list.dims != Dims{channels})
        refuse(node, "input " + std::to_string(i) + " of " + dims_text(list.dims),
               std::to_string(channels) + ", one a channel");
    std::vector<Compute<S>> values;
    for (const double value : real_values(list)) values.push_back(static_cast<Compute<S>>(value));
    return values;
}

// The channels of {N, C, ...}; a list is one of N with a single channel.
AxisView channel_view(const OpNode& node, const TensorValue& x) {
    if (x.dims.size() == 1) return {x.dims[0], 1, 1};
    if (x.dims.empty()) refuse(node, "a scalar", "batch and channels");
    return axis_view(node, x.dims, 1);
}

// y = scale * (x - mean) / sqrt(variance + epsilon) + bias, in float (in double of doubles) from left to
// right.
template <class S>
void batch_normalise(const OpNode& node, const Inputs& inputs, const AxisView& view, TensorValue& y) {
    const S* const from = elements<S>(*inputs[0]);
    S* const to = elements<S>(y);
    const auto scale = channel_list<S>(node, inputs, 1, view.size),
               bias = channel_list<S>(node, inputs, 2, view.size);
    const auto mean = channel_list<S>(node, inputs, 3, view.size),
               variance = channel_list<S>(node, inputs, 4, view.size);
    const auto epsilon = static_cast<Compute<S>>(node.real("epsilon", 1e-5F));
    for (std::int64_t line = 0; line < view.outer * view.size; ++line) {
        const auto c = static_cast<std::size_t>(line % view.size);
        const Compute<S> deviation = std::sqrt(variance[c] + epsilon);
        for (std::int64_t i = line * view.inner; i < (line + 1) * view.inner; ++i)
            to[i] = store<S>(scale[c] * (load(from[i]) - mean[c]) / deviation + bias[c]);
    }
}

Outputs eval_batch_normalisation(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 5, 5);
    const TensorValue& x = input(node, inputs, 0);
    expect_type(node, "input 0", x, real_types());
    const auto named = [](std::uint32_t output) { return output != kAbsent; };
    const bool trains =
        node.integer("training_mode", 0) != 0 ||
        (!node.outputs.empty() && std::any_of(node.outputs.begin() + 1, node.outputs.end(), named));
    if (trains) refuse(node, "training", "inference");
    if (node.integer("spatial", 1) == 0) refuse(node, "spatial 0", "1");
    TensorValue y = make_result(node, x.type, x.dims);
    const AxisView view =
        y.bytes.empty() ? AxisView{0, x.dims.size() > 1 ? x.dims[1] : 1, 0} : channel_view(node, x);
    visit_real(x.type,
               [&](auto tag) { batch_normalise<typename decltype(tag)::type>(node, inputs, view, y); });
    return {std::move(y)};
}

// Each channel of each image on its own, with its mean and variance.
template <class S>
void instance_normalise(const OpNode& node, const Inputs& inputs, const AxisView& view, TensorValue& y) {
    const S* const from = elements<S>(*inputs[0]);
    const auto scale = channel_list<S>(node, inputs, 1, view.size),
               bias = channel_list<S>(node, inputs, 2, view.size);
    const auto epsilon = static_cast<double>(node.real("epsilon", 1e-5F));
    for (std::int64_t line = 0; line < view.outer * view.size; ++line) {
        const auto c = static_cast<std::size_t>(line % view.size);
        const S* const row = from + line * view.inner;
        const Moments moments = moments_of(row, view.inner);
        const double factor = static_cast<double>(scale[c]) / std::sqrt(moments.variance + epsilon);
        for (std::int64_t i = 0; i < view.inner; ++i) {
            const double centred = static_cast<double>(load(row[i])) - moments.mean;
            elements<S>(y)[line * view.inner + i] =
                rounded<S>(factor * centred + static_cast<double>(bias[c]));
        }
    }
}

Outputs eval_instance_normalisation(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 3, 3);
    const TensorValue& x = input(node, inputs, 0);
    expect_type(node, "input 0", x, real_types());
    TensorValue y = make_result(node, x.type, x.dims);
    if (y.bytes.empty()) return {std::move(y)};
    const AxisView view = channel_view(node, x);
    visit_real(x.type,
               [&](auto tag) { instance_normalise<typename decltype(tag)::type>(node, inputs, view, y); });
    return {std::move(y)};
}

// The elements as if the tensor had these dims, which it broadcasts to.
std::vector<double> broadcast_values(const TensorValue& tensor, const Dims& dims) {
    const std::vector<double> values = real_values(tensor);
    std::vector<double> all(static_cast<std::size_t>(element_count(dims)));
    for_each_place({dims, broadcast_strides(tensor.dims, dims), 0},
                   [&](std::int64_t number, std::int64_t at) {
                       all[static_cast<std::size_t>(number)] = values[static_cast<std::size_t>(at)];
                   });
    return all;
}

// Over all axes from "axis" on; scale and bias broadcast to the input. Also gives the mean and the reciprocal
// of the deviation, in float.
template <class S>
Outputs layer_normalise(const OpNode& node, const Inputs& inputs, std::size_t axis) {
    const TensorValue& x = *inputs[0];
    const TensorValue* const bias = optional_input(inputs, 2);
    Dims reduced = x.dims;
    std::fill(reduced.begin() + static_cast<std::ptrdiff_t>(axis), reduced.end(), 1);
    Outputs outputs{make_result(node, x.type, x.dims), make_result(node, ElementType::f32, reduced),
                    make_result(node, ElementType::f32, reduced)};
    if (x.bytes.empty()) return outputs;
    const std::vector<double> scales = broadcast_values(*inputs[1], x.dims);
    const std::vector<double> biases =
        bias == nullptr ? std::vector<double>(scales.size(), 0) : broadcast_values(*bias, x.dims);
    const std::int64_t size = product_of(node, x.dims, axis, x.dims.size());
    const auto epsilon = static_cast<double>(node.real("epsilon", 1e-5F));
    for (std::int64_t line = 0; line < element_count(reduced); ++line) {
        const S* const row = elements<S>(x) + line * size;
        const Moments moments = moments_of(row, size);
        const double inverse = 1 / std::sqrt(moments.variance + epsilon);
        for (std::int64_t i = 0; i < size; ++i) {
            const auto at = static_cast<std::size_t>(line * size + i);
            const double y = (static_cast<double>(load(row[i])) - moments.mean) * inverse;
            elements<S>(outputs[0])[at] = rounded<S>(y * scales[at] + biases[at]);
        }
        elements<float>(outputs[1])[line] = static_cast<float>(moments.mean);
        elements<float>(outputs[2])[line] = static_cast<float>(inverse);
    }
    return outputs;
}

Outputs eval_layer_normalisation(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 2, 3);
    const TensorValue& x = input(node, inputs, 0);
    expect_type(node, "input 0", x, real_types());
    for (std::size_t i = 1; i < inputs.size(); ++i) {
        if (inputs[i] == nullptr && i == 2) continue;
        expect_same_type(node, x, input(node, inputs, i));
        expect_broadcasts_to(node, inputs[i]->dims, x.dims);
    }
    const std::size_t axis = expect_axis(node, node.integer("axis", -1), x.dims.size());
    return visit_real(
        x.type, [&](auto tag) { return layer_normalise<typename decltype(tag)::type>(node, inputs, axis); });
}

// x / (bias + alpha / size * sum of squares over `size` channels around)^beta; an even size reaches further
// ahead.
Outputs eval_lrn(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 1);
    const TensorValue& x = input(node, inputs, 0);
    expect_type(node, "input 0", x, real_types());
    const std::int64_t size = node.integer("size", 0);
    if (size < 1 || x.dims.size() < 2)
        refuse(node, "size " + std::to_string(size) + " of " + dims_text(x.dims), "1 or more channels");
    TensorValue y = make_result(node, x.type, x.dims);
    if (y.bytes.empty()) return {std::move(y)};
    const AxisView view = axis_view(node, x.dims, 1);
    const double factor = static_cast<double>(node.real("alpha", 1e-4F)) / static_cast<double>(size);
    const auto beta = static_cast<double>(node.real("beta", 0.75F)),
               bias = static_cast<double>(node.real("bias", 1));
    const std::int64_t behind = std::min((size - 1) / 2, view.size),
                       ahead = std::min(size - 1 - (size - 1) / 2, view.size);
    const std::vector<double> values = real_values(x);
    visit_real(x.type, [&](auto tag) {
        using S = typename decltype(tag)::type;
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto at = static_cast<std::int64_t>(i), channel = at / view.inner % view.size;
            double sum = 0;
            for (std::int64_t c = std::max<std::int64_t>(0, channel - behind);
                 c <= std::min(view.size - 1, channel + ahead); ++c) {
                const double value = values[static_cast<std::size_t>(at + (c - channel) * view.inner)];
                sum += value * value;
            }
            elements<S>(y)[i] = rounded<S>(values[i] / std::pow(bias + factor * sum, beta));
        }
    });
    return {std::move(y)};
}

}  // namespace

std::vector<double> real_values(const TensorValue& tensor) {
    std::vector<double> values(static_cast<std::size_t>(element_count(tensor.dims)));
    visit_real(tensor.type, [&](auto tag) {
        using S = typename decltype(tag)::type;
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = static_cast<double>(load(elements<S>(tensor)[i]));
    });
    return values;
}

const std::vector<EvalEntry>& eval_normalisation() {
    static const std::vector<EvalEntry> entries = [] {
        std::vector<EvalEntry> all{{"BatchNormalization", eval_batch_normalisation},
                                   {"InstanceNormalization", eval_instance_normalisation},
                                   {"LayerNormalization", eval_layer_normalisation},
                                   {"LRN", eval_lrn}};
        all.insert(all.end(), normalisation_lines().begin(), normalisation_lines().end());
        return all;
    }();
    return entries;
}

}  // namespace sosa::host
