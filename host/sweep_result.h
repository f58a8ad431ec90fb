#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "host/sweep_point.h"
#include "hw/config.h"

namespace sosa::host {

// A figure of summary.json; a table in it has a figure "cycle_loss.idle_pe_cycles" for each of its keys, a
// list of sentences is one text. Without a value where the figure is not a finite number.
struct Figure {
    using Value = std::variant<std::monostate, std::uint64_t, double, std::string>;
    std::string name;
    Value value;
};

// What a point cost; differs from run to run.
struct PointCost {
    double wall_s = 0;
    std::uint64_t peak_memory_bytes = 0;
};

// What became of a point: what stands in its file, points/HASH.json.
struct PointResult {
    std::string version;
    PointRow row;
    hw::Config config;    // the effective one
    std::string failure;  // why there are no figures; empty if there are
    std::vector<Figure> figures;
    PointCost cost;

    bool ok() const { return failure.empty(); }
    // Null if there is none of this name.
    const Figure::Value* find(const std::string& figure) const;
    // Of a figure that is a number; throws UserError if it is none, or the point failed.
    double number(const std::string& figure) const;
};

std::string result_text(const PointResult& result);
// Throws UserError that names the source for what is no such text, or not of the point with this hash.
PointResult parse_result(const std::string& text, const std::string& source, const std::string& hash);

// The figures of a summary.json.
std::vector<Figure> figures_of(const nlohmann::ordered_json& summary);

}  // namespace sosa::host
