#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "pods/array.h"
#include "pods/rtl_pod.h"

// The pins of a pod as the wires of the RTL have them: rows as packed words.
namespace sosa::host {

struct InputPins {
    explicit InputPins(const pods::ArrayShape& shape);
    pods::ArrayInputs flags;  // without its pointers
    std::vector<std::uint32_t> x, w, psum;
};

struct OutputPins {
    explicit OutputPins(const pods::ArrayShape& shape);
    bool valid = false, last = false, busy = false;
    std::uint32_t w_rows = 0;
    std::vector<std::uint32_t> psum, overflow;
};
bool operator==(const OutputPins& a, const OutputPins& b);

// Rows whose pointer is null keep what stood on the wires.
void pack(const pods::ArrayInputs& in, const pods::ArrayShape& shape, InputPins& pins);
void pack(const pods::ArrayOutputs& out, const pods::ArrayShape& shape, OutputPins& pins);

std::uint8_t byte_lane(const std::vector<std::uint32_t>& words, std::uint32_t lane);
std::int32_t psum_lane(const std::vector<std::uint32_t>& words, std::uint32_t lane, std::uint32_t psum_bits);
bool bit_lane(const std::vector<std::uint32_t>& words, std::uint32_t lane);

// A value on a pin or on a lane of it, for people and for traces.
struct PinValue {
    std::string pin;  // "out_row"
    int lane;         // -1: the pin has no lanes
    unsigned width;
    std::uint32_t value;  // its bits
    std::string name() const;
};
// All of them, always in the same order.
std::vector<PinValue> input_values(const InputPins& pins, const pods::ArrayShape& shape);
std::vector<PinValue> output_values(const OutputPins& pins, const pods::ArrayShape& shape);

}  // namespace sosa::host
