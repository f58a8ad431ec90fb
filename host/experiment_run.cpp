#include "host/experiment_run.h"

#include <ostream>

#include "host/config_file.h"
#include "host/design_space.h"
#include "host/program.h"
#include "host/progress.h"
#include "host/sweep_axis.h"
#include "host/sweep_plan.h"
#include "host/sweep_run.h"
#include "host/sweep_store.h"
#include "traces/error.h"
#include "traces/files.h"

namespace sosa::host {

namespace fs = std::filesystem;

namespace {

Workload make(const MadeWorkload& made) {
    ZooOptions options;
    options.batch = made.batch;
    Workload workload = load_workload(made.of, options);
    for (Layer& layer : workload.layers) layer.m *= made.rows_times;
    workload.batch *= made.rows_times;
    return made.in_full ? expand_repeat(workload) : workload;
}

// Writes the made workloads and has the points read them.
void make_workloads(const Experiment& experiment, const fs::path& folder, Sweep& sweep) {
    for (const MadeWorkload& made : experiment.made) {
        const fs::path file = folder / "workloads" / made.file;
        traces::make_folder(file.parent_path());
        const Workload workload = make(made);
        traces::write_file(file, [&](std::ostream& out) { write_workload(workload, out); });
        for (SweepPoint& point : sweep.points)
            for (std::string& name : point.workloads)
                if (name == made.file) name = file.string();
    }
}

SweepPlan plan_of(const Experiment& experiment, const ExperimentOptions& options,
                  const std::string& version) {
    Sweep sweep = experiment.sweep;
    if (experiment.design_space) {
        const SweepPoint base = sweep.points.at(0);
        sweep.points =
            sample_design_space(*experiment.design_space, base, load_config(base.config, base.sets));
        sweep.axes = {"workload", "pods.rows", "pods.cols", "pods.count", "banks.size"};
    }
    make_workloads(experiment, options.folder, sweep);
    return make_plan(std::move(sweep), version);
}

void simulate(const SweepPlan& plan, const ExperimentOptions& options, Progress& progress) {
    SweepOptions sweep;
    sweep.folder = options.folder;
    sweep.jobs = options.jobs;
    sweep.retry_failed = true;
    sweep.extend = true;
    const SweepOutcome outcome = run_sweep(plan, sweep, progress);
    if (outcome.stopped)
        throw UserError("interrupted; " + std::to_string(outcome.points - outcome.left()) + " of the " +
                        std::to_string(outcome.points) + " points of " + plan.index.name +
                        " are done, the same command goes on from there");
    if (outcome.elsewhere > 0)
        throw UserError(options.folder.string() + ": another process is at work on " +
                        std::to_string(outcome.elsewhere) + " points of " + plan.index.name +
                        "; the same command goes on when it has ended");
}

ExperimentOutcome outcome_of(const Experiment& experiment, std::vector<ExperimentPoint> points,
                             std::vector<std::string> failures) {
    ExperimentOutcome outcome{experiment, std::move(points), {}, {}, {}, std::move(failures)};
    outcome.table = make_table(experiment, outcome.points);
    outcome.checks = check_table(experiment, outcome.table, outcome.points);
    outcome.plots.emplace_back(experiment.name, experiment_plot(experiment, outcome.table, outcome.points));
    if (!experiment.design_space) return outcome;
    const SweepPoint& base = experiment.sweep.points.at(0);
    const DesignSpace space = map_design_space(*experiment.design_space, load_config(base.config, base.sets));
    for (auto& check : check_design_space(*experiment.design_space, space))
        outcome.checks.push_back(std::move(check));
    outcome.plots.emplace_back(experiment.name + "-map",
                               design_space_plot(*experiment.design_space, space, experiment.title));
    return outcome;
}

}  // namespace

ExperimentOutcome run_experiment(const Experiment& experiment, const ExperimentOptions& options,
                                 const std::string& version, Progress& progress) {
    const SweepPlan plan = plan_of(experiment, options, version);
    if (experiment.simulated) simulate(plan, options, progress);
    std::vector<ExperimentPoint> points;
    std::vector<std::string> failures;
    for (std::size_t i = 0; i < plan.points.size(); ++i) {
        const SweepPoint& point = plan.points[i];
        const PointRow& row = plan.index.rows[i];
        points.push_back({point, row, load_config(point.config, point.sets), {}});
        if (!experiment.simulated) continue;
        points.back().result = read_point(options.folder, row.hash);
        if (!points.back().result->ok())
            failures.push_back(point_label(point, plan.index.axes) + ": " + points.back().result->failure);
    }
    return outcome_of(experiment, std::move(points), std::move(failures));
}

}  // namespace sosa::host
