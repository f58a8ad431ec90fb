#include "host/op_eval_reductions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "host/op_eval_convert.h"
#include "host/op_eval_elementwise.h"

// ReduceSum and its like. Whole numbers wrap around. Floats are added in NumPy's pairwise order over all the
// elements that become one, in the order they lie in memory, in float32 for the 16-bit types too; functions
// of the C library are taken in double (see op_eval_elementwise_real.cpp); the result is rounded to the type
// once.
namespace sosa::host {
namespace {

template <class C>
using Values = std::vector<C>;

// numpy/core/src/umath/loops_utils.h.src: blocks of 128 in eight interleaved sums.
template <class C>
C pairwise_sum(const C* values, std::size_t count) {
    if (count < 8) {
        C sum = 0;
        for (std::size_t i = 0; i < count; ++i) sum += values[i];
        return sum;
    }
    if (count > 128) {
        const std::size_t half = count / 2 / 8 * 8;
        return pairwise_sum(values, half) + pairwise_sum(values + half, count - half);
    }
    C part[8];
    std::copy_n(values, 8, part);
    std::size_t i = 8;
    for (; i + 8 <= count; i += 8) {
        for (std::size_t k = 0; k < 8; ++k) part[k] += values[i + k];
    }
    C sum = ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
    for (; i < count; ++i) sum += values[i];
    return sum;
}

template <class C>
C sum_of(const Values<C>& values) {
    if constexpr (std::is_floating_point_v<C>) {
        return pairwise_sum(values.data(), values.size());
    } else {
        std::uint64_t sum = 0;
        for (const C value : values) sum += static_cast<std::uint64_t>(value);
        return static_cast<C>(sum);
    }
}

template <class C>
C product(C a, C b) {
    if constexpr (std::is_floating_point_v<C>)
        return a * b;
    else
        return static_cast<C>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}

// What a kind computes in, for elements of T; and whether it has a value for no elements.
struct InOwnType {
    template <class T>
    using Computed = Compute<T>;
};
struct InFloats {  // whole numbers by way of double
    template <class T>
    using Computed = std::conditional_t<kIsWhole<T>, double, Compute<T>>;
};
struct InDouble {
    template <class T>
    using Computed = double;
};

struct Sum : InOwnType {
    static constexpr bool of_none = true;
    template <class C>
    static C of(Values<C>& values) {
        return sum_of(values);
    }
};

struct SumSquare : InOwnType {
    static constexpr bool of_none = true;
    template <class C>
    static C of(Values<C>& values) {
        for (C& value : values) value = product(value, value);
        return sum_of(values);
    }
};

struct Prod : InOwnType {
    static constexpr bool of_none = true;
    template <class C>
    static C of(Values<C>& values) {
        C result = 1;
        for (const C value : values) result = product(result, value);
        return result;
    }
};

struct L1 : InOwnType {
    static constexpr bool of_none = true;
    template <class C>
    static C of(Values<C>& values) {
        for (C& value : values) {
            if (value < 0) value = product(value, static_cast<C>(-1));
        }
        return sum_of(values);
    }
};

struct Greatest : InOwnType {  // NaN wins
    static constexpr bool of_none = false;
    template <class C>
    static C of(Values<C>& values) {
        C best = values[0];
        for (const C value : values) best = best > value || best != best ? best : value;
        return best;
    }
};

struct Least : InOwnType {
    static constexpr bool of_none = false;
    template <class C>
    static C of(Values<C>& values) {
        C best = values[0];
        for (const C value : values) best = best < value || best != best ? best : value;
        return best;
    }
};

struct Mean : InOwnType {  // of whole numbers: without the fraction
    static constexpr bool of_none = false;
    template <class C>
    static C of(Values<C>& values) {
        if constexpr (std::is_floating_point_v<C>) {
            return sum_of(values) / static_cast<C>(values.size());
        } else {
            __extension__ __int128 sum = 0;
            for (const C value : values) sum += value;
            return static_cast<C>(sum / static_cast<std::int64_t>(values.size()));
        }
    }
};

struct L2 : InFloats {
    static constexpr bool of_none = true;
    template <class C>
    static C of(Values<C>& values) {
        return std::sqrt(SumSquare::of(values));
    }
};

struct LogSum : InFloats {
    static constexpr bool of_none = true;
    template <class C>
    static C of(Values<C>& values) {
        return static_cast<C>(std::log(static_cast<double>(sum_of(values))));
    }
};

struct LogSumExp : InDouble {  // around the greatest, which keeps exp in range
    static constexpr bool of_none = true;
    template <class C>
    static C of(Values<C>& values) {
        if (values.empty()) return -std::numeric_limits<C>::infinity();
        const C greatest = Greatest::of(values);
        if (!std::isfinite(greatest)) return greatest;
        for (C& value : values) value = std::exp(value - greatest);
        return greatest + std::log(sum_of(values));
    }
};

template <class Kind, class T>
TensorValue reduced(const OpNode& node, const TensorValue& x, const ReductionPlan& plan) {
    using C = typename Kind::template Computed<T>;
    TensorValue result = make_result(node, x.type, plan.result);
    Values<C> values;
    values.reserve(static_cast<std::size_t>(plan.count));
    for_each_result(plan, [&](std::int64_t place, std::int64_t first) {
        values.clear();
        for_each_row(plan.reduced, [&](std::int64_t, const std::vector<std::int64_t>& starts) {
            const T* from = elements<T>(x) + first + starts[0];
            for (std::int64_t i = 0; i < plan.reduced.count; ++i, from += plan.reduced.steps[0]) {
                values.push_back(static_cast<C>(load(*from)));
            }
        });
        elements<T>(result)[place] = convert<T>(Kind::of(values));
    });
    return result;
}

template <class Kind>
Outputs reduce(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 2);
    const TensorValue& x = input(node, inputs, 0);
    std::vector<std::int64_t> axes = integer_list(node, inputs, 1, "axes");
    if (axes.empty() && node.integer("noop_with_empty_axes", 0) != 0) return {x};
    if (axes.empty()) {  // means all
        axes.resize(x.dims.size());
        std::iota(axes.begin(), axes.end(), 0);
    }
    const ReductionPlan plan = plan_reduction(node, x.dims, axes, node.integer("keepdims", 1) != 0);
    if (plan.count == 0 && !Kind::of_none) refuse(node, "no elements along the axes", "at least 1");
    return {visit_taken<ForNumbers>(
        node, x, [&](auto tag) { return reduced<Kind, typename decltype(tag)::type>(node, x, plan); })};
}

}  // namespace

const std::vector<EvalEntry>& eval_reductions() {
    static const std::vector<EvalEntry> entries = [] {
        std::vector<EvalEntry> all{
            {"ReduceL1", reduce<L1>},         {"ReduceL2", reduce<L2>},
            {"ReduceLogSum", reduce<LogSum>}, {"ReduceLogSumExp", reduce<LogSumExp>},
            {"ReduceMax", reduce<Greatest>},  {"ReduceMean", reduce<Mean>},
            {"ReduceMin", reduce<Least>},     {"ReduceProd", reduce<Prod>},
            {"ReduceSum", reduce<Sum>},       {"ReduceSumSquare", reduce<SumSquare>},
        };
        all.insert(all.end(), eval_reductions_axis().begin(), eval_reductions_axis().end());
        return all;
    }();
    return entries;
}

}  // namespace sosa::host
