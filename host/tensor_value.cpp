#include "host/tensor_value.h"

#include <array>
#include <limits>
#include <utility>

#include "traces/error.h"

namespace sosa::host {
namespace {

struct TypeRow {
    std::string_view name;
    std::size_t bytes;
};

// In the order of ElementType.
constexpr std::array<TypeRow, 14> kTypes{{{"none", 0},
                                          {"float16", 2},
                                          {"bfloat16", 2},
                                          {"float32", 4},
                                          {"float64", 8},
                                          {"int8", 1},
                                          {"int16", 2},
                                          {"int32", 4},
                                          {"int64", 8},
                                          {"uint8", 1},
                                          {"uint16", 2},
                                          {"uint32", 4},
                                          {"uint64", 8},
                                          {"bool", 1}}};

constexpr std::int64_t kMaxBytes = std::int64_t{1} << 34;

const TypeRow& row(ElementType type) {
    const auto index = static_cast<std::size_t>(type);
    SOSA_CHECK(index < kTypes.size(), "element type " + std::to_string(index));
    return kTypes[index];
}

}  // namespace

std::size_t element_bytes(ElementType type) { return row(type).bytes; }
std::string_view element_name(ElementType type) { return row(type).name; }

std::int64_t element_count(const Dims& dims) {
    std::int64_t count = 1;
    bool overflow = false;
    for (const std::int64_t dim : dims) {
        if (dim == 0) return 0;
        SOSA_CHECK(dim > 0, "shape " + dims_text(dims));
        overflow = overflow || __builtin_mul_overflow(count, dim, &count);
    }
    return overflow ? std::numeric_limits<std::int64_t>::max() : count;
}

std::string dims_text(const Dims& dims) {
    if (dims.empty()) return "scalar";
    std::string text;
    for (const std::int64_t dim : dims) text += (text.empty() ? "" : "x") + std::to_string(dim);
    return text;
}

TensorValue make_tensor(ElementType type, Dims dims) {
    const std::int64_t count = element_count(dims);
    const auto width = static_cast<std::int64_t>(element_bytes(type));
    if (width > 0 && count > kMaxBytes / width)
        throw UserError("a " + std::string(element_name(type)) + " tensor of shape " + dims_text(dims) +
                        " needs more than the " + std::to_string(kMaxBytes >> 30) + " GiB allowed");
    TensorValue tensor{type, std::move(dims), {}};
    tensor.bytes.resize(static_cast<std::size_t>(count * width));
    return tensor;
}

}  // namespace sosa::host
