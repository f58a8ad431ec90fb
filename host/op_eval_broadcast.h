#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "host/op_eval_parts.h"

// NumPy's rule of shapes, as ONNX takes it over ("multidirectional broadcasting").
namespace sosa::host {

// The shape that all of them have after broadcasting; refuses shapes that do not fit.
Dims broadcast_dims(const OpNode& node, const std::vector<Dims>& shapes);

// Refuses `from` unless it broadcasts to exactly `to` ("unidirectional broadcasting").
void expect_broadcasts_to(const OpNode& node, const Dims& from, const Dims& to);

// Elements to step in a tensor of `from` for one step along each dimension of `to`: 0 along those it is
// repeated in.
std::vector<std::int64_t> broadcast_strides(const Dims& from, const Dims& to);

// How operands are read for a result that is written in order: rows of `count` elements, in each of which
// operand k starts at an offset of its own and goes on by `steps[k]`.
struct BroadcastRows {
    std::vector<std::int64_t> sizes{};                 // of the dimensions around a row, outermost first
    std::vector<std::vector<std::int64_t>> strides{};  // by operand, then dimension
    std::int64_t rows = 0, count = 0;
    std::vector<std::int64_t> steps{};
};
// Of dimensions with the strides that each operand has along them, joined where they can be.
BroadcastRows plan_rows(std::vector<std::int64_t> sizes, std::vector<std::vector<std::int64_t>> strides);
BroadcastRows broadcast_rows(const std::vector<Dims>& operands, const Dims& result);

// Calls visit(start in the result, starts of the operands) for each row, in order.
template <class Visit>
void for_each_row(const BroadcastRows& plan, Visit visit) {
    std::vector<std::int64_t> index(plan.sizes.size(), 0), starts(plan.strides.size(), 0);
    for (std::int64_t row = 0; row < plan.rows; ++row) {
        visit(row * plan.count, starts);
        for (std::size_t d = plan.sizes.size(); d-- > 0;) {
            const bool wraps = ++index[d] == plan.sizes[d];
            for (std::size_t k = 0; k < starts.size(); ++k) {
                starts[k] += plan.strides[k][d] * (wraps ? 1 - plan.sizes[d] : 1);
            }
            if (!wraps) break;
            index[d] = 0;
        }
    }
}

}  // namespace sosa::host
