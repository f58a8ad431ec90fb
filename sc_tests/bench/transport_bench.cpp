// How far the simulation is from the least that its transfers cost: times a bare loop that takes every transfer of a
// program over the links of its route, and the whole simulation of the same program, in one process.
// Usage: sosa_transport_bench [CONFIG [WORKLOAD]]; prints one line of JSON.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <systemc>

#include "host/system.h"
#include "host/zoo.h"

namespace {

using namespace sosa;

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// The links of one network, without modules, sockets or payloads.
class BareNetwork {
  public:
    explicit BareNetwork(const noc::Topology& t)
        : topology_(t), links_(std::size_t{t.stages()} * t.lines()), counters_(t.stages()) {}
    void begin_slice() { ++context_.epoch; }
    void move(std::uint32_t bank, std::uint32_t unit, std::uint32_t bytes) {
        const std::uint32_t line = topology_.dest_line(PodId{unit});
        noc::LinkSlot* links = links_.data();
        for (std::uint32_t s = 0; s < topology_.stages(); ++s, links += topology_.lines()) {
            const auto& mask = topology_.stage_masks()[s];
            const std::uint32_t link = (line & mask.dest_mask) | (bank & mask.source_mask);
            noc::pass_link(links[link], context_, s, link, BankId{bank}, PodId{unit}, bytes, counters_[s]);
        }
        ++transfers;
    }
    std::uint64_t bytes() const {
        std::uint64_t sum = 0;
        for (const auto& stage : counters_) sum += stage.bytes;
        return sum;
    }
    std::uint64_t transfers = 0;

  private:
    const noc::Topology& topology_;
    noc::SwitchContext context_;
    std::vector<noc::LinkSlot> links_;
    std::vector<noc::StageCounters> counters_;
};

struct Bare {
    double seconds;
    std::uint64_t transfers = 0, bytes = 0;
};

Bare bare_loop(const host::Program& p, const noc::Topology& topology) {
    std::vector<BareNetwork> networks(hw::net_count, BareNetwork(topology));
    const auto start = std::chrono::steady_clock::now();
    for (std::uint32_t s = 0; s < p.slices(); ++s) {
        for (auto& network : networks) network.begin_slice();
        for (std::uint32_t i = p.op_begin[s]; i < p.op_begin[s + 1]; ++i) {
            const pods::TileOp& op = p.ops[i];
            const std::uint32_t psum = op.rows * op.cols * p.shape.psum_bytes;
            networks[hw::net_x].move(op.x.bank, op.pod, op.rows * op.depth);
            networks[hw::net_w].move(op.w.bank, op.pod, std::uint32_t{op.depth} * op.cols);
            if (op.pin.exists()) networks[hw::net_pin].move(op.pin.bank, op.pod, psum);
            networks[hw::net_pout].move(op.pout.bank, op.pod, psum);
        }
        for (std::uint32_t i = p.post_begin[s]; i < p.post_begin[s + 1]; ++i) {
            const pods::PostOp& op = p.posts[i];
            const std::uint32_t psum = op.rows * op.cols * p.shape.psum_bytes;
            networks[hw::net_post_a].move(op.a.bank, op.unit, psum);
            networks[hw::net_post_b].move(op.b.bank, op.unit, psum);
            networks[hw::net_post_out].move(op.out.bank, op.unit, psum);
        }
    }
    Bare bare{seconds_since(start)};
    for (const auto& network : networks) {
        bare.transfers += network.transfers;
        bare.bytes += network.bytes();
    }
    return bare;
}

}  // namespace

int sc_main(int argc, char** argv) {
    const auto config = hw::load_config(argc > 1 ? argv[1] : "sosa-256", {});
    const auto workload = host::load_workload(argc > 2 ? argv[2] : "resnet50", {});
    const noc::Topology topology(config.noc.topology, config.pods.count);
    const host::TileShape shape{config.pods.rows, config.pods.cols, config.tiling.partition_rows,
                                config.pods.psum_bits / 8};
    const auto placements = host::make_policy("paper")->place({workload}, topology, shape, {});
    const host::Program program = host::make_program({workload}, placements, topology, shape, "paper");

    const Bare bare = bare_loop(program, topology);
    auto* system = new host::System("sosa", config, program);  // SystemC's registries make destroying it slow
    system->run();
    const double simulation = system->simulation_s();
    const bool same = system->accelerator.collect().noc_bytes == bare.bytes;
    std::printf("{\"transfers\": %llu, \"bare_s\": %.4f, \"simulation_s\": %.4f, \"ratio\": %.2f}\n",
                static_cast<unsigned long long>(bare.transfers), bare.seconds, simulation, simulation / bare.seconds);
    std::fflush(stdout);
    if (!same) std::fprintf(stderr, "the bare loop moved other bytes than the simulation\n");
    std::_Exit(same ? 0 : 1);
}

int main(int argc, char** argv) {
    setenv("SC_COPYRIGHT_MESSAGE", "DISABLE", 1);
    return sc_core::sc_elab_and_sim(argc, argv);
}
