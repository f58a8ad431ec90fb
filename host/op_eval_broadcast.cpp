#include "host/op_eval_broadcast.h"

#include <algorithm>
#include <utility>

#include "traces/error.h"

namespace sosa::host {
namespace {

[[noreturn]] void refuse_shapes(const OpNode& node, const std::vector<Dims>& shapes) {
    std::string text;
    for (const Dims& shape : shapes) text += (text.empty() ? "" : " and ") + dims_text(shape);
    refuse(node, "shapes " + text, "shapes that broadcast: dimensions, from the last, that are equal or 1");
}

// Whether one step of dimension `d` is as many steps of the next one as that has, in every operand.
bool joins_next(const BroadcastRows& plan, std::size_t d) {
    return std::all_of(plan.strides.begin(), plan.strides.end(), [&plan, d](const auto& strides) {
        return strides[d] == strides[d + 1] * plan.sizes[d + 1];
    });
}

void drop(BroadcastRows& plan, std::size_t d) {
    plan.sizes.erase(plan.sizes.begin() + static_cast<std::ptrdiff_t>(d));
    for (auto& strides : plan.strides) strides.erase(strides.begin() + static_cast<std::ptrdiff_t>(d));
}

}  // namespace

Dims broadcast_dims(const OpNode& node, const std::vector<Dims>& shapes) {
    Dims result;
    for (const Dims& shape : shapes) {
        if (shape.size() > result.size()) result.insert(result.begin(), shape.size() - result.size(), 1);
    }
    for (const Dims& shape : shapes) {
        const std::size_t skipped = result.size() - shape.size();
        for (std::size_t d = 0; d < shape.size(); ++d) {
            std::int64_t& dim = result[skipped + d];
            if (dim == 1) dim = shape[d];
            if (shape[d] != dim && shape[d] != 1) refuse_shapes(node, shapes);
        }
    }
    return result;
}

void expect_broadcasts_to(const OpNode& node, const Dims& from, const Dims& to) {
    if (broadcast_dims(node, {from, to}) != to) {
        refuse(node, "a shape " + dims_text(from), "one that broadcasts to " + dims_text(to));
    }
}

std::vector<std::int64_t> broadcast_strides(const Dims& from, const Dims& to) {
    const std::vector<std::int64_t> own = row_major_strides(from);
    std::vector<std::int64_t> strides(to.size(), 0);
    const std::size_t skipped = to.size() - from.size();
    for (std::size_t d = 0; d < from.size(); ++d) strides[skipped + d] = from[d] == 1 ? 0 : own[d];
    return strides;
}

BroadcastRows plan_rows(std::vector<std::int64_t> sizes, std::vector<std::vector<std::int64_t>> strides) {
    BroadcastRows plan;
    plan.sizes = std::move(sizes);
    plan.strides = std::move(strides);
    for (std::size_t d = plan.sizes.size(); d-- > 0;) {
        if (plan.sizes[d] == 1) drop(plan, d);
    }
    for (std::size_t d = plan.sizes.size(); d-- > 1;) {
        if (!joins_next(plan, d - 1)) continue;
        plan.sizes[d] *= plan.sizes[d - 1];
        drop(plan, d - 1);
    }
    const bool is_scalar = plan.sizes.empty();
    plan.count = is_scalar ? 1 : plan.sizes.back();
    for (const auto& own : plan.strides) plan.steps.push_back(is_scalar ? 0 : own.back());
    if (!is_scalar) drop(plan, plan.sizes.size() - 1);
    plan.rows = plan.count == 0 ? 0 : element_count(plan.sizes);
    return plan;
}

BroadcastRows broadcast_rows(const std::vector<Dims>& operands, const Dims& result) {
    std::vector<std::vector<std::int64_t>> strides;
    for (const Dims& operand : operands) strides.push_back(broadcast_strides(operand, result));
    return plan_rows(result, std::move(strides));
}

}  // namespace sosa::host
