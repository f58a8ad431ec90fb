#pragma once
#include <cstddef>
#include <cstdint>

// What the lanes of a post-processor compute, element by element, bit for bit as ONNX defines the operators
// of the same names. Float32 arithmetic is rounded after each step; functions of the C library are taken in
// double and rounded once.
namespace sosa::pods {

enum class LaneType : std::uint8_t { f32, s8, u8, s32 };

// Whole numbers wrap around; div cuts fractions off and gives -1 where the divisor is 0. Of max and min NaN
// wins, and the second of two that are equal. clip goes to low..high, where high wins over a greater low.
// quantize is saturate(round_half_to_even(x / scale) + zero), NaN becomes the least; dequantize is (x - zero)
// * scale. cast from floats drops the fraction and saturates, NaN becomes 0; between whole numbers it keeps
// the lowest bits.
enum class LaneFunction : std::uint8_t {
    add,
    sub,
    mul,
    div,
    max,
    min,  // of two operands
    relu,
    clip,
    leaky_relu,
    sigmoid,
    tanh,
    exp,
    erf,
    sqrt,
    neg,
    abs,
    quantize,
    dequantize,
    cast
};

struct LaneOp {
    LaneFunction function = LaneFunction::add;
    LaneType in = LaneType::f32, out = LaneType::f32;
    float alpha = 0.01F;       // of leaky_relu
    float scale = 1;           // of quantize and dequantize
    std::int32_t zero = 0;     // the same
    double low = 0, high = 0;  // of clip: values of the type
};

std::size_t lane_bytes(LaneType type);
std::size_t lane_operands(LaneFunction function);  // 1 or 2, of the type `in`

// Whether the lanes have the function for these types.
bool lane_takes(const LaneOp& op);

// `count` elements of operands that are contiguous and as long as the result; `b` is null where there is one.
// An operand may be the result.
void run_lanes(const LaneOp& op, const void* a, const void* b, std::size_t count, void* out);

}  // namespace sosa::pods
