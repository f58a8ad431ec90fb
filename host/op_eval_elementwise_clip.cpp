#include <cmath>
#include <limits>

#include "host/op_eval_convert.h"
#include "host/op_eval_elementwise.h"

// Clip and Pow, whose operands are not all of one kind.
namespace sosa::host {
namespace {

// What Clip does where it has no limits ("default to numeric_limits::lowest() and ::max()"): the ends of the
// type.
template <class T>
Compute<T> greatest() {
    if constexpr (std::is_same_v<T, Half>)
        return from_half(Half{0x7bff});
    else if constexpr (std::is_same_v<T, Brain>)
        return from_brain(Brain{0x7f7f});
    else
        return std::numeric_limits<T>::max();
}
template <class T>
Compute<T> lowest() {
    if constexpr (kIsReal<T>)
        return -greatest<T>();
    else
        return std::numeric_limits<T>::lowest();
}

// Before opset 11 the limits are float attributes, then inputs of the data's type.
template <class T>
Compute<T> limit(const OpNode& node, const Inputs& inputs, std::size_t i, const char* name,
                 Compute<T> otherwise) {
    if (node.opset < 11) {
        if (node.find(name) == nullptr) return otherwise;
        return load(convert<T>(node.real(name, 0)));
    }
    const TensorValue* const given = optional_input(inputs, i);
    if (given == nullptr) return otherwise;
    expect_same_type(node, input(node, inputs, 0), *given);
    if (element_count(given->dims) != 1)
        refuse(node, std::string(name) + " of " + dims_text(given->dims), "a scalar");
    return load(elements<T>(*given)[0]);
}

template <class C>
C clamped(C x, C least, C most) {  // NaN stays; `most` wins over a greater `least`
    const C raised = x < least ? least : x;
    return raised > most ? most : raised;
}

Outputs clip(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, node.opset < 11 ? 1 : 3);
    const TensorValue& x = input(node, inputs, 0);
    return {visit_taken<ForNumbers>(node, x, [&](auto tag) {
        using T = typename decltype(tag)::type;
        const auto least = limit<T>(node, inputs, 1, "min", lowest<T>());
        const auto most = limit<T>(node, inputs, 2, "max", greatest<T>());
        TensorValue result = make_result(node, x.type, x.dims);
        const auto count = static_cast<std::size_t>(element_count(x.dims));
        for (std::size_t i = 0; i < count; ++i) {
            elements<T>(result)[i] = store<T>(clamped(load(elements<T>(x)[i]), least, most));
        }
        return result;
    })};
}

// Wraps around; a fraction is cut off, so that only 1 and -1 have negative powers that are not 0.
template <class C>
C whole_power(const OpNode& node, C base, std::uint64_t exponent, bool negative) {
    if (negative) {
        if (base == 0) refuse(node, "0 to a negative power", "powers of 0 that are not negative");
        if (base != 1 && base != -1) return 0;
        exponent &= 1;
    }
    std::uint64_t power = 1;
    for (auto factor = static_cast<std::uint64_t>(base); exponent != 0; exponent >>= 1, factor *= factor) {
        if ((exponent & 1) != 0) power *= factor;
    }
    return static_cast<C>(power);
}

// In double (float32 results are the nearest ones, nearly always), from there to the type of the base.
template <class T, class E>
T power(const OpNode& node, T base, E exponent) {
    if constexpr (kIsWhole<T> && kIsWhole<E>) {
        return whole_power(node, base, static_cast<std::uint64_t>(exponent), exponent < E{0});
    } else {
        return convert<T>(std::pow(static_cast<double>(load(base)), static_cast<double>(load(exponent))));
    }
}

struct ForPowers {
    template <class T>
    static constexpr bool takes =
        kIsReal<T> || std::is_same_v<T, std::int32_t> || std::is_same_v<T, std::int64_t>;
};

template <class T, class E>
TensorValue powers(const OpNode& node, const TensorValue& base, const TensorValue& exponent) {
    TensorValue result = make_result(node, base.type, broadcast_dims(node, {base.dims, exponent.dims}));
    const BroadcastRows rows = broadcast_rows({base.dims, exponent.dims}, result.dims);
    for_each_row(rows, [&](std::int64_t start, const std::vector<std::int64_t>& starts) {
        for (std::int64_t i = 0; i < rows.count; ++i) {
            elements<T>(result)[start + i] = power(node, elements<T>(base)[starts[0] + i * rows.steps[0]],
                                                   elements<E>(exponent)[starts[1] + i * rows.steps[1]]);
        }
    });
    return result;
}

Outputs pow(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 2, 2);
    const TensorValue& base = input(node, inputs, 0);
    const TensorValue& exponent = input(node, inputs, 1);
    return {visit_taken<ForPowers>(node, base, [&](auto base_tag) {
        return visit_taken<ForNumbers>(node, exponent, [&](auto exponent_tag) {
            using T = typename decltype(base_tag)::type;
            return powers<T, typename decltype(exponent_tag)::type>(node, base, exponent);
        });
    })};
}

}  // namespace

const std::vector<EvalEntry>& eval_elementwise_clip() {
    static const std::vector<EvalEntry> entries{{"Clip", clip}, {"Pow", pow}};
    return entries;
}

}  // namespace sosa::host
