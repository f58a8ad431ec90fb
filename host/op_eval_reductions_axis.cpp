#include "host/op_eval_elementwise.h"
#include "host/op_eval_reductions.h"

// The plan of all reductions; and what works along one axis: ArgMax, ArgMin, CumSum.
namespace sosa::host {
namespace {

// Place of the greatest (or least) of `count` elements; NaN is beyond all, as in NumPy.
template <class T>
std::int64_t place_of_best(const T* first, std::int64_t step, std::int64_t count, bool greatest, bool last) {
    std::int64_t place = 0;
    Compute<T> best = load(*first);
    for (std::int64_t i = 1; i < count; ++i) {
        const Compute<T> value = load(first[i * step]);
        const bool nan = value != value, best_nan = best != best;
        const bool beyond = nan || best_nan ? nan && !best_nan : (greatest ? value > best : value < best);
        const bool equal = nan ? best_nan : value == best;
        if (!beyond && !(last && equal)) continue;
        place = i;
        best = value;
    }
    return place;
}

template <bool kGreatest>
Outputs arg_best(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 1);
    const TensorValue& x = input(node, inputs, 0);
    const ReductionPlan plan =
        plan_reduction(node, x.dims, {node.integer("axis", 0)}, node.integer("keepdims", 1) != 0);
    if (plan.count == 0) refuse(node, "no elements along the axis", "at least 1");
    const bool last = node.integer("select_last_index", 0) != 0;
    return {visit_taken<ForNumbers>(node, x, [&](auto tag) {
        using T = typename decltype(tag)::type;
        TensorValue result = make_result(node, ElementType::s64, plan.result);
        const std::int64_t step = plan.reduced.steps[0];
        for_each_result(plan, [&](std::int64_t place, std::int64_t first) {
            elements<std::int64_t>(result)[place] =
                place_of_best(elements<T>(x) + first, step, plan.count, kGreatest, last);
        });
        return result;
    })};
}

template <class C>
C added(C a, C b) {
    if constexpr (std::is_floating_point_v<C>)
        return a + b;
    else
        return static_cast<C>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

struct CumSum {
    bool exclusive, reverse;

    template <class T>
    void run(const T* from, T* to, std::int64_t step, std::int64_t count) const {
        Compute<T> sum{};
        for (std::int64_t i = 0; i < count; ++i) {
            const std::int64_t at = (reverse ? count - 1 - i : i) * step;
            const Compute<T> before = sum;
            sum = load(store<T>(added(sum, load(from[at]))));
            to[at] = store<T>(exclusive ? before : sum);
        }
    }
};

Outputs cum_sum(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 2, 2);
    const TensorValue& x = input(node, inputs, 0);
    const std::vector<std::int64_t> axis = integer_list(node, "axis", input(node, inputs, 1));
    if (axis.size() != 1) refuse(node, std::to_string(axis.size()) + " axes", "1");
    const ReductionPlan plan = plan_reduction(node, x.dims, axis, false);
    const CumSum f{node.integer("exclusive", 0) != 0, node.integer("reverse", 0) != 0};
    return {visit_taken<ForNumbers>(node, x, [&](auto tag) {
        using T = typename decltype(tag)::type;
        TensorValue result = make_result(node, x.type, x.dims);
        for_each_result(plan, [&](std::int64_t, std::int64_t first) {
            f.run(elements<T>(x) + first, elements<T>(result) + first, plan.reduced.steps[0], plan.count);
        });
        return result;
    })};
}

}  // namespace

ReductionPlan plan_reduction(const OpNode& node, const Dims& dims, const std::vector<std::int64_t>& axes,
                             bool keep_dims) {
    std::vector<bool> goes(dims.size(), false);
    for (const std::int64_t axis : axes) {
        const std::size_t d = expect_axis(node, axis, dims.size());
        if (goes[d]) refuse(node, "axis " + std::to_string(axis) + " twice", "each axis once");
        goes[d] = true;
    }
    const std::vector<std::int64_t> strides = row_major_strides(dims);
    ReductionPlan plan;
    std::vector<std::int64_t> sizes[2], steps[2];
    for (std::size_t d = 0; d < dims.size(); ++d) {
        sizes[goes[d] ? 1 : 0].push_back(dims[d]);
        steps[goes[d] ? 1 : 0].push_back(strides[d]);
        if (!goes[d])
            plan.result.push_back(dims[d]);
        else if (keep_dims)
            plan.result.push_back(1);
    }
    plan.kept = plan_rows(sizes[0], {steps[0]});
    plan.reduced = plan_rows(sizes[1], {steps[1]});
    plan.count = element_count(sizes[1]);
    return plan;
}

const std::vector<EvalEntry>& eval_reductions_axis() {
    static const std::vector<EvalEntry> entries{
        {"ArgMax", arg_best<true>}, {"ArgMin", arg_best<false>}, {"CumSum", cum_sum}};
    return entries;
}

}  // namespace sosa::host
