#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include "host/op_eval_layout.h"
#include "host/op_eval_move.h"
#include "host/op_eval_types.h"

namespace sosa::host {
namespace {

// Ascending, a NaN after every number.
template <class T>
bool comes_before(T a, T b) {
    if constexpr (std::is_floating_point_v<T>) {
        if (a != a || b != b) return a == a;
    }
    return a < b;
}

std::int64_t top_k_count(const OpNode& node, const Inputs& inputs, std::int64_t size) {
    const TensorValue* const given = optional_input(inputs, 1);
    if (given == nullptr && node.find("k") == nullptr) refuse(node, "no k", "one");
    const std::int64_t k = given == nullptr ? node.integer("k", 0) : integer_scalar(node, "k", *given);
    if (k < 0 || k > size) refuse(node, "k " + std::to_string(k), "0 to " + std::to_string(size));
    return k;
}

// The places of the k greatest (or least) of `size` elements that are `step` apart, in order; of equals the
// one with the lower index first.
template <class S>
std::vector<std::int64_t> best_places(const S* from, std::int64_t step, std::int64_t size, std::int64_t k,
                                      bool largest) {
    std::vector<std::int64_t> order(static_cast<std::size_t>(size));
    std::iota(order.begin(), order.end(), 0);
    const auto is_better = [&](std::int64_t i, std::int64_t j) {
        const Compute<S> a = load(from[i * step]), b = load(from[j * step]);
        if (comes_before(a, b)) return !largest;
        return comes_before(b, a) ? largest : i < j;
    };
    std::partial_sort(order.begin(), order.begin() + k, order.end(), is_better);
    order.resize(static_cast<std::size_t>(k));
    return order;
}

// In order also where "sorted" does not ask for it.
Outputs eval_top_k(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 2);
    const TensorValue& x = input(node, inputs, 0);
    expect_type(node, "input 0", x, number_types());
    const std::size_t axis = expect_axis(node, node.integer("axis", -1), x.dims.size());
    const bool largest = node.integer("largest", 1) != 0;
    Dims dims = x.dims;
    dims[axis] = top_k_count(node, inputs, x.dims[axis]);
    TensorValue values = make_result(node, x.type, dims), indices = make_result(node, ElementType::s64, dims);
    if (values.bytes.empty()) return {std::move(values), std::move(indices)};
    const AxisView view = axis_view(node, x.dims, axis);
    visit_type(x.type, [&](auto tag) {
        using S = typename decltype(tag)::type;
        for (std::int64_t line = 0; line < view.outer * view.inner; ++line) {
            const std::int64_t outer = line / view.inner, inner = line % view.inner;
            const S* const from = elements<S>(x) + outer * view.size * view.inner + inner;
            std::int64_t to = outer * dims[axis] * view.inner + inner;
            for (const std::int64_t place : best_places(from, view.inner, view.size, dims[axis], largest)) {
                elements<S>(values)[to] = from[place * view.inner];
                elements<std::int64_t>(indices)[to] = place;
                to += view.inner;
            }
        }
    });
    return {std::move(values), std::move(indices)};
}

// The coordinates of the elements that are not 0, a row a dimension.
Outputs eval_non_zero(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 1);
    const TensorValue& x = input(node, inputs, 0);
    std::vector<std::int64_t> found;
    visit_type(x.type, [&](auto tag) {
        using S = typename decltype(tag)::type;
        for (std::int64_t i = 0; i < element_count(x.dims); ++i)
            if (load(elements<S>(x)[i]) != Compute<S>{0}) found.push_back(i);
    });
    const auto rank = static_cast<std::int64_t>(x.dims.size()),
               count = static_cast<std::int64_t>(found.size());
    TensorValue result = make_result(node, ElementType::s64, {rank, count});
    std::int64_t* const to = elements<std::int64_t>(result);
    for (std::int64_t i = 0; i < count; ++i) {
        std::int64_t rest = found[static_cast<std::size_t>(i)];
        for (std::int64_t d = rank; d-- > 0; rest /= x.dims[static_cast<std::size_t>(d)])
            to[d * count + i] = rest % x.dims[static_cast<std::size_t>(d)];
    }
    return {std::move(result)};
}

// Where the slices along an axis (flat: the elements) occur first, and which of those each one equals.
struct Occurrences {
    std::vector<std::int64_t> firsts, inverse, counts;
};

// `order` has the slices in ascending order, equal ones by index.
template <class Equal>
Occurrences occurrences(const std::vector<std::int64_t>& order, bool sorted, Equal equal) {
    Occurrences result;
    result.inverse.resize(order.size());
    std::vector<std::size_t> group(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (i == 0 || !equal(order[i - 1], order[i])) {
            result.firsts.push_back(order[i]);
            result.counts.push_back(0);
        }
        group[static_cast<std::size_t>(order[i])] = result.firsts.size() - 1;
        ++result.counts.back();
    }
    std::vector<std::size_t> rank(result.firsts.size());  // group -> place among the results
    std::iota(rank.begin(), rank.end(), 0U);
    if (!sorted) {
        std::vector<std::size_t> by_first = rank;
        std::sort(by_first.begin(), by_first.end(),
                  [&](std::size_t a, std::size_t b) { return result.firsts[a] < result.firsts[b]; });
        const Occurrences old = result;
        for (std::size_t place = 0; place < by_first.size(); ++place) {
            rank[by_first[place]] = place;
            result.firsts[place] = old.firsts[by_first[place]];
            result.counts[place] = old.counts[by_first[place]];
        }
    }
    for (std::size_t i = 0; i < group.size(); ++i)
        result.inverse[i] = static_cast<std::int64_t>(rank[group[i]]);
    return result;
}

// Slices compare element by element.
Occurrences unique_slices(const TensorValue& x, const AxisView& view, bool sorted) {
    std::vector<std::int64_t> order(static_cast<std::size_t>(view.size));
    std::iota(order.begin(), order.end(), 0);
    return visit_type(x.type, [&](auto tag) {
        using S = typename decltype(tag)::type;
        const auto compared = [&](std::int64_t i, std::int64_t j) {
            for (std::int64_t e = 0; e < view.outer * view.inner; ++e) {
                const S* const line =
                    elements<S>(x) + e / view.inner * view.size * view.inner + e % view.inner;
                const Compute<S> a = load(line[i * view.inner]), b = load(line[j * view.inner]);
                if (comes_before(a, b)) return -1;
                if (comes_before(b, a)) return 1;
            }
            return 0;
        };
        std::stable_sort(order.begin(), order.end(),
                         [&](std::int64_t i, std::int64_t j) { return compared(i, j) < 0; });
        return occurrences(order, sorted,
                           [&](std::int64_t i, std::int64_t j) { return compared(i, j) == 0; });
    });
}

Outputs eval_unique(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 1);
    const TensorValue& x = input(node, inputs, 0);
    const bool flat = node.find("axis") == nullptr;
    const TensorValue data = flat ? with_dims(x, {element_count(x.dims)}) : x;
    const std::size_t axis = expect_axis(node, node.integer("axis", 0), data.dims.size());
    if (data.bytes.empty() && !flat) refuse(node, "an input of " + dims_text(x.dims), "one with elements");
    const Occurrences found =
        unique_slices(data, axis_view(node, data.dims, axis), node.integer("sorted", 1) != 0);

    Dims dims = data.dims;
    dims[axis] = static_cast<std::int64_t>(found.firsts.size());
    const auto place = [&](std::size_t d, std::int64_t i) {
        return d == axis ? found.firsts[static_cast<std::size_t>(i)] : i;
    };
    Outputs outputs{mapped(node, data, dims, place, nullptr)};
    for (const auto* list : {&found.firsts, &found.inverse, &found.counts}) {
        outputs.push_back(make_result(node, ElementType::s64, {static_cast<std::int64_t>(list->size())}));
        std::copy(list->begin(), list->end(), elements<std::int64_t>(outputs.back()));
    }
    return outputs;
}

}  // namespace

const std::vector<EvalEntry>& layout_orders() {
    static const std::vector<EvalEntry> entries{
        {"NonZero", eval_non_zero}, {"TopK", eval_top_k}, {"Unique", eval_unique}};
    return entries;
}

}  // namespace sosa::host
