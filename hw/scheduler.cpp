#include "hw/scheduler.h"

#include <algorithm>

#include "traces/error.h"

namespace sosa::hw {

struct Scheduler::Probe {
    traces::Vcd& vcd;
    traces::Vcd::Signal state, slice, ops, posts;
};

Scheduler::Scheduler(sc_core::sc_module_name name, const Shape& shape, sc_core::sc_time cycle)
    : sc_module(name),
      pods("pods", shape.pods),
      posts("posts", shape.pods),
      p_banks("p_banks", shape.pods),
      networks("networks", 6),
      shape_(shape),
      cycle_(cycle),
      round_trip_(cycle * shape.round_trip_cycles),
      account_(shape.pods, shape.pes_per_pod),
      occupied_cycles_(shape.pods, 0),
      groups_((shape.pods + group_pods - 1) / group_pods) {
    control.bind(*this);
    slice_control.bind(*this);
}

void Scheduler::end_of_elaboration() {
    to_pods_ = noc::resolve<pods::PodCommands>(pods);
    for (auto& port : p_banks) p_stores_.push_back(&port->tags());
    if (activations.size() > 0) to_activations_ = activations.operator->();
    SC_HAS_PROCESS(Scheduler);
    SC_METHOD(step);
    sensitive << wake_ << timer_ << dma->progress();
    dont_initialize();
}

// ---- what the register file asks for

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

// ---- the run

std::uint64_t Scheduler::cycles_since(sc_core::sc_time t) const {
    return (sc_core::sc_time_stamp() - t).value() / cycle_.value();
}

const SliceProgram* Scheduler::next_program() const {
    const std::size_t place = slice_.value == 0xffffffff ? 0 : 1;
    return place < queue_.size() ? &queue_[place] : nullptr;
}

// The slice at that place of the queue is known, and the one after it, whose weights it loads.
bool Scheduler::is_written(std::size_t place) const {
    if (place >= queue_.size()) return false;
    return (queue_[place].header.flags & SliceHeader::last) || place + 1 < queue_.size();
}

bool Scheduler::is_ready(std::size_t place) const {
    return is_written(place) && queue_[place].header.slice < dma->resident_before().value &&
           !dma->demands_pending();
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

void Scheduler::step() {
    const auto now = sc_core::sc_time_stamp();
    switch (state_) {
        case State::fetch:
            if (is_ready(0)) begin_preload();
            break;
        case State::preload:
            if (pending_ > 0) break;
            account_.weight_load(cycles_since(phase_start_));
            begin_slice();
            break;
        case State::run:
            // Not in the delta cycle of the last arrival: an observer sees the slice with all its results on
            // their way.
            if (pending_ > 0 || now < earliest_end_ || last_arrival_ == sc_core::sc_delta_count()) break;
            end_slice();
            break;
        case State::stall:
            if (is_ready(1)) begin_slice();
            break;
        case State::drain:
            if (now >= drain_end_) finish();
            break;
        case State::idle:
        case State::done:
        case State::fault:
            break;
    }
}

// Before slice 0 its weights are loaded.
void Scheduler::begin_preload() {
    const std::uint64_t waited = cycles_since(phase_start_);
    account_.memory_wait(waited);
    counters_.memory_stall_cycles += waited;
    phase_start_ = sc_core::sc_time_stamp();
    enter(State::preload);
    w_network->begin_slice();
    load_next(queue_[0]);
    slice_started_.notify(sc_core::SC_ZERO_TIME);
    wake_pods();
    if (pending_ == 0) wake_.notify(sc_core::SC_ZERO_TIME);
}

void Scheduler::begin_slice() {
    // (1) close the books on the slice before
    const bool first = slice_.value == 0xffffffff;
    if (!first) {
        facts_.stall_cycles = static_cast<std::uint32_t>(cycles_since(run_end_));
        account_.slice(facts_);
        const std::uint64_t lasted = facts_.run_cycles + facts_.stall_cycles;
        for (const auto& op : queue_[0].ops) occupied_cycles_[op.pod] += lasted;
    }
    counters_.cycles = cycles_since(doorbell_at_);  // a run that is stopped here adds up, too
    counters_.loss = account_.loss();
    // (2) weights that came too late to be loaded during the slice before were forwarded row by row as they
    // arrived
    const SliceProgram& slice = queue_[first ? 0 : 1];
    if (weights_late_) take_late_weights(slice);
    if (!first) {
        spare_.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    const SliceProgram& now = queue_[0];
    // (3) release the routes of the slice before
    for (auto& network : networks) network->begin_slice();
    w_network->begin_slice();
    // (4) fix the slice: DMA may look further ahead, result tiles get their place
    slice_ = SliceId{now.header.slice};
    phase_start_ = sc_core::sc_time_stamp();
    dma->slice_started(slice_);
    if (!allocate_results(now)) return;
    if (to_activations_) to_activations_->begin_slice(now);
    // (5) give the units their work, and the pods the weights of the next slice
    enter(State::run);
    command_units(now);
    // (6) go
    earliest_end_ = phase_start_ + round_trip_;
    timer_.notify(round_trip_);
    slice_started_.notify(sc_core::SC_ZERO_TIME);
    wake_pods();
    const bool posts_work = now.header.post_ops + now.header.vector_ops > 0;
    if (posts_work || posts_worked_) posts_started_.notify(sc_core::SC_ZERO_TIME);
    posts_worked_ = posts_work;
    changed_.notify(sc_core::SC_ZERO_TIME);
}

void Scheduler::wake_pods() {
    for (Group& group : groups_) {
        if (group.works || group.worked) group.started.notify(sc_core::SC_ZERO_TIME);
        group.worked = group.works;
        group.works = false;
    }
}

void Scheduler::take_late_weights(const SliceProgram& slice) {
    w_network->begin_slice();
    for (const auto& op : slice.ops) to_pods_[op.pod]->take_weights(op);
}

bool Scheduler::allocate_results(const SliceProgram& slice) {
    for (const auto& op : slice.ops)
        if (!allocate(op.pout, op.rows * op.cols * shape_.psum_bytes)) return false;
    for (const auto& op : slice.posts)
        if (!allocate(op.out, op.rows * op.cols * shape_.psum_bytes)) return false;
    return true;
}

bool Scheduler::allocate(const pods::TileRef& tile, std::uint32_t bytes) {
    TileStore& bank = *p_stores_[tile.bank];
    if (bank.hold(TileTag{tile.tag}, slice_))
        return true;  // the second post-op of a sum writes the same tile
    evicted_.clear();
    const bool room = bank.reserve(TileTag{tile.tag}, bytes, slice_, slice_, evicted_);
    if (!evicted_.empty()) dma->spill(tile.bank, evicted_);
    if (room) {
        bank.expect_reads(TileTag{tile.tag}, tile.reads);
        return true;
    }
    fail(p_banks[tile.bank]->describe_bank() + " has no room for a result tile of " + std::to_string(bytes) +
         " bytes in slice " + std::to_string(slice_.value) + ": the tiles it holds are used in this slice");
    return false;
}

void Scheduler::command_units(const SliceProgram& slice) {
    facts_ = SliceFacts{};
    for (std::size_t i = 0; i < slice.ops.size(); ++i) {
        const auto& op = slice.ops[i];
        if (i + 4 < slice.ops.size()) __builtin_prefetch(to_pods_[slice.ops[i + 4].pod], 1);  // pods are cold
        to_pods_[op.pod]->start(op);
        groups_[op.pod / group_pods].works = true;
        facts_.longest_rows = std::max(facts_.longest_rows, op.rows);
        facts_.macs += std::uint64_t{op.rows} * op.depth * op.cols;
    }
    pending_ = static_cast<std::uint32_t>(slice.ops.size());
    for (const auto& op : slice.posts) {
        posts[op.unit]->start(op);
        facts_.post_rows = std::max(facts_.post_rows, op.rows);
    }
    for (const auto& op : slice.vectors) {
        posts[op.unit]->start(op);
        facts_.post_rows = std::max(facts_.post_rows, op.cycles);
    }
    facts_.ops = slice.header.tile_ops;
    facts_.waiting_ops = slice.header.waiting_ops;
    facts_.more_to_come = (slice.header.flags & SliceHeader::more_to_come) != 0;
    if (const SliceProgram* next = next_program()) load_next(*next);
    pending_ += slice.header.post_ops + slice.header.vector_ops;
}

// Pods that have an op in this slice are pending already.
void Scheduler::load_next(const SliceProgram& next) {
    if (to_activations_) to_activations_->load_slice(next);
    const bool resident = next.header.slice < dma->resident_before().value;
    weights_late_ = !resident;
    const bool preload = slice_.value == 0xffffffff;
    auto running = queue_[0].ops.begin();
    const auto end = queue_[0].ops.end();
    for (const auto& op : next.ops) {
        to_pods_[op.pod]->load(op, resident);
        groups_[op.pod / group_pods].works = true;
        facts_.weight_rows = std::max<std::uint32_t>(facts_.weight_rows, op.depth);
        while (!preload && running != end && running->pod < op.pod) ++running;
        if (preload || running == end || running->pod != op.pod) ++pending_;
    }
}

void Scheduler::end_slice() {
    run_end_ = sc_core::sc_time_stamp();
    facts_.run_cycles = static_cast<std::uint32_t>(cycles_since(phase_start_));
    const SliceProgram& slice = queue_[0];
    counters_.tile_ops += slice.ops.size();
    counters_.post_ops += slice.posts.size();
    counters_.vector_ops += slice.vectors.size();
    counters_.macs += facts_.macs;
    ++counters_.slices;
    if (to_activations_) to_activations_->end_slice(slice);
    if (slice.header.flags & SliceHeader::last) {
        account_.slice(facts_);
        for (const auto& op : slice.ops) occupied_cycles_[op.pod] += facts_.run_cycles;
        enter(State::drain);
        timer_.notify(std::max(drain_end_, run_end_) -
                      run_end_);  // a last slice without ops has nothing to drain
        return;
    }
    if (const SliceProgram* next = next_program()) demand_operands(*next);
    if (is_ready(1)) {
        begin_slice();
    } else {
        enter(State::stall);
    }
}

// Only now all results are in: partial sums that had to leave their bank are brought back before they are
// read.
void Scheduler::demand_operands(const SliceProgram& next) {
    for (const auto& op : next.ops)
        if (op.pin.exists()) demand_operand(op.pin, op.rows * op.cols * shape_.psum_bytes);
    for (const auto& op : next.posts) {
        demand_operand(op.a, op.rows * op.cols * shape_.psum_bytes);
        demand_operand(op.b, op.rows * op.cols * shape_.psum_bytes);
    }
}

void Scheduler::demand_operand(const pods::TileRef& tile, std::uint32_t bytes) {
    // Held, so that neither results nor further operands of the next slice push it out.
    if (!p_stores_[tile.bank]->hold(TileTag{tile.tag}, SliceId{slice_.value + 1}))
        dma->demand(tile.bank, TileTag{tile.tag}, bytes, SliceId{slice_.value + 1});
}

void Scheduler::finish() {
    account_.drain(cycles_since(run_end_));
    counters_.cycles = cycles_since(doorbell_at_);
    counters_.loss = account_.loss();
    if (to_activations_) to_activations_->end_run();
    enter(State::done);
}

void Scheduler::fail(const std::string& text) {
    fault_text_ = text;
    enter(State::fault);
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
