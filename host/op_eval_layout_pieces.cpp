#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include "host/op_eval_broadcast.h"
#include "host/op_eval_layout.h"
#include "host/op_eval_move.h"

namespace sosa::host {
namespace {

Outputs eval_concat(const OpNode& node, const Inputs& inputs) {
    const TensorValue& first = input(node, inputs, 0);
    if (node.find("axis") == nullptr) refuse(node, "no axis", "one");
    const std::size_t axis = expect_axis(node, node.integer("axis", 0), first.dims.size());
    Dims dims = first.dims;
    dims[axis] = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        const TensorValue& part = input(node, inputs, i);
        expect_same_type(node, first, part);
        Dims rest = part.dims;
        if (rest.size() == dims.size()) rest[axis] = dims[axis];
        if (rest != dims || __builtin_add_overflow(dims[axis], part.dims[axis], &dims[axis]))
            refuse(node, "inputs of " + dims_text(first.dims) + " and " + dims_text(part.dims),
                   "inputs that differ along axis " + std::to_string(axis) + " only");
    }
    TensorValue result = make_result(node, first.type, dims);
    if (result.bytes.empty()) return {std::move(result)};
    const auto outer = static_cast<std::size_t>(product_of(node, dims, 0, axis));
    const std::size_t pitch = result.bytes.size() / outer;
    std::size_t start = 0;
    for (const TensorValue* const part : inputs) {
        const std::size_t row = part->bytes.size() / outer;
        for (std::size_t i = 0; i < outer && row > 0; ++i)
            std::memcpy(result.bytes.data() + i * pitch + start, part->bytes.data() + i * row, row);
        start += row;
    }
    return {std::move(result)};
}

// [start, start + size) of the axis.
TensorValue range_of(const OpNode& node, const TensorValue& x, std::size_t axis, std::int64_t start,
                     std::int64_t size) {
    Walk walk{x.dims, {}, 0};
    walk.dims[axis] = size;
    if (element_count(walk.dims) == 0) return make_result(node, x.type, walk.dims);
    walk.strides = row_major_strides(x.dims);
    walk.start = start * walk.strides[axis];
    return picked(node, x, walk);
}

Outputs eval_split(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 2);
    const TensorValue& x = input(node, inputs, 0);
    const std::size_t axis = expect_axis(node, node.integer("axis", 0), x.dims.size());
    std::vector<std::int64_t> sizes = integer_list(node, inputs, 1, "split");
    const auto parts = static_cast<std::int64_t>(node.outputs.size());
    if (sizes.empty() && parts > 0 && x.dims[axis] % parts == 0)
        sizes.assign(static_cast<std::size_t>(parts), x.dims[axis] / parts);
    std::int64_t total = 0;
    bool fits = sizes.size() == node.outputs.size();
    for (const std::int64_t size : sizes) {
        fits = fits && size >= 0 && size <= x.dims[axis] - total;
        total += fits ? size : 0;
    }
    if (!fits || total != x.dims[axis]) {
        refuse(node,
               std::to_string(parts) + " outputs and sizes " + dims_text(sizes) + " for an axis of " +
                   std::to_string(x.dims[axis]),
               "a size for each output, which add up to the axis");
    }
    Outputs outputs;
    std::int64_t start = 0;
    for (const std::int64_t size : sizes) {
        outputs.push_back(range_of(node, x, axis, start, size));
        start += size;
    }
    return outputs;
}

// Slice's rule: negative places count from the end; what lies outside is clamped to where the walk begins or
// ends.
void slice_axis(const OpNode& node, Walk& walk, std::size_t axis, std::int64_t start, std::int64_t end,
                std::int64_t step) {
    if (step == 0) refuse(node, "a step of 0", "steps that are not 0");
    const std::int64_t size = walk.dims[axis], least = step > 0 ? 0 : -1, most = step > 0 ? size : size - 1;
    start = std::clamp(start < 0 ? start + size : start, std::max<std::int64_t>(0, least),
                       std::max<std::int64_t>(0, most));
    end = std::clamp(end < 0 ? end + size : end, least, std::max(least, most));
    const std::int64_t far = std::int64_t{1} << 62;
    const std::int64_t pace = std::clamp(step, -far, far), reach = step > 0 ? end - start : start - end;
    walk.dims[axis] = size == 0 || reach <= 0 ? 0 : (reach - 1) / std::abs(pace) + 1;
    walk.start += start * walk.strides[axis];
    walk.strides[axis] *= walk.dims[axis] > 1 ? pace : 0;
}

Outputs eval_slice(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 5);
    const TensorValue& x = input(node, inputs, 0);
    const auto starts = integer_list(node, inputs, 1, "starts"), ends = integer_list(node, inputs, 2, "ends");
    auto axes = integer_list(node, inputs, 3, "axes"), steps = integer_list(node, inputs, 4, "steps");
    if (axes.empty()) {
        axes.resize(starts.size());
        std::iota(axes.begin(), axes.end(), 0);
    }
    if (steps.empty()) steps.assign(starts.size(), 1);
    if (ends.size() != starts.size() || axes.size() != starts.size() || steps.size() != starts.size())
        refuse(node, std::to_string(starts.size()) + " starts and " + std::to_string(ends.size()) + " ends",
               "as many starts, ends, axes and steps");
    const bool is_empty = element_count(x.dims) == 0;  // the strides of an empty tensor could overflow
    Walk walk{x.dims, is_empty ? Dims(x.dims.size(), 0) : row_major_strides(x.dims), 0};
    std::vector<bool> seen(x.dims.size(), false);
    for (std::size_t i = 0; i < starts.size(); ++i) {
        const std::size_t axis = expect_axis(node, axes[i], x.dims.size());
        if (seen[axis]) refuse(node, "axis " + std::to_string(axis) + " twice", "each axis once");
        seen[axis] = true;
        slice_axis(node, walk, axis, starts[i], ends[i], steps[i]);
    }
    return {picked(node, x, walk)};
}

Outputs eval_expand(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 2, 2);
    const TensorValue& x = input(node, inputs, 0);
    const auto shape = integer_list(node, "shape", input(node, inputs, 1));
    if (std::any_of(shape.begin(), shape.end(), [](std::int64_t size) { return size < 0; }))
        refuse(node, "shape " + dims_text(shape), "sizes that are not negative");
    const Dims dims = broadcast_dims(node, {x.dims, shape});
    if (element_count(dims) == 0) return {make_result(node, x.type, dims)};
    return {picked(node, x, {dims, broadcast_strides(x.dims, dims), 0})};
}

// A walk over {repeat, size} for each axis, told as {repeat * size}.
Outputs eval_tile(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 2, 2);
    const TensorValue& x = input(node, inputs, 0);
    const auto repeats = integer_list(node, "repeats", input(node, inputs, 1));
    Dims dims = x.dims;
    bool fits = repeats.size() == dims.size();
    for (std::size_t d = 0; fits && d < dims.size(); ++d)
        fits = repeats[d] >= 0 && !__builtin_mul_overflow(dims[d], repeats[d], &dims[d]);
    if (!fits)
        refuse(node, "repeats " + dims_text(repeats) + " of " + dims_text(x.dims),
               "one a dimension, 0 or more");
    if (element_count(dims) == 0) return {make_result(node, x.type, dims)};
    const auto strides = row_major_strides(x.dims);
    Walk walk;
    for (std::size_t d = 0; d < dims.size(); ++d) {
        walk.dims.insert(walk.dims.end(), {repeats[d], x.dims[d]});
        walk.strides.insert(walk.strides.end(), {0, strides[d]});
    }
    return {with_dims(picked(node, x, walk), dims)};
}

// The block size, and the image's {N, C, H, W}; refuses those that the blocks do not divide.
std::int64_t block_size(const OpNode& node, const Dims& dims, bool to_depth) {
    const std::int64_t block = node.integer("blocksize", 0);
    const bool fits = dims.size() == 4 && block >= 1 && block <= 1 << 20;
    const std::string found = "blocks of " + std::to_string(block) + " of " + dims_text(dims);
    if (!fits) refuse(node, found, "blocks of 1 or more of an image of four dimensions");
    if (to_depth ? dims[2] % block != 0 || dims[3] % block != 0 : dims[1] % (block * block) != 0)
        refuse(node, found, to_depth ? "height and width in whole blocks" : "channels in whole blocks");
    return block;
}

Outputs eval_depth_to_space(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 1);
    const TensorValue& x = input(node, inputs, 0);
    const std::int64_t b = block_size(node, x.dims, false);
    const std::string mode = node.text("mode", "DCR");
    if (mode != "DCR" && mode != "CRD") refuse(node, "mode \"" + mode + "\"", "DCR or CRD");
    const std::int64_t n = x.dims[0], c = x.dims[1] / (b * b), h = x.dims[2], w = x.dims[3];
    const Dims dims{n, c, h * b, w * b};
    if (x.bytes.empty()) return {make_result(node, x.type, dims)};
    const bool depth_first = mode == "DCR";
    const TensorValue split = with_dims(x, depth_first ? Dims{n, b, b, c, h, w} : Dims{n, c, b, b, h, w});
    using Order = std::vector<std::size_t>;
    return {with_dims(permuted(node, split, depth_first ? Order{0, 3, 4, 1, 5, 2} : Order{0, 1, 4, 2, 5, 3}),
                      dims)};
}

Outputs eval_space_to_depth(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 1);
    const TensorValue& x = input(node, inputs, 0);
    const std::int64_t b = block_size(node, x.dims, true);
    const std::int64_t n = x.dims[0], c = x.dims[1], h = x.dims[2] / b, w = x.dims[3] / b;
    const Dims dims{n, c * b * b, h, w};
    if (x.bytes.empty()) return {make_result(node, x.type, dims)};
    return {with_dims(permuted(node, with_dims(x, {n, c, h, b, w, b}), {0, 3, 5, 1, 2, 4}), dims)};
}

}  // namespace

const std::vector<EvalEntry>& layout_pieces() {
    static const std::vector<EvalEntry> entries{
        {"Concat", eval_concat}, {"DepthToSpace", eval_depth_to_space}, {"Expand", eval_expand},
        {"Slice", eval_slice},   {"SpaceToDepth", eval_space_to_depth}, {"Split", eval_split},
        {"Tile", eval_tile}};
    return entries;
}

}  // namespace sosa::host
