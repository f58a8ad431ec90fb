// The options of sosa covalidate.

#include <iostream>

#include "host/covalidate.h"
#include "host/options.h"
#include "traces/error.h"
#include "traces/text.h"

namespace sosa::host {

namespace {

namespace po = boost::program_options;

constexpr const char* kAbout =
    R"(Usage: sosa covalidate [OPTION]...

Runs the pod and the router in RTL (Verilator) and their models side by side and compares every output after every
clock edge: cases that were thought of, tiles as a chip has them with random stalls and bubbles, and pins at random.
The first difference is told with its place, and OUT/divergence.vcd and .gtkw show the edges around it. The RTL is
built the first time, which takes a minute for large arrays, and kept in ~/.cache/sosa/rtl.

Verilator knows 0 and 1 but no X: registers start with random values instead, and for its first cycles the pod runs
twice with other ones, so that a register that is read before it was written shows as a difference.

A pod of your own is compared with --rtl PORTS.json:
  {"top": "my_pod", "sources": ["my_pod.sv"], "clock": "clk", "reset": {"port": "rst", "active": "high"},
   "parameters": {"R": "rows", "C": "cols", "FAST": 1}, "ports": {"x_valid": "in_valid", "x_row": "in_data", ...}}
Parameters are rows, cols, multicast_cols, fanin_rows, psum_bits, saturate or an integer; the ports, all of them, are
en x_valid x_swap x_last x_signed x_row ps_in w_valid w_first w_signed w_row w_rows out_valid out_last out_row
out_overflow busy (pods/README.md, "Inside the array").

Examples:
  sosa covalidate
  sosa covalidate --config tiny --cycles 100000 --unit pod
  sosa covalidate --shape 20x32 --bf 4,8 --set pods.psum_overflow=saturate
  sosa covalidate --rtl my_pod.json --shape 16x16

)";

template <class Number>
auto number(Number& target, const char* option, std::uint64_t min) {
    return po::value<std::string>()->notifier([&target, option, min](const std::string& text) {
        const bool digits =
            !text.empty() && text.size() < 16 && text.find_first_not_of("0123456789") == std::string::npos;
        if (!digits || std::stoull(text) < min)
            throw UsageError(std::string(option) + ": found \"" + text + "\", allowed an integer from " +
                             std::to_string(min) + " on");
        target = std::stoull(text);
    });
}

// "A<separator>B" as two settings; the configuration checks the numbers.
auto two_keys(std::vector<std::string>& sets, const char* option, char separator, const char* first,
              const char* second) {
    return po::value<std::string>()->notifier(
        [&sets, option, separator, first, second](const std::string& text) {
            const auto digits = [](const std::string& t) {
                return !t.empty() && t.find_first_not_of("0123456789") == std::string::npos;
            };
            const auto at = text.find(separator);
            if (at == std::string::npos || !digits(text.substr(0, at)) || !digits(text.substr(at + 1)))
                throw UsageError(std::string(option) + ": found \"" + text +
                                 "\", allowed two integers as in 16" + separator + "8");
            sets.push_back(first + ("=" + text.substr(0, at)));
            sets.push_back(second + ("=" + text.substr(at + 1)));
        });
}

po::options_description options(CovalidateJob& job, std::vector<std::string>& shape_sets) {
    po::options_description o("Options", 110, 60);
    o.add_options()("help,h", "this text")("version", "the program's version")(
        "config", po::value(&job.config)->value_name("NAME|FILE"),
        "configuration (default: sosa-256), for the pods' shape and the routers' widths")(
        "set", po::value(&job.sets)->value_name("KEY=VALUE"),
        "overrides a key of the configuration; repeatable")(
        "shape", two_keys(shape_sets, "--shape", 'x', "pods.rows", "pods.cols")->value_name("RxC"),
        "rows and columns of the array")(
        "bf", two_keys(shape_sets, "--bf", ',', "pods.multicast_cols", "pods.fanin_rows")->value_name("B,F"),
        "columns an activation reaches, and rows that add up, without a register")(
        "all-shapes", po::bool_switch(&job.all_shapes),
        "five shapes of the pod with three B,F each, as a table")(
        "cycles", number(job.cycles, "--cycles", 1)->value_name("N"), "clock edges (default: 10000)")(
        "seed", number(job.seed, "--seed", 0)->value_name("N"), "of the random pins (default: 1)")(
        "timeout-cycles", number(job.timeout_cycles, "--timeout-cycles", 1)->value_name("N"),
        "edges to wait for results that do not come (default: 1000)")(
        "unit", po::value(&job.unit)->default_value("all")->value_name("pod|router|all"), "what is compared")(
        "rtl", po::value(&job.port_map)->value_name("PORTS.json"), "a pod of your own")(
        "sources", po::value(&job.sources)->value_name("DIR"),
        "DIR/pods/rtl/*.sv and DIR/noc/rtl/*.sv replace ours of the same name")(
        "tiles", po::value(&job.tiles)->value_name("FILE"),
        "tiles of a workload, from sosa run --record-tiles, among the random ones (--unit pod)")(
        "out", po::value(&job.out)->value_name("DIR"),
        "folder of the files (default: out/covalidate-CONFIG)");
    return o;
}

void check_exclusive(const po::variables_map& given) {
    constexpr const char* pairs[][2] = {{"all-shapes", "shape"}, {"all-shapes", "bf"}, {"rtl", "sources"}};
    for (const auto& [a, b] : pairs)
        if (given.count(a) && !given[a].defaulted() && given.count(b))
            throw UsageError(std::string("--") + a + " and --" + b + " exclude each other");
    for (const char* option : {"config", "rtl", "sources", "out"})
        if (given.count(option) && given[option].as<std::string>().empty())
            throw UsageError(std::string("--") + option + ": found \"\", allowed a path");
}

}  // namespace

bool parse_covalidate(const std::vector<std::string>& args, CovalidateJob& job) {
    std::vector<std::string> shape_sets;
    const auto visible = options(job, shape_sets);
    ParsedOptions parsed = parse_options(args, visible);
    if (parsed.help) return std::cout << kAbout << visible, false;
    take_values(parsed);
    refuse_words(parsed, visible);
    check_exclusive(parsed.given);
    job.sets.insert(job.sets.end(), shape_sets.begin(), shape_sets.end());
    const std::vector<std::string> units = {"pod", "router", "all"};
    if (job.unit != units[0] && job.unit != units[1] && job.unit != units[2])
        throw UsageError("--unit: found \"" + job.unit + "\"" +
                         traces::did_you_mean(traces::nearest(job.unit, units)) + ", allowed " +
                         traces::join(units));
    const bool pod_only = job.all_shapes || !job.port_map.empty();
    if (pod_only && job.unit == "router")
        throw UsageError(std::string(job.all_shapes ? "--all-shapes" : "--rtl") +
                         " is about the pod: found --unit router, allowed pod");
    if (pod_only) job.unit = "pod";
    return true;
}

std::vector<std::string> covalidate_words(const CovalidateJob& job,
                                          const std::vector<std::string>& shape_sets, const std::string& unit,
                                          const std::string& out) {
    std::vector<std::string> words = {"covalidate", "--config", job.config, "--unit", unit, "--out", out};
    const auto add = [&](const char* option, const std::string& value) {
        if (!value.empty()) words.insert(words.end(), {option, value});
    };
    for (const auto* sets : {&job.sets, &shape_sets})
        for (const auto& set : *sets) add("--set", set);
    add("--cycles", std::to_string(job.cycles));
    add("--seed", std::to_string(job.seed));
    add("--timeout-cycles", std::to_string(job.timeout_cycles));
    add("--sources", job.sources);
    add("--rtl", unit == "pod" ? job.port_map : "");
    add("--tiles", unit == "pod" ? job.tiles : "");
    return words;
}

}  // namespace sosa::host
