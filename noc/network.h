#pragma once
#include <deque>
#include <memory>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

#include "noc/payload.h"
#include "noc/switch_core.h"
#include "noc/topology.h"

namespace sosa::noc {

// One of the seven networks between N units (pods or post-processors) and N banks. Units initiate: a read fetches a
// tile from the bank in the address, a write stores one; both cross every router of the route bank -> unit, which must
// be free in the slice or held by the same bank (multicast). The routes of a slice stay until begin_slice().
// Timing: latency_cycles() each way is added to the delay. Errors: a second source on a link is an SC_ERROR naming
// both routes; a bank out of range is answered TLM_ADDRESS_ERROR_RESPONSE.
class Network : public sc_core::sc_module {
  public:
    sc_core::sc_vector<tlm::tlm_target_socket<>> unit_side;
    sc_core::sc_vector<tlm::tlm_initiator_socket<>> bank_side;

    Network(sc_core::sc_module_name name, const Topology& topology);

    void begin_slice() { ++context_.epoch; }

    const Topology& topology() const { return topology_; }
    const std::vector<StageCounters>& stages() const { return stages_; }
    // Who holds the link after stage s in this slice; null if nobody does.
    virtual const LinkSlot* holder(std::uint32_t stage, std::uint32_t link) const = 0;

  protected:
    // Moves a checked transfer from unit to bank and back.
    virtual void carry(PodId unit, BankId bank, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) = 0;

    const Topology topology_;
    SwitchContext context_;
    std::vector<StageCounters> stages_;
    NoBackwardPath no_backward_path_;

  private:
    void from_unit(std::uint32_t unit, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
    std::deque<PortTarget<Network, &Network::from_unit>> ports_;
};

// The stages as flat arrays of links in one module: the default.
class FabricNetwork final : public Network {
  public:
    FabricNetwork(sc_core::sc_module_name name, const Topology& topology, sc_core::sc_time cycle);
    const LinkSlot* holder(std::uint32_t stage, std::uint32_t link) const override;

  protected:
    void carry(PodId unit, BankId bank, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override;

  private:
    sc_core::sc_time latency_;
    std::vector<LinkSlot> links_;  // [stage * lines + link]
};

enum class Structure { fabric, modules };

// Throws UserError if `modules` is asked for and the topology is not made of 2x2 switches.
std::unique_ptr<Network> make_network(const char* name, const Topology& topology, Structure structure,
                                      sc_core::sc_time cycle);

}  // namespace sosa::noc
