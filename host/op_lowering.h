#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/op_graph.h"
#include "host/workload.h"

// From the operators of a network to the layers of a workload: matrix products for the pods, work for the
// post-processors, and what costs nothing.
namespace sosa::host {

enum class NodeUse : std::uint8_t {
    product,   // a layer of tile ops
    vector,    // a layer of vector work on the post-processors
    fused,     // done when a product's results are finished, in no time of its own
    layout,    // moves or renames elements only: free
    constant,  // follows from constants alone
    unused     // no output of the graph needs it
};

struct LoweredNode {
    NodeUse use = NodeUse::constant;
    std::uint32_t layer = kAbsent;  // whose end gives the node's results; kAbsent of what has none
};

// A product, and the operators that are done with it.
struct LoweredProduct {
    std::uint32_t layer = 0, node = 0;
    std::vector<std::uint32_t> before{};  // nodes: DequantizeLinear of its operands
    std::vector<std::uint32_t> after{};   // nodes in order: bias, normalisation, activation, QuantizeLinear
};

struct Lowering {
    Workload workload;
    std::vector<LoweredNode> nodes{};  // by node of the graph
    std::vector<LoweredProduct> products{};
    std::vector<std::string>
        notices{};  // one sentence a kind: what is free, what is fused, what was left out
};

// Throws UserError that lists all nodes that cannot be lowered.
Lowering lower(const OpGraph& graph);

}  // namespace sosa::host
