#include "hw/units.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <utility>
#include <vector>

#include "traces/error.h"
#include "traces/text.h"

namespace sosa::hw {

namespace {
// One unit is 10^decimal * 2^binary of the base unit (either exponent is 0).
struct Unit {
    std::string_view name;
    int decimal;
    int binary;
};

// In the order of preference between equally short texts.
const std::vector<Unit>& units(Quantity quantity) {
    static const std::vector<Unit> size = {{"B", 0, 0}, {"KiB", 0, 10}, {"MiB", 0, 20}, {"GiB", 0, 30}};
    static const std::vector<Unit> bandwidth = {{"B/s", 0, 0},    {"KiB/s", 0, 10}, {"MiB/s", 0, 20},
                                                {"GiB/s", 0, 30}, {"TiB/s", 0, 40}, {"GB/s", 9, 0}};
    static const std::vector<Unit> clock = {{"Hz", 0, 0}, {"kHz", 3, 0}, {"MHz", 6, 0}, {"GHz", 9, 0}};
    static const std::vector<Unit> time = {{"ns", 0, 0}, {"ps", -3, 0}, {"us", 3, 0}, {"ms", 6, 0}};
    static const std::vector<Unit> power = {{"W", 0, 0}, {"mW", -3, 0}, {"kW", 3, 0}};
    switch (quantity) {
        case Quantity::size:
            return size;
        case Quantity::bandwidth:
            return bandwidth;
        case Quantity::clock:
            return clock;
        case Quantity::time:
            return time;
        case Quantity::power:
            return power;
    }
    invariant_failed(__FILE__, __LINE__, "known quantity", std::to_string(static_cast<int>(quantity)));
}

// A number split from its unit: "1.50GHz" is {"1", "5", GHz}; zeros that end a fraction are dropped.
struct Parts {
    std::string_view whole;
    std::string_view fraction;
    const Unit* unit;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view take_digits(std::string_view& text) {
    const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
    const auto count = static_cast<std::size_t>(std::distance(text.begin(), end));
    const std::string_view digits = text.substr(0, count);
    text.remove_prefix(count);
    return digits;
}

std::optional<Parts> split(std::string_view text, Quantity quantity) {
    Parts parts{take_digits(text), {}, nullptr};
    if (parts.whole.empty() || (parts.whole.size() > 1 && parts.whole[0] == '0')) return std::nullopt;
    if (!text.empty() && text[0] == '.') {
        text.remove_prefix(1);
        parts.fraction = take_digits(text);
        if (parts.fraction.empty()) return std::nullopt;
        parts.fraction = parts.fraction.substr(0, parts.fraction.find_last_not_of('0') + 1);
    }
    for (const Unit& unit : units(quantity))
        if (unit.name == text) parts.unit = &unit;
    if (!parts.unit) return std::nullopt;
    return parts;
}

// The number `digits` * 10^exponent written without an exponent: "15" and -1 give "1.5".
std::string plain_decimal(std::string digits, int exponent) {
    if (digits == "0") return digits;
    if (exponent >= 0) return digits + std::string(static_cast<std::size_t>(exponent), '0');
    const auto places = static_cast<std::size_t>(-exponent);
    if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
    return digits.insert(digits.size() - places, ".");
}

// The shortest decimal that is nearest to `value` and no other double, in units of 10^-shift.
std::string shortest_decimal(double value, int shift) {
    char text[64];
    const auto end =
        std::to_chars(std::begin(text), std::end(text), value, std::chars_format::scientific).ptr;
    const std::string_view all(text, static_cast<std::size_t>(end - text));
    const std::size_t e = all.find('e');
    std::string digits(all.substr(0, e));
    int exponent = std::stoi(std::string(all.substr(e + 1))) - shift;
    if (const std::size_t point = digits.find('.'); point != std::string::npos) {
        exponent -= static_cast<int>(digits.size() - point - 1);
        digits.erase(point, 1);
    }
    return plain_decimal(digits, exponent);
}

// Whether `a` is the better way to write the same value.
bool better(const std::string& a, const std::string& b) {
    const auto rank = [](const std::string& s) { return std::pair(s.size(), s.find('.') != s.npos); };
    return b.empty() || rank(a) < rank(b);
}
}  // namespace

std::optional<std::uint64_t> parse_whole(std::string_view text) {
    if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
    if (text.size() > 1 && text[0] == '0') return std::nullopt;
    std::uint64_t value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    return result.ec == std::errc() ? std::optional(value) : std::nullopt;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
    const auto parts = split(text, Quantity::size);
    if (!parts) return std::nullopt;
    std::string digits = std::string(parts->whole) + std::string(parts->fraction);
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
    const auto number = parse_whole(digits);
    if (!number) return std::nullopt;
    std::uint64_t bytes = 0;
    if (__builtin_mul_overflow(*number, std::uint64_t{1} << parts->unit->binary, &bytes)) return std::nullopt;
    for (std::size_t i = 0; i < parts->fraction.size(); ++i) {
        if (bytes % 10 != 0) return std::nullopt;
        bytes /= 10;
    }
    return bytes;
}

std::optional<double> parse_quantity(std::string_view text, Quantity quantity) {
    const auto parts = split(text, quantity);
    if (!parts) return std::nullopt;
    // With the unit as exponent the library rounds once; a power of two then scales without rounding.
    const std::string number = std::string(parts->whole) + "." + std::string(parts->fraction) + "0e" +
                               std::to_string(parts->unit->decimal);
    double value = 0;
    const auto result = std::from_chars(number.data(), number.data() + number.size(), value);
    if (result.ec != std::errc()) return std::nullopt;
    value = std::ldexp(value, parts->unit->binary);
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::string format_size(std::uint64_t bytes) {
    std::string best;
    for (const Unit& unit : units(Quantity::size)) {
        std::string text = unit.binary == 0
                               ? std::to_string(bytes)
                               : shortest_decimal(std::ldexp(static_cast<double>(bytes), -unit.binary), 0);
        text += unit.name;
        if (parse_size(text) == bytes && better(text, best)) best = text;
    }
    return best;
}

std::string format_quantity(double value, Quantity quantity) {
    SOSA_CHECK(std::isfinite(value) && value >= 0, std::to_string(value));
    std::string best;
    for (const Unit& unit : units(quantity)) {
        const std::string text =
            shortest_decimal(std::ldexp(value, -unit.binary), unit.decimal) + std::string(unit.name);
        if (parse_quantity(text, quantity) == value && better(text, best)) best = text;
    }
    return best;
}

std::string units_of(Quantity quantity) {
    std::vector<std::string> names;
    for (const Unit& unit : units(quantity)) names.emplace_back(unit.name);
    return traces::join(names);
}

}  // namespace sosa::hw
