#pragma once
#include <string>
#include <utility>
#include <vector>

#include "host/experiment_table.h"
#include "host/plot.h"

namespace sosa::host {

// What an experiment came to.
struct ExperimentOutcome {
    const Experiment& experiment;
    std::vector<ExperimentPoint> points;
    ExperimentTable table;
    std::vector<CheckResult> checks;
    std::vector<std::pair<std::string, Plot>> plots;  // by name of the file, without its ending
    std::vector<std::string> failures;                // of points: which, and why

    bool passed() const;
};

// The plot that the spec asks for.
Plot experiment_plot(const Experiment& experiment, const ExperimentTable& table,
                     const std::vector<ExperimentPoint>& points);

}  // namespace sosa::host
