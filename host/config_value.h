#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hw/config.h"

// Values of the configuration in tables and comparisons.
namespace sosa::host {

std::vector<std::string> config_paths();

// Null if there is none of this path.
const hw::ConfigKey* find_config_key(std::string_view path);

// Whether its values are numbers; a partition, which may be a word, is not.
bool is_numeric(const hw::ConfigKey& key);

// A value of such a key in the base unit; none for what the key does not allow.
std::optional<double> config_number(const hw::ConfigKey& key, std::string_view text);

// The path with the base unit: "pods.count", "banks.size_bytes", "dram.latency_ns".
std::string config_column(const hw::ConfigKey& key);

// The effective value by its path, as --set takes it.
std::string config_text(const hw::Config& config, std::string_view path);

}  // namespace sosa::host
