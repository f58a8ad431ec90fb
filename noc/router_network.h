#pragma once
#include "noc/network.h"
#include "noc/router.h"

namespace sosa::noc {

// The same network as FabricNetwork, built of one Router module per 2x2 switch: to look into, to trace, to
// swap.
class RouterNetwork final : public Network {
  public:
    RouterNetwork(sc_core::sc_module_name name, const Topology& topology, sc_core::sc_time cycle);
    const LinkSlot* holder(std::uint32_t stage, std::uint32_t link) const override;

  protected:
    std::uint64_t carry(PodId unit, BankId bank, tlm::tlm_generic_payload& payload,
                        sc_core::sc_time& delay) override;

  private:
    std::uint64_t link_bytes() const;
    void to_bank(std::uint32_t bank, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
    std::uint32_t switched_bit(std::uint32_t stage) const { return topology_.stages() - 1 - stage; }
    Router& router(std::uint32_t stage, std::uint32_t link) const;

    sc_core::sc_time edge_latency_;                          // of the expansion, which has no switches
    std::vector<std::unique_ptr<Router>> routers_;           // [stage * lines/2 + switch]
    sc_core::sc_vector<tlm::tlm_initiator_socket<>> entry_;  // one per unit, into the last stage
    sc_core::sc_vector<tlm::tlm_target_socket<>> exit_;      // one per bank, out of the first stage
    std::deque<PortTarget<RouterNetwork, &RouterNetwork::to_bank>> exits_;
};

}  // namespace sosa::noc
