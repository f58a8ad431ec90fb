#include <cmath>
#include <limits>

#include "sc_tests/unit/op_eval_kit.h"

using namespace sosa::host;
using namespace sosa::host::kit;

namespace {

using U8 = std::uint8_t;
using S8 = std::int8_t;

OpNode pool(const std::string& op, const List& kernel, std::uint32_t outputs = 1) {
    return with(node(op, 12, outputs), "kernel_shape", kernel);
}

const TensorValue& square() {
    static const TensorValue x = tensor<float>({1, 1, 3, 3}, {1, 2, 3, 4, 9, 6, 7, 8, 5});
    return x;
}

}  // namespace

TEST_CASE("MaxPool: the first of the greatest, its place in the whole tensor") {
    const auto both =
        all_of(pool("MaxPool", {2, 2}, 2), {tensor<S8>({1, 2, 2, 2}, {1, 7, 7, 0, -9, -8, -128, -7})});
    CHECK(both[0].dims == Dims{1, 2, 1, 1});
    CHECK(values_of<S8>(both[0]) == std::vector<S8>{7, -7});
    CHECK(values_of<std::int64_t>(both[1]) == List{1, 7});
    const OpNode by_column = with(pool("MaxPool", {2, 2}, 2), "storage_order", 1);
    CHECK(values_of<std::int64_t>(all_of(by_column, {square()})[1]) == List{4, 4, 4, 4});
    CHECK(values_of<std::int64_t>(all_of(with(by_column, "strides", List{1, 2}), {square()})[1]) ==
          List{4, 4});
    CHECK(values_of<std::int64_t>(all_of(with(pool("MaxPool", {1, 2}, 2), "storage_order", 1),
                                         {square()})[1]) == List{3, 6, 4, 4, 5, 5});
}

TEST_CASE("MaxPool: a NaN wins, padding never does") {
    const float nan = std::nanf("");
    const auto y = result_of<float>(pool("MaxPool", {2}), {tensor<float>({1, 1, 4}, {1, nan, 3, 4})});
    CHECK(std::isnan(y[0]));
    CHECK(std::isnan(y[1]));
    CHECK(y[2] == 4);
    const OpNode padded = with(pool("MaxPool", {2}), "pads", List{1, 1});
    CHECK(result_of<S8>(padded, {tensor<S8>({1, 1, 2}, {-5, -7})}) == std::vector<S8>{-5, -5, -7});
    CHECK(result_of<float>(padded, {tensor<float>({1, 1, 1}, {-std::numeric_limits<float>::infinity()})}) ==
          Floats(2, -std::numeric_limits<float>::infinity()));
}

TEST_CASE("MaxPool: ceil_mode adds a window, also one beyond the input") {
    const auto x = tensor<U8>({1, 1, 5}, {1, 2, 3, 4, 5});
    const OpNode by_two = with(pool("MaxPool", {2}), "strides", List{2});
    CHECK(result_of<U8>(by_two, {x}) == std::vector<U8>{2, 4});
    CHECK(result_of<U8>(with(by_two, "ceil_mode", 1), {x}) == std::vector<U8>{2, 4, 5});
    const OpNode beyond =
        with(with(with(pool("MaxPool", {1}, 2), "strides", List{3}), "ceil_mode", 1), "pads", List{0, 1});
    const auto both = all_of(beyond, {x});
    CHECK(values_of<U8>(both[0]) == std::vector<U8>{1, 4, 0});
    CHECK(values_of<std::int64_t>(both[1]) == List{0, 3, -1});
    CHECK(result_of<U8>(with(pool("MaxPool", {2}), "dilations", List{3}), {x}) == std::vector<U8>{4, 5});
}

TEST_CASE("AveragePool: what padding counts for") {
    const auto x = tensor<float>({1, 1, 3}, {3, 6, 9});
    const OpNode padded = with(pool("AveragePool", {2}), "pads", List{1, 1});
    CHECK(result_of<float>(padded, {x}) == Floats{3, 4.5F, 7.5F, 9});
    CHECK(result_of<float>(with(padded, "count_include_pad", 1), {x}) == Floats{1.5F, 4.5F, 7.5F, 4.5F});
    // The last window reaches one beyond the padding, which does not count.
    const OpNode beyond = with(
        with(with(with(pool("AveragePool", {3}), "pads", List{0, 1}), "strides", List{2}), "ceil_mode", 1),
        "count_include_pad", 1);
    CHECK(result_of<float>(beyond, {tensor<float>({1, 1, 4}, {3, 6, 9, 12})}) == Floats{6, 7});
    CHECK(result_of<float>(beyond, {tensor<float>({1, 1, 5}, {3, 6, 9, 12, 15})}) == Floats{6, 12, 7.5F});
    const OpNode away =
        with(with(with(pool("AveragePool", {1}), "pads", List{0, 1}), "strides", List{2}), "ceil_mode", 1);
    CHECK(result_of<float>(away, {tensor<float>({1, 1, 2}, {1, 2})}) == Floats{1, 0});
}

TEST_CASE("LpPool and the Global pools") {
    CHECK(result_of<float>(pool("LpPool", {1, 3}), {tensor<float>({1, 1, 1, 3}, {-2, 3, 6})}) == Floats{7});
    CHECK(result_of<float>(with(pool("LpPool", {1, 3}), "p", 1), {tensor<float>({1, 1, 1, 3}, {-2, 3, 6})}) ==
          Floats{11});
    CHECK(result_of<float>(node("GlobalLpPool"), {tensor<float>({1, 2, 2}, {3, -4, 0, 5})}) == Floats{5, 5});
    CHECK(result_of<float>(node("GlobalAveragePool"), {square()}) == Floats{5});
    const auto y = all_of(node("GlobalMaxPool"), {square()})[0];
    CHECK(y.dims == Dims{1, 1, 1, 1});
    CHECK(values_of<float>(y) == Floats{9});
    CHECK(refusal(with(pool("LpPool", {1}), "p", 0), {tensor<float>({1, 1, 1}, {1})}) ==
          "\"it\" (LpPool): found p 0, allowed 1 or more");
}

TEST_CASE("Pools refuse windows that make no sense") {
    const auto x = tensor<float>({1, 1, 3}, {1, 2, 3});
    CHECK(refusal(node("MaxPool"), {x}) ==
          "\"it\" (MaxPool): found kernel_shape [], allowed 1 numbers from 1 to 1073741824");
    CHECK(refusal(pool("MaxPool", {4}), {x}) ==
          "\"it\" (MaxPool): found a window that reaches over 4 elements, allowed at most the 3 of the "
          "padded input");
    CHECK(refusal(pool("AveragePool", {1, 1}), {x}) ==
          "\"it\" (AveragePool): found kernel_shape [1, 1], allowed 1 numbers from 1 to 1073741824");
    CHECK(refusal(pool("MaxPool", {2}), {list<float>({1})}) ==
          "\"it\" (MaxPool): found an input of 1, allowed batch, channels and one to three spatial axes");
    // The widest window there is, dilated as far as it goes, under SAME padding.
    const OpNode wide =
        with(with(pool("MaxPool", {1 << 30}), "dilations", List{1 << 30}), "auto_pad", "SAME_UPPER");
    CHECK(result_of<float>(wide, {x}).size() == 3);
}
