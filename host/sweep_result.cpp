#include "host/sweep_result.h"

#include <nlohmann/json.hpp>
#include <sstream>

#include "host/sweep_index.h"
#include "traces/error.h"

namespace sosa::host {

using Json = nlohmann::ordered_json;

namespace {

Json value_json(const Figure::Value& value) {
    if (const auto* whole = std::get_if<std::uint64_t>(&value)) return *whole;
    if (const auto* real = std::get_if<double>(&value)) return *real;
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    return nullptr;
}

Figure::Value value_of(const Json& json) {
    if (json.is_number_unsigned()) return json.get<std::uint64_t>();
    if (json.is_number()) return json.get<double>();
    if (json.is_string()) return json.get<std::string>();
    return {};
}

// The texts of a list as one.
std::string joined(const Json& list) {
    std::string text;
    for (const Json& item : list) text += (text.empty() ? "" : "; ") + item.get<std::string>();
    return text;
}

void add_figures(const std::string& prefix, const Json& json, std::vector<Figure>& figures) {
    for (const auto& [key, value] : json.items()) {
        if (value.is_object())
            add_figures(prefix + key + ".", value, figures);
        else
            figures.push_back({prefix + key, value.is_array() ? joined(value) : value_of(value)});
    }
}

// The value of a key as text, where the groups are objects.
std::optional<std::string> text_at(const Json& config, std::string_view path) {
    const Json* at = &config;
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find('.', begin), path.size());
        const auto next = at->find(path.substr(begin, end - begin));
        if (!at->is_object() || next == at->end()) return std::nullopt;
        at = &*next;
        begin = end + 1;
    }
    return at->is_string() ? at->get<std::string>() : at->dump();
}

// What hw::write_config wrote.
hw::Config config_of(const Json& json, const std::string& source) {
    hw::Config config;
    config.tiling.partition_rows = hw::partition_follows_rows;
    for (const hw::ConfigKey& key : hw::config_keys())
        if (const auto text = text_at(json, key.path); text && !hw::assign_text(key, *text, config))
            throw UserError(source + ": \"" + std::string(key.path) + "\": found " + *text + ", allowed is " +
                            hw::allowed_text(key));
    if (config.tiling.partition_rows == hw::partition_follows_rows)
        config.tiling.partition_rows = config.pods.rows;
    return config;
}

}  // namespace

std::vector<Figure> figures_of(const Json& summary) {
    std::vector<Figure> figures;
    add_figures("", summary, figures);
    return figures;
}

const Figure::Value* PointResult::find(const std::string& name) const {
    for (const Figure& figure : figures)
        if (figure.name == name) return &figure.value;
    return nullptr;
}

double PointResult::number(const std::string& name) const {
    const Figure::Value* const value = find(name);
    if (value && std::holds_alternative<double>(*value)) return std::get<double>(*value);
    if (value && std::holds_alternative<std::uint64_t>(*value))
        return static_cast<double>(std::get<std::uint64_t>(*value));
    throw UserError("point " + row.hash + " has no number \"" + name + "\"" +
                    (ok() ? "" : ": it failed, " + failure));
}

std::string result_text(const PointResult& result) {
    Json json;
    json["version"] = result.version;
    json["point"] = row_json(result.row);
    json["status"] = result.ok() ? "ok" : "failed";
    if (!result.ok()) json["reason"] = result.failure;
    Json& figures = json["figures"] = Json::object();
    for (const Figure& figure : result.figures) figures[figure.name] = value_json(figure.value);
    std::ostringstream config;
    hw::write_config(result.config, config);
    json["effective_config"] = Json::parse(config.str());
    json["cost"] = {{"wall_s", result.cost.wall_s}, {"peak_memory_bytes", result.cost.peak_memory_bytes}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

PointResult parse_result(const std::string& text, const std::string& source, const std::string& hash) {
    const std::string wrong = source + ": is cut short or no result of this point";
    try {
        const auto json = Json::parse(text);
        PointResult result;
        result.version = json.at("version").get<std::string>();
        result.row = row_of(json.at("point"));
        if (json.at("status") != "ok") result.failure = json.at("reason").get<std::string>();
        result.figures = figures_of(json.at("figures"));
        result.config = config_of(json.at("effective_config"), source);
        result.cost.wall_s = json.at("cost").at("wall_s").get<double>();
        result.cost.peak_memory_bytes = json.at("cost").at("peak_memory_bytes").get<std::uint64_t>();
        if (result.row.hash != hash || result.ok() == result.figures.empty()) throw UserError(wrong);
        return result;
    } catch (const nlohmann::json::exception& error) {
        throw UserError(wrong + " (" + error.what() + ")");
    }
}

}  // namespace sosa::host
