#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// A tensor of a network as the host computes with it: any rank, row-major, little-endian.
namespace sosa::host {

enum class ElementType : std::uint8_t {
    none,
    f16,
    bf16,
    f32,
    f64,
    s8,
    s16,
    s32,
    s64,
    u8,
    u16,
    u32,
    u64,
    boolean
};

std::size_t element_bytes(ElementType type);      // 0 of `none`
std::string_view element_name(ElementType type);  // "float32", "int8", "bool", ...

using Dims = std::vector<std::int64_t>;

std::int64_t element_count(const Dims& dims);  // 1 of a scalar
std::string dims_text(const Dims& dims);       // "1x3x224x224", "scalar"

struct TensorValue {
    ElementType type = ElementType::none;
    Dims dims{};
    std::vector<std::uint8_t> bytes{};  // element_count(dims) * element_bytes(type)
};

// All zeros.
TensorValue make_tensor(ElementType type, Dims dims);

template <class T>
T* elements(TensorValue& tensor) {
    return reinterpret_cast<T*>(tensor.bytes.data());
}
template <class T>
const T* elements(const TensorValue& tensor) {
    return reinterpret_cast<const T*>(tensor.bytes.data());
}

}  // namespace sosa::host
