#include "host/sweep_simulate.h"

#include <sys/resource.h>

#include <nlohmann/json.hpp>

#include "host/config_file.h"
#include "host/layer_fill.h"
#include "host/progress.h"
#include "host/report.h"
#include "host/system.h"
#include "traces/error.h"

namespace sosa::host {

namespace {

std::uint64_t peak_memory_bytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

// summary.json of the run.
nlohmann::ordered_json run(const Job& job, const hw::Config& config, const JobInput& input) {
    const auto table = traces::load_energy_table(config.power.energy_table);
    PhaseSeconds phases;
    Progress progress;
    const Program program = place(job, config, input, phases, progress);
    // Never destroyed: the process ends with the point.
    System& system = *new System("sosa", config, program);
    SOSA_CHECK(system.run(), "a run that nothing can stop was stopped");
    Summary summary = summarize(config, system.accelerator, system.host.counters(), table);
    summary.warnings = fill_warnings(program);
    auto figures = run_figures(config, program, summary);
    figures["fidelity"] = "timing";
    return figures;
}

}  // namespace

PointResult simulate_point(const SweepPoint& point, const PointRow& row, const std::string& version) {
    Stopwatch watch;
    PointResult result{version, row, load_config(point.config, point.sets), "", {}, {}};
    const Job job = job_of(point);
    PhaseSeconds phases;
    const JobInput input = load_input(job, result.config, phases);
    if (point_hash(version, point.policy, result.config, input.hash) != row.hash)
        throw UserError("a file of it was changed after the sweep had begun");
    try {
        result.figures = figures_of(run(job, result.config, input));
    } catch (const UserError& error) {
        result.failure = error.what();
    } catch (const std::bad_alloc&) {
        result.failure = "out of memory";
    } catch (const std::exception& error) {  // of a library
        result.failure = error.what();
    }
    result.cost = {watch.lap(), peak_memory_bytes()};
    return result;
}

PointResult failed_point(const SweepPoint& point, const PointRow& row, const std::string& version,
                         const std::string& reason) {
    return {version, row, load_config(point.config, point.sets), reason, {}, {}};
}

}  // namespace sosa::host
