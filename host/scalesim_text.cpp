#include "host/scalesim_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "traces/text.h"

namespace sosa::host::scalesim {

namespace {
constexpr std::size_t kMostTold = 8;     // rows in an error or a notice
constexpr std::size_t kMostFields = 16;  // the rest of a row stays in one piece

// " and 3 more" than those told.
std::string and_more(std::size_t count, std::size_t told) {
    return count > told ? " and " + std::to_string(count - told) + " more" : "";
}
}  // namespace

bool skip_byte_order_mark(std::string_view& text) {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    if (text.substr(0, mark.size()) != mark) return false;
    text.remove_prefix(mark.size());
    return true;
}

Line next_line(std::string_view& text) {
    const auto end = std::min(text.find_first_of("\r\n"), text.size());
    const Line line{text.substr(0, end), text.substr(end, 1) == "\r"};
    text.remove_prefix(std::min(text.size(), end + (text.substr(end, 2) == "\r\n" ? 2 : 1)));
    return line;
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string plain(std::string_view text) {
    std::string word;
    for (const char c : text)
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) word += static_cast<char>(c | 0x20);
    if (word.size() > 1 && word.back() == 's') word.pop_back();
    return word;
}

std::string_view without_comment(std::string_view row) {
    for (auto at = row.find('#'); at != std::string_view::npos; at = row.find('#', at + 1)) {
        const std::string_view before = trimmed(row.substr(0, at));
        if (before.empty() || before.back() == ',') return before;
    }
    return trimmed(row);
}

std::vector<std::string_view> fields_of(std::string_view row) {
    std::vector<std::string_view> fields;
    for (auto comma = row.find(','); comma != std::string_view::npos && fields.size() < kMostFields;
         comma = row.find(',')) {
        fields.push_back(trimmed(row.substr(0, comma)));
        row.remove_prefix(comma + 1);
    }
    if (!is_blank(row)) fields.push_back(trimmed(row));
    return fields;
}

std::optional<std::uint64_t> number(std::string_view text, std::uint64_t max) {
    const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
    text.remove_prefix(std::min(text.find_first_not_of('0'), text.size()));
    if (!digits || text.empty() || text.size() > 10) return std::nullopt;
    const std::uint64_t value = std::stoull(std::string(text));
    return value <= max ? std::optional(value) : std::nullopt;
}

bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 127; });
}

bool is_utf8(const std::string& text) {
    using Json = nlohmann::json;
    return Json(text).dump(-1, ' ', false, Json::error_handler_t::ignore) ==
           Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool is_blank(std::string_view row) { return row.find_first_not_of(", \t") == std::string_view::npos; }

void Notices::add(std::size_t line, const std::string& what) {
    auto kind = std::find_if(kinds_.begin(), kinds_.end(), [&](const Kind& k) { return k.what == what; });
    if (kind == kinds_.end()) kind = kinds_.insert(kinds_.end(), Kind{what, {}, 0, 0});
    if (kind->last == line) return;
    kind->last = line;
    if (kind->lines.size() < kMostTold) kind->lines.push_back(std::to_string(line));
    ++kind->count;
}

void Notices::append_to(std::vector<std::string>& repairs, const std::string& source) const {
    for (const Kind& kind : kinds_)
        repairs.push_back(source + (kind.count == 1 ? ": line " : ": lines ") + traces::join(kind.lines) +
                          and_more(kind.count, kind.lines.size()) + ": " + kind.what);
}

void Told::add(const std::string& part) {
    if (++count <= kMostTold) parts.push_back(part);
}

std::string Told::text(const char* separator) const {
    return traces::join(parts, separator) + and_more(count, parts.size());
}

}  // namespace sosa::host::scalesim
