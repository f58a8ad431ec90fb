#include "host/explain.h"

#include <algorithm>

#include "host/progress.h"
#include "host/sweep_plan.h"
#include "host/sweep_run.h"
#include "host/sweep_store.h"
#include "traces/error.h"

namespace sosa::host {

namespace {

SweepPoint made_ideal(SweepPoint point, const IdealResource& resource) {
    for (const auto& set : resource.sets) {
        const auto equals = set.find('=');
        replace_pair(point.sets, set.substr(0, equals), set.substr(equals + 1));
    }
    return point;
}

// The point first, then one for each resource.
std::vector<SweepPoint> points_of(const SweepPoint& point) {
    std::vector<SweepPoint> points = {point};
    for (const auto& resource : ideal_resources()) points.push_back(made_ideal(point, resource));
    return points;
}

void simulate(const std::vector<SweepPoint>& points, const ExplainOptions& options,
              const std::string& version, Progress& progress) {
    Sweep sweep{"explain", "explain", {"ideal", "dram.bandwidth", "dram.latency"}, {}, points};
    SweepOptions run;
    run.folder = options.folder;
    run.jobs = options.jobs;
    run.retry_failed = true;
    run.extend = true;
    const SweepOutcome outcome = run_sweep(make_plan(std::move(sweep), version), run, progress);
    if (outcome.stopped) throw UserError("interrupted; a folder named with --out keeps what is finished");
    if (outcome.elsewhere > 0)
        throw UserError(options.folder.string() + ": another process is at work on " +
                        std::to_string(outcome.elsewhere) + " of the runs");
}

IdealRun run_of(const IdealResource& resource, const PointResult& result) {
    if (!result.ok()) return {&resource, std::nullopt, result.failure};
    return {&resource, static_cast<std::uint64_t>(result.number("cycles")), ""};
}

}  // namespace

const std::vector<IdealResource>& ideal_resources() {
    static const std::vector<IdealResource> all = {
        {"network", {"ideal=network"}, "every route is free in every slice and takes no time"},
        {"x banks", {"ideal=x_banks"}, "an X bank holds everything and sends any number of tiles a slice"},
        {"w banks", {"ideal=w_banks"}, "a W bank holds everything and sends any number of tiles a slice"},
        {"p banks",
         {"ideal=p_banks"},
         "a P bank holds everything and sends and takes any number of partial sums a slice"},
        {"DRAM bandwidth",
         {"dram.bandwidth=1048576GiB/s"},
         "a tile is transferred in no time once DRAM answers"},
        {"DRAM latency", {"dram.latency=0ns"}, "DRAM answers at once"},
        {"post-processors",
         {"ideal=post_processors"},
         "partial sums are added, and vector work is done, on the way and in no time"},
        {"weight load", {"ideal=weight_load"}, "weights are in their array in no time"},
        {"dependencies", {"ideal=dependencies"}, "a layer waits for none of those whose results it reads"},
    };
    return all;
}

std::uint64_t Explanation::base_cycles() const { return static_cast<std::uint64_t>(base.number("cycles")); }

std::int64_t Explanation::gained_cycles(const IdealRun& run) const {
    return static_cast<std::int64_t>(base_cycles()) - static_cast<std::int64_t>(run.cycles.value_or(0));
}

double Explanation::gain_pct(const IdealRun& run) const {
    return 100 * static_cast<double>(gained_cycles(run)) / static_cast<double>(base_cycles());
}

Explanation explain(const SweepPoint& point, const ExplainOptions& options, const std::string& version,
                    Progress& progress) {
    if (const auto ideal = pair_value(point.sets, "ideal"))
        throw UsageError("explain: found --set ideal=" + *ideal + ", which explain itself sets");
    PointReader reader(version);
    reader.read(point, reader.config(point));  // says what is wrong with it as a run would
    const std::vector<SweepPoint> points = points_of(point);
    simulate(points, options, version, progress);
    const auto result = [&](const SweepPoint& one) {
        return read_point(options.folder, reader.read(one, reader.config(one)).hash);
    };
    Explanation explanation{result(point), {}};
    if (!explanation.base.ok())
        throw UserError("the run to be explained failed: " + explanation.base.failure);
    for (std::size_t i = 0; i < ideal_resources().size(); ++i)
        explanation.runs.push_back(run_of(ideal_resources()[i], result(points[i + 1])));
    std::stable_sort(explanation.runs.begin(), explanation.runs.end(), [](const auto& a, const auto& b) {
        return a.cycles && (!b.cycles || *a.cycles < *b.cycles);
    });
    return explanation;
}

}  // namespace sosa::host
