#include "host/host.h"

#include <cstring>

namespace sosa::host {

namespace reg = hw::registers;

Host::Host(sc_core::sc_module_name name, const Program& program, const DataPlan* plan)
    : sc_module(name),
      memory("memory", plan ? 1 : 0),
      requests("requests", plan ? 1 : 0),
      program_(program),
      plan_(plan) {
    port.bind(no_backward_path_);
    for (auto& socket : memory) socket.bind(no_backward_path_);
    for (auto& socket : requests) socket.bind(from_chip_);
    SC_HAS_PROCESS(Host);
    SC_THREAD(run);
}

bool Host::access(tlm::tlm_command command, std::uint64_t address, unsigned char* data, std::size_t size) {
    transfer_.prepare(command, address, data, static_cast<std::uint32_t>(size));
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    port->b_transport(transfer_.payload, delay);
    return transfer_.payload.is_response_ok();
}

std::uint32_t Host::read(std::uint64_t address) {
    std::uint32_t value = 0;
    if (!access(tlm::TLM_READ_COMMAND, address, reinterpret_cast<unsigned char*>(&value), sizeof value))
        SC_REPORT_ERROR("sosa/host", "a register that the map lists did not answer");
    return value;
}

void Host::write(std::uint64_t address, std::uint32_t value) {
    if (!access(tlm::TLM_WRITE_COMMAND, address, reinterpret_cast<unsigned char*>(&value), sizeof value))
        SC_REPORT_ERROR("sosa/host", "a register that the map lists did not take a value");
}

bool Host::write_slice() {
    program_.slice_record(next_slice_, record_);
    hw::encode(record_, bytes_);
    ++next_slice_;
    return access(tlm::TLM_WRITE_COMMAND, reg::program_window, bytes_.data(), bytes_.size());
}

bool Host::write_fetches() {
    program_.fetch_list(next_list_, fetches_);
    hw::encode(next_list_, fetches_, bytes_);
    ++next_list_;
    return access(tlm::TLM_WRITE_COMMAND, reg::fetch_window, bytes_.data(), bytes_.size());
}

bool Host::write_data() {
    for (const auto& image : plan_->images())
        pods::debug_access(*memory[0].operator->(), tlm::TLM_WRITE_COMMAND, image.address,
                           const_cast<unsigned char*>(image.bytes.data()), image.bytes.size());
    bool taken = true;
    for (const auto& layer : plan_->layers()) {
        bytes_.assign(reinterpret_cast<const unsigned char*>(&layer),
                      reinterpret_cast<const unsigned char*>(&layer + 1));
        taken = taken && access(tlm::TLM_WRITE_COMMAND, reg::layer_window, bytes_.data(), bytes_.size());
    }
    for (const auto& step : plan_->steps()) {
        hw::encode(step, bytes_);
        taken = taken && access(tlm::TLM_WRITE_COMMAND, reg::step_window, bytes_.data(), bytes_.size());
    }
    return taken;
}

unsigned Host::Requests::transport_dbg(tlm::tlm_generic_payload& payload) {
    auto& dram = *host.memory[0].operator->();
    const auto step = static_cast<std::uint32_t>(payload.get_address());
    const unsigned length = payload.get_data_length();  // debug_access() uses one payload again and again
    const DramAccess access{[&dram](std::uint64_t address, std::uint8_t* bytes, std::size_t count) {
                                pods::debug_access(dram, tlm::TLM_READ_COMMAND, address, bytes, count);
                            },
                            [&dram](std::uint64_t address, const std::uint8_t* bytes, std::size_t count) {
                                pods::debug_access(dram, tlm::TLM_WRITE_COMMAND, address,
                                                   const_cast<std::uint8_t*>(bytes), count);
                            }};
    host.plan_->host_step(step, access);
    return length;
}

// As much as both windows take now.
void Host::refill() {
    bool taken = true;
    for (std::uint32_t room = read(reg::fetch_space); room > 0 && taken && next_list_ < program_.slices();
         --room)
        taken = write_fetches();
    for (std::uint32_t room = read(reg::program_space); room > 0 && taken && next_slice_ < program_.slices();
         --room)
        taken = write_slice();
    if (!taken) end(Outcome::refused);
}

void Host::run() {
    if (read(reg::id) != reg::id_value || read(reg::pods) != program_.pods) return end(Outcome::refused);
    if (plan_ && !write_data()) return end(Outcome::refused);
    write(reg::irq_enable, reg::irq_done | reg::irq_space | reg::irq_fault);
    write(reg::control, reg::control_enable);
    refill();
    if (outcome_ != Outcome::running) return;
    write(reg::doorbell, 1);
    while (outcome_ == Outcome::running) {
        if (!irq.read()) wait(irq.posedge_event());
        const std::uint32_t causes = read(reg::irq_status);
        write(reg::irq_status, causes);
        if (causes & reg::irq_fault) return end(Outcome::fault);
        if (causes & reg::irq_done) {
            read_counters();
            return end(Outcome::done);
        }
        refill();
        wait(sc_core::SC_ZERO_TIME);  // until the interrupt line has followed
    }
}

void Host::read_counters() {
    for (std::size_t i = 0; i < hw::kCounterTable.size(); ++i) {
        std::uint64_t value = 0;
        access(tlm::TLM_READ_COMMAND, reg::counters + 8 * i, reinterpret_cast<unsigned char*>(&value),
               sizeof value);
        hw::kCounterTable[i].field(counters_) = value;
    }
}

void Host::end(Outcome outcome) {
    outcome_ = outcome;
    sc_core::sc_stop();
}

}  // namespace sosa::host
