// Where labels stand in a plot.
#include <algorithm>
#include <cmath>
#include <limits>

#include "host/plot_layout.h"

namespace sosa::host {

namespace {

struct Box {
    double left, right, top, bottom;
    bool meets(const Box& b) const {
        return left < b.right && b.left < right && top < b.bottom && b.top < bottom;
    }
    bool within(const Box& b) const {
        return left >= b.left && right <= b.right && top >= b.top && bottom <= b.bottom;
    }
};

using Side = PlotLabel::Side;

struct Offset {
    double x_px, y_px;
    Side anchor;
};
// From the point; the first that hides least is taken.
constexpr Offset kAround[] = {{-7, -12, Side::right}, {7, -12, Side::left}, {7, 13, Side::left},
                              {-7, 13, Side::right},  {9, 0, Side::left},   {-9, 0, Side::right},
                              {0, -14, Side::centre}, {0, 14, Side::centre}};
constexpr Offset kAbove[] = {{0, -9, Side::centre}};

Box box_of(const PlotLabel& label) {
    const double width = text_width_px(label.text, kLabelFontPx), half_height = kLabelFontPx * 0.62;
    const double left = label.anchor == Side::left    ? label.x_px
                        : label.anchor == Side::right ? label.x_px - width
                                                      : label.x_px - width / 2;
    return {left, left + width, label.y_px - half_height, label.y_px + half_height};
}

Box box_around(double x, double y, double half) { return {x - half, x + half, y - half, y + half}; }

class Labels {
  public:
    explicit Labels(const PlotLayout& layout)
        : layout_(layout), area_{layout.left_px, layout.right_px, layout.top_px - 4, layout.bottom_px} {}

    void avoid_point(double x, double y, double half_px) {
        avoid_.push_back(box_around(layout_.x_px(x), layout_.y_px(y), half_px));
    }

    // A straight line, as a row of small boxes.
    void avoid_line(double x0, double y0, double x1, double y1) {
        const double from_x = layout_.x_px(x0), from_y = layout_.y_px(y0);
        const double dx = layout_.x_px(x1) - from_x, dy = layout_.y_px(y1) - from_y;
        const int steps = static_cast<int>(std::hypot(dx, dy) / 8) + 1;
        for (int i = 0; i <= steps; ++i)
            avoid_.push_back(box_around(from_x + dx * i / steps, from_y + dy * i / steps, 2));
    }

    template <std::size_t N>
    void place(const std::string& text, double x, double y, const Offset (&offsets)[N], bool needed) {
        if (text.empty() || (!needed && ++tried_ > kMostTried)) return;
        PlotLabel best;
        double least = std::numeric_limits<double>::infinity();
        for (const Offset& offset : offsets) {
            const PlotLabel label{text, layout_.x_px(x) + offset.x_px, layout_.y_px(y) + offset.y_px,
                                  offset.anchor};
            const double hidden = hides(box_of(label));
            if (hidden >= least) continue;
            least = hidden;
            best = label;
        }
        if (least >= kTooMuch && !needed) return;
        taken_.push_back(box_of(best));
        placed_.push_back(std::move(best));
    }

    std::vector<PlotLabel> take() { return std::move(placed_); }

  private:
    static constexpr double kTooMuch = 4;
    static constexpr std::size_t kMostTried = 400;  // more find no room, and each is held against every point

    double hides(const Box& box) const {
        const auto meets = [&](const Box& other) { return box.meets(other); };
        const bool on_label = std::any_of(taken_.begin(), taken_.end(), meets);
        const auto drawn = std::count_if(avoid_.begin(), avoid_.end(), meets);
        return (on_label || !box.within(area_) ? 100 * kTooMuch : 0) + static_cast<double>(drawn);
    }

    const PlotLayout& layout_;
    Box area_;
    std::vector<Box> avoid_, taken_;
    std::vector<PlotLabel> placed_;
    std::size_t tried_ = 0;
};

void avoid_series(Labels& labels, const PlotSeries& series) {
    for (std::size_t i = 0; i < series.points.size(); ++i) {
        const PlotPoint& p = series.points[i];
        labels.avoid_point(p.x, p.y, 4);
        if (i == 0 || series.style == PlotStyle::points) continue;
        const PlotPoint& before = series.points[i - 1];
        if (series.style == PlotStyle::steps) {
            labels.avoid_line(before.x, before.y, p.x, before.y);
            labels.avoid_line(p.x, before.y, p.x, p.y);
        } else {
            labels.avoid_line(before.x, before.y, p.x, p.y);
        }
    }
}

}  // namespace

std::vector<PlotLabel> PlotLayout::labels(const Plot& plot) const {
    Labels labels(*this);
    for (const auto& series : plot.series)
        if (series.style != PlotStyle::bars) avoid_series(labels, series);
    for (const auto& mark : plot.marks) labels.avoid_point(mark.x, mark.y, 7);
    for (const auto& mark : plot.marks) labels.place(mark.label, mark.x, mark.y, kAround, true);
    for (std::size_t s = 0; s < plot.series.size(); ++s)
        for (std::size_t i = 0; i < plot.series[s].points.size(); ++i) {
            const PlotPoint& point = plot.series[s].points[i];
            if (bars[s].empty())
                labels.place(point.label, point.x, point.y, kAround, false);
            else
                labels.place(point.label, bars[s][i].x, bars[s][i].top, kAbove, false);
        }
    return labels.take();
}

}  // namespace sosa::host
