#include <cmath>
#include <limits>

#include "sc_tests/unit/op_eval_kit.h"

using namespace sosa::host;
using namespace sosa::host::kit;

namespace {

using Wholes = std::vector<std::int64_t>;

TensorValue counted(Dims dims) {  // 0, 1, 2, ...
    TensorValue x = make_tensor(ElementType::f32, std::move(dims));
    for (std::int64_t i = 0; i < element_count(x.dims); ++i) elements<float>(x)[i] = static_cast<float>(i);
    return x;
}

}  // namespace

TEST_CASE("Reductions take axes as attribute or input and keep dims or not") {
    const TensorValue x = counted({2, 3, 2});
    const auto kept = all_of(with(node("ReduceSum", 11), "axes", Wholes{0, 2}), {x});
    CHECK(kept[0].dims == Dims{1, 3, 1});
    CHECK(values_of<float>(kept[0]) == std::vector<float>{14, 22, 30});
    const auto dropped = all_of(with(node("ReduceSum"), "keepdims", 0), {x, list<std::int64_t>({-2})});
    CHECK(dropped[0].dims == Dims{2, 2});
    CHECK(values_of<float>(dropped[0]) == std::vector<float>{6, 9, 24, 27});
    CHECK(result_of<float>(node("ReduceMax"), {x}) == std::vector<float>{11});
    const OpNode none = with(node("ReduceSum"), "noop_with_empty_axes", 1);
    CHECK(all_of(none, {x, list<std::int64_t>({})})[0].bytes == x.bytes);
    CHECK(result_of<float>(node("ReduceProd"), {scalar(3.0F)}) == std::vector<float>{3});
    CHECK(refusal(with(node("ReduceMin"), "axes", Wholes{1, -2}), {x}) ==
          "\"it\" (ReduceMin): found axis -2 twice, allowed each axis once");
    CHECK(refusal(with(node("ReduceMin"), "axes", Wholes{3}), {x}) ==
          "\"it\" (ReduceMin): found axis 3, allowed -3 to 2");
}

TEST_CASE("Floats are added pairwise") {
    // 2^24 + 1 is no float32, and the first of the eight sums of the first 128 elements loses its 15 ones so.
    std::vector<float> values(1024, 1.0F);
    values[0] = 16777216.0F;
    CHECK(result_of<float>(node("ReduceSum"), {list(values)}) == std::vector<float>{16777216.0F + 1023 - 15});
}

TEST_CASE("Reductions of whole numbers wrap and cut off") {
    const auto x = list<std::int32_t>({std::numeric_limits<std::int32_t>::max(), 1, 1});
    CHECK(result_of<std::int32_t>(node("ReduceSum"), {x}) ==
          std::vector<std::int32_t>{std::numeric_limits<std::int32_t>::min() + 1});
    CHECK(result_of<std::int32_t>(node("ReduceMean"), {list<std::int32_t>({-3, -4})}) ==
          std::vector<std::int32_t>{-3});
    CHECK(result_of<std::int32_t>(node("ReduceL2"), {list<std::int32_t>({3, -4})}) ==
          std::vector<std::int32_t>{5});
    CHECK(result_of<std::int32_t>(node("ReduceL1"), {list<std::int32_t>({3, -4})}) ==
          std::vector<std::int32_t>{7});
}

TEST_CASE("Reductions of nothing") {
    const TensorValue nothing = tensor<float>({2, 0}, {});
    const OpNode sum = with(with(node("ReduceSum", 11), "axes", Wholes{1}), "keepdims", 0);
    CHECK(result_of<float>(sum, {nothing}) == std::vector<float>{0, 0});
    CHECK(refusal(with(node("ReduceMax"), "axes", Wholes{1}), {nothing}) ==
          "\"it\" (ReduceMax): found no elements along the axes, allowed at least 1");
}

TEST_CASE("LogSumExp keeps large numbers") {
    CHECK(result_of<float>(node("ReduceLogSumExp"), {list<float>({1000, 1000})}) ==
          std::vector<float>{1000.69318F});
}

TEST_CASE("ArgMax takes the first or the last of equals") {
    const TensorValue x = tensor<float>({2, 3}, {2, 2, 1, 0, 5, 5});
    const OpNode along = with(with(node("ArgMax", 13), "axis", 1), "keepdims", 0);
    CHECK(result_of<std::int64_t>(along, {x}) == Wholes{0, 1});
    CHECK(result_of<std::int64_t>(with(along, "select_last_index", 1), {x}) == Wholes{1, 2});
    const auto down = all_of(node("ArgMin"), {x});
    CHECK(down[0].dims == Dims{1, 3});
    CHECK(values_of<std::int64_t>(down[0]) == Wholes{1, 0, 0});
    CHECK(result_of<std::int64_t>(node("ArgMax"), {list<float>({1, std::nanf(""), 3})}) == Wholes{1});
}

TEST_CASE("CumSum goes either way with or without its own element") {
    const TensorValue x = tensor<std::int32_t>({2, 3}, {1, 2, 3, 4, 5, 6});
    const TensorValue axis = scalar<std::int32_t>(-1);
    using S32 = std::vector<std::int32_t>;
    CHECK(result_of<std::int32_t>(node("CumSum"), {x, axis}) == S32{1, 3, 6, 4, 9, 15});
    const OpNode back = with(node("CumSum"), "reverse", 1);
    CHECK(result_of<std::int32_t>(back, {x, axis}) == S32{6, 5, 3, 15, 11, 6});
    CHECK(result_of<std::int32_t>(with(back, "exclusive", 1), {x, axis}) == S32{5, 3, 0, 11, 6, 0});
    CHECK(result_of<std::int32_t>(node("CumSum"), {x, scalar<std::int64_t>(0)}) == S32{1, 2, 3, 5, 7, 9});
}
