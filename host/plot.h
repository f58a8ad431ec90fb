#pragma once
#include <cstddef>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

// Plots as SVG files, drawn by gnuplot. The same plot gives the same bytes, and texts may be anything: no
// text is code of gnuplot, a shell or SVG.
namespace sosa::host {

struct PlotAxis {
    std::string label;             // with the unit: "peak power (W)"
    unsigned log_base = 0;         // 0: linear
    std::optional<double> from{};  // else what there is to draw sets the range
    std::optional<double> to{};
};

struct PlotPoint {
    double x = 0, y = 0;
    std::string label{};  // near the point, where there is room
};

enum class PlotStyle { line, points, line_points, steps, bars };

struct PlotSeries {
    std::string name;  // in the legend; none if empty
    PlotStyle style = PlotStyle::line_points;
    std::vector<PlotPoint> points{};
    bool faint = false;  // grey: what the others stand out from
};

// A value for each pair of x and y: z[row * xs.size() + column]; none stays white.
struct HeatMap {
    std::vector<double> xs, ys;  // rising, in equal steps
    std::vector<std::optional<double>> z;
    std::string z_label;                // with the unit
    std::vector<double> contours = {};  // levels to draw lines at
};

struct Plot {
    std::string title;
    PlotAxis x{}, y{};
    std::vector<PlotSeries> series{};
    // Names of the groups of bars; a bar's x is then the index of its group. Bars of several series stand
    // side by side, or on each other.
    std::vector<std::string> groups{};
    bool stacked = false;
    std::optional<HeatMap> heat_map{};
    std::vector<PlotPoint> marks{};  // in front of everything, each with its label
    unsigned width_px = 900, height_px = 540;
};

// What the package is called that has gnuplot, in messages.
inline constexpr const char* kPlotPackage = "gnuplot-nox";

// Throws UserError for a plot that cannot be drawn: nothing in it, a number that is not finite, one that is
// not above 0 on an axis with a logarithm.
std::string plot_script(const Plot& plot, const std::string& svg_name);

// Throws UserError, also if gnuplot is not installed: one sentence that names its package. The file is
// written whole or not at all.
void write_plot(const Plot& plot, const std::filesystem::path& svg);

}  // namespace sosa::host
