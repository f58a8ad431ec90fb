#pragma once
#include <array>
#include <vector>

#include "host/op_eval_product.h"
#include "host/op_eval_window.h"

// Convolutions as products of the weights' rows with panels of kLanes output positions. A sum runs over input
// channel, then kernel position in row-major order; positions in the padding count as zeros.
namespace sosa::host {

struct ConvPlan {
    Windows windows;
    bool transposed = false;  // ConvTranspose: output positions are what inputs are spread to
    bool empty = false;       // nothing to sum: input or weights have no elements
    std::int64_t batch = 0, groups = 1;
    std::int64_t inputs = 0, outputs = 0;  // channels of a group
    std::int64_t channels() const { return groups * outputs; }
    Dims result_dims() const { return windows.result_dims(batch, channels()); }
};

// For Conv, ConvInteger and QLinearConv with weights of dims {outputs, inputs of a group, kernel...}.
ConvPlan plan_conv(const OpNode& node, const Dims& x, const Dims& w);

// Where in the input kernel position `k` of output `step` reads; -1 outside.
inline std::int64_t source_of(const WindowAxis& axis, bool transposed, std::int64_t step, std::int64_t k) {
    if (!transposed) {
        const std::int64_t at = axis.origin(step) + k * axis.dilation;
        return at >= 0 && at < axis.size ? at : -1;
    }
    const std::int64_t spread = step + axis.before - k * axis.dilation;
    return spread >= 0 && spread % axis.stride == 0 && spread / axis.stride < axis.size ? spread / axis.stride
                                                                                        : -1;
}

using LaneOffsets = std::array<std::int64_t, kLanes>;

// Of each kernel position, where in a channel the kLanes outputs from `first` on read; -1 for zero.
std::vector<LaneOffsets> lane_offsets(const ConvPlan& plan, std::int64_t first);

// Calls finish(offset in the result, channel, sum) for every element of the result.
template <class T, class Finish>
void convolve(const ConvPlan& plan, const T* x, const T* w, Finish&& finish) {
    const std::int64_t positions = plan.windows.steps_volume(), volume = plan.windows.input_volume();
    const std::int64_t depth = plan.inputs * plan.windows.kernel_volume();
    std::vector<T> panel(static_cast<std::size_t>(depth * kLanes));
    for (std::int64_t first = 0; first < positions; first += kLanes) {
        const std::vector<LaneOffsets> offsets = lane_offsets(plan, first);
        const std::int64_t lanes = std::min(kLanes, positions - first);
        for (std::int64_t image = 0; image < plan.batch * plan.groups; ++image) {
            const T* channel = x + image * plan.inputs * volume;
            T* to = panel.data();
            for (std::int64_t c = 0; c < plan.inputs; ++c, channel += volume) {
                for (const LaneOffsets& from : offsets)
                    for (const std::int64_t offset : from) *to++ = offset < 0 ? T{0} : channel[offset];
            }
            const std::int64_t start = image % plan.groups * plan.outputs;
            multiply_panel(w + start * depth, plan.outputs, depth, panel.data(),
                           [&](std::int64_t row, const T* sums) {
                               const std::int64_t at = (image * plan.outputs + row) * positions + first;
                               for (std::int64_t l = 0; l < lanes; ++l) finish(at + l, start + row, sums[l]);
                           });
        }
    }
}

// As `convolve`, also where nothing is to be summed.
template <class T, class Finish>
void convolve_or_zero(const ConvPlan& plan, std::int64_t count, const T* x, const T* w, Finish&& finish) {
    if (count == 0) return;
    if (!plan.empty) return convolve(plan, x, w, finish);
    const std::int64_t positions = plan.windows.steps_volume();
    for (std::int64_t i = 0; i < count; ++i) finish(i, i / positions % plan.channels(), T{0});
}

// The bias of input `i`, one a channel, or null.
const TensorValue* conv_bias(const OpNode& node, const Inputs& inputs, std::size_t i, ElementType type,
                             std::int64_t channels);

// Conv and ConvTranspose in 16-, 32- or 64-bit floats: the sum, plus the bias, rounded to the type.
TensorValue convolve_reals(const OpNode& node, const Inputs& inputs, const ConvPlan& plan,
                           const TensorValue& weights);

Outputs eval_conv_transpose(const OpNode& node, const Inputs& inputs);

}  // namespace sosa::host
