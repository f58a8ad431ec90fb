#include "host/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace sosa::host {

namespace {

// A character of UTF-8: its bytes and columns. Controls of text and of its direction are not shown, nor is
// what is no UTF-8, byte by byte; in their place stands one "?".
struct Character {
    std::size_t bytes = 1;
    std::size_t columns = 1;
    bool shown = false;
};

Character first_character(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) return {1, 1, lead >= 0x20 && lead != 0x7f};
    const std::size_t bytes = lead >= 0xf0 && lead < 0xf5 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
    if (bytes == 0 || lead >= 0xf5 || text.size() < bytes) return {};
    std::uint32_t code = lead & (0xffu >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return {};
        code = code << 6 | (byte(i) & 0x3fu);
    }
    constexpr std::array<std::uint32_t, 5> least = {0, 0, 0x80, 0x800, 0x10000};
    if (code < least[bytes] || code >= 0x110000 || (code >= 0xd800 && code <= 0xdfff)) return {};
    const auto within = [&](std::uint32_t first, std::uint32_t last) {
        return code >= first && code <= last;
    };
    if (within(0x80, 0x9f) || within(0x2028, 0x202e) || within(0x2066, 0x2069)) return {bytes, 1, false};
    return {bytes, code >= 0x1100 ? 2u : 1u, true};
}

// The first characters that fit, harmless.
std::string head_of(std::string_view text, std::size_t columns) {
    std::string head;
    while (!text.empty()) {
        const Character c = first_character(text);
        if (c.columns > columns) break;
        columns -= c.columns;
        head += c.shown ? text.substr(0, c.bytes) : "?";
        text.remove_prefix(c.bytes);
    }
    return head;
}

std::string value_of(const Variables& variables, const char* name) {
    const char* const value = variables(name);
    return value ? value : "";
}

bool shows_utf8(const Variables& variables) {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        std::string locale = value_of(variables, name);
        if (locale.empty()) continue;
        std::transform(locale.begin(), locale.end(), locale.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        return locale.find("utf-8") != locale.npos || locale.find("utf8") != locale.npos;
    }
    return false;
}

bool is_dumb(const Variables& variables) { return value_of(variables, "TERM") == "dumb"; }

const char* environment(const char* name) { return std::getenv(name); }

}  // namespace

TextStyle text_style(bool is_terminal, std::size_t columns, const Variables& variables) {
    TextStyle style;
    style.columns = columns;
    if (!is_terminal || is_dumb(variables)) return style;
    style.colour = value_of(variables, "NO_COLOR").empty();
    style.blocks = shows_utf8(variables);
    return style;
}

TextStyle text_style(int descriptor) {
    return text_style(isatty(descriptor) == 1, terminal_columns(descriptor), environment);
}

bool is_live_terminal(int descriptor) { return isatty(descriptor) == 1 && !is_dumb(environment); }

std::size_t terminal_columns(int descriptor) {
    winsize size{};
    return ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string painted(std::string_view text, Ink ink, const TextStyle& style) {
    if (!style.colour || text.empty()) return std::string(text);
    constexpr std::array<const char*, 4> codes = {"1", "32", "33", "2"};  // bold, green, yellow, faint
    return std::string("\x1b[") + codes[static_cast<std::size_t>(ink)] + "m" + std::string(text) + "\x1b[0m";
}

std::string bar(double share, std::size_t columns, const TextStyle& style) {
    if (!style.blocks) return {};
    constexpr std::array<const char*, 8> eighths = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const double whole = 8 * static_cast<double>(columns);
    const auto length = static_cast<std::size_t>(std::lround(std::clamp(share, 0.0, 1.0) * whole));
    std::string text;
    for (std::size_t i = 0; i < length / 8; ++i) text += "█";
    return text + eighths[length % 8];
}

std::string with_commas(std::uint64_t value) {
    std::string text = std::to_string(value);
    for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
    return text;
}

std::string with_commas(double value, int digits) {
    std::array<char, 400> text{};  // the longest double has 309 digits before the point
    std::snprintf(text.data(), text.size(), "%.*f", digits, value);
    std::string all = text.data();
    const std::size_t first = all[0] == '-' ? 1 : 0;
    if (!std::isfinite(value)) return all;
    for (std::size_t at = std::min(all.find('.'), all.size()); at > first + 3;) all.insert(at -= 3, ",");
    return all;
}

std::size_t columns_of(std::string_view text) {
    std::size_t columns = 0;
    while (!text.empty()) {
        const Character c = first_character(text);
        columns += c.columns;
        text.remove_prefix(c.bytes);
    }
    return columns;
}

std::string clipped(std::string_view text, std::size_t columns) {
    if (columns_of(text) <= columns) return head_of(text, columns);
    constexpr std::string_view dots = "...";
    const std::size_t kept = columns > dots.size() ? columns - dots.size() : 0;
    return head_of(text, kept) + std::string(dots.substr(0, columns - kept));
}

std::string padded_name(std::string_view text, std::size_t columns) {
    std::string name = clipped(text, columns);
    return name.append(columns - columns_of(name), ' ');
}

}  // namespace sosa::host
