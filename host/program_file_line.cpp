#include "host/program_file_line.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "host/workload_reader.h"
#include "traces/error.h"

namespace sosa::host {

bool LineReader::next() {
    while (!text_.empty()) {
        const std::size_t end = std::min(text_.find('\n'), text_.size());
        rest_ = text_.substr(0, end);
        text_.remove_prefix(std::min(end + 1, text_.size()));
        ++line_;
        while (!rest_.empty() && (blank(rest_.back()) || rest_.back() == '\r')) rest_.remove_suffix(1);
        take(0);
        if (!rest_.empty() && rest_[0] != '#') return true;
    }
    rest_ = {};
    return false;
}

std::string LineReader::quoted(std::string_view what) {
    std::size_t end = rest_.empty() || rest_[0] != '"' ? rest_.size() : 1;
    while (end < rest_.size() && rest_[end] != '"') end += rest_[end] == '\\' ? 2 : 1;
    const std::string allowed = std::string(what) + " in quotes, as a JSON string that is not empty";
    if (end >= rest_.size() || end == 1 || !ends_word(end + 1)) fail(allowed);
    const std::string_view json = rest_.substr(0, end + 1);
    const bool plain =
        std::all_of(json.begin(), json.end(), [](char c) { return c >= ' ' && c < 127 && c != '\\'; });
    std::string value(json.substr(1, end - 1));
    if (!plain) {
        const auto parsed = nlohmann::json::parse(json, nullptr, false);
        if (!parsed.is_string()) fail(allowed);
        value = parsed.get<std::string>();
    }
    take(end + 1);
    return value;
}

std::string LineReader::quoted_name(std::string_view what) {
    const std::string name = quoted(what);
    const bool harmful = std::any_of(name.begin(), name.end(),
                                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '/'; });
    if (harmful || name.front() == '.' || name.size() > 100)
        fail(in_quotes(name),
             std::string(what) +
                 " of at most 100 bytes without '/' or control characters, not starting with '.'");
    return name;
}

void LineReader::fail(std::string_view allowed) const {
    const std::size_t begin = std::min(rest_.find_first_not_of(" \t"), rest_.size());
    const std::string_view word = rest_.substr(begin, rest_.find_first_of(" \t", begin) - begin);
    fail(word.empty() ? "the end of the line" : in_quotes(word), allowed);
}

void LineReader::fail_at(std::size_t line, const std::string& found, std::string_view allowed) const {
    throw UserError(source_ + ":" + std::to_string(line) + ": found " + found + ", allowed " +
                    std::string(allowed));
}

void LineReader::fail_with(const std::string& sentence) const {
    throw UserError(source_ + ":" + std::to_string(line_) + ": " + sentence);
}

void LineReader::fail_expected(std::string_view word) const { fail(in_quotes(word)); }

void LineReader::fail_number(std::uint64_t min, std::uint64_t max, std::string_view what) const {
    std::string range = std::to_string(min);
    if (max > min) range += ".." + std::to_string(max);
    fail(std::string(what) + " " + range);
}

}  // namespace sosa::host
