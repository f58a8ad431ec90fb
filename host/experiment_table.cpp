#include "host/experiment_table.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "traces/error.h"
#include "traces/text.h"

namespace sosa::host {

namespace {

using Value = std::optional<double>;

std::vector<ExperimentRow> rows_of(const Experiment& experiment, const std::vector<ExperimentPoint>& points) {
    std::vector<ExperimentRow> rows;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const std::string label = filled(experiment.row, points[i]);
        const auto same = [&](const ExperimentRow& row) { return row.label == label; };
        auto row = std::find_if(rows.begin(), rows.end(), same);
        if (row == rows.end()) row = rows.insert(rows.end(), {label, {}, {}});
        row->points.push_back(i);
    }
    return rows;
}

Value row_figure(const ExperimentColumn& column, const ExperimentRow& row,
                 const std::vector<ExperimentPoint>& points) {
    std::vector<double> values;
    for (const std::size_t i : row.points) {
        const Value value = point_figure(points[i], column.figure);
        if (!value) return std::nullopt;
        values.push_back(*value);
    }
    return mean_of(column.mean, values);
}

// What the figure is divided by; 1 if it is not relative.
Value divisor(const ExperimentColumn& column, const ExperimentRow& row, const ExperimentTable& table,
              const std::vector<ExperimentPoint>& points) {
    if (column.relative_to.empty()) return 1;
    std::vector<double> values;
    for (const auto& label : column.relative_to) {
        const Value value = row_figure(column, need_row(table, filled(label, points[row.points[0]])), points);
        if (!value) return std::nullopt;
        values.push_back(*value);
    }
    return mean_of(Mean::harmonic, values);
}

Value published(const Experiment& experiment, const std::string& row, const std::string& column) {
    const auto values = experiment.published.find(row);
    if (values == experiment.published.end()) return std::nullopt;
    const auto value = values->second.find(column);
    return value == values->second.end() ? std::nullopt : Value(value->second);
}

}  // namespace

const ExperimentRow& need_row(const ExperimentTable& table, const std::string& label) {
    if (const ExperimentRow* const row = table.find(label)) return *row;
    std::vector<std::string> labels;
    for (const auto& row : table.rows) labels.push_back(row.label);
    throw UserError("found the row \"" + label + "\"" + traces::did_you_mean(traces::nearest(label, labels)) +
                    ", there are " + traces::join(labels, "; "));
}

Value ExperimentCell::difference_pct() const {
    return ours && paper ? Value(100 * (*ours / *paper - 1)) : std::nullopt;
}

bool ExperimentCell::is_within(double tolerance_pct) const {
    if (!paper) return true;
    const Value difference = difference_pct();
    return difference && std::fabs(*difference) <= tolerance_pct;
}

const ExperimentRow* ExperimentTable::find(const std::string& label) const {
    const auto found =
        std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.label == label; });
    return found == rows.end() ? nullptr : &*found;
}

ExperimentTable make_table(const Experiment& experiment, const std::vector<ExperimentPoint>& points) {
    ExperimentTable table{rows_of(experiment, points)};
    for (const auto& row : experiment.published) need_row(table, row.first);
    for (ExperimentRow& row : table.rows)
        for (const ExperimentColumn& column : experiment.columns) {
            const Value figure = row_figure(column, row, points);
            const Value by = divisor(column, row, table, points);
            row.cells.push_back({figure && by ? Value(*figure / *by) : std::nullopt,
                                 published(experiment, row.label, column.name)});
        }
    return table;
}

std::size_t column_index(const Experiment& experiment, const std::string& name) {
    const auto& columns = experiment.columns;
    const auto found =
        std::find_if(columns.begin(), columns.end(), [&](const auto& c) { return c.name == name; });
    SOSA_CHECK(found != columns.end(), name);
    return static_cast<std::size_t>(found - columns.begin());
}

bool has_published(const Experiment& experiment, const std::string& column) {
    const auto& rows = experiment.published;
    return std::any_of(rows.begin(), rows.end(),
                       [&](const auto& row) { return row.second.count(column) > 0; });
}

std::string value_text(const Value& value, int digits) {
    if (!value) return "-";
    char text[400];
    std::snprintf(text, sizeof text, "%.*f", digits, *value);
    return text;
}

}  // namespace sosa::host
