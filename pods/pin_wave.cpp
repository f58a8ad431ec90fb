#include "pods/pin_wave.h"

namespace sosa::pods {

namespace {

std::vector<traces::Vcd::Signal> lanes(traces::Vcd& vcd, const std::string& scope, const char* name,
                                       std::uint32_t count, unsigned width) {
    std::vector<traces::Vcd::Signal> signals;
    for (std::uint32_t i = 0; i < count; ++i)
        signals.push_back(vcd.integer(scope, name + std::to_string(i), width));
    return signals;
}

bool takes_rows(const PinRecord& edge) { return edge.in.x_valid || edge.in.w_valid; }

// Results of the slice before may still leave at an edge at which rows of the next go in.
void merge(PinRecord& edge, PinRecord later) {
    if (!later.out.valid && edge.out.valid) {
        later.out = edge.out;
        later.psum_out = std::move(edge.psum_out);
        later.overflow = std::move(edge.overflow);
    }
    edge = std::move(later);
}

}  // namespace

PinWave::PinWave(sc_core::sc_module_name name, traces::Vcd& vcd, const std::string& scope,
                 const ArrayShape& shape, sc_core::sc_time cycle)
    : sc_module(name),
      vcd_(vcd),
      cycle_(cycle),
      psum_mask_((std::uint64_t{1} << shape.psum_bits) - 1),
      x_valid_(vcd.integer(scope, "x_valid", 1)),
      x_swap_(vcd.integer(scope, "x_swap", 1)),
      x_last_(vcd.integer(scope, "x_last", 1)),
      w_valid_(vcd.integer(scope, "w_valid", 1)),
      w_first_(vcd.integer(scope, "w_first", 1)),
      w_rows_(vcd.integer(scope, "w_rows", 11)),
      out_valid_(vcd.integer(scope, "out_valid", 1)),
      out_last_(vcd.integer(scope, "out_last", 1)),
      busy_(vcd.integer(scope, "busy", 1)),
      x_(lanes(vcd, scope, "x", shape.rows, 8)),
      w_(lanes(vcd, scope, "w", shape.cols, 8)),
      psum_in_(lanes(vcd, scope, "ps_in", shape.cols, shape.psum_bits)),
      psum_out_(lanes(vcd, scope, "out", shape.cols, shape.psum_bits)),
      overflow_(lanes(vcd, scope, "overflow", shape.cols, 1)) {
    draw_edge({});
    SC_HAS_PROCESS(PinWave);
    SC_METHOD(draw);
    sensitive << wake_;
    dont_initialize();
}

void PinWave::show(std::vector<PinRecord> edges) {
    if (!drawing_) wake_.notify(sc_core::SC_ZERO_TIME);
    drawing_ = true;
    std::size_t at = 0;
    for (std::size_t i = pending_.size(); i > 0 && at == 0; --i)
        if (takes_rows(pending_[i - 1])) at = i;
    for (auto& edge : edges) {
        if (at == pending_.size()) pending_.emplace_back();
        merge(pending_[at++], std::move(edge));
    }
}

void PinWave::draw() {
    vcd_.time(sc_core::sc_time_stamp().value());
    drawing_ = !pending_.empty();
    draw_edge(drawing_ ? pending_.front() : PinRecord{});
    if (!drawing_) return;
    pending_.pop_front();
    next_trigger(cycle_);
}

template <class Lanes>
void PinWave::draw_lanes(const Signals& signals, const Lanes& values, std::uint64_t mask) {
    for (std::size_t i = 0; i < signals.size(); ++i)
        vcd_.set(signals[i], i < values.size() ? static_cast<std::uint64_t>(values[i]) & mask : 0);
}

void PinWave::draw_edge(const PinRecord& edge) {
    vcd_.set(x_valid_, edge.in.x_valid);
    vcd_.set(x_swap_, edge.in.x_valid && edge.in.x_swap);
    vcd_.set(x_last_, edge.in.x_valid && edge.in.x_last);
    vcd_.set(w_valid_, edge.in.w_valid);
    vcd_.set(w_first_, edge.in.w_valid && edge.in.w_first);
    vcd_.set(w_rows_, edge.out.w_rows);
    vcd_.set(out_valid_, edge.out.valid);
    vcd_.set(out_last_, edge.out.valid && edge.out.last);
    vcd_.set(busy_, edge.out.busy);
    draw_lanes(x_, edge.x, 0xff);
    draw_lanes(w_, edge.w, 0xff);
    draw_lanes(psum_in_, edge.psum_in, psum_mask_);
    draw_lanes(psum_out_, edge.psum_out, psum_mask_);
    draw_lanes(overflow_, edge.overflow, 1);
}

}  // namespace sosa::pods
