#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>

#include "hw/config.h"
#include "traces/error.h"
#include "traces/files.h"
#include "traces/json_read.h"
#include "traces/text.h"

namespace sosa::hw {
using nlohmann::json;

namespace {
constexpr std::size_t max_file_bytes = 1 << 16;

// The first layer: what the file and the sets give, not yet checked. A later one of the same key holds.
struct Given {
    const ConfigKey* key;
    std::optional<std::string> text;  // none: JSON of a type that this key does not take
    std::string found;
    std::string place;  // "chip.json:4: \"pods.count\"" or "--set pods.count=0"
    bool is_set;
};

struct Layer {
    std::vector<Given> given;
    std::vector<std::pair<std::size_t, std::string>> problems;  // {line in the file, what}
    bool file_problem = false;
    bool no_hint = false;
};

const ConfigKey* find_key(const std::string& path) {
    for (const ConfigKey& key : config_keys())
        if (key.path == path) return &key;
    return nullptr;
}

std::vector<std::string> paths_in(const std::string& prefix) {
    std::vector<std::string> paths;
    for (const ConfigKey& key : config_keys())
        if (key.path.substr(0, prefix.size()) == prefix) paths.emplace_back(key.path);
    return paths;
}

// One value as JSON, not longer than a message bears.
std::string shown(const json& value) {
    std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
    std::size_t end = 80;
    if (text.size() <= end) return text;
    while ((static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return text.substr(0, end) + "...";
}

// The key that was probably meant: the nearest, else one of another group with the same last word.
std::string meant(const std::string& path) {
    const std::string near = traces::nearest(path, paths_in(""));
    if (!near.empty()) return near;
    const std::string last = "." + path.substr(path.rfind('.') + 1);
    for (const std::string& known : paths_in(""))
        if (known.size() > last.size() && known.substr(known.size() - last.size()) == last) return known;
    return "";
}

std::string unknown_key(const std::string& path, Layer& layer) {
    const std::string hint = meant(path);
    if (hint.empty()) layer.no_hint = true;
    return "unknown key " + shown(path) + (hint.empty() ? "" : ", did you mean \"" + hint + "\"?");
}

std::string group_needed(const std::string& path, const json& found) {
    return "found " + shown(found) + ", allowed is a group of the keys " + traces::join(paths_in(path + "."));
}

// The text of a value if its JSON type is the one that the key takes.
std::optional<std::string> text_of(const ConfigKey& key, const json& value) {
    if (value.is_string() && !is_number(key, value.get<std::string>())) return value.get<std::string>();
    if (value.is_number_integer() && is_number(key, value.dump())) return value.dump();
    return std::nullopt;
}

// Walks a parsed file into the layer.
class FileReader {
  public:
    FileReader(std::string_view text, std::string source, Layer& layer)
        : text_(text), source_(std::move(source)), layer_(layer) {}

    void read() {
        const json root = traces::parse_json_strict(text_, source_);
        if (!root.is_object())
            throw UserError(at() + "found " + shown(root) +
                            ", allowed is an object {\"name\": ..., \"pods\": {...}, ...}");
        group(root);
        std::stable_sort(layer_.problems.begin(), layer_.problems.end(),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
    }

  private:
    void group(const json& object) {
        for (const auto& [word, value] : object.items()) {
            path_.push_back(word);
            entry(word, value);
            path_.pop_back();
        }
    }

    void entry(const std::string& word, const json& value) {
        const std::string path = traces::join(path_, ".");
        const ConfigKey* const key = find_key(path);
        const bool dotted = word.find('.') != std::string::npos;
        if (key && dotted)
            problem("unknown key " + shown(path) + ", write it as {\"" + path.substr(0, path.find('.')) +
                    "\": {\"" + path.substr(path.find('.') + 1) + "\": ...}}");
        else if (key)
            layer_.given.push_back({key, text_of(*key, value), shown(value), at() + shown(path), false});
        else if (value.is_object() && (!value.empty() || is_group(path)))
            group(value);
        else if (is_group(path))
            problem(shown(path) + ": " + group_needed(path, value));
        else
            problem(unknown_key(path, layer_));
    }

    static bool is_group(const std::string& path) { return !paths_in(path + ".").empty(); }
    std::size_t line() const { return traces::line_of_path(text_, path_); }
    std::string at() const { return source_ + ":" + std::to_string(line()) + ": "; }

    void problem(const std::string& what) {
        layer_.problems.emplace_back(line(), at() + what);
        layer_.file_problem = true;
    }

    std::string_view text_;
    std::string source_;
    Layer& layer_;
    std::vector<std::string> path_;
};

void read_set(const std::string& option, Layer& layer) {
    const std::string place = "--set " + option;
    const std::size_t equals = option.find('=');
    if (equals == std::string::npos || equals == 0)
        throw UsageError(place + ": found no KEY=VALUE, allowed is for example --set pods.count=64");
    const std::string path = option.substr(0, equals);
    const std::string text = option.substr(equals + 1);
    if (const ConfigKey* const key = find_key(path)) {
        layer.given.push_back({key, text, shown(text), place, true});
        return;
    }
    const bool group = !paths_in(path + ".").empty();
    layer.problems.emplace_back(0,
                                place + ": " + (group ? group_needed(path, text) : unknown_key(path, layer)));
}

void refuse_problems(const Layer& layer) {
    if (layer.problems.empty()) return;
    std::vector<std::string> all;
    for (const auto& problem : layer.problems) all.push_back(problem.second);
    std::string sentence = traces::join(all, "; ");
    if (layer.no_hint) sentence += "; the keys are " + traces::join(paths_in(""));
    if (layer.file_problem) throw UserError(sentence);
    throw UsageError(sentence);
}

// Text that is not UTF-8 (an option can hold any byte) could not be written to a report.
bool is_utf8(const std::string& text) {
    try {
        return !json(text).dump().empty();
    } catch (const json::type_error&) {
        return false;
    }
}

void apply(const Given& given, Config& config) {
    if (given.text && is_utf8(*given.text) && assign_text(*given.key, *given.text, config)) return;
    const std::string sentence =
        given.place + ": found " + given.found + ", allowed is " + allowed_text(*given.key);
    if (given.is_set) throw UsageError(sentence);
    throw UserError(sentence);
}

// {source name, text}
std::pair<std::string, std::string> find_config(const std::string& name_or_file) {
    for (const auto& [name, text] : embedded_configs())
        if (name == name_or_file) return {name_or_file, std::string(text)};
    const bool is_path = name_or_file.find('/') != std::string::npos ||
                         std::filesystem::path(name_or_file).extension() == ".json";
    std::error_code ignored;
    if (is_path || std::filesystem::exists(name_or_file, ignored))
        return {name_or_file, traces::read_file(name_or_file, max_file_bytes)};
    const std::string near = traces::nearest(name_or_file, config_names());
    throw UsageError("config " + shown(name_or_file) + " is not a file, allowed is a file or one of " +
                     traces::join(config_names()) + (near.empty() ? "" : ", did you mean \"" + near + "\"?"));
}
}  // namespace

Config load_config(const std::string& name_or_file, const std::vector<std::string>& sets) {
    const auto [source, text] = find_config(name_or_file);
    Layer layer;
    FileReader(text, source, layer).read();
    for (const std::string& set : sets) read_set(set, layer);
    refuse_problems(layer);

    Config config;
    config.tiling.partition_rows = partition_follows_rows;
    for (const Given& given : layer.given) apply(given, config);
    if (config.tiling.partition_rows == partition_follows_rows)
        config.tiling.partition_rows = config.pods.rows;

    std::string place = source;
    for (const std::string& set : sets) place += (&set == sets.data() ? " with --set " : " --set ") + set;
    if (config.name.empty())
        throw UserError(place + ": the key \"name\" is missing, it is needed to name the chip");
    if (const std::string tile = misfit(config); !tile.empty()) throw UserError(place + ": " + tile);
    return config;
}

void write_config(const Config& config, std::ostream& out) {
    nlohmann::ordered_json root;
    for (const ConfigKey& key : config_keys()) {
        const std::string text = value_text(key, config);
        const std::size_t dot = key.path.find('.');
        auto& group = dot == std::string_view::npos ? root : root[std::string(key.path.substr(0, dot))];
        auto& value = group[std::string(key.path.substr(dot + 1))];  // npos + 1 is 0
        if (is_number(key, text))
            value = std::stoul(text);
        else
            value = text;
    }
    out << root.dump(2) << '\n';
}

std::vector<std::string> config_names() {
    std::vector<std::string> names;
    for (const auto& config : embedded_configs()) names.emplace_back(config.first);
    return names;
}

}  // namespace sosa::hw
