#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The text of SCALE-Sim's files: lines, rows, fields, and what to say about many of them.
namespace sosa::host::scalesim {

// Removes the mark if the text begins with it.
bool skip_byte_order_mark(std::string_view& text);

// A line ends with LF, CRLF or CR.
struct Line {
    std::string_view text;
    bool carriage_return = false;
};
Line next_line(std::string_view& text);

std::string_view trimmed(std::string_view text);  // of blanks and tabs

// The row, trimmed, up to a field that begins with '#'.
std::string_view without_comment(std::string_view row);
// Trimmed; a comma at the end of the row ends the last field, and very many fields stay in one.
std::vector<std::string_view> fields_of(std::string_view row);
// Nothing but commas and blanks.
bool is_blank(std::string_view row);

// Letters only, in lower case, without a plural's s: names of columns differ in no more.
std::string plain(std::string_view text);
// The number if it is 1..max in decimal digits.
std::optional<std::uint64_t> number(std::string_view text, std::uint64_t max);

bool has_control(std::string_view text);
bool is_utf8(const std::string& text);

// What was done to which lines, one sentence a kind.
class Notices {
  public:
    void add(std::size_t line, const std::string& what);
    void append_to(std::vector<std::string>& repairs, const std::string& source) const;

  private:
    struct Kind {
        std::string what;
        std::vector<std::string> lines;
        std::size_t count, last;
    };
    std::vector<Kind> kinds_;
};

// The first few of many, as parts of a sentence.
struct Told {
    std::vector<std::string> parts{};
    std::size_t count = 0;
    void add(const std::string& part);
    std::string text(const char* separator) const;
};

}  // namespace sosa::host::scalesim
