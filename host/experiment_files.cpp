#include "host/experiment_files.h"

#include <ostream>

#include "host/experiment_text.h"
#include "traces/error.h"
#include "traces/files.h"

namespace sosa::host {

namespace fs = std::filesystem;

namespace {

void write_text(const fs::path& file, const std::string& text) {
    traces::write_file(file, [&](std::ostream& out) { out << text; });
}

void write_plots(const ExperimentOutcome& outcome, const fs::path& folder) {
    for (const auto& [name, plot] : outcome.plots) write_plot(plot, folder / (name + ".svg"));
}

// Where the part begins and ends; the lines that mark it are outside.
std::pair<std::size_t, std::size_t> part_of(const std::string& text, const fs::path& file) {
    const std::size_t begin = text.find(std::string(kMarkdownBegin) + "\n");
    const std::size_t end = text.find(kMarkdownEnd);
    if (begin == std::string::npos || end == std::string::npos || end < begin)
        throw UserError(file.string() + ": is there, but has no lines \"" + kMarkdownBegin + "\" and \"" +
                        kMarkdownEnd + "\" to write between");
    return {begin + std::string(kMarkdownBegin).size() + 1, end};
}

std::string text_now(const fs::path& file) {
    std::error_code ignored;
    if (!fs::exists(file, ignored)) return std::string(kMarkdownBegin) + "\n" + kMarkdownEnd + "\n";
    return traces::read_file(file);
}

}  // namespace

void ExperimentFiles::write(const ExperimentOutcome& outcome) const {
    const fs::path folder = folder_ / outcome.experiment.name;
    traces::make_folder(folder);
    write_text(folder / "table.csv", csv_text(outcome));
    if (!no_plots_) write_plots(outcome, folder);
    write_text(folder / "table.md",
               markdown_text(outcome, no_plots_ ? std::nullopt : std::optional<std::string>("")));
}

void check_markdown(const fs::path& file) { part_of(text_now(file), file); }

void write_markdown(const std::vector<ExperimentOutcome>& outcomes, const fs::path& file,
                    const fs::path& plots) {
    const fs::path beside = fs::absolute(file).parent_path();
    const fs::path folder = plots.empty() ? beside / "plots" : fs::absolute(plots);
    traces::make_folder(folder);
    std::string part;
    for (const auto& outcome : outcomes) {
        write_plots(outcome, folder);
        part += markdown_text(outcome, folder.lexically_relative(beside).generic_string() + "/") + "\n";
    }
    std::string text = text_now(file);
    const auto [begin, end] = part_of(text, file);
    write_text(file, text.replace(begin, end - begin, part));
}

}  // namespace sosa::host
