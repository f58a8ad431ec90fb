#include "host/op_eval_move.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "traces/error.h"

namespace sosa::host {
namespace {

// `count` elements of `width` bytes from `from` on, `step` bytes apart.
template <std::size_t kWidth>
void copy_row(std::uint8_t* to, const std::uint8_t* from, std::int64_t count, std::int64_t step) {
    for (std::int64_t i = 0; i < count; ++i)
        std::memcpy(to + i * std::int64_t{kWidth}, from + i * step, kWidth);
}

using CopyRow = void (*)(std::uint8_t*, const std::uint8_t*, std::int64_t, std::int64_t);

CopyRow row_copier(std::size_t width) {
    switch (width) {
        case 1:
            return copy_row<1>;
        case 2:
            return copy_row<2>;
        case 4:
            return copy_row<4>;
        default:
            SOSA_CHECK(width == 8, std::to_string(width));
            return copy_row<8>;
    }
}

// The same walk with neighbouring dimensions joined where one goes on where the other ends.
Walk joined(const Walk& walk) {
    Walk result{{1}, {0}, walk.start};
    for (std::size_t d = 0; d < walk.dims.size(); ++d) {
        if (walk.dims[d] == 1) continue;
        const bool continues = result.strides.back() == walk.strides[d] * walk.dims[d];
        if (result.dims.back() == 1 || continues) {
            result.dims.back() *= walk.dims[d];
            result.strides.back() = walk.strides[d];
        } else {
            result.dims.push_back(walk.dims[d]);
            result.strides.push_back(walk.strides[d]);
        }
    }
    return result;
}

}  // namespace

TensorValue picked(const OpNode& node, const TensorValue& source, const Walk& walk) {
    TensorValue result = make_result(node, source.type, walk.dims);
    if (result.bytes.empty()) return result;
    const auto width = static_cast<std::int64_t>(element_bytes(source.type));
    Walk rows = joined(walk);
    const std::int64_t count = rows.dims.back(), step = rows.strides.back();
    rows.dims.pop_back();
    rows.strides.pop_back();
    const CopyRow copy = row_copier(element_bytes(source.type));
    std::uint8_t* to = result.bytes.data();
    for_each_place(rows, [&](std::int64_t, std::int64_t at) {
        const std::uint8_t* const from = source.bytes.data() + at * width;
        if (step == 1)
            std::memcpy(to, from, static_cast<std::size_t>(count * width));
        else
            copy(to, from, count, step * width);
        to += count * width;
    });
    return result;
}

TensorValue permuted(const OpNode& node, const TensorValue& source,
                     const std::vector<std::size_t>& permutation) {
    Walk walk;
    for (const std::size_t d : permutation) walk.dims.push_back(source.dims[d]);
    if (source.bytes.empty()) return make_result(node, source.type, walk.dims);
    const auto strides = row_major_strides(source.dims);
    for (const std::size_t d : permutation) walk.strides.push_back(strides[d]);
    return picked(node, source, walk);
}

TensorValue mapped(const OpNode& node, const TensorValue& source, const Dims& dims, const AxisPlace& place,
                   const std::uint8_t* fill) {
    TensorValue result = make_result(node, source.type, dims);
    if (result.bytes.empty()) return result;
    std::vector<std::vector<std::int64_t>> at(dims.size());
    for (std::size_t d = 0; d < dims.size(); ++d)
        for (std::int64_t i = 0; i < dims[d]; ++i) at[d].push_back(place(d, i));
    const std::size_t width = element_bytes(source.type), rank = dims.size();
    // An empty source is only filled from, and its strides could overflow.
    const auto strides = source.bytes.empty() ? Dims(rank, 0) : row_major_strides(source.dims);
    std::vector<std::size_t> index(rank, 0);
    for (std::uint8_t* to = result.bytes.data(); to != result.bytes.data() + result.bytes.size();
         to += width) {
        std::int64_t from = 0;
        bool outside = false;
        for (std::size_t d = 0; d < rank; ++d) {
            outside = outside || at[d][index[d]] == kFill;
            from += at[d][index[d]] * strides[d];
        }
        if (!outside)
            std::memcpy(to, source.bytes.data() + from * static_cast<std::int64_t>(width), width);
        else if (fill != nullptr)
            std::memcpy(to, fill, width);
        for (std::size_t d = rank; d-- > 0;) {
            if (++index[d] < at[d].size()) break;
            index[d] = 0;
        }
    }
    return result;
}

std::int64_t product_of(const OpNode& node, const Dims& dims, std::size_t first, std::size_t last) {
    std::int64_t product = 1;
    for (std::size_t d = first; d < last; ++d) {
        if (__builtin_mul_overflow(product, dims[d], &product))
            refuse(node, "a tensor of " + dims_text(dims), "dimensions of a product below 2^63");
    }
    return product;
}

AxisView axis_view(const OpNode& node, const Dims& dims, std::size_t axis) {
    return {product_of(node, dims, 0, axis), dims[axis], product_of(node, dims, axis + 1, dims.size())};
}

std::int64_t integer_scalar(const OpNode& node, const std::string& what, const TensorValue& tensor) {
    expect_type(node, what, tensor, {ElementType::s32, ElementType::s64});
    if (element_count(tensor.dims) != 1)
        refuse(node, what + " of " + dims_text(tensor.dims), "a single number");
    return tensor.type == ElementType::s64 ? *elements<std::int64_t>(tensor)
                                           : *elements<std::int32_t>(tensor);
}

std::vector<std::int64_t> indices_of(const OpNode& node, const TensorValue& tensor) {
    return integer_list(node, "indices", with_dims(tensor, {element_count(tensor.dims)}));
}

std::int64_t expect_index(const OpNode& node, std::int64_t index, std::int64_t size) {
    if (index < -size || index >= size) {
        refuse(node, "index " + std::to_string(index),
               size == 0 ? "none into an empty dimension"
                         : std::to_string(-size) + " to " + std::to_string(size - 1));
    }
    return index < 0 ? index + size : index;
}

}  // namespace sosa::host
