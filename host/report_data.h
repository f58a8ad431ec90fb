#pragma once
#include <nlohmann/json_fwd.hpp>

#include "host/run_folder.h"

namespace sosa::host {

// What the page of a report shows of a run, as traces/report/main.js reads it. Equal runs give equal data: no
// times of day. Throws UserError naming file and line for columns that are missing and values that cannot be.
nlohmann::json report_data(const RunFolder& run);

// Parts of it, in files of their own.
nlohmann::json layer_columns(const RunFolder& run);
nlohmann::json slice_columns(const RunFolder& run);
nlohmann::json power_columns(const RunFolder& run);
// A list per pod: layer, slices without work before it, slices; again and again.
nlohmann::json occupancy_lists(const RunFolder& run);

}  // namespace sosa::host
