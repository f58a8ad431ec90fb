#pragma once
#include <chrono>
#include <filesystem>
#include <iosfwd>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "host/layer_account.h"
#include "host/program.h"
#include "hw/accelerator.h"
#include "hw/config.h"
#include "traces/energy.h"
#include "traces/power_meter.h"

namespace sosa::host {

// Wall seconds of the parts of a run.
struct PhaseSeconds {
    double placement = 0, program = 0, elaboration = 0, simulation = 0, reports = 0;
};

class Stopwatch {
  public:
    // Wall seconds since the last lap.
    double lap() {
        const auto now = std::chrono::steady_clock::now();
        const double seconds = std::chrono::duration<double>(now - last_).count();
        last_ = now;
        return seconds;
    }

  private:
    std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

// One workload as far as the reports name it.
struct RunIdentity {
    std::string version, workload, policy, fidelity;
    std::uint64_t seed = 0;
    std::string workload_hash;
    std::string stopped;  // why the run ended early; empty if it did not
};

// The figures of summary.json; its definitions are those of arXiv 2203.11540, section 6.
struct Summary {
    hw::RunCounters counters;
    std::uint64_t ops = 0;  // 2 * MACs
    double run_time_ns = 0, effective_tops = 0, peak_tops = 0, utilization_pct = 0, busy_pods_pct = 0;
    double effective_tops_at_tdp = 0;
    traces::PeakPower peak_power{};
    double energy_j = 0, average_power_w = 0;
    std::uint64_t psum_overflows = 0, checked_values = 0;  // where data moves
    std::vector<std::string> warnings{};                   // of the workloads on this chip
    std::vector<std::string> computed{};                   // of a model with inputs: where its operators ran
    std::size_t checked_layers = 0;
    std::uint64_t pe_cycles = 0;  // cycles * pods * rows * cols, what the cycle-loss account adds up to
};

Summary summarize(const hw::Config& config, const hw::Accelerator& chip, const hw::RunCounters& counters,
                  const traces::EnergyTable& table);

// The figures of summary.json that are numbers of the run, by their keys.
nlohmann::ordered_json run_figures(const hw::Config& config, const Program& program, const Summary& summary);

// Everything the reports are made of.
struct RunReport {
    const RunIdentity& identity;
    const hw::Config& config;
    const Program& program;
    const hw::Accelerator& chip;
    const traces::EnergyTable& table;
    const Summary& summary;
    const std::vector<std::uint64_t>& slice_start_cycles;  // one per slice run
    const LayerAccount& layer_account;
    const std::vector<traces::PowerWindow>& power_windows;
};

// Writes summary.json, layers.csv, slices.csv, occupancy.csv, power.csv, counters.json, energy.csv,
// effective_config.json and manifest.json (what ran where and how long: the only one with times of day and
// wall seconds). None is put in place before all could be written.
void write_reports(const RunReport& report, PhaseSeconds phases, const std::filesystem::path& folder);

// SHA-1 of a text, in hex: names inputs in the manifest.
std::string content_hash(const std::string& text);

}  // namespace sosa::host
