#include <algorithm>
#include <charconv>

#include "host/experiment_outcome.h"
#include "traces/error.h"

namespace sosa::host {

namespace {

using Style = ExperimentPlot::Style;

class Plotter {
  public:
    Plotter(const Experiment& experiment, const ExperimentTable& table,
            const std::vector<ExperimentPoint>& points)
        : experiment_(experiment), spec_(experiment.plot), table_(table), points_(points) {}

    Plot plot() {
        plot_.title = experiment_.title;
        plot_.y = {spec_.y_title, 0, 0.0};
        if (spec_.style == Style::lines) {
            plot_.x = {spec_.x_title, spec_.log_base};
            lines();
        } else {
            plot_.x = {experiment_.row_title};
            plot_.stacked = spec_.style == Style::stacked;
            for (const auto& row : table_.rows) plot_.groups.push_back(row.label);
            bars();
        }
        return std::move(plot_);
    }

  private:
    const ExperimentCell& cell(const ExperimentRow& row, const std::string& column) const {
        return row.cells[column_index(experiment_, column)];
    }

    PlotSeries bars_of(const std::string& name, const std::string& column,
                       std::optional<double> ExperimentCell::*value) const {
        PlotSeries series{name, PlotStyle::bars};
        for (std::size_t i = 0; i < table_.rows.size(); ++i)
            if (const auto y = cell(table_.rows[i], column).*value)
                series.points.push_back({static_cast<double>(i), *y});
        return series;
    }

    // One column has its published values beside it, several have their titles.
    void bars() {
        if (spec_.columns.size() == 1 && has_published(experiment_, spec_.columns[0]))
            plot_.series.push_back(bars_of("paper", spec_.columns[0], &ExperimentCell::paper));
        for (const auto& column : spec_.columns) {
            const bool alone = spec_.columns.size() == 1;
            const std::string& title = experiment_.columns[column_index(experiment_, column)].title;
            plot_.series.push_back(bars_of(alone ? "ours" : title, column, &ExperimentCell::ours));
        }
    }

    // A column's value, or the number that begins an axis' value ("128" of "128KiB").
    std::optional<double> x_of(const ExperimentRow& row) const {
        const auto& columns = experiment_.columns;
        if (std::any_of(columns.begin(), columns.end(), [&](const auto& c) { return c.name == spec_.x; }))
            return cell(row, spec_.x).ours;
        const std::string text = filled("{" + spec_.x + "}", points_[row.points[0]]);
        double value = 0;
        const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
        if (end.ec != std::errc())
            throw UserError("plot: found the value \"" + text + "\" of " + spec_.x + ", allowed are numbers");
        return value;
    }

    PlotSeries& line(const std::string& name) {
        for (PlotSeries& one : plot_.series)
            if (one.name == name) return one;
        return plot_.series.emplace_back(PlotSeries{name, PlotStyle::line_points});
    }

    void lines() {
        PlotSeries paper{"paper", PlotStyle::points, {}, true};
        const std::string& column = spec_.columns.at(0);
        for (const auto& row : table_.rows) {
            const auto x = x_of(row);
            if (!x) continue;
            const ExperimentCell& y = cell(row, column);
            if (y.ours) line(filled(spec_.line, points_[row.points[0]])).points.push_back({*x, *y.ours});
            if (y.paper) paper.points.push_back({*x, *y.paper});
        }
        if (!paper.points.empty()) plot_.series.push_back(std::move(paper));
    }

    const Experiment& experiment_;
    const ExperimentPlot& spec_;
    const ExperimentTable& table_;
    const std::vector<ExperimentPoint>& points_;
    Plot plot_;
};

}  // namespace

Plot experiment_plot(const Experiment& experiment, const ExperimentTable& table,
                     const std::vector<ExperimentPoint>& points) {
    return Plotter(experiment, table, points).plot();
}

}  // namespace sosa::host
