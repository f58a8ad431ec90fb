#include "host/explain_command.h"

#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "host/explain.h"
#include "host/jobs_option.h"
#include "host/options.h"
#include "host/progress.h"
#include "host/sweep_axis.h"
#include "host/temporary_folder.h"
#include "hw/units.h"
#include "traces/error.h"
#include "traces/files.h"

namespace sosa::host {

namespace fs = std::filesystem;
namespace po = boost::program_options;

namespace {

constexpr const char* kWho = "explain: ";

constexpr const char* kAbout =
    R"(Usage: sosa explain --config NAME|FILE --workload NAME|FILE [OPTION]...

Asks what limits a run: runs it as it is and once more with each resource made ideal, one at a time, and ranks what that
would gain. With --out DIR the table is written to DIR/explain.csv and DIR/explain.json, and the runs stay in DIR, so
that they need not be done again.

What is made ideal, and how a single run of it is done (sosa run ... --set KEY=VALUE):
)";

constexpr const char* kExamples = R"(
Examples:
  sosa explain --config sosa-256 --workload densenet121
  sosa explain --config sosa-256 --workload bert_medium --seq-len 300 --set noc.topology=butterfly-1
  sosa explain --config tiny --workload host/workloads/mlp.json --set dram.latency=100ns --out out/explain-mlp

)";

struct Arguments {
    std::string config, policy, jobs, out;
    std::optional<std::string> batch, image_size, seq_len;
    std::vector<std::string> workloads, sets, dims;
};

auto optional_text(std::optional<std::string>& target) {
    return po::value<std::string>()->notifier([&target](const std::string& text) { target = text; });
}

po::options_description options_of(Arguments& a) {
    po::options_description o("Options", 110, 60);
    o.add_options()("help,h", "this text")("version", "the program's version")(
        "config", po::value(&a.config)->default_value("sosa-256")->value_name("NAME|FILE"),
        "configuration (sosa list configs)")(
        "workload", po::value(&a.workloads)->value_name("NAME|FILE"),
        "workload (sosa list workloads) or a file of one; several run as tenants")(
        "batch", optional_text(a.batch)->value_name("B"), "batch size of a workload from the zoo")(
        "image-size", optional_text(a.image_size)->value_name("P"), "image height and width in pixels")(
        "seq-len", optional_text(a.seq_len)->value_name("S"), "sequence length in tokens")(
        "dim", po::value(&a.dims)->value_name("NAME=SIZE"),
        "size of a dimension that an ONNX model leaves open; repeatable")(
        "policy", po::value(&a.policy)->default_value("paper")->value_name("NAME"),
        "placement (sosa list policies)")("set", po::value(&a.sets)->value_name("KEY=VALUE"),
                                          "overrides a key of the configuration; repeatable")(
        "jobs,j", po::value(&a.jobs)->value_name("N"), "processes at a time (default: the cores it may use)")(
        "out", po::value(&a.out)->value_name("DIR"), "folder of the table and of the runs");
    return o;
}

void print_help(const po::options_description& options) {
    std::cout << kAbout;
    for (const auto& resource : ideal_resources()) {
        std::string sets;
        for (const auto& set : resource.sets) sets += (sets.empty() ? "" : " ") + set;
        std::cout << "  " << padded_name(resource.name, 17) << padded_name(sets, 29) << resource.meaning
                  << '\n';
    }
    std::cout << kExamples << options;
}

// As of a sweep's axis of that name, where numbers are no texts.
void set_axis(SweepPoint& point, const std::string& axis, const std::string& option,
              const std::optional<std::string>& text) {
    if (!text) return;
    const auto number = hw::parse_whole(*text);
    try {
        assign_axis(point, axis, number ? nlohmann::json(*number) : nlohmann::json(*text));
    } catch (const UserError& error) {
        throw UsageError(kWho + option + ": " + error.what());
    }
}

SweepPoint point_of(const Arguments& a) {
    if (a.workloads.empty())
        throw UsageError(std::string(kWho) +
                         "--workload is missing: a name (sosa list workloads) or a workload file");
    SweepPoint point;
    point.config = a.config;
    point.workloads = a.workloads;
    set_axis(point, "policy", "--policy", a.policy);
    set_axis(point, "batch", "--batch", a.batch);
    set_axis(point, "image_size", "--image-size", a.image_size);
    set_axis(point, "seq_len", "--seq-len", a.seq_len);
    point.dims = a.dims;
    for (const auto& set : a.sets) {
        const auto equals = set.find('=');
        if (equals == std::string::npos)
            throw UsageError(kWho + ("--set " + set) +
                             ": found no KEY=VALUE, allowed is for example --set pods.count=64");
        replace_pair(point.sets, set.substr(0, equals), set.substr(equals + 1));
    }
    return point;
}

}  // namespace

int explain_command(const std::vector<std::string>& args, const std::string& version) {
    Arguments a;
    const auto options = options_of(a);
    ParsedOptions parsed = parse_options(args, options, kWho);
    if (parsed.help) return print_help(options), 0;
    take_values(parsed, kWho);
    refuse_words(parsed, options, kWho);
    if (parsed.given.count("out") && a.out.empty())
        throw UsageError(std::string(kWho) + "--out: found \"\", allowed a path");
    const SweepPoint point = point_of(a);
    std::optional<TemporaryFolder> temporary;
    if (a.out.empty()) temporary.emplace();
    const fs::path folder = temporary ? temporary->path() : fs::path(a.out);

    catch_interrupts();
    Progress progress;
    const Explanation explanation = explain(point, {folder, jobs_of(a.jobs, kWho)}, version, progress);
    print_explanation(explanation, text_style(1), std::cout);
    if (temporary) return 0;
    traces::write_file(folder / "explain.json",
                       [&](std::ostream& out) { out << explanation_json(explanation); });
    traces::write_file(folder / "explain.csv",
                       [&](std::ostream& out) { out << explanation_csv(explanation); });
    std::cout << (folder / "explain.csv").string() << " and explain.json\n";
    return 0;
}

}  // namespace sosa::host
