#pragma once
#include <string>
#include <systemc>
#include <tlm>

#include "host/data_plan.h"
#include "host/program.h"
#include "hw/registers.h"
#include "hw/run_counters.h"
#include "noc/payload.h"

namespace sosa::host {

// The software side as a module: owns the only socket into the accelerator's registers. Writes the program
// through the two windows as far as they take it, rings the doorbell, sleeps on the interrupt, refills, and
// reads the counters at the end. Any other TLM-2.0 initiator that does the same can stand in its place.
class Host final : public sc_core::sc_module {
  public:
    tlm::tlm_initiator_socket<> port{"port"};
    sc_core::sc_in<bool> irq{"irq"};

    // One each where data moves: to DRAM, and what the chip asks the host to do between layers (debug
    // transport; the address is the number of the step).
    sc_core::sc_vector<tlm::tlm_initiator_socket<>> memory;
    sc_core::sc_vector<tlm::tlm_target_socket<>> requests;

    // With a plan the host puts tensors into DRAM and layer records into their windows before it starts.
    Host(sc_core::sc_module_name name, const Program& program, const DataPlan* plan = nullptr);

    enum class Outcome { running, done, fault, refused };
    Outcome outcome() const { return outcome_; }
    const DataPlan* plan() const { return plan_; }
    std::uint32_t slices_written() const { return next_slice_; }
    // As read from the registers when the program was done.
    const hw::RunCounters& counters() const { return counters_; }

  private:
    struct Requests final : noc::BlockingTarget {
        explicit Requests(Host& h) : host(h) {}
        void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time&) override {
            payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
        }
        unsigned transport_dbg(tlm::tlm_generic_payload& payload) override;
        Host& host;
    };

    void run();
    bool write_data();
    void refill();
    bool write_slice();
    bool write_fetches();
    bool access(tlm::tlm_command command, std::uint64_t address, unsigned char* data, std::size_t size);
    std::uint32_t read(std::uint64_t address);
    void write(std::uint64_t address, std::uint32_t value);
    void read_counters();
    void end(Outcome outcome);

    const Program& program_;
    const DataPlan* const plan_;
    Requests from_chip_{*this};
    noc::Transfer transfer_;
    noc::NoBackwardPath no_backward_path_;
    std::uint32_t next_slice_ = 0, next_list_ = 0;
    hw::SliceProgram record_;
    std::vector<hw::Fetch> fetches_;
    std::vector<unsigned char> bytes_;
    hw::RunCounters counters_;
    Outcome outcome_ = Outcome::running;
};

}  // namespace sosa::host
