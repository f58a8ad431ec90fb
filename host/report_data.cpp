#include "host/report_data.h"

#include <nlohmann/json.hpp>

#include "noc/topology.h"

namespace sosa::host {

using nlohmann::json;

namespace {

json config_rows(const hw::Config& config) {
    json rows = json::array();
    for (const auto& key : hw::config_keys())
        rows.push_back({key.path, hw::value_text(key, config), hw::default_text(key), key.meaning});
    return rows;
}

json energy_rows(const std::vector<traces::EnergyRow>& energy) {
    json rows = json::array();
    for (const auto& row : energy) {
        json cells = {row.component, row.counter, row.count, nullptr, nullptr, row.source};
        if (row.pj_each) {
            cells[3] = *row.pj_each;
            cells[4] = row.count * *row.pj_each;
        }
        rows.push_back(std::move(cells));
    }
    return rows;
}

json network_table(const RunFolder& run) {
    json table = run.networks();
    const hw::Config& config = run.config();
    table["links_per_stage"] = noc::Topology(config.noc.topology, config.pods.count).lines();
    return table;
}

}  // namespace

json report_data(const RunFolder& run) {
    const hw::Config& config = run.config();
    json data;
    data["folder"] = run.path().string();
    data["summary"] = run.summary();
    for (const char* key : {"version", "seed"}) data[key] = run.manifest().value(key, json());
    data["clock_hz"] = config.clock_hz;
    data["dram_bytes_per_s"] = config.dram.bandwidth_bytes_per_s;
    data["pods"] = config.pods.count;
    data["pes_per_pod"] = config.pods.rows * config.pods.cols;
    data["config"] = config_rows(config);
    data["energy"] = energy_rows(run.energy());
    data["networks"] = network_table(run);
    data["layers"] = layer_columns(run);
    if (run.slices()) data["slices"] = slice_columns(run);
    if (run.occupancy()) data["occupancy"] = occupancy_lists(run);
    if (run.power()) data["power"] = power_columns(run);
    return data;
}

}  // namespace sosa::host
