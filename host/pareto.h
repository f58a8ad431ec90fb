#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "host/csv_table.h"
#include "host/plot.h"

// Which points of a sweep are Pareto-optimal: no other is better in one figure and not worse in the other.
namespace sosa::host {

enum class Goal { minimise, maximise };

// What is good in a figure, by its name: smaller power, energy, area, bytes, cycles and times; larger
// throughput and utilization. None for a name that says neither.
std::optional<Goal> goal_of(const std::string& figure);

struct ParetoPoint {
    double x, y;
    std::size_t row;  // of the table it is from
};

// Those that no other point beats, the best x first; of equal ones all.
std::vector<ParetoPoint> pareto_front(std::vector<ParetoPoint> points, Goal x, Goal y);

// A condition "COLUMN OP VALUE" on rows; OP is < <= > >= = == or !=, of words only the last three.
struct RowFilter {
    enum class Op { less, less_equal, greater, greater_equal, equal, not_equal };
    std::string column, value;
    Op op;
    std::optional<double> number;  // the value, if it is one
};
// Throws UsageError for what is no such condition.
RowFilter parse_row_filter(const std::string& text);

struct ParetoAsk {
    std::string x, y;
    std::vector<std::string> minimise{},
        maximise{};  // x or y, where the name does not tell or is to be overruled
    std::vector<RowFilter> filters{};
    bool log_x = false, log_y = false;  // of the plot
};

struct ParetoAnswer {
    Goal x_goal, y_goal;
    std::vector<ParetoPoint> points, front;
    std::size_t failed = 0, filtered = 0, unknown = 0;  // rows left out
    std::vector<std::string> axes;  // columns in which the points differ, before the figures
};

// results.csv of sosa collect.
class ResultsCsv {
  public:
    // `source` names the file in errors. Throws UserError for what is no such table.
    ResultsCsv(const std::string& text, const std::string& source);

    // Throws UsageError for columns that are not there and figures whose goal is not known, UserError if no
    // point is left or a cell is no number.
    ParetoAnswer answer(const ParetoAsk& ask) const;

    // Throws UsageError with the nearest column and all of them.
    std::size_t column(const std::string& name, const std::string& option) const;
    std::string cell(std::size_t row, const std::string& column) const;
    // These rows with all columns, as CSV.
    std::string csv(const std::vector<ParetoPoint>& rows) const;

  private:
    Goal goal(const ParetoAsk& ask, const std::string& figure) const;
    // None if a cell that matters is unknown or empty.
    std::optional<bool> keeps(const RowFilter& filter, std::size_t row) const;
    std::optional<bool> keeps(const std::vector<RowFilter>& filters, std::size_t row) const;
    std::optional<double> number(std::size_t row, std::size_t column) const;
    std::vector<std::string> varying(const std::vector<ParetoPoint>& points) const;

    std::string source_;
    std::vector<std::string> names_;
    CsvTable table_;
};

// What tells a point from others, in short: "32, resnet50".
std::string short_label(const ResultsCsv& results, std::size_t row, const std::vector<std::string>& axes);

Plot pareto_plot(const ResultsCsv& results, const ParetoAsk& ask, const ParetoAnswer& answer,
                 const std::string& sweep_name);

}  // namespace sosa::host
