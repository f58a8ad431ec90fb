#pragma once
#include <chrono>
#include <functional>
#include <systemc>

#include "host/host.h"
#include "hw/accelerator.h"
#include "hw/dram.h"

namespace sosa::host {

// The whole machine: a host that runs one program, the accelerator and its DRAM.
class System final : public sc_core::sc_module {
  public:
    // With a plan, data moves: `options` must say what computes in the pods.
    System(sc_core::sc_module_name name, const hw::Config& config, const Program& program,
           const DataPlan* plan = nullptr, const hw::ModelOptions& options = {});

    Host host;
    hw::Accelerator accelerator;
    hw::Dram dram;

    // Called at the start of every slice; the run stops when it returns false.
    std::function<bool(std::uint32_t slice)> on_slice;

    // Simulates until the program is done. Throws UserError if it cannot be: a refused record, a fault, two
    // routes on a link, or tiles that can never be resident. Returns false if on_slice stopped it.
    bool run();

    // What stands in DRAM, where data moves.
    std::vector<std::uint8_t> read_dram(std::uint64_t address, std::size_t bytes);

    // Wall seconds of run(): until the design was elaborated, and from then on.
    double elaboration_s() const { return elaboration_s_; }
    double simulation_s() const { return simulation_s_; }

  private:
    using Clock = std::chrono::steady_clock;
    void start_of_simulation() override;
    void watch();
    [[noreturn]] void explain() const;

    sc_core::sc_signal<bool> irq_{"irq"};
    bool stopped_ = false;
    Clock::time_point run_called_, elaborated_;
    double elaboration_s_ = 0, simulation_s_ = 0;
};

}  // namespace sosa::host
