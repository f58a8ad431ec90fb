#include <cmath>

#include "sc_tests/unit/op_eval_kit.h"

using namespace sosa::host;
using namespace sosa::host::kit;

namespace {

OpNode with_floats(OpNode made, const std::string& name, const Floats& values) {
    made.attributes[name].kind = OpAttribute::Kind::reals;
    made.attributes[name].reals = values;
    return made;
}

}  // namespace

TEST_CASE("Pad in both forms, beyond the size of the input") {
    const auto x = list<float>({1, 2, 3});
    CHECK(result_of<float>(with(with(node("Pad", 10), "pads", List{1, 2}), "value", 0.5F), {x}) ==
          Floats{0.5F, 1, 2, 3, 0.5F, 0.5F});
    const auto padded = [&](const char* mode, const List& pads) {
        return result_of<float>(with(node("Pad"), "mode", mode), {x, list<S64>(pads)});
    };
    CHECK(padded("constant", {-1, 1}) == Floats{2, 3, 0});
    CHECK(padded("edge", {2, 1}) == Floats{1, 1, 1, 2, 3, 3});
    CHECK(padded("reflect", {5, 3}) == Floats{2, 1, 2, 3, 2, 1, 2, 3, 2, 1, 2});
    CHECK(padded("reflect", {1, -2}) == Floats{2, 1});
    CHECK(refusal(with(node("Pad"), "mode", "wrap"), {x, list<S64>({0, 0})}) ==
          "\"it\" (Pad): found mode \"wrap\", allowed constant, reflect or edge");
    CHECK(refusal(node("Pad"), {x, list<S64>({kMax<S64>, kMax<S64>})}) ==
          "\"it\" (Pad): found pads 9223372036854775807 and 9223372036854775807 of an axis of 3, allowed an "
          "axis of 0 "
          "to 2^31, and elements to repeat");
    CHECK(refusal(node("Pad"), {x, list<S64>({-2, -2})}) ==
          "\"it\" (Pad): found pads -2 and -2 of an axis of 3, allowed an axis of 0 to 2^31, and elements to "
          "repeat");
    CHECK(refusal(node("Pad"), {x, list<S64>({0})}) ==
          "\"it\" (Pad): found 1 pads, allowed 2, two a dimension");
}

TEST_CASE("Range counts exactly at the ends of its type") {
    const auto range = [](S64 start, S64 limit, S64 delta) {
        return result_of<S64>(node("Range"), {scalar(start), scalar(limit), scalar(delta)});
    };
    CHECK(range(kMax<S64> - 2, kMax<S64>, 1) == List{kMax<S64> - 2, kMax<S64> - 1});
    CHECK(range(kMin<S64>, kMax<S64>, kMax<S64>) == List{kMin<S64>, -1, kMax<S64> - 1});
    CHECK(range(5, 0, -2) == List{5, 3, 1});
    CHECK(range(0, 5, -1).empty());
    CHECK(refusal(node("Range"), {scalar<S64>(kMin<S64>), scalar<S64>(kMax<S64>), scalar<S64>(1)}) ==
          "\"it\" (Range): found a result of 8589934593, allowed at most 8 GiB");
    CHECK(refusal(node("Range"), {scalar<S64>(0), scalar<S64>(1), scalar<S64>(0)}) ==
          "\"it\" (Range): found a delta of 0, allowed another");
    CHECK(refusal(node("Range"), {scalar(0.0F), scalar(std::nanf("")), scalar(1.0F)}) ==
          "\"it\" (Range): found a range that is not a number, allowed finite numbers");
    CHECK(result_of<float>(node("Range"), {scalar(1.0F), scalar(2.0F), scalar(0.3F)}) ==
          Floats{1, 1 + 0.3F, 1 + 2 * 0.3F, 1 + 3 * 0.3F});
}

TEST_CASE("ConstantOfShape, EyeLike, OneHot and Trilu") {
    CHECK(result_of<float>(node("ConstantOfShape"), {list<S64>({2})}) == Floats{0, 0});
    CHECK(all_of(node("ConstantOfShape"), {list<S64>({})})[0].dims.empty());
    CHECK(refusal(node("ConstantOfShape"), {list<S64>({-1})}) ==
          "\"it\" (ConstantOfShape): found a result of -1, allowed dimensions that are not negative");
    const auto zeros = tensor<std::int32_t>({2, 3}, Ints(6, 0));
    CHECK(result_of<std::int32_t>(with(node("EyeLike"), "k", -1), {zeros}) == Ints{0, 0, 0, 1, 0, 0});
    CHECK(result_of<std::int32_t>(with(node("EyeLike"), "k", kMin<S64>), {zeros}) == Ints(6, 0));
    CHECK(result_of<bool>(with(node("EyeLike"), "dtype", 9), {zeros}) ==
          std::vector<bool>{true, false, false, false, true, false});
    CHECK(refusal(with(node("EyeLike"), "dtype", 8), {zeros}) ==
          "\"it\" (EyeLike): found data type 8, allowed numbers and bool");
    const auto hot = all_of(with(node("OneHot"), "axis", 0),
                            {list<float>({1, -1, 7, 0.5F}), scalar<S64>(3), list<std::int8_t>({5, 6})})[0];
    CHECK(hot.dims == Dims{3, 4});
    CHECK(values_of<std::int8_t>(hot) == std::vector<std::int8_t>{5, 5, 5, 5, 6, 5, 5, 5, 5, 6, 5, 5});
    CHECK(refusal(node("OneHot"), {list<S64>({1}), scalar(-1.0F), list<float>({0, 1})}) ==
          "\"it\" (OneHot): found a depth of -1.000000, allowed 0 to 8589934592");
    const auto ones = tensor<std::int32_t>({2, 2, 2}, Ints(8, 1));
    CHECK(result_of<std::int32_t>(node("Trilu"), {ones}) == Ints{1, 1, 0, 1, 1, 1, 0, 1});
    CHECK(result_of<std::int32_t>(with(node("Trilu"), "upper", 0), {ones, scalar<S64>(-1)}) ==
          Ints{0, 0, 1, 0, 0, 0, 1, 0});
    CHECK(result_of<std::int32_t>(node("Trilu"), {ones, scalar<S64>(kMax<S64>)}) == Ints(8, 0));
}

TEST_CASE("TopK: k as attribute and input, equal elements by index, a NaN the greatest") {
    const float nan = std::nanf("");
    const auto x = list<float>({1, 3, nan, 3});
    const auto best = all_of(node("TopK", 11, 2), {x, list<S64>({3})});
    CHECK(values_of<S64>(best[1]) == List{2, 1, 3});
    CHECK(values_of<S64>(all_of(with(node("TopK", 11, 2), "largest", 0), {x, list<S64>({4})})[1]) ==
          List{0, 1, 3, 2});
    CHECK(values_of<S64>(all_of(with(node("TopK", 7, 2), "k", 1), {list<float>({1, 3, 3})})[1]) == List{1});
    CHECK(refusal(node("TopK", 11, 2), {x, list<S64>({5})}) == "\"it\" (TopK): found k 5, allowed 0 to 4");
    CHECK(refusal(node("TopK", 11, 2), {x}) == "\"it\" (TopK): found no k, allowed one");
}

TEST_CASE("NonZero of a scalar and of a matrix, Unique with NaNs") {
    const auto of_scalar = all_of(node("NonZero"), {scalar(2.0F)})[0];
    CHECK(of_scalar.dims == Dims{0, 1});
    CHECK(result_of<S64>(node("NonZero"), {tensor<bool>({2, 2}, {true, false, true, true})}) ==
          List{0, 1, 1, 0, 0, 1});
    const float nan = std::nanf("");
    const auto all =
        all_of(with(node("Unique", 11, 4), "sorted", 0), {tensor<float>({2, 2}, {nan, 2, nan, 1})});
    CHECK(all[0].dims == Dims{3});
    CHECK(values_of<S64>(all[1]) == List{0, 1, 3});
    CHECK(values_of<S64>(all[2]) == List{0, 1, 0, 2});
    CHECK(values_of<S64>(all[3]) == List{2, 1, 1});
}

TEST_CASE("Upsample and Resize in all their forms") {
    const auto x = tensor<float>({1, 2}, {1, 3});
    CHECK(result_of<float>(with_floats(node("Upsample", 7), "scales", {1, 2}), {x}) == Floats{1, 1, 3, 3});
    CHECK(result_of<float>(node("Upsample", 9), {x, list<float>({1, 2})}) == Floats{1, 1, 3, 3});
    CHECK(result_of<float>(with(node("Resize", 10), "mode", "linear"), {x, list<float>({1, 2})}) ==
          Floats{1, 2, 3, 3});
    CHECK(result_of<float>(with(node("Resize"), "mode", "linear"), {x, absent, list<float>({1, 2})}) ==
          Floats{1, 1.5F, 2.5F, 3});
    CHECK(result_of<float>(node("Resize"), {x, absent, absent, list<S64>({2, 1})}) == Floats{1, 1});
    const OpNode crop = with(
        with(with(node("Resize"), "coordinate_transformation_mode", "tf_crop_and_resize"), "mode", "linear"),
        "extrapolation_value", 9.0F);
    CHECK(result_of<float>(crop, {x, list<float>({0, 0, 1, 2}), absent, list<S64>({1, 3})}) ==
          Floats{1, 3, 9});
    CHECK(result_of<float>(with(crop, "mode", "nearest"),
                           {x, list<float>({0, 0, 1, 2}), absent, list<S64>({1, 3})}) == Floats{1, 3, 9});
    const OpNode corners =
        with(with(node("Resize"), "coordinate_transformation_mode", "align_corners"), "mode", "cubic");
    CHECK(result_of<float>(corners, {tensor<float>({3}, {1, 2, 4}), absent, absent, list<S64>({1})}) ==
          Floats{1});
    CHECK(refusal(node("Resize"), {x}) ==
          "\"it\" (Resize): found 0 scales and 0 sizes, allowed 2 of one of them");
    CHECK(refusal(node("Resize"), {x, absent, list<float>({1, 0})}) ==
          "\"it\" (Resize): found an axis of 2 to be of size 0.000000, allowed 0 to 2^31");
    CHECK(refusal(node("Resize"), {x, absent, list<float>({1, std::nanf("")})}).find("of size") !=
          std::string::npos);
    const S64 large = S64{1} << 20;
    CHECK(refusal(with(node("Resize"), "mode", "linear"),
                  {tensor<float>({large, 1}, Floats(large, 0)), absent, absent, list<S64>({1, large})}) ==
          "\"it\" (Resize): found a tensor of 1048576x1048576 on the way, allowed at most 2^30 elements");
    CHECK(refusal(node("Resize"), {x, absent, absent, list<S64>({large, large})}) ==
          "\"it\" (Resize): found a result of 1048576x1048576, allowed at most 8 GiB");
    CHECK(refusal(with(node("Resize"), "mode", "area"), {x, absent, list<float>({1, 2})}) ==
          "\"it\" (Resize): found mode \"area\", allowed nearest, linear, cubic, bilinear");
    CHECK(refusal(with(node("Resize"), "mode", "linear"),
                  {tensor<std::int8_t>({1}, {1}), absent, list<float>({2})}) ==
          "\"it\" (Resize): found input 0 of int8, allowed float16 bfloat16 float32 float64");
}
