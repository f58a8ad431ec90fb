#include "host/report_command.h"

#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "host/energy_explain.h"
#include "host/options.h"
#include "host/report_data.h"
#include "traces/error.h"
#include "traces/files.h"
#include "traces/report_page.h"
#include "traces/text.h"

namespace sosa::host {

namespace fs = std::filesystem;
namespace po = boost::program_options;

namespace {

constexpr const char* kAbout =
    R"(Usage: sosa report DIR [-o FILE]
       sosa report DIR OTHER [-o FILE]
       sosa report --explain NAME DIR

Makes a page of what sosa run left in DIR, to look at in a browser: one file that needs no network. With a second folder the
page compares the two runs, differences first. With --explain it prints how an energy came about: counter x pJ = energy.

Examples:
  sosa report out/resnet50-sosa-256
  sosa report out/resnet50-sosa-256 out/resnet101-sosa-256 -o out/compare.html
  sosa report --explain energy.noc out/resnet50-sosa-256

)";

struct ReportJob {
    std::vector<std::string> folders;
    std::string out, explain;
};

po::options_description options(ReportJob& job) {
    po::options_description o("Options", 110, 60);
    o.add_options()("help,h", "this text")(
        "out,o", po::value(&job.out)->value_name("FILE"),
        "the page to write, .html (default: report.html in DIR, compare.html for two)")(
        "explain", po::value(&job.explain)->value_name("NAME"),
        "an energy: energy, energy.noc, energy.pods, energy.banks, ...; writes no page");
    return o;
}

void check(const ReportJob& job, const po::variables_map& given) {
    const bool explain = given.count("explain") > 0;
    const std::size_t most = explain ? 1 : 2;
    if (job.folders.empty() || job.folders.size() > most)
        throw UsageError("report: found " +
                         (job.folders.empty() ? "no folder" : "\"" + traces::join(job.folders, " ") + "\"") +
                         ", allowed " + (explain ? "one folder" : "one folder or two") +
                         " that sosa run wrote");
    if (explain && given.count("out"))
        throw UsageError("report: found -o with --explain, allowed without: it prints");
    if (given.count("out") && fs::path(job.out).extension() != ".html")
        throw UsageError("report: -o: found \"" + job.out + "\", allowed a file that ends in .html");
}

// "resnet50 on sosa-256 and resnet101 on sosa-256"
std::string title_of(const std::vector<std::unique_ptr<RunFolder>>& runs) {
    std::vector<std::string> names;
    for (const auto& run : runs) names.push_back(run->workload() + " on " + run->config_name());
    return traces::join(names, " and ");
}

}  // namespace

int report_command(const std::vector<std::string>& args) {
    ReportJob job;
    const po::options_description allowed = options(job);
    ParsedOptions parsed = parse_options(args, allowed, "report: ");
    if (parsed.help) return std::cout << kAbout << allowed << '\n', 0;
    take_values(parsed, "report: ");
    job.folders = parsed.words;
    check(job, parsed.given);
    if (parsed.given.count("explain"))
        return explain_energy(job.explain, read_energy(job.folders[0]), std::cout), 0;

    std::vector<std::unique_ptr<RunFolder>> runs;
    nlohmann::json data;
    for (const auto& folder : job.folders) {
        runs.push_back(std::make_unique<RunFolder>(folder));
        data["runs"].push_back(report_data(*runs.back()));
    }
    const fs::path file = job.out.empty()
                              ? fs::path(job.folders[0]) / (runs.size() == 1 ? "report.html" : "compare.html")
                              : fs::path(job.out);
    traces::write_file(file,
                       [&](std::ostream& out) { traces::write_report_page(data, title_of(runs), out); });
    std::cout << file.string() << '\n';
    return 0;
}

}  // namespace sosa::host
