#include <cmath>
#include <limits>

#include "host/op_eval_convert.h"
#include "host/op_eval_elementwise.h"

// Functions of one element that take more than floats.
namespace sosa::host {
namespace {

// Whole numbers wrap: the sum and its like are computed without a sign, where that is defined.
template <class C>
C negated(C x) {
    if constexpr (std::is_integral_v<C>)
        return static_cast<C>(std::uint64_t{0} - static_cast<std::uint64_t>(x));
    else
        return -x;
}

struct Abs : ForNumbers {
    template <class C>
    C operator()(C x) const {
        if constexpr (std::is_floating_point_v<C>)
            return std::abs(x);
        else if constexpr (std::is_signed_v<C>)
            return x < 0 ? negated(x) : x;
        else
            return x;
    }
};

struct Neg : ForSigned {
    template <class C>
    C operator()(C x) const {
        return negated(x);
    }
};

struct Sign : ForNumbers {
    template <class C>
    C operator()(C x) const {
        if constexpr (std::is_floating_point_v<C>) {
            if (std::isnan(x)) return x;
        }
        return static_cast<C>((x > C{0} ? 1 : 0) - (x < C{0} ? 1 : 0));
    }
};

struct Relu : ForSigned {
    template <class C>
    C operator()(C x) const {
        return x < C{0} ? C{0} : x;
    }
};

struct Erf : ForNumbers {
    template <class C>
    C operator()(C x) const {
        return static_cast<C>(std::erf(static_cast<double>(x)));
    }
};

struct Not : ForTruth {
    bool operator()(bool x) const { return !x; }
};

struct IsNaN : ForReals {
    template <class C>
    bool operator()(C x) const {
        return std::isnan(x);
    }
};

struct IsInf : ForReals {
    bool negative, positive;
    template <class C>
    bool operator()(C x) const {
        return std::isinf(x) && (x < 0 ? negative : positive);
    }
};

Outputs is_inf(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 1);
    const IsInf f{{}, node.integer("detect_negative", 1) != 0, node.integer("detect_positive", 1) != 0};
    return {apply_unary(node, input(node, inputs, 0), f)};
}

// In the type's own precision for floats; whole numbers by way of double, to the nearest that they hold.
struct Shrink : ForNumbers {
    float lambd, bias;
    template <class C>
    C operator()(C x) const {
        using Wide = std::conditional_t<std::is_floating_point_v<C>, C, double>;
        const auto wide = static_cast<Wide>(x);
        if (wide < static_cast<Wide>(-lambd)) return back<C>(wide + static_cast<Wide>(bias));
        if (wide > static_cast<Wide>(lambd)) return back<C>(wide - static_cast<Wide>(bias));
        return C{0};
    }

  private:
    template <class C, class Wide>
    static C back(Wide value) {
        if constexpr (std::is_floating_point_v<C>)
            return value;
        else
            return convert<C>(value);
    }
};

Outputs shrink(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 1);
    const Shrink f{{}, node.real("lambd", 0.5F), node.real("bias", 0)};
    return {apply_unary(node, input(node, inputs, 0), f)};
}

}  // namespace

const std::vector<EvalEntry>& eval_elementwise_unary() {
    static const std::vector<EvalEntry> entries{
        {"Abs", unary<Abs>},     {"Erf", unary<Erf>}, {"IsInf", is_inf},
        {"IsNaN", unary<IsNaN>}, {"Neg", unary<Neg>}, {"Not", unary<Not>},
        {"Relu", unary<Relu>},   {"Shrink", shrink},  {"Sign", unary<Sign>},
    };
    return entries;
}

}  // namespace sosa::host
