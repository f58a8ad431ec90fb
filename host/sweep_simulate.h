#pragma once
#include <string>

#include "host/sweep_result.h"

namespace sosa::host {

// Simulates the point in this process, which must not have simulated before. A run that fails (its placement,
// its memory, a fault) is a result, too. Throws UserError if the point is no longer what its hash was made
// of.
PointResult simulate_point(const SweepPoint& point, const PointRow& row, const std::string& version);

// The result of a point that failed for this reason.
PointResult failed_point(const SweepPoint& point, const PointRow& row, const std::string& version,
                         const std::string& reason);

}  // namespace sosa::host
