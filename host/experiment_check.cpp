// What must hold of an experiment's table, in sentences.
#include <algorithm>
#include <cmath>
#include <map>

#include "host/experiment_table.h"
#include "traces/error.h"
#include "traces/format.h"

namespace sosa::host {

namespace {

using Value = std::optional<double>;

class Checker {
  public:
    Checker(const Experiment& experiment, const ExperimentTable& table,
            const std::vector<ExperimentPoint>& points)
        : experiment_(experiment), table_(table), points_(points) {}

    std::optional<CheckResult> published(bool judged) const;
    CheckResult holds(const ExperimentCheck& check) const;

  private:
    using Rows = std::vector<const ExperimentRow*>;

    Value value(const ExperimentRow& row, const ExperimentCheck& check) const {
        return row.cells[column_index(experiment_, check.column)].ours;
    }
    std::string text(const ExperimentRow& row, const ExperimentCheck& check) const {
        const std::size_t column = column_index(experiment_, check.column);
        return value_text(row.cells[column].ours, experiment_.columns[column].digits);
    }
    const std::string& title(const ExperimentCheck& check) const {
        return experiment_.columns[column_index(experiment_, check.column)].title;
    }
    std::map<std::string, Rows> groups(const ExperimentCheck& check) const;
    CheckResult rising(const ExperimentCheck& check) const;
    CheckResult knee(const ExperimentCheck& check) const;
    CheckResult best(const ExperimentCheck& check) const;
    CheckResult at_least(const ExperimentCheck& check) const;

    const Experiment& experiment_;
    const ExperimentTable& table_;
    const std::vector<ExperimentPoint>& points_;
};

// None if nothing was published in such columns.
std::optional<CheckResult> Checker::published(bool judged) const {
    std::size_t all = 0, met = 0;
    double worst = 0;
    std::string where;
    for (const auto& row : table_.rows)
        for (std::size_t c = 0; c < row.cells.size(); ++c) {
            if (!row.cells[c].paper || experiment_.columns[c].judged != judged) continue;
            ++all;
            met += row.cells[c].is_within(experiment_.columns[c].tolerance_pct);
            const double off = std::fabs(row.cells[c].difference_pct().value_or(0));
            if (off < worst) continue;
            worst = off;
            where = row.label + ", " + experiment_.columns[c].title;
        }
    if (all == 0) return std::nullopt;
    return CheckResult{!judged || met == all,
                       std::to_string(met) + " of " + std::to_string(all) + " published values are met" +
                           (judged ? "" : ", which is not judged") + "; the largest difference is " +
                           value_text(worst, 1) + " % (" + where + ")."};
}

std::map<std::string, Checker::Rows> Checker::groups(const ExperimentCheck& check) const {
    std::map<std::string, Rows> groups;
    for (const auto& row : table_.rows) groups[filled(check.per, points_[row.points[0]])].push_back(&row);
    return groups;
}

CheckResult Checker::rising(const ExperimentCheck& check) const {
    for (const auto& [group, rows] : groups(check))
        for (std::size_t i = 0; i + 1 < rows.size(); ++i) {
            const Value a = value(*rows[i], check), b = value(*rows[i + 1], check);
            if (a && b && *b >= *a * (1 - check.limit / 100)) continue;
            return {false, title(check) + " falls from " + text(*rows[i], check) + " (" + rows[i]->label +
                               ") to " + text(*rows[i + 1], check) + " (" + rows[i + 1]->label + ")."};
        }
    return {true, title(check) + " never falls from row to row."};
}

CheckResult Checker::knee(const ExperimentCheck& check) const {
    std::string sentence;
    for (const auto& [group, rows] : groups(check)) {
        double largest = 0;
        for (const auto* row : rows) largest = std::max(largest, value(*row, check).value_or(0));
        const auto reaches = [&](const auto* row) {
            return value(*row, check).value_or(0) >= largest * check.limit / 100;
        };
        const auto first = std::find_if(rows.begin(), rows.end(), reaches);
        SOSA_CHECK(first != rows.end(), check.column);
        sentence += (sentence.empty() ? "" : "; ") + (*first)->label;
    }
    return {true, value_text(check.limit, 0) + " % of the largest " + title(check) + " is reached at " +
                      sentence + "."};
}

CheckResult Checker::best(const ExperimentCheck& check) const {
    need_row(table_, check.row);
    const auto less = [&](const ExperimentRow& a, const ExperimentRow& b) {
        return value(a, check).value_or(0) < value(b, check).value_or(0);
    };
    const auto best = std::max_element(table_.rows.begin(), table_.rows.end(), less);
    const bool ok = best->label == check.row;
    return {ok, "The largest " + title(check) + " is that of " + best->label +
                    (ok ? ", as expected." : ", expected is " + check.row + ".")};
}

CheckResult Checker::at_least(const ExperimentCheck& check) const {
    const ExperimentRow& row = need_row(table_, check.row);
    const Value found = value(row, check);
    return {found && *found >= check.limit, title(check) + " of " + row.label + " is " + text(row, check) +
                                                ", expected is at least " + traces::shortest(check.limit) +
                                                "."};
}

CheckResult Checker::holds(const ExperimentCheck& check) const {
    switch (check.kind) {
        case ExperimentCheck::Kind::rising:
            return rising(check);
        case ExperimentCheck::Kind::best:
            return best(check);
        case ExperimentCheck::Kind::at_least:
            return at_least(check);
        case ExperimentCheck::Kind::knee:
            break;
    }
    return knee(check);
}

}  // namespace

std::vector<CheckResult> check_table(const Experiment& experiment, const ExperimentTable& table,
                                     const std::vector<ExperimentPoint>& points) {
    const Checker checker(experiment, table, points);
    std::vector<CheckResult> results;
    for (const bool judged : {true, false})
        if (auto result = checker.published(judged)) results.push_back(std::move(*result));
    if (results.empty()) results.push_back({true, "No values were published for this."});
    for (const auto& check : experiment.checks) results.push_back(checker.holds(check));
    return results;
}

}  // namespace sosa::host
