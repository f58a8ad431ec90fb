// Power over time of whole runs on the smallest chip.
#include "hw/power_probe.h"

#include "sc_tests/module/small_runs.h"

namespace {
using sosa::host::System;
using sosa::hw::PowerProbe;
using sosa::traces::PartCounts;
using sosa::traces::PowerWindow;
using namespace sosa::tests;

constexpr std::uint64_t kCyclePs = 1000;

const sosa::traces::EnergyTable& paper() {
    static const auto table = sosa::traces::load_energy_table("paper-28nm");
    return table;
}
const sosa::hw::Config& small() {
    static const auto config = tiny({"power.window=20ns"});
    return config;
}

PartCounts counted(const System& system) {
    return sosa::traces::part_counts(system.accelerator.energy(paper()));
}

// They begin at 0, follow each other, are as long as asked for but for the last, and add up.
void check_windows(const System& system, const std::vector<PowerWindow>& windows, std::uint64_t window_ps) {
    REQUIRE(windows.size() > 1);
    PartCounts sum{};
    std::uint64_t end = 0;
    for (const auto& window : windows) {
        CHECK(window.start_ps == end);
        end = window.end_ps;
        if (&window != &windows.back()) CHECK(window.end_ps - window.start_ps == window_ps);
        for (std::size_t part = 0; part < sum.size(); ++part) sum[part] += window.counts[part];
    }
    CHECK(windows.back().end_ps - windows.back().start_ps <= window_ps);
    CHECK(end == sc_core::sc_time_stamp().value());
    CHECK(sum == counted(system));
    CHECK(windows.back().cumulative_pj == sosa::traces::total_pj(system.accelerator.energy(paper())));
    CHECK(windows.back().cumulative_pj > 0);
}
}  // namespace

TEST_CASE("power probe: windows tile the run and add up to its counters") {
    const auto without = run_forked(small(), two_layers());
    const auto program = compile(small(), two_layers());
    System system("system", small(), program);
    PowerProbe probe("power", system.accelerator, paper());
    std::size_t called = 0;
    probe.on_window = [&](const PowerWindow& window) {
        ++called;
        CHECK(window.end_ps == probe.windows().back().end_ps);
        CHECK(sc_core::sc_time_stamp().value() + 1 >= window.end_ps);  // one tick before, or the end
    };
    CHECK(system.run());
    check_windows(system, probe.windows(), 20 * kCyclePs);
    CHECK(called == probe.windows().size());
    CHECK(probe.windows().back().end_ps == system.host.counters().cycles * kCyclePs);
    CHECK(stats_text(system.accelerator) == without);
}

TEST_CASE("power probe: a window holds what happens from its start to right before its end") {
    const auto program = compile(small(), two_layers());
    // What the chip has counted one tick before each 20 ns, from a run that is stopped there.
    const auto expected = forked([&] {
        System system("system", small(), program);
        std::string text;
        for (std::uint64_t end = 20; end <= 200; end += 20) {
            sc_core::sc_start(sc_core::sc_time::from_value(end * kCyclePs - 1) - sc_core::sc_time_stamp());
            for (const auto count : counted(system)) text += std::to_string(count) + " ";
        }
        return text;
    });
    System system("system", small(), program);
    PowerProbe probe("power", system.accelerator, paper());
    CHECK(system.run());
    REQUIRE(probe.windows().size() > 10);
    std::string text;
    PartCounts sum{};
    for (std::size_t i = 0; i < 10; ++i)
        for (std::size_t part = 0; part < sum.size(); ++part)
            text += std::to_string(sum[part] += probe.windows()[i].counts[part]) + " ";
    CHECK(text == expected);
    CHECK(sum[sosa::traces::power_pods] > 0);
}

TEST_CASE("power probe: a run that is stopped has a last window until then") {
    const auto program = compile(small(), two_layers());
    System system("system", small(), program);
    PowerProbe probe("power", system.accelerator, paper());
    system.on_slice = [&](std::uint32_t slice) { return slice != 4; };
    CHECK_FALSE(system.run());
    check_windows(system, probe.windows(), 20 * kCyclePs);
}

TEST_CASE("power probe: a starved run ends as without it") {
    const auto config = tiny({"tiling.partition=4", "banks.size=64B", "power.window=3ns"});
    const auto program = compile(config, workload({gemm(4, 8, 64)}));
    System system("system", config, program);
    PowerProbe probe("power", system.accelerator, paper());
    std::string failure;
    try {
        system.run();
    } catch (const sosa::UserError& error) {
        failure = error.what();
    }
    CHECK_THAT(failure, Catch::StartsWith("the run is starved after slice 0: it waits for"));
    CHECK(probe.windows().size() == (sc_core::sc_time_stamp().value() + 1) / (3 * kCyclePs));
}

TEST_CASE("power probe: windows are whole cycles and at least one") {
    for (const auto& [window, cycles] : {std::pair{"0.001ns", 1}, {"1.4ns", 1}, {"2.5ns", 3}, {"17ns", 17}}) {
        const auto length = forked([window = window] {
            const auto config = tiny({std::string("power.window=") + window});
            const auto program = compile(config, two_layers());
            System system("system", config, program);
            PowerProbe probe("power", system.accelerator, paper());
            system.run();
            return std::to_string(probe.windows()[0].end_ps);
        });
        CHECK(length == std::to_string(cycles * kCyclePs));
    }
    CHECK(forked([] {
              const auto config = tiny({"power.window=10ns", "clock=300MHz"});  // cycles of 3333 ps
              const auto program = compile(config, two_layers());
              System system("system", config, program);
              PowerProbe probe("power", system.accelerator, paper());
              system.run();
              return std::to_string(probe.windows()[1].end_ps);
          }) == "19998");
}

TEST_CASE("power probe: a long run has its windows joined") {
    const auto config = tiny({"power.window=1ns", "dram.bandwidth=0.0625GB/s"});
    const auto program = compile(config, workload({gemm(16, 512, 64)}));
    System system("system", config, program);
    PowerProbe probe("power", system.accelerator, paper());
    CHECK(system.run());
    const std::uint64_t cycles = sc_core::sc_time_stamp().value() / kCyclePs;
    REQUIRE(cycles > 2 * sosa::traces::PowerMeter::most_windows);
    std::uint64_t length = 2;
    while (cycles >= length * sosa::traces::PowerMeter::most_windows) length *= 2;
    check_windows(system, probe.windows(), length * kCyclePs);
}
