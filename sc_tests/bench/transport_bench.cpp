// The least that the transfers of a program cost, for scripts/bench.sh to compare the simulation with:
//   links_s  every transfer over the links of its route, as plain arrays
//   bare_s   every transfer as a generic payload through the seven network modules, to banks that answer at
//   once
// Usage: sosa_transport_bench [CONFIG [WORKLOAD]]; prints one line of JSON.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <systemc>

#include "host/huge_pages.h"
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

// Calls move(network, bank, unit, bytes, is_write) for every transfer of the program, slice by slice.
template <class BeginSlice, class Move>
double time_transfers(const host::Program& p, BeginSlice begin_slice, Move move) {
    const auto start = std::chrono::steady_clock::now();
    for (std::uint32_t s = 0; s < p.slices(); ++s) {
        begin_slice();
        for (std::uint32_t i = p.op_begin[s]; i < p.op_begin[s + 1]; ++i) {
            const pods::TileOp& op = p.ops[i];
            const std::uint32_t psum = op.rows * op.cols * p.shape.psum_bytes;
            move(hw::net_x, op.x, op.pod, op.rows * op.depth, false);
            move(hw::net_w, op.w, op.pod, std::uint32_t{op.depth} * op.cols, false);
            if (op.pin.exists()) move(hw::net_pin, op.pin, op.pod, psum, false);
            move(hw::net_pout, op.pout, op.pod, psum, true);
        }
        for (std::uint32_t i = p.post_begin[s]; i < p.post_begin[s + 1]; ++i) {
            const pods::PostOp& op = p.posts[i];
            const std::uint32_t psum = op.rows * op.cols * p.shape.psum_bytes;
            move(hw::net_post_a, op.a, op.unit, psum, false);
            move(hw::net_post_b, op.b, op.unit, psum, false);
            move(hw::net_post_out, op.out, op.unit, psum, true);
        }
    }
    return seconds_since(start);
}

// The seven networks alone, between sockets of ours.
struct BareTransport : sc_core::sc_module, noc::BlockingTarget {
    BareTransport(sc_core::sc_module_name name, const noc::Topology& topology) : sc_module(name) {
        for (const char* n : hw::kNetworkNames) {
            networks.push_back(
                noc::make_network(n, topology, noc::Structure::fabric, sc_core::sc_time(1, sc_core::SC_NS)));
            for (std::uint32_t i = 0; i < topology.ports(); ++i) {
                units.emplace_back(sc_core::sc_gen_unique_name("unit"));
                units.back().bind(no_backward);
                units.back().bind(networks.back()->unit_side[i]);
                banks.emplace_back(sc_core::sc_gen_unique_name("bank"));
                banks.back().bind(*this);
                networks.back()->bank_side[i].bind(banks.back());
            }
        }
    }
    void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time&) override {
        payload.set_response_status(tlm::TLM_OK_RESPONSE);
    }
    void start_of_simulation() override {
        std::vector<tlm::tlm_fw_transport_if<>*> to = noc::resolve<tlm::tlm_fw_transport_if<>>(units);
        const std::size_t n = networks[0]->topology().ports();
        seconds = time_transfers(
            *program,
            [&] {
                for (auto& network : networks) network->begin_slice();
            },
            [&](std::size_t network, const pods::TileRef& tile, std::uint32_t unit, std::uint32_t bytes,
                bool write) {
                auto t = pool.acquire();
                t->prepare(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND,
                           noc::tile_address(BankId{tile.bank}, TileTag{tile.tag}), pods::untouched_data(),
                           bytes);
                sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
                to[network * n + unit]->b_transport(t->payload, delay);
            });
    }
    const host::Program* program = nullptr;
    std::deque<tlm::tlm_initiator_socket<>> units;
    std::deque<tlm::tlm_target_socket<>> banks;
    std::vector<std::unique_ptr<noc::Network>> networks;
    noc::TransferPool pool;
    noc::NoBackwardPath no_backward;
    double seconds = 0;
};

}  // namespace

int sc_main(int argc, char** argv) {
    const auto config = hw::load_config(argc > 1 ? argv[1] : "sosa-256", {});
    const auto workload = host::load_workload(argc > 2 ? argv[2] : "resnet50", {});
    const noc::Topology topology(config.noc.topology, config.pods.count);
    const sosa::host::TileShape shape = sosa::host::tile_shape(config);
    const auto placements = host::make_policy("paper")->place({workload}, topology, shape, {});
    const host::Program program = host::make_program({workload}, placements, topology, shape, "paper");

    std::vector<BareNetwork> links(hw::net_count, BareNetwork(topology));
    const double links_s = time_transfers(
        program,
        [&] {
            for (auto& network : links) network.begin_slice();
        },
        [&](std::size_t network, const pods::TileRef& tile, std::uint32_t unit, std::uint32_t bytes, bool) {
            links[network].move(tile.bank, unit, bytes);
        });
    std::uint64_t transfers = 0, bytes = 0;
    for (const auto& network : links) {
        transfers += network.transfers;
        bytes += network.bytes();
    }

    auto* bare = new BareTransport("bare", topology);  // SystemC's registries make destroying it slow
    bare->program = &program;
    sc_core::sc_start();
    std::printf("{\"transfers\": %llu, \"noc_bytes\": %llu, \"links_s\": %.4f, \"bare_s\": %.4f}\n",
                static_cast<unsigned long long>(transfers), static_cast<unsigned long long>(bytes), links_s,
                bare->seconds);
    std::fflush(stdout);
    std::_Exit(0);
}

int main(int argc, char** argv) {
    sosa::host::prefer_huge_pages();
    setenv("SC_COPYRIGHT_MESSAGE", "DISABLE", 1);
    return sc_core::sc_elab_and_sim(argc, argv);
}
