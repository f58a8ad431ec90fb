// The tables of a run as columns of numbers, as short as they can be said.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "host/report_data.h"

namespace sosa::host {

using nlohmann::json;

namespace {

// Counts stay whole; "unknown" is null.
json number_column(const CsvTable& table, const std::string& name) {
    constexpr double exact_integers = 9007199254740992.0;  // 2^53
    const std::size_t column = table.column(name);
    json values = json::array();
    for (std::size_t row = 0; row < table.rows(); ++row) {
        const auto value = table.number(row, column);
        if (!value)
            values.push_back(nullptr);
        else if (*value >= 0 && *value < exact_integers &&
                 *value == static_cast<double>(static_cast<std::uint64_t>(*value)))
            values.push_back(static_cast<std::uint64_t>(*value));
        else
            values.push_back(*value);
    }
    return values;
}

json text_column(const CsvTable& table, const std::string& name) {
    const std::size_t column = table.column(name);
    json values = json::array();
    for (std::size_t row = 0; row < table.rows(); ++row) values.push_back(table.text(row, column));
    return values;
}

void add_numbers(json& columns, const CsvTable& table, const std::vector<std::string>& names) {
    for (const auto& name : names) columns[name] = number_column(table, name);
}

}  // namespace

json layer_columns(const RunFolder& run) {
    const CsvTable& table = run.layers();
    json columns;
    for (const char* name : {"layer", "workload", "op"}) columns[name] = text_column(table, name);
    add_numbers(columns, table,
                {"m", "k", "n", "tile_ops", "post_ops", "first_slice", "last_slice", "start_cycle",
                 "end_cycle", "cycles", "macs", "utilization_pct"});
    // What earlier versions did not write.
    for (const char* name :
         {"sram_bytes", "link_bytes", "dram_bytes", "energy_pj", "loss_useful_pe_cycles",
          "loss_edge_tile_pe_cycles", "loss_weight_load_pe_cycles", "loss_fill_drain_pe_cycles",
          "loss_dependency_wait_pe_cycles", "loss_route_conflict_pe_cycles", "loss_memory_stall_pe_cycles",
          "loss_idle_pe_cycles"})
        if (table.has(name)) columns[name] = number_column(table, name);
    return columns;
}

json slice_columns(const RunFolder& run) {
    json columns;
    add_numbers(columns, *run.slices(),
                {"run_cycles", "stall_cycles", "tile_ops", "post_ops", "waiting_ops"});
    return columns;
}

json power_columns(const RunFolder& run) {
    json columns;
    add_numbers(columns, *run.power(),
                {"start_ns", "end_ns", "pods_w", "sram_w", "noc_w", "dram_w", "total_w"});
    return columns;
}

json occupancy_lists(const RunFolder& run) {
    const CsvTable& table = *run.occupancy();
    const std::size_t pod = table.column("pod"), layer = table.column("layer"),
                      first = table.column("first_slice"), slices = table.column("slices");
    const std::uint32_t pods = run.config().pods.count;
    std::vector<std::uint64_t> ends(pods, 0);
    json lists = json::array();
    for (std::uint32_t p = 0; p < pods; ++p) lists.push_back(json::array());
    for (std::size_t row = 0; row < table.rows(); ++row) {
        const std::uint64_t p = table.whole(row, pod, pods - 1);
        const std::uint64_t start = table.whole(row, first, kMaxRunSlices);
        const std::uint64_t count = table.whole(row, slices, kMaxRunSlices);
        const std::uint64_t l = table.whole(row, layer, std::max<std::size_t>(run.layers().rows(), 1) - 1);
        if (start < ends[p])
            table.refuse(row, first,
                         "at least " + std::to_string(ends[p]) + ", the end of the pod's work before");
        for (const std::uint64_t number : {l, start - ends[p], count}) lists[p].push_back(number);
        ends[p] = start + count;
    }
    return lists;
}

}  // namespace sosa::host
