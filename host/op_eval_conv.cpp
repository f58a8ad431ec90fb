#include "host/op_eval_conv.h"

#include <algorithm>

#include "host/op_eval_pool.h"
#include "host/op_eval_quantised.h"

namespace sosa::host {
namespace {

Outputs eval_conv(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 2, 3);
    const TensorValue &x = input(node, inputs, 0), &w = input(node, inputs, 1);
    expect_type(node, "input 0", x, real_types());
    expect_same_type(node, x, w);
    return {convolve_reals(node, inputs, plan_conv(node, x.dims, w.dims), w)};
}

std::vector<std::uint32_t> centred_input(const TensorValue& x, const PerChannel<std::int32_t>& zero) {
    return centred(x, zero, [](std::int64_t) { return 0; });
}

std::vector<std::uint32_t> centred_weights(const TensorValue& w, const PerChannel<std::int32_t>& zero) {
    const std::int64_t each = w.bytes.empty() ? 1 : static_cast<std::int64_t>(w.bytes.size()) / w.dims[0];
    return centred(w, zero, [each](std::int64_t i) { return i / each; });
}

Outputs eval_conv_integer(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 2, 4);
    const TensorValue &x = input(node, inputs, 0), &w = input(node, inputs, 1);
    expect_type(node, "x", x, byte_types());
    expect_type(node, "w", w, byte_types());
    const ConvPlan plan = plan_conv(node, x.dims, w.dims);
    const auto x_zero = zero_points(node, "x", x, optional_input(inputs, 2), 1);
    const auto w_zero = zero_points(node, "w", w, optional_input(inputs, 3), plan.channels());
    TensorValue y = make_result(node, ElementType::s32, plan.result_dims());
    const auto x_values = centred_input(x, x_zero), w_values = centred_weights(w, w_zero);
    std::int32_t* const to = elements<std::int32_t>(y);
    convolve_or_zero(
        plan, element_count(y.dims), x_values.data(), w_values.data(),
        [to](std::int64_t at, std::int64_t, std::uint32_t sum) { to[at] = static_cast<std::int32_t>(sum); });
    return {std::move(y)};
}

// (x scale * w scale) / y scale of each channel, or one for all; in float32.
PerChannel<float> conv_multipliers(const PerChannel<float>& x, const PerChannel<float>& w, float y) {
    PerChannel<float> multipliers;
    for (const float scale : w.values) multipliers.values.push_back(x.values[0] * scale / y);
    return multipliers;
}

Outputs eval_qlinear_conv(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 8, 9);
    const TensorValue &x = input(node, inputs, 0), &w = input(node, inputs, 3);
    expect_type(node, "x", x, byte_types());
    expect_type(node, "w", w, byte_types());
    const ConvPlan plan = plan_conv(node, x.dims, w.dims);
    const auto x_zero = zero_points(node, "x", x, &input(node, inputs, 2), 1);
    const auto w_zero = zero_points(node, "w", w, &input(node, inputs, 5), plan.channels());
    const Requantise to = requantise_to(node, inputs, 6, 1);
    const auto multipliers =
        conv_multipliers(scales(node, "x", input(node, inputs, 1), 1),
                         scales(node, "w", input(node, inputs, 4), plan.channels()), to.scale.values[0]);
    const TensorValue* const bias = conv_bias(node, inputs, 8, ElementType::s32, plan.channels());
    TensorValue y = make_result(node, to.type, plan.result_dims());
    const auto x_values = centred_input(x, x_zero), w_values = centred_weights(w, w_zero);
    convolve_or_zero(plan, element_count(y.dims), x_values.data(), w_values.data(),
                     [&](std::int64_t at, std::int64_t channel, std::uint32_t sum) {
                         if (bias != nullptr) sum += elements<std::uint32_t>(*bias)[channel];
                         y.bytes[static_cast<std::size_t>(at)] =
                             requantised(static_cast<std::int32_t>(sum), multipliers.at(channel),
                                         to.zero.values[0], to.type);
                     });
    return {std::move(y)};
}

}  // namespace

ConvPlan plan_conv(const OpNode& node, const Dims& x, const Dims& w) {
    ConvPlan plan;
    const std::size_t rank = spatial_rank(node, x);
    if (w.size() != x.size())
        refuse(node, "weights of " + dims_text(w), "as many dimensions as the input's " + dims_text(x));
    plan.groups = node.integer("group", 1);
    const bool divides = plan.groups >= 1 && w[0] % plan.groups == 0 && x[1] % plan.groups == 0;
    if (!divides || w[1] != x[1] / plan.groups) {
        refuse(node,
               "an input of " + dims_text(x) + ", weights of " + dims_text(w) + " and " +
                   std::to_string(plan.groups) + " groups",
               "weights of channels of the output x channels of the input / groups x kernel");
    }
    const std::vector<std::int64_t> kernel(w.begin() + 2, w.end());
    if (node.find("kernel_shape") != nullptr && window_list(node, "kernel_shape", rank) != kernel)
        refuse(node, "weights of " + dims_text(w), "kernel_shape as theirs");
    plan.windows = plan_windows(node, x, kernel);
    plan.empty = element_count(x) == 0 || element_count(w) == 0;
    plan.batch = x[0];
    plan.inputs = w[1];
    plan.outputs = w[0] / plan.groups;
    return plan;
}

std::vector<LaneOffsets> lane_offsets(const ConvPlan& plan, std::int64_t first) {
    const auto& axes = plan.windows.axes;
    const std::int64_t positions = plan.windows.steps_volume();
    std::vector<LaneOffsets> offsets(static_cast<std::size_t>(plan.windows.kernel_volume()));
    for (std::int64_t l = 0; l < kLanes; ++l) {
        const std::int64_t at = std::min(first + l, positions - 1);
        const std::array<std::int64_t, 3> step{at / (axes[1].steps * axes[2].steps),
                                               at / axes[2].steps % axes[1].steps, at % axes[2].steps};
        std::size_t k = 0;
        const auto source = [&](std::size_t d, std::int64_t position) {
            return source_of(axes[d], plan.transposed, step[d], position);
        };
        for (std::int64_t k0 = 0; k0 < axes[0].kernel; ++k0) {
            const std::int64_t plane = source(0, k0);
            for (std::int64_t k1 = 0; k1 < axes[1].kernel; ++k1) {
                const std::int64_t row = source(1, k1);
                for (std::int64_t k2 = 0; k2 < axes[2].kernel; ++k2) {
                    const std::int64_t column = source(2, k2);
                    const bool inside = plane >= 0 && row >= 0 && column >= 0;
                    offsets[k++][static_cast<std::size_t>(l)] =
                        inside ? (plane * axes[1].size + row) * axes[2].size + column : -1;
                }
            }
        }
    }
    return offsets;
}

const TensorValue* conv_bias(const OpNode& node, const Inputs& inputs, std::size_t i, ElementType type,
                             std::int64_t channels) {
    const TensorValue* const bias = optional_input(inputs, i);
    if (bias == nullptr) return nullptr;
    expect_type(node, "bias", *bias, {type});
    if (bias->dims != Dims{channels})
        refuse(node, "a bias of " + dims_text(bias->dims), std::to_string(channels) + ", one a channel");
    return bias;
}

TensorValue convolve_reals(const OpNode& node, const Inputs& inputs, const ConvPlan& plan,
                           const TensorValue& weights) {
    const TensorValue& x = input(node, inputs, 0);
    const TensorValue* const bias = conv_bias(node, inputs, 2, x.type, plan.channels());
    TensorValue y = make_result(node, x.type, plan.result_dims());
    visit_real(x.type, [&](auto tag) {
        using S = typename decltype(tag)::type;
        std::vector<Sum<S>> x_room, w_room;
        const S* const addends = bias == nullptr ? nullptr : elements<S>(*bias);
        S* const to = elements<S>(y);
        convolve_or_zero(plan, element_count(y.dims), summands<S>(x, x_room), summands<S>(weights, w_room),
                         [&](std::int64_t at, std::int64_t channel, Sum<S> sum) {
                             if (addends != nullptr) sum = static_cast<Sum<S>>(sum + load(addends[channel]));
                             to[at] = store<S>(static_cast<Compute<S>>(sum));
                         });
    });
    return y;
}

const std::vector<EvalEntry>& eval_windows() {
    static const std::vector<EvalEntry> entries = [] {
        std::vector<EvalEntry> all{{"Conv", eval_conv},
                                   {"ConvInteger", eval_conv_integer},
                                   {"ConvTranspose", eval_conv_transpose},
                                   {"QLinearConv", eval_qlinear_conv}};
        all.insert(all.end(), eval_pools().begin(), eval_pools().end());
        return all;
    }();
    return entries;
}

}  // namespace sosa::host
