// From a plot to the script that gnuplot draws it by. Texts stand in single quotes, where gnuplot replaces
// nothing, and the terminal is told to take them as they are; numbers stand in data blocks.
#include <algorithm>
#include <cmath>
#include <sstream>

#include "host/plot.h"
#include "host/plot_layout.h"
#include "traces/format.h"

namespace sosa::host {

namespace {

using traces::shortest;

// Okabe and Ito's colours, which people with any colour vision tell apart; each has a point and a dash of its
// own.
constexpr const char* kColours[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                    "#e69f00", "#56b4e9", "#444444"};
constexpr int kPointTypes[] = {7, 5, 9, 13, 11, 15, 4};
constexpr const char* kDashes[] = {"1", "(12,5)", "(4,4)", "(14,4,3,4)", "(8,8)", "(3,6)", "(18,6)"};
constexpr std::size_t kKinds = std::size(kColours);
constexpr const char* kInk = "#222222";
constexpr const char* kFaint = "#a6a6a6";

constexpr const char* kViridis =
    "set palette defined (0 '#440154', 1 '#472d7b', 2 '#3b528b', 3 '#2c728e', 4 '#21918c', 5 '#28ae80', "
    "6 '#5ec962', 7 '#addc30', 8 '#fde725')\n";

std::string literal(const std::string& text) { return "'" + harmless_text(text) + "'"; }

// The text of a tic is a format: a % stands there twice.
std::string tic_text(const std::string& text) {
    std::string result;
    for (const char c : literal(text)) result += c == '%' ? "%%" : std::string(1, c);
    return result;
}

class Script {
  public:
    Script(const Plot& plot, const std::string& svg_name) : plot_(plot), layout_(plot) {
        out_ << "set encoding utf8\nset terminal svg size " << plot.width_px << ',' << plot.height_px
             << " noenhanced standalone font 'Helvetica," << shortest(kFontPx) << "' background '#ffffff'\n"
             << "set output " << literal(svg_name) << "\nset datafile missing '?'\n";
    }

    std::string text() {
        frame();
        axis("x", plot_.x, layout_.x);
        axis("y", plot_.y, layout_.y);
        if (!plot_.groups.empty()) groups();
        labels();
        if (plot_.heat_map) map(*plot_.heat_map);
        for (std::size_t s = 0; s < plot_.series.size(); ++s) series(s);
        marks();
        out_ << "plot " << join_items() << '\n';
        return out_.str();
    }

  private:
    std::string screen(double x_px, double y_px) const {
        return "screen " + shortest(x_px / plot_.width_px) + ", screen " +
               shortest(1 - y_px / plot_.height_px);
    }

    void frame() {
        out_ << "set lmargin at screen " << shortest(layout_.left_px / plot_.width_px)
             << "\nset rmargin at screen " << shortest(layout_.right_px / plot_.width_px)
             << "\nset tmargin at screen " << shortest(1 - layout_.top_px / plot_.height_px)
             << "\nset bmargin at screen " << shortest(1 - layout_.bottom_px / plot_.height_px) << '\n'
             << "set border " << (plot_.heat_map ? "31" : "3") << " lc rgb '#666666'\n"
             << "set tics nomirror textcolor rgb '" << kInk << "'\n";
        if (!plot_.heat_map)
            out_ << "set grid " << (plot_.groups.empty() ? "x" : "nox") << " y lc rgb '#e2e2e2' lt 1\n";
        out_ << "set style fill solid 0.9 noborder\n"
             << "set key at " << screen((layout_.left_px + layout_.right_px) / 2, 40)
             << " center top horizontal Left reverse textcolor rgb '" << kInk << "'\n"
             << "set label " << literal(plot_.title) << " at " << screen(layout_.left_px, 22)
             << " left font ',16' textcolor rgb '" << kInk << "'\n";
    }

    void axis(const std::string& name, const PlotAxis& a, const PlotRange& range) {
        const double size = std::max(std::fabs(range.from), std::fabs(range.to));
        out_ << "set " << name << "label " << literal(a.label) << " textcolor rgb '" << kInk << "'\n";
        if (range.log) logarithm(name, a, range);
        out_ << "set " << name << "range [" << shortest(range.from) << ':' << shortest(range.to) << "]\n"
             << "set format " << name << (size >= 1e6 || size < 1e-3 ? " '%.1s%c'\n" : " '%g'\n");
    }

    // Tics at 1, 2 and 5 where those at powers of ten alone would be too few.
    void logarithm(const std::string& name, const PlotAxis& a, const PlotRange& range) {
        out_ << "set logscale " << name << ' ' << std::max(a.log_base, 2u) << '\n';
        const double first = std::floor(std::log10(range.from)), last = std::ceil(std::log10(range.to));
        constexpr double most_decades = 4;
        if (a.log_base != 10 || last - first > most_decades) return;
        std::string tics;
        for (double decade = first; decade < last; ++decade)
            for (const int digit : {1, 2, 5})
                tics += (tics.empty() ? "" : ", ") + shortest(digit * std::pow(10, decade));
        out_ << "set " << name << "tics (" << tics << ")\n";
    }

    void groups() {
        double widest = 0;
        out_ << "set xtics scale 0 (";
        for (std::size_t i = 0; i < plot_.groups.size(); ++i) {
            widest = std::max(widest, text_width_px(plot_.groups[i], kFontPx));
            out_ << (i ? ", " : "") << tic_text(plot_.groups[i]) << ' ' << i;
        }
        out_ << ")\n";
        const double room = (layout_.right_px - layout_.left_px) / static_cast<double>(plot_.groups.size());
        if (widest > room) out_ << "set xtics rotate by 30 right font ',11'\n";
    }

    void labels() {
        for (const PlotLabel& label : layout_.labels(plot_)) {
            const char* const side = label.anchor == PlotLabel::Side::left    ? "left"
                                     : label.anchor == PlotLabel::Side::right ? "right"
                                                                              : "center";
            out_ << "set label " << literal(label.text) << " at " << screen(label.x_px, label.y_px) << ' '
                 << side << " front" << (plot_.heat_map ? " boxed" : "") << " font ',"
                 << shortest(kLabelFontPx) << "' textcolor rgb '" << kInk << "'\n";
        }
        if (plot_.heat_map)
            out_ << "set style textbox opaque noborder fillcolor rgb '#ffffff' margins 0.6,0.6\n";
    }

    void map(const HeatMap& m) {
        out_ << kViridis << "set cblabel " << literal(m.z_label) << " textcolor rgb '" << kInk
             << "'\n$map << END\n";
        for (std::size_t row = 0; row < m.ys.size(); ++row) {
            for (std::size_t column = 0; column < m.xs.size(); ++column) {
                const auto& z = m.z[row * m.xs.size() + column];
                out_ << shortest(m.xs[column]) << ' ' << shortest(m.ys[row]) << ' '
                     << (z ? shortest(*z) : "NaN") << '\n';
            }
            out_ << '\n';
        }
        out_ << "END\n";
        items_.push_back("$map using 1:2:3 with image notitle");
        if (!m.contours.empty()) contours(m);
    }

    void contours(const HeatMap& m) {
        std::string levels;
        for (const double level : m.contours) levels += (levels.empty() ? "" : ",") + shortest(level);
        out_ << "set contour base\nunset surface\nset cntrparam levels discrete " << levels
             << "\nset table $contours\nsplot $map using 1:2:3\nunset table\nunset contour\nset surface\n";
        items_.push_back("$contours using 1:2 with lines lw 1.2 lc rgb '#ffffff' notitle");
        items_.push_back("keyentry with lines lw 1.2 lc rgb '#999999' title " + literal(contour_text(m)));
    }

    void series(std::size_t s) {
        const PlotSeries& one = plot_.series[s];
        if (one.points.empty()) return;
        const std::string block = "$s" + std::to_string(s);
        out_ << block << " << END\n";
        if (one.style == PlotStyle::bars)
            for (const PlotBar& bar : layout_.bars[s])
                out_ << shortest(bar.x) << ' ' << shortest(bar.bottom) << ' '
                     << shortest(bar.x - bar.half_width) << ' ' << shortest(bar.x + bar.half_width) << ' '
                     << shortest(bar.bottom) << ' ' << shortest(bar.top) << '\n';
        else
            for (const PlotPoint& point : one.points)
                out_ << shortest(point.x) << ' ' << shortest(point.y) << '\n';
        out_ << "END\n";
        items_.push_back(block + look(one, s) +
                         (one.name.empty() ? " notitle" : " title " + literal(legend_text(one.name))));
    }

    // Faint series do not use up a colour.
    std::string look(const PlotSeries& one, std::size_t s) const {
        std::size_t kind = 0;
        for (std::size_t before = 0; before < s; ++before) kind += plot_.series[before].faint ? 0 : 1;
        kind %= kKinds;
        const std::string colour = std::string(" lc rgb '") + (one.faint ? kFaint : kColours[kind]) + "'";
        const std::string dash = std::string(" lw 2 dt ") + kDashes[kind];
        const std::string type =
            " pt " + std::to_string(kPointTypes[kind]) + (one.faint ? " ps 0.45" : " ps 0.75");
        switch (one.style) {
            case PlotStyle::line:
                return " using 1:2 with lines" + dash + colour;
            case PlotStyle::points:
                return " using 1:2 with points" + type + colour;
            case PlotStyle::line_points:
                return " using 1:2 with linespoints" + dash + type + colour;
            case PlotStyle::steps:
                return " using 1:2 with steps" + dash + colour;
            case PlotStyle::bars:
                break;
        }
        return " using 1:2:3:4:5:6 with boxxyerror" + colour;
    }

    void marks() {
        if (plot_.marks.empty()) return;
        out_ << "$marks << END\n";
        for (const PlotPoint& mark : plot_.marks) out_ << shortest(mark.x) << ' ' << shortest(mark.y) << '\n';
        out_ << "END\n";
        items_.push_back("$marks using 1:2 with points pt 7 ps 1.1 lc rgb '#ffffff' notitle");
        items_.push_back(std::string("$marks using 1:2 with points pt 6 ps 1.1 lw 2 lc rgb '") + kInk +
                         "' notitle");
    }

    std::string join_items() const {
        std::string all;
        for (const auto& item : items_) all += (all.empty() ? "" : ", \\\n     ") + item;
        return all;
    }

    const Plot& plot_;
    PlotLayout layout_;
    std::ostringstream out_;
    std::vector<std::string> items_;
};

}  // namespace

std::string plot_script(const Plot& plot, const std::string& svg_name) {
    return Script(plot, svg_name).text();
}

}  // namespace sosa::host
