#include "noc/router.h"

namespace sosa::noc {

Router::Router(sc_core::sc_module_name name, Place place, const SwitchContext& context,
               StageCounters& counters, sc_core::sc_time cycle)
    : sc_module(name),
      place_(place),
      context_(context),
      counters_(counters),
      cycle_(cycle),
      ports_{Port{*this, 0}, Port{*this, 1}} {
    for (unsigned i = 0; i < 2; ++i) {
        dest_side[i] = std::make_unique<DestSocket>(i ? "dest1" : "dest0");
        source_side[i] = std::make_unique<SourceSocket>(i ? "source1" : "source0");
        dest_side[i]->bind(ports_[i]);
        source_side[i]->bind(no_backward_path_);
    }
}

void Router::end_of_elaboration() {
    for (unsigned i = 0; i < 2; ++i)
        if (source_side[i]->size() > 0) next_[i] = source_side[i]->operator->();
}

void Router::from_dest(std::uint32_t port, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    const BankId bank = bank_of(payload.get_address());
    if (pass_link(slots_[port], context_, place_.stage, place_.base | port << place_.bit, bank, context_.unit,
                  payload.get_data_length(), counters_) == LinkSlot::Claim::refused) {
        payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
        return;
    }
    delay += cycle_;
    next_[bank.value >> place_.bit & 1]->b_transport(payload, delay);
    if (payload.is_read()) delay += cycle_;
}

}  // namespace sosa::noc
