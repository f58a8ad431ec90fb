#include "traces/vcd.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "traces/error.h"

// Signals over time. Declaring them and the header are in vcd_header.cpp, the bytes in vcd_write.cpp, the
// ring in vcd_ring.cpp.
namespace sosa::traces {

void Vcd::set_real(Signal signal, double value) {
    if (!signal.active()) return;
    std::uint64_t bits;
    static_assert(sizeof bits == sizeof value);
    std::memcpy(&bits, &value, sizeof bits);
    change(signal.index_, bits, true);
}

void Vcd::change(std::uint32_t index, std::uint64_t value, bool is_real) {
    Slot& slot = slots_[index];
    SOSA_CHECK(slot.is_real == is_real, "the trace signal " + std::string(slot.id, slot.id_length) +
                                            " is set as another kind than it was declared");
    SOSA_CHECK((value & ~slot.mask) == 0, std::to_string(value) + " is set on a trace signal of " +
                                              std::to_string(slot.width) + " bits");
    if (slot.known && slot.value == value) return;
    slot.value = value;
    slot.known = true;
    if (!open_ || slot.changed) return;
    slot.changed = true;
    changed_.push_back(index);
}

void Vcd::change_later(std::uint32_t index, std::uint64_t ps, std::uint64_t value) {
    SOSA_CHECK(ps >= now_, "at " + std::to_string(now_) + " ps for " + std::to_string(ps) + " ps");
    if (ps == now_) return change(index, value, slots_[index].is_real);
    later_.push_back({ps, later_count_++, value, index});
    std::push_heap(later_.begin(), later_.end());
}

void Vcd::advance(std::uint64_t ps) {
    SOSA_CHECK(started_, "the trace's time is set before start()");
    SOSA_CHECK(ps > now_, "from " + std::to_string(now_) + " ps to " + std::to_string(ps) + " ps");
    while (!later_.empty() && later_.front().ps <= ps) {
        const Later due = later_.front();
        std::pop_heap(later_.begin(), later_.end());
        later_.pop_back();
        move_to(due.ps);
        change(due.index, due.value, slots_[due.index].is_real);
    }
    move_to(ps);
}

void Vcd::move_to(std::uint64_t ps) {
    if (ps == now_) return;
    write_step();
    now_ = ps;
}

void Vcd::open_window() {
    SOSA_CHECK(started_, "the trace's window is opened before start()");
    if (open_ || ended_) return;
    open_ = dump_due_ = true;
}

void Vcd::close_window() {
    if (!open_ || ended_) return;
    open_ = false;
    forget_changes();
    if (dump_due_) {  // opened at this same time: as if never
        dump_due_ = false;
        return;
    }
    if (ring_)
        ring_->add(VcdRing::closed, now_);
    else
        write_off();
}

void Vcd::finish(std::string_view reason) {
    if (!started_) {
        if (file_) file_->discard();
        return;
    }
    release();
    if (!ended_) write_step();
    if (!ended_) write_end(reason);
    if (file_) file_->commit();
    for (const auto& [listener, changes] : std::exchange(listeners_, {}))
        listener->finished(end_ps_, stopped_);
}

void Vcd::forget_changes() {
    for (const std::uint32_t index : changed_) slots_[index].changed = false;
    changed_.clear();
}

}  // namespace sosa::traces
