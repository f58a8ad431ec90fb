#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

// Text for people: plain, unless a terminal shows more.
namespace sosa::host {

struct TextStyle {
    bool colour = false;       // bold and colours
    bool blocks = false;       // block characters
    std::size_t columns = 80;  // of the terminal
};

// As getenv.
using Variables = std::function<const char*(const char* name)>;

// On a terminal that is not "dumb" (TERM): colour unless NO_COLOR has a value; blocks if the locale (LC_ALL,
// LC_CTYPE, LANG: the first that has a value) is one of UTF-8.
TextStyle text_style(bool is_terminal, std::size_t columns, const Variables& variables);
// Of a file descriptor, by the environment.
TextStyle text_style(int descriptor);

// Whether a line can be written over there.
bool is_live_terminal(int descriptor);
// 80 where the terminal does not tell.
std::size_t terminal_columns(int descriptor);

enum class Ink { heading, good, bad, faint };
std::string painted(std::string_view text, Ink ink, const TextStyle& style);

// `share` of so many columns, in eighths of a block; "" where the style has no blocks.
std::string bar(double share, std::size_t columns, const TextStyle& style);

// "35,439" and, with digits after the point, "35,439.1".
std::string with_commas(std::uint64_t value);
std::string with_commas(double value, int digits);

// Columns that the text takes; characters from U+1100 on count as two wide ones, as some of them are.
std::size_t columns_of(std::string_view text);
// At most so many columns of a name from outside: control characters and bytes that are not UTF-8 become "?",
// what is cut off "...".
std::string clipped(std::string_view text, std::size_t columns);
// The same, filled up with blanks.
std::string padded_name(std::string_view text, std::size_t columns);

}  // namespace sosa::host
