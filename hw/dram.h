#pragma once
#include <systemc>
#include <tlm>

#include "noc/payload.h"

namespace sosa::hw {

struct DramCounters {
    std::uint64_t reads = 0, writes = 0, read_bytes = 0, written_bytes = 0;
    sc_core::sc_time busy = sc_core::SC_ZERO_TIME;
};

// DRAM as one port of a given bandwidth: transfers queue up and each takes bytes / bandwidth after the one
// before; the latency comes on top. Any TLM-2.0 target can stand in its place. Holds no data in `timing`
// fidelity.
class Dram final : public sc_core::sc_module, private noc::BlockingTarget {
  public:
    tlm::tlm_target_socket<> port{"port"};

    Dram(sc_core::sc_module_name name, double bytes_per_s, sc_core::sc_time latency);
    const DramCounters& counters() const { return counters_; }

  private:
    void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override;

    // Extended, so that a time which is a whole number of ticks does not come out one longer.
    const long double bytes_per_s_, ticks_per_s_;  // ticks of the time resolution
    const sc_core::sc_time latency_;
    // Of the transfers without a pause between them, so that rounding does not add up.
    sc_core::sc_time burst_start_ = sc_core::SC_ZERO_TIME, free_at_ = sc_core::SC_ZERO_TIME;
    std::uint64_t burst_bytes_ = 0;
    DramCounters counters_;
};

}  // namespace sosa::hw
