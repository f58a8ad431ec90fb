#include "host/op_eval_elementwise.h"

// Comparisons, truth values, and what chooses between its operands.
namespace sosa::host {
namespace {

struct And : ForTruth {
    bool operator()(bool a, bool b) const { return a && b; }
};
struct Or : ForTruth {
    bool operator()(bool a, bool b) const { return a || b; }
};
struct Xor : ForTruth {
    bool operator()(bool a, bool b) const { return a != b; }
};
struct Equal : ForAll {
    template <class C>
    bool operator()(C a, C b) const {
        return a == b;
    }
};
struct Greater : ForNumbers {
    template <class C>
    bool operator()(C a, C b) const {
        return a > b;
    }
};
struct GreaterOrEqual : ForNumbers {
    template <class C>
    bool operator()(C a, C b) const {
        return a >= b;
    }
};
struct Less : ForNumbers {
    template <class C>
    bool operator()(C a, C b) const {
        return a < b;
    }
};
struct LessOrEqual : ForNumbers {
    template <class C>
    bool operator()(C a, C b) const {
        return a <= b;
    }
};

struct PRelu : ForNumbers {
    template <class C>
    C operator()(C x, C slope) const {
        if (!(x < C{0})) return x;
        if constexpr (std::is_integral_v<C>) {
            return static_cast<C>(static_cast<std::uint64_t>(slope) * static_cast<std::uint64_t>(x));
        } else {
            return slope * x;
        }
    }
};

Outputs prelu(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 2, 2);
    const TensorValue& x = input(node, inputs, 0);
    const TensorValue& slope = input(node, inputs, 1);
    expect_broadcasts_to(node, slope.dims, x.dims);
    return {apply_binary(node, x, slope, PRelu{})};
}

template <class T>
void choose(const TensorValue& condition, const TensorValue& x, const TensorValue& y, TensorValue& result) {
    const BroadcastRows rows = broadcast_rows({condition.dims, x.dims, y.dims}, result.dims);
    T* const to = elements<T>(result);
    for_each_row(rows, [&](std::int64_t start, const std::vector<std::int64_t>& starts) {
        for (std::int64_t i = 0; i < rows.count; ++i) {
            const bool first = load(elements<Boolean>(condition)[starts[0] + i * rows.steps[0]]);
            to[start + i] = first ? elements<T>(x)[starts[1] + i * rows.steps[1]]
                                  : elements<T>(y)[starts[2] + i * rows.steps[2]];
        }
    });
}

Outputs where(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 3, 3);
    const TensorValue& condition = input(node, inputs, 0);
    const TensorValue& x = input(node, inputs, 1);
    const TensorValue& y = input(node, inputs, 2);
    expect_type(node, "the condition", condition, {ElementType::boolean});
    expect_same_type(node, x, y);
    TensorValue result = make_result(node, x.type, broadcast_dims(node, {condition.dims, x.dims, y.dims}));
    visit_type(x.type, [&](auto tag) { choose<typename decltype(tag)::type>(condition, x, y, result); });
    return {std::move(result)};
}

}  // namespace

const std::vector<EvalEntry>& eval_elementwise_logic() {
    static const std::vector<EvalEntry> entries{
        {"And", binary<And>},
        {"Equal", binary<Equal>},
        {"Greater", binary<Greater>},
        {"GreaterOrEqual", binary<GreaterOrEqual>},
        {"Less", binary<Less>},
        {"LessOrEqual", binary<LessOrEqual>},
        {"Or", binary<Or>},
        {"PRelu", prelu},
        {"Where", where},
        {"Xor", binary<Xor>},
    };
    return entries;
}

}  // namespace sosa::host
