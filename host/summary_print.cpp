#include "host/summary_print.h"

#include <algorithm>
#include <iomanip>
#include <ostream>

#include "host/loss_parts.h"

namespace sosa::host {

namespace {

constexpr int kLabel = 24, kNumber = 16, kUnit = 6;
constexpr std::size_t kLongestName = 200;

// Headings with rows of a label, a number, its unit and a remark below them.
class Rows {
  public:
    Rows(std::ostream& out, const TextStyle& style) : out_(out), style_(style) {}

    void heading(const char* text) { out_ << painted(text, Ink::heading, style_) << '\n'; }
    void count(const char* label, std::uint64_t value, const char* unit = "",
               const std::string& remark = {}) {
        row(label, with_commas(value), unit, remark);
    }
    void real(const char* label, double value, int digits, const char* unit, const std::string& remark = {}) {
        row(label, with_commas(value, digits), unit, remark);
    }
    void text(const char* label, const std::string& value) {
        out_ << "  " << std::left << std::setw(kLabel) << label << std::right << value << '\n';
    }

  private:
    void row(const char* label, const std::string& number, std::string unit, const std::string& remark) {
        if (!remark.empty()) unit.resize(kUnit, ' ');
        out_ << "  " << std::left << std::setw(kLabel) << label << std::right << std::setw(kNumber) << number
             << (unit.empty() ? "" : "  ") << unit << painted(remark, Ink::faint, style_) << '\n';
    }

    std::ostream& out_;
    const TextStyle& style_;
};

void print_work(const RunReport& r, Rows& rows) {
    const hw::RunCounters& c = r.summary.counters;
    rows.heading("What ran");
    rows.count("cycles", c.cycles);
    rows.real("run time", r.summary.run_time_ns / 1e3, 3, "us");
    rows.count("slices", c.slices, "",
               "last with tile ops " + with_commas(std::uint64_t{r.program.last_main_slice}) + ", last " +
                   with_commas(std::uint64_t{r.program.last_post_slice}));
    rows.count("tile ops", c.tile_ops);
    rows.count("post-ops", c.post_ops);
    if (c.vector_ops > 0)
        rows.count("vector ops", c.vector_ops, "", "element-wise work on the post-processors");
}

void print_throughput(const RunReport& r, Rows& rows) {
    const Summary& s = r.summary;
    rows.heading("Throughput");
    rows.real("effective throughput", s.effective_tops, 1, "TOPS");
    rows.real("peak throughput", s.peak_tops, 1, "TOPS");
    rows.real("utilisation", s.utilization_pct, 1, "%");
    rows.real("busy pods", s.busy_pods_pct, 1, "%");
}

void print_power(const RunReport& r, Rows& rows) {
    const Summary& s = r.summary;
    rows.heading("Power and energy");
    rows.real("peak power", s.peak_power.total(), 1, "W");
    rows.real("throughput at 400 W", s.effective_tops * 400 / s.peak_power.total(), 1, "TOPS");
    rows.real("average power", s.average_power_w, 1, "W",
              "DRAM and post-processors are not in the energy table");
    rows.real("energy", s.energy_j * 1e3, 3, "mJ");
}

void print_traffic(const RunReport& r, Rows& rows) {
    const hw::RunCounters& c = r.summary.counters;
    rows.heading("Traffic");
    rows.real("DRAM read", static_cast<double>(c.dram_read_bytes) / 1e6, 3, "MB");
    rows.real("DRAM written", static_cast<double>(c.dram_write_bytes) / 1e6, 3, "MB");
    rows.real("network links", static_cast<double>(c.noc_bytes) / 1e9, 3, "GB",
              "a multicast counted once a link");
}

void print_results(const RunReport& r, Rows& rows) {
    const Summary& s = r.summary;
    if (s.checked_values == 0) return;
    rows.heading("Results");
    rows.count("values", s.checked_values, "",
               "of " + with_commas(std::uint64_t{s.checked_layers}) +
                   " layers, all equal to the host's computation");
    rows.count("overflows", s.psum_overflows, "",
               "partial sums that left their " + std::to_string(r.config.pods.psum_bits) + " bits");
    for (const auto& line : s.computed) rows.text("computed", line);
}

void print_losses(const RunReport& r, const TextStyle& style, std::ostream& out) {
    const Summary& s = r.summary;
    out << painted("Where the cycles went     ", Ink::heading, style)
        << painted("          cycles   share", Ink::faint, style) << '\n';
    for (const LossPart& part : kLossParts) {
        const double pe_cycles = static_cast<double>(s.counters.loss.*part.part);
        const double share = s.pe_cycles ? pe_cycles / static_cast<double>(s.pe_cycles) : 0;
        const bool useful = part.part == &hw::CycleLoss::useful;
        constexpr std::size_t taken = 2 + kLabel + kNumber + 8 + 3, longest = 40;
        const std::size_t room = std::min(longest, std::max(style.columns, taken + 8) - taken - 1);
        const std::string blocks = painted(bar(share, room, style), useful ? Ink::good : Ink::bad, style);
        out << "  " << std::left << std::setw(kLabel) << part.label << std::right << std::setw(kNumber)
            << with_commas(share * static_cast<double>(s.counters.cycles), 1) << std::setw(6)
            << with_commas(100 * share, 1) << " %" << (blocks.empty() ? "" : "  ") << blocks << '\n';
    }
}

}  // namespace

void print_summary(const RunReport& r, const std::filesystem::path& folder, std::ostream& out,
                   const TextStyle& style, const std::vector<WorstLayer>& worst) {
    const hw::Config& config = r.config;
    out << painted(clipped(r.identity.workload, kLongestName) + " on " + clipped(config.name, kLongestName),
                   Ink::heading, style)
        << " (" << config.pods.count << " pods of " << config.pods.rows << " x " << config.pods.cols << ", "
        << config.noc.topology << ", policy " << r.identity.policy << ", fidelity " << r.identity.fidelity
        << ")\n";
    if (!r.identity.stopped.empty()) out << "  stopped early: " << r.identity.stopped << '\n';
    Rows rows(out, style);
    print_work(r, rows);
    print_throughput(r, rows);
    print_power(r, rows);
    print_traffic(r, rows);
    print_results(r, rows);
    print_losses(r, style, out);
    print_worst_layers(worst, style, out);
    for (const auto& warning : r.summary.warnings) out << "  note: " << warning << '\n';
    out << "  files in " << folder.string() << "/\n";
}

}  // namespace sosa::host
