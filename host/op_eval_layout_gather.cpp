#include <algorithm>
#include <cstring>
#include <utility>

#include "host/op_eval_layout.h"
#include "host/op_eval_move.h"

namespace sosa::host {
namespace {

// The tensor's slices along an axis, in this order.
TensorValue slices(const OpNode& node, const TensorValue& data, std::size_t axis,
                   const std::vector<std::int64_t>& order, const Dims& dims) {
    TensorValue result = make_result(node, data.type, dims);
    if (result.bytes.empty()) return result;
    const AxisView view = axis_view(node, data.dims, axis);
    const std::size_t run = static_cast<std::size_t>(view.inner) * element_bytes(data.type);
    std::uint8_t* to = result.bytes.data();
    for (std::int64_t o = 0; o < view.outer; ++o) {
        for (const std::int64_t i : order) {
            std::memcpy(to, data.bytes.data() + static_cast<std::size_t>(o * view.size + i) * run, run);
            to += run;
        }
    }
    return result;
}

Outputs eval_gather(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 2, 2);
    const TensorValue &data = input(node, inputs, 0), &indices = input(node, inputs, 1);
    const std::size_t axis = expect_axis(node, node.integer("axis", 0), data.dims.size());
    std::vector<std::int64_t> order = indices_of(node, indices);
    for (std::int64_t& index : order) index = expect_index(node, index, data.dims[axis]);
    const auto at = data.dims.begin() + static_cast<std::ptrdiff_t>(axis);
    Dims dims(data.dims.begin(), at);
    dims.insert(dims.end(), indices.dims.begin(), indices.dims.end());
    dims.insert(dims.end(), at + 1, data.dims.end());
    return {slices(node, data, axis, order, dims)};
}

Outputs eval_gather_elements(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 2, 2);
    const TensorValue &data = input(node, inputs, 0), &indices = input(node, inputs, 1);
    const std::size_t axis = expect_axis(node, node.integer("axis", 0), data.dims.size());
    bool fits = indices.dims.size() == data.dims.size();
    for (std::size_t d = 0; fits && d < data.dims.size(); ++d)
        fits = d == axis || indices.dims[d] <= data.dims[d];
    if (!fits)
        refuse(node, "indices of " + dims_text(indices.dims) + " into " + dims_text(data.dims),
               "as many dimensions, none larger but along the axis");
    TensorValue result = make_result(node, data.type, indices.dims);
    const std::vector<std::int64_t> list = indices_of(node, indices);
    if (list.empty()) return {std::move(result)};
    if (data.bytes.empty()) expect_index(node, list[0], 0);
    Walk walk{indices.dims, row_major_strides(data.dims), 0};
    const std::int64_t pace = std::exchange(walk.strides[axis], 0);
    const std::size_t width = element_bytes(data.type);
    for_each_place(walk, [&](std::int64_t number, std::int64_t at) {
        const auto i = static_cast<std::size_t>(number);
        const auto from = static_cast<std::size_t>(at + expect_index(node, list[i], data.dims[axis]) * pace);
        std::memcpy(result.bytes.data() + i * width, data.bytes.data() + from * width, width);
    });
    return {std::move(result)};
}

// How many of the first dimensions are those of the batch; refuses shapes that GatherND does not take.
std::size_t gather_batch(const OpNode& node, const Dims& data, const Dims& indices) {
    const std::int64_t batch = node.integer("batch_dims", 0);
    const std::size_t least = std::min(data.size(), indices.size());
    const bool fits = batch >= 0 && batch < static_cast<std::int64_t>(least) &&
                      std::equal(data.begin(), data.begin() + batch, indices.begin()) &&
                      indices.back() <= static_cast<std::int64_t>(data.size()) - batch;
    if (!fits) {
        refuse(node,
               "indices of " + dims_text(indices) + " into " + dims_text(data) + " with batch_dims " +
                   std::to_string(batch),
               "equal dimensions of the batch, and indices no longer than what follows");
    }
    return static_cast<std::size_t>(batch);
}

Outputs eval_gather_nd(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 2, 2);
    const TensorValue &data = input(node, inputs, 0), &indices = input(node, inputs, 1);
    const std::size_t batch = gather_batch(node, data.dims, indices.dims);
    const std::int64_t length = indices.dims.back();
    const std::size_t deep = batch + static_cast<std::size_t>(length);
    Dims dims(indices.dims.begin(), indices.dims.end() - 1);
    dims.insert(dims.end(), data.dims.begin() + static_cast<std::ptrdiff_t>(deep), data.dims.end());
    TensorValue result = make_result(node, data.type, dims);
    if (result.bytes.empty()) return {std::move(result)};

    const std::vector<std::int64_t> list = indices_of(node, indices);
    const auto run = static_cast<std::size_t>(product_of(node, data.dims, deep, data.dims.size())) *
                     element_bytes(data.type);
    const std::int64_t tuples = product_of(node, indices.dims, 0, indices.dims.size() - 1);
    const std::int64_t each = tuples / product_of(node, data.dims, 0, batch);
    for (std::int64_t tuple = 0; tuple < tuples; ++tuple) {
        std::int64_t from = tuple / each;
        for (std::size_t d = batch; d < deep; ++d) {
            const std::int64_t index = list[static_cast<std::size_t>(tuple * length) + d - batch];
            from = from * data.dims[d] + expect_index(node, index, data.dims[d]);
        }
        std::memcpy(result.bytes.data() + static_cast<std::size_t>(tuple) * run,
                    data.bytes.data() + static_cast<std::size_t>(from) * run, run);
    }
    return {std::move(result)};
}

// Without an axis the tensor counts as flat.
Outputs eval_compress(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 2, 2);
    const TensorValue &x = input(node, inputs, 0), &condition = input(node, inputs, 1);
    expect_type(node, "condition", condition, {ElementType::boolean});
    const bool flat = node.find("axis") == nullptr;
    const TensorValue data = flat ? with_dims(x, {element_count(x.dims)}) : x;
    const std::size_t axis = expect_axis(node, node.integer("axis", 0), data.dims.size());
    if (condition.dims.size() != 1 || condition.dims[0] > data.dims[axis])
        refuse(node, "a condition of " + dims_text(condition.dims),
               "a list of at most " + std::to_string(data.dims[axis]));
    std::vector<std::int64_t> order;
    for (std::size_t i = 0; i < condition.bytes.size(); ++i)
        if (condition.bytes[i] != 0) order.push_back(static_cast<std::int64_t>(i));
    Dims dims = data.dims;
    dims[axis] = static_cast<std::int64_t>(order.size());
    return {slices(node, data, axis, order, dims)};
}

// Of each sequence of the batch, the first `length` steps in opposite order.
Outputs eval_reverse_sequence(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 2, 2);
    const TensorValue &x = input(node, inputs, 0), &lengths = input(node, inputs, 1);
    const std::int64_t batch_axis = node.integer("batch_axis", 1), time_axis = node.integer("time_axis", 0);
    if (x.dims.size() < 2 || std::min(batch_axis, time_axis) != 0 || std::max(batch_axis, time_axis) != 1)
        refuse(node,
               "batch_axis " + std::to_string(batch_axis) + ", time_axis " + std::to_string(time_axis) +
                   " of " + dims_text(x.dims),
               "0 and 1, or 1 and 0");
    const std::int64_t batch = x.dims[static_cast<std::size_t>(batch_axis)];
    const std::int64_t time = x.dims[static_cast<std::size_t>(time_axis)];
    const auto list = integer_list(node, "sequence_lens", lengths);
    const bool fits = std::all_of(list.begin(), list.end(),
                                  [time](std::int64_t length) { return length >= 0 && length <= time; });
    if (static_cast<std::int64_t>(list.size()) != batch || !fits)
        refuse(node, "sequence_lens of " + dims_text(lengths.dims),
               "one a sequence, from 0 to " + std::to_string(time));
    TensorValue result = x;
    if (x.bytes.empty()) return {std::move(result)};
    const std::size_t run = x.bytes.size() / static_cast<std::size_t>(batch * time);
    const auto place = [&](std::int64_t b, std::int64_t t) {
        return static_cast<std::size_t>(batch_axis == 0 ? b * time + t : t * batch + b) * run;
    };
    for (std::int64_t b = 0; b < batch; ++b) {
        const std::int64_t length = list[static_cast<std::size_t>(b)];
        for (std::int64_t t = 0; t < length; ++t)
            std::memcpy(result.bytes.data() + place(b, t), x.bytes.data() + place(b, length - 1 - t), run);
    }
    return {std::move(result)};
}

}  // namespace

const std::vector<EvalEntry>& layout_gathers() {
    static const std::vector<EvalEntry> entries{{"Compress", eval_compress},
                                                {"Gather", eval_gather},
                                                {"GatherElements", eval_gather_elements},
                                                {"GatherND", eval_gather_nd},
                                                {"ReverseSequence", eval_reverse_sequence}};
    return entries;
}

}  // namespace sosa::host
