#include <algorithm>

#include "host/op_eval_conv.h"
#include "host/op_eval_move.h"

namespace sosa::host {
namespace {

// The output's size: as many positions as the windows reach, less the padding, plus `extra` at the end; or
// what "output_shape" or "SAME" padding want, the padding then being what is over (none if that is negative).
void plan_axis(const OpNode& node, WindowAxis& axis, std::int64_t extra, std::int64_t wanted) {
    const std::string auto_pad = window_auto_pad(node);
    const std::int64_t reach = (axis.kernel - 1) * axis.dilation + 1;
    const std::int64_t whole = (axis.size - 1) * axis.stride + reach + extra;
    if (wanted == 0 && (auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER"))
        wanted = axis.size * axis.stride;
    if (wanted == 0) {
        axis.steps = whole - axis.before - axis.after;
    } else {
        const std::int64_t total = std::max<std::int64_t>(0, whole - wanted);
        axis.before = auto_pad == "SAME_UPPER" ? total / 2 : total - total / 2;
        axis.after = total - axis.before;
        axis.steps = wanted;
    }
    if (axis.steps < 1)
        refuse(node, "an output of size " + std::to_string(axis.steps), "padding that leaves one");
}

std::vector<std::int64_t> output_padding(const OpNode& node, std::size_t rank) {
    auto list = node.integers("output_padding");
    if (list.empty()) list.assign(rank, 0);
    const bool fits =
        std::all_of(list.begin(), list.end(), [](std::int64_t pad) { return pad >= 0 && pad <= 1 << 30; });
    if (list.size() != rank || !fits)
        refuse(node, "an output_padding outside of that", std::to_string(rank) + " numbers from 0 to 2^30");
    return list;
}

Windows plan_spread(const OpNode& node, const Dims& x, const std::vector<std::int64_t>& kernel) {
    Windows windows;
    windows.rank = kernel.size();
    const auto strides = window_list(node, "strides", windows.rank);
    const auto dilations = window_list(node, "dilations", windows.rank);
    const auto pads = window_pads(node, windows.rank);
    const auto extra = output_padding(node, windows.rank);
    const bool is_given = node.find("output_shape") != nullptr;
    const auto shape = window_list(node, "output_shape", windows.rank);
    for (std::size_t d = 0; d < windows.rank; ++d) {
        if (kernel[d] < 1 || kernel[d] > 1 << 30)
            refuse(node, "a kernel of size " + std::to_string(kernel[d]), "1 to 2^30");
        WindowAxis& axis = windows.axes[3 - windows.rank + d];
        axis = {x[d + 2], kernel[d], strides[d], dilations[d], pads[d], pads[windows.rank + d], 1};
        plan_axis(node, axis, extra[d], is_given ? shape[d] : 0);
    }
    return windows;
}

// Weights come as {inputs, outputs of a group, kernel...}.
ConvPlan plan_conv_transpose(const OpNode& node, const Dims& x, const Dims& w) {
    ConvPlan plan;
    const std::size_t rank = spatial_rank(node, x);
    plan.groups = node.integer("group", 1);
    if (w.size() != x.size() || plan.groups < 1 || w[0] != x[1] || w[0] % plan.groups != 0) {
        refuse(node,
               "an input of " + dims_text(x) + ", weights of " + dims_text(w) + " and " +
                   std::to_string(plan.groups) + " groups",
               "weights of channels of the input x channels of the output / groups x kernel");
    }
    std::int64_t channels = 0;
    if (__builtin_mul_overflow(plan.groups, w[1], &channels))
        refuse(node, "weights of " + dims_text(w), "fewer channels");
    const std::vector<std::int64_t> kernel(w.begin() + 2, w.end());
    if (node.find("kernel_shape") != nullptr && window_list(node, "kernel_shape", rank) != kernel)
        refuse(node, "weights of " + dims_text(w), "kernel_shape as theirs");
    plan.transposed = true;
    plan.windows = plan_spread(node, x, kernel);
    plan.empty = element_count(x) == 0 || element_count(w) == 0;
    plan.batch = x[0];
    plan.inputs = w[0] / plan.groups;
    plan.outputs = w[1];
    return plan;
}

// As Conv has them: the rows of an output channel together.
TensorValue weights_by_output(const OpNode& node, const ConvPlan& plan, const TensorValue& w) {
    if (plan.empty) return w;
    const Dims split{plan.groups, plan.inputs, plan.outputs, plan.windows.kernel_volume()};
    return permuted(node, with_dims(w, split), {0, 2, 1, 3});
}

}  // namespace

Outputs eval_conv_transpose(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 2, 3);
    const TensorValue &x = input(node, inputs, 0), &w = input(node, inputs, 1);
    expect_type(node, "input 0", x, real_types());
    expect_same_type(node, x, w);
    const ConvPlan plan = plan_conv_transpose(node, x.dims, w.dims);
    return {convolve_reals(node, inputs, plan, weights_by_output(node, plan, w))};
}

}  // namespace sosa::host
