#pragma once
#include <type_traits>
#include <vector>

#include "host/op_eval_broadcast.h"
#include "host/op_eval_parts.h"
#include "host/op_eval_types.h"

// How a function of elements becomes an operator of tensors. A function is a struct with `takes<T>`, which
// says for which stored types, and an operator() on Compute<T> that gives Compute<T> again, or bool for a
// truth value.
namespace sosa::host {

const std::vector<EvalEntry>& eval_elementwise_real();  // float functions, from a table
const std::vector<EvalEntry>& eval_elementwise_unary();
const std::vector<EvalEntry>& eval_elementwise_binary();  // arithmetic
const std::vector<EvalEntry>& eval_elementwise_logic();   // comparisons, truth values, choice
const std::vector<EvalEntry>& eval_elementwise_clip();    // and Pow
const std::vector<EvalEntry>& eval_elementwise_cast();    // and what only copies

struct ForNumbers {
    template <class T>
    static constexpr bool takes = kIsReal<T> || kIsWhole<T>;
};
struct ForSigned {
    template <class T>
    static constexpr bool takes = kIsReal<T> || (kIsWhole<T> && std::is_signed_v<T>);
};
struct ForReals {
    template <class T>
    static constexpr bool takes = kIsReal<T>;
};
struct ForTruth {
    template <class T>
    static constexpr bool takes = std::is_same_v<T, Boolean>;
};
struct ForAll {
    template <class T>
    static constexpr bool takes = true;
};

template <class F>
std::vector<ElementType> taken_types() {
    std::vector<ElementType> types;
    for (auto code = static_cast<int>(ElementType::f16); code <= static_cast<int>(ElementType::boolean);
         ++code) {
        const auto type = static_cast<ElementType>(code);
        const bool takes =
            visit_type(type, [](auto tag) { return F::template takes<typename decltype(tag)::type>; });
        if (takes) types.push_back(type);
    }
    return types;
}

// visitor(Tag<T>) for the stored type of `tensor`, refused unless F takes it.
template <class F, class Visitor>
TensorValue visit_taken(const OpNode& node, const TensorValue& tensor, Visitor visitor) {
    return visit_type(tensor.type, [&](auto tag) -> TensorValue {
        using T = typename decltype(tag)::type;
        if constexpr (F::template takes<T>) {
            return visitor(Tag<T>{});
        } else {
            expect_type(node, "an input", tensor, taken_types<F>());
            return TensorValue{};
        }
    });
}

// What the results of Result are stored as, where the operands are stored as T.
template <class T, class Result>
using Stored = std::conditional_t<std::is_same_v<Result, bool>, Boolean, T>;
template <class T, class Result>
ElementType stored_type(ElementType operand) {
    return std::is_same_v<Result, bool> ? ElementType::boolean : operand;
}

template <class F>
TensorValue apply_unary(const OpNode& node, const TensorValue& x, const F& f) {
    return visit_taken<F>(node, x, [&](auto tag) {
        using T = typename decltype(tag)::type;
        using Result = decltype(f(Compute<T>{}));
        TensorValue result = make_result(node, stored_type<T, Result>(x.type), x.dims);
        const T* const from = elements<T>(x);
        auto* const to = elements<Stored<T, Result>>(result);
        const auto count = static_cast<std::size_t>(element_count(x.dims));
        for (std::size_t i = 0; i < count; ++i) to[i] = store<Stored<T, Result>>(f(load(from[i])));
        return result;
    });
}

template <class F>
TensorValue apply_binary(const OpNode& node, const TensorValue& a, const TensorValue& b, const F& f) {
    expect_same_type(node, a, b);
    return visit_taken<F>(node, a, [&](auto tag) {
        using T = typename decltype(tag)::type;
        using Result = decltype(f(Compute<T>{}, Compute<T>{}));
        const Dims dims = broadcast_dims(node, {a.dims, b.dims});
        TensorValue result = make_result(node, stored_type<T, Result>(a.type), dims);
        const BroadcastRows rows = broadcast_rows({a.dims, b.dims}, dims);
        auto* const to = elements<Stored<T, Result>>(result);
        for_each_row(rows, [&](std::int64_t start, const std::vector<std::int64_t>& starts) {
            const T* from_a = elements<T>(a) + starts[0];
            const T* from_b = elements<T>(b) + starts[1];
            for (std::int64_t i = 0; i < rows.count; ++i, from_a += rows.steps[0], from_b += rows.steps[1]) {
                to[start + i] = store<Stored<T, Result>>(f(load(*from_a), load(*from_b)));
            }
        });
        return result;
    });
}

// Over any number of inputs, from the first on.
template <class F>
TensorValue apply_many(const OpNode& node, const Inputs& inputs, const F& f) {
    if (inputs.empty()) refuse(node, "0 inputs", "at least 1");
    TensorValue result = input(node, inputs, 0);
    expect_type(node, "input 0", result, taken_types<F>());
    for (std::size_t i = 1; i < inputs.size(); ++i)
        result = apply_binary(node, result, input(node, inputs, i), f);
    return result;
}

template <class F>
Outputs unary(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 1);
    return {apply_unary(node, input(node, inputs, 0), F{})};
}

template <class F>
Outputs binary(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 2, 2);
    return {apply_binary(node, input(node, inputs, 0), input(node, inputs, 1), F{})};
}

template <class F>
Outputs many(const OpNode& node, const Inputs& inputs) {
    return {apply_many(node, inputs, F{})};
}

}  // namespace sosa::host
