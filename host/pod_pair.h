#pragma once
#include <deque>
#include <filesystem>
#include <optional>
#include <systemc>

#include "host/divergence.h"
#include "host/localize.h"
#include "host/pod_pins.h"
#include "host/row_tracker.h"
#include "pods/rtl_pod.h"
#include "pods/systolic_array.h"

namespace sosa::host {

// A pod in RTL and SystolicArray, clocked together. Every output is compared after every edge; the first
// difference is kept with the edges around it.
class PodPair {
  public:
    // `name` is the pod's in a divergence.
    PodPair(pods::RtlPod& rtl, const std::string& name, const pods::ArrayShape& shape,
            const sc_core::sc_time& period);

    // One clock edge; takes a period, within an SC_THREAD.
    void step(const pods::ArrayInputs& in, const RowLabel& label);
    const pods::ArrayOutputs& outputs() const { return model_.outputs(); }
    const OutputPins& rtl_outputs() const { return rtl_pins_; }
    std::uint64_t cycles() const { return cycle_; }

    bool diverged() const { return divergence_.has_value(); }
    // After a difference further edges tell its place: whether there were enough of them.
    bool seen_enough() const;
    // Says more about the difference. If the RTL owes a row of results, waits for it for at most
    // `timeout_cycles`, within an SC_THREAD.
    Divergence explain(std::uint64_t timeout_cycles);
    void write_divergence(const std::filesystem::path& folder) const;

  private:
    static constexpr std::uint64_t kEdgesBefore = 40, kEdgesAfter = 10;  // shown in the trace

    void clock_rtl(const pods::ArrayInputs& in);
    void record();
    void compare(const RowLabel& label);
    void begin_divergence(const RowLabel& label);
    void observe();
    void await_answer(std::uint64_t timeout_cycles);

    pods::RtlPod& rtl_;
    const std::string name_;
    const pods::ArrayShape shape_;
    const sc_core::sc_time half_period_;
    pods::SystolicArray model_;
    RowTracker tracker_;
    InputPins in_;
    OutputPins model_pins_, rtl_pins_;
    std::uint64_t cycle_ = 0;
    std::vector<EdgePins> ring_;  // by cycle
    std::optional<Divergence> divergence_;
    std::optional<std::uint64_t> answered_;  // the cycle of the RTL's next results after it
    std::vector<Observation> observations_;  // rows of results since then
    std::deque<EdgePins> edges_;
};

}  // namespace sosa::host
