#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/network.h"
#include "host/report.h"
#include "host/trace_options.h"
#include "host/workload.h"
#include "host/zoo.h"
#include "hw/config.h"

namespace sosa::host {

class Progress;

// What the command line of `sosa run` or `sosa compile` asks for.
struct Job {
    std::string config_name, policy, fidelity, program_file, out, cycle_pods, rtl_pods, rtl_ports,
        record_tiles, record_pods, inputs, outputs;
    std::uint64_t seed = 1;
    std::vector<std::string> workload_names, sets, dims;
    ZooOptions zoo;
    TraceArguments trace;
    bool scalesim_report = false;
    bool out_given = false;
};

// Reads the words after the command's name; false if help was asked for and printed, which begins with
// `about`. What does not fit throws UsageError before any file is read.
bool parse_run_job(const std::vector<std::string>& args, const char* about, Job& job);
bool parse_compile_job(const std::vector<std::string>& args, const char* about, Job& job);

// What is to be run: workloads still to be placed, or a program that was compiled before.
struct JobInput {
    std::vector<Workload> tenants;
    std::unique_ptr<Network> network;  // with --inputs: what the one tenant was made of
    std::optional<Program> program;
    std::string name;  // of the workloads, joined by "+"
    std::string hash;  // of what was read
};

// Reads the program, checked against the configuration, or else the workloads.
JobInput load_input(const Job& job, const hw::Config& config, PhaseSeconds& phases);

// Tiles and places the workloads; throws UserError if that is interrupted.
Program place(const Job& job, const hw::Config& config, const JobInput& input, PhaseSeconds& phases,
              Progress& progress);

}  // namespace sosa::host
