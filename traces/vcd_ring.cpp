#include "traces/vcd_ring.h"

#include <utility>

#include "traces/error.h"
#include "traces/vcd.h"

namespace sosa::traces {

void VcdRing::mark(std::uint64_t ps) {
    Segment next;
    if (segments_.size() == marks_) {
        fold(segments_.front());
        next = std::move(segments_.front());
        segments_.pop_front();
        next.records.clear();
    }
    next.begin = ps;
    segments_.push_back(std::move(next));
}

void VcdRing::fold(const Segment& segment) {
    for (const Record& record : segment.records) {
        if (record.what < closed)
            values_[record.what] = {record.value, true};
        else if (record.what != step)
            open_ = record.what == opened;
    }
}

void Vcd::mark() {
    if (ring_) ring_->mark(now_);
}

// All that was set at the time now_, into the ring.
void Vcd::record_step() {
    bool timed = dump_due_;
    if (dump_due_) ring_->add(VcdRing::opened, now_);
    const auto record = [&](std::uint32_t index) {
        Slot& slot = slots_[index];
        if (!slot.known || (slot.written_known && slot.written == slot.value)) return;
        if (!std::exchange(timed, true)) ring_->add(VcdRing::step, now_);
        ring_->add(index, slot.value);
        slot.written = slot.value;
        slot.written_known = true;
    };
    if (dump_due_)
        for (std::uint32_t i = 0; i < slots_.size(); ++i) record(i);
    else
        for (const std::uint32_t index : changed_) record(index);
}

// Goes back to the beginning of what is kept, does it all again without the ring, and takes up the present
// where it stood.
void Vcd::release() {
    if (!ring_) return;
    const std::unique_ptr<VcdRing> ring = std::move(ring_);
    const std::uint64_t now = now_;
    const bool open = open_, due = dump_due_;
    const std::vector<std::uint32_t> pending = changed_;
    forget_changes();
    std::vector<VcdRing::Value> present;
    for (const Slot& slot : slots_) present.push_back({slot.value, slot.known});

    replay(*ring);
    if (now_ < now) write_step();
    forget_changes();

    now_ = now;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        slots_[i].value = present[i].value;
        slots_[i].known = present[i].known;
    }
    if (ended_) return;
    open_ = open;
    dump_due_ = open && (due || dump_due_);
    changed_ = pending;
    for (const std::uint32_t index : pending) slots_[index].changed = true;
}

void Vcd::replay(const VcdRing& ring) {
    now_ = ring.segments().front().begin;
    open_ = dump_due_ = ring.begins_open();
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        slots_[i].value = ring.values()[i].value;
        slots_[i].known = ring.values()[i].known;
    }
    for (const auto& segment : ring.segments()) {
        for (const auto& [value, what] : segment.records) {
            if (what < VcdRing::closed) {
                change(what, value, slots_[what].is_real);
                continue;
            }
            move_to(value);
            if (what == VcdRing::opened) open_window();
            if (what == VcdRing::closed) close_window();
        }
    }
}

}  // namespace sosa::traces
