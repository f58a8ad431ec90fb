#pragma once
#include <optional>
#include <vector>

#include "host/graph_product.h"
#include "pods/vector_math.h"

namespace sosa::host {

// An element-wise operator as the lanes of post-processors work it: each operand has as many elements as the
// result once it is broadcast.
struct GraphLanes {
    pods::LaneOp op;
    std::vector<std::uint32_t> operands{};  // values; 1 or 2
};

// None for what lanes do not have: other functions and types, scales that are no constants or differ by
// channel.
std::optional<GraphLanes> graph_lanes(const OpGraph& graph, std::uint32_t node, const ConstantOf& constant);

}  // namespace sosa::host
