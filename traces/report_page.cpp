#include "traces/report_page.h"

#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>

#include "traces/error.h"

namespace sosa::traces {

namespace {

std::string replaced(std::string_view text, const std::map<char, std::string_view>& replacements) {
    std::string result;
    for (const char c : text) {
        const auto by = replacements.find(c);
        by == replacements.end() ? result += c : result += by->second;
    }
    return result;
}

std::string html_text(std::string_view text) {
    return replaced(text, {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}});
}

// No "<" can end the script element that the data stands in, and none can open a comment.
std::string data_text(const nlohmann::json& data) {
    return replaced(data.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), {{'<', "\\u003c"}});
}

bool ends_with(std::string_view text, std::string_view end) {
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

// All files of the kind that stand directly in traces/report/, by name.
std::string joined(std::string_view ending) {
    constexpr std::string_view folder = "traces/report/";
    std::string text;
    for (const auto& [path, content] : embedded_report())
        if (ends_with(path, ending) && path.find('/', folder.size()) == std::string_view::npos)
            text += content;
    return text;
}

std::string_view file(std::string_view name) {
    const auto& files = embedded_report();
    const auto found = std::find_if(files.begin(), files.end(),
                                    [&](const auto& entry) { return ends_with(entry.first, name); });
    SOSA_CHECK(found != files.end(), std::string(name));
    return found->second;
}

std::string licences() {
    std::string text;
    for (const char* name : {"NOTICE", "LICENSE", "LICENSE-d3"})
        text.append(file(std::string("third_party/") + name)).append("\n\n");
    return html_text(text);
}

}  // namespace

void write_report_page(const nlohmann::json& data, const std::string& title, std::ostream& out) {
    const std::map<std::string_view, std::function<std::string()>> parts = {
        {"title", [&] { return html_text(title); }},
        {"style", [] { return joined(".css"); }},
        {"library", [] { return std::string(file("third_party/echarts.min.js")); }},
        {"licences", licences},
        {"data", [&] { return data_text(data); }},
        {"scripts", [] { return joined(".js"); }},
    };
    std::string_view rest = file("template.html");
    while (!rest.empty()) {
        const auto open = rest.find("{{");
        out << rest.substr(0, open);
        if (open == std::string_view::npos) return;
        const auto close = rest.find("}}", open);
        const auto part = parts.find(rest.substr(open + 2, close - open - 2));
        SOSA_CHECK(part != parts.end(), std::string(rest.substr(open, close - open)));
        out << part->second();
        rest.remove_prefix(close + 2);
    }
}

}  // namespace sosa::traces
