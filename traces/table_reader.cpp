#include "traces/table_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "traces/error.h"
#include "traces/files.h"
#include "traces/json_read.h"
#include "traces/text.h"

namespace sosa::traces {
using nlohmann::json;

TableReader::TableReader(std::string_view text, const std::string& source)
    : text_(text), source_(source), root_(std::make_unique<const json>(parse_json_strict(text, source))) {}

TableReader::~TableReader() = default;

void TableReader::problem(const Path& path, const std::string& what) {
    const std::size_t line = line_of_path(text_, path);
    const std::string place = path.empty() ? "the table" : join(path, ".");
    problems_.push_back((line ? "line " + std::to_string(line) + ": " : "") + place + " " + what);
}

void TableReader::finish() const {
    if (!problems_.empty()) throw UserError(source_ + ": " + join(problems_, "; "));
}

namespace {

// Of a key or, in an array, an index.
const json* child(const json& container, const std::string& part) {
    if (container.is_object()) {
        const auto found = container.find(part);
        return found == container.end() ? nullptr : &*found;
    }
    std::size_t index = 0;
    const char* const end = part.data() + part.size();
    const auto [stop, error] = std::from_chars(part.data(), end, index);
    if (!container.is_array() || error != std::errc() || stop != end || index >= container.size())
        return nullptr;
    return &container[index];
}

}  // namespace

const json* TableReader::at(const Path& path) const {
    const json* value = root_.get();
    for (const auto& part : path)
        if (!(value = child(*value, part))) return nullptr;
    return value;
}

bool TableReader::has_keys(const Path& path, const std::vector<std::string>& allowed) {
    const json* object = at(path);
    if (!object) return false;  // reported as a missing key
    if (!object->is_object()) {
        problem(path, "is no object, but needs the keys " + join(allowed));
        return false;
    }
    for (const auto& [key, value] : object->items()) {
        if (std::find(allowed.begin(), allowed.end(), key) != allowed.end()) continue;
        const std::string meant = nearest(key, allowed);
        Path place = path;
        place.push_back(key);
        problem(place, "is an unknown key" + (meant.empty() ? " (allowed: " + join(allowed) + ")"
                                                            : " (did you mean " + meant + "?)"));
    }
    for (const auto& key : allowed)
        if (!object->contains(key)) problem(path, "lacks the key " + key);
    return true;
}

void TableReader::wrong_value(const Path& path, const std::string& allowed) {
    const std::string found = at(path)->dump(-1, ' ', false, json::error_handler_t::replace);
    problem(path, "is " + found.substr(0, 80) + ", but must be " + allowed);
}

std::string TableReader::sentence(const Path& path) {
    const json* value = at(path);
    if (!value) return "";
    if (value->is_string() && !value->get_ref<const std::string&>().empty()) return *value;
    wrong_value(path, "a text that is not empty");
    return "";
}

void TableReader::unit(const Path& entry, const std::string& wanted) {
    Path path = entry;
    path.push_back("unit");
    const std::string found = sentence(path);
    if (!found.empty() && found != wanted)
        problem(path, "is \"" + found + "\", but must be \"" + wanted + "\"");
}

std::optional<double> TableReader::number(const Path& path, const NumberRule& rule) {
    const json* value = at(path);
    if (!value || (rule.null && value->is_null())) return std::nullopt;
    if (value->is_number()) {
        const double found = value->get<double>();
        if (std::isfinite(found) && (rule.zero ? found >= 0 : found > 0)) return found;
    }
    wrong_value(path, rule.allowed + (rule.null ? ", or null if not known" : ""));
    return std::nullopt;
}

std::uint32_t TableReader::whole(const Path& path, std::uint32_t max) {
    const json* value = at(path);
    if (!value) return 0;
    if (value->is_number_unsigned() && *value >= 1u && *value <= max) return *value;
    wrong_value(path, "a whole number from 1 to " + std::to_string(max));
    return 0;
}

TableText find_table(const std::string& kind, const EmbeddedTables& tables, const std::string& name_or_path) {
    std::vector<std::string> names;
    for (const auto& [name, text] : tables) {
        if (name == name_or_path) return {std::string(text), kind + " " + name_or_path};
        names.emplace_back(name);
    }
    constexpr std::string_view suffix = ".json";
    const bool is_path =
        name_or_path.find('/') != std::string::npos ||
        (name_or_path.size() >= suffix.size() &&
         name_or_path.compare(name_or_path.size() - suffix.size(), suffix.size(), suffix) == 0);
    if (is_path) return {read_file(name_or_path, std::size_t{1} << 20), name_or_path};
    const std::string meant = nearest(name_or_path, names);
    throw UserError(kind + " \"" + name_or_path + "\" is not known" +
                    (meant.empty() ? "" : " (did you mean " + meant + "?)") + "; there are " + join(names) +
                    ", or give the path of a .json file");
}

}  // namespace sosa::traces
