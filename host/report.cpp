#include "host/report.h"

#include <sys/resource.h>
#include <unistd.h>

#include <boost/uuid/detail/sha1.hpp>
#include <ctime>
#include <deque>
#include <functional>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <ostream>
#include <sstream>

#include "host/loss_parts.h"
#include "host/run_tables.h"
#include "traces/area.h"
#include "traces/atomic_file.h"
#include "traces/format.h"
#include "traces/stats.h"

namespace sosa::host {

namespace {

using Json = nlohmann::ordered_json;

Json loss_json(const hw::CycleLoss& loss, std::uint64_t total) {
    Json j;
    for (const auto& part : kLossParts) j[std::string(part.key) + "_pe_cycles"] = loss.*part.part;
    j["total_pe_cycles"] = total;
    return j;
}

// What the rows of layers.csv leave out.
Json outside_json(const LayerCost& cost, const traces::PartRates& rates) {
    Json j;
    j["sram_bytes"] = cost.sram_bytes;
    j["link_bytes"] = cost.link_bytes;
    j["dram_bytes"] = cost.dram_bytes;
    j["energy_pj"] = cost.known_pj(rates);
    j["cycle_loss"] = loss_json(cost.loss, cost.loss.total());
    return j;
}

void add_area(const hw::Config& config, Json& j) {
    const auto area = traces::chip_area(
        traces::load_area_table("published-28nm"),
        {config.pods.count, config.pods.rows, config.pods.cols, config.pods.psum_bits,
         config.post.lanes ? config.post.lanes : config.pods.cols, 3 * std::uint64_t{config.pods.count},
         config.banks.size_bytes, hw::chip_topology(config).power_coefficient()});
    const auto total = area.total_mm2();
    j["area_mm2"] = total ? Json(*total) : Json("unknown");
    j["area_known_mm2"] = area.known_mm2();
    j["area_basis"] = traces::word_of(area.basis());
}

Json summary_json(const RunReport& r, const traces::PartRates& rates) {
    const Summary& s = r.summary;
    Json j;
    j["workload"] = r.identity.workload;
    j["config"] = r.config.name;
    j["policy"] = r.identity.policy;
    j["fidelity"] = r.identity.fidelity;
    if (!r.identity.stopped.empty()) j["stopped"] = r.identity.stopped;
    j.update(run_figures(r.config, r.program, s));
    j["outside_layers"] = outside_json(r.layer_account.outside, rates);
    if (s.checked_values > 0) {
        j["checked_layers"] = s.checked_layers;
        j["checked_values"] = s.checked_values;
        j["psum_overflows"] = s.psum_overflows;
        if (!s.computed.empty()) j["computed"] = s.computed;
    }
    return j;
}

std::string time_of_day() {
    char text[32];
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return text;
}

std::string config_text(const hw::Config& config) {
    std::ostringstream out;
    hw::write_config(config, out);
    return out.str();
}

Json manifest_json(const RunReport& r, const PhaseSeconds& phases) {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    char machine[256] = "unknown";
    gethostname(machine, sizeof machine - 1);
    Json j;
    j["version"] = r.identity.version;
    j["finished_at"] = time_of_day();
    j["host"] = machine;
    j["seed"] = r.identity.seed;
    j["config_sha1"] = content_hash(config_text(r.config));
    j["workload_sha1"] = r.identity.workload_hash;
    j["wall_s"] = {{"placement", phases.placement},
                   {"program", phases.program},
                   {"elaboration", phases.elaboration},
                   {"simulation", phases.simulation},
                   {"reports", phases.reports}};
    j["peak_memory_bytes"] = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
    return j;
}

}  // namespace

Json run_figures(const hw::Config& config, const Program& program, const Summary& s) {
    const hw::RunCounters& c = s.counters;
    Json j;
    j["pods"] = config.pods.count;
    j["cycles"] = c.cycles;
    j["run_time_ns"] = s.run_time_ns;
    j["slices"] = c.slices;
    j["last_main_slice"] = program.last_main_slice;
    j["last_post_slice"] = program.last_post_slice;
    j["tile_ops"] = c.tile_ops;
    j["post_ops"] = c.post_ops;
    j["vector_ops"] = c.vector_ops;
    j["ops"] = s.ops;
    j["effective_tops"] = s.effective_tops;
    j["peak_tops"] = s.peak_tops;
    j["utilization_pct"] = s.utilization_pct;
    j["busy_pods_pct"] = s.busy_pods_pct;
    j["peak_power_w"] = s.peak_power.total();
    j["peak_power_pods_w"] = s.peak_power.pods_w;
    j["peak_power_sram_w"] = s.peak_power.sram_w;
    j["peak_power_noc_w"] = s.peak_power.noc_w;
    j["effective_tops_at_400w"] = s.effective_tops * 400 / s.peak_power.total();
    j["effective_tops_at_tdp"] = s.effective_tops_at_tdp;
    j["memory_stall_cycles"] = c.memory_stall_cycles;
    j["program_stall_cycles"] = c.program_stall_cycles;
    j["dram_read_bytes"] = c.dram_read_bytes;
    j["dram_write_bytes"] = c.dram_write_bytes;
    j["sram_read_bytes"] = c.sram_read_bytes;
    j["sram_array_read_bytes"] = c.sram_array_read_bytes;
    j["sram_write_bytes"] = c.sram_write_bytes;
    j["noc_bytes"] = c.noc_bytes;
    j["noc_bytes_unicast"] = c.noc_bytes_unicast;
    j["energy_j"] = s.energy_j;
    j["average_power_w"] = s.average_power_w;
    j["cycle_loss"] = loss_json(c.loss, s.pe_cycles);
    add_area(config, j);
    if (!s.warnings.empty()) j["warnings"] = s.warnings;
    return j;
}

Summary summarize(const hw::Config& config, const hw::Accelerator& chip, const hw::RunCounters& counters,
                  const traces::EnergyTable& table) {
    Summary s;
    s.counters = counters;
    const double pes = static_cast<double>(config.pods.count) * config.pods.rows * config.pods.cols;
    s.pe_cycles = counters.cycles * config.pods.count * config.pods.rows * config.pods.cols;
    s.ops = 2 * counters.macs;
    s.run_time_ns = static_cast<double>(counters.cycles) / config.clock_hz * 1e9;
    if (counters.cycles > 0) s.effective_tops = static_cast<double>(s.ops) / s.run_time_ns / 1e3;
    s.peak_tops = 2 * pes * config.clock_hz / 1e12;
    s.utilization_pct = percent(s.effective_tops, s.peak_tops);
    s.busy_pods_pct = percent(static_cast<double>(counters.tile_ops),
                              static_cast<double>(counters.slices * config.pods.count));
    s.peak_power =
        traces::peak_power(table, config.pods.rows, config.pods.cols, config.pods.count,
                           chip.topology().power_coefficient(), config.banks.macro_bytes, config.clock_hz);
    s.effective_tops_at_tdp = s.effective_tops * config.power.tdp_w / s.peak_power.total();
    for (const auto& pod : chip.pods()) s.psum_overflows += pod.counters().overflows;
    for (const auto& post : chip.posts()) s.psum_overflows += post.counters().overflows;
    s.energy_j = traces::total_pj(chip.energy(table)) * 1e-12;
    if (s.run_time_ns > 0) s.average_power_w = s.energy_j / (s.run_time_ns * 1e-9);
    return s;
}

void write_reports(const RunReport& r, PhaseSeconds phases, const std::filesystem::path& folder) {
    Stopwatch watch;
    std::deque<traces::AtomicFile> files;
    const auto text_file = [&](const char* name, const std::string& text) {
        files.emplace_back(folder / name).write(text);
    };
    const auto file = [&](const char* name, const std::function<void(std::ostream&)>& write) {
        std::ostringstream text;
        write(text);
        text_file(name, text.str());
    };
    const auto energy = r.chip.energy(r.table);
    const auto rates = traces::part_rates(energy);
    const auto& slices = r.chip.scheduler().slice_facts();
    file("summary.json", [&](std::ostream& out) { out << summary_json(r, rates).dump(2) << '\n'; });
    text_file("layers.csv", layers_csv(r.program, r.layer_account, rates, r.config.pods, r.slice_start_cycles,
                                       r.summary.counters.cycles));
    text_file("slices.csv", slices_csv(slices, r.slice_start_cycles, r.layer_account.slice_layers));
    text_file("occupancy.csv", occupancy_csv(r.program, static_cast<std::uint32_t>(slices.size())));
    text_file("power.csv", power_csv(r.power_windows));
    file("counters.json", [&](std::ostream& out) {
        traces::StatGroup root("counters", "everything the chip counted");
        r.chip.describe(root);
        root.write_json(out);
        out << '\n';
    });
    file("energy.csv", [&](std::ostream& out) { traces::write_energy_csv(energy, out); });
    file("effective_config.json", [&](std::ostream& out) { out << config_text(r.config); });
    phases.reports = watch.lap();
    file("manifest.json", [&](std::ostream& out) { out << manifest_json(r, phases).dump(2) << '\n'; });
    for (auto& written : files) written.commit();
}

std::string content_hash(const std::string& text) {
    boost::uuids::detail::sha1 sha;
    sha.process_bytes(text.data(), text.size());
    unsigned int digest[5];
    sha.get_digest(digest);
    std::ostringstream out;
    for (const unsigned int word : digest) out << std::hex << std::setw(8) << std::setfill('0') << word;
    return out.str();
}

}  // namespace sosa::host
