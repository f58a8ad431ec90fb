#pragma once
#include "host/op_graph.h"

namespace sosa::host {

// Turns quantised models of the QDQ form into those of the operator form: a Conv, Gemm or MatMul between
// DequantizeLinear of its operands and QuantizeLinear of its result becomes one QLinearConv or QLinearMatMul,
// with the bias and Relu between them, as runtimes do it: the sums stay integers until they are quantised.
// A bias that is float becomes int32 in steps of x_scale * w_scale. What does not match stays as it is.
// Operators that no output needs any more are taken out.
void fuse_quantised(OpGraph& graph);

}  // namespace sosa::host
