#include "host/sweep_spec_text.h"

#include "host/workload_reader.h"
#include "traces/error.h"
#include "traces/json_read.h"

namespace sosa::host {

using Json = nlohmann::json;

SpecText::SpecText(std::string_view text, const std::string& source)
    : text_(text),
      source_(source),
      root_(traces::parse_json_strict(text, source)),
      ordered_(nlohmann::ordered_json::parse(text)) {
    if (!root_.is_object()) fail({}, "found " + found(root_) + ", allowed is an object {\"name\": ...}");
}

std::string SpecText::place(const Path& path) const {
    return source_ + ":" + std::to_string(traces::line_of_path(text_, path)) + ": ";
}

void SpecText::fail(const Path& path, const std::string& what) const { throw UserError(place(path) + what); }

const Json& SpecText::part(const char* key, bool list) const {
    static const Json no_object = Json::object(), no_list = Json::array();
    const auto value = root_.find(key);
    if (value == root_.end()) return list ? no_list : no_object;
    if (list ? !value->is_array() : !value->is_object())
        fail({key},
             in_quotes(key) + ": found " + found(*value) + ", allowed is " + (list ? "a list" : "an object"));
    return *value;
}

std::vector<std::string> SpecText::keys_in_order(const Path& path) const {
    const nlohmann::ordered_json* at = &ordered_;
    for (const auto& step : path) at = at->is_array() ? &at->at(std::stoul(step)) : &at->at(step);
    std::vector<std::string> keys;
    for (const auto& item : at->items()) keys.push_back(item.key());
    return keys;
}

}  // namespace sosa::host
