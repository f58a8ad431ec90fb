#include "hw/accelerator.h"

#include <catch2/catch.hpp>

#include "sc_tests/module/base_protocol.h"
#include "sc_tests/module/small_runs.h"
#include "sc_tests/module/stubs.h"

namespace {
using sosa::UserError;
using sosa::tests::compile;
using sosa::tests::forked;
using sosa::tests::gemm;
using sosa::tests::run_forked;
using sosa::tests::tiny;
using sosa::tests::two_layers;
using sosa::tests::workload;
namespace hw = sosa::hw;
using Sets = std::vector<std::string>;

// "cycles stall" of a whole run.
std::string cycles_and_stalls(const Sets& sets, const sosa::host::Workload& w) {
    return forked([&] {
        const auto config = tiny(sets);
        const auto program = compile(config, w);
        sosa::host::System system("system", config, program);
        system.run();
        const auto& c = system.host.counters();
        return std::to_string(c.cycles) + " " + std::to_string(c.memory_stall_cycles);
    });
}

// The statistics of a run, with sums over the rows of a table.
struct Stats {
    sosa::traces::StatGroup root{"stats", "all"};
    explicit Stats(const hw::Accelerator& accelerator) { accelerator.describe(root); }
    std::uint64_t operator()(const std::string& path) const {
        const auto found = root.find(path);
        REQUIRE(found.has_value());
        return std::get<std::uint64_t>(*found);
    }
    std::uint64_t sum(const std::string& table, const std::string& row, const std::string& column,
                      std::uint32_t n) const {
        std::uint64_t all = 0;
        for (std::uint32_t i = 0; i < n; ++i)
            all += (*this)(table + "." + row + std::to_string(i) + "." + column);
        return all;
    }
};

// What holds for every run that is done, whatever the chip and the workload.
void check_sums(const sosa::host::System& system, const sosa::host::Program& program) {
    const hw::Accelerator& a = system.accelerator;
    const hw::Config& config = a.config();
    const std::uint32_t n = config.pods.count;
    const hw::RunCounters c = a.collect();
    const Stats s(a);
    const auto pods = [&](const char* column) { return s.sum("pods", "pod", column, n); };
    const auto posts = [&](const char* column) { return s.sum("posts", "post", column, n); };
    const auto banks = [&](const char* kind, const char* column) { return s.sum(kind, "bank", column, n); };
    const auto carried = [&](hw::NetworkIndex i) { return a.networks()[i]->stages()[0].bytes_unicast; };

    // The work: no more and no less than the workload's.
    CHECK(c.macs == program.macs());
    CHECK(pods("macs") == program.macs());
    CHECK(c.loss.useful == program.macs());
    CHECK(c.slices == program.slices());
    CHECK(c.tile_ops == program.ops.size());
    CHECK(pods("tile_ops") == program.ops.size());
    CHECK(c.post_ops == program.posts.size());
    CHECK(posts("post_ops") == program.posts.size());
    std::uint64_t x_rows = 0, w_rows = 0, additions = 0;
    for (const auto& op : program.ops) {
        x_rows += op.rows;
        w_rows += op.depth;
    }
    for (const auto& op : program.posts) additions += op.rows * op.cols;
    CHECK(pods("busy_cycles") == x_rows);
    CHECK(pods("weight_load_cycles") == w_rows);
    CHECK(posts("additions") == additions);

    // The time: every PE-cycle has a reason, every pod's cycles add up.
    CHECK(c.loss.total() == c.cycles * n * config.pods.rows * config.pods.cols);
    for (std::uint32_t i = 0; i < n; ++i) {
        const std::string pod = "pods.pod" + std::to_string(i);
        CHECK(s(pod + ".busy_cycles") + s(pod + ".stall_cycles") + s(pod + ".idle_cycles") == c.cycles);
        CHECK(s(pod + ".stall_cycles") < c.cycles);  // did not wrap around
        const std::string post = "posts.post" + std::to_string(i);
        CHECK(s(post + ".busy_cycles") + s(post + ".idle_cycles") == c.cycles);
    }

    // The bytes: what units received, networks carried and banks delivered is one and the same.
    CHECK(pods("x_bytes_in") == carried(hw::net_x));
    CHECK(pods("w_bytes_in") == carried(hw::net_w));
    CHECK(pods("pin_bytes_in") == carried(hw::net_pin));
    CHECK(pods("pout_bytes_out") == carried(hw::net_pout));
    CHECK(posts("bytes_in") == carried(hw::net_post_a) + carried(hw::net_post_b));
    CHECK(posts("bytes_out") == carried(hw::net_post_out));
    CHECK(banks("x_banks", "read_bytes") == pods("x_bytes_in"));  // without im2col
    CHECK(banks("w_banks", "read_bytes") == pods("w_bytes_in"));
    CHECK(banks("p_banks", "read_bytes") == pods("pin_bytes_in") + posts("bytes_in"));
    CHECK(banks("p_banks", "written_bytes") == pods("pout_bytes_out") + posts("bytes_out"));
    CHECK(c.sram_read_bytes ==
          pods("x_bytes_in") + pods("w_bytes_in") + pods("pin_bytes_in") + posts("bytes_in"));
    CHECK(c.sram_write_bytes == pods("pout_bytes_out") + posts("bytes_out"));
    CHECK(c.sram_array_read_bytes <= c.sram_read_bytes);
    CHECK(c.noc_bytes <= c.noc_bytes_unicast);
    const std::uint64_t filled =
        banks("x_banks", "fill_bytes") + banks("w_banks", "fill_bytes") + banks("p_banks", "fill_bytes");
    CHECK(filled == c.dram_read_bytes);
    CHECK(c.dram_read_bytes == system.dram.counters().read_bytes);
    CHECK(c.dram_write_bytes == system.dram.counters().written_bytes);
    CHECK(banks("p_banks", "spill_bytes") == c.dram_write_bytes);
    CHECK(s("dma.read_bytes") == c.dram_read_bytes);
    for (const auto& entry : hw::kCounterTable) CHECK(s(std::string("run.") + entry.name) == entry.get(c));
    CHECK(sosa::tests::counters_text(system.host.counters()) ==
          sosa::tests::counters_text(c));  // as the host read them
}

void run_and_check(const Sets& sets, const sosa::host::Workload& w) {
    const auto config = tiny(sets);
    const auto program = compile(config, w);
    sosa::host::System system("system", config, program);
    CHECK(system.run());
    check_sums(system, program);
}

std::string failure(const Sets& sets, const sosa::host::Workload& w) {
    const auto config = tiny(sets);
    const auto program = compile(config, w);
    sosa::host::System system("system", config, program);
    try {
        system.run();
    } catch (const UserError& e) {
        return e.what();
    }
    return "done";
}

// Both networks' structures count and last the same to the last statistic.
void check_structures_agree(const std::string& topology) {
    const auto fabric = run_forked(tiny({"noc.topology=" + topology, "noc.structure=fabric"}), two_layers());
    const auto modules =
        run_forked(tiny({"noc.topology=" + topology, "noc.structure=modules"}), two_layers());
    CHECK_THAT(fabric, Catch::Contains("\"cycles\"") && !Catch::StartsWith("error"));
    CHECK(fabric == modules);
}
}  // namespace

TEST_CASE("accelerator: one tile op takes its closed formula on every topology") {
    // fetch 128 bytes at 16 GiB/s; load 8 + 1; the longer of rows + 1 and the round trip; the result's way
    const auto wanted = [](std::uint64_t latency) {
        const std::uint64_t fetch = 8, load = 8 + 1, slice = std::max<std::uint64_t>(8 + 1, 2 * latency + 2),
                            drain = latency + 1;
        return std::to_string(fetch + load + slice + drain) + " " + std::to_string(fetch);
    };
    const auto one = workload({gemm(8, 8, 8)});
    const std::uint64_t n = 2;  // log2 of 4 ports
    CHECK(cycles_and_stalls({"noc.topology=butterfly-1"}, one) == wanted(n));
    CHECK(cycles_and_stalls({"noc.topology=butterfly-2"}, one) == wanted(n + 2 * 1));
    CHECK(cycles_and_stalls({"noc.topology=butterfly-4"}, one) == wanted(n + 2 * 2));
    CHECK(cycles_and_stalls({"noc.topology=butterfly-16"}, one) == wanted(n + 2 * 4));
    CHECK(cycles_and_stalls({"noc.topology=benes"}, one) == wanted(4 * n - 1));
    CHECK(cycles_and_stalls({"noc.topology=crossbar"}, one) == wanted(1));
    CHECK(cycles_and_stalls({"noc.topology=bus"}, one) == wanted(1));
}

TEST_CASE("accelerator: two tile ops and their sum take three slices") {
    // j = 0 and 1 in slice 0 on two pods; the sum's halves write one tile, so they take a slice each.
    const std::uint64_t fetch = 15;  // 2 W and 2 X tiles of 64 bytes at 16 GiB/s: 14.9
    const std::uint64_t load = 8 + 1, latency = 4, round_trip = 2 * latency + 2;
    CHECK(cycles_and_stalls({}, workload({gemm(8, 16, 8)})) ==
          std::to_string(fetch + load + 3 * round_trip + latency + 1) + " " + std::to_string(fetch));
}

TEST_CASE("accelerator: the empty slice between two copies takes a round trip") {
    auto twice = workload({gemm(8, 8, 8)});
    twice.repeat = 2;  // copy 1 stands in slice 2; slice 1 loads its weights
    const std::uint64_t fetch = 8, load = 8 + 1, latency = 4, round_trip = 2 * latency + 2;
    CHECK(cycles_and_stalls({}, twice) ==
          std::to_string(fetch + load + 3 * round_trip + latency + 1) + " " + std::to_string(fetch));
}

TEST_CASE("accelerator: long tiles hide the round trip and prefetch hides DRAM") {
    // 3 slices of one pod: 32 rows each; the next W tile (8 rows) loads meanwhile.
    const std::uint64_t first = 64 + 32 * 8;  // bytes that slice 0 needs: W and X
    const std::uint64_t fetch = (first * 1'000'000'000 + (16ull << 30) - 1) / (16ull << 30);
    const std::uint64_t load = 8 + 1, slice = 32 + 1, latency = 1, drain = latency + 1;
    const Sets sets{"pods.count=1", "noc.topology=crossbar", "tiling.partition=32"};
    CHECK(cycles_and_stalls(sets, workload({gemm(32, 8, 24)})) ==
          std::to_string(fetch + load + 3 * slice + drain) + " " + std::to_string(fetch));
}

TEST_CASE("accelerator: slices wait for slow DRAM exactly as long as it takes") {
    // One pod, 3 slices that each bring a W tile of 64 bytes; X (64 bytes) comes once. DRAM moves one byte a
    // cycle.
    const std::uint64_t w = 64, x = 64, load = 8 + 1, slice = 8 + 1, drain = 1 + 1;
    // Slice 0 starts at w + x + load; the W tile of slice s is there at w + x + s * w: later than slice s - 1
    // has ended.
    const std::uint64_t last_start = w + x + 2 * w;
    const std::uint64_t stalls = (w + x) + (w - load - slice) + (w - slice);
    const Sets sets{"pods.count=1", "noc.topology=crossbar", "dram.bandwidth=1GB/s"};
    CHECK(cycles_and_stalls(sets, workload({gemm(8, 8, 24)})) ==
          std::to_string(last_start + slice + drain) + " " + std::to_string(stalls));
}

TEST_CASE("accelerator: sums hold on butterfly-2") { run_and_check({}, two_layers()); }
TEST_CASE("accelerator: sums hold on butterfly-1 of router modules") {
    run_and_check({"noc.topology=butterfly-1", "noc.structure=modules"}, two_layers());
}
TEST_CASE("accelerator: sums hold on a crossbar") { run_and_check({"noc.topology=crossbar"}, two_layers()); }
TEST_CASE("accelerator: sums hold on a benes network") {
    run_and_check({"noc.topology=benes"}, two_layers());
}
TEST_CASE("accelerator: sums hold on a bus") { run_and_check({"noc.topology=bus"}, two_layers()); }
TEST_CASE("accelerator: sums hold on 3 pods with slow DRAM and latency") {
    run_and_check({"pods.count=3", "dram.bandwidth=1GB/s", "dram.latency=50ns"}, two_layers());
}
TEST_CASE("accelerator: sums hold on one pod with 32-bit partial sums") {
    run_and_check({"pods.count=1", "pods.psum_bits=32"}, two_layers());
}
TEST_CASE("accelerator: sums hold without a partition of M") {
    run_and_check({"tiling.partition=none"}, two_layers());
}
TEST_CASE("accelerator: sums hold for pods that are not square") {
    run_and_check({"pods.rows=4", "pods.cols=16", "pods.count=8"}, two_layers());
}
TEST_CASE("accelerator: sums hold for a repeated workload") {
    auto w = two_layers();
    w.repeat = 3;
    run_and_check({}, w);
}

TEST_CASE("accelerator: fabric and modules agree on butterfly-1") { check_structures_agree("butterfly-1"); }
TEST_CASE("accelerator: fabric and modules agree on butterfly-2") { check_structures_agree("butterfly-2"); }
TEST_CASE("accelerator: fabric and modules agree on butterfly-4") { check_structures_agree("butterfly-4"); }

TEST_CASE("accelerator: the same run gives the same statistics") {
    CHECK(run_forked(tiny(), two_layers()) == run_forked(tiny(), two_layers()));
}

TEST_CASE("accelerator: the smallest windows lose no cycle") {
    const auto large = cycles_and_stalls({"scheduler.program_window_slices=1000"}, two_layers());
    CHECK_THAT(large, !Catch::StartsWith("error"));
    CHECK(cycles_and_stalls({"scheduler.program_window_slices=2"}, two_layers()) == large);
    CHECK(cycles_and_stalls({"scheduler.program_window_slices=3"}, two_layers()) == large);
}

TEST_CASE("accelerator: with two slices in the window and one fetched ahead the sums hold") {
    run_and_check({"scheduler.program_window_slices=2", "dram.prefetch_slices=1"}, two_layers());
}

TEST_CASE("accelerator: a W bank that cannot hold two tiles starves the run with its name") {
    // 8 W tiles in 4 banks of one tile each: bank 0 is asked for tile 0 in slice 0 and for tile 1 in slice 1.
    CHECK(failure({"tiling.partition=4", "banks.size=64B"}, workload({gemm(4, 8, 64)})) ==
          "the run is starved after slice 0: it waits for the tiles of slice 1: W bank 0 (0 of 64 bytes "
          "free, 1 tiles) "
          "has no room for tile 1 of 64 bytes, needed by slice 1");
}

TEST_CASE("accelerator: an X bank that cannot hold two tiles starves the run with its name") {
    CHECK(failure({"pods.cols=4", "banks.size=64B"}, workload({gemm(64, 8, 4)})) ==
          "the run is starved after slice 0: it waits for the tiles of slice 1: X bank 0 (0 of 64 bytes "
          "free, 1 tiles) "
          "has no room for tile 1 of 64 bytes, needed by slice 1");
}

TEST_CASE("accelerator: a P bank that cannot hold what one slice writes is a fault with its name") {
    // One pod: j = 0 and l = 0, 1 in slices 0 and 1; slice 2 adds j = 1 to the result of slice 0: two tiles
    // at a time.
    CHECK(failure({"pods.count=1", "banks.size=128B"}, workload({gemm(8, 24, 16)})) ==
          "the run failed: P bank 0 (0 of 128 bytes free, 1 tiles) has no room for a result tile of 128 "
          "bytes in slice 2: "
          "the tiles it holds are used in this slice");
}

TEST_CASE("accelerator: two sources on a link end the run with both routes") {
    // Placed for a crossbar, run on a bus: its first slice reads from several banks.
    const auto program = compile(tiny({"noc.topology=crossbar"}), workload({gemm(32, 8, 8)}));
    sosa::host::System system("system", tiny({"noc.topology=bus"}), program);
    std::string message;
    try {
        system.run();
    } catch (const UserError& e) {
        message = e.what();
    }
    CHECK_THAT(message, Catch::StartsWith("the run failed at system.accelerator.pod") &&
                            Catch::Contains(".act: network noc_x: link 0 after stage 1 carries bank ") &&
                            Catch::Contains(" in this slice and was refused to bank "));
}

TEST_CASE("accelerator: partial sums that do not fit are spilled and brought back") {
    const Sets small{"banks.size=640B"};
    const auto w = workload({gemm(40, 160, 40)});
    const auto config = tiny(small);
    const auto program = compile(config, w);
    const auto roomy =
        cycles_and_stalls({"banks.size=1MiB"}, w);  // in a child, before any module exists here
    sosa::host::System system("system", config, program);
    CHECK(system.run());
    check_sums(system, program);
    const Stats s(system.accelerator);
    CHECK(s("dma.spills") > 0);
    CHECK(s("dma.demands") > 0);
    const auto& c = system.host.counters();
    CHECK(c.dram_write_bytes > 0);
    CHECK(c.dram_write_bytes == s("dma.written_bytes"));
    // Nothing but stalls makes it longer, and every cycle of them is counted.
    const auto roomy_cycles = std::stoull(roomy), roomy_stalls = std::stoull(roomy.substr(roomy.find(' ')));
    CHECK(c.memory_stall_cycles > roomy_stalls);
    CHECK(c.cycles - roomy_cycles == c.memory_stall_cycles - roomy_stalls);
}

TEST_CASE("accelerator: both ways in keep the base protocol") {
    using sosa::tests::BaseProtocolChecker;
    const auto config = tiny();
    const auto program = compile(config, two_layers());
    hw::Accelerator accelerator("accelerator", config);
    hw::Dram dram("dram", config.dram.bandwidth_bytes_per_s, sc_core::SC_ZERO_TIME);
    sosa::host::Host host("host", program);
    BaseProtocolChecker at_registers("at_registers"), at_dram("at_dram");
    sc_core::sc_signal<bool> irq("irq");
    host.port.bind(at_registers.in);
    at_registers.out.bind(accelerator.registers);
    host.irq.bind(irq);
    accelerator.irq.bind(irq);
    accelerator.dram.bind(at_dram.in);
    at_dram.out.bind(dram.port);
    sc_core::sc_start();
    CHECK(host.outcome() == sosa::host::Host::Outcome::done);
    sosa::tests::check_clean(at_registers);
    sosa::tests::check_clean(at_dram);
    CHECK(at_dram.requests() == dram.counters().reads + dram.counters().writes);
}

TEST_CASE("accelerator: energy is counters times the table with what no source gives left open") {
    const auto config = tiny();
    const auto program = compile(config, two_layers());
    sosa::host::System system("system", config, program);
    CHECK(system.run());
    const auto table = sosa::traces::load_energy_table(config.power.energy_table);
    const auto c = system.accelerator.collect();
    double macs = 0, sram_reads = 0, sram_writes = 0, dram = 0, links = 0;
    for (const auto& row : system.accelerator.energy(table)) {
        if (row.component == "pods") macs += row.count;
        if (row.component == "banks" && row.counter == "array_read_bytes") sram_reads += row.count;
        if (row.component == "banks" && row.counter == "written_bytes") sram_writes += row.count;
        if (row.component == "dram") dram += row.count;
        if (row.component.rfind("noc_", 0) == 0) links += row.count;
    }
    CHECK(macs == static_cast<double>(program.macs()));
    CHECK(sram_reads == static_cast<double>(c.sram_array_read_bytes));
    CHECK(sram_writes == static_cast<double>(c.sram_write_bytes));
    CHECK(dram == static_cast<double>(c.dram_read_bytes + c.dram_write_bytes));
    CHECK(links == static_cast<double>(c.noc_bytes));
}
