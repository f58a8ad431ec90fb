#pragma once
#include <string>
#include <vector>

#include "hw/run_counters.h"

// Whole runs, several to a test: each in a process of its own, since a process can simulate only once.
namespace sosa::tests {

struct ChildRun {
    hw::RunCounters counters;
    double effective_tops = 0, utilization_pct = 0, peak_power_w = 0, energy_j = 0;
    std::uint32_t last_main_slice = 0, last_post_slice = 0;
    std::uint64_t program_macs = 0, pe_cycles = 0;
};

struct RunSpec {
    std::string config = "sosa-256";
    std::vector<std::string> sets;
    std::vector<std::string> workloads;
    std::uint32_t seq_len = 0;  // 0: the workload's default
};

// Throws std::runtime_error if the run fails.
ChildRun run_in_child(const RunSpec& spec);

}  // namespace sosa::tests
