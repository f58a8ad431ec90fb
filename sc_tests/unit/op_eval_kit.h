#pragma once
#include <catch2/catch.hpp>
#include <initializer_list>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "host/op_eval.h"
#include "host/op_eval_types.h"
#include "traces/error.h"

// Nodes and tensors written out in tests of the evaluator.
namespace sosa::host::kit {

using Ints = std::vector<std::int32_t>;
using Floats = std::vector<float>;
using List = std::vector<std::int64_t>;
using S64 = std::int64_t;

template <class T>
constexpr T kMin = std::numeric_limits<T>::min();
template <class T>
constexpr T kMax = std::numeric_limits<T>::max();

template <class T>
ElementType type_of() {
    using Kept = std::conditional_t<std::is_same_v<T, bool>, Boolean, T>;
    for (auto code = static_cast<int>(ElementType::f16);; ++code) {
        const auto type = static_cast<ElementType>(code);
        const auto is_same = [](auto tag) { return std::is_same_v<typename decltype(tag)::type, Kept>; };
        if (visit_type(type, is_same)) return type;
    }
}

template <class T>
TensorValue tensor(Dims dims, const std::vector<T>& values) {
    TensorValue result = make_tensor(type_of<T>(), std::move(dims));
    REQUIRE(result.bytes.size() == values.size() * element_bytes(result.type));
    for (std::size_t i = 0; i < values.size(); ++i) {
        if constexpr (std::is_same_v<T, bool>)
            result.bytes[i] = values[i] ? 1 : 0;
        else
            elements<T>(result)[i] = values[i];
    }
    return result;
}

template <class T>
TensorValue list(const std::vector<T>& values) {
    return tensor<T>({static_cast<std::int64_t>(values.size())}, values);
}

template <class T>
TensorValue scalar(T value) {
    return tensor<T>({}, {value});
}

inline OpNode node(const std::string& op, std::int32_t opset = 17, std::uint32_t outputs = 1) {
    OpNode made;
    made.name = "it";
    made.op = op;
    made.opset = opset;
    for (std::uint32_t i = 0; i < outputs; ++i) made.outputs.push_back(i);
    return made;
}

template <class V>
OpNode with(OpNode made, const std::string& name, const V& value) {
    OpAttribute& attribute = made.attributes[name];
    if constexpr (std::is_integral_v<V>) {
        attribute.integer = value;
    } else if constexpr (std::is_floating_point_v<V>) {
        attribute.kind = OpAttribute::Kind::real;
        attribute.real = value;
    } else if constexpr (std::is_convertible_v<V, std::string>) {
        attribute.kind = OpAttribute::Kind::text;
        attribute.text = value;
    } else {
        attribute.kind = OpAttribute::Kind::integers;
        attribute.integers = value;
    }
    return made;
}

inline std::vector<TensorValue> all_of(const OpNode& made, const std::vector<TensorValue>& inputs) {
    std::vector<const TensorValue*> pointers;
    for (const TensorValue& one : inputs) pointers.push_back(one.type == ElementType::none ? nullptr : &one);
    return evaluate(made, pointers);
}

inline const TensorValue absent{};

// The elements, which must be of type T.
template <class T>
std::vector<T> values_of(const TensorValue& result) {
    REQUIRE(element_name(result.type) == element_name(type_of<T>()));
    std::vector<T> values(static_cast<std::size_t>(element_count(result.dims)));
    for (std::size_t i = 0; i < values.size(); ++i) {
        if constexpr (std::is_same_v<T, bool>)
            values[i] = result.bytes[i] != 0;
        else
            values[i] = elements<T>(result)[i];
    }
    return values;
}

template <class T>
std::vector<T> result_of(const OpNode& made, const std::vector<TensorValue>& inputs) {
    return values_of<T>(all_of(made, inputs)[0]);
}

// The sentence it is refused with.
inline std::string refusal(const OpNode& made, const std::vector<TensorValue>& inputs) {
    try {
        all_of(made, inputs);
    } catch (const UserError& error) {
        return error.what();
    }
    return "taken";
}

}  // namespace sosa::host::kit
