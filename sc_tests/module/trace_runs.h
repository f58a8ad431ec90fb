#pragma once
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <iostream>
#include <optional>

#include "host/system.h"
#include "hw/chip_probe.h"
#include "hw/power_probe.h"
#include "sc_tests/unit/temp_folder.h"
#include "sc_tests/unit/vcd_reader.h"
#include "traces/error.h"
#include "traces/files.h"

// Whole runs whose waveform is read back. Every run has a process of its own (fork), so that one test may
// compare several.
namespace sosa::tests::trace {

using sosa::host::Program;
using sosa::hw::ChipProbe;
using Window = ChipProbe::Window;

inline constexpr unsigned kPods = 4;                       // of tiny
inline constexpr std::uint64_t kCycle = 1000;              // ps
inline const std::string kFast = "dram.bandwidth=1TiB/s";  // no slice waits for its tiles

struct Request {
    std::vector<std::string> sets{};
    bool traced = true;
    Window window{};
    std::vector<std::string> globs{};
    std::uint64_t max_bytes = 0;
    std::uint32_t stop_at = 0xffffffff;  // slice at whose start the run is interrupted
    std::uint64_t bank_bytes = 0;        // unlike the config's, so small that the run cannot end
    ChipProbe::Trigger trigger{};
    std::uint32_t ring = 0;
};

struct PodFacts {
    std::uint64_t tile_ops, busy, occupied, macs, weight_load;
};
struct BankFacts {
    std::uint64_t used, peak;
};
// What a run counted; plain, since it comes through a pipe.
struct Facts {
    std::uint64_t cycles, slices, stalls, end_ps, fetches, skipped, demands, spills;
    double energy_pj, mac_pj;
    bool completed, limit_reached, failed, triggered;
    char error[120];
    PodFacts pods[kPods];
    std::uint64_t post_ops[kPods], post_busy[kPods];
    BankFacts banks[3][kPods];  // x, w, p
};

inline Program make_program(const sosa::hw::Config& config) {
    using sosa::host::Layer;
    sosa::host::Workload workload;
    workload.name = "two-layers";
    workload.layers = {Layer{"a", "Dense", 40, 20, 20, 1, 1, {}}, Layer{"b", "Dense", 19, 20, 9, 1, 1, {0}}};
    const sosa::noc::Topology topology(config.noc.topology, config.pods.count);
    const sosa::host::TileShape shape = sosa::host::tile_shape(config);
    const auto placed = sosa::host::make_policy("paper")->place({workload}, topology, shape, {});
    return sosa::host::make_program({workload}, placed, topology, shape, "paper");
}

inline void note_facts(const sosa::host::System& system, const sosa::traces::EnergyTable& table,
                       Facts& facts) {
    const auto& chip = system.accelerator;
    const auto counters = chip.collect();
    const auto& dma = chip.dma().counters();
    facts.cycles = counters.cycles;
    facts.slices = counters.slices;
    facts.stalls = counters.memory_stall_cycles;
    facts.end_ps = sc_core::sc_time_stamp().value();
    facts.fetches = dma.fetches;
    facts.skipped = dma.skipped;
    facts.demands = dma.demands;
    facts.spills = dma.spills;
    facts.energy_pj = sosa::traces::total_pj(chip.energy(table));
    facts.mac_pj = table.mac_pj;
    for (unsigned i = 0; i < kPods; ++i) {
        const auto& pod = chip.pods()[i].counters();
        facts.pods[i] = {pod.tile_ops, pod.busy_cycles, chip.scheduler().occupied_cycles()[i], pod.macs,
                         pod.weight_load_cycles};
        facts.post_ops[i] = chip.posts()[i].counters().post_ops;
        facts.post_busy[i] = chip.posts()[i].counters().busy_cycles;
        for (int kind = 0; kind < 3; ++kind) {
            const auto& tags = chip.banks(static_cast<sosa::hw::BankKind>(kind))[i].tags();
            facts.banks[kind][i] = {tags.used_bytes(), tags.peak_bytes()};
        }
    }
}

inline void simulate(const Request& request, const sosa::hw::Config& config, const Program& program,
                     const std::filesystem::path& path, Facts& facts) {
    const auto table = sosa::traces::load_energy_table(config.power.energy_table);
    sosa::host::System system("system", config, program);
    std::optional<sosa::traces::Vcd> vcd;
    std::optional<ChipProbe> probe;
    sosa::hw::PowerProbe power("power", system.accelerator, table);
    if (request.traced) {
        sosa::traces::Vcd::Options options{path, "sosa", request.globs, request.max_bytes};
        options.ring_marks = request.ring;
        vcd.emplace(options);
        system.accelerator.trace(*vcd);
        probe.emplace("probe", system.accelerator, *vcd, ChipProbe::Capture{request.window, request.trigger});
        power.on_window = [&](const sosa::traces::PowerWindow& w) {
            const auto watts = [&](std::size_t part) { return w.watts(part).value_or(0); };
            probe->draw_power({watts(sosa::traces::power_pods), watts(sosa::traces::power_sram),
                               watts(sosa::traces::power_noc), w.total_watts()});
        };
        vcd->start();
    }
    if (request.stop_at != 0xffffffff)
        system.on_slice = [&](std::uint32_t slice) { return slice != request.stop_at; };
    try {
        facts.completed = system.run();
    } catch (const sosa::UserError& error) {
        facts.failed = true;
        facts.error[std::string(error.what()).copy(facts.error, sizeof facts.error - 1)] = 0;
    }
    note_facts(system, table, facts);
    if (!vcd) return;
    facts.limit_reached = vcd->limit_reached();
    facts.triggered = probe->triggered();
    vcd->finish(facts.failed ? "failed" : facts.completed ? "" : "interrupted");
}

struct Run {
    sosa::hw::Config config;
    Program program;
    Facts facts{};
    std::string text;
    std::optional<VcdReader> vcd;

    // Where slice s begins: starts[s]; starts[slices] is the end of the last one.
    std::vector<std::uint64_t> starts;
};

inline Run run(const Request& request, const TempFolder& folder) {
    Run result;
    result.config = sosa::hw::load_config("tiny", request.sets);
    result.program = make_program(result.config);
    if (request.bank_bytes) result.config.banks.size_bytes = request.bank_bytes;
    const auto path = folder / "run.vcd";
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        Facts facts{};
        try {
            simulate(request, result.config, result.program, path, facts);
        } catch (const std::exception& error) {
            std::cerr << error.what() << std::endl;
            ::_exit(1);
        }
        ::_exit(::write(ends[1], &facts, sizeof facts) == sizeof facts ? 0 : 1);
    }
    ::close(ends[1]);
    const auto got = ::read(ends[0], &result.facts, sizeof result.facts);
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(status == 0);
    REQUIRE(got == sizeof result.facts);
    if (!request.traced) return result;
    result.text = sosa::traces::read_file(path);
    result.vcd.emplace(result.text);
    REQUIRE(result.vcd->error == "");
    return result;
}

// The text of the value at that time; "" before the first.
inline std::string text_at(const Run& r, const std::string& name, std::uint64_t ps) {
    const auto signal = r.vcd->signals.find("sosa." + name);
    if (signal == r.vcd->signals.end()) return "no signal " + name;
    std::string value;
    for (const auto& change : signal->second) {
        if (change.time > ps) break;
        value = change.value;
    }
    return value;
}

inline std::uint64_t at(const Run& r, const std::string& name, std::uint64_t ps) {
    const std::string text = text_at(r, name, ps);
    INFO(name << " at " << ps << " ps is \"" << text << '"');
    REQUIRE_FALSE(text.empty());
    REQUIRE(text.find_first_not_of("01") == std::string::npos);
    return std::stoull(text, nullptr, 2);
}

inline Run run_whole(Request request, const TempFolder& folder) {
    Run r = run(request, folder);
    REQUIRE(r.facts.completed);
    for (const auto& change : r.vcd->signals.at("sosa.scheduler.slice")) {
        if (change.value == "x") continue;
        CHECK(std::stoull(change.value, nullptr, 2) == r.starts.size());
        r.starts.push_back(change.time);
    }
    REQUIRE(r.starts.size() == r.program.slices());
    const auto& states = r.vcd->signals.at("sosa.scheduler.state");
    for (const auto& change : states)
        if (change.value == "101") r.starts.push_back(change.time);  // drain
    REQUIRE(r.starts.size() == r.program.slices() + 1);
    return r;
}

}  // namespace sosa::tests::trace
