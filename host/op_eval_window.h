#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "host/op_graph.h"

// Where the windows of convolutions and poolings lie: shared by Conv, its quantised forms, ConvTranspose and
// the pools, for one to three spatial axes.
namespace sosa::host {

struct Span {
    std::int64_t first = 0, last = 0;  // [first, last)
};

// One spatial axis. Sizes are at most 2^31, attributes 2^30, but the padding, which "SAME" and a wide window
// can make much larger than the tensor, 2^60.
struct WindowAxis {
    std::int64_t size = 1;  // of the input
    std::int64_t kernel = 1, stride = 1, dilation = 1;
    std::int64_t before = 0, after = 0;  // padding
    std::int64_t steps = 1;              // windows along the axis: the size of the output

    // Where the kernel's first position lies in step `step`, and which of its positions are inside the input.
    std::int64_t origin(std::int64_t step) const { return step * stride - before; }
    Span inside(std::int64_t step) const;
    // How many of the kernel's positions are inside the input or its padding.
    std::int64_t inside_padded(std::int64_t step) const;
};

// Outermost axis first; tensors with fewer axes have ones of size 1 in front.
struct Windows {
    std::array<WindowAxis, 3> axes{};
    std::size_t rank = 0;
    // Only of tensors that exist and are not empty: dims alone may multiply to anything.
    std::int64_t kernel_volume() const;
    std::int64_t steps_volume() const;
    std::int64_t input_volume() const;
    // {batch, channels, steps...}
    Dims result_dims(std::int64_t batch, std::int64_t channels) const;
};

// The attributes that a node's windows have: `count` numbers, each from 1 to 2^30, all 1 if there are none.
std::vector<std::int64_t> window_list(const OpNode& node, const std::string& attribute, std::size_t count);
// "pads": first all starts, then all ends; from 0 to 2^30.
std::vector<std::int64_t> window_pads(const OpNode& node, std::size_t rank);
// NOTSET, SAME_UPPER, SAME_LOWER or VALID.
std::string window_auto_pad(const OpNode& node);
// Of a tensor of batch, channels and one to three spatial axes.
std::size_t spatial_rank(const OpNode& node, const Dims& dims);

// For an input of these dims; reads strides, dilations, pads, auto_pad and ceil_mode.
Windows plan_windows(const OpNode& node, const Dims& input, const std::vector<std::int64_t>& kernel);

}  // namespace sosa::host
