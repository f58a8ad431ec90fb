#include "host/experiment_text.h"

#include <algorithm>
#include <cstdio>
#include <ostream>
#include <sstream>

#include "host/csv_text.h"
#include "traces/error.h"

namespace sosa::host {

namespace {

// What stands under a column's title: three cells where something was published, else one.
struct Part {
    std::string title;
    std::vector<std::string> heads;
    std::vector<std::vector<std::string>> cells;  // by row
    std::vector<bool> missed;                     // by row
};

std::string difference_text(const ExperimentCell& cell) {
    const auto difference = cell.difference_pct();
    if (!difference) return cell.paper ? "missing" : "";
    char text[64];
    std::snprintf(text, sizeof text, "%+.1f %%", *difference);
    const bool none = text == std::string("-0.0 %");
    return none ? "+0.0 %" : text;
}

std::vector<Part> parts_of(const ExperimentOutcome& outcome) {
    std::vector<Part> parts;
    const auto& columns = outcome.experiment.columns;
    for (std::size_t c = 0; c < columns.size(); ++c) {
        const bool compared = has_published(outcome.experiment, columns[c].name);
        Part part{columns[c].title, {}, {}, {}};
        if (compared)
            part.heads = {"paper", "ours", "difference"};
        else
            part.heads = {"ours"};
        for (const auto& row : outcome.table.rows) {
            const ExperimentCell& cell = row.cells[c];
            const std::string ours = value_text(cell.ours, columns[c].digits);
            part.missed.push_back(!cell.is_within(columns[c].tolerance_pct));
            part.cells.push_back({ours});
            if (compared)
                part.cells.back() = {cell.paper ? value_text(cell.paper, columns[c].digits) : "", ours,
                                     difference_text(cell) + (part.missed.back() ? " !" : "")};
        }
        parts.push_back(std::move(part));
    }
    return parts;
}

std::string right(const std::string& text, std::size_t width) {
    const std::size_t columns = columns_of(text);
    return std::string(width > columns ? width - columns : 0, ' ') + text;
}

std::string without_end(const std::string& line) { return line.substr(0, line.find_last_not_of(' ') + 1); }

// Lines of at most so many columns, where words allow it.
void print_wrapped(const std::string& text, std::size_t columns, std::ostream& out) {
    std::istringstream words(text);
    std::size_t at = 0;
    for (std::string word; words >> word; at += columns_of(word)) {
        const bool fits = at + 1 + columns_of(word) <= columns;
        if (at > 0) out << (fits ? " " : "\n");
        at = fits && at > 0 ? at + 1 : 0;
        out << word;
    }
    out << '\n';
}

constexpr std::size_t kGap = 2;

// Of the cells under one title; the last one takes what the title needs more.
std::vector<std::size_t> widths_of(const Part& part) {
    std::vector<std::size_t> widths;
    std::size_t all = 0;
    for (std::size_t i = 0; i < part.heads.size(); ++i) {
        std::size_t width = part.heads[i].size();
        for (const auto& row : part.cells) width = std::max(width, columns_of(row[i]));
        widths.push_back(width);
        all += width + (i ? kGap : 0);
    }
    widths.back() += std::max(all, columns_of(part.title)) - all;
    return widths;
}

void print_table(const ExperimentOutcome& outcome, const TextStyle& style, std::ostream& out) {
    const auto parts = parts_of(outcome);
    const bool has_paper =
        std::any_of(parts.begin(), parts.end(), [](const Part& p) { return p.heads.size() > 1; });
    std::size_t label = columns_of(outcome.experiment.row_title);
    for (const auto& row : outcome.table.rows) label = std::max(label, columns_of(row.label));
    std::string titles = "  " + padded_name(outcome.experiment.row_title, label);
    std::string heads = "  " + std::string(label, ' ');
    std::vector<std::string> lines;
    for (const auto& row : outcome.table.rows) lines.push_back("  " + padded_name(row.label, label));
    for (const Part& part : parts) {
        const auto widths = widths_of(part);
        std::size_t all = 0;
        for (std::size_t i = 0; i < widths.size(); ++i) {
            all += widths[i] + (i ? kGap : 0);
            heads += std::string(kGap, ' ') + right(part.heads[i], widths[i]);
            for (std::size_t row = 0; row < lines.size(); ++row)
                lines[row] +=
                    std::string(kGap, ' ') +
                    (part.missed[row] ? painted(right(part.cells[row][i], widths[i]), Ink::bad, style)
                                      : right(part.cells[row][i], widths[i]));
        }
        titles += std::string(kGap, ' ') + right(part.title, all);
    }
    out << titles << '\n';
    if (has_paper) out << painted(heads, Ink::faint, style) << '\n';
    for (const auto& line : lines) out << without_end(line) << '\n';
}

std::string verdict(const ExperimentOutcome& outcome) { return outcome.passed() ? "pass" : "FAIL"; }

std::string cell_text(std::string text) {
    std::string escaped;
    for (const char c : text) escaped += c == '|' ? "\\|" : std::string(1, c);
    return escaped;
}

std::string markdown_table(const ExperimentOutcome& outcome) {
    std::string head = "| " + outcome.experiment.row_title + " |", rule = "|---|";
    std::vector<std::string> lines;
    for (const auto& row : outcome.table.rows) lines.push_back("| " + cell_text(row.label) + " |");
    for (const Part& part : parts_of(outcome))
        for (std::size_t i = 0; i < part.heads.size(); ++i) {
            head += i == 0 ? " " + part.title + (part.heads.size() > 1 ? ": paper |" : " |")
                           : " " + part.heads[i] + " |";
            rule += "--:|";
            for (std::size_t row = 0; row < lines.size(); ++row) {
                const std::string& cell = part.cells[row][i];
                lines[row] += " " + (part.missed[row] && i > 0 ? "**" + cell + "**" : cell) + " |";
            }
        }
    std::string text = head + "\n" + rule + "\n";
    for (const auto& line : lines) text += line + "\n";
    return text;
}

std::string sources(const Experiment& e) { return e.source + (e.tolerance.empty() ? "" : " " + e.tolerance); }

}  // namespace

bool ExperimentOutcome::passed() const {
    const auto ok = [](const CheckResult& check) { return check.ok; };
    return failures.empty() && std::all_of(checks.begin(), checks.end(), ok);
}

void print_outcome(const ExperimentOutcome& outcome, const TextStyle& style, std::ostream& out) {
    const Experiment& e = outcome.experiment;
    constexpr std::size_t narrowest = 80, widest = 120;
    out << painted(e.name + ": " + e.title, Ink::heading, style) << '\n';
    print_wrapped(e.about + " " + sources(e), std::clamp(style.columns, narrowest, widest), out);
    out << '\n';
    print_table(outcome, style, out);
    out << '\n';
    for (const auto& failure : outcome.failures) out << "  failed: " << failure << '\n';
    for (const auto& check : outcome.checks)
        out << "  " << painted(check.ok ? "ok    " : "MISSED", check.ok ? Ink::good : Ink::bad, style) << "  "
            << check.sentence << '\n';
    out << "  " << painted(verdict(outcome), outcome.passed() ? Ink::good : Ink::bad, style) << "\n\n";
}

std::string markdown_text(const ExperimentOutcome& outcome, const std::optional<std::string>& plots) {
    const Experiment& e = outcome.experiment;
    std::string text = "### " + e.name + ": " + e.title + "\n\n" + e.about + " " + sources(e) + " **" +
                       verdict(outcome) + "**\n\n" + markdown_table(outcome) + "\n";
    for (const auto& failure : outcome.failures) text += "- **Failed:** " + failure + "\n";
    for (const auto& check : outcome.checks)
        text += (check.ok ? "- " : "- **Missed:** ") + check.sentence + "\n";
    if (plots)
        for (const auto& plot : outcome.plots)
            text += "\n![" + plot.second.title + "](" + *plots + plot.first + ".svg)\n";
    return text;
}

std::string csv_text(const ExperimentOutcome& outcome) {
    CsvText csv("row,column,title,paper,ours,difference_pct,tolerance_pct,verdict");
    const auto& columns = outcome.experiment.columns;
    const auto add = [&](const std::optional<double>& value) { value ? csv.add(*value) : csv.none(); };
    for (const auto& row : outcome.table.rows)
        for (std::size_t c = 0; c < columns.size(); ++c) {
            const ExperimentCell& cell = row.cells[c];
            csv.add(row.label).add(columns[c].name).add(columns[c].title);
            add(cell.paper);
            add(cell.ours);
            add(cell.difference_pct());
            add(cell.paper ? std::optional(columns[c].tolerance_pct) : std::nullopt);
            csv.add(!cell.paper ? "" : cell.is_within(columns[c].tolerance_pct) ? "met" : "missed");
            csv.end_row();
        }
    return csv.take();
}

}  // namespace sosa::host
