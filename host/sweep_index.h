#pragma once
#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "host/sweep_point.h"

namespace sosa::host {

// What stands in a sweep's folder as sweep.json: which points there are, in which order.
struct SweepIndex {
    std::string name, version;
    std::vector<std::string> axes;  // what varies, as in sweep_axis.h
    std::vector<PointRow> rows;     // no hash twice
};

// A part of a sweep: shard 1 of 3 has the first row, the fourth, ... Each row is in one shard.
struct Shard {
    std::size_t index = 1, count = 1;
    bool has(std::size_t row) const { return row % count == index - 1; }
};

bool is_hash(const std::string& text);

// One row a line.
std::string index_text(const SweepIndex& index);
// Throws UserError that names the source for what is no such text.
SweepIndex parse_index(const std::string& text, const std::string& source);

nlohmann::ordered_json row_json(const PointRow& row);
PointRow row_of(
    const nlohmann::json& json);  // throws nlohmann::json::exception, and UserError for a wrong hash

}  // namespace sosa::host
