#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "host/system.h"
#include "host/trace_options.h"
#include "hw/chip_probe.h"
#include "traces/power_meter.h"
#include "traces/timeline.h"
#include "traces/vcd.h"

namespace sosa::host {

// The waveform and the timeline of a run: made next to a system before it runs.
class Tracing {
  public:
    // `options.enabled()`. Throws UserError for what cannot be shown: a layer or signals that do not exist.
    Tracing(const TraceOptions& options, const std::filesystem::path& folder, System& system,
            const Program& program);

    // The power of the window that has just ended.
    void draw_power(const traces::PowerWindow& window);

    // How large the file of the waveform will be, about: a line, or empty without one.
    std::string forecast() const;

    // After the run: completes the files; `stopped` says why it ended early, if it did. `slice_starts` are
    // the cycles at which slices began.
    void finish(const std::string& stopped, const std::string& title,
                const std::vector<std::uint64_t>& slice_starts);

    // The same after an error, which is told: a trace that cannot be completed is none.
    void fail(const std::string& error, const std::string& title,
              const std::vector<std::uint64_t>& slice_starts);

    // What a person should know of the trace, a sentence each.
    std::vector<std::string> notes() const;

  private:
    const TraceOptions options_;
    const std::filesystem::path folder_;
    const Program& program_;
    const std::uint64_t cycle_ps_;
    hw::ChipProbe::Capture capture_;
    traces::Vcd vcd_;
    std::unique_ptr<hw::ChipProbe> probe_;
    std::unique_ptr<traces::Timeline> timeline_;
};

}  // namespace sosa::host
