#include "host/plot_layout.h"

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>
#include <cmath>
#include <limits>

#include "host/terminal.h"
#include "traces/error.h"
#include "traces/format.h"

namespace sosa::host {

namespace {

[[noreturn]] void refuse(const Plot& plot, const std::string& what) {
    throw UserError("plot \"" + clipped(plot.title, 80) + "\": " + what);
}

// The extent of what is drawn along an axis.
class Extent {
  public:
    Extent(const Plot& plot, const PlotAxis& axis, const char* name)
        : plot_(plot), axis_(axis), name_(name) {}

    void add(double value) {
        if (!std::isfinite(value))
            refuse(plot_, std::string("found a value of ") + name_ + " that is not finite");
        if (axis_.log_base > 0 && value <= 0)
            refuse(plot_, std::string("found ") + traces::shortest(value) + " on axis " + name_ +
                              ", allowed what is above 0: the axis has a logarithm");
        low_ = std::min(low_, value);
        high_ = std::max(high_, value);
    }

    // `margin`: the share of the range that is added at both ends.
    PlotRange range(double margin) const {
        PlotRange r{low_, high_, axis_.log_base > 0};
        if (r.log) {
            const double factor = low_ < high_ ? std::pow(high_ / low_, margin) : 1.1;
            r.from /= factor;
            r.to *= factor;
        } else {
            const double same = low_ == 0 ? 1 : std::fabs(low_) * 0.1;
            const double add = low_ < high_ ? (high_ - low_) * margin : same;
            const bool near_zero = margin > 0 && low_ >= 0 && low_ <= 0.4 * high_;
            r.from = near_zero ? 0 : r.from - add;
            r.to += add;
        }
        r.from = axis_.from.value_or(r.from);
        r.to = axis_.to.value_or(r.to);
        if (!std::isfinite(r.from) || !std::isfinite(r.to) || r.from >= r.to || (r.log && r.from <= 0))
            refuse(plot_, std::string("axis ") + name_ + " cannot go from " + traces::shortest(r.from) +
                              " to " + traces::shortest(r.to));
        return r;
    }

  private:
    const Plot& plot_;
    const PlotAxis& axis_;
    const char* name_;
    double low_ = std::numeric_limits<double>::infinity();
    double high_ = -std::numeric_limits<double>::infinity();
};

void check_map(const Plot& plot, const HeatMap& map) {
    if (map.xs.size() < 2 || map.ys.size() < 2 || map.z.size() != map.xs.size() * map.ys.size())
        refuse(plot, "found a map of " + std::to_string(map.xs.size()) + " x " +
                         std::to_string(map.ys.size()) + " with " + std::to_string(map.z.size()) +
                         " values, allowed 2 x 2 and more, all there");
    const bool any = std::any_of(map.z.begin(), map.z.end(), [](const auto& z) { return z.has_value(); });
    const bool finite =
        std::all_of(map.z.begin(), map.z.end(), [](const auto& z) { return !z || std::isfinite(*z); });
    if (!any || !finite) refuse(plot, "found a map without a value, or with one that is not finite");
}

void add_edges(Extent& extent, const std::vector<double>& centres) {
    const double half = (centres.back() - centres.front()) / static_cast<double>(centres.size() - 1) / 2;
    extent.add(centres.front() - half);
    extent.add(centres.back() + half);
}

// Lines of the legend above the plot: gnuplot makes all its columns as wide as the widest name needs.
double legend_lines(const Plot& plot, double width_px) {
    constexpr double sample_px = 75;
    double names = 0, widest_px = sample_px;
    const auto add = [&](const std::string& name) {
        if (name.empty()) return;
        ++names;
        widest_px = std::max(widest_px, sample_px + text_width_px(name, kFontPx));
    };
    for (const auto& series : plot.series) add(legend_text(series.name));
    if (plot.heat_map) add(contour_text(*plot.heat_map));
    return std::ceil(names / std::max(1.0, std::floor(width_px / widest_px)));
}

}  // namespace

std::string harmless_text(const std::string& text) {
    constexpr std::size_t most_columns = 160;
    std::string result = clipped(text, most_columns);
    constexpr std::pair<const char*, const char*> replaced[] = {
        {"'", "\u2019"}, {"]]>", "]] >"}, {"\xef\xbf\xbe", "?"}, {"\xef\xbf\xbf", "?"}};
    for (const auto& [from, to] : replaced) boost::replace_all(result, from, to);
    return result;
}

std::string legend_text(const std::string& name) {
    constexpr std::size_t most_columns = 70;
    return clipped(name, most_columns);
}

std::string contour_text(const HeatMap& map) {
    std::string text;
    for (const double level : map.contours) text += (text.empty() ? " = " : ", ") + traces::shortest(level);
    return text.empty() ? "" : legend_text(map.z_label + text);
}

double text_width_px(const std::string& text, double font_px) {
    return static_cast<double>(columns_of(text)) * font_px * 0.58;
}

double PlotRange::share(double value) const {
    return log ? std::log(value / from) / std::log(to / from) : (value - from) / (to - from);
}

PlotLayout::PlotLayout(const Plot& plot) {
    stand_bars(plot);
    Extent xs(plot, plot.x, "x"), ys(plot, plot.y, "y");
    bool any = false;
    const auto add = [&](double at_x, double at_y) { xs.add(at_x), ys.add(at_y), any = true; };
    for (std::size_t s = 0; s < plot.series.size(); ++s) {
        if (bars[s].empty())
            for (const auto& point : plot.series[s].points) add(point.x, point.y);
        for (const auto& bar : bars[s]) add(bar.x, bar.bottom), add(bar.x, bar.top);
    }
    for (const auto& mark : plot.marks) add(mark.x, mark.y);
    if (!plot.groups.empty()) xs.add(-0.6), xs.add(static_cast<double>(plot.groups.size()) - 0.4);
    if (plot.heat_map) {
        check_map(plot, *plot.heat_map);
        add_edges(xs, plot.heat_map->xs);
        add_edges(ys, plot.heat_map->ys);
        any = true;
    }
    if (!any) refuse(plot, "there is nothing to draw");
    const bool exact = plot.heat_map.has_value();
    x = xs.range(exact || !plot.groups.empty() ? 0 : 0.05);
    y = ys.range(exact ? 0 : 0.08);

    left_px = 96;
    right_px = plot.width_px - (plot.heat_map ? 130.0 : 30.0);
    top_px = 46 + 22 * legend_lines(plot, right_px - left_px);
    bottom_px = plot.height_px - 62.0;
    SOSA_CHECK(right_px > left_px && bottom_px > top_px, "a plot without room");
}

void PlotLayout::stand_bars(const Plot& plot) {
    bars.resize(plot.series.size());
    const auto is_bars = [](const PlotSeries& s) { return s.style == PlotStyle::bars; };
    const auto beside = plot.stacked ? 1 : std::count_if(plot.series.begin(), plot.series.end(), is_bars);
    const double width =
        (plot.stacked ? 0.64 : 0.8) / static_cast<double>(std::max<std::ptrdiff_t>(beside, 1));
    std::vector<double> reached(plot.groups.size(), 0);
    double shift = -width * static_cast<double>(beside - 1) / 2;
    for (std::size_t s = 0; s < plot.series.size(); ++s) {
        if (!is_bars(plot.series[s])) continue;
        for (const auto& point : plot.series[s].points) {
            const bool in_group = point.x >= 0 && point.x < static_cast<double>(plot.groups.size());
            SOSA_CHECK(in_group, "a bar that is in none of the groups");
            double& bottom = reached[static_cast<std::size_t>(point.x)];
            bars[s].push_back({point.x + shift, width * 0.46, bottom, bottom + point.y});
            if (plot.stacked) bottom += point.y;
        }
        if (!plot.stacked) shift += width;
    }
}

}  // namespace sosa::host
