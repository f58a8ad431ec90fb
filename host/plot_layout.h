#pragma once
#include <string>
#include <vector>

#include "host/plot.h"

// Where things stand in a plot: ranges of the axes, bars, and labels that do not lie on each other.
namespace sosa::host {

struct PlotRange {
    double from = 0, to = 1;
    bool log = false;
    // 0 at `from`, 1 at `to`.
    double share(double value) const;
};

// In units of the axes.
struct PlotBar {
    double x, half_width, bottom, top;
};

struct PlotLabel {
    enum class Side { left, right, centre };
    std::string text;
    double x_px, y_px;  // from the top left; the middle of the text's end on that side
    Side anchor;
};

class PlotLayout {
  public:
    // Throws UserError for a plot that cannot be drawn (see plot_script).
    explicit PlotLayout(const Plot& plot);

    PlotRange x, y;
    double left_px, right_px, top_px, bottom_px;  // of the area between the axes
    // By series, then by point; empty for series that are no bars.
    std::vector<std::vector<PlotBar>> bars;

    double x_px(double value) const { return left_px + x.share(value) * (right_px - left_px); }
    double y_px(double value) const { return bottom_px - y.share(value) * (bottom_px - top_px); }

    // The labels of points, series by series: each where it hides least, or left out where it would lie on
    // another. Labels of marks are never left out.
    std::vector<PlotLabel> labels(const Plot& plot) const;

  private:
    void stand_bars(const Plot& plot);
};

// The text as it can stand in a script of gnuplot (its way to quote a quote does not work everywhere: another
// apostrophe stands for it) and in XML, where what gnuplot would pass on is forbidden.
std::string harmless_text(const std::string& text);

// As wide as a text is about, in the font of that size.
double text_width_px(const std::string& text, double font_px);

// What stands in the legend for a series and for the contours of a map; "" if nothing does.
std::string legend_text(const std::string& name);
std::string contour_text(const HeatMap& map);

inline constexpr double kLabelFontPx = 11, kFontPx = 13;

}  // namespace sosa::host
