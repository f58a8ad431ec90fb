#pragma once
#include <functional>
#include <systemc>
#include <vector>

#include "hw/accelerator.h"
#include "traces/power_meter.h"

namespace sosa::hw {

// Measures power over time, in windows of `power.window` from time 0 on and a shorter one at the end of the
// run (sc_stop). A window holds what happens from its start to right before its end: it is read one tick
// before the clock edge at which it ends. The probe reads and never writes, so a run takes the same cycles
// with it. It does not go on by itself when nothing else is going to happen, so that a starved run ends.
class PowerProbe final : public sc_core::sc_module {
  public:
    // The accelerator must outlive it.
    PowerProbe(sc_core::sc_module_name name, const Accelerator& accelerator, traces::EnergyTable table);

    // Called with every window; at its end less one tick, or when the run stops.
    std::function<void(const traces::PowerWindow&)> on_window;

    const std::vector<traces::PowerWindow>& windows() const { return meter_.windows(); }

  private:
    void start_of_simulation() override { wait_for_end(); }
    void end_of_simulation() override;
    void sample();
    void wait_for_end();
    void close(std::uint64_t end_ps);

    const Accelerator& accelerator_;
    const traces::EnergyTable table_;
    std::uint64_t length_, end_;  // of a window, and where the next one ends: ticks
    traces::PowerMeter meter_;
    sc_core::sc_event next_{"next"};
};

}  // namespace sosa::hw
