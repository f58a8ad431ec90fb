#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "host/op_graph.h"
#include "host/workload.h"

// A quantised product of a network as pods and post-processors compute it.
namespace sosa::host {

// QLinearConv, ConvInteger, QLinearMatMul or MatMulInteger, as the ONNX specification defines them, in terms
// of int8 or uint8 operands, int32 sums and one multiplier a column. `channels` columns are all groups
// together.
struct GraphProduct {
    std::uint32_t node = 0;
    std::uint32_t x = kAbsent, w = kAbsent, y = kAbsent;  // values
    bool conv = false;
    bool wide = false;  // the result is the int32 sum
    std::int32_t x_zero = 0, y_zero = 0;
    std::vector<std::int32_t> w_zero{};  // by column
    std::vector<float> scale{};          // by column; 1 of wide results
    std::vector<std::int32_t> bias{};    // by column
    std::uint32_t groups = 1;
    std::uint64_t m = 0, k = 0, n = 0;  // of a group
    // Of convolutions: a 1-D one has height 1. Of matrix products: elements from group to group, 0 if shared.
    std::uint32_t batch = 1, in_h = 1, in_w = 1, in_channels = 1, out_h = 1,
                  out_w = 1;  // channels of a group
    std::uint32_t kernel_h = 1, kernel_w = 1, stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1;
    std::uint32_t pad_top = 0, pad_left = 0;
    std::uint64_t x_group = 0, w_group = 0;
};

// Reads constants, also those that follow from others.
using ConstantOf = std::function<TensorValue(std::uint32_t value)>;

// The product that a node is; none where pods cannot compute it exactly: operands that are not quantised,
// scales or zero points that are no constants or change from row to row, convolutions over three axes or with
// weights that are results, operands broadcast over some of their batches.
std::optional<GraphProduct> graph_product(const OpGraph& graph, std::uint32_t node, const Layer& layer,
                                          const ConstantOf& constant);

// W[k][column of all groups] of constant weights, element by element.
std::vector<std::uint8_t> weight_matrix(const GraphProduct& product, const TensorValue& weights);

}  // namespace sosa::host
