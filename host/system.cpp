#include "host/system.h"

#include "traces/error.h"

namespace sosa::host {

System::System(sc_core::sc_module_name name, const hw::Config& config, const Program& program,
               const DataPlan* plan, const hw::ModelOptions& options)
    : sc_module(name),
      host("host", program, plan),
      accelerator("accelerator", config, options),
      dram("dram", config.dram.bandwidth_bytes_per_s,
           sc_core::sc_time(config.dram.latency_ns, sc_core::SC_NS), plan != nullptr) {
    SOSA_CHECK((plan != nullptr) == static_cast<bool>(options.make_array), "a data plan without arrays");
    for (auto& socket : host.memory) socket.bind(dram.host_port);
    for (auto& socket : accelerator.host) socket.bind(host.requests[0]);
    host.port.bind(accelerator.registers);
    host.irq.bind(irq_);
    accelerator.irq.bind(irq_);
    accelerator.dram.bind(dram.port);
    SC_HAS_PROCESS(System);
    SC_METHOD(watch);
    sensitive << accelerator.scheduler().slice_started();
    dont_initialize();
}

std::vector<std::uint8_t> System::read_dram(std::uint64_t address, std::size_t bytes) {
    std::vector<std::uint8_t> data(bytes);
    pods::debug_access(*host.memory[0].operator->(), tlm::TLM_READ_COMMAND, address, data.data(), bytes);
    return data;
}

void System::start_of_simulation() {
    elaborated_ = Clock::now();
    elaboration_s_ = std::chrono::duration<double>(elaborated_ - run_called_).count();
}

void System::watch() {
    if (!on_slice || on_slice(accelerator.scheduler().slice().value)) return;
    stopped_ = true;
    sc_core::sc_stop();
}

bool System::run() {
    run_called_ = Clock::now();
    try {
        sc_core::sc_start();
    } catch (const sc_core::sc_report& report) {
        const char* process = report.get_process_name();
        throw UserError("the run failed" + (process ? std::string(" at ") + process : std::string()) + ": " +
                        report.get_msg());
    }
    simulation_s_ = std::chrono::duration<double>(Clock::now() - elaborated_).count();
    if (stopped_) return false;
    if (host.outcome() != Host::Outcome::done) explain();
    return true;
}

// The simulation came to its end without the host's: nothing can happen any more.
void System::explain() const {
    const auto& scheduler = accelerator.scheduler();
    switch (host.outcome()) {
        case Host::Outcome::refused:
            throw UserError("the accelerator refused the program: " +
                            accelerator.register_file().last_error());
        case Host::Outcome::fault:
            throw UserError("the run failed: " + scheduler.fault_text());
        default:
            throw UserError("the run is starved " +
                            (scheduler.slice().value == 0xffffffff
                                 ? std::string("before slice 0")
                                 : "after slice " + std::to_string(scheduler.slice().value)) +
                            ": it waits for " + scheduler.waiting_for());
    }
}

}  // namespace sosa::host
