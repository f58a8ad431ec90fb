#include "host/pareto.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "traces/error.h"
#include "traces/format.h"
#include "traces/text.h"

namespace sosa::host {

namespace {

// In one part of a name ("peak_power_w": peak, power, w) these words tell; those of throughput first, so that
// "effective_tops_at_400w" is one.
constexpr std::array kLargerIsBetter = {"tops", "utilization", "busy", "throughput", "useful"};
constexpr std::array kSmallerIsBetter = {"power",   "w",      "energy", "j",    "pj",   "area",
                                         "mm2",     "bytes",  "cycles", "time", "ns",   "s",
                                         "latency", "slices", "stall",  "loss", "idle", "overflows"};

bool has_word(const std::string& name, std::string_view word) {
    for (std::size_t at = name.find(word); at != std::string::npos; at = name.find(word, at + 1)) {
        const auto ends_at = [&](std::size_t i) {
            return i >= name.size() || name[i] == '_' || name[i] == '.';
        };
        if ((at == 0 || ends_at(at - 1)) && ends_at(at + word.size())) return true;
    }
    return false;
}

std::optional<double> number_in(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

std::string trimmed(const std::string& text) {
    const auto begin = text.find_first_not_of(' ');
    return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

[[noreturn]] void refuse_filter(const std::string& text, const std::string& allowed) {
    throw UsageError("pareto: --where: found \"" + text + "\", allowed " + allowed);
}

}  // namespace

std::optional<Goal> goal_of(const std::string& figure) {
    const auto tells = [&](const char* word) { return has_word(figure, word); };
    if (std::any_of(kLargerIsBetter.begin(), kLargerIsBetter.end(), tells)) return Goal::maximise;
    if (std::any_of(kSmallerIsBetter.begin(), kSmallerIsBetter.end(), tells)) return Goal::minimise;
    return std::nullopt;
}

std::vector<ParetoPoint> pareto_front(std::vector<ParetoPoint> points, Goal x_goal, Goal y_goal) {
    const double x_sign = x_goal == Goal::minimise ? 1 : -1, y_sign = y_goal == Goal::minimise ? 1 : -1;
    std::stable_sort(points.begin(), points.end(), [&](const ParetoPoint& a, const ParetoPoint& b) {
        return a.x != b.x ? x_sign * a.x < x_sign * b.x : y_sign * a.y < y_sign * b.y;
    });
    std::vector<ParetoPoint> front;
    for (const ParetoPoint& point : points) {
        const bool first = front.empty();
        const bool same = !first && point.x == front.back().x && point.y == front.back().y;
        if (first || same || y_sign * point.y < y_sign * front.back().y) front.push_back(point);
    }
    return front;
}

RowFilter parse_row_filter(const std::string& text) {
    using Op = RowFilter::Op;
    constexpr std::array<std::pair<const char*, Op>, 7> ops = {{{"<=", Op::less_equal},
                                                                {">=", Op::greater_equal},
                                                                {"==", Op::equal},
                                                                {"!=", Op::not_equal},
                                                                {"<", Op::less},
                                                                {">", Op::greater},
                                                                {"=", Op::equal}}};
    const std::size_t at = text.find_first_of("<>=!");
    for (const auto& [sign, op] : ops) {
        const std::string_view word = sign;
        if (at == std::string::npos || text.compare(at, word.size(), word) != 0) continue;
        RowFilter filter{trimmed(text.substr(0, at)), trimmed(text.substr(at + word.size())), op, {}};
        filter.number = number_in(filter.value);
        if (filter.column.empty() || filter.value.empty()) break;
        if (!filter.number && op != Op::equal && op != Op::not_equal)
            refuse_filter(text, "a number after " + std::string(word));
        return filter;
    }
    refuse_filter(text, "COLUMN OP VALUE such as \"area_mm2<=300\", OP one of < <= > >= == !=");
}

}  // namespace sosa::host
