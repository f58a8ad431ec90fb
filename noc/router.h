#pragma once
#include <array>
#include <memory>
#include <systemc>
#include <tlm>
#include <vector>

#include "noc/payload.h"
#include "noc/switch_core.h"

namespace sosa::noc {

// A 2x2 switch between stage s-1 and stage s of a butterfly. Its destination side takes the transfers that
// units initiate, its source side passes them on towards the bank; which of the two source ports it is, one
// bit of the bank says. Each way takes one cycle. A destination-side link held by another source in the slice
// is refused.
class Router : public sc_core::sc_module {
  public:
    template <class Socket>
    using Pair = std::array<std::unique_ptr<Socket>, 2>;
    using DestSocket =
        tlm::tlm_target_socket<32, tlm::tlm_base_protocol_types, 1, sc_core::SC_ZERO_OR_MORE_BOUND>;
    using SourceSocket =
        tlm::tlm_initiator_socket<32, tlm::tlm_base_protocol_types, 1, sc_core::SC_ZERO_OR_MORE_BOUND>;
    Pair<DestSocket> dest_side;
    Pair<SourceSocket> source_side;

    struct Place {
        std::uint32_t stage;  // counts from 0
        std::uint32_t base;   // label of its links with the switched bit cleared
        std::uint32_t bit;    // the bit of the line label that it switches
    };
    Router(sc_core::sc_module_name name, Place place, const SwitchContext& context, StageCounters& counters,
           sc_core::sc_time cycle);

    const LinkSlot& output(unsigned port) const { return slots_[port]; }

  private:
    void from_dest(std::uint32_t port, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
    using Port = PortTarget<Router, &Router::from_dest>;

    void end_of_elaboration() override;

    const Place place_;
    std::array<tlm::tlm_fw_transport_if<>*, 2> next_{};  // behind source_side
    const SwitchContext& context_;
    StageCounters& counters_;
    const sc_core::sc_time cycle_;
    std::array<LinkSlot, 2> slots_;
    std::array<Port, 2> ports_;
    NoBackwardPath no_backward_path_;
};

}  // namespace sosa::noc
