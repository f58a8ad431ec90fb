#pragma once
#include <deque>
#include <string>
#include <systemc>
#include <vector>

#include "pods/cycle_engine.h"
#include "traces/vcd.h"

namespace sosa::pods {

// Draws the pins of a pod's array, one clock edge a cycle: what goes in at the edge and what stands there
// after it. A slice's edges begin with the slice; its last results leave while the next slice's first rows go
// in. Weights that came too late have edges of their own before their slice's rows, which then stand that
// much later.
class PinWave final : public sc_core::sc_module {
  public:
    // Declares its signals: before vcd.start().
    PinWave(sc_core::sc_module_name name, traces::Vcd& vcd, const std::string& scope, const ArrayShape& shape,
            sc_core::sc_time cycle);

    // Edges from now on.
    void show(std::vector<PinRecord> edges);

  private:
    using Signals = std::vector<traces::Vcd::Signal>;
    void draw();
    void draw_edge(const PinRecord& edge);
    template <class Lanes>
    void draw_lanes(const Signals& signals, const Lanes& lanes, std::uint64_t mask);

    traces::Vcd& vcd_;
    const sc_core::sc_time cycle_;
    const std::uint64_t psum_mask_;
    traces::Vcd::Signal x_valid_, x_swap_, x_last_, w_valid_, w_first_, w_rows_, out_valid_, out_last_, busy_;
    Signals x_, w_, psum_in_, psum_out_, overflow_;
    std::deque<PinRecord> pending_;  // one a cycle, the first one is due now or next
    bool drawing_ = false;
    sc_core::sc_event wake_;
};

}  // namespace sosa::pods
