#include <algorithm>
#include <cstring>
#include <utility>

#include "host/op_eval_layout.h"
#include "host/op_eval_move.h"
#include "host/op_eval_types.h"

namespace sosa::host {
namespace {

enum class Reduction : std::uint8_t { none, add, mul };

Reduction reduction_of(const OpNode& node, ElementType type) {
    const std::string word = node.text("reduction", "none");
    if (word == "none") return Reduction::none;
    if (word != "add" && word != "mul") refuse(node, "reduction \"" + word + "\"", "none, add or mul");
    if (type == ElementType::boolean) refuse(node, "reduction " + word + " of bool", "numbers");
    return word == "add" ? Reduction::add : Reduction::mul;
}

// Whole numbers wrap.
template <class S>
S reduced(const S& a, const S& b, Reduction reduction) {
    if constexpr (kIsReal<S>) {
        return store<S>(reduction == Reduction::add ? load(a) + load(b) : load(a) * load(b));
    } else if constexpr (kIsWhole<S>) {
        const auto wide_a = static_cast<std::uint64_t>(a), wide_b = static_cast<std::uint64_t>(b);
        return static_cast<S>(reduction == Reduction::add ? wide_a + wide_b : wide_a * wide_b);
    }
    return b;
}

// Puts `count` elements of `updates` from `from` on into `data` from `to` on.
void put(TensorValue& data, std::int64_t to, const TensorValue& updates, std::int64_t from,
         std::int64_t count, Reduction reduction) {
    visit_type(data.type, [&](auto tag) {
        using S = typename decltype(tag)::type;
        S* const target = elements<S>(data) + to;
        const S* const source = elements<S>(updates) + from;
        if (reduction == Reduction::none)
            std::copy_n(source, count, target);
        else
            std::transform(
                source, source + count, target, target,
                [reduction](const S& update, const S& old) { return reduced(old, update, reduction); });
    });
}

Outputs eval_scatter_elements(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 3, 3);
    TensorValue result = input(node, inputs, 0);
    const TensorValue &indices = input(node, inputs, 1), &updates = input(node, inputs, 2);
    expect_same_type(node, result, updates);
    const std::size_t axis = expect_axis(node, node.integer("axis", 0), result.dims.size());
    bool fits = indices.dims == updates.dims && indices.dims.size() == result.dims.size();
    for (std::size_t d = 0; fits && d < result.dims.size(); ++d)
        fits = d == axis || indices.dims[d] <= result.dims[d];
    if (!fits) {
        refuse(node,
               "indices of " + dims_text(indices.dims) + " and updates of " + dims_text(updates.dims) +
                   " into " + dims_text(result.dims),
               "equal ones that fit into the tensor");
    }
    const Reduction reduction = reduction_of(node, result.type);
    const std::vector<std::int64_t> list = indices_of(node, indices);
    if (list.empty()) return {std::move(result)};
    if (result.bytes.empty()) expect_index(node, list[0], 0);
    Walk walk{indices.dims, row_major_strides(result.dims), 0};
    const std::int64_t pace = std::exchange(walk.strides[axis], 0), size = result.dims[axis];
    for_each_place(walk, [&](std::int64_t number, std::int64_t at) {
        const std::int64_t index = expect_index(node, list[static_cast<std::size_t>(number)], size);
        put(result, at + index * pace, updates, number, 1, reduction);
    });
    return {std::move(result)};
}

Outputs eval_scatter_nd(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 3, 3);
    TensorValue result = input(node, inputs, 0);
    const TensorValue &indices = input(node, inputs, 1), &updates = input(node, inputs, 2);
    expect_same_type(node, result, updates);
    const std::string found = "indices of " + dims_text(indices.dims) + " and updates of " +
                              dims_text(updates.dims) + " into " + dims_text(result.dims);
    const auto rank = static_cast<std::int64_t>(result.dims.size());
    if (indices.dims.empty() || indices.dims.back() > rank)
        refuse(node, found, "indices of at most " + std::to_string(rank) + " numbers");
    const auto deep = static_cast<std::size_t>(indices.dims.back());
    Dims dims(indices.dims.begin(), indices.dims.end() - 1);
    dims.insert(dims.end(), result.dims.begin() + indices.dims.back(), result.dims.end());
    if (updates.dims != dims) refuse(node, found, "updates of " + dims_text(dims));
    const Reduction reduction = reduction_of(node, result.type);
    const std::vector<std::int64_t> list = indices_of(node, indices);
    if (updates.bytes.empty()) return {std::move(result)};
    if (result.bytes.empty()) refuse(node, found, "a tensor with elements");
    const std::int64_t run = product_of(node, result.dims, deep, result.dims.size());
    const std::int64_t tuples = element_count(updates.dims) / run;
    for (std::int64_t tuple = 0; tuple < tuples; ++tuple) {
        std::int64_t to = 0;
        for (std::size_t d = 0; d < deep; ++d) {
            const std::int64_t index = list[static_cast<std::size_t>(tuple) * deep + d];
            to = to * result.dims[d] + expect_index(node, index, result.dims[d]);
        }
        put(result, to * run, updates, tuple * run, run, reduction);
    }
    return {std::move(result)};
}

}  // namespace

const std::vector<EvalEntry>& layout_scatters() {
    static const std::vector<EvalEntry> entries{{"Scatter", eval_scatter_elements},
                                                {"ScatterElements", eval_scatter_elements},
                                                {"ScatterND", eval_scatter_nd}};
    return entries;
}

}  // namespace sosa::host
