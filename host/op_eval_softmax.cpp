#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "host/op_eval_normalise.h"

namespace sosa::host {
namespace {

// Calls visit(first element, step, count) for each line that the operator works on: before opset 13 all
// dimensions from "axis" (default 1) on as one, from then on "axis" (default -1).
template <class Visit>
void for_each_line(const OpNode& node, const TensorValue& x, Visit&& visit) {
    const bool joins = node.opset < 13;
    const std::int64_t given = node.integer("axis", joins ? 1 : -1),
                       rank = static_cast<std::int64_t>(x.dims.size());
    const bool at_end = joins && given == rank;  // lines of one element
    const std::size_t axis = at_end ? x.dims.size() : expect_axis(node, given, x.dims.size());
    if (x.bytes.empty()) return;
    AxisView view;
    if (joins)
        view = {product_of(node, x.dims, 0, axis), product_of(node, x.dims, axis, x.dims.size()), 1};
    else
        view = axis_view(node, x.dims, axis);
    for (std::int64_t line = 0; line < view.outer * view.inner; ++line)
        visit(line / view.inner * view.size * view.inner + line % view.inner, view.inner, view.size);
}

template <class S>
Compute<S> greatest(const S* from, std::int64_t step, std::int64_t count) {
    Compute<S> best = load(from[0]);
    for (std::int64_t i = 1; i < count; ++i) best = std::max(best, load(from[i * step]));
    return best;
}

// exp(x - max) in float (in double of doubles), their sum in double.
template <class S>
double sum_of_exponentials(const S* from, std::int64_t step, std::int64_t count, Compute<S> top) {
    double sum = 0;
    for (std::int64_t i = 0; i < count; ++i) sum += static_cast<double>(std::exp(load(from[i * step]) - top));
    return sum;
}

// The quotient of the exponential and the sum, both rounded to float (of doubles: to double).
struct SoftmaxLine {
    template <class S>
    static void run(const S* from, S* to, std::int64_t step, std::int64_t count) {
        const Compute<S> top = greatest(from, step, count);
        const auto sum = static_cast<Compute<S>>(sum_of_exponentials(from, step, count, top));
        for (std::int64_t i = 0; i < count; ++i)
            to[i * step] = store<S>(std::exp(load(from[i * step]) - top) / sum);
    }
};

struct LogSoftmaxLine {
    template <class S>
    static void run(const S* from, S* to, std::int64_t step, std::int64_t count) {
        const Compute<S> top = greatest(from, step, count);
        const auto logarithm = static_cast<Compute<S>>(std::log(sum_of_exponentials(from, step, count, top)));
        for (std::int64_t i = 0; i < count; ++i)
            to[i * step] = store<S>(load(from[i * step]) - top - logarithm);
    }
};

// 1 at the first of the greatest elements, 0 elsewhere.
struct HardmaxLine {
    template <class S>
    static void run(const S* from, S* to, std::int64_t step, std::int64_t count) {
        std::int64_t best = 0;
        for (std::int64_t i = 1; i < count; ++i)
            if (load(from[i * step]) > load(from[best * step])) best = i;
        for (std::int64_t i = 0; i < count; ++i)
            to[i * step] = store<S>(static_cast<Compute<S>>(i == best ? 1 : 0));
    }
};

template <class Line>
Outputs eval_lines(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 1);
    const TensorValue& x = input(node, inputs, 0);
    expect_type(node, "input 0", x, real_types());
    TensorValue y = make_result(node, x.type, x.dims);
    visit_real(x.type, [&](auto tag) {
        using S = typename decltype(tag)::type;
        for_each_line(node, x, [&](std::int64_t first, std::int64_t step, std::int64_t count) {
            Line::template run<S>(elements<S>(x) + first, elements<S>(y) + first, step, count);
        });
    });
    return {std::move(y)};
}

// x / the sum of magnitudes (p = 1) or the root of the sum of squares (p = 2) along the axis; 0 where that is
// 0.
Outputs eval_lp_normalisation(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 1);
    const TensorValue& x = input(node, inputs, 0);
    expect_type(node, "input 0", x, real_types());
    const std::int64_t p = node.integer("p", 2);
    if (p != 1 && p != 2) refuse(node, "p " + std::to_string(p), "1 or 2");
    const std::size_t axis = expect_axis(node, node.integer("axis", -1), x.dims.size());
    TensorValue y = make_result(node, x.type, x.dims);
    if (y.bytes.empty()) return {std::move(y)};
    const AxisView view = axis_view(node, x.dims, axis);
    const std::vector<double> values = real_values(x);
    visit_real(x.type, [&](auto tag) {
        using S = typename decltype(tag)::type;
        for (std::int64_t line = 0; line < view.outer * view.inner; ++line) {
            const std::int64_t first = line / view.inner * view.size * view.inner + line % view.inner;
            double sum = 0;
            for (std::int64_t i = 0; i < view.size; ++i) {
                const double value = values[static_cast<std::size_t>(first + i * view.inner)];
                sum += p == 1 ? std::fabs(value) : value * value;
            }
            const double norm = p == 1 ? sum : std::sqrt(sum);
            for (std::int64_t i = 0; i < view.size && norm != 0; ++i) {
                const auto at = static_cast<std::size_t>(first + i * view.inner);
                elements<S>(y)[at] = rounded<S>(values[at] / norm);
            }
        }
    });
    return {std::move(y)};
}

// Which group of elements that share a mean each element is in: those that differ along "axes" only.
Walk mean_groups(const Dims& dims, const std::vector<bool>& reduced) {
    Walk walk{dims, Dims(dims.size(), 0), 0};
    std::int64_t stride = 1;
    for (std::size_t d = dims.size(); d-- > 0;) {
        if (reduced[d]) continue;
        walk.strides[d] = stride;
        stride *= dims[d];
    }
    return walk;
}

// (x - E[x]) / (sqrt(E[x^2] - E[x]^2) + 1e-9) over "axes"; the constant is that of ONNX' function body.
Outputs eval_mean_variance_normalisation(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 1);
    const TensorValue& x = input(node, inputs, 0);
    expect_type(node, "input 0", x, real_types());
    auto axes = node.integers("axes");
    if (node.find("axes") == nullptr) axes = {0, 2, 3};
    std::vector<bool> reduced(x.dims.size(), false);
    for (const std::int64_t axis : axes) reduced[expect_axis(node, axis, x.dims.size())] = true;
    TensorValue y = make_result(node, x.type, x.dims);
    if (y.bytes.empty()) return {std::move(y)};
    const std::vector<double> values = real_values(x);
    const Walk walk = mean_groups(x.dims, reduced);
    struct Group {
        double sum = 0, squares = 0, count = 0;
    };
    std::vector<Group> groups(values.size());
    for_each_place(walk, [&](std::int64_t number, std::int64_t group) {
        const double value = values[static_cast<std::size_t>(number)];
        Group& g = groups[static_cast<std::size_t>(group)];
        g.sum += value;
        g.squares += value * value;
        ++g.count;
    });
    visit_real(x.type, [&](auto tag) {
        using S = typename decltype(tag)::type;
        for_each_place(walk, [&](std::int64_t number, std::int64_t group) {
            const Group& g = groups[static_cast<std::size_t>(group)];
            const double mean = g.sum / g.count;
            const double deviation = std::sqrt(std::max(0.0, g.squares / g.count - mean * mean));
            elements<S>(y)[number] =
                rounded<S>((values[static_cast<std::size_t>(number)] - mean) / (deviation + 1e-9));
        });
    });
    return {std::move(y)};
}

}  // namespace

const std::vector<EvalEntry>& normalisation_lines() {
    static const std::vector<EvalEntry> entries{
        {"Hardmax", eval_lines<HardmaxLine>},
        {"LogSoftmax", eval_lines<LogSoftmaxLine>},
        {"LpNormalization", eval_lp_normalisation},
        {"MeanVarianceNormalization", eval_mean_variance_normalisation},
        {"Softmax", eval_lines<SoftmaxLine>}};
    return entries;
}

}  // namespace sosa::host
