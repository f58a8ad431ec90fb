#include "hw/dram.h"

#include <cmath>

namespace sosa::hw {

Dram::Dram(sc_core::sc_module_name name, double bytes_per_s, sc_core::sc_time latency, bool keeps_data)
    : sc_module(name),
      keeps_data_(keeps_data),
      bytes_per_s_(bytes_per_s),
      ticks_per_s_(std::round(1 / sc_core::sc_get_time_resolution().to_seconds())),
      latency_(latency) {
    port.bind(*this);
    host_port.bind(from_host_);
}

void Dram::move(tlm::tlm_generic_payload& payload) {
    if (payload.is_read()) {
        memory_.read(payload.get_address(), payload.get_data_ptr(), payload.get_data_length());
    } else {
        memory_.write(payload.get_address(), payload.get_data_ptr(), payload.get_data_length());
    }
}

unsigned Dram::transport_dbg(tlm::tlm_generic_payload& payload) {
    if (!keeps_data_ || payload.get_command() == tlm::TLM_IGNORE_COMMAND) return 0;
    move(payload);
    return payload.get_data_length();
}

void Dram::trace(traces::Vcd& vcd) {
    if (!vcd.wanted("dram")) return;
    vcd_ = &vcd;
    state_ = vcd.integer("dram", "state", 2, "0=idle 1=busy");
    vcd.set(state_, 0);
}

void Dram::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    if (!noc::accept_plain(payload)) return;
    const sc_core::sc_time arrival = sc_core::sc_time_stamp() + delay;
    const std::uint64_t bytes = payload.get_data_length();
    if (keeps_data_) move(payload);
    if (arrival > free_at_) {
        burst_start_ = arrival;
        burst_bytes_ = 0;
        free_at_ = arrival;
    }
    burst_bytes_ += bytes;
    const auto ticks = static_cast<std::uint64_t>(
        std::ceil(static_cast<long double>(burst_bytes_) * ticks_per_s_ / bytes_per_s_));
    const sc_core::sc_time done = burst_start_ + sc_core::sc_time::from_value(ticks);
    counters_.busy += done - free_at_;
    if (vcd_) {
        vcd_->time(sc_core::sc_time_stamp().value());
        vcd_->set_later(state_, free_at_.value(), 1);
        vcd_->set_later(state_, done.value(), 0);
    }
    free_at_ = done;
    (payload.is_read() ? counters_.reads : counters_.writes) += 1;
    (payload.is_read() ? counters_.read_bytes : counters_.written_bytes) += bytes;
    delay = done + latency_ - sc_core::sc_time_stamp();
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

}  // namespace sosa::hw
