#include "noc/network.h"

#include <sstream>

#include "noc/router_network.h"
#include "traces/error.h"

namespace sosa::noc {

void refuse_link(const LinkSlot& slot, const SwitchContext& context, std::uint32_t stage, std::uint32_t link,
                 BankId source, PodId dest) {
    std::ostringstream text;
    text << "network " << context.network << ": link " << link << " after stage " << stage + 1
         << " carries bank " << slot.source().value << " -> unit " << slot.dest().value
         << " in this slice and was refused to bank " << source.value << " -> unit " << dest.value;
    SC_REPORT_ERROR("sosa/router", text.str().c_str());
}

Network::Network(sc_core::sc_module_name name, const Topology& topology)
    : sc_module(name),
      unit_side("unit_side", topology.ports()),
      bank_side("bank_side", topology.ports()),
      topology_(topology),
      stages_(topology.stages()) {
    context_.network = basename();
    control.bind(*this);
    for (std::uint32_t i = 0; i < topology.ports(); ++i) {
        ports_.emplace_back(*this, i);
        unit_side[i].bind(ports_.back());
        bank_side[i].bind(no_backward_path_);
    }
}

void Network::from_unit(std::uint32_t unit, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    if (!accept_plain(payload)) return;
    const BankId bank = bank_of(payload.get_address());
    if (bank.value >= topology_.ports()) {
        payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        return;
    }
    ++transfers_;
    transfer_bytes_ += payload.get_data_length();
    const std::uint64_t added = carry(PodId{unit}, bank, payload, delay);
    layer_bytes_.add(payload.get_extension<TransferExtension>(), added);
}

std::vector<StageCounters> Network::stages() const {
    std::vector<StageCounters> all = stages_;
    for (auto& stage : all) {
        stage.multicast_shares = transfers_ - stage.links_claimed;
        stage.bytes_unicast = transfer_bytes_;
    }
    return all;
}

unsigned Network::debug(tlm::tlm_generic_payload& payload) {
    const BankId bank = bank_of(payload.get_address());
    return bank.value < topology_.ports() ? bank_side[bank.value]->transport_dbg(payload) : 0;
}

FabricNetwork::FabricNetwork(sc_core::sc_module_name name, const Topology& topology, sc_core::sc_time cycle)
    : Network(name, topology),
      latency_(cycle * topology.latency_cycles()),
      links_(std::size_t{topology.stages()} * topology.lines()) {}

std::uint64_t FabricNetwork::carry(PodId unit, BankId bank, tlm::tlm_generic_payload& payload,
                                   sc_core::sc_time& delay) {
    // The bank is cold: fetch it while the links are walked. A bank keeps what a transfer touches next to its
    // ports.
    tlm::tlm_fw_transport_if<>* const target = banks_[bank.value];
    const char* const near = reinterpret_cast<const char*>(target);
    for (const int distance : {0, -64, -128, -192}) __builtin_prefetch(near + distance, 1);
    const std::uint32_t bytes = payload.get_data_length();
    const std::uint32_t line = topology_.dest_line(unit), lines = topology_.lines();
    const Topology::Stage* masks = topology_.stage_masks().data();
    StageCounters* counters = stages_.data();
    LinkSlot* stage_links = links_.data() + links_.size();
    std::uint32_t fresh = 0;
    // As the request meets the routers: from the unit back to the bank.
    for (std::uint32_t stage = topology_.stages(); stage-- > 0;) {
        stage_links -= lines;
        const std::uint32_t link = (line & masks[stage].dest_mask) | (bank.value & masks[stage].source_mask);
        const auto claim =
            pass_link(stage_links[link], context_, stage, link, bank, unit, bytes, counters[stage]);
        if (claim == LinkSlot::Claim::refused) {
            payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
            return std::uint64_t{fresh} * bytes;
        }
        fresh += claim == LinkSlot::Claim::fresh;
    }
    delay += latency_;
    target->b_transport(payload, delay);
    if (payload.is_read()) delay += latency_;
    return std::uint64_t{fresh} * bytes;
}

const LinkSlot* FabricNetwork::holder(std::uint32_t stage, std::uint32_t link) const {
    const LinkSlot& slot = links_[std::size_t{stage} * topology_.lines() + link];
    return slot.held(context_.epoch) ? &slot : nullptr;
}

std::unique_ptr<Network> make_network(const char* name, const Topology& topology, Structure structure,
                                      sc_core::sc_time cycle) {
    if (structure == Structure::fabric) return std::make_unique<FabricNetwork>(name, topology, cycle);
    if (!topology.has_switches())
        throw UserError("noc.structure: found \"modules\" with topology \"" + topology.name() +
                        "\", which on " + std::to_string(topology.ports()) +
                        " ports is not made of 2x2 routers; allowed \"fabric\"");
    return std::make_unique<RouterNetwork>(name, topology, cycle);
}

}  // namespace sosa::noc
