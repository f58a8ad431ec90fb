#pragma once
#include <functional>
#include <systemc>
#include <tlm>

#include "noc/payload.h"

namespace sosa::noc {

// Passes transfers through and shows each to a callback: a write before it is sent, a read when it comes
// back. Bound between two sockets only when something is to be watched or spoilt.
class Tap final : public sc_core::sc_module, private BlockingTarget {
  public:
    tlm::tlm_target_socket<> in{"in"};
    tlm::tlm_initiator_socket<> out{"out"};
    using Callback = std::function<void(tlm::tlm_generic_payload&)>;

    Tap(sc_core::sc_module_name name, Callback callback) : sc_module(name), callback_(std::move(callback)) {
        in.bind(*this);
        out.bind(no_backward_path_);
    }

  private:
    void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override {
        if (payload.is_write()) callback_(payload);
        out->b_transport(payload, delay);
        if (payload.is_read()) callback_(payload);
    }
    unsigned transport_dbg(tlm::tlm_generic_payload& payload) override { return out->transport_dbg(payload); }

    const Callback callback_;
    NoBackwardPath no_backward_path_;
};

}  // namespace sosa::noc
