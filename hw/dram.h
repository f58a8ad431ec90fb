#pragma once
#include <systemc>
#include <tlm>

#include "hw/sparse_memory.h"
#include "noc/payload.h"
#include "traces/vcd.h"

namespace sosa::hw {

struct DramCounters {
    std::uint64_t reads = 0, writes = 0, read_bytes = 0, written_bytes = 0;
    sc_core::sc_time busy = sc_core::SC_ZERO_TIME;
};

// DRAM as one port of a given bandwidth: transfers queue up and each takes bytes / bandwidth after the one
// before; the latency comes on top. Any TLM-2.0 target can stand in its place. With `keeps_data` it is a
// memory, which debug transport reads and writes in no time; else transfers carry lengths only.
class Dram final : public sc_core::sc_module, private noc::BlockingTarget {
  public:
    tlm::tlm_target_socket<> port{"port"};

    // The host's way in, debug transport only.
    tlm::tlm_target_socket<32, tlm::tlm_base_protocol_types, 1, sc_core::SC_ZERO_OR_MORE_BOUND> host_port{
        "host_port"};

    Dram(sc_core::sc_module_name name, double bytes_per_s, sc_core::sc_time latency, bool keeps_data = false);
    const DramCounters& counters() const { return counters_; }
    // Declares `dram.state`; before the simulation starts.
    void trace(traces::Vcd& vcd);

  private:
    void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override;
    unsigned transport_dbg(tlm::tlm_generic_payload& payload) override;
    void move(tlm::tlm_generic_payload& payload);

    // The host takes no part in the timing of the port.
    struct HostPort final : noc::BlockingTarget {
        explicit HostPort(Dram& d) : dram(d) {}
        void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time&) override {
            payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
        }
        unsigned transport_dbg(tlm::tlm_generic_payload& payload) override {
            return dram.transport_dbg(payload);
        }
        Dram& dram;
    };
    HostPort from_host_{*this};
    const bool keeps_data_;
    SparseMemory memory_;

    // Extended, so that a time which is a whole number of ticks does not come out one longer.
    const long double bytes_per_s_, ticks_per_s_;  // ticks of the time resolution
    const sc_core::sc_time latency_;
    // Of the transfers without a pause between them, so that rounding does not add up.
    sc_core::sc_time burst_start_ = sc_core::SC_ZERO_TIME, free_at_ = sc_core::SC_ZERO_TIME;
    std::uint64_t burst_bytes_ = 0;
    DramCounters counters_;
    traces::Vcd* vcd_ = nullptr;
    traces::Vcd::Signal state_;
};

}  // namespace sosa::hw
