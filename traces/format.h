#pragma once
#include <cstdint>
#include <string>
#include <string_view>

// Numbers and strings as they stand in our files: the same bytes in every locale and on every run.
namespace sosa::traces {

// The shortest text that reads back as the same double; whole numbers below 2^53 without exponent ("12", not
// "1.2e1"). "nan", "inf", "-inf" for the rest.
std::string shortest(double value);

// As a JSON value: a double always looks like one ("12.0"), what is not finite is null.
std::string json_number(double value);

// Quoted and escaped; bytes that are not UTF-8 become U+FFFD.
std::string json_string(std::string_view text);

// As an RFC 4180 field: quoted only where a comma, quote or line break needs it.
std::string csv_field(std::string_view text);

}  // namespace sosa::traces
