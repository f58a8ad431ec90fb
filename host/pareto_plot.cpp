#include <algorithm>
#include <array>

#include "host/pareto.h"
#include "host/terminal.h"
#include "traces/text.h"

namespace sosa::host {

namespace {

// "peak power (W), smaller is better" of peak_power_w.
std::string axis_label(const std::string& figure, Goal goal) {
    constexpr std::array<std::pair<std::string_view, const char*>, 8> units = {{{"_w", "W"},
                                                                                {"_j", "J"},
                                                                                {"_pj", "pJ"},
                                                                                {"_ns", "ns"},
                                                                                {"_s", "s"},
                                                                                {"_pct", "%"},
                                                                                {"_mm2", "mm²"},
                                                                                {"_hz", "Hz"}}};
    std::string text = figure, unit;
    for (const auto& [suffix, name] : units) {
        if (text.size() <= suffix.size() ||
            text.compare(text.size() - suffix.size(), suffix.size(), suffix) != 0)
            continue;
        unit = std::string(" (") + name + ")";
        text.erase(text.size() - suffix.size());
        break;
    }
    std::replace(text.begin(), text.end(), '_', ' ');
    return text + unit + (goal == Goal::minimise ? ", smaller is better" : ", larger is better");
}

constexpr std::size_t kMostColumns = 40;

// "rows" of pods.rows.
std::string last_part(const std::string& column) { return column.substr(column.rfind('.') + 1); }

}  // namespace

std::string short_label(const ResultsCsv& results, std::size_t row, const std::vector<std::string>& axes) {
    std::vector<std::string> values;
    for (const auto& axis : axes) values.push_back(results.cell(row, axis));
    return clipped(traces::join(values), kMostColumns);
}

Plot pareto_plot(const ResultsCsv& results, const ParetoAsk& ask, const ParetoAnswer& answer,
                 const std::string& sweep_name) {
    Plot plot;
    plot.title = sweep_name + ": " + std::to_string(answer.front.size()) + " Pareto-optimal of " +
                 std::to_string(answer.points.size()) + " points";
    plot.x.label = axis_label(ask.x, answer.x_goal);
    plot.y.label = axis_label(ask.y, answer.y_goal);
    plot.x.log_base = ask.log_x ? 10 : 0;
    plot.y.log_base = ask.log_y ? 10 : 0;
    PlotSeries all{"dominated", PlotStyle::points, {}, true}, steps{"", PlotStyle::steps};
    PlotSeries front{"Pareto-optimal", PlotStyle::points};
    std::vector<std::string> names;
    for (const auto& axis : answer.axes) names.push_back(last_part(axis));
    if (!names.empty()) front.name += ": " + traces::join(names);
    std::vector<bool> optimal;
    for (const auto& point : answer.front) {
        if (optimal.size() <= point.row) optimal.resize(point.row + 1);
        optimal[point.row] = true;
        steps.points.push_back({point.x, point.y});
        front.points.push_back({point.x, point.y, short_label(results, point.row, answer.axes)});
    }
    for (const auto& point : answer.points)
        if (point.row >= optimal.size() || !optimal[point.row]) all.points.push_back({point.x, point.y});
    plot.series = {std::move(all), std::move(steps), std::move(front)};
    return plot;
}

}  // namespace sosa::host
