#pragma once
#include <filesystem>
#include <vector>

#include "host/experiment_outcome.h"

namespace sosa::host {

// What an experiment leaves: FOLDER/NAME/table.md, table.csv and its plots.
class ExperimentFiles {
  public:
    ExperimentFiles(std::filesystem::path folder, bool no_plots)
        : folder_(std::move(folder)), no_plots_(no_plots) {}
    // Throws UserError if something cannot be written.
    void write(const ExperimentOutcome& outcome) const;

  private:
    std::filesystem::path folder_;
    bool no_plots_;
};

// The outcomes as a part of a document: between its lines kMarkdownBegin and kMarkdownEnd, which a new one
// has alone.
inline constexpr const char* kMarkdownBegin = "<!-- experiments -->";
inline constexpr const char* kMarkdownEnd = "<!-- /experiments -->";

// Throws UserError if the file is there without these lines, one after the other.
void check_markdown(const std::filesystem::path& file);
// The plots go to the folder; "plots" beside the file if it is empty.
void write_markdown(const std::vector<ExperimentOutcome>& outcomes, const std::filesystem::path& file,
                    const std::filesystem::path& plots);

}  // namespace sosa::host
