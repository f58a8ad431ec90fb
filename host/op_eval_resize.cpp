#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "host/op_eval_layout.h"
#include "host/op_eval_move.h"
#include "host/op_eval_product.h"

namespace sosa::host {
namespace {

enum class ResizeMode : std::uint8_t { nearest, linear, cubic };

struct ResizeAxis {
    std::int64_t in = 0, out = 0;
    double scale = 1;
    double roi_start = 0, roi_end = 1;
};

// What Resize's attributes say; Upsample and Resize before opset 11 have only the mode, and the coordinates
// of "asymmetric" with "floor".
struct ResizePlan {
    ResizeMode mode = ResizeMode::nearest;
    std::string coordinates = "asymmetric", nearest = "floor";
    double cubic_a = -0.75, extrapolation = 0;
    bool exclude_outside = false;
    std::vector<ResizeAxis> axes{};
    Dims dims{};
};

// Where in the input an output's place lies. In double, as ONNX' reference computes it.
double source_place(const ResizePlan& plan, const ResizeAxis& axis, std::int64_t place) {
    const auto x = static_cast<double>(place), in = static_cast<double>(axis.in);
    const double length = axis.scale * in;  // before it was rounded down to a size
    const bool single = axis.out == 1;
    const std::string& mode = plan.coordinates;
    if (mode == "align_corners") return single ? 0 : x * (in - 1) / (length - 1);
    if (mode == "asymmetric") return x / axis.scale;
    if (mode == "tf_half_pixel_for_nn") return (x + 0.5) / axis.scale;
    if (mode == "pytorch_half_pixel" && single) return 0;
    if (mode == "tf_crop_and_resize") {
        const double span = (axis.roi_end - axis.roi_start) * (in - 1);
        return (single ? span / 2 : x * span / (length - 1)) + axis.roi_start * (in - 1);
    }
    return (x + 0.5) / axis.scale - 0.5;
}

std::int64_t nearest_place(const std::string& mode, double place, std::int64_t size) {
    const double below = std::floor(place), part = place - below;
    const bool up = part > 0 && (mode == "ceil" || (mode == "round_prefer_floor" && part > 0.5) ||
                                 (mode == "round_prefer_ceil" && part >= 0.5));
    return static_cast<std::int64_t>(std::clamp(below + (up ? 1 : 0), 0.0, static_cast<double>(size - 1)));
}

bool is_outside(const ResizePlan& plan, const ResizeAxis& axis, double place) {
    return plan.coordinates == "tf_crop_and_resize" &&
           !(place >= 0 && place <= static_cast<double>(axis.in - 1));
}

TensorValue resize_nearest(const OpNode& node, const TensorValue& x, const ResizePlan& plan) {
    const auto source = [&](std::size_t d, std::int64_t i) {
        const double place = source_place(plan, plan.axes[d], i);
        return is_outside(plan, plan.axes[d], place) ? kFill
                                                     : nearest_place(plan.nearest, place, plan.axes[d].in);
    };
    TensorValue fill = make_result(node, x.type, {});
    visit_type(x.type, [&](auto tag) {
        using S = typename decltype(tag)::type;
        if constexpr (kIsReal<S>) *elements<S>(fill) = rounded<S>(plan.extrapolation);
    });
    return mapped(node, x, plan.dims, source, fill.bytes.data());
}

// The two (linear) or four (cubic) elements around a place and their weights; none outside of a crop.
struct Taps {
    std::int64_t first = 0;
    std::vector<double> weights{};
};

std::vector<double> cubic_weights(double t, double a) {
    const auto outer = [a](double x) { return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a; };
    const auto inner = [a](double x) { return ((a + 2) * x - (a + 3)) * x * x + 1; };
    return {outer(t + 1), inner(t), inner(1 - t), outer((1 - t) + 1)};
}

// A place on an element counts as the right end of the step to it, so that the ratio is in (0, 1].
Taps taps_at(const ResizePlan& plan, const ResizeAxis& axis, double place) {
    if (is_outside(plan, axis, place)) return {};
    const double left = std::ceil(place) - 1, ratio = place - left;
    const bool cubic = plan.mode == ResizeMode::cubic;
    Taps taps{static_cast<std::int64_t>(left) - (cubic ? 1 : 0), {}};
    taps.weights = cubic ? cubic_weights(ratio, plan.cubic_a) : std::vector<double>{1 - ratio, ratio};
    if (!plan.exclude_outside) return taps;
    double total = 0;
    for (std::size_t i = 0; i < taps.weights.size(); ++i) {
        const std::int64_t at = taps.first + static_cast<std::int64_t>(i);
        if (at < 0 || at >= axis.in) taps.weights[i] = 0;
        total += taps.weights[i];
    }
    for (double& weight : taps.weights) weight /= total;
    return taps;
}

// One axis of `values`, seen as outer x axis x inner.
std::vector<double> resize_axis(const ResizePlan& plan, const ResizeAxis& axis,
                                const std::vector<double>& values, std::int64_t inner) {
    const std::int64_t outer = static_cast<std::int64_t>(values.size()) / axis.in / inner;
    std::vector<double> result(static_cast<std::size_t>(outer * axis.out * inner), plan.extrapolation);
    for (std::int64_t i = 0; i < axis.out; ++i) {
        const Taps taps = taps_at(plan, axis, source_place(plan, axis, i));
        if (taps.weights.empty()) continue;
        for (std::int64_t line = 0; line < outer * inner; ++line) {
            const std::int64_t o = line / inner, e = line % inner;
            double sum = 0;
            for (std::size_t t = 0; t < taps.weights.size(); ++t) {
                const std::int64_t at = taps.first + static_cast<std::int64_t>(t);
                const std::int64_t from = std::clamp<std::int64_t>(at, 0, axis.in - 1);
                sum += taps.weights[t] * values[static_cast<std::size_t>((o * axis.in + from) * inner + e)];
            }
            result[static_cast<std::size_t>((o * axis.out + i) * inner + e)] = sum;
        }
    }
    return result;
}

// On the way, with some axes at their new size and some at the old, a tensor can be larger than at both ends.
void expect_way(const OpNode& node, Dims dims, const Dims& to) {
    constexpr std::int64_t kMost = std::int64_t{1} << 30;
    for (std::size_t d = dims.size(); d-- > 0;) {
        dims[d] = to[d];
        if (element_count(dims) > kMost)
            refuse(node, "a tensor of " + dims_text(dims) + " on the way", "at most 2^30 elements");
    }
}

// Axis by axis from the last one, in double, rounded to the type at the end.
TensorValue resize_smooth(const OpNode& node, const TensorValue& x, const ResizePlan& plan) {
    expect_type(node, "input 0", x, real_types());
    expect_way(node, x.dims, plan.dims);
    TensorValue result = make_result(node, x.type, plan.dims);
    visit_real(x.type, [&](auto tag) {
        using S = typename decltype(tag)::type;
        std::vector<double> values(static_cast<std::size_t>(element_count(x.dims)));
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = static_cast<double>(load(elements<S>(x)[i]));
        std::int64_t inner = 1;
        for (std::size_t d = plan.axes.size(); d-- > 0; inner *= plan.axes[d].out) {
            const ResizeAxis& axis = plan.axes[d];
            const bool same =
                axis.in == axis.out && axis.scale == 1 && plan.coordinates != "tf_crop_and_resize";
            if (!same) values = resize_axis(plan, axis, values, inner);
        }
        for (std::size_t i = 0; i < values.size(); ++i) elements<S>(result)[i] = rounded<S>(values[i]);
    });
    return result;
}

void expect_word(const OpNode& node, const std::string& attribute, const std::string& word,
                 const std::vector<std::string>& allowed) {
    if (std::find(allowed.begin(), allowed.end(), word) != allowed.end()) return;
    std::string text;
    for (const std::string& each : allowed) text += (text.empty() ? "" : ", ") + each;
    refuse(node, attribute + " \"" + word + "\"", text);
}

ResizePlan read_attributes(const OpNode& node) {
    ResizePlan plan;
    const std::string mode = node.text("mode", "nearest");
    expect_word(node, "mode", mode, {"nearest", "linear", "cubic", "bilinear"});
    plan.mode = mode == "nearest" ? ResizeMode::nearest
                : mode == "cubic" ? ResizeMode::cubic
                                  : ResizeMode::linear;
    if (node.op != "Resize" || node.opset < 11) return plan;
    plan.coordinates = node.text("coordinate_transformation_mode", "half_pixel");
    expect_word(node, "coordinate_transformation_mode", plan.coordinates,
                {"half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric", "tf_half_pixel_for_nn",
                 "tf_crop_and_resize"});
    plan.nearest = node.text("nearest_mode", "round_prefer_floor");
    expect_word(node, "nearest_mode", plan.nearest,
                {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"});
    plan.cubic_a = static_cast<double>(node.real("cubic_coeff_a", -0.75F));
    plan.extrapolation = static_cast<double>(node.real("extrapolation_value", 0));
    plan.exclude_outside = node.integer("exclude_outside", 0) != 0;
    return plan;
}

std::vector<float> real_list(const OpNode& node, const std::string& what, const TensorValue* tensor) {
    if (tensor == nullptr || tensor->bytes.empty()) return {};
    expect_type(node, what, *tensor, {ElementType::f32, ElementType::f64});
    return visit_real(tensor->type, [&](auto tag) {
        using S = typename decltype(tag)::type;
        std::vector<float> list;
        for (std::int64_t i = 0; i < element_count(tensor->dims); ++i)
            list.push_back(static_cast<float>(load(elements<S>(*tensor)[i])));
        return list;
    });
}

// Either the scales or the sizes; the size is the scaled one in float32, rounded down.
void plan_sizes(const OpNode& node, ResizePlan& plan, const Dims& dims, const std::vector<float>& scales,
                const std::vector<std::int64_t>& sizes) {
    if (scales.empty() == sizes.empty() || scales.size() + sizes.size() != dims.size())
        refuse(node, std::to_string(scales.size()) + " scales and " + std::to_string(sizes.size()) + " sizes",
               std::to_string(dims.size()) + " of one of them");
    for (std::size_t d = 0; d < dims.size(); ++d) {
        ResizeAxis axis{dims[d], 0, 1, 0, 1};
        const float wanted = sizes.empty() ? std::floor(static_cast<float>(axis.in) * scales[d])
                                           : static_cast<float>(sizes[d]);
        const bool fits = sizes.empty() ? scales[d] > 0 : axis.in > 0 || sizes[d] == 0;
        if (!fits || !(wanted >= 0 && wanted <= 0x1p31F))
            refuse(node, "an axis of " + std::to_string(axis.in) + " to be of size " + std::to_string(wanted),
                   "0 to 2^31");
        axis.out = sizes.empty() ? static_cast<std::int64_t>(wanted) : sizes[d];
        axis.scale = sizes.empty() ? static_cast<double>(scales[d])
                                   : static_cast<double>(axis.out) /
                                         static_cast<double>(std::max<std::int64_t>(axis.in, 1));
        plan.axes.push_back(axis);
        plan.dims.push_back(axis.out);
    }
}

void plan_crop(const OpNode& node, ResizePlan& plan, const std::vector<float>& roi) {
    const std::size_t rank = plan.axes.size();
    if (roi.size() != 2 * rank)
        refuse(node, "a roi of " + std::to_string(roi.size()) + " numbers",
               "a start and an end for each dimension");
    for (std::size_t d = 0; d < rank; ++d) {
        if (!std::isfinite(roi[d]) || !std::isfinite(roi[rank + d]))
            refuse(node, "an infinite roi", "finite numbers");
        plan.axes[d].roi_start = static_cast<double>(roi[d]);
        plan.axes[d].roi_end = static_cast<double>(roi[rank + d]);
    }
}

// Inputs: X, scales; from opset 11 X, roi, scales, sizes. Upsample 7 has its scales as an attribute.
Outputs eval_resize(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 4);
    const TensorValue& x = input(node, inputs, 0);
    ResizePlan plan = read_attributes(node);
    const bool has_roi = node.op == "Resize" && node.opset >= 11;
    std::vector<float> scales = real_list(node, "scales", optional_input(inputs, has_roi ? 2 : 1));
    const OpAttribute* const attribute = node.find("scales");
    if (attribute != nullptr && attribute->kind == OpAttribute::Kind::reals) scales = attribute->reals;
    const TensorValue* const sizes = has_roi ? optional_input(inputs, 3) : nullptr;
    plan_sizes(node, plan, x.dims, scales,
               sizes == nullptr ? std::vector<std::int64_t>{} : integer_list(node, "sizes", *sizes));
    if (plan.coordinates == "tf_crop_and_resize")
        plan_crop(node, plan, real_list(node, "roi", optional_input(inputs, 1)));
    if (element_count(plan.dims) == 0 || plan.dims.empty()) {
        TensorValue result = make_result(node, x.type, plan.dims);
        if (plan.dims.empty()) result = x;
        return {std::move(result)};
    }
    if (plan.mode == ResizeMode::nearest) return {resize_nearest(node, x, plan)};
    return {resize_smooth(node, x, plan)};
}

}  // namespace

const std::vector<EvalEntry>& layout_sizes() {
    static const std::vector<EvalEntry> entries{{"Resize", eval_resize}, {"Upsample", eval_resize}};
    return entries;
}

}  // namespace sosa::host
