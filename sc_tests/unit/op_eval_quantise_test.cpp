#include <cmath>
#include <limits>

#include "sc_tests/unit/op_eval_kit.h"

using namespace sosa::host;
using namespace sosa::host::kit;

using U8 = std::vector<std::uint8_t>;
using S8 = std::vector<std::int8_t>;

TEST_CASE("QuantizeLinear rounds half to even before the zero point and saturates") {
    const auto x = list<float>({1, 3, 5, -3, 1000, -1000, std::nanf("")});
    CHECK(result_of<std::uint8_t>(node("QuantizeLinear"), {x, scalar(2.0F), scalar<std::uint8_t>(129)}) ==
          U8{129, 131, 131, 127, 255, 0, 0});
    CHECK(result_of<std::int8_t>(node("QuantizeLinear", 10), {x, scalar(2.0F), scalar<std::int8_t>(1)}) ==
          S8{1, 3, 3, -1, 127, -128, -128});
    CHECK(result_of<std::uint8_t>(node("QuantizeLinear"), {list<std::int32_t>({7, -7}), scalar(2.0F)}) ==
          U8{4, 0});
}

TEST_CASE("Scales along an axis") {
    const TensorValue x = tensor<float>({2, 2, 2}, {2, 4, 8, 16, -2, -4, -8, -16});
    const auto scales = list<float>({2, 4});
    CHECK(result_of<std::int8_t>(node("QuantizeLinear", 13), {x, scales, list<std::int8_t>({0, 1})}) ==
          S8{1, 2, 3, 5, -1, -2, -1, -3});
    const TensorValue q = tensor<std::int8_t>({2, 2}, {1, 2, 3, 4});
    CHECK(result_of<float>(with(node("DequantizeLinear"), "axis", -2),
                           {q, scales, list<std::int8_t>({1, 1})}) == std::vector<float>{0, 2, 8, 12});
    CHECK(refusal(node("QuantizeLinear", 13), {x, list<float>({1, 2, 3})}) ==
          "\"it\" (QuantizeLinear): found 3 scales for shape 2x2x2, allowed 2, as axis 1 has");
    CHECK(refusal(node("QuantizeLinear", 10), {x, scales}) ==
          "\"it\" (QuantizeLinear): found a scale of 2, allowed a scalar (lists from opset 13 on)");
    CHECK(refusal(node("QuantizeLinear", 13), {x, scales, scalar<std::int8_t>(0)}) ==
          "\"it\" (QuantizeLinear): found zero points of scalar, allowed as many as scales: 2");
}

TEST_CASE("DequantizeLinear takes int32") {
    CHECK(result_of<float>(node("DequantizeLinear"),
                           {list<std::int32_t>({std::numeric_limits<std::int32_t>::min(), 3}),
                            scalar(0.5F)}) == std::vector<float>{-1073741824.0F, 1.5F});
    CHECK(
        refusal(node("DequantizeLinear"), {list<std::int8_t>({1}), scalar(1.0F), scalar<std::uint8_t>(0)}) ==
        "\"it\" (DequantizeLinear): found inputs of int8 and uint8, allowed inputs of one type");
}

TEST_CASE("DynamicQuantizeLinear covers the range with 0 in it") {
    const auto all =
        all_of(node("DynamicQuantizeLinear", 11, 3), {list<float>({0, 2, -3, -2.5F, 1.34F, 0.5F})});
    CHECK(values_of<std::uint8_t>(all[0]) == U8{153, 255, 0, 26, 221, 179});
    CHECK(values_of<float>(all[1]) == std::vector<float>{5.0F / 255});
    CHECK(values_of<std::uint8_t>(all[2]) == U8{153});
    const auto zeros = all_of(node("DynamicQuantizeLinear", 11, 3), {list<float>({0, 0})});
    CHECK(values_of<std::uint8_t>(zeros[0]) == U8{0, 0});
    CHECK(values_of<float>(zeros[1]) == std::vector<float>{1});
}
