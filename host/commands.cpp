#include "host/commands.h"
#include "host/config_file.h"

#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <systemc>

#include "host/collect.h"
#include "host/covalidate.h"
#include "host/experiment_command.h"
#include "host/explain_command.h"
#include "host/gen_params.h"
#include "host/import_command.h"
#include "host/op_table.h"
#include "host/options.h"
#include "host/pareto_command.h"
#include "host/placement.h"
#include "host/report_command.h"
#include "host/sweep_command.h"
#include "host/vectors.h"
#include "host/workload_show.h"
#include "host/zoo.h"
#include "hw/config.h"
#include "noc/topology.h"
#include "traces/error.h"
#include "traces/text.h"

namespace sosa::host {

namespace {

constexpr const char* kHelp =
    R"(sosa: a SystemC/TLM-2.0 model of Scale-out Systolic Arrays (arXiv 2203.11540)

Usage: sosa COMMAND [OPTION]...        sosa COMMAND --help says more

  run          simulate workloads on a configuration; leaves figures, counters and waveforms
  report       make a page of a run, or of two runs side by side: sosa report DIR [DIR]
  sweep        simulate all points of a design space, one process each, resumable
  collect      make a table of a sweep's results
  pareto       show which points of a sweep no other beats
  experiment   the paper's evaluation: its figures, ours, and the difference
  explain      what limits a workload: one resource at a time made ideal
  compile      tile and place workloads into a program file, for sosa run --program
  list         what there is: configs, workloads, policies, interconnects, operators
  config       check a configuration: sosa config check FILE
  import       make a workload file of an ONNX model or a SCALE-Sim topology
  workload     show a workload's layers as a table or a graph: sosa workload show NAME|FILE
  covalidate   check RTL of pod and router against the model, cycle by cycle
  vectors      write test vectors and a testbench for the pod's RTL, for any simulator
  gen-params   write a configuration's numbers as a SystemVerilog package or a C header

Examples:
  sosa run --config sosa-256 --workload resnet50
  sosa run --config sosa-256 --workload resnet50 --trace --trace-window 0:40
  sosa run --config tiny --set noc.topology=crossbar --workload host/workloads/mlp.json
  sosa run --config sosa-256 --workload resnet50 --fidelity functional
  sosa covalidate
  sosa list workloads
)";

constexpr const char* kListHelp =
    R"(Usage: sosa list configs|workloads|policies|interconnects|operators

Prints one name a line, with a word about each; operators are those of ONNX models, as a table.
)";

constexpr const char* kConfigHelp =
    R"(Usage: sosa config check NAME|FILE [--set KEY=VALUE]...

Reads a configuration as sosa run would and prints it with every key; an error names file, line and key.

Example:
  sosa config check tiny --set pods.count=16
)";

bool asks_for_help(const std::vector<std::string>& args) {
    for (const auto& arg : args)
        if (arg == "--help" || arg == "-h") return true;
    return false;
}

void print_row(const std::string& name, const std::string& text) {
    std::cout << "  " << name << std::string(name.size() < 16 ? 16 - name.size() : 1, ' ') << text << '\n';
}

void list_configs() {
    for (const auto& name : hw::config_names()) {
        const hw::Config c = load_config(name, {});
        print_row(name, std::to_string(c.pods.count) + " pods of " + std::to_string(c.pods.rows) + " x " +
                            std::to_string(c.pods.cols) + ", " + c.noc.topology);
    }
}

void list_interconnects() {
    for (const auto& name : noc::Topology::names()) {
        const noc::Topology t(name, 256);
        print_row(name, "256 ports: " + std::to_string(t.stages()) + " stages, latency " +
                            std::to_string(t.latency_cycles()) + " cycles");
    }
}

std::string found(const std::vector<std::string>& args, const std::vector<std::string>& allowed) {
    if (args.empty()) return "found nothing";
    const std::string words = traces::join(args, " ");
    return "found \"" + words + "\"" + traces::did_you_mean(traces::nearest(args[0], allowed));
}

}  // namespace

int list_command(const std::vector<std::string>& args) {
    if (asks_for_help(args)) return std::cout << kListHelp, 0;
    const std::map<std::string, std::function<void()>> lists = {
        {"configs", list_configs},
        {"workloads",
         [] {
             for (const auto& e : zoo_entries()) print_row(e.name, e.description);
         }},
        {"policies",
         [] {
             for (const auto& e : policy_entries()) print_row(e.name, e.description);
         }},
        {"interconnects", list_interconnects},
        {"operators", [] { print_op_table(std::cout); }},
    };
    const auto list = args.size() == 1 ? lists.find(args[0]) : lists.end();
    if (list == lists.end())
        throw UsageError(
            "list: " + found(args, {"configs", "workloads", "policies", "interconnects", "operators"}) +
            ", allowed one of configs, workloads, policies, interconnects, operators");
    list->second();
    return 0;
}

int config_command(const std::vector<std::string>& args) {
    if (asks_for_help(args)) return std::cout << kConfigHelp, 0;
    if (args.size() == 1 && args[0] == "check")
        throw UsageError("config check: found nothing, allowed NAME|FILE");
    if (args.empty() || args[0] != "check")
        throw UsageError("config: " + found(args, {"check"}) + ", allowed check NAME|FILE");
    std::vector<std::string> sets;
    for (std::size_t i = 2; i < args.size(); ++i) {
        if (args[i] != "--set")
            throw UsageError("config check: " + found({args[i]}, {"--set"}) + ", allowed --set KEY=VALUE");
        if (i + 1 == args.size()) throw UsageError("config check: --set: found nothing, allowed KEY=VALUE");
        sets.push_back(args[++i]);
    }
    hw::write_config(load_config(args[1], sets), std::cout);
    return 0;
}

namespace {

int run_words(std::vector<std::string> words, const char* version) {
    const std::map<std::string, std::function<int(const std::vector<std::string>&)>> commands = {
        {"run", [&](const auto& args) { return run_command(args, version); }},
        {"compile", compile_command},
        {"list", list_command},
        {"config", config_command},
        {"gen-params", gen_params_command},
        {"import", import_command},
        {"workload", workload_command},
        {"vectors", vectors_command},
        {"report", report_command},
        {"sweep", [&](const auto& args) { return sweep_command(args, version); }},
        {"collect", collect_command},
        {"pareto", pareto_command},
        {"experiment", [&](const auto& args) { return experiment_command(args, version); }},
        {"explain", [&](const auto& args) { return explain_command(args, version); }},
        {"covalidate", [&](const auto& args) { return covalidate_command(args, version); }},
    };
    if (words.empty()) return std::cerr << kHelp, 2;
    if (words[0] == "help" && words.size() == 2) words = {words[1], "--help"};
    if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") return std::cout << kHelp, 0;
    const auto command = commands.find(words[0]);
    const bool known = command != commands.end() || words[0] == "--version";
    if (known && std::find(words.begin(), words.end(), "--version") != words.end())
        return std::cout << "sosa " << version << '\n', 0;
    if (known) return command->second({words.begin() + 1, words.end()});
    std::vector<std::string> names;
    for (const auto& c : commands) names.push_back(c.first);
    throw UsageError("found command \"" + words[0] + "\"" +
                     traces::did_you_mean(traces::nearest(words[0], names)) + ", allowed " +
                     traces::join(names));
}

// One line, whatever the words that it quotes contain.
int fail(const std::string& sentence, int code) {
    std::string line;
    for (const char c : sentence) {
        const bool control = static_cast<unsigned char>(c) < ' ' || c == 127;
        line += c == '\n' ? "\\n" : control ? "?" : std::string(1, c);
    }
    std::cerr << "sosa: " << line << '\n';
    return code;
}

}  // namespace

int run_command_line(int argc, char** argv, const char* version) {
    sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
    try {
        const int code = run_words({argv + 1, argv + argc}, version);
        std::cout.flush();
        if (!std::cout) throw UserError("standard output cannot be written in full");
        return code;
    } catch (const UsageError& error) {
        return fail(error.what(), 2);
    } catch (const UserError& error) {
        return fail(error.what(), 1);
    } catch (const std::bad_alloc&) {
        return fail("out of memory: the workload is too large for this machine", 1);
    } catch (const std::exception& error) {  // of a library: the file system, SystemC
        return fail(error.what(), 1);
    }
}

}  // namespace sosa::host
