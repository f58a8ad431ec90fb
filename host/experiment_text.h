#pragma once
#include <iosfwd>
#include <optional>
#include <string>

#include "host/experiment_outcome.h"
#include "host/terminal.h"

// An experiment's outcome for people and programs.
namespace sosa::host {

// "paper", "ours" and "difference" where something was published, else ours alone; then the checks.
void print_outcome(const ExperimentOutcome& outcome, const TextStyle& style, std::ostream& out);

// The same as Markdown, with the plots; their paths begin with `plots`.
std::string markdown_text(const ExperimentOutcome& outcome, const std::optional<std::string>& plots);

// row,column,title,paper,ours,difference_pct,tolerance_pct,verdict: a line for each cell of the table. The
// verdict is "met", "missed" or, where nothing was published, empty.
std::string csv_text(const ExperimentOutcome& outcome);

}  // namespace sosa::host
