#include "host/op_eval_pool.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "host/op_eval_product.h"
#include "host/op_eval_window.h"

namespace sosa::host {
namespace {

using Steps = std::array<std::int64_t, 3>;

// Calls visit(offset in the channel) for the positions of a window that are inside, in row-major order.
template <class Visit>
void for_each_inside(const Windows& windows, const Steps& step, Visit&& visit) {
    const auto& axes = windows.axes;
    const Span planes = axes[0].inside(step[0]), rows = axes[1].inside(step[1]),
               columns = axes[2].inside(step[2]);
    for (std::int64_t p = planes.first; p < planes.last; ++p) {
        const std::int64_t plane = axes[0].origin(step[0]) + p * axes[0].dilation;
        for (std::int64_t r = rows.first; r < rows.last; ++r) {
            const std::int64_t row = plane * axes[1].size + axes[1].origin(step[1]) + r * axes[1].dilation;
            const std::int64_t start = row * axes[2].size + axes[2].origin(step[2]);
            for (std::int64_t c = columns.first; c < columns.last; ++c) visit(start + c * axes[2].dilation);
        }
    }
}

// Calls visit(offset in the result, offset of the channel, step) for every window; not for an empty result.
template <class Visit>
void for_each_window(const Windows& windows, std::int64_t results, Visit&& visit) {
    if (results == 0) return;
    const auto& axes = windows.axes;
    const std::int64_t volume = windows.input_volume(), images = results / windows.steps_volume();
    std::int64_t at = 0;
    for (std::int64_t image = 0; image < images; ++image) {
        Steps step{};
        for (step[0] = 0; step[0] < axes[0].steps; ++step[0])
            for (step[1] = 0; step[1] < axes[1].steps; ++step[1])
                for (step[2] = 0; step[2] < axes[2].steps; ++step[2]) visit(at++, image * volume, step);
    }
}

// A Global pool is one window over each channel.
Windows pool_windows(const OpNode& node, const TensorValue& x) {
    if (node.op.rfind("Global", 0) != 0) return plan_windows(node, x.dims, node.integers("kernel_shape"));
    Windows windows;
    windows.rank = spatial_rank(node, x.dims);
    for (std::size_t d = 0; d < windows.rank; ++d) {
        WindowAxis& axis = windows.axes[3 - windows.rank + d];
        axis.size = axis.kernel = x.dims[d + 2];
    }
    return windows;
}

// The offset of the same element if the channel's spatial axes were stored in the opposite order.
std::int64_t column_major(const Windows& windows, std::int64_t offset) {
    const auto& axes = windows.axes;
    const std::int64_t column = offset % axes[2].size, row = offset / axes[2].size % axes[1].size;
    const std::int64_t plane = offset / axes[2].size / axes[1].size;
    return plane + axes[0].size * (row + axes[1].size * column);
}

// The greatest element, the first of equals; a NaN wins. The least number of the type where there is none.
template <class S>
Outputs max_pool(const OpNode& node, const TensorValue& x, const Windows& windows, bool with_indices) {
    TensorValue y = make_result(node, x.type, windows.result_dims(x.dims[0], x.dims[1]));
    TensorValue indices = make_result(node, ElementType::s64, with_indices ? y.dims : Dims{0});
    const bool by_column = node.integer("storage_order", 0) != 0;
    const S* const from = elements<S>(x);
    for_each_window(windows, element_count(y.dims),
                    [&](std::int64_t at, std::int64_t channel, const Steps& step) {
                        Compute<S> best = std::numeric_limits<Compute<S>>::lowest();
                        std::int64_t where = -1;
                        for_each_inside(windows, step, [&](std::int64_t offset) {
                            const Compute<S> value = load(from[channel + offset]);
                            if (where >= 0 && (value <= best || best != best)) return;
                            best = value;
                            where = offset;
                        });
                        elements<S>(y)[at] = store<S>(best);
                        if (!with_indices) return;
                        if (where >= 0) where = channel + (by_column ? column_major(windows, where) : where);
                        elements<std::int64_t>(indices)[at] = where;
                    });
    Outputs outputs{std::move(y)};
    if (with_indices) outputs.push_back(std::move(indices));
    return outputs;
}

Outputs eval_max_pool(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 1);
    const TensorValue& x = input(node, inputs, 0);
    std::vector<ElementType> types = real_types();
    types.insert(types.end(), {ElementType::s8, ElementType::u8});
    expect_type(node, "input 0", x, types);
    const Windows windows = pool_windows(node, x);
    return visit_type(x.type, [&](auto tag) -> Outputs {
        using S = typename decltype(tag)::type;
        if constexpr (kIsReal<S> || sizeof(S) == 1)
            return max_pool<S>(node, x, windows, node.outputs.size() > 1);
        invariant_failed(__FILE__, __LINE__, "a type of MaxPool", std::string(element_name(x.type)));
    });
}

// Per window: start with 0, add up part(element) in row-major order, and finish(sum, step). In double,
// rounded to the type at the end.
template <class Part, class Finish>
Outputs sum_pool(const OpNode& node, const TensorValue& x, const Windows& windows, Part part, Finish finish) {
    expect_type(node, "input 0", x, real_types());
    TensorValue y = make_result(node, x.type, windows.result_dims(x.dims[0], x.dims[1]));
    visit_real(x.type, [&](auto tag) {
        using S = typename decltype(tag)::type;
        const S* const from = elements<S>(x);
        S* const to = elements<S>(y);
        for_each_window(windows, element_count(y.dims),
                        [&](std::int64_t at, std::int64_t channel, const Steps& step) {
                            double sum = 0;
                            for_each_inside(windows, step, [&](std::int64_t offset) {
                                sum += part(static_cast<double>(load(from[channel + offset])));
                            });
                            to[at] = rounded<S>(finish(sum, step));
                        });
    });
    return {std::move(y)};
}

// 0 for a window (of "ceil_mode") that lies in the padding as a whole. Padding counts with
// "count_include_pad", what is beyond it never.
Outputs eval_average_pool(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 1);
    const TensorValue& x = input(node, inputs, 0);
    const Windows windows = pool_windows(node, x);
    const bool with_padding = node.integer("count_include_pad", 0) != 0;
    return sum_pool(
        node, x, windows, [](double value) { return value; },
        [&](double sum, const Steps& step) {
            double count = 1;
            for (std::size_t d = 0; d < 3; ++d) {
                const Span span = windows.axes[d].inside(step[d]);
                const std::int64_t inside =
                    with_padding ? windows.axes[d].inside_padded(step[d]) : span.last - span.first;
                count *= static_cast<double>(inside);
            }
            return count == 0 ? 0.0 : sum / count;
        });
}

Outputs eval_lp_pool(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 1);
    const TensorValue& x = input(node, inputs, 0);
    const std::int64_t p = node.integer("p", 2);
    if (p < 1) refuse(node, "p " + std::to_string(p), "1 or more");
    const auto power = static_cast<double>(p);
    return sum_pool(
        node, x, pool_windows(node, x), [power](double value) { return std::pow(std::fabs(value), power); },
        [power](double sum, const Steps&) { return std::pow(sum, 1 / power); });
}

}  // namespace

const std::vector<EvalEntry>& eval_pools() {
    static const std::vector<EvalEntry> entries{
        {"AveragePool", eval_average_pool}, {"GlobalAveragePool", eval_average_pool},
        {"GlobalLpPool", eval_lp_pool},     {"GlobalMaxPool", eval_max_pool},
        {"LpPool", eval_lp_pool},           {"MaxPool", eval_max_pool}};
    return entries;
}

}  // namespace sosa::host
