#include "traces/format.h"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

namespace sosa::traces {

std::string shortest(double value) {
    constexpr double exact_integers = 9007199254740992.0;  // 2^53
    if (std::fabs(value) < exact_integers && std::trunc(value) == value)
        return std::to_string(static_cast<std::int64_t>(value));
    char text[40];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    return std::string(text, end);
}

std::string json_number(double value) {
    if (!std::isfinite(value)) return "null";
    std::string text = shortest(value);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return text;
}

std::string json_string(std::string_view text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string csv_field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

}  // namespace sosa::traces
