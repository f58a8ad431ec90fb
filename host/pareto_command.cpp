#include "host/pareto_command.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>

#include "host/options.h"
#include "host/pareto.h"
#include "host/terminal.h"
#include "traces/error.h"
#include "traces/files.h"
#include "traces/text.h"

namespace sosa::host {

namespace fs = std::filesystem;
namespace po = boost::program_options;

namespace {

constexpr const char* kWho = "pareto: ";

constexpr const char* kAbout =
    R"(Usage: sosa pareto DIR --x FIGURE --y FIGURE [OPTION]...

Of a sweep that sosa collect made DIR/results.csv of: the points that no other beats in both figures, as a table,
pareto.csv (their rows of results.csv) and pareto.svg (all points, the front in front). What is better follows from the
figure's name and is printed: smaller power, energy, area, bytes, cycles and times, larger throughput and utilization.
Failed points and those with an unknown value are left out and counted.

Examples:
  sosa collect out/sweeps/sizes
  sosa pareto out/sweeps/sizes --x peak_power_w --y effective_tops
  sosa pareto out/sweeps/sizes --x area_mm2 --y effective_tops --where "peak_power_w<=400" --where workload==resnet50
  sosa pareto out/sweeps/sizes --x banks.size_bytes --y dram_read_bytes -o out/banks.svg
  sosa pareto out/sweeps/sizes --x energy_j --y pods.count --minimise pods.count

)";

struct ParetoJob {
    ParetoAsk ask;
    std::vector<std::string> filters;
    std::string out;
};

po::options_description options_of(ParetoJob& job) {
    const auto words = [](std::vector<std::string>& target, const char* name) {
        return po::value(&target)->value_name(name)->composing();
    };
    po::options_description o("Options", 110, 60);
    o.add_options()("help,h", "this text")("x", po::value(&job.ask.x)->value_name("FIGURE"),
                                           "a column of results.csv with numbers, e.g. peak_power_w")(
        "y", po::value(&job.ask.y)->value_name("FIGURE"), "another, e.g. effective_tops")(
        "where", words(job.filters, "COND"),
        "only points with COLUMN OP VALUE, e.g. \"area_mm2<=300\"; OP is < <= > >= == !=, of words == !=")(
        "minimise", words(job.ask.minimise, "FIGURE"), "smaller is better in it, whatever its name says")(
        "maximise", words(job.ask.maximise, "FIGURE"), "larger is better in it")(
        "log-x", po::bool_switch(&job.ask.log_x), "the plot's x axis has a logarithm")(
        "log-y", po::bool_switch(&job.ask.log_y), "the plot's y axis has a logarithm")(
        "out,o", po::value(&job.out)->value_name("FILE.svg"),
        "the plot (default: DIR/pareto.svg); the table stands beside it as .csv");
    return o;
}

void check(ParetoJob& job, const std::vector<std::string>& folders) {
    if (folders.size() != 1)
        throw UsageError(std::string(kWho) + "found " +
                         (folders.empty() ? "no folder" : "\"" + traces::join(folders, " ") + "\"") +
                         ", allowed one folder of a sweep");
    for (const auto& [name, value] : {std::pair("--x", &job.ask.x), std::pair("--y", &job.ask.y)})
        if (value->empty())
            throw UsageError(std::string(kWho) + name + ": found nothing, allowed a column of results.csv");
    if (job.ask.x == job.ask.y)
        throw UsageError(std::string(kWho) + "found \"" + job.ask.x +
                         "\" as --x and --y, allowed two figures");
    for (const auto* figures : {&job.ask.minimise, &job.ask.maximise})
        for (const auto& figure : *figures)
            if (figure != job.ask.x && figure != job.ask.y)
                throw UsageError(std::string(kWho) +
                                 (figures == &job.ask.minimise ? "--minimise" : "--maximise") + ": found \"" +
                                 figure + "\", allowed " + job.ask.x + " and " + job.ask.y);
    for (const auto& text : job.filters) job.ask.filters.push_back(parse_row_filter(text));
    if (job.out.empty()) job.out = (fs::path(folders[0]) / "pareto.svg").string();
    if (fs::path(job.out).extension() != ".svg")
        throw UsageError(std::string(kWho) + "-o: found \"" + job.out +
                         "\", allowed a name that ends in .svg");
}

ResultsCsv read_results(const fs::path& folder) {
    const fs::path file = folder / "results.csv";
    std::error_code ignored;
    if (!fs::exists(file, ignored))
        throw UserError(file.string() + ": is not there; sosa collect " + folder.string() +
                        " makes it of a sweep");
    return ResultsCsv(traces::read_file(file), file.string());
}

std::string figure_text(double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.6g", value);
    return text;
}

std::vector<std::vector<std::string>> table_lines(const ResultsCsv& results, const ParetoAsk& ask,
                                                  const ParetoAnswer& answer) {
    std::vector<std::string> columns = answer.axes;
    if (columns.empty()) columns = {"point"};
    std::vector<std::vector<std::string>> lines(1);
    lines[0] = columns;
    lines[0].insert(lines[0].end(), {ask.x, ask.y});
    for (const auto& point : answer.front) {
        auto& line = lines.emplace_back();
        for (const auto& column : columns) line.push_back(results.cell(point.row, column));
        line.insert(line.end(), {figure_text(point.x), figure_text(point.y)});
    }
    return lines;
}

void print_table(const std::vector<std::vector<std::string>>& lines, std::ostream& out) {
    constexpr std::size_t widest = 40;
    std::vector<std::size_t> widths(lines[0].size());
    for (const auto& line : lines)
        for (std::size_t i = 0; i < line.size(); ++i)
            widths[i] = std::max(widths[i], columns_of(clipped(line[i], widest)));
    for (const auto& line : lines) {
        std::string text;
        for (std::size_t i = 0; i < line.size(); ++i) {
            const std::string cell = clipped(line[i], widest);
            text += "  " + std::string(widths[i] - columns_of(cell), ' ') + cell;
        }
        out << text << '\n';
    }
}

std::string goal_text(Goal goal, const std::string& figure) {
    return (goal == Goal::minimise ? "smaller " : "larger ") + figure;
}

// Points of several workloads are not rivals.
void print_notes(const ResultsCsv& results, const ParetoAnswer& answer, std::ostream& out) {
    const std::pair<std::size_t, const char*> left_out[] = {
        {answer.failed, " failed"},
        {answer.filtered, " not as --where says"},
        {answer.unknown, " with a value that is not known"}};
    std::vector<std::string> parts;
    for (const auto& [count, why] : left_out)
        if (count > 0) parts.push_back(std::to_string(count) + why);
    out << "Dominated: " << answer.points.size() - answer.front.size()
        << (parts.empty() ? "" : ". Left out: " + traces::join(parts)) << ".\n";
    if (std::find(answer.axes.begin(), answer.axes.end(), "workload") != answer.axes.end())
        out << "The points are of several workloads; --where workload=="
            << results.cell(answer.front[0].row, "workload") << " compares those of one.\n";
}

}  // namespace

int pareto_command(const std::vector<std::string>& args) {
    ParetoJob job;
    const po::options_description allowed = options_of(job);
    ParsedOptions parsed = parse_options(args, allowed, kWho);
    if (parsed.help) return std::cout << kAbout << allowed << '\n', 0;
    take_values(parsed, kWho);
    check(job, parsed.words);
    const fs::path folder = parsed.words[0], svg = job.out, csv = fs::path(svg).replace_extension(".csv");
    const ResultsCsv results = read_results(folder);
    const ParetoAnswer answer = results.answer(job.ask);

    std::cout << answer.front.size() << " of " << answer.points.size()
              << " points are Pareto-optimal: " << goal_text(answer.x_goal, job.ask.x) << ", "
              << goal_text(answer.y_goal, job.ask.y) << '\n';
    print_table(table_lines(results, job.ask, answer), std::cout);
    print_notes(results, answer, std::cout);
    traces::write_file(csv, [&](std::ostream& out) { out << results.csv(answer.front); });
    std::cout << csv.string() << std::endl;
    const std::string name = fs::absolute(folder).lexically_normal().filename().string();
    write_plot(pareto_plot(results, job.ask, answer, name.empty() ? "sweep" : name), svg);
    std::cout << svg.string() << '\n';
    return 0;
}

}  // namespace sosa::host
