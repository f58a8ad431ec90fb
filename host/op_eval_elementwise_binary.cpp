#include <cmath>
#include <limits>

#include "host/op_eval_convert.h"
#include "host/op_eval_elementwise.h"

// Arithmetic of two or more tensors. Whole numbers wrap around; they are computed in uint64, where that is
// defined.
namespace sosa::host {
namespace {

template <class C>
std::uint64_t raw(C value) {
    return static_cast<std::uint64_t>(value);
}

struct Add : ForNumbers {
    template <class C>
    C operator()(C a, C b) const {
        if constexpr (std::is_integral_v<C>)
            return static_cast<C>(raw(a) + raw(b));
        else
            return a + b;
    }
};

struct AddReals : ForReals {
    template <class C>
    C operator()(C a, C b) const {
        return a + b;
    }
};

struct Sub : ForNumbers {
    template <class C>
    C operator()(C a, C b) const {
        if constexpr (std::is_integral_v<C>)
            return static_cast<C>(raw(a) - raw(b));
        else
            return a - b;
    }
};

struct Mul : ForNumbers {
    template <class C>
    C operator()(C a, C b) const {
        if constexpr (std::is_integral_v<C>)
            return static_cast<C>(raw(a) * raw(b));
        else
            return a * b;
    }
};

template <class C>
void expect_divisor(const OpNode& node, C divisor) {
    if (std::is_integral_v<C> && divisor == C{0})
        refuse(node, "a division by 0", "whole numbers but 0 as divisors");
}

struct Div : ForNumbers {
    const OpNode* node;
    template <class C>
    C operator()(C a, C b) const {
        expect_divisor(*node, b);
        if constexpr (std::is_floating_point_v<C>)
            return a / b;
        else if constexpr (std::is_signed_v<C>)
            return b == -1 ? static_cast<C>(0 - raw(a)) : static_cast<C>(a / b);
        else
            return static_cast<C>(a / b);
    }
};

// With fmod as in C: the sign of the dividend. Without, for whole numbers only: that of the divisor.
struct Mod : ForNumbers {
    const OpNode* node;
    bool as_in_c;
    template <class C>
    C operator()(C a, C b) const {
        expect_divisor(*node, b);
        if constexpr (std::is_floating_point_v<C>) {
            return std::fmod(a, b);
        } else if constexpr (std::is_signed_v<C>) {
            const C rest = b == -1 ? C{0} : static_cast<C>(a % b);
            return !as_in_c && rest != 0 && (rest < 0) != (b < 0) ? static_cast<C>(rest + b) : rest;
        } else {
            return static_cast<C>(a % b);
        }
    }
};

struct Max : ForNumbers {  // NaN wins, as in NumPy
    template <class C>
    C operator()(C a, C b) const {
        return a > b || a != a ? a : b;
    }
};

struct Min : ForNumbers {
    template <class C>
    C operator()(C a, C b) const {
        return a < b || a != a ? a : b;
    }
};

struct DivideBy : ForReals {
    float count;
    template <class C>
    C operator()(C x) const {
        return x / static_cast<C>(count);
    }
};

struct Shift {
    template <class T>
    static constexpr bool takes = kIsWhole<T>&& std::is_unsigned_v<T>;
    bool left;
    template <class C>
    C operator()(C a, C b) const {
        if (b >= static_cast<C>(std::numeric_limits<C>::digits)) return C{0};
        return left ? static_cast<C>(raw(a) << b) : static_cast<C>(a >> b);
    }
};

Outputs div(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 2, 2);
    return {apply_binary(node, input(node, inputs, 0), input(node, inputs, 1), Div{{}, &node})};
}

Outputs mod(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 2, 2);
    const bool as_in_c = node.integer("fmod", 0) != 0;
    if (!as_in_c) expect_type(node, "input 0 without fmod", input(node, inputs, 0), whole_types());
    return {apply_binary(node, input(node, inputs, 0), input(node, inputs, 1), Mod{{}, &node, as_in_c})};
}

Outputs mean(const OpNode& node, const Inputs& inputs) {
    const TensorValue sum = apply_many(node, inputs, AddReals{});
    return {apply_unary(node, sum, DivideBy{{}, static_cast<float>(inputs.size())})};
}

Outputs bit_shift(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 2, 2);
    const std::string direction = node.text("direction", "");
    if (direction != "LEFT" && direction != "RIGHT")
        refuse(node, "direction \"" + direction + "\"", "LEFT or RIGHT");
    return {apply_binary(node, input(node, inputs, 0), input(node, inputs, 1), Shift{direction == "LEFT"})};
}

}  // namespace

const std::vector<EvalEntry>& eval_elementwise_binary() {
    static const std::vector<EvalEntry> entries{
        {"Add", binary<Add>}, {"BitShift", bit_shift}, {"Div", div}, {"Max", many<Max>},
        {"Mean", mean},       {"Min", many<Min>},      {"Mod", mod}, {"Mul", binary<Mul>},
        {"Sub", binary<Sub>}, {"Sum", many<AddReals>},
    };
    return entries;
}

}  // namespace sosa::host
