#include "noc/router_network.h"

namespace sosa::noc {

RouterNetwork::RouterNetwork(sc_core::sc_module_name name, const Topology& topology, sc_core::sc_time cycle)
    : Network(name, topology),
      edge_latency_(cycle *
                    (topology.latency_cycles() - std::min(topology.latency_cycles(), topology.stages()))),
      entry_("entry", topology.ports()),
      exit_("exit", topology.ports()) {
    const std::uint32_t stages = topology_.stages(), lines = topology_.lines();
    for (std::uint32_t s = 0; s < stages; ++s) {
        const std::uint32_t bit = switched_bit(s), low = (1u << bit) - 1;
        for (std::uint32_t i = 0; i < lines / 2; ++i) {
            const std::uint32_t base = (i & ~low) << 1 | (i & low);
            const std::string router_name = "stage" + std::to_string(s + 1) + "_sw" + std::to_string(i);
            routers_.push_back(std::make_unique<Router>(router_name.c_str(), Router::Place{s, base, bit},
                                                        context_, stages_[s], cycle));
            if (s == 0) continue;
            for (std::uint32_t port = 0; port < 2; ++port) {
                const std::uint32_t link = base | port << bit;
                const std::uint32_t previous_bit = switched_bit(s - 1);
                routers_.back()->source_side[port]->bind(
                    *router(s - 1, link).dest_side[link >> previous_bit & 1]);
            }
        }
    }
    for (std::uint32_t i = 0; i < topology_.ports(); ++i) {
        entry_[i].bind(no_backward_path_);
        const std::uint32_t out = topology_.dest_line(PodId{i});
        entry_[i].bind(*router(stages - 1, out).dest_side[out & 1]);
        exits_.emplace_back(*this, i);
        exit_[i].bind(exits_.back());
        router(0, i).source_side[i >> switched_bit(0) & 1]->bind(exit_[i]);
    }
}

Router& RouterNetwork::router(std::uint32_t stage, std::uint32_t link) const {
    const std::uint32_t bit = switched_bit(stage), low = (1u << bit) - 1;
    return *routers_[std::size_t{stage} * topology_.lines() / 2 + ((link >> 1 & ~low) | (link & low))];
}

std::uint64_t RouterNetwork::link_bytes() const {
    std::uint64_t bytes = 0;
    for (const StageCounters& stage : stages_) bytes += stage.bytes;
    return bytes;
}

std::uint64_t RouterNetwork::carry(PodId unit, BankId, tlm::tlm_generic_payload& payload,
                                   sc_core::sc_time& delay) {
    const std::uint64_t before = link_bytes();
    context_.unit = unit;
    delay += edge_latency_;
    entry_[unit.value]->b_transport(payload, delay);
    if (payload.is_read()) delay += edge_latency_;
    return link_bytes() - before;
}

void RouterNetwork::to_bank(std::uint32_t bank, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    banks_[bank]->b_transport(payload, delay);
}

const LinkSlot* RouterNetwork::holder(std::uint32_t stage, std::uint32_t link) const {
    const LinkSlot& slot = router(stage, link).output(link >> switched_bit(stage) & 1);
    return slot.held(context_.epoch) ? &slot : nullptr;
}

}  // namespace sosa::noc
