#include <algorithm>
#include <array>
#include <limits>

#include "host/op_lowering_parts.h"
#include "traces/error.h"

// Operators that are products, as the matrices that the pods multiply.
namespace sosa::host {

namespace {
constexpr std::uint64_t kMaxKernel = 65'535;  // what a workload file allows

struct ProductRow {
    const char* op;
    std::size_t x, w, bias;  // operands
    ProductShape (*shape)(const OpGraph&, std::uint32_t node, ProductShape operands);
};

const Dims& value_dims(const OpGraph& graph, std::uint32_t node, std::uint32_t value, const char* what) {
    if (value == kAbsent || !graph.values[value].known)
        refuse_node(graph, node, std::string("no ") + what + " of a known shape", "one");
    return graph.values[value].dims;
}

std::uint64_t size_of(std::int64_t dim) { return static_cast<std::uint64_t>(dim); }

[[noreturn]] void refuse_shapes(const OpGraph& graph, std::uint32_t node, const ProductShape& p,
                                const std::string& allowed) {
    refuse_node(graph, node,
                "X of shape " + dims_text(graph.values[p.x].dims) + ", W of " +
                    dims_text(graph.values[p.w].dims) + " and a result of " +
                    dims_text(result_dims(graph, node)),
                allowed);
}

struct ConvDims {
    const Dims &x, &w, &y;
    std::int64_t groups;
};

ConvDims conv_dims(const OpGraph& graph, std::uint32_t node, const ProductShape& p) {
    const ConvDims d{value_dims(graph, node, p.x, "X"), value_dims(graph, node, p.w, "W"),
                     result_dims(graph, node), graph.nodes[node].integer("group", 1)};
    if (d.x.size() < 3 || d.w.size() != d.x.size() || d.y.size() != d.x.size() || d.x[0] != d.y[0])
        refuse_shapes(graph, node, p, "batch, channels and one or more axes of each");
    if (d.groups < 1 || d.x[1] % d.groups != 0)
        refuse_node(graph, node, "group " + std::to_string(d.groups),
                    "a divisor of " + std::to_string(d.x[1]) + " channels");
    const auto kernel = graph.nodes[node].integers("kernel_shape");
    if (!kernel.empty() && kernel != Dims(d.w.begin() + 2, d.w.end()))
        refuse_node(graph, node, "kernel_shape " + dims_text(kernel) + " and W of " + dims_text(d.w),
                    "the same kernel in both");
    return d;
}

ProductShape conv(const OpGraph& graph, std::uint32_t node, ProductShape p) {
    const ConvDims d = conv_dims(graph, node, p);
    if (d.x[1] / d.groups != d.w[1] || d.w[0] % d.groups != 0 || d.y[1] != d.w[0])
        refuse_shapes(graph, node, p,
                      "W of channels / " + std::to_string(d.groups) + " and a result of W's filters");
    p.m = times(size_of(d.y[0]), count_elements(d.y, 2));
    p.k = count_elements(d.w, 1);
    p.n = size_of(d.w[0] / d.groups);
    p.groups = size_of(d.groups);
    p.kernel_w = size_of(d.w.back());
    p.kernel_h = count_elements(Dims(d.w.begin() + 2, d.w.end() - 1));
    p.w_channels = 0;
    p.channels = 1;
    return p;
}

// Whether the windows that neighbours write to have elements in common.
bool overlaps(const OpGraph& graph, std::uint32_t node, const Dims& w) {
    const Dims strides = graph.nodes[node].integers("strides");
    const Dims dilations = graph.nodes[node].integers("dilations");
    for (std::size_t i = 2; i < w.size(); ++i) {
        const std::int64_t stride = i - 2 < strides.size() ? strides[i - 2] : 1;
        const bool spread = i - 2 < dilations.size() && dilations[i - 2] != 1;
        if (w[i] > stride || (spread && w[i] > 1)) return true;
    }
    return false;
}

// Each input pixel times all filters gives a window of the result.
ProductShape conv_transpose(const OpGraph& graph, std::uint32_t node, ProductShape p) {
    const ConvDims d = conv_dims(graph, node, p);
    if (d.x[1] != d.w[0] || d.y[1] % d.groups != 0 || d.y[1] / d.groups != d.w[1])
        refuse_shapes(graph, node, p, "W of as many channels as X and result");
    p.m = times(size_of(d.x[0]), count_elements(d.x, 2));
    p.k = size_of(d.x[1] / d.groups);
    p.n = count_elements(d.w, 1);
    p.groups = size_of(d.groups);
    if (d.groups == 1) p.w_channels = 1;
    p.channels = 1;
    if (overlaps(graph, node, d.w)) p.overlaps = times(times(p.m, p.n), p.groups);
    return p;
}

ProductShape gemm(const OpGraph& graph, std::uint32_t node, ProductShape p) {
    const Dims &a = value_dims(graph, node, p.x, "A"), &b = value_dims(graph, node, p.w, "B");
    const std::size_t trans_a = graph.nodes[node].integer("transA", 0) != 0 ? 1 : 0;
    const std::size_t trans_b = graph.nodes[node].integer("transB", 0) != 0 ? 1 : 0;
    if (a.size() != 2 || b.size() != 2 || a[1 - trans_a] != b[trans_b])
        refuse_shapes(graph, node, p, "matrices whose inner sizes are equal");
    p.m = size_of(a[trans_a]);
    p.k = size_of(a[1 - trans_a]);
    p.n = size_of(b[1 - trans_b]);
    p.w_channels = 1 - trans_b;
    p.channels = 1;
    if (p.bias == kAbsent || graph.values[p.bias].is_constant) return p;
    p.added = p.bias;
    p.bias = kAbsent;
    return p;
}

// The batch of a product of stacks of matrices, by NumPy's rules; none if they do not fit.
std::optional<std::uint64_t> joint_batch(const Dims& a, const Dims& b) {
    std::uint64_t all = 1;
    for (std::size_t i = 0; i + 2 < std::max(a.size(), b.size()); ++i) {  // from the last axis of the batch
        const std::int64_t of_a = i + 2 < a.size() ? a[a.size() - 3 - i] : 1;
        const std::int64_t of_b = i + 2 < b.size() ? b[b.size() - 3 - i] : 1;
        if (of_a != of_b && of_a != 1 && of_b != 1) return {};
        all = times(all, size_of(of_a == 1 ? of_b : of_a));
    }
    return all;
}

ProductShape matmul(const OpGraph& graph, std::uint32_t node, ProductShape p) {
    Dims a = value_dims(graph, node, p.x, "A"), b = value_dims(graph, node, p.w, "B");
    if (a.empty() || b.empty()) refuse_shapes(graph, node, p, "no scalars");
    if (b.size() > 1) p.w_channels = b.size() - 1;
    if (b.size() > 1 && !result_dims(graph, node).empty()) p.channels = result_dims(graph, node).size() - 1;
    if (a.size() == 1) a.insert(a.begin(), 1);
    if (b.size() == 1) b.push_back(1);
    const auto batch = joint_batch(a, b);
    if (!batch || a.back() != b[b.size() - 2])
        refuse_shapes(graph, node, p, "matrices whose inner sizes and batches fit");
    p.m = size_of(a[a.size() - 2]);
    p.k = size_of(a.back());
    p.n = size_of(b.back());
    const bool is_one_matrix = count_elements(Dims(b.begin(), b.end() - 2)) == 1;
    (is_one_matrix ? p.m : p.groups) = is_one_matrix ? times(p.m, *batch) : *batch;
    return p;
}

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
constexpr std::array<ProductRow, 8> kProducts = {{{"Conv", 0, 1, 2, conv},
                                                  {"ConvInteger", 0, 1, kNone, conv},
                                                  {"ConvTranspose", 0, 1, 2, conv_transpose},
                                                  {"Gemm", 0, 1, 2, gemm},
                                                  {"MatMul", 0, 1, kNone, matmul},
                                                  {"MatMulInteger", 0, 1, kNone, matmul},
                                                  {"QLinearConv", 0, 3, 8, conv},
                                                  {"QLinearMatMul", 0, 3, kNone, matmul}}};
}  // namespace

ProductShape product_shape(const OpGraph& graph, std::uint32_t node) {
    const OpNode& n = graph.nodes[node];
    const auto row =
        std::find_if(kProducts.begin(), kProducts.end(), [&](const auto& r) { return n.op == r.op; });
    SOSA_CHECK(row != kProducts.end(), n.op);
    ProductShape operands;
    operands.x = operand(n, row->x);
    operands.w = operand(n, row->w);
    operands.bias = operand(n, row->bias);
    return row->shape(graph, node, operands);
}

void check_product(const OpGraph& graph, std::uint32_t node, const ProductShape& p) {
    const auto check = [&](const char* what, std::uint64_t found, std::uint64_t most) {
        if (found > most)
            refuse_node(graph, node, std::string(what) + " = " + std::to_string(found),
                        "at most " + std::to_string(most));
    };
    check("m (rows of X)", p.m, kMaxDimension);
    check("k (columns of X)", p.k, kMaxDimension);
    check("n (columns of W)", p.n, kMaxDimension);
    check("groups", p.groups, kMaxDimension);
    check("height of the kernel", p.kernel_h, kMaxKernel);
    check("width of the kernel", p.kernel_w, kMaxKernel);
    check("multiply-accumulates", times(times(p.m, p.k), times(p.n, p.groups)), kMaxMacs);
}

}  // namespace sosa::host
