#pragma once
#include <optional>
#include <string>
#include <vector>

#include "host/experiment.h"
#include "host/sweep_result.h"
#include "traces/area.h"
#include "traces/energy.h"

namespace sosa::host {

// A point of an experiment with what became of it.
struct ExperimentPoint {
    SweepPoint point;
    PointRow row;
    hw::Config config;
    std::optional<PointResult> result{};  // none if it was not simulated
};

// A figure of the point's summary.json, or one that follows from it and from the configuration alone; see
// derived_figures(). None if the point failed, or the figure is not known. Throws UserError for a name that
// is neither.
std::optional<double> point_figure(const ExperimentPoint& point, const std::string& figure);

// Of those that are no figures of summary.json: {name, what it is}.
std::vector<std::pair<std::string, std::string>> derived_figures();

// Every "{AXIS}" in the text replaced by the point's value of that axis (host/sweep_axis.h), also where the
// point was not given one. Throws UserError for an axis that does not exist.
std::string filled(const std::string& text, const ExperimentPoint& point);

// At least one value.
double mean_of(Mean mean, const std::vector<double>& values);

traces::PeakPower peak_power_of(const hw::Config& config);
// From the table that comes with the program.
traces::ChipArea area_of(const hw::Config& config);

}  // namespace sosa::host
