#pragma once
#include <vector>

#include "host/op_eval_broadcast.h"
#include "host/op_eval_parts.h"

namespace sosa::host {

const std::vector<EvalEntry>& eval_reductions_axis();  // ArgMax, ArgMin, CumSum

// The dimensions of a tensor in two groups: for each place in those that stay, a walk through those that go.
struct ReductionPlan {
    Dims result{};
    BroadcastRows kept, reduced;
    std::int64_t count = 0;  // elements that become one
};
// `axes` as the node has them: refused unless each is in the tensor, once.
ReductionPlan plan_reduction(const OpNode& node, const Dims& dims, const std::vector<std::int64_t>& axes,
                             bool keep_dims);

// Calls visit(place in the result, offset of the first of its elements) for each element of the result.
template <class Visit>
void for_each_result(const ReductionPlan& plan, Visit visit) {
    for_each_row(plan.kept, [&](std::int64_t place, const std::vector<std::int64_t>& starts) {
        for (std::int64_t i = 0; i < plan.kept.count; ++i)
            visit(place + i, starts[0] + i * plan.kept.steps[0]);
    });
}

}  // namespace sosa::host
