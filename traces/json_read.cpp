#include "traces/json_read.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "traces/error.h"
#include "traces/json_walk.h"

namespace sosa::traces {
using nlohmann::json;

namespace {

std::string_view without_bom(std::string_view text) {
    return text.substr(0, 3) == "\xEF\xBB\xBF" ? text.substr(3) : text;
}

[[noreturn]] void fail(std::string_view text, const std::string& source, std::size_t byte, std::string what) {
    const auto [line, column] = line_column(text, byte);
    constexpr std::size_t longest = 300;  // a message quotes the token, which may be the whole file
    if (what.size() > longest) {
        std::size_t end = longest;
        while ((static_cast<unsigned char>(what[end]) & 0xC0) == 0x80) --end;
        what = what.substr(0, end) + "...";
    }
    throw UserError(source + ": line " + std::to_string(line) + ", column " + std::to_string(column) + ": " +
                    what);
}

// nlohmann says "[json.exception.parse_error.101] parse error at line 1, column 3: syntax error ...": keep
// the part that is for people and not the position, which fail() states.
std::string reason(std::string message) {
    const auto name_end = message.find("] ");
    if (name_end != std::string::npos) message.erase(0, name_end + 2);
    if (message.rfind("parse error", 0) != 0) return message;
    const auto position_end = message.find(": ");
    return position_end == std::string::npos ? message : message.substr(position_end + 2);
}

// Finds the first syntax error with its byte, and stops when the nesting is too deep.
struct Validator : nlohmann::json_sax<json> {
    std::size_t depth = 0;
    bool too_deep = false;
    std::optional<std::size_t> error_byte;
    std::string error;

    bool enter() { return !(too_deep = ++depth > json_max_depth); }
    bool leave() { return --depth, true; }
    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t&) override { return true; }
    bool string(string_t&) override { return true; }
    bool binary(binary_t&) override { return true; }
    bool key(string_t&) override { return true; }
    bool start_object(std::size_t) override { return enter(); }
    bool end_object() override { return leave(); }
    bool start_array(std::size_t) override { return enter(); }
    bool end_array() override { return leave(); }
    bool parse_error(std::size_t byte, const std::string&, const nlohmann::detail::exception& e) override {
        error_byte = byte;
        error = reason(e.what());
        return false;
    }
};

// The library takes a byte 0 behind the document for the end of the text and skips a mark of its own, so a
// walk of the whole text would see what was not validated.
void refuse_what_the_library_skips(std::string_view text, const std::string& source) {
    if (without_bom(text).size() < text.size()) fail(text, source, 1, "found a second byte-order mark");
    if (const auto zero = text.find('\0'); zero != std::string_view::npos)
        fail(text, source, zero + 1, "found a byte 0, allowed is JSON text");
}

struct FindTooDeep {
    std::size_t found = 0;
    bool open(std::size_t depth, std::size_t at) {
        found = at;
        return depth <= json_max_depth;
    }
    bool item(std::size_t, const std::string&, std::size_t) { return true; }
    void close(std::size_t) {}
};

struct FindDuplicate {
    std::vector<std::set<std::string>> keys;
    std::vector<bool> is_object;
    std::string_view text;
    std::string duplicate;
    std::optional<std::size_t> found;
    bool open(std::size_t, std::size_t at) {
        keys.emplace_back();
        is_object.push_back(text[at] == '{');
        return true;
    }
    bool item(std::size_t, const std::string& label, std::size_t at) {
        if (!is_object.back() || keys.back().insert(label).second) return true;
        duplicate = label;
        found = at;
        return false;
    }
    void close(std::size_t) {
        keys.pop_back();
        is_object.pop_back();
    }
};

struct FindPath {
    const std::vector<std::string>& path;
    std::size_t matched = 0;  // so many leading parts of the path are open around the current token
    std::optional<std::size_t> found;
    bool open(std::size_t, std::size_t) { return true; }
    bool item(std::size_t depth, const std::string& label, std::size_t at) {
        matched = std::min(matched, depth - 1);
        if (matched != depth - 1 || depth > path.size() || label != path[depth - 1]) return true;
        matched = depth;
        if (depth < path.size()) return true;
        found = at;
        return false;
    }
    void close(std::size_t depth) { matched = std::min(matched, depth - 1); }
};

}  // namespace

std::pair<std::size_t, std::size_t> line_column(std::string_view text, std::size_t byte) {
    const std::string_view before = text.substr(0, byte > 0 ? byte - 1 : 0);
    const auto newline = before.rfind('\n');
    const std::string_view in_line = newline == std::string_view::npos ? before : before.substr(newline + 1);
    const auto continuation = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
    const auto line = std::count(before.begin(), before.end(), '\n');
    const auto hidden = std::count_if(in_line.begin(), in_line.end(), continuation);
    return {static_cast<std::size_t>(line) + 1, in_line.size() - static_cast<std::size_t>(hidden) + 1};
}

std::size_t line_of_path(std::string_view json_text, const std::vector<std::string>& path) {
    const std::string_view text = without_bom(json_text);
    if (path.empty()) {
        const auto root = text.find_first_not_of(json_blanks);
        return root == std::string_view::npos ? 0 : line_column(text, root + 1).first;
    }
    FindPath visitor{path, 0, std::nullopt};
    walk_json(text, visitor);
    return visitor.found ? line_column(text, *visitor.found + 1).first : 0;
}

json parse_json_strict(std::string_view whole, const std::string& source_name) {
    const std::size_t bom = whole.size() - without_bom(whole).size();
    const std::string_view text = whole.substr(bom);
    Validator validator;
    json::sax_parse(text, &validator);
    if (validator.error_byte) fail(text, source_name, *validator.error_byte, validator.error);
    refuse_what_the_library_skips(text, source_name);
    if (validator.too_deep) {
        FindTooDeep deep;
        walk_json(text, deep);
        fail(text, source_name, deep.found + 1,
             "nested deeper than the " + std::to_string(json_max_depth) + " levels allowed");
    }
    FindDuplicate keys;
    keys.text = text;
    walk_json(text, keys);
    if (keys.found)
        fail(text, source_name, *keys.found + 1,
             "the key " + json(keys.duplicate).dump() + " stands twice in the same object");
    return json::parse(text);
}

}  // namespace sosa::traces
