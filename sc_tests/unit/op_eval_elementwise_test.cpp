#include <cmath>
#include <limits>

#include "sc_tests/unit/op_eval_kit.h"

using namespace sosa::host;
using namespace sosa::host::kit;

namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
const float kNan = std::nanf("");

}  // namespace

TEST_CASE("16-bit floats: nearest and ties to even from any double") {
    const auto half = [](double value) { return to_half(value).bits; };
    CHECK(half(1) == 0x3c00);
    CHECK(half(-2) == 0xc000);
    CHECK(half(65504) == 0x7bff);
    CHECK(half(65519.999) == 0x7bff);
    CHECK(half(65520) == 0x7c00);
    CHECK(half(-1e300) == 0xfc00);
    CHECK(half(std::ldexp(1, -24)) == 1);
    CHECK(half(std::ldexp(1, -25)) == 0);
    CHECK(half(std::ldexp(1.0000001, -25)) == 1);
    CHECK(half(std::ldexp(1023.5, -24)) == 0x0400);
    CHECK(half(2049) == half(2048));
    CHECK(half(2051) == half(2052));
    CHECK(half(-0.0) == 0x8000);
    CHECK(half(kNan) == 0x7e00);
    const auto brain = [](double value) { return to_brain(value).bits; };
    CHECK(brain(1) == 0x3f80);
    CHECK(brain(257) == 0x4380);
    CHECK(brain(259) == 0x4382);
    CHECK(brain(3.5e38) == 0x7f80);
    CHECK(brain(std::ldexp(1, -133)) == 1);
    CHECK(brain(kNan) == 0x7fc0);
}

TEST_CASE("16-bit floats: every value goes to float and back") {
    for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
        const auto half = static_cast<std::uint16_t>(bits);
        const float a = from_half(Half{half}), b = from_brain(Brain{half});
        if (!std::isnan(a)) REQUIRE(to_half(static_cast<double>(a)).bits == half);
        if (!std::isnan(b)) REQUIRE(to_brain(static_cast<double>(b)).bits == half);
    }
}

TEST_CASE("Arithmetic broadcasts from both sides") {
    const TensorValue column = tensor<std::int32_t>({2, 1}, {10, 20});
    const auto sum = all_of(node("Add"), {column, tensor<std::int32_t>({3}, {1, 2, 3})});
    CHECK(sum[0].dims == Dims{2, 3});
    CHECK(values_of<std::int32_t>(sum[0]) == std::vector<std::int32_t>{11, 12, 13, 21, 22, 23});
    const auto cube =
        all_of(node("Sub"), {tensor<float>({2, 1, 2}, {1, 2, 3, 4}), tensor<float>({2, 1}, {1, 2})});
    CHECK(cube[0].dims == Dims{2, 2, 2});
    CHECK(values_of<float>(cube[0]) == std::vector<float>{0, 1, -1, 0, 2, 3, 1, 2});
    CHECK(all_of(node("Mul"), {tensor<float>({0, 1}, {}), list<float>({1, 2})})[0].dims == Dims{0, 2});
    CHECK(
        result_of<float>(node("Sum"), {scalar(1.0F), list<float>({1, 2}), tensor<float>({2, 1}, {10, 20})}) ==
        std::vector<float>{12, 13, 22, 23});
    CHECK(result_of<float>(node("Mean"), {scalar(1.0F), list<float>({3, 5})}) == std::vector<float>{2, 3});
}

TEST_CASE("Whole numbers wrap around and are divided towards 0") {
    using S8 = std::int8_t;
    CHECK(result_of<S8>(node("Add"), {scalar<S8>(127), scalar<S8>(1)}) == std::vector<S8>{-128});
    CHECK(result_of<std::int64_t>(node("Mul"), {scalar(kMax<std::int64_t>), scalar(kMax<std::int64_t>)}) ==
          std::vector<std::int64_t>{1});
    CHECK(
        result_of<std::uint16_t>(node("Mul"), {scalar<std::uint16_t>(65535), scalar<std::uint16_t>(65535)}) ==
        std::vector<std::uint16_t>{1});
    CHECK(result_of<std::int32_t>(node("Div"), {list<std::int32_t>({-7, 7, kMin<std::int32_t>}),
                                                list<std::int32_t>({2, -2, -1})}) ==
          std::vector<std::int32_t>{-3, -3, kMin<std::int32_t>});
    CHECK(result_of<std::int32_t>(node("Neg"), {scalar(kMin<std::int32_t>)}) ==
          std::vector<std::int32_t>{kMin<std::int32_t>});
    CHECK(result_of<std::int64_t>(node("Abs"), {list<std::int64_t>({kMin<std::int64_t>, -3})}) ==
          std::vector<std::int64_t>{kMin<std::int64_t>, 3});
    CHECK(result_of<float>(node("Div"), {list<float>({1, -1}), scalar(0.0F)}) ==
          std::vector<float>{kInf, -kInf});
}

TEST_CASE("Mod has the sign of the divisor and with fmod that of the dividend") {
    const auto a = list<std::int32_t>({-7, 7, kMin<std::int32_t>}), b = list<std::int32_t>({3, -3, -1});
    CHECK(result_of<std::int32_t>(node("Mod"), {a, b}) == std::vector<std::int32_t>{2, -2, 0});
    const OpNode fmod = with(node("Mod"), "fmod", 1);
    CHECK(result_of<std::int32_t>(fmod, {a, b}) == std::vector<std::int32_t>{-1, 1, 0});
    CHECK(result_of<float>(fmod, {scalar(-7.5F), scalar(2.0F)}) == std::vector<float>{-1.5F});
    CHECK(refusal(node("Mod"), {scalar(1.0F), scalar(2.0F)}) ==
          "\"it\" (Mod): found input 0 without fmod of float32, allowed int8 int16 int32 int64 uint8 uint16 "
          "uint32 "
          "uint64");
}

TEST_CASE("Pow of whole numbers is exact, and mixes types") {
    const auto base = list<std::int64_t>({3, -2, -1, 2});
    CHECK(result_of<std::int64_t>(node("Pow"), {base, list<std::int64_t>({39, 63, -3, -1})}) ==
          std::vector<std::int64_t>{4052555153018976267, kMin<std::int64_t>, -1, 0});
    CHECK(result_of<float>(node("Pow"), {list<float>({2, 9}), list<double>({-1, 0.5})}) ==
          std::vector<float>{0.5F, 3});
    CHECK(result_of<std::int32_t>(node("Pow"), {scalar<std::int32_t>(10), scalar(1.5F)}) ==
          std::vector<std::int32_t>{31});
    CHECK(refusal(node("Pow"), {scalar<std::int32_t>(0), scalar<std::int32_t>(-1)}) ==
          "\"it\" (Pow): found 0 to a negative power, allowed powers of 0 that are not negative");
}

TEST_CASE("Max and Min keep NaN") {
    const auto a = list<float>({kNan, 1, 2}), b = list<float>({1, kNan, 3});
    const auto most = result_of<float>(node("Max"), {a, b}), least = result_of<float>(node("Min"), {a, b});
    CHECK((std::isnan(most[0]) && std::isnan(most[1]) && most[2] == 3));
    CHECK((std::isnan(least[0]) && std::isnan(least[1]) && least[2] == 2));
}

TEST_CASE("Shifts beyond the width give 0") {
    const OpNode left = with(node("BitShift"), "direction", std::string("LEFT"));
    CHECK(result_of<std::uint8_t>(left, {list<std::uint8_t>({3, 3, 3}), list<std::uint8_t>({1, 7, 8})}) ==
          std::vector<std::uint8_t>{6, 128, 0});
    CHECK(refusal(node("BitShift"), {scalar<std::uint8_t>(1), scalar<std::uint8_t>(1)}) ==
          "\"it\" (BitShift): found direction \"\", allowed LEFT or RIGHT");
    CHECK(refusal(left, {scalar<std::int8_t>(1), scalar<std::int8_t>(1)}) ==
          "\"it\" (BitShift): found an input of int8, allowed uint8 uint16 uint32 uint64");
}

TEST_CASE("Casts cut fractions off, saturate from floats and wrap between whole numbers") {
    const auto floats = list<float>({-1.9F, 300, -kInf, kNan, 1e20F});
    CHECK(result_of<std::int8_t>(with(node("Cast"), "to", 3), {floats}) ==
          std::vector<std::int8_t>{-1, 127, -128, 0, 127});
    CHECK(result_of<std::int64_t>(with(node("Cast"), "to", 7), {floats}) ==
          std::vector<std::int64_t>{-1, 300, kMin<std::int64_t>, 0, kMax<std::int64_t>});
    CHECK(result_of<std::uint8_t>(with(node("Cast"), "to", 2), {list<std::int32_t>({-1, 257})}) ==
          std::vector<std::uint8_t>{255, 1});
    CHECK(result_of<bool>(with(node("Cast"), "to", 9), {floats}) == std::vector<bool>(5, true));
    CHECK(result_of<float>(node("CastLike"), {list<bool>({true, false}), scalar(0.0F)}) ==
          std::vector<float>{1, 0});
    CHECK(refusal(with(node("Cast"), "to", 8), {floats}) ==
          "\"it\" (Cast): found data type 8, allowed numbers and bool");
    CHECK(refusal(with(node("Cast"), "to", std::int64_t{1} << 40), {floats}) ==
          "\"it\" (Cast): found data type 1099511627776, allowed numbers and bool");
}

TEST_CASE("Clip takes its limits from attributes before opset 11 and from inputs after") {
    const auto x = list<float>({-5, 0.5F, 5, kInf});
    CHECK(result_of<float>(with(with(node("Clip", 6), "min", -1.0F), "max", 1.0F), {x}) ==
          std::vector<float>{-1, 0.5F, 1, 1});
    CHECK(result_of<float>(node("Clip"), {x, absent, scalar(2.0F)}) == std::vector<float>{-5, 0.5F, 2, 2});
    CHECK(result_of<float>(node("Clip"), {x}) == std::vector<float>{-5, 0.5F, 5, kMax<float>});
    CHECK(result_of<float>(node("Clip"), {x, scalar(3.0F), scalar(1.0F)}) == std::vector<float>(4, 1.0F));
    CHECK(result_of<std::int8_t>(node("Clip", 12), {list<std::int8_t>({-9, 9}), scalar<std::int8_t>(-3)}) ==
          std::vector<std::int8_t>{-3, 9});
    CHECK(refusal(node("Clip"), {x, list<float>({1, 2})}) ==
          "\"it\" (Clip): found min of 2, allowed a scalar");
}

TEST_CASE("Rounding and activations at their corners") {
    CHECK(result_of<float>(node("Round"), {list<float>({0.5F, 1.5F, -2.5F, 2.6F})}) ==
          std::vector<float>{0, 2, -2, 3});
    CHECK(result_of<float>(node("Sigmoid"), {list<float>({0, -1000, 1000})}) ==
          std::vector<float>{0.5F, 0, 1});
    CHECK(result_of<float>(node("Softplus"), {list<float>({1000, -1000, 0})}) ==
          std::vector<float>{1000, 0, 0.693147181F});
    CHECK(result_of<float>(node("LeakyRelu"), {list<float>({-2, 2})}) == std::vector<float>{-0.02F, 2});
    CHECK(result_of<float>(with(node("HardSigmoid"), "beta", 0.25F), {list<float>({-9, 1, 9})}) ==
          std::vector<float>{0, 0.2F + 0.25F, 1});
    CHECK(result_of<std::int8_t>(with(node("Shrink"), "bias", 1.5F), {list<std::int8_t>({-4, 0, 4})}) ==
          std::vector<std::int8_t>{-2, 0, 2});
    CHECK(result_of<std::int32_t>(
              node("PRelu"), {tensor<std::int32_t>({2, 2}, {-1, 2, -3, -4}), list<std::int32_t>({5, 7})}) ==
          std::vector<std::int32_t>{-5, 2, -15, -28});
    CHECK(refusal(node("PRelu"), {scalar(1.0F), list<float>({1, 2})}) ==
          "\"it\" (PRelu): found a shape 2, allowed one that broadcasts to scalar");
    CHECK(result_of<bool>(with(node("IsInf"), "detect_negative", 0), {list<float>({kInf, -kInf, 0})}) ==
          std::vector<bool>{true, false, false});
}

TEST_CASE("Comparisons and choices broadcast") {
    CHECK(result_of<bool>(node("GreaterOrEqual"), {list<float>({1, 2, kNan}), scalar(2.0F)}) ==
          std::vector<bool>{false, true, false});
    CHECK(result_of<bool>(node("Equal"), {list<bool>({true, false}), scalar(true)}) ==
          std::vector<bool>{true, false});
    const auto chosen =
        all_of(node("Where"), {tensor<bool>({2, 1}, {true, false}), list<float>({1, 2}), scalar(9.0F)});
    CHECK(chosen[0].dims == Dims{2, 2});
    CHECK(values_of<float>(chosen[0]) == std::vector<float>{1, 2, 9, 9});
}

TEST_CASE("Dropout keeps everything in inference") {
    const auto x = list<float>({1, 2});
    const auto both = all_of(node("Dropout", 12, 2), {x, scalar(0.5F)});
    CHECK(values_of<float>(both[0]) == std::vector<float>{1, 2});
    CHECK(values_of<bool>(both[1]) == std::vector<bool>{true, true});
    CHECK(values_of<float>(all_of(node("Dropout", 7, 2), {x})[1]) == std::vector<float>{1, 1});
    CHECK(refusal(node("Dropout", 13), {x, scalar(0.5F), scalar(true)}) ==
          "\"it\" (Dropout): found training_mode with a ratio that is not 0, allowed inference");
}
