#include "host/sweep_command.h"

#include <algorithm>
#include <iomanip>
#include <iostream>

#include "host/options.h"
#include "host/progress.h"
#include "host/sweep_axis.h"
#include "host/sweep_pool.h"
#include "host/sweep_run.h"
#include "host/sweep_store.h"
#include "hw/units.h"
#include "traces/error.h"
#include "traces/text.h"

namespace sosa::host {

namespace {

namespace po = boost::program_options;
namespace fs = std::filesystem;

constexpr const char* kAbout =
    R"(Usage: sosa sweep SPEC [OPTION]...

Runs every point of the spec (host/sweep_format.md) that has no result yet, each in a process of its own, and writes
what became of it to DIR/points/. A sweep that was stopped goes on from there with the same command; a point that
fails is recorded with its reason and does not stop the others. sosa collect DIR makes a table of the results.

Examples:
  sosa sweep scripts/sweeps/mlp.json --dry-run
  sosa sweep scripts/sweeps/mlp.json --jobs 2
  sosa sweep scripts/sweeps/mlp.json --set dram.latency=100ns --out out/sweeps/mlp-100ns
  sosa sweep scripts/sweeps/mlp.json --shard 2/3
  sosa collect out/sweeps/mlp

)";

struct Arguments {
    std::string spec, out, jobs, shard;
    std::vector<std::string> sets;
    bool dry_run = false, retry_failed = false, extend = false;
};

po::options_description options_of(Arguments& a) {
    po::options_description o("Options", 110, 60);
    o.add_options()("help,h", "this text")("version", "the program's version")(
        "out", po::value(&a.out)->value_name("DIR"), "folder of the results (default: out/sweeps/NAME)")(
        "jobs,j", po::value(&a.jobs)->value_name("N"), "processes at a time (default: the cores it may use)")(
        "shard", po::value(&a.shard)->default_value("1/1")->value_name("I/N"),
        "only every N-th point, from the I-th on: N such commands do the whole sweep, on one machine or "
        "several that "
        "share the folder")("set", po::value(&a.sets)->value_name("KEY=VALUE"),
                            "overrides a key of the configuration for all points; repeatable")(
        "retry-failed", po::bool_switch(&a.retry_failed), "runs points that failed before once more")(
        "extend", po::bool_switch(&a.extend),
        "DIR may be that of another spec: results of points that both have count, the table becomes this "
        "one's")("dry-run", po::bool_switch(&a.dry_run), "checks everything and lists the points, runs none");
    return o;
}

// False if help was asked for and printed.
bool read_arguments(const std::vector<std::string>& args, Arguments& a) {
    const auto options = options_of(a);
    ParsedOptions parsed = parse_options(args, options, "sweep: ");
    if (parsed.help) return std::cout << kAbout << options, false;
    if (parsed.words.size() != 1)
        throw UsageError("sweep: found " +
                         (parsed.words.empty() ? "no file" : "\"" + traces::join(parsed.words, " ") + "\"") +
                         ", allowed is one SPEC");
    take_values(parsed, "sweep: ");
    a.spec = parsed.words[0];
    if (parsed.given.count("out") && a.out.empty()) throw UsageError("--out: found \"\", allowed a path");
    return true;
}

std::size_t whole_from_1(const std::string& text, const std::string& option, const std::string& all) {
    const auto value = hw::parse_whole(text);
    if (value && *value >= 1 && *value <= 1'000'000) return static_cast<std::size_t>(*value);
    throw UsageError(option + ": found \"" + all + "\", allowed " +
                     (option == "--shard" ? "I/N with I from 1 to N, such as 2/3" : "an integer from 1 on"));
}

Shard shard_of(const std::string& text) {
    const auto slash = std::min(text.find('/'), text.size());
    const Shard shard{whole_from_1(text.substr(0, slash), "--shard", text),
                      whole_from_1(text.substr(std::min(slash + 1, text.size())), "--shard", text)};
    if (shard.index > shard.count) whole_from_1("", "--shard", text);
    return shard;
}

// What is set holds for all points, so none of it can vary.
void apply_sets(const std::vector<std::string>& sets, Sweep& sweep) {
    for (const auto& set : sets) {
        const auto equals = set.find('=');
        const std::string key = set.substr(0, equals);
        if (equals == std::string::npos)
            throw UsageError("--set " + set +
                             ": found no KEY=VALUE, allowed is for example --set pods.count=64");
        if (std::find(sweep.axes.begin(), sweep.axes.end(), key) != sweep.axes.end())
            throw UsageError("--set " + set + ": " + sweep.source + " varies " + key);
        for (SweepPoint& point : sweep.points) replace_pair(point.sets, key, set.substr(equals + 1));
    }
}

std::string count_of(std::size_t count, const char* what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

const char* state_word(PointState state) {
    switch (state) {
        case PointState::ok:
            return "done";
        case PointState::failed:
            return "failed";
        case PointState::broken:
            return "broken";
        default:
            return "to run";
    }
}

int list_points(const SweepPlan& plan, const SweepOptions& options) {
    std::size_t count = 0;
    for (std::size_t row = 0; row < plan.points.size(); ++row) {
        if (!options.shard.has(row)) continue;
        ++count;
        const std::string& hash = plan.index.rows[row].hash;
        std::cout << std::setw(6) << row + 1 << "  " << hash.substr(0, 12) << "  " << std::left
                  << std::setw(6) << state_word(point_state(options.folder, hash)) << std::right << "  "
                  << point_label(plan.points[row], plan.index.axes) << '\n';
    }
    std::cout << count_of(count, "point") << " in " << options.folder.string() << '\n';
    return 0;
}

// "point 17 (workload mlp, pods.count 64): the run is starved ..."
std::string failures(const SweepPlan& plan, const SweepOptions& options, const SweepOutcome& outcome) {
    constexpr std::size_t most = 5;
    std::vector<std::string> told;
    for (std::size_t i = 0; i < outcome.failed.size() && i < most; ++i) {
        const std::size_t row = outcome.failed[i];
        told.push_back("point " + std::to_string(row + 1) + " (" +
                       point_label(plan.points[row], plan.index.axes) +
                       "): " + read_point(options.folder, plan.index.rows[row].hash).failure);
    }
    if (outcome.failed.size() > most) told.push_back(std::to_string(outcome.failed.size() - most) + " more");
    return traces::join(told, "; ");
}

void print_line(const char* what, std::size_t count) {
    if (count > 0) std::cout << "  " << std::left << std::setw(24) << what << std::right << count << '\n';
}

void print_outcome(const SweepPlan& plan, const SweepOptions& options, const SweepOutcome& o) {
    std::cout << "sweep " << plan.index.name << ": " << count_of(o.points, "point") << " in "
              << options.folder.string() << '\n';
    print_line("left out by filters", plan.filtered);
    print_line("same as another", plan.repeated);
    print_line("done before", o.done_before);
    print_line("run", o.ran);
    print_line("failed", o.failed.size());
    print_line("under way elsewhere", o.elsewhere);
    print_line("not run", o.left());
    std::cout << "  " << std::left << std::setw(24) << "seconds" << std::right << std::fixed
              << std::setprecision(1) << o.wall_s << ", " << count_of(options.jobs, "job") << '\n';
    for (const std::size_t row : o.broken)
        std::cout << "  points/" << plan.index.rows[row].hash << ".json was cut short: point " << row + 1
                  << " was run again\n";
    if (o.elsewhere > 0)
        std::cout
            << "  another sweep is at work on what is under way elsewhere; the same command sees to what is "
               "missing then\n";
}

}  // namespace

int sweep_command(const std::vector<std::string>& args, const std::string& version) {
    Arguments a;
    if (!read_arguments(args, a)) return 0;
    SweepOptions options;
    options.jobs = a.jobs.empty() ? usable_cores() : whole_from_1(a.jobs, "--jobs", a.jobs);
    options.shard = shard_of(a.shard);
    options.retry_failed = a.retry_failed;
    options.extend = a.extend;
    Sweep sweep = read_sweep(a.spec);
    apply_sets(a.sets, sweep);
    options.folder = a.out.empty() ? fs::path("out") / "sweeps" / sweep.name : fs::path(a.out);
    const SweepPlan plan = make_plan(std::move(sweep), version);
    if (a.dry_run) return list_points(plan, options);
    catch_interrupts();
    Progress progress;
    const SweepOutcome outcome = run_sweep(plan, options, progress);
    print_outcome(plan, options, outcome);
    if (outcome.stopped)
        throw UserError("interrupted; " + std::to_string(outcome.points - outcome.left()) + " of " +
                        std::to_string(outcome.points) +
                        " points are done, the same command goes on from there");
    if (!outcome.failed.empty())
        throw UserError(std::to_string(outcome.failed.size()) + " of " + count_of(outcome.points, "point") +
                        " failed: " + failures(plan, options, outcome) +
                        "; --retry-failed runs them once more");
    return 0;
}

}  // namespace sosa::host
