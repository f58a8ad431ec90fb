#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/op_eval_parts.h"

// Scales and zero points of the quantised products, and the way from their sums to 8 bits.
namespace sosa::host {

const std::vector<ElementType>& byte_types();  // s8 u8

// Either one for the whole tensor or one for each of its channels (rows, columns).
template <class T>
struct PerChannel {
    std::vector<T> values{};
    T at(std::int64_t channel) const {
        return values[values.size() == 1 ? 0 : static_cast<std::size_t>(channel)];
    }
};

// One or `channels` zero points of the same type as `tensor`; 0 if there are none. `what` names it: "a".
PerChannel<std::int32_t> zero_points(const OpNode& node, const std::string& what, const TensorValue& tensor,
                                     const TensorValue* zero_point, std::int64_t channels);
// One or `channels` scales, finite and not negative.
PerChannel<float> scales(const OpNode& node, const std::string& what, const TensorValue& scale,
                         std::int64_t channels);

// The result's type and how sums are brought to it.
struct Requantise {
    ElementType type = ElementType::u8;
    PerChannel<float> scale{};
    PerChannel<std::int32_t> zero{};
};
// Of the two inputs from `first` on: scale and zero point.
Requantise requantise_to(const OpNode& node, const Inputs& inputs, std::size_t first, std::int64_t channels);

// saturate(round_half_to_even(float(sum) * multiplier) + zero), the multiplier in float32, as the chip's
// finishing stage does it.
std::uint8_t requantised(std::int32_t sum, float multiplier, std::int32_t zero, ElementType type);

// element - zero point, modulo 2^32; `channel_of` gives the channel of an element.
template <class ChannelOf>
std::vector<std::uint32_t> centred(const TensorValue& tensor, const PerChannel<std::int32_t>& zero,
                                   ChannelOf&& channel_of) {
    std::vector<std::uint32_t> values(tensor.bytes.size());
    const bool is_signed = tensor.type == ElementType::s8;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::uint8_t byte = tensor.bytes[i];
        const std::int32_t element = is_signed ? static_cast<std::int8_t>(byte) : byte;
        const std::int32_t zero_here = zero.at(channel_of(static_cast<std::int64_t>(i)));
        values[i] = static_cast<std::uint32_t>(element - zero_here);
    }
    return values;
}

}  // namespace sosa::host
