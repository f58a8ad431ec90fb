#include "hw/scheduler.h"

#include <algorithm>

namespace sosa::hw {

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
    if (!first) close_slice(static_cast<std::uint32_t>(cycles_since(run_end_)));
    close_account();  // a run that is stopped here adds up, too
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

void Scheduler::close_slice(std::uint32_t stall_cycles) {
    facts_.stall_cycles = stall_cycles;
    account_.slice(facts_);
    slice_facts_.push_back(facts_);
    const std::uint64_t lasted = std::uint64_t{facts_.run_cycles} + stall_cycles;
    for (const auto& op : queue_[0].ops) occupied_cycles_[op.pod] += lasted;
}

void Scheduler::close_account() {
    counters_.cycles = cycles_since(doorbell_at_);
    counters_.loss = account_.loss();
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
    facts_.post_ops = slice.header.post_ops;
    facts_.vector_ops = slice.header.vector_ops;
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
        if (!shape_.weights_at_once)
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
    close_slice(0);
    account_.drain(cycles_since(run_end_));
    close_account();
    if (to_activations_) to_activations_->end_run();
    enter(State::done);
}

void Scheduler::fail(const std::string& text) {
    fault_text_ = text;
    enter(State::fault);
}

}  // namespace sosa::hw
