// Bytes by layer: exactly those of the program's tiles.
#include <map>
#include <set>
#include <tuple>

#include "host/layer_account.h"
#include "sc_tests/module/small_runs.h"

namespace {
using sosa::BankId;
using sosa::LayerId;
using sosa::PodId;
using sosa::host::Program;
using sosa::host::System;
using sosa::pods::TileRef;
namespace hw = sosa::hw;
using namespace sosa::tests;

// Goes through a program slice by slice: a tile is read out of its bank once for each network and slice, and
// crosses each link once.
class Expected {
  public:
    std::map<std::uint32_t, std::uint64_t> sram, links;

    Expected(const Program& program, const sosa::noc::Topology& topology) : topology_(topology) {
        const std::uint32_t psum = program.shape.psum_bytes;
        for (std::uint32_t s = 0; s < program.slices(); ++s) {
            for (std::uint32_t i = program.op_begin[s]; i < program.op_begin[s + 1]; ++i) {
                const auto& op = program.ops[i];
                const std::uint64_t sum_bytes = op.rows * op.cols * psum;
                read(s, hw::net_w, op.w, op.pod, op.layer, op.depth * op.cols, op.depth * op.cols);
                read(s, hw::net_x, op.x, op.pod, op.layer, op.rows * op.depth, op.x_bytes);
                if (op.pin.exists()) read(s, hw::net_pin, op.pin, op.pod, op.layer, sum_bytes, sum_bytes);
                write(s, hw::net_pout, op.pout, op.pod, op.layer, sum_bytes);
            }
            for (std::uint32_t i = program.post_begin[s]; i < program.post_begin[s + 1]; ++i) {
                const auto& op = program.posts[i];
                const std::uint64_t bytes = op.rows * op.cols * psum;
                read(s, hw::net_post_a, op.a, op.unit, op.layer, bytes, bytes);
                read(s, hw::net_post_b, op.b, op.unit, op.layer, bytes, bytes);
                write(s, hw::net_post_out, op.out, op.unit, op.layer, bytes);
            }
        }
    }

  private:
    void read(std::uint32_t slice, std::uint32_t network, const TileRef& tile, std::uint32_t unit,
              std::uint32_t layer, std::uint64_t bytes, std::uint64_t stored_bytes) {
        if (read_.insert({slice, network, tile.bank, tile.tag}).second) sram[layer] += stored_bytes;
        cross(slice, network, tile.bank, unit, layer, bytes);
    }
    void write(std::uint32_t slice, std::uint32_t network, const TileRef& tile, std::uint32_t unit,
               std::uint32_t layer, std::uint64_t bytes) {
        sram[layer] += bytes;
        cross(slice, network, tile.bank, unit, layer, bytes);
    }
    void cross(std::uint32_t slice, std::uint32_t network, std::uint32_t bank, std::uint32_t unit,
               std::uint32_t layer, std::uint64_t bytes) {
        for (std::uint32_t stage = 0; stage < topology_.stages(); ++stage)
            if (crossed_.insert({slice, network, topology_.flat_link(stage, BankId{bank}, PodId{unit})})
                    .second)
                links[layer] += bytes;
    }

    const sosa::noc::Topology& topology_;
    std::set<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>> read_;
    std::set<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>> crossed_;
};

// Three layers; a convolution's im2col tiles are kept without copies.
sosa::host::Workload three_layers() {
    auto w = workload({gemm(20, 30, 20), gemm(17, 40, 12, {0}), gemm(33, 27, 9, {0})});
    w.layers[2].kernel_h = w.layers[2].kernel_w = 3;
    return w;
}

std::uint64_t dram_bytes(const Program& program, std::uint32_t layer, std::set<std::uint64_t>& seen) {
    std::uint64_t bytes = 0;
    std::vector<hw::Fetch> list;
    for (std::uint32_t s = 0; s < program.slices(); ++s) {
        program.fetch_list(s, list);
        for (const auto& fetch : list)
            if (fetch.layer == layer && seen.insert(fetch.dram_address).second) bytes += fetch.bytes;
    }
    return bytes;
}

void check_by_layer(const std::vector<std::string>& sets) {
    const auto config = tiny(sets);
    const Program program = compile(config, three_layers());
    System system("system", config, program);
    CHECK(system.run());
    const auto account = sosa::host::account_run(program, system.accelerator);
    const hw::LayerTraffic traffic = system.accelerator.layer_traffic();
    Expected expected(program, system.accelerator.topology());
    std::set<std::uint64_t> fetched;
    REQUIRE(account.layers.size() == 3);
    for (std::uint32_t layer = 0; layer < 3; ++layer) {
        CAPTURE(layer);
        const std::uint64_t dram = dram_bytes(program, layer, fetched);
        CHECK(account.layers[layer].dram_bytes == dram);
        CHECK(account.layers[layer].sram_bytes == expected.sram[layer] + dram);  // DMA writes what it fetches
        CHECK(account.layers[layer].link_bytes == expected.links[layer]);
    }
    CHECK(account.outside.sram_bytes == 0);
    CHECK(account.outside.link_bytes == 0);
    CHECK(account.outside.dram_bytes == 0);
    const auto c = system.accelerator.collect();
    CHECK(traffic.links.all == c.noc_bytes);
    CHECK(traffic.dram.all == c.dram_read_bytes);
}
}  // namespace

TEST_CASE("layer traffic: bytes are those of the layers' tiles on a butterfly") {
    check_by_layer({"banks.size=64KiB"});
}
TEST_CASE("layer traffic: and with router modules") {
    check_by_layer({"banks.size=64KiB", "noc.structure=modules", "noc.topology=butterfly-1"});
}
TEST_CASE("layer traffic: and on a crossbar with slow DRAM and weights that come late") {
    check_by_layer({"banks.size=64KiB", "noc.topology=crossbar", "dram.bandwidth=1GiB/s"});
}

TEST_CASE("layer traffic: partial sums that are spilled belong to no layer") {
    const auto config = tiny({"banks.size=640B"});
    const Program program = compile(config, workload({gemm(40, 160, 40)}));
    System system("system", config, program);
    CHECK(system.run());
    const auto account = sosa::host::account_run(program, system.accelerator);
    const auto c = system.accelerator.collect();
    REQUIRE(c.dram_write_bytes > 0);
    // Each is written to DRAM and read back, out of and into its bank.
    CHECK(account.outside.dram_bytes > c.dram_write_bytes);
    CHECK(account.outside.sram_bytes == account.outside.dram_bytes);
    CHECK(account.outside.link_bytes == 0);
    CHECK(account.layers[0].dram_bytes + account.outside.dram_bytes ==
          c.dram_read_bytes + c.dram_write_bytes);
}

TEST_CASE("slice facts: run and stall cycles are the time to the next slice") {
    const auto config = tiny({"dram.bandwidth=1GiB/s"});
    const Program program = compile(config, three_layers());
    System system("system", config, program);
    std::vector<std::uint64_t> starts;
    system.on_slice = [&](std::uint32_t slice) {
        if (slice < program.slices()) starts.push_back(sc_core::sc_time_stamp().value() / 1000);
        return true;
    };
    CHECK(system.run());
    const auto& facts = system.accelerator.scheduler().slice_facts();
    const auto c = system.accelerator.collect();
    REQUIRE(facts.size() == program.slices());
    std::uint64_t stalls = 0;
    for (std::uint32_t s = 0; s < program.slices(); ++s) {
        CAPTURE(s);
        if (s + 1 < program.slices())
            CHECK(starts[s] + facts[s].run_cycles + facts[s].stall_cycles == starts[s + 1]);
        CHECK(facts[s].ops == program.op_begin[s + 1] - program.op_begin[s]);
        CHECK(facts[s].post_ops == program.post_begin[s + 1] - program.post_begin[s]);
        CHECK(facts[s].waiting_ops == program.waiting_ops[s]);
        stalls += facts[s].stall_cycles;
    }
    CHECK(stalls > 0);
    CHECK(facts.back().stall_cycles == 0);
    // The last results travel the network and one cycle more.
    CHECK(starts.back() + facts.back().run_cycles + system.accelerator.topology().latency_cycles() + 1 ==
          c.cycles);
}

TEST_CASE("layer traffic: layers that cannot be told apart are left out") {
    sosa::noc::LayerBytes bytes;
    sosa::noc::TransferExtension why;
    bytes.add(nullptr, 1);
    why.layer = sosa::kNoLayer;
    bytes.add(&why, 2);
    why.layer = LayerId{sosa::noc::LayerBytes::most_layers};
    bytes.add(&why, 4);
    CHECK(bytes.bytes().empty());
    why.layer = LayerId{3};
    bytes.add(&why, 8);
    bytes.add(&why, 16);
    CHECK(bytes.bytes() == std::vector<std::uint64_t>{0, 0, 0, 24});
}
