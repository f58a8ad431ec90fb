#pragma once
#include <deque>
#include <memory>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

#include "noc/layer_bytes.h"
#include "noc/payload.h"
#include "noc/switch_core.h"
#include "noc/topology.h"

namespace sosa::noc {

// A network as the scheduler sees it: the routes of a slice stay until the next begins.
struct RouteControl : virtual sc_core::sc_interface {
    virtual void begin_slice() = 0;
};

// One of the seven networks between N units (pods or post-processors) and N banks. Units initiate: a read
// fetches a tile from the bank in the address, a write stores one; both cross every router of the route bank
// -> unit, which must be free in the slice or held by the same bank (multicast). The routes of a slice stay
// until begin_slice(). Timing: latency_cycles() each way is added to the delay. Errors: a second source on a
// link is an SC_ERROR naming both routes (the links that the request passed before stay held); a bank out of
// range is answered TLM_ADDRESS_ERROR_RESPONSE. Debug transport goes to the bank and takes no route.
class Network : public sc_core::sc_module, public RouteControl {
  public:
    sc_core::sc_vector<tlm::tlm_target_socket<>> unit_side;
    sc_core::sc_vector<tlm::tlm_initiator_socket<>> bank_side;
    sc_core::sc_export<RouteControl> control{"control"};

    Network(sc_core::sc_module_name name, const Topology& topology);

    void begin_slice() override { ++context_.epoch; }

    const Topology& topology() const { return topology_; }
    std::vector<StageCounters> stages() const;
    // Over links, a multicast counted once per link; a shared link is the layer's that claimed it.
    const std::vector<std::uint64_t>& layer_bytes() const { return layer_bytes_.bytes(); }
    // Who holds the link after stage s in this slice; null if nobody does.
    virtual const LinkSlot* holder(std::uint32_t stage, std::uint32_t link) const = 0;

  protected:
    void end_of_elaboration() override { banks_ = resolve<tlm::tlm_fw_transport_if<>>(bank_side); }
    // Moves a checked transfer from unit to bank and back. Returns the bytes that it added to those of the
    // stages.
    virtual std::uint64_t carry(PodId unit, BankId bank, tlm::tlm_generic_payload& payload,
                                sc_core::sc_time& delay) = 0;

    const Topology topology_;
    SwitchContext context_;
    std::vector<StageCounters> stages_;  // without what follows from the transfers
    std::uint64_t transfers_ = 0, transfer_bytes_ = 0;
    LayerBytes layer_bytes_;
    std::vector<tlm::tlm_fw_transport_if<>*> banks_;  // behind bank_side
    NoBackwardPath no_backward_path_;

  private:
    void from_unit(std::uint32_t unit, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
    unsigned debug(tlm::tlm_generic_payload& payload);

    class UnitPort final : public BlockingTarget {
      public:
        UnitPort(Network& owner, std::uint32_t unit) : owner_(owner), unit_(unit) {}
        void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override {
            owner_.from_unit(unit_, payload, delay);
        }
        unsigned transport_dbg(tlm::tlm_generic_payload& payload) override { return owner_.debug(payload); }

      private:
        Network& owner_;
        std::uint32_t unit_;
    };
    std::deque<UnitPort> ports_;
};

// The stages as flat arrays of links in one module: the default.
class FabricNetwork final : public Network {
  public:
    FabricNetwork(sc_core::sc_module_name name, const Topology& topology, sc_core::sc_time cycle);
    const LinkSlot* holder(std::uint32_t stage, std::uint32_t link) const override;

  protected:
    std::uint64_t carry(PodId unit, BankId bank, tlm::tlm_generic_payload& payload,
                        sc_core::sc_time& delay) override;

  private:
    sc_core::sc_time latency_;
    std::vector<LinkSlot> links_;  // [stage * lines + link]
};

enum class Structure { fabric, modules };

// Throws UserError if `modules` is asked for and the topology is not made of 2x2 switches.
std::unique_ptr<Network> make_network(const char* name, const Topology& topology, Structure structure,
                                      sc_core::sc_time cycle);

}  // namespace sosa::noc
