// The scheduler as the register file, its units and observers see it.
#include <algorithm>

#include "hw/scheduler.h"
#include "traces/error.h"

namespace sosa::hw {

struct Scheduler::Probe {
    traces::Vcd& vcd;
    traces::Vcd::Signal state, slice, ops, posts;
};

// The running slice has left the window.
std::uint32_t Scheduler::space() const {
    const std::size_t waiting = queue_.size() - (slice_.value == 0xffffffff ? 0 : 1);
    return static_cast<std::uint32_t>(shape_.window_slices - waiting);
}

void Scheduler::push(SliceProgram slice) {
    SOSA_CHECK(slice.header.slice == pushed_ && space() > 0, "slice " + std::to_string(slice.header.slice));
    const bool waited_for = state_ == State::stall && !is_written(1);
    queue_.push_back(std::move(slice));
    ++pushed_;
    if (waited_for) program_since_ = sc_core::sc_time_stamp();
    wake_.notify(sc_core::SC_ZERO_TIME);
}

SliceProgram Scheduler::recycled() {
    if (spare_.empty()) return {};
    SliceProgram slice = std::move(spare_.back());
    spare_.pop_back();
    return slice;
}

void Scheduler::doorbell() {
    if (state_ != State::idle) return;
    doorbell_at_ = phase_start_ = sc_core::sc_time_stamp();
    enter(State::fetch);
    wake_.notify(sc_core::SC_ZERO_TIME);
}

void Scheduler::arrive(sc_core::sc_time tail) {
    drain_end_ = std::max(drain_end_, sc_core::sc_time_stamp() + tail);
    last_arrival_ = sc_core::sc_delta_count();
    if (--pending_ == 0) wake_.notify(sc_core::SC_ZERO_TIME);
}

const sc_core::sc_event& Scheduler::after(std::uint32_t cycles) {
    if (cycles != last_duration_ || !last_timer_) {
        auto& timer = timers_[cycles];
        if (!timer) timer = std::make_unique<Timer>();
        last_timer_ = timer.get();
        last_duration_ = cycles;
    }
    const auto wait = sc_core::sc_time::from_value(cycle_.value() * cycles);
    if (const auto due = sc_core::sc_time_stamp() + wait; last_timer_->due != due) {
        SOSA_CHECK(last_timer_->due <= sc_core::sc_time_stamp(),
                   "units asked for a timer at different times of a slice");
        last_timer_->due = due;
        last_timer_->event.notify(wait);
    }
    return last_timer_->event;
}

std::string Scheduler::waiting_for() const {
    if (state_ == State::fault) return fault_text_;
    if (state_ != State::fetch && state_ != State::stall) return "units that did not finish";
    const std::size_t place = state_ == State::fetch ? 0 : 1;
    const auto next = std::to_string(slice_.value + 1);
    if (place >= queue_.size()) return "the host to write slice " + next;
    const std::string dma_waits = dma->waiting_for();
    return "the tiles of slice " + next +
           (dma_waits.empty() ? ", which were never asked for" : ": " + dma_waits);
}

void Scheduler::trace(traces::Vcd& vcd) {
    if (!vcd.wanted("scheduler")) return;
    probe_ = std::make_shared<Probe>(
        Probe{vcd, vcd.integer("scheduler", "state", 3, state_legend), vcd.integer("scheduler", "slice", 32),
              vcd.integer("scheduler", "tile_ops", 16), vcd.integer("scheduler", "post_ops", 16)});
    vcd.set(probe_->state, static_cast<std::uint64_t>(State::idle));
}

void Scheduler::enter(State state) {
    if (state_ == State::stall) {
        const auto for_program =
            program_since_ > run_end_ ? program_since_ - run_end_ : sc_core::SC_ZERO_TIME;
        const std::uint64_t program_cycles = for_program.value() / cycle_.value();
        counters_.program_stall_cycles += program_cycles;
        counters_.memory_stall_cycles += cycles_since(run_end_) - program_cycles;
    }
    state_ = state;
    if (state == State::done || state == State::fault) changed_.notify(sc_core::SC_ZERO_TIME);
    if (!probe_) return;
    probe_->vcd.time(sc_core::sc_time_stamp().value());
    probe_->vcd.set(probe_->state, static_cast<std::uint64_t>(state));
    if (state != State::run) return;
    probe_->vcd.set(probe_->slice, slice_.value);
    probe_->vcd.set(probe_->ops, queue_[0].header.tile_ops);
    probe_->vcd.set(probe_->posts, queue_[0].header.post_ops);
}

}  // namespace sosa::hw
