#include "host/sweep_plan.h"

#include <algorithm>
#include <unordered_set>

#include "host/sweep_axis.h"
#include "traces/error.h"

namespace sosa::host {

namespace {

class Planner {
  public:
    Planner(const Sweep& sweep, const std::string& version) : sweep_(sweep), reader_(version) {}

    void take(SweepPoint&& point, SweepPlan& plan) {
        const auto out = [&](const SweepFilter& filter) { return filter.keeps(point) == false; };
        if (std::any_of(sweep_.filters.begin(), sweep_.filters.end(), out)) {
            ++plan.filtered;
            return;
        }
        const hw::Config config = reader_.config(point);
        PointRow row = reader_.read(point, config);
        const auto keeps = [&](const SweepFilter& filter) { return filter.keeps(row, config); };
        if (!std::all_of(sweep_.filters.begin(), sweep_.filters.end(), keeps)) {
            ++plan.filtered;
        } else if (!seen_.insert(row.hash).second) {
            ++plan.repeated;
        } else {
            plan.index.rows.push_back(std::move(row));
            plan.points.push_back(std::move(point));
        }
    }

  private:
    const Sweep& sweep_;
    PointReader reader_;
    std::unordered_set<std::string> seen_;  // hashes
};

}  // namespace

SweepPlan make_plan(Sweep sweep, const std::string& version) {
    SweepPlan plan;
    plan.index = {sweep.name, version, sweep.axes, {}};
    Planner planner(sweep, version);
    for (std::size_t i = 0; i < sweep.points.size(); ++i) {
        const std::string label = point_label(sweep.points[i], sweep.axes);
        try {
            planner.take(std::move(sweep.points[i]), plan);
        } catch (const UserError& error) {
            throw UserError(sweep.source + ": point " + std::to_string(i + 1) + " of " +
                            std::to_string(sweep.points.size()) + " (" + label + "): " + error.what());
        }
    }
    if (plan.points.empty())
        throw UserError(sweep.source + ": the filters leave none of the " +
                        std::to_string(sweep.points.size()) + " points");
    return plan;
}

}  // namespace sosa::host
