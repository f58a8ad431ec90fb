#include <algorithm>
#include <cmath>
#include <utility>

#include "host/op_eval_broadcast.h"
#include "host/op_eval_move.h"
#include "host/op_eval_product.h"
#include "host/op_eval_quantised.h"

namespace sosa::host {
namespace {

// Matrices m x k times k x n, for every index of the broadcast dimensions before them.
struct MatrixPlan {
    std::int64_t m = 1, k = 1, n = 1;
    Dims batch{};
    std::vector<std::int64_t> a_strides{}, b_strides{};  // along `batch`, in matrices
    Dims result{};
};

// NumPy's matmul: a vector in front is a row, one behind a column, and the result has no dimension for it.
MatrixPlan plan_matmul(const OpNode& node, const Dims& a, const Dims& b) {
    if (a.empty() || b.empty()) refuse(node, "a scalar", "operands of one or more dimensions");
    MatrixPlan plan;
    plan.k = a.back();
    plan.m = a.size() == 1 ? 1 : a[a.size() - 2];
    plan.n = b.size() == 1 ? 1 : b.back();
    if (plan.k != (b.size() == 1 ? b[0] : b[b.size() - 2])) {
        refuse(node, "operands of " + dims_text(a) + " and " + dims_text(b),
               "as many columns in the first as rows in the second");
    }
    const Dims a_batch(a.begin(),
                       a.end() - std::min<std::ptrdiff_t>(2, static_cast<std::ptrdiff_t>(a.size())));
    const Dims b_batch(b.begin(),
                       b.end() - std::min<std::ptrdiff_t>(2, static_cast<std::ptrdiff_t>(b.size())));
    plan.result = plan.batch = broadcast_dims(node, {a_batch, b_batch});
    if (a.size() > 1) plan.result.push_back(plan.m);
    if (b.size() > 1) plan.result.push_back(plan.n);
    if (element_count(a) == 0 || element_count(b) == 0) {  // strides could overflow, and are not needed
        plan.a_strides = plan.b_strides = Dims(plan.batch.size(), 0);
    } else {
        plan.a_strides = broadcast_strides(a_batch, plan.batch);
        plan.b_strides = broadcast_strides(b_batch, plan.batch);
    }
    return plan;
}

template <class T>
void pack_columns(const T* b, const MatrixPlan& plan, std::int64_t first, T* panel) {
    const std::int64_t lanes = std::min(kLanes, plan.n - first);
    for (std::int64_t k = 0; k < plan.k; ++k, panel += kLanes) {
        std::fill(std::copy_n(b + k * plan.n + first, lanes, panel), panel + kLanes, T{0});
    }
}

// finish(offset in the result, row, column, sum) for every element of one product.
template <class T, class Finish>
void multiply_one(const MatrixPlan& plan, const T* a, const T* b, std::int64_t start, std::vector<T>& panel,
                  Finish&& finish) {
    for (std::int64_t first = 0; first < plan.n; first += kLanes) {
        pack_columns(b, plan, first, panel.data());
        const std::int64_t lanes = std::min(kLanes, plan.n - first);
        multiply_panel(a, plan.m, plan.k, panel.data(), [&](std::int64_t row, const T* sums) {
            for (std::int64_t l = 0; l < lanes; ++l)
                finish(start + row * plan.n + first + l, row, first + l, sums[l]);
        });
    }
}

template <class T, class Finish>
void multiply_all(const MatrixPlan& plan, const T* a, const T* b, Finish&& finish) {
    if (element_count(plan.result) == 0) return;
    std::vector<T> panel(static_cast<std::size_t>(plan.k * kLanes));
    const std::int64_t products = element_count(plan.batch);
    for (std::int64_t i = 0; i < products; ++i) {
        std::int64_t a_at = 0, b_at = 0, rest = i;
        for (std::size_t d = plan.batch.size(); d-- > 0; rest /= plan.batch[d]) {
            a_at += rest % plan.batch[d] * plan.a_strides[d];
            b_at += rest % plan.batch[d] * plan.b_strides[d];
        }
        multiply_one(plan, a + a_at * plan.m * plan.k, b + b_at * plan.k * plan.n, i * plan.m * plan.n, panel,
                     finish);
    }
}

const std::vector<ElementType>& product_types() {
    static const std::vector<ElementType> types{ElementType::f16, ElementType::bf16, ElementType::f32,
                                                ElementType::f64, ElementType::s32,  ElementType::s64,
                                                ElementType::u32, ElementType::u64};
    return types;
}

Outputs eval_matmul(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 2, 2);
    const TensorValue &a = input(node, inputs, 0), &b = input(node, inputs, 1);
    expect_type(node, "input 0", a, product_types());
    expect_same_type(node, a, b);
    const MatrixPlan plan = plan_matmul(node, a.dims, b.dims);
    TensorValue y = make_result(node, a.type, plan.result);
    visit_product(a.type, [&](auto tag) {
        using S = typename decltype(tag)::type;
        std::vector<Sum<S>> a_room, b_room;
        S* const to = elements<S>(y);
        multiply_all(plan, summands<S>(a, a_room), summands<S>(b, b_room),
                     [to](std::int64_t at, std::int64_t, std::int64_t, Sum<S> sum) {
                         to[at] = store<S>(static_cast<Compute<S>>(sum));
                     });
    });
    return {std::move(y)};
}

// "alpha" and "beta" as factors of sums.
template <class T>
T gemm_factor(const OpNode& node, const std::string& attribute) {
    const float factor = node.real(attribute, 1);
    if constexpr (std::is_floating_point_v<T>) return static_cast<T>(factor);
    constexpr float kFar = 9.0e18F;
    if (!(std::fabs(factor) < kFar) || factor != std::floor(factor))
        refuse(node, attribute + " " + std::to_string(factor), "a whole number, as the tensors' type");
    return static_cast<T>(static_cast<std::int64_t>(factor));
}

template <class S>
TensorValue gemm(const OpNode& node, const TensorValue& a, const TensorValue& b, const TensorValue* c) {
    const MatrixPlan plan = plan_matmul(node, a.dims, b.dims);
    TensorValue y = make_result(node, a.type, plan.result);
    std::vector<Sum<S>> a_room, b_room, c_room;
    const Sum<S> alpha = gemm_factor<Sum<S>>(node, "alpha"), beta = gemm_factor<Sum<S>>(node, "beta");
    std::vector<std::int64_t> c_strides(2, 0);
    const Sum<S>* addends = nullptr;
    if (c != nullptr) {
        expect_broadcasts_to(node, c->dims, plan.result);
        c_strides = broadcast_strides(c->dims, plan.result);
        addends = summands<S>(*c, c_room);
    }
    S* const to = elements<S>(y);
    multiply_all(plan, summands<S>(a, a_room), summands<S>(b, b_room),
                 [&](std::int64_t at, std::int64_t row, std::int64_t column, Sum<S> sum) {
                     Sum<S> value = alpha * sum;
                     if (addends != nullptr)
                         value += beta * addends[row * c_strides[0] + column * c_strides[1]];
                     to[at] = store<S>(static_cast<Compute<S>>(value));
                 });
    return y;
}

TensorValue gemm_operand(const OpNode& node, const TensorValue& tensor, const std::string& transposed) {
    if (tensor.dims.size() != 2) refuse(node, "an operand of " + dims_text(tensor.dims), "matrices");
    return node.integer(transposed, 0) != 0 ? permuted(node, tensor, {1, 0}) : tensor;
}

Outputs eval_gemm(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 2, 3);
    expect_type(node, "input 0", input(node, inputs, 0), product_types());
    const TensorValue a = gemm_operand(node, input(node, inputs, 0), "transA");
    const TensorValue b = gemm_operand(node, input(node, inputs, 1), "transB");
    const TensorValue* const c = optional_input(inputs, 2);
    expect_same_type(node, a, b);
    if (c != nullptr) expect_same_type(node, a, *c);
    return {
        visit_product(a.type, [&](auto tag) { return gemm<typename decltype(tag)::type>(node, a, b, c); })};
}

// Operands of MatMulInteger and QLinearMatMul without their zero points: one for all, one a row of the first
// or one a column of the second.
struct CentredOperands {
    MatrixPlan plan;
    std::vector<std::uint32_t> a, b;
};
CentredOperands centred_operands(const OpNode& node, const TensorValue& a, const TensorValue* a_zero,
                                 const TensorValue& b, const TensorValue* b_zero) {
    expect_type(node, "a", a, byte_types());
    expect_type(node, "b", b, byte_types());
    CentredOperands operands{plan_matmul(node, a.dims, b.dims), {}, {}};
    const MatrixPlan& plan = operands.plan;
    operands.a = centred(a, zero_points(node, "a", a, a_zero, plan.m),
                         [&](std::int64_t i) { return i / plan.k % plan.m; });
    operands.b =
        centred(b, zero_points(node, "b", b, b_zero, plan.n), [&](std::int64_t i) { return i % plan.n; });
    return operands;
}

Outputs eval_matmul_integer(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 2, 4);
    const CentredOperands operands = centred_operands(node, input(node, inputs, 0), optional_input(inputs, 2),
                                                      input(node, inputs, 1), optional_input(inputs, 3));
    TensorValue y = make_result(node, ElementType::s32, operands.plan.result);
    std::int32_t* const to = elements<std::int32_t>(y);
    multiply_all(operands.plan, operands.a.data(), operands.b.data(),
                 [to](std::int64_t at, std::int64_t, std::int64_t, std::uint32_t sum) {
                     to[at] = static_cast<std::int32_t>(sum);
                 });
    return {std::move(y)};
}

Outputs eval_qlinear_matmul(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 8, 8);
    const CentredOperands operands = centred_operands(node, input(node, inputs, 0), &input(node, inputs, 2),
                                                      input(node, inputs, 3), &input(node, inputs, 5));
    const MatrixPlan& plan = operands.plan;
    const auto a_scale = scales(node, "a", input(node, inputs, 1), plan.m);
    const auto b_scale = scales(node, "b", input(node, inputs, 4), plan.n);
    const Requantise to = requantise_to(node, inputs, 6, plan.m);
    TensorValue y = make_result(node, to.type, plan.result);
    multiply_all(plan, operands.a.data(), operands.b.data(),
                 [&](std::int64_t at, std::int64_t row, std::int64_t column, std::uint32_t sum) {
                     const float multiplier = a_scale.at(row) * b_scale.at(column) / to.scale.at(row);
                     y.bytes[static_cast<std::size_t>(at)] =
                         requantised(static_cast<std::int32_t>(sum), multiplier, to.zero.at(row), to.type);
                 });
    return {std::move(y)};
}

}  // namespace

const std::vector<EvalEntry>& eval_linear() {
    static const std::vector<EvalEntry> entries{{"Gemm", eval_gemm},
                                                {"MatMul", eval_matmul},
                                                {"MatMulInteger", eval_matmul_integer},
                                                {"QLinearMatMul", eval_qlinear_matmul}};
    return entries;
}

}  // namespace sosa::host
