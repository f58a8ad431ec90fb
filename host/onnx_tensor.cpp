#include "host/onnx_tensor.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "traces/error.h"

namespace sosa::host {
namespace {

using onnx::TensorProto;

struct TypePair {
    ElementType ours;
    int onnx;
};
constexpr std::array<TypePair, 13> kPairs{{{ElementType::f16, onnx::TensorProto_DataType_FLOAT16},
                                           {ElementType::bf16, onnx::TensorProto_DataType_BFLOAT16},
                                           {ElementType::f32, onnx::TensorProto_DataType_FLOAT},
                                           {ElementType::f64, onnx::TensorProto_DataType_DOUBLE},
                                           {ElementType::s8, onnx::TensorProto_DataType_INT8},
                                           {ElementType::s16, onnx::TensorProto_DataType_INT16},
                                           {ElementType::s32, onnx::TensorProto_DataType_INT32},
                                           {ElementType::s64, onnx::TensorProto_DataType_INT64},
                                           {ElementType::u8, onnx::TensorProto_DataType_UINT8},
                                           {ElementType::u16, onnx::TensorProto_DataType_UINT16},
                                           {ElementType::u32, onnx::TensorProto_DataType_UINT32},
                                           {ElementType::u64, onnx::TensorProto_DataType_UINT64},
                                           {ElementType::boolean, onnx::TensorProto_DataType_BOOL}}};

// How many values the typed field holds that onnx.proto names for the type.
std::int64_t typed_count(const TensorProto& tensor) {
    switch (element_type(tensor.data_type())) {
        case ElementType::f32:
            return tensor.float_data_size();
        case ElementType::f64:
            return tensor.double_data_size();
        case ElementType::s64:
            return tensor.int64_data_size();
        case ElementType::u32:
        case ElementType::u64:
            return tensor.uint64_data_size();
        case ElementType::none:
            return 0;
        default:
            return tensor.int32_data_size();
    }
}

template <class T, class Field>
void take(const Field& field, TensorValue& out, const std::string& place) {
    T* to = elements<T>(out);
    for (const auto value : field) {
        *to = static_cast<T>(value);
        if (static_cast<std::decay_t<decltype(value)>>(*to) != value)
            throw UserError(place + ": found value " + std::to_string(value) + ", allowed those of " +
                            std::string(element_name(out.type)));
        ++to;
    }
}

void decode_typed(const TensorProto& tensor, TensorValue& out, const std::string& place) {
    switch (out.type) {
        case ElementType::f32:
            return void(
                std::copy_n(tensor.float_data().begin(), tensor.float_data_size(), elements<float>(out)));
        case ElementType::f64:
            return void(
                std::copy_n(tensor.double_data().begin(), tensor.double_data_size(), elements<double>(out)));
        case ElementType::s64:
            return take<std::int64_t>(tensor.int64_data(), out, place);
        case ElementType::u64:
            return take<std::uint64_t>(tensor.uint64_data(), out, place);
        case ElementType::u32:
            return take<std::uint32_t>(tensor.uint64_data(), out, place);
        case ElementType::s32:
            return take<std::int32_t>(tensor.int32_data(), out, place);
        case ElementType::s16:
            return take<std::int16_t>(tensor.int32_data(), out, place);
        case ElementType::s8:
            return take<std::int8_t>(tensor.int32_data(), out, place);
        case ElementType::f16:
        case ElementType::bf16:
        case ElementType::u16:
            return take<std::uint16_t>(tensor.int32_data(), out, place);
        case ElementType::boolean:
        case ElementType::u8:
            return take<std::uint8_t>(tensor.int32_data(), out, place);
        case ElementType::none:
            return;
    }
}

}  // namespace

ElementType element_type(int onnx_type) {
    const auto* const found = std::find_if(kPairs.begin(), kPairs.end(),
                                           [&](const TypePair& pair) { return pair.onnx == onnx_type; });
    return found == kPairs.end() ? ElementType::none : found->ours;
}

int onnx_type(ElementType type) {
    const auto* const found =
        std::find_if(kPairs.begin(), kPairs.end(), [&](const TypePair& pair) { return pair.ours == type; });
    return found == kPairs.end() ? onnx::TensorProto_DataType_UNDEFINED : found->onnx;
}

std::string shape_fault(const Dims& dims) {
    std::int64_t count = 1;
    bool good = dims.size() <= kMaxRank;
    for (const std::int64_t dim : dims) {
        good = good && dim >= 0 && dim <= kMaxDim;
        if (good &&
            (__builtin_mul_overflow(count, std::max<std::int64_t>(dim, 1), &count) || count > kMaxElements))
            good = false;
    }
    if (good) return "";
    const Dims shown(dims.begin(),
                     dims.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(dims.size(), 8)));
    return " of shape " + dims_text(shown) + (shown.size() < dims.size() ? "x..." : "") + ", allowed up to " +
           std::to_string(kMaxRank) + " dimensions of 0 to " + std::to_string(kMaxDim) + " and 2^48 elements";
}

DataPlace data_place(const TensorProto& tensor) {
    if (tensor.data_location() == TensorProto::EXTERNAL) return DataPlace::external;
    const bool any = !tensor.raw_data().empty() || typed_count(tensor) > 0 || tensor.string_data_size() > 0;
    return any || element_count(tensor_dims(tensor)) == 0 ? DataPlace::here : DataPlace::nowhere;
}

void check_tensor(const TensorProto& tensor, const std::string& place) {
    const Dims dims = tensor_dims(tensor);
    const std::string fault = shape_fault(dims);
    if (!fault.empty()) throw UserError(place + ": found a tensor" + fault);
    if (tensor.has_segment()) throw UserError(place + ": found a tensor in segments, allowed whole ones");
    const ElementType type = element_type(tensor.data_type());
    if (type == ElementType::none || data_place(tensor) != DataPlace::here) return;
    const std::int64_t count = element_count(dims);
    const auto width = static_cast<std::int64_t>(element_bytes(type));
    const auto raw = static_cast<std::int64_t>(tensor.raw_data().size());
    if (raw > 0 && raw != count * width)
        throw UserError(place + ": found " + std::to_string(raw) + " bytes, allowed the " +
                        std::to_string(count * width) + " of " + std::string(element_name(type)) + " " +
                        dims_text(dims));
    if (raw == 0 && typed_count(tensor) != count)
        throw UserError(place + ": found " + std::to_string(typed_count(tensor)) + " values, allowed the " +
                        std::to_string(count) + " of shape " + dims_text(dims));
}

Dims tensor_dims(const TensorProto& tensor) { return {tensor.dims().begin(), tensor.dims().end()}; }

TensorValue decode_tensor(const TensorProto& tensor, const std::string& place) {
    const ElementType type = element_type(tensor.data_type());
    if (type == ElementType::none) return {type, tensor_dims(tensor), {}};
    SOSA_CHECK(data_place(tensor) == DataPlace::here, place);
    TensorValue out = make_tensor(type, tensor_dims(tensor));
    const std::string& raw = tensor.raw_data();
    if (raw.empty())
        decode_typed(tensor, out, place);
    else
        std::memcpy(out.bytes.data(), raw.data(), out.bytes.size());
    if (type == ElementType::boolean)
        for (std::uint8_t& byte : out.bytes) byte = byte != 0;
    return out;
}

TensorProto encode_tensor(const TensorValue& value, const std::string& name) {
    TensorProto tensor;
    tensor.set_name(name);
    tensor.set_data_type(onnx_type(value.type));
    for (const std::int64_t dim : value.dims) tensor.add_dims(dim);
    tensor.set_raw_data(value.bytes.data(), value.bytes.size());
    return tensor;
}

}  // namespace sosa::host
