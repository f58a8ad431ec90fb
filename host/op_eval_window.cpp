#include "host/op_eval_window.h"

#include <algorithm>

#include "host/op_eval_parts.h"

namespace sosa::host {
namespace {

// Low enough that no product of two of them, and no sum of such products, overflows.
constexpr std::int64_t kMost = std::int64_t{1} << 30;
constexpr std::int64_t kMostSize = std::int64_t{1} << 31;

std::int64_t divide_up(std::int64_t a, std::int64_t b) { return a / b + (a % b != 0 ? 1 : 0); }

// "SAME": as many windows as strides fit, the padding split in two and the odd one at the end named.
void pad_same(WindowAxis& axis, std::int64_t reach, bool odd_first) {
    axis.steps = divide_up(axis.size, axis.stride);
    const std::int64_t total = std::max<std::int64_t>(0, (axis.steps - 1) * axis.stride + reach - axis.size);
    axis.before = odd_first ? total - total / 2 : total / 2;
    axis.after = total - axis.before;
}

void plan_axis(const OpNode& node, WindowAxis& axis, const std::string& auto_pad) {
    const std::int64_t reach = (axis.kernel - 1) * axis.dilation + 1;
    if (auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER")
        return pad_same(axis, reach, auto_pad == "SAME_LOWER");
    const std::int64_t slack = axis.size + axis.before + axis.after - reach;
    if (slack < 0) {
        refuse(
            node, "a window that reaches over " + std::to_string(reach) + " elements",
            "at most the " + std::to_string(axis.size + axis.before + axis.after) + " of the padded input");
    }
    const bool up = node.integer("ceil_mode", 0) != 0;
    axis.steps = (up ? divide_up(slack, axis.stride) : slack / axis.stride) + 1;
}

std::string list_text(const std::vector<std::int64_t>& list) {
    std::string text = "[";
    for (const std::int64_t number : list) text += (text.size() == 1 ? "" : ", ") + std::to_string(number);
    return text + "]";
}

void expect_range(const OpNode& node, const std::string& attribute, const std::vector<std::int64_t>& list,
                  std::size_t count, std::int64_t least) {
    const bool fits = std::all_of(list.begin(), list.end(),
                                  [&](std::int64_t number) { return number >= least && number <= kMost; });
    if (list.size() == count && fits) return;
    refuse(node, attribute + " " + list_text(list),
           std::to_string(count) + " numbers from " + std::to_string(least) + " to " + std::to_string(kMost));
}

}  // namespace

Span WindowAxis::inside(std::int64_t step) const {
    const std::int64_t start = origin(step);
    if (start >= size) return {0, 0};
    const std::int64_t first = start < 0 ? divide_up(-start, dilation) : 0;
    const std::int64_t last = std::min(kernel, (size - 1 - start) / dilation + 1);
    return {first, std::max(first, last)};
}

std::int64_t WindowAxis::inside_padded(std::int64_t step) const {
    const std::int64_t room = size + after - origin(step);
    return room <= 0 ? 0 : std::min(kernel, divide_up(room, dilation));
}

std::int64_t Windows::kernel_volume() const { return axes[0].kernel * axes[1].kernel * axes[2].kernel; }
std::int64_t Windows::steps_volume() const { return axes[0].steps * axes[1].steps * axes[2].steps; }
std::int64_t Windows::input_volume() const { return axes[0].size * axes[1].size * axes[2].size; }

Dims Windows::result_dims(std::int64_t batch, std::int64_t channels) const {
    Dims dims{batch, channels};
    for (std::size_t d = 3 - rank; d < 3; ++d) dims.push_back(axes[d].steps);
    return dims;
}

std::vector<std::int64_t> window_list(const OpNode& node, const std::string& attribute, std::size_t count) {
    if (node.find(attribute) == nullptr) return std::vector<std::int64_t>(count, 1);
    std::vector<std::int64_t> list = node.integers(attribute);
    expect_range(node, attribute, list, count, 1);
    return list;
}

std::vector<std::int64_t> window_pads(const OpNode& node, std::size_t rank) {
    if (node.find("pads") == nullptr) return std::vector<std::int64_t>(2 * rank, 0);
    std::vector<std::int64_t> pads = node.integers("pads");
    expect_range(node, "pads", pads, 2 * rank, 0);
    return pads;
}

std::string window_auto_pad(const OpNode& node) {
    std::string word = node.text("auto_pad", "NOTSET");
    if (word != "NOTSET" && word != "SAME_UPPER" && word != "SAME_LOWER" && word != "VALID")
        refuse(node, "auto_pad \"" + word + "\"", "NOTSET, SAME_UPPER, SAME_LOWER or VALID");
    return word;
}

std::size_t spatial_rank(const OpNode& node, const Dims& dims) {
    if (dims.size() < 3 || dims.size() > 5)
        refuse(node, "an input of " + dims_text(dims), "batch, channels and one to three spatial axes");
    if (*std::max_element(dims.begin(), dims.end()) > kMostSize)
        refuse(node, "an input of " + dims_text(dims), "dimensions up to " + std::to_string(kMostSize));
    return dims.size() - 2;
}

Windows plan_windows(const OpNode& node, const Dims& input, const std::vector<std::int64_t>& kernel) {
    Windows windows;
    windows.rank = spatial_rank(node, input);
    expect_range(node, "kernel_shape", kernel, windows.rank, 1);
    const auto strides = window_list(node, "strides", windows.rank);
    const auto dilations = window_list(node, "dilations", windows.rank);
    const auto pads = window_pads(node, windows.rank);
    const std::string auto_pad = window_auto_pad(node);
    if (auto_pad != "NOTSET" && std::count(pads.begin(), pads.end(), 0) != static_cast<int>(pads.size()))
        refuse(node, "auto_pad " + auto_pad + " and pads", "one of them");
    for (std::size_t d = 0; d < windows.rank; ++d) {
        WindowAxis& axis = windows.axes[3 - windows.rank + d];
        axis = {input[d + 2], kernel[d], strides[d], dilations[d], pads[d], pads[windows.rank + d], 1};
        plan_axis(node, axis, auto_pad);
    }
    return windows;
}

}  // namespace sosa::host
