#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/row_tracker.h"

namespace sosa::host {

// A row of results as the RTL shows it, with all that went into it.
struct Observation {
    TrackedRow row, before, after;                      // `before` entered an edge earlier
    WeightSet weights, previous_weights, next_weights;  // [rows][cols]
    std::vector<std::int32_t> psum;                     // [cols], shown
    std::vector<std::uint8_t> overflow;                 // [cols], shown
};

struct Place {
    std::string where = "-";  // "PE (4,17)", "block (0,1)", "column 17"; (row group, column group)
    std::string what;  // "has 5 as its weight instead of 3"; empty if no mistake that we know explains it
};

// The place of a mistake that shows in the first observation: single mistakes (a wrong operand of a PE, a row
// group whose products are missing, ...) are tried in every place, and the one that explains the most
// observations is taken. Of several places only what they have in common is told.
Place localize(const pods::ArrayShape& shape, const std::vector<Observation>& observations);

// Partial sum and overflow of a column as the array should give them.
struct ColumnResult {
    std::int32_t psum;
    bool overflow;
};
ColumnResult column_result(const pods::ArrayShape& shape, const TrackedRow& row, const WeightSet& weights,
                           std::uint32_t col);

}  // namespace sosa::host
