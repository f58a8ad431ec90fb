#include "host/pod_pins.h"

#include <algorithm>
#include <cstring>

#include "pods/psum.h"

namespace sosa::host {

using pods::ArrayInputs;
using pods::ArrayOutputs;
using pods::ArrayShape;

namespace {

std::vector<std::uint32_t> words_of(std::uint32_t bits) {
    return std::vector<std::uint32_t>((bits + 31) / 32);
}

void pack_row(const std::int32_t* psum, const ArrayShape& shape, std::vector<std::uint32_t>& words) {
    pods::pack_psums(reinterpret_cast<std::uint8_t*>(words.data()), psum, shape.cols, shape.psum_bytes());
}

unsigned count_bits(const ArrayShape& s) {
    unsigned bits = 0;
    while (s.rows >> bits) ++bits;
    return bits;
}

}  // namespace

InputPins::InputPins(const ArrayShape& s)
    : x(words_of(8 * s.rows)), w(words_of(8 * s.cols)), psum(words_of(s.psum_bits * s.cols)) {}

OutputPins::OutputPins(const ArrayShape& s)
    : psum(words_of(s.psum_bits * s.cols)), overflow(words_of(s.cols)) {}

bool operator==(const OutputPins& a, const OutputPins& b) {
    return a.valid == b.valid && a.last == b.last && a.busy == b.busy && a.w_rows == b.w_rows &&
           a.psum == b.psum && a.overflow == b.overflow;
}

void pack(const ArrayInputs& in, const ArrayShape& shape, InputPins& pins) {
    pins.flags = in;
    pins.flags.x = pins.flags.w = nullptr;
    pins.flags.psum = nullptr;
    if (in.x) std::memcpy(pins.x.data(), in.x, shape.rows);
    if (in.w) std::memcpy(pins.w.data(), in.w, shape.cols);
    if (in.psum)
        pack_row(in.psum, shape, pins.psum);
    else if (in.x_valid)  // null stands for zeros there
        std::fill(pins.psum.begin(), pins.psum.end(), 0);
}

void pack(const ArrayOutputs& out, const ArrayShape& shape, OutputPins& pins) {
    pins.valid = out.valid;
    pins.last = out.last;
    pins.busy = out.busy;
    pins.w_rows = out.w_rows;
    pack_row(out.psum, shape, pins.psum);
    std::fill(pins.overflow.begin(), pins.overflow.end(), 0);
    for (std::uint32_t j = 0; j < shape.cols; ++j)
        pins.overflow[j / 32] |= std::uint32_t{out.overflow[j] != 0} << j % 32;
}

std::uint8_t byte_lane(const std::vector<std::uint32_t>& words, std::uint32_t lane) {
    return static_cast<std::uint8_t>(words[lane / 4] >> lane % 4 * 8);
}

std::int32_t psum_lane(const std::vector<std::uint32_t>& words, std::uint32_t lane, std::uint32_t psum_bits) {
    const std::uint32_t bytes = psum_bits / 8;
    std::int32_t sum = 0;
    pods::unpack_psums(&sum, reinterpret_cast<const std::uint8_t*>(words.data()) + lane * bytes, 1, bytes);
    return sum;
}

bool bit_lane(const std::vector<std::uint32_t>& words, std::uint32_t lane) {
    return words[lane / 32] >> lane % 32 & 1;
}

std::string PinValue::name() const { return lane < 0 ? pin : pin + "_" + std::to_string(lane); }

std::vector<PinValue> input_values(const InputPins& pins, const ArrayShape& s) {
    const ArrayInputs& f = pins.flags;
    std::vector<PinValue> all = {
        {"rst_n", -1, 1, !f.reset},    {"en", -1, 1, f.enable},       {"x_valid", -1, 1, f.x_valid},
        {"x_swap", -1, 1, f.x_swap},   {"x_last", -1, 1, f.x_last},   {"x_signed", -1, 1, f.x_signed},
        {"w_valid", -1, 1, f.w_valid}, {"w_first", -1, 1, f.w_first}, {"w_signed", -1, 1, f.w_signed}};
    for (std::uint32_t i = 0; i < s.rows; ++i)
        all.push_back({"x_row", static_cast<int>(i), 8, byte_lane(pins.x, i)});
    for (std::uint32_t j = 0; j < s.cols; ++j)
        all.push_back({"w_row", static_cast<int>(j), 8, byte_lane(pins.w, j)});
    const std::uint32_t mask = ~std::uint32_t{0} >> (32 - s.psum_bits);
    for (std::uint32_t j = 0; j < s.cols; ++j)
        all.push_back({"ps_in", static_cast<int>(j), s.psum_bits,
                       static_cast<std::uint32_t>(psum_lane(pins.psum, j, s.psum_bits)) & mask});
    return all;
}

std::vector<PinValue> output_values(const OutputPins& pins, const ArrayShape& s) {
    std::vector<PinValue> all = {{"out_valid", -1, 1, pins.valid},
                                 {"out_last", -1, 1, pins.last},
                                 {"busy", -1, 1, pins.busy},
                                 {"w_rows", -1, count_bits(s), pins.w_rows}};
    const std::uint32_t mask = ~std::uint32_t{0} >> (32 - s.psum_bits);
    for (std::uint32_t j = 0; j < s.cols; ++j)
        all.push_back({"out_row", static_cast<int>(j), s.psum_bits,
                       static_cast<std::uint32_t>(psum_lane(pins.psum, j, s.psum_bits)) & mask});
    for (std::uint32_t j = 0; j < s.cols; ++j)
        all.push_back({"out_overflow", static_cast<int>(j), 1, bit_lane(pins.overflow, j)});
    return all;
}

}  // namespace sosa::host
