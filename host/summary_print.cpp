#include "host/summary_print.h"

#include <iomanip>
#include <ostream>
#include <sstream>

#include "host/loss_parts.h"

namespace sosa::host {

void print_summary(const RunReport& r, const std::filesystem::path& folder, std::ostream& out) {
    const Summary& s = r.summary;
    const hw::RunCounters& c = s.counters;
    const auto row = [&](const char* label, double value, int digits, const std::string& unit) {
        out << "  " << std::left << std::setw(24) << label << std::right << std::setw(16) << std::fixed
            << std::setprecision(digits) << value << (unit.empty() ? "" : "  ") << unit << '\n';
    };
    const auto count = [&](const char* label, std::uint64_t value, const std::string& unit) {
        row(label, static_cast<double>(value), 0, unit);
    };
    out << r.identity.workload << " on " << r.config.name << " (" << r.config.pods.count << " pods of "
        << r.config.pods.rows << " x " << r.config.pods.cols << ", " << r.config.noc.topology << ", policy "
        << r.identity.policy << ", fidelity " << r.identity.fidelity << ")\n";
    if (!r.identity.stopped.empty()) out << "  stopped early: " << r.identity.stopped << '\n';
    count("cycles", c.cycles, "");
    row("run time", s.run_time_ns / 1e3, 3, "us");
    std::ostringstream slices;
    slices << "last with tile ops " << r.program.last_main_slice << ", last " << r.program.last_post_slice;
    count("slices", c.slices, slices.str());
    count("tile ops", c.tile_ops, "");
    count("post-ops", c.post_ops, "");
    if (c.vector_ops > 0) count("vector ops", c.vector_ops, "element-wise work on the post-processors");
    row("effective throughput", s.effective_tops, 1, "TOPS");
    row("peak throughput", s.peak_tops, 1, "TOPS");
    row("utilisation", s.utilization_pct, 1, "%");
    row("busy pods", s.busy_pods_pct, 1, "%");
    row("peak power", s.peak_power.total(), 1, "W");
    row("throughput at 400 W", s.effective_tops * 400 / s.peak_power.total(), 1, "TOPS");
    row("average power", s.average_power_w, 1, "W (DRAM and post-processors not in the energy table)");
    row("energy", s.energy_j * 1e3, 3, "mJ");
    row("DRAM read", static_cast<double>(c.dram_read_bytes) / 1e6, 3, "MB");
    row("DRAM written", static_cast<double>(c.dram_write_bytes) / 1e6, 3, "MB");
    row("network links", static_cast<double>(c.noc_bytes) / 1e9, 3, "GB, a multicast counted once a link");
    if (s.checked_values > 0) {
        count(
            "results", s.checked_values,
            "values of " + std::to_string(s.checked_layers) + " layers, all equal to the host's computation");
        count("overflows", s.psum_overflows,
              "partial sums that left their " + std::to_string(r.config.pods.psum_bits) + " bits");
        for (const auto& line : s.computed) out << "  computed                " << line << '\n';
    }
    out << "  where the cycles went\n";
    for (const auto& part : kLossParts) {
        const double pe_cycles = static_cast<double>(c.loss.*part.part);
        std::ostringstream share;
        share << std::fixed << std::setprecision(1) << percent(pe_cycles, static_cast<double>(s.pe_cycles))
              << " %";
        row((std::string("  ") + part.label).c_str(),
            s.pe_cycles ? pe_cycles / static_cast<double>(s.pe_cycles) * static_cast<double>(c.cycles) : 0, 1,
            "cycles  " + share.str());
    }
    for (const auto& warning : s.warnings) out << "  note: " << warning << '\n';
    out << "  files in " << folder.string() << "/\n";
}

}  // namespace sosa::host
