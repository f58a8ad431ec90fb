#pragma once
#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Reading JSON that a person wrote, with errors that say where. Nothing here recurses, so a hostile file
// cannot overflow the stack.
namespace sosa::traces {

inline constexpr std::size_t json_max_depth = 64;

// {line, column}, both from 1, of a byte counted from 1 as in nlohmann's parse_error::byte (0 counts as 1;
// past the end is just behind the last character). Columns count UTF-8 characters.
std::pair<std::size_t, std::size_t> line_column(std::string_view text, std::size_t byte);

// The line on which the key (for an array: the element) at `path` stands, e.g. {"layers", "3", "op"};
// 0 if there is none. The empty path is the whole document. `json_text` must be valid JSON.
std::size_t line_of_path(std::string_view json_text, const std::vector<std::string>& path);

// RFC 8259 and no more: throws a UserError "source: line L, column C: ..." for a syntax error, a number out
// of range, a key that stands twice in one object, or nesting deeper than json_max_depth.
nlohmann::json parse_json_strict(std::string_view text, const std::string& source_name);

}  // namespace sosa::traces
