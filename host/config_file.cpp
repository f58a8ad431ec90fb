#include "host/config_file.h"

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "host/options.h"
#include "host/scalesim_config.h"
#include "traces/error.h"
#include "traces/files.h"
#include "traces/text.h"

namespace sosa::host {

namespace {

void set_key(const std::string& set, hw::Config& config) {
    const auto equals = set.find('=');
    const std::string path = set.substr(0, equals);
    const auto& keys = hw::config_keys();
    const auto key = std::find_if(keys.begin(), keys.end(), [&](const auto& k) { return k.path == path; });
    if (key == keys.end() || equals == set.npos) {
        std::vector<std::string> known;
        for (const auto& k : keys) known.emplace_back(k.path);
        throw UsageError("--set " + set + ": unknown key" +
                         traces::did_you_mean(traces::nearest(path, known)) + ", allowed KEY=VALUE");
    }
    if (!hw::assign_text(*key, set.substr(equals + 1), config))
        throw UsageError("--set " + set + ": allowed " + hw::allowed_text(*key));
}

}  // namespace

hw::Config load_config(const std::string& name_or_file, const std::vector<std::string>& sets) {
    if (std::filesystem::path(name_or_file).extension() != ".cfg") return hw::load_config(name_or_file, sets);
    std::vector<std::string> notices;
    hw::Config config = import_scalesim_config(traces::read_file(name_or_file, kMaxScaleSimConfigBytes),
                                               name_or_file, notices);
    for (const auto& notice : notices) std::cerr << notice << '\n';
    for (const auto& set : sets) set_key(set, config);
    if (config.tiling.partition_rows == hw::partition_follows_rows)
        config.tiling.partition_rows = config.pods.rows;
    if (const std::string wrong = hw::misfit(config); !wrong.empty())
        throw UserError(name_or_file + ": " + wrong);
    return config;
}

}  // namespace sosa::host
