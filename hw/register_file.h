#pragma once
#include <functional>
#include <systemc>
#include <tlm>

#include "hw/program_format.h"
#include "hw/registers.h"
#include "hw/run_counters.h"
#include "hw/scheduler.h"

namespace sosa::hw {

// The accelerator's only way in: decodes the register map (registers.h) for any TLM-2.0 initiator. Registers
// are read and written whole; a window takes one record a write, refuses it with TLM_GENERIC_ERROR_RESPONSE
// when it is full (read the space first) or when the record breaks a rule (last_error() says which). Accesses
// take one cycle.
class RegisterFile final : public sc_core::sc_module, private noc::BlockingTarget {
  public:
    tlm::tlm_target_socket<> port{"port"};
    sc_core::sc_out<bool> irq{"irq"};
    sc_core::sc_port<SchedulerControl> scheduler{"scheduler"};
    sc_core::sc_port<DmaControl> dma{"dma"};
    sc_core::sc_port<ActivationControl, 1, sc_core::SC_ZERO_OR_MORE_BOUND> activations{"activations"};

    RegisterFile(sc_core::sc_module_name name, const ProgramLimits& limits, sc_core::sc_time cycle,
                 std::function<RunCounters()> collect);

    const std::string& last_error() const { return last_error_; }

  private:
    void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override;
    unsigned transport_dbg(tlm::tlm_generic_payload& payload) override;
    void end_of_elaboration() override;
    bool write_window(std::uint64_t address, const unsigned char* bytes, std::size_t size);
    bool push_slice(const unsigned char* bytes, std::size_t size);
    bool push_fetches(const unsigned char* bytes, std::size_t size);
    bool push_layer(const unsigned char* bytes, std::size_t size);
    bool push_step(const unsigned char* bytes, std::size_t size);
    bool read(std::uint64_t address, unsigned char* data, std::size_t size);
    bool write(std::uint64_t address, std::uint32_t value);
    std::uint32_t read_register(std::uint64_t address) const;
    bool refuse(const std::string& why);
    void update();

    // A window raises `space` when it becomes half empty.
    struct HalfEmpty {
        std::uint32_t size = 0, last = 0;
        bool reached(std::uint32_t space) {
            const bool now = space * 2 >= size && last * 2 < size;
            last = space;
            return now;
        }
    };

    const ProgramLimits limits_;
    const sc_core::sc_time cycle_;
    const std::function<RunCounters()> collect_;
    std::uint32_t control_ = 0, irq_status_ = 0, irq_enable_ = 0;
    std::uint32_t next_fetch_list_ = 0;
    HalfEmpty program_room_, fetch_room_;
    SchedulerControl::State last_state_ = SchedulerControl::State::idle;
    std::string last_error_;
    sc_core::sc_event changed_;
};

}  // namespace sosa::hw
