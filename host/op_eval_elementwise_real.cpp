#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "host/op_eval_elementwise.h"

// Functions of one float and up to two attributes; those of 16-bit floats are the float32 ones, rounded
// again.
namespace sosa::host {
namespace {

template <class C>
using RealFunction = C (*)(C x, C alpha, C beta);

struct RealAttribute {
    const char* name = nullptr;
    float otherwise = 0;
};

struct RealRow {
    const char* op;
    RealFunction<float> single;  // null: rounded from the other
    RealFunction<double> twofold;
    RealAttribute alpha{}, beta{};
};

// Arithmetic, in the type's own precision: each step is rounded, as NumPy does it.
template <class F>
constexpr RealRow plain(const char* op, F f, RealAttribute alpha = {}, RealAttribute beta = {}) {
    return RealRow{op, f, f, alpha, beta};
}

// Functions of the C library, for float32 too in double and then rounded: the nearest float32 but in about
// one of 10^8 cases, so that results do not depend on the library's version and the machine.
constexpr RealRow library(const char* op, RealFunction<double> f, RealAttribute alpha = {},
                          RealAttribute beta = {}) {
    return RealRow{op, nullptr, f, alpha, beta};
}

template <class C>
C within_0_1(C x) {
    return std::min(std::max(x, C{0}), C{1});
}

// Formulas as in the operators' specifications, in forms that neither overflow nor cancel.
const std::array kRows{
    library("Acos", [](double x, double, double) { return std::acos(x); }),
    library("Acosh", [](double x, double, double) { return std::acosh(x); }),
    library("Asin", [](double x, double, double) { return std::asin(x); }),
    library("Asinh", [](double x, double, double) { return std::asinh(x); }),
    library("Atan", [](double x, double, double) { return std::atan(x); }),
    library("Atanh", [](double x, double, double) { return std::atanh(x); }),
    plain("Ceil", [](auto x, auto, auto) { return std::ceil(x); }),
    library("Celu", [](double x, double a, double) { return x > 0 ? x : a * std::expm1(x / a); },
            {"alpha", 1}),
    library("Cos", [](double x, double, double) { return std::cos(x); }),
    library("Cosh", [](double x, double, double) { return std::cosh(x); }),
    library("Elu", [](double x, double a, double) { return x < 0 ? a * std::expm1(x) : x; }, {"alpha", 1}),
    library("Exp", [](double x, double, double) { return std::exp(x); }),
    plain("Floor", [](auto x, auto, auto) { return std::floor(x); }),
    plain("HardSigmoid", [](auto x, auto a, auto b) { return within_0_1(a * x + b); }, {"alpha", 0.2F},
          {"beta", 0.5F}),
    plain("HardSwish",
          [](auto x, auto, auto) { return x * within_0_1(x * (decltype(x){1} / 6) + decltype(x){0.5}); }),
    plain("LeakyRelu", [](auto x, auto a, auto) { return x < 0 ? a * x : x; }, {"alpha", 0.01F}),
    library("Log", [](double x, double, double) { return std::log(x); }),
    plain("Reciprocal", [](auto x, auto, auto) { return 1 / x; }),
    plain("Round", [](auto x, auto, auto) { return std::nearbyint(x); }),
    library("Selu", [](double x, double a, double g) { return g * (x > 0 ? x : a * std::expm1(x)); },
            {"alpha", 1.67326319217681884765625F}, {"gamma", 1.05070102214813232421875F}),
    library("Sigmoid", [](double x, double, double) { return 1 / (1 + std::exp(-x)); }),
    library("Sin", [](double x, double, double) { return std::sin(x); }),
    library("Sinh", [](double x, double, double) { return std::sinh(x); }),
    library("Softplus",
            [](double x, double, double) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }),
    plain("Softsign", [](auto x, auto, auto) { return x / (1 + std::abs(x)); }),
    plain("Sqrt", [](auto x, auto, auto) { return std::sqrt(x); }),
    library("Tan", [](double x, double, double) { return std::tan(x); }),
    library("Tanh", [](double x, double, double) { return std::tanh(x); }),
    plain("ThresholdedRelu", [](auto x, auto a, auto) { return x > a ? x : decltype(x){0}; }, {"alpha", 1}),
};

struct RealOf : ForReals {
    const RealRow* function;
    float alpha, beta;
    float operator()(float x) const {
        if (function->single != nullptr) return function->single(x, alpha, beta);
        return static_cast<float>(function->twofold(x, alpha, beta));
    }
    double operator()(double x) const { return function->twofold(x, alpha, beta); }
};

Outputs real_function(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 1);
    const auto* const found =
        std::find_if(kRows.begin(), kRows.end(), [&](const auto& r) { return node.op == r.op; });
    const auto attribute = [&node](const RealAttribute& one) {
        return one.name == nullptr ? 0.0F : node.real(one.name, one.otherwise);
    };
    const RealOf f{{}, found, attribute(found->alpha), attribute(found->beta)};
    return {apply_unary(node, input(node, inputs, 0), f)};
}

}  // namespace

const std::vector<EvalEntry>& eval_elementwise_real() {
    static const std::vector<EvalEntry> entries = [] {
        std::vector<EvalEntry> all;
        for (const RealRow& one : kRows) all.push_back({one.op, real_function});
        return all;
    }();
    return entries;
}

}  // namespace sosa::host
