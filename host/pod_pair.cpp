#include "host/pod_pair.h"

namespace sosa::host {

using pods::ArrayInputs;

namespace {

pods::RtlPodInputs wires(const ArrayInputs& in, const InputPins& packed) {
    pods::RtlPodInputs pins;
    pins.rst_n = !in.reset;
    pins.enable = in.enable;
    pins.x_valid = in.x_valid;
    pins.x_swap = in.x_swap;
    pins.x_last = in.x_last;
    pins.x_signed = in.x_signed;
    pins.w_valid = in.w_valid;
    pins.w_first = in.w_first;
    pins.w_signed = in.w_signed;
    if (in.x) pins.x = packed.x.data();
    if (in.w) pins.w = packed.w.data();
    if (in.psum || in.x_valid) pins.psum = packed.psum.data();
    return pins;
}

std::string value_text(const PinValue& v) {
    if (v.pin != "out_row") return std::to_string(v.value);
    return std::to_string(static_cast<std::int32_t>(v.value << (32 - v.width)) >> (32 - v.width));
}

void name_first_difference(const OutputPins& model, const OutputPins& rtl, const pods::ArrayShape& shape,
                           Divergence& d) {
    const auto expected = output_values(model, shape), got = output_values(rtl, shape);
    std::size_t i = 0;
    while (expected[i].value == got[i].value) ++i;
    d.signal = expected[i].pin;
    if (expected[i].lane >= 0) d.signal += " lane " + std::to_string(expected[i].lane);
    d.expected = value_text(expected[i]);
    d.got = value_text(got[i]);
}

}  // namespace

PodPair::PodPair(pods::RtlPod& rtl, const std::string& name, const pods::ArrayShape& shape,
                 const sc_core::sc_time& period)
    : rtl_(rtl),
      name_(name),
      shape_(shape),
      half_period_(period / 2),
      model_(shape),
      tracker_(shape),
      in_(shape),
      model_pins_(shape),
      rtl_pins_(shape),
      ring_(kEdgesBefore, EdgePins{0, in_, model_pins_, rtl_pins_}) {}

void PodPair::step(const ArrayInputs& in, const RowLabel& label) {
    ++cycle_;
    pack(in, shape_, in_);
    clock_rtl(in);
    model_.step(in);
    tracker_.step(in, label);
    pack(model_.outputs(), shape_, model_pins_);
    compare(label);
    record();
}

// Inputs change with the falling edge; outputs are read before the next one.
void PodPair::clock_rtl(const ArrayInputs& in) {
    rtl_.drive(wires(in, in_));
    rtl_.clock(false);
    sc_core::wait(half_period_);
    rtl_.clock(true);
    sc_core::wait(half_period_);
    pods::RtlPodOutputs out;
    out.psum = rtl_pins_.psum.data();
    out.overflow = rtl_pins_.overflow.data();
    rtl_.sample(out);
    rtl_pins_.valid = out.valid;
    rtl_pins_.last = out.last;
    rtl_pins_.busy = out.busy;
    rtl_pins_.w_rows = out.w_rows;
}

void PodPair::compare(const RowLabel& label) {
    if (diverged()) {
        if (rtl_pins_.valid && !answered_) answered_ = cycle_;
    } else {
        if (model_pins_ == rtl_pins_) return;
        begin_divergence(label);
    }
    if (!seen_enough() && model_pins_.valid && rtl_pins_.valid) observe();
}

void PodPair::begin_divergence(const RowLabel& label) {
    const auto text = [](std::int64_t number) { return number < 0 ? "-" : std::to_string(number); };
    Divergence& d = divergence_.emplace();
    const RowLabel& at = model_pins_.valid ? tracker_.leaving().label : label;
    d.cycle = cycle_;
    d.pod = name_;
    d.slice = text(at.slice);
    d.tile_op = text(at.tile_op);
    d.row = text(at.row);
    if (!at.layer.empty()) d.layer = at.layer;
    if (!at.phase.empty()) d.phase = at.phase;
    name_first_difference(model_pins_, rtl_pins_, shape_, d);
    for (std::uint64_t c = cycle_; c < cycle_ + kEdgesBefore; ++c)
        if (const auto& edge = ring_[c % kEdgesBefore]; edge.cycle > 0) edges_.push_back(edge);
}

bool PodPair::seen_enough() const {
    constexpr std::size_t rows = 64;
    constexpr std::uint64_t edges = 500;
    if (!diverged() || cycle_ < divergence_->cycle + kEdgesAfter) return false;
    return observations_.size() >= rows || cycle_ >= divergence_->cycle + edges;
}

void PodPair::record() {
    if (!diverged()) {
        EdgePins& edge = ring_[cycle_ % kEdgesBefore];
        edge.cycle = cycle_;
        edge.in = in_;
        edge.model = model_pins_;
        edge.rtl = rtl_pins_;
    } else if (cycle_ <= divergence_->cycle + kEdgesAfter) {
        edges_.push_back({cycle_, in_, model_pins_, rtl_pins_});
    }
}

void PodPair::observe() {
    const TrackedRow& row = tracker_.leaving();
    Observation o{row,
                  tracker_.leaving(-1),
                  tracker_.leaving(1),
                  tracker_.weights(row.weights),
                  {},
                  tracker_.weights_after(row.weights),
                  {},
                  {}};
    if (row.weights > 0) o.previous_weights = tracker_.weights(row.weights - 1);
    o.previous_weights.resize(o.weights.size());
    for (std::uint32_t j = 0; j < shape_.cols; ++j) {
        o.psum.push_back(psum_lane(rtl_pins_.psum, j, shape_.psum_bits));
        o.overflow.push_back(bit_lane(rtl_pins_.overflow, j));
    }
    observations_.push_back(std::move(o));
}

void PodPair::await_answer(std::uint64_t timeout_cycles) {
    Divergence& d = *divergence_;
    if (d.signal != "out_valid" || d.got != "0") return;
    while (!answered_ && cycle_ < d.cycle + timeout_cycles) step(ArrayInputs{}, {});
    d.note = answered_ ? "the next results come at cycle " + std::to_string(*answered_)
                       : "no results come within " + std::to_string(cycle_ - d.cycle) + " cycles";
}

Divergence PodPair::explain(std::uint64_t timeout_cycles) {
    Divergence& d = *divergence_;
    await_answer(timeout_cycles);
    const bool results = d.signal.rfind("out_row", 0) == 0 || d.signal.rfind("out_overflow", 0) == 0;
    if (results) {
        const Place place = localize(shape_, observations_);
        d.place = place.where;
        d.note = place.what;
    }
    return d;
}

void PodPair::write_divergence(const std::filesystem::path& folder) const {
    host::write_divergence(folder, shape_, edges_, *divergence_);
}

}  // namespace sosa::host
