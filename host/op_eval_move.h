#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "host/op_eval_parts.h"

// Results that are made of the elements of a tensor, whatever their type: the base of the layout operators.
namespace sosa::host {

// A walk over a tensor's elements: from element `start`, `strides[d]` elements on for each step along d.
// Strides of 0 repeat, negative ones walk back.
struct Walk {
    Dims dims{};  // of what is visited
    std::vector<std::int64_t> strides{};
    std::int64_t start = 0;
};

// The elements that the walk visits, in its row-major order. Every place it visits must be in the tensor.
TensorValue picked(const OpNode& node, const TensorValue& source, const Walk& walk);

// dims[permutation[0]], dims[permutation[1]], ...
TensorValue permuted(const OpNode& node, const TensorValue& source,
                     const std::vector<std::size_t>& permutation);

// Calls visit(number, offset) for every place of the walk in its row-major order, numbered from 0.
template <class Visit>
void for_each_place(const Walk& walk, Visit&& visit) {
    const std::int64_t count = element_count(walk.dims);
    Dims index(walk.dims.size(), 0);
    std::int64_t at = walk.start;
    for (std::int64_t number = 0; number < count; ++number) {
        visit(number, at);
        for (std::size_t d = walk.dims.size(); d-- > 0;) {
            at += walk.strides[d];
            if (++index[d] < walk.dims[d]) break;
            at -= walk.strides[d] * walk.dims[d];
            index[d] = 0;
        }
    }
}

inline constexpr std::int64_t kFill = -1;

// result[i, j, ...] = source[place(0, i), place(1, j), ...]; where one of them is kFill, the bytes of `fill`
// (null: 0).
using AxisPlace = std::function<std::int64_t(std::size_t axis, std::int64_t i)>;
TensorValue mapped(const OpNode& node, const TensorValue& source, const Dims& dims, const AxisPlace& place,
                   const std::uint8_t* fill);

// dims[first] * ... * dims[last - 1]; refused if it overflows, as it can in an empty tensor.
std::int64_t product_of(const OpNode& node, const Dims& dims, std::size_t first, std::size_t last);

// A tensor seen as outer x axis x inner, in elements.
struct AxisView {
    std::int64_t outer = 1, size = 1, inner = 1;
};
AxisView axis_view(const OpNode& node, const Dims& dims, std::size_t axis);

// The only element of a tensor of type s32 or s64.
std::int64_t integer_scalar(const OpNode& node, const std::string& what, const TensorValue& tensor);

// The elements of a tensor of type s32 or s64, of any rank.
std::vector<std::int64_t> indices_of(const OpNode& node, const TensorValue& tensor);

// 0..size-1 of -size..size-1; refuses the rest.
std::int64_t expect_index(const OpNode& node, std::int64_t index, std::int64_t size);

}  // namespace sosa::host
