#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Quantities as people write them in files and options: a plain decimal number and a unit, "1.5GHz".
// No sign, space, exponent, hex, leading zero or missing unit; what is not exactly so is refused.
namespace sosa::hw {

// The unit the value is counted in: bytes, bytes per second, hertz, nanoseconds, watts.
enum class Quantity { size, bandwidth, clock, time, power };

// A size is exact: a whole number of bytes below 2^64, or nothing. "0.5KiB" is 512 bytes, "0.3KiB" is
// refused.
std::optional<std::uint64_t> parse_size(std::string_view text);

// The double nearest to what is written, or nothing if it is malformed, too large or (but for 0) too small.
std::optional<double> parse_quantity(std::string_view text, Quantity quantity);

// A decimal integer without sign or leading zero that fits 64 bits.
std::optional<std::uint64_t> parse_whole(std::string_view text);

// The shortest text that parses back to exactly this value; between equals, one without a decimal point.
std::string format_size(std::uint64_t bytes);
std::string format_quantity(double value, Quantity quantity);

// "B, KiB, MiB, GiB"
std::string units_of(Quantity quantity);

}  // namespace sosa::hw
