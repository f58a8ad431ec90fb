#include "host/experiment_command.h"

#include <algorithm>
#include <iostream>

#include "host/experiment_files.h"
#include "host/experiment_run.h"
#include "host/experiment_text.h"
#include "host/jobs_option.h"
#include "host/options.h"
#include "host/progress.h"
#include "host/tool_run.h"
#include "traces/error.h"
#include "traces/text.h"

namespace sosa::host {

namespace fs = std::filesystem;
namespace po = boost::program_options;

namespace {

constexpr const char* kWho = "experiment: ";
constexpr const char* kPlotTool = "gnuplot";

constexpr const char* kAbout =
    R"(Usage: sosa experiment NAME...|all|list [OPTION]...

Measures again what the paper measured: simulates the points of the named experiments that have no result in DIR yet,
each in a process of its own, and compares. Every experiment ends in a table (paper, ours, difference), a plot and pass
or fail; the exit code is 1 if one fails. DIR/NAME/ has table.md, table.csv and the plots, DIR/points/ the results of
all points, of which no two experiments simulate one twice. What was interrupted goes on with the same command.

Examples:
  sosa experiment list
  sosa experiment array-size
  sosa experiment tenancy batch --jobs 2 --out out/experiments
  sosa experiment all --markdown out/results.md

)";

struct Arguments {
    std::string out = "out/experiments", jobs, markdown, plots;
    bool no_plots = false;
};

po::options_description options_of(Arguments& a) {
    po::options_description o("Options", 110, 60);
    o.add_options()("help,h", "this text")("version", "the program's version")(
        "out", po::value(&a.out)->value_name("DIR"), "folder of the results (default: out/experiments)")(
        "jobs,j", po::value(&a.jobs)->value_name("N"), "processes at a time (default: the cores it may use)")(
        "markdown", po::value(&a.markdown)->value_name("FILE"),
        "writes the tables there as well, between the lines <!-- experiments --> and <!-- /experiments --> "
        "of a "
        "file that has them, or into a new file")(
        "plots", po::value(&a.plots)->value_name("DIR"),
        "folder of the plots that FILE shows (default: plots, beside FILE)")(
        "no-plots", po::bool_switch(&a.no_plots), "draws none, so that gnuplot is not needed");
    return o;
}

std::vector<const Experiment*> chosen(const std::vector<std::string>& words) {
    std::vector<std::string> names;
    for (const auto& e : experiments()) names.push_back(e.name);
    std::vector<const Experiment*> list;
    for (const auto& word : words) {
        const std::size_t before = list.size();
        for (const auto& e : experiments())
            if (word == "all" || word == e.name) list.push_back(&e);
        if (list.size() == before)
            throw UsageError(kWho + ("found \"" + word + "\"") +
                             traces::did_you_mean(traces::nearest(word, names)) +
                             (word == "list" ? ", allowed list alone, all, " : ", allowed list, all, ") +
                             traces::join(names));
    }
    if (list.empty()) throw UsageError(kWho + ("found no name, allowed list, all, " + traces::join(names)));
    return list;
}

int list_experiments() {
    std::size_t widest = 0;
    for (const auto& e : experiments()) widest = std::max(widest, e.name.size());
    for (const auto& e : experiments()) std::cout << padded_name(e.name, widest + 2) << e.title << '\n';
    return 0;
}

void check(const Arguments& a, const po::variables_map& given) {
    for (const auto& [name, value] :
         {std::pair("out", &a.out), std::pair("markdown", &a.markdown), std::pair("plots", &a.plots)})
        if (given.count(name) && value->empty())
            throw UsageError(kWho + ("--" + std::string(name) + ": found \"\", allowed a path"));
    if (given.count("plots") && !given.count("markdown"))
        throw UsageError(std::string(kWho) + "found --plots without --markdown, whose plots it is for");
    if (a.no_plots && given.count("markdown"))
        throw UsageError(std::string(kWho) + "found --no-plots with --markdown, which shows them");
    if (!a.no_plots && !find_tool(kPlotTool))
        throw UserError(std::string("plots need the program ") + kPlotTool +
                        ", which is not in PATH; the package " + kPlotPackage +
                        " has it, and --no-plots does without");
}

// "array-size (19 of 28 published values are met; ...)", of what failed.
std::string why_failed(const ExperimentOutcome& outcome) {
    for (const auto& check : outcome.checks)
        if (!check.ok) return outcome.experiment.name + ": " + check.sentence;
    return outcome.experiment.name + ": " + outcome.failures.at(0);
}

}  // namespace

int experiment_command(const std::vector<std::string>& args, const std::string& version) {
    Arguments a;
    const auto options = options_of(a);
    ParsedOptions parsed = parse_options(args, options, kWho);
    if (parsed.help) return std::cout << kAbout << options, 0;
    take_values(parsed, kWho);
    if (parsed.words == std::vector<std::string>{"list"}) return list_experiments();
    const auto list = chosen(parsed.words);
    check(a, parsed.given);
    if (!a.markdown.empty()) check_markdown(a.markdown);
    const ExperimentOptions run{a.out, jobs_of(a.jobs, kWho)};
    const ExperimentFiles files(a.out, a.no_plots);

    catch_interrupts();
    Progress progress;
    std::vector<ExperimentOutcome> outcomes;
    std::vector<std::string> failed;
    for (const Experiment* const experiment : list) {
        outcomes.push_back(run_experiment(*experiment, run, version, progress));
        const ExperimentOutcome& outcome = outcomes.back();
        print_outcome(outcome, text_style(1), std::cout);
        std::cout << std::flush;
        files.write(outcome);
        if (!outcome.passed()) failed.push_back(why_failed(outcome));
    }
    if (!a.markdown.empty()) write_markdown(outcomes, a.markdown, a.plots);
    if (!failed.empty())
        throw UserError(std::to_string(failed.size()) + " of " + std::to_string(list.size()) +
                        (list.size() == 1 ? " experiment failed: " : " experiments failed: ") +
                        traces::join(failed, "; "));
    return 0;
}

}  // namespace sosa::host
