#pragma once
#include <optional>
#include <string>
#include <vector>

#include "host/experiment.h"
#include "host/experiment_point.h"

// An experiment's points as a table of what was published and what came out here.
namespace sosa::host {

struct ExperimentCell {
    std::optional<double> ours;   // none if a point of the row failed, or the figure is not known
    std::optional<double> paper;  // none if nothing was published

    // By how much ours is more than the published value, in % of that.
    std::optional<double> difference_pct() const;
    bool is_within(double tolerance_pct) const;  // also if nothing was published
};

struct ExperimentRow {
    std::string label;
    std::vector<std::size_t> points;    // indices
    std::vector<ExperimentCell> cells;  // one a column
};

struct ExperimentTable {
    std::vector<ExperimentRow> rows;  // in the order of the points

    const ExperimentRow* find(const std::string& label) const;
};

// Throws UserError that lists the rows if it is not there.
const ExperimentRow& need_row(const ExperimentTable& table, const std::string& label);

// Throws UserError if a published value has no row, or the experiment asks for what does not exist.
ExperimentTable make_table(const Experiment& experiment, const std::vector<ExperimentPoint>& points);

// The column must exist.
std::size_t column_index(const Experiment& experiment, const std::string& name);
bool has_published(const Experiment& experiment, const std::string& column);

struct CheckResult {
    bool ok;
    std::string sentence;
};

// How many published values are within their tolerance, then the checks of the spec.
std::vector<CheckResult> check_table(const Experiment& experiment, const ExperimentTable& table,
                                     const std::vector<ExperimentPoint>& points);

// With so many digits behind the point; "-" if there is none.
std::string value_text(const std::optional<double>& value, int digits);

}  // namespace sosa::host
