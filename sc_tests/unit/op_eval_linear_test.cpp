#include <cmath>
#include <limits>

#include "sc_tests/unit/op_eval_kit.h"

using namespace sosa::host;
using namespace sosa::host::kit;

namespace {

using U8 = std::uint8_t;
using S8 = std::int8_t;

}  // namespace

TEST_CASE("MatMul: batches broadcast, vectors have no dimension in the result") {
    const auto a = tensor<std::int32_t>({2, 1, 1, 3}, {1, 2, 3, 4, 5, 6});
    const auto b = tensor<std::int32_t>({2, 3, 2}, {1, 0, 0, 1, 1, 1, 2, 0, 0, 2, 0, 0});
    const auto y = all_of(node("MatMul"), {a, b})[0];
    CHECK(y.dims == Dims{2, 2, 1, 2});
    CHECK(values_of<std::int32_t>(y) == Ints{4, 5, 2, 4, 10, 11, 8, 10});

    const auto row = list<float>({1, 2}), matrix = tensor<float>({2, 3}, {1, 2, 3, 4, 5, 6});
    CHECK(all_of(node("MatMul"), {row, matrix})[0].dims == Dims{3});
    CHECK(result_of<float>(node("MatMul"), {row, matrix}) == Floats{9, 12, 15});
    CHECK(all_of(node("MatMul"), {row, row})[0].dims.empty());
    CHECK(result_of<float>(node("MatMul"), {row, row}) == Floats{5});
    CHECK(all_of(node("MatMul"), {tensor<float>({4, 0}, {}), tensor<float>({0, 2}, {})})[0].dims ==
          Dims{4, 2});
    CHECK(result_of<float>(node("MatMul"), {tensor<float>({1, 0}, {}), tensor<float>({0, 2}, {})}) ==
          Floats{0, 0});
}

// Sizes around the blocks that products are computed in, against the definition.
TEST_CASE("MatMul and MatMulInteger at every size up to 20 columns") {
    for (std::int64_t m = 1; m <= 3; ++m) {
        for (std::int64_t n = 1; n <= 20; ++n) {
            const std::int64_t k = n % 5 + 1;
            std::vector<U8> a, b;
            for (std::int64_t i = 0; i < m * k; ++i) a.push_back(static_cast<U8>(i * 37 + n));
            for (std::int64_t i = 0; i < k * n; ++i) b.push_back(static_cast<U8>(i * 91 + m));
            Ints sums;
            Floats expected;
            for (std::int64_t i = 0; i < m * n; ++i) {
                std::int32_t sum = 0, plain = 0;
                for (std::int64_t j = 0; j < k; ++j) {
                    const int x = a[static_cast<std::size_t>(i / n * k + j)],
                              w = b[static_cast<std::size_t>(j * n + i % n)];
                    sum += (x - 200) * (w - 3);
                    plain += x * w;
                }
                sums.push_back(sum);
                expected.push_back(static_cast<float>(plain));
            }
            const auto bytes_a = tensor<U8>({m, k}, a), bytes_b = tensor<U8>({k, n}, b);
            CHECK(result_of<std::int32_t>(node("MatMulInteger"),
                                          {bytes_a, bytes_b, scalar<U8>(200), scalar<U8>(3)}) == sums);
            const auto real_a = tensor<float>({m, k}, Floats(a.begin(), a.end()));
            const auto real_b = tensor<float>({k, n}, Floats(b.begin(), b.end()));
            CHECK(result_of<float>(node("MatMul"), {real_a, real_b}) == expected);
        }
    }
}

TEST_CASE("Sums of floats run by ascending depth, each rounded to float32") {
    // (1 + 2^-24) + 2^-24 is 1, 1 + (2^-24 + 2^-24) would be more.
    const float small = std::ldexp(1.0F, -24);
    const auto ones = list<float>({1, 1, 1});
    CHECK(result_of<float>(node("MatMul"), {list<float>({1, small, small}), ones}) == Floats{1});
    CHECK(result_of<float>(node("MatMul"), {list<float>({small, small, 1}), ones}) == Floats{1 + 2 * small});
}

TEST_CASE("Whole products wrap at their width") {
    const std::int32_t most = std::numeric_limits<std::int32_t>::max();
    CHECK(result_of<std::int32_t>(node("MatMul"),
                                  {list<std::int32_t>({most, 2}), list<std::int32_t>({2, 1})}) == Ints{0});
    const std::int64_t wide = std::numeric_limits<std::int64_t>::max();
    CHECK(result_of<std::int64_t>(node("MatMul"), {list<std::int64_t>({wide}), list<std::int64_t>({wide})}) ==
          std::vector<std::int64_t>{1});
}

TEST_CASE("Gemm: transposed operands, factors, and a bias that broadcasts") {
    const auto a = tensor<float>({3, 2}, {1, 2, 3, 4, 5, 6}), b = tensor<float>({2, 3}, {1, 0, 2, 0, 1, 3});
    auto both = with(with(node("Gemm"), "transA", 1), "transB", 1);
    CHECK(result_of<float>(both, {a, b}) == Floats{11, 18, 14, 22});
    both = with(with(both, "alpha", 0.5F), "beta", 2.0F);
    CHECK(result_of<float>(both, {a, b, list<float>({1, 10})}) == Floats{7.5F, 29, 9, 31});
    CHECK(result_of<float>(both, {a, b, tensor<float>({2, 1}, {1, 10})}) == Floats{7.5F, 11, 27, 31});
    const auto one = tensor<std::int32_t>({1, 1}, {3});
    CHECK(result_of<std::int32_t>(with(node("Gemm"), "alpha", -2.0F), {one, one, scalar<std::int32_t>(1)}) ==
          Ints{-17});
    CHECK(refusal(with(node("Gemm"), "alpha", 0.5F), {one, one}) ==
          "\"it\" (Gemm): found alpha 0.500000, allowed a whole number, as the tensors' type");
    CHECK(refusal(node("Gemm"), {list<float>({1}), b}) ==
          "\"it\" (Gemm): found an operand of 1, allowed matrices");
    CHECK(refusal(node("Gemm"), {a, a}) ==
          "\"it\" (Gemm): found operands of 3x2 and 3x2, allowed as many columns in the first as rows in the "
          "second");
}

TEST_CASE("MatMulInteger: a zero point for each row and column, types mixed") {
    const auto a = tensor<S8>({2, 2}, {-128, 127, 0, 1});
    const auto b = tensor<U8>({2, 2}, {255, 0, 128, 1});
    const auto rows = list<S8>({-128, 1}), columns = list<U8>({128, 0});
    // Rows {0, 255} and {-1, 0}, columns {127, 0} and {0, 1}.
    CHECK(result_of<std::int32_t>(node("MatMulInteger"), {a, b, rows, columns}) == Ints{0, 255, -127, 0});
    CHECK(result_of<std::int32_t>(node("MatMulInteger"), {a, b}) == Ints{-16384, 127, 128, 1});
    CHECK(refusal(node("MatMulInteger"), {a, b, list<S8>({1, 2, 3})}) ==
          "\"it\" (MatMulInteger): found zero point of a of 3, allowed one, or a list of 2");
    CHECK(refusal(node("MatMulInteger"), {a, b, scalar<U8>(1)}) ==
          "\"it\" (MatMulInteger): found zero point of a of uint8, allowed int8");
}

TEST_CASE("QLinearMatMul: halves go to even, results saturate") {
    const auto run = [](const std::vector<S8>& a, float y_scale, U8 y_zero) {
        const auto depth = static_cast<std::int64_t>(a.size());
        return result_of<U8>(node("QLinearMatMul"),
                             {tensor<S8>({depth, 1}, a), scalar(0.5F), scalar<S8>(0), tensor<S8>({1, 1}, {1}),
                              scalar(1.0F), scalar<S8>(0), scalar(y_scale), scalar<U8>(y_zero)});
    };
    CHECK(run({1, 3, 5, -1, -3, -5}, 1, 10) == std::vector<U8>{10, 12, 12, 10, 8, 8});
    CHECK(run({127, -128, 0}, 0.25F, 100) == std::vector<U8>{255, 0, 100});
    CHECK(run({127, -128, 0}, 1e-30F, 7) == std::vector<U8>{255, 0, 7});
    // The multiplier is infinite here; 0 times that counts as 0.
    CHECK(run({1, -1, 0}, 1e-45F, 9) == std::vector<U8>{255, 0, 9});
}

TEST_CASE("QLinearMatMul: scales for each row and column, in float32") {
    const auto a = tensor<U8>({2, 1}, {10, 10}), b = tensor<S8>({1, 2}, {3, -3});
    const std::vector<TensorValue> inputs{a,
                                          list<float>({0.5F, 0.1F}),
                                          scalar<U8>(0),
                                          b,
                                          list<float>({1, 0.7F}),
                                          scalar<S8>(0),
                                          list<float>({1, 0.3F}),
                                          list<S8>({0, 1})};
    const auto at = [](float x, float w, float y, int sum, int zero) {
        return static_cast<S8>(std::nearbyint(static_cast<float>(sum) * (x * w / y)) +
                               static_cast<float>(zero));
    };
    CHECK(result_of<S8>(node("QLinearMatMul"), inputs) ==
          std::vector<S8>{at(0.5F, 1, 1, 30, 0), at(0.5F, 0.7F, 1, -30, 0), at(0.1F, 1, 0.3F, 30, 1),
                          at(0.1F, 0.7F, 0.3F, -30, 1)});
    auto bad = inputs;
    bad[6] = scalar(0.0F);
    CHECK(refusal(node("QLinearMatMul"), bad) ==
          "\"it\" (QLinearMatMul): found scale of y 0, allowed a positive number");
    bad[6] = scalar(std::nanf(""));
    CHECK(refusal(node("QLinearMatMul"), bad) ==
          "\"it\" (QLinearMatMul): found scale of y nan, allowed a finite number that is not negative");
    bad[6] = absent;
    CHECK(refusal(node("QLinearMatMul"), bad) ==
          "\"it\" (QLinearMatMul): found no input 6, allowed a node that has it");
}

TEST_CASE("Products refuse operands that do not fit") {
    const auto a = tensor<float>({2, 3}, Floats(6, 1.0F));
    CHECK(refusal(node("MatMul"), {a, a}) ==
          "\"it\" (MatMul): found operands of 2x3 and 2x3, allowed as many columns in the first as rows in "
          "the second");
    CHECK(refusal(node("MatMul"), {scalar(1.0F), a}) ==
          "\"it\" (MatMul): found a scalar, allowed operands of one or more dimensions");
    CHECK(refusal(node("MatMul"), {a}) == "\"it\" (MatMul): found 1 inputs, allowed 2");
    CHECK(refusal(node("MatMul"), {tensor<float>({1 << 20, 0}, {}), tensor<float>({0, 1 << 20}, {})}) ==
          "\"it\" (MatMul): found a result of 1048576x1048576, allowed at most 8 GiB");
}
