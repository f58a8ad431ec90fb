// The table that a sweep was collected into, asked for its Pareto-optimal points.
#include <algorithm>

#include "host/pareto.h"
#include "traces/error.h"
#include "traces/format.h"
#include "traces/text.h"

namespace sosa::host {

namespace {

// What sosa collect writes of a point behind its number and before its figures ends with this column.
constexpr const char* kFirstColumn = "point";
constexpr const char* kLastInput = "policy";

bool holds(RowFilter::Op op, double found, double value) {
    using Op = RowFilter::Op;
    switch (op) {
        case Op::less:
            return found < value;
        case Op::less_equal:
            return found <= value;
        case Op::greater:
            return found > value;
        case Op::greater_equal:
            return found >= value;
        case Op::equal:
            return found == value;
        case Op::not_equal:
            break;
    }
    return found != value;
}

bool contains(const std::vector<std::string>& list, const std::string& word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

std::string left_out(const ParetoAnswer& answer) {
    return std::to_string(answer.failed) + " failed, " + std::to_string(answer.filtered) +
           " left out by --where, " + std::to_string(answer.unknown) + " unknown";
}

}  // namespace

ResultsCsv::ResultsCsv(const std::string& text, const std::string& source)
    : source_(source), table_(text, source) {
    for (const auto& name : table_.names()) names_.emplace_back(name);
    table_.column("status");  // throws if this is another table
}

std::size_t ResultsCsv::column(const std::string& name, const std::string& option) const {
    if (!contains(names_, name))
        throw UsageError("pareto: " + option + ": found \"" + name + "\"" +
                         traces::did_you_mean(traces::nearest(name, names_)) + ", allowed the columns of " +
                         source_ + ": " + traces::join(names_));
    return table_.column(name);
}

std::string ResultsCsv::cell(std::size_t row, const std::string& column) const {
    return std::string(table_.text(row, table_.column(column)));
}

std::optional<double> ResultsCsv::number(std::size_t row, std::size_t column) const {
    if (table_.text(row, column).empty()) return std::nullopt;
    return table_.number(row, column);
}

Goal ResultsCsv::goal(const ParetoAsk& ask, const std::string& figure) const {
    const bool less = contains(ask.minimise, figure), more = contains(ask.maximise, figure);
    if (less && more)
        throw UsageError("pareto: found \"" + figure +
                         "\" after --minimise and --maximise, allowed one of them");
    if (less || more) return less ? Goal::minimise : Goal::maximise;
    if (const auto guess = goal_of(figure)) return *guess;
    throw UsageError("pareto: whether a smaller or a larger " + figure +
                     " is better does not follow from its name, " + "allowed --minimise " + figure +
                     " or --maximise " + figure);
}

std::optional<bool> ResultsCsv::keeps(const RowFilter& filter, std::size_t row) const {
    const std::size_t at = table_.column(filter.column);
    const std::string_view found = table_.text(row, at);
    if (found.empty() || found == "unknown") return std::nullopt;
    const bool is_equality = filter.op == RowFilter::Op::equal || filter.op == RowFilter::Op::not_equal;
    if (!filter.number || (is_equality && found == filter.value))
        return (found == filter.value) == (filter.op == RowFilter::Op::equal);
    return holds(filter.op, *table_.number(row, at), *filter.number);
}

// One condition that fails is enough, whatever others do not tell.
std::optional<bool> ResultsCsv::keeps(const std::vector<RowFilter>& filters, std::size_t row) const {
    bool told = true;
    for (const auto& filter : filters) {
        const std::optional<bool> one = keeps(filter, row);
        if (one && !*one) return false;
        told = told && one;
    }
    return told ? std::optional(true) : std::nullopt;
}

ParetoAnswer ResultsCsv::answer(const ParetoAsk& ask) const {
    const std::size_t x = column(ask.x, "--x"), y = column(ask.y, "--y"), status = table_.column("status");
    for (const auto& filter : ask.filters) column(filter.column, "--where");
    ParetoAnswer a{goal(ask, ask.x), goal(ask, ask.y), {}, {}, 0, 0, 0, {}};
    for (std::size_t row = 0; row < table_.rows(); ++row) {
        if (table_.text(row, status) != "ok") {
            ++a.failed;
            continue;
        }
        const std::optional<bool> kept = keeps(ask.filters, row);
        const auto at_x = number(row, x), at_y = number(row, y);
        if (kept == std::optional(false))
            ++a.filtered;
        else if (!kept || !at_x || !at_y)
            ++a.unknown;
        else
            a.points.push_back({*at_x, *at_y, row});
    }
    if (a.points.empty()) throw UserError(source_ + ": no point is left to choose from: " + left_out(a));
    a.front = pareto_front(a.points, a.x_goal, a.y_goal);
    a.axes = varying(a.points);
    return a;
}

std::vector<std::string> ResultsCsv::varying(const std::vector<ParetoPoint>& points) const {
    std::vector<std::string> axes;
    const auto last = std::find(names_.begin(), names_.end(), kLastInput);
    if (last == names_.end()) return axes;
    for (auto name = names_.begin(); name != last + 1; ++name) {
        if (*name == kFirstColumn) continue;
        const std::size_t at = table_.column(*name);
        const auto differs = [&](const ParetoPoint& p) {
            return table_.text(p.row, at) != table_.text(points[0].row, at);
        };
        if (std::any_of(points.begin(), points.end(), differs)) axes.push_back(*name);
    }
    return axes;
}

std::string ResultsCsv::csv(const std::vector<ParetoPoint>& rows) const {
    std::string text;
    for (std::size_t i = 0; i < names_.size(); ++i) text += (i ? "," : "") + traces::csv_field(names_[i]);
    text += '\n';
    for (const auto& point : rows) {
        for (std::size_t i = 0; i < names_.size(); ++i)
            text += (i ? "," : "") + traces::csv_field(table_.text(point.row, i));
        text += '\n';
    }
    return text;
}

}  // namespace sosa::host
