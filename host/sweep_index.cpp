#include "host/sweep_index.h"

#include <nlohmann/json.hpp>
#include <sstream>

#include "traces/error.h"
#include "traces/format.h"

namespace sosa::host {

using Json = nlohmann::ordered_json;

namespace {

using Size = std::optional<std::uint32_t>;

constexpr std::pair<const char*, Size PointRow::*> kSizes[] = {
    {"batch", &PointRow::batch}, {"image_size", &PointRow::image_size}, {"seq_len", &PointRow::seq_len}};

}  // namespace

bool is_hash(const std::string& text) {
    return text.size() == 40 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

Json row_json(const PointRow& row) {
    Json json;
    json["hash"] = row.hash;
    json["config"] = row.config;
    json["workload"] = row.workload;
    for (const auto& [key, size] : kSizes)
        if (row.*size) json[key] = *(row.*size);
    if (!row.dims.empty()) json["dims"] = row.dims;
    json["policy"] = row.policy;
    return json;
}

PointRow row_of(const nlohmann::json& json) {
    PointRow row;
    row.hash = json.at("hash").get<std::string>();
    if (!is_hash(row.hash))
        throw UserError("found hash \"" + row.hash + "\", allowed are 40 hexadecimal digits");
    row.config = json.at("config").get<std::string>();
    row.workload = json.at("workload").get<std::string>();
    for (const auto& [key, size] : kSizes)
        if (json.contains(key)) row.*size = json.at(key).get<std::uint32_t>();
    row.dims = json.value("dims", "");
    row.policy = json.at("policy").get<std::string>();
    return row;
}

std::string index_text(const SweepIndex& index) {
    std::ostringstream out;
    out << "{\"name\": " << traces::json_string(index.name)
        << ", \"version\": " << traces::json_string(index.version) << ", \"axes\": " << Json(index.axes)
        << ", \"points\": [";
    for (const PointRow& row : index.rows) out << (&row == index.rows.data() ? "\n" : ",\n") << row_json(row);
    out << "\n]}\n";
    return out.str();
}

SweepIndex parse_index(const std::string& text, const std::string& source) {
    try {
        const auto json = nlohmann::json::parse(text);
        SweepIndex index{json.at("name").get<std::string>(),
                         json.at("version").get<std::string>(),
                         json.at("axes").get<std::vector<std::string>>(),
                         {}};
        for (const auto& row : json.at("points")) index.rows.push_back(row_of(row));
        return index;
    } catch (const nlohmann::json::exception& error) {
        throw UserError(source + ": is cut short or was not written by sosa sweep (" + error.what() + ")");
    }
}

}  // namespace sosa::host
