#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "host/sweep_index.h"
#include "host/sweep_spec.h"

// A sweep made ready: every point looked up, named by its hash and seen to be possible.
namespace sosa::host {

struct SweepPlan {
    SweepIndex index;
    std::vector<SweepPoint> points;  // one for each row
    std::size_t filtered = 0;        // points that the filters left out
    std::size_t repeated = 0;        // points that are the same as an earlier one, and left out
};

// Throws UserError, which names the point, for what cannot be built or read; and if no point is left.
SweepPlan make_plan(Sweep sweep, const std::string& version);

}  // namespace sosa::host
