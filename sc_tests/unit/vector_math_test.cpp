#include "pods/vector_math.h"

#include <cmath>
#include <limits>
#include <random>

#include "sc_tests/unit/op_eval_cases.h"
#include "sc_tests/unit/op_eval_kit.h"

using namespace sosa::pods;
using namespace sosa::host;
namespace kit = sosa::host::kit;

namespace {

constexpr std::int64_t kCount = 20000;
constexpr LaneType kTypes[]{LaneType::f32, LaneType::s8, LaneType::u8, LaneType::s32};

ElementType element_type_of(LaneType type) {
    switch (type) {
        case LaneType::f32:
            return ElementType::f32;
        case LaneType::s8:
            return ElementType::s8;
        case LaneType::u8:
            return ElementType::u8;
        default:
            return ElementType::s32;
    }
}

// Any bits, so also NaN, infinities and the smallest numbers; every second float is between -8 and 8, and a
// few values are the corners.
TensorValue random_tensor(LaneType type, std::mt19937& random) {
    TensorValue result = make_tensor(element_type_of(type), {kCount});
    for (std::uint8_t& byte : result.bytes) byte = static_cast<std::uint8_t>(random());
    if (type == LaneType::s32) {
        elements<std::int32_t>(result)[0] = std::numeric_limits<std::int32_t>::min();
        for (std::int64_t i = 1; i < kCount; i += 2) elements<std::int32_t>(result)[i] >>= 20;
    }
    if (type != LaneType::f32) return result;
    std::uniform_real_distribution<float> small(-8, 8);
    for (std::int64_t i = 1; i < kCount; i += 2) elements<float>(result)[i] = small(random);
    const float corners[]{0.0F, -0.0F, 0.5F, -1.5F, 2.5F, 1e9F, -1e9F, INFINITY, -INFINITY, NAN};
    for (std::size_t i = 0; i < 100; ++i) elements<float>(result)[i] = corners[random() % 10];
    return result;
}

const char* operator_of(LaneFunction function) {
    static constexpr const char* names[]{
        "Add",     "Sub",  "Mul", "Div", "Max",  "Min", "Relu", "Clip",           "LeakyRelu",
        "Sigmoid", "Tanh", "Exp", "Erf", "Sqrt", "Neg", "Abs",  "QuantizeLinear", "DequantizeLinear",
        "Cast"};
    return names[static_cast<std::size_t>(function)];
}

// 1 element of the type.
TensorValue one(ElementType type, double value) {
    OpNode cast = kit::node("Cast");
    static const std::map<ElementType, int> numbers{
        {ElementType::f32, 1}, {ElementType::u8, 2}, {ElementType::s8, 3}, {ElementType::s32, 6}};
    return kit::all_of(kit::with(cast, "to", numbers.at(type)), {kit::scalar(value)})[0];
}

// The same by the host.
TensorValue expected(const LaneOp& op, std::vector<TensorValue> operands) {
    OpNode node = kit::node(operator_of(op.function));
    const ElementType in = element_type_of(op.in), out = element_type_of(op.out);
    if (op.function == LaneFunction::clip) {
        operands.push_back(one(in, op.low));
        operands.push_back(one(in, op.high));
    }
    if (op.function == LaneFunction::leaky_relu) node = kit::with(node, "alpha", op.alpha);
    if (op.function == LaneFunction::quantize || op.function == LaneFunction::dequantize) {
        operands.push_back(kit::scalar(op.scale));
        operands.push_back(one(op.function == LaneFunction::quantize ? out : in, op.zero));
    }
    if (op.function == LaneFunction::cast) {
        node = kit::node("CastLike");
        operands.push_back(one(out, 0));
    }
    return kit::all_of(node, operands)[0];
}

LaneOp lane_op(LaneFunction function, LaneType in, LaneType out) {
    LaneOp op{function, in, out};
    op.alpha = 0.125F;
    op.scale = 0.037F;
    op.zero = 7;
    op.low = 3;
    op.high = in == LaneType::f32 ? 5.5 : 100;
    return op;
}

}  // namespace

TEST_CASE("The lanes give what the host's operators give") {
    std::mt19937 random(1);
    int pairs = 0;
    for (int code = 0; code <= static_cast<int>(LaneFunction::cast); ++code) {
        for (const LaneType in : kTypes) {
            for (const LaneType out : kTypes) {
                const LaneOp op = lane_op(static_cast<LaneFunction>(code), in, out);
                if (!lane_takes(op)) continue;
                ++pairs;
                const bool two = lane_operands(op.function) == 2;
                std::vector<TensorValue> operands{random_tensor(in, random)};
                if (two) operands.push_back(random_tensor(in, random));
                if (op.function == LaneFunction::div && in != LaneType::f32) {
                    const TensorValue ones = one(element_type_of(in), 1);
                    operands[1] = kit::all_of(kit::node("Add"), {operands[1], ones})[0];
                    const TensorValue zero = one(element_type_of(in), 0);
                    const TensorValue is_zero = kit::all_of(kit::node("Equal"), {operands[1], zero})[0];
                    operands[1] = kit::all_of(kit::node("Where"), {is_zero, ones, operands[1]})[0];
                }
                TensorValue result = make_tensor(element_type_of(out), {kCount});
                run_lanes(op, operands[0].bytes.data(), two ? operands[1].bytes.data() : nullptr, kCount,
                          result.bytes.data());
                const cases::Difference difference = cases::compare(result, expected(op, operands));
                INFO(operator_of(op.function)
                     << " " << code << " " << static_cast<int>(in) << static_cast<int>(out));
                CHECK(difference.same_form);
                CHECK(difference.elements == 0);
            }
        }
    }
    // 8 functions of four types, 2 of the three with a sign, 6 of floats, 2 x 2 quantize, 3 dequantize, 16
    // casts.
    CHECK(pairs == 8 * 4 + 2 * 3 + 6 + 4 + 3 + 16);
}

TEST_CASE("What the host refuses the lanes define: whole numbers over 0 are -1") {
    const std::int32_t a[]{5, -5, std::numeric_limits<std::int32_t>::min()}, b[]{0, 2, -1};
    std::int32_t out[3]{};
    run_lanes({LaneFunction::div, LaneType::s32, LaneType::s32}, a, b, 3, out);
    CHECK(out[0] == -1);
    CHECK(out[1] == -2);
    CHECK(out[2] == std::numeric_limits<std::int32_t>::min());
    const std::uint8_t small[]{7}, none[]{0};
    std::uint8_t result[1]{};
    run_lanes({LaneFunction::div, LaneType::u8, LaneType::u8}, small, none, 1, result);
    CHECK(result[0] == 255);
}

TEST_CASE("The lanes quantize half to even and saturate") {
    const float x[]{1, 3, -1000, 1000, NAN};
    LaneOp op{LaneFunction::quantize, LaneType::f32, LaneType::s8};
    op.scale = 2;
    op.zero = 1;
    std::int8_t y[5]{};
    run_lanes(op, x, nullptr, 5, y);
    CHECK(std::vector<std::int8_t>(y, y + 5) == std::vector<std::int8_t>{1, 3, -128, 127, -128});
}
