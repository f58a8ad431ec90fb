#include "hw/power_probe.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace sosa::hw {

namespace {
std::uint64_t window_ticks(const Accelerator& accelerator) {
    const Config& config = accelerator.config();
    const double cycles = std::round(config.power.window_ns * 1e-9 * config.clock_hz);
    return static_cast<std::uint64_t>(std::max(cycles, 1.0)) * accelerator.cycle().value();
}
}  // namespace

PowerProbe::PowerProbe(sc_core::sc_module_name name, const Accelerator& accelerator,
                       traces::EnergyTable table)
    : sc_module(name),
      accelerator_(accelerator),
      table_(std::move(table)),
      length_(window_ticks(accelerator)),
      end_(length_) {
    SC_HAS_PROCESS(PowerProbe);
    SC_METHOD(sample);
    sensitive << next_;
    dont_initialize();
}

void PowerProbe::wait_for_end() {
    next_.notify(sc_core::sc_time::from_value(end_ - 1) - sc_core::sc_time_stamp());
}

// Between two clock edges: the chip has done all that it does before the window ends, and what it will do is
// known as a time to come.
void PowerProbe::sample() {
    close(end_);
    end_ += length_;
    if (sc_core::sc_pending_activity_at_future_time()) wait_for_end();
}

void PowerProbe::close(std::uint64_t end_ps) {
    if (meter_.close(end_ps, accelerator_.energy(table_))) length_ *= 2;
    if (on_window) on_window(meter_.windows().back());
}

void PowerProbe::end_of_simulation() { close(sc_core::sc_time_stamp().value()); }

}  // namespace sosa::hw
