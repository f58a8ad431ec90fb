#pragma once
#include <string>
#include <systemc>
#include <tlm>

#include "host/program.h"
#include "host/tensor_plan.h"
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

    sc_core::sc_vector<tlm::tlm_initiator_socket<>> memory;  // one, to DRAM, where data moves

    // With a plan the host puts tensors into DRAM and layer records into their windows before it starts.
    Host(sc_core::sc_module_name name, const Program& program, const TensorPlan* plan = nullptr);

    enum class Outcome { running, done, fault, refused };
    Outcome outcome() const { return outcome_; }
    const TensorPlan* plan() const { return plan_; }
    std::uint32_t slices_written() const { return next_slice_; }
    // As read from the registers when the program was done.
    const hw::RunCounters& counters() const { return counters_; }

  private:
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
    const TensorPlan* const plan_;
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
