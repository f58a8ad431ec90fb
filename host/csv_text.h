#pragma once
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "traces/format.h"

namespace sosa::host {

// CSV text, field after field; much faster than a stream.
class CsvText {
  public:
    explicit CsvText(std::string_view header) : text_(header) { text_ += '\n'; }

    template <class Number>
    std::enable_if_t<std::is_unsigned_v<Number>, CsvText&> add(Number value) {
        char digits[24];
        return raw({digits, static_cast<std::size_t>(
                                std::to_chars(digits, digits + sizeof digits, value).ptr - digits)});
    }
    CsvText& add(double value) { return raw(traces::shortest(value)); }
    CsvText& add(const std::optional<double>& value) { return value ? add(*value) : raw("unknown"); }
    CsvText& add(double value, int decimals) {
        char digits[400];
        return raw({digits, static_cast<std::size_t>(std::to_chars(digits, digits + sizeof digits, value,
                                                                   std::chars_format::fixed, decimals)
                                                         .ptr -
                                                     digits)});
    }
    CsvText& add(std::string_view text) { return raw(traces::csv_field(text)); }
    CsvText& none() { return raw(""); }
    void end_row() { text_.back() = '\n'; }

    std::string take() { return std::move(text_); }

  private:
    CsvText& raw(std::string_view field) {
        text_ += field;
        text_ += ',';
        return *this;
    }
    std::string text_;
};

}  // namespace sosa::host
