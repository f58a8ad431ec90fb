#include "host/config_value.h"

#include <algorithm>
#include <variant>

#include "traces/error.h"

namespace sosa::host {

using Kind = hw::ConfigKey::Kind;

std::vector<std::string> config_paths() {
    std::vector<std::string> paths;
    for (const hw::ConfigKey& key : hw::config_keys()) paths.emplace_back(key.path);
    return paths;
}

const hw::ConfigKey* find_config_key(std::string_view path) {
    const auto& keys = hw::config_keys();
    const auto key = std::find_if(keys.begin(), keys.end(), [&](const auto& k) { return k.path == path; });
    return key == keys.end() ? nullptr : &*key;
}

bool is_numeric(const hw::ConfigKey& key) {
    return key.kind != Kind::name && key.kind != Kind::text && key.kind != Kind::word &&
           key.kind != Kind::partition;
}

std::optional<double> config_number(const hw::ConfigKey& key, std::string_view text) {
    hw::Config config;
    if (!is_numeric(key) || !hw::assign_text(key, text, config)) return std::nullopt;
    const hw::ConfigField field = key.field(config);
    if (auto* const* small = std::get_if<std::uint32_t*>(&field)) return **small;
    if (auto* const* wide = std::get_if<std::uint64_t*>(&field)) return static_cast<double>(**wide);
    return *std::get<double*>(field);
}

std::string config_column(const hw::ConfigKey& key) {
    const auto unit = [&] {
        switch (key.kind) {
            case Kind::size:
                return "_bytes";
            case Kind::bandwidth:
                return "_bytes_per_s";
            case Kind::clock:
                return "_hz";
            case Kind::time:
                return "_ns";
            case Kind::power:
                return "_w";
            default:
                return "";
        }
    };
    return std::string(key.path) + unit();
}

std::string config_text(const hw::Config& config, std::string_view path) {
    const hw::ConfigKey* const key = find_config_key(path);
    SOSA_CHECK(key, "no key " + std::string(path));
    return hw::value_text(*key, config);
}

}  // namespace sosa::host
