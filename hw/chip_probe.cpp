#include "hw/chip_probe.h"

#include <algorithm>
#include <utility>

namespace sosa::hw {

namespace {

constexpr std::uint32_t before_the_first = 0xffffffff;
constexpr std::uint64_t forever = std::numeric_limits<std::uint64_t>::max();

}  // namespace

ChipProbe::ChipProbe(sc_core::sc_module_name name, const Accelerator& accelerator, traces::Vcd& vcd,
                     const Capture& capture)
    : sc_module(name),
      accelerator_(accelerator),
      vcd_(vcd),
      window_(capture.window),
      trigger_(capture.trigger) {
    declare_networks();
    declare_banks("x", accelerator.banks(BankKind::x));
    declare_banks("w", accelerator.banks(BankKind::w));
    declare_banks("p", accelerator.banks(BankKind::p));
    fetches_ = vcd.integer("dma", "fetches", 32);
    skipped_ = vcd.integer("dma", "skipped", 32);
    demands_ = vcd.integer("dma", "demands", 32);
    spills_ = vcd.integer("dma", "spills", 32);
    resident_before_ = vcd.integer("dma", "resident_before", 32);
    declare_power();
    declare_tiles();
    utilization_ = vcd.real("scheduler", "utilization_pct", "of all PEs, over the slice that has just ended");
    SC_HAS_PROCESS(ChipProbe);
    SC_METHOD(wake);
    sensitive << accelerator.scheduler().slice_started() << accelerator.dma().progress() << next_;
}

// ---- when it is looked at

void ChipProbe::start_of_simulation() {
    move_window();
    const std::uint64_t cycle = accelerator_.cycle().value();
    if (window_.unit == Window::cycles && window_.begin > 0 && window_.begin < forever / cycle)
        next_.notify(sc_core::sc_time::from_value(window_.begin * cycle));
}

// In the window's unit.
std::uint64_t ChipProbe::position() const {
    if (window_.unit == Window::cycles)
        return sc_core::sc_time_stamp().value() / accelerator_.cycle().value();
    const std::uint32_t slice = accelerator_.scheduler().slice().value;
    return slice == before_the_first ? 0 : slice;
}

// From the slice before the window on, so that its beginning is seen.
bool ChipProbe::near_window() const {
    if (over_ || vcd_.limit_reached()) return false;
    return position() + (window_.unit == Window::slices ? 1 : 0) >= window_.begin;
}

void ChipProbe::move_window() {
    const std::uint64_t at = position();
    if (at >= window_.end || slices_begun_ > last_after_trigger_) {
        if (open_) vcd_.close_window();
        over_ = true;
    } else if (!open_ && at >= window_.begin) {
        vcd_.open_window();
        open_ = true;
    }
}

// At the end of a delta cycle. In the one in which a slice begins, the scheduler has released the routes of
// the slice before and the units have not acted yet.
void ChipProbe::look() {
    if (over_ || vcd_.limit_reached()) return;
    const SliceId before = std::exchange(slice_, accelerator_.scheduler().slice());
    const bool new_slice = slice_ != before && slice_.value != before_the_first;
    if (new_slice) {
        vcd_.time(sc_core::sc_time_stamp().value());
        draw_utilization();
        draw_tiles();
    }
    if (!near_window()) return;
    vcd_.time(sc_core::sc_time_stamp().value());
    if (std::exchange(watching_, true) && new_slice) slice_begins();
    move_window();
    if (over_) return;
    look_at_results();
    // Once more when nothing is due: a signal that changes in this update phase wakes processes in the next
    // delta cycle.
    const bool due = sc_core::sc_pending_activity_at_current_time();
    if (due || !quiet_) {
        quiet_ = !due;
        next_.notify(sc_core::SC_ZERO_TIME);
    } else {
        quiet_ = false;
        settle();
        sleep();
    }
}

void ChipProbe::slice_begins() {
    slice_began_ = true;
    ++slices_begun_;
    if (open_) vcd_.mark();
    pull_trigger();
    for (auto& wave : networks_) {
        if (wave.results && !wave.claimed) draw(wave);
        wave.claimed = false;
    }
}

bool ChipProbe::trigger_due() const {
    if (trigger_.kind == Trigger::stall) {
        const auto& facts = accelerator_.scheduler().slice_facts();
        return !facts.empty() && facts.back().stall_cycles > trigger_.stall_cycles;
    }
    const auto overflowed = [](const auto& unit) { return unit.counters().overflows > 0; };
    return std::any_of(accelerator_.pods().begin(), accelerator_.pods().end(), overflowed) ||
           std::any_of(accelerator_.posts().begin(), accelerator_.posts().end(), overflowed);
}

// At the start of a slice: of what happened in the slice before.
void ChipProbe::pull_trigger() {
    if (trigger_.kind == Trigger::none || triggered_ || !open_ || !trigger_due()) return;
    triggered_ = true;
    vcd_.release();
    last_after_trigger_ = slices_begun_ + trigger_.slices_after - 1;
}

// Results may be claimed in the last delta cycle before all routes are released.
void ChipProbe::look_at_results() {
    for (auto& wave : networks_) {
        if (!wave.results || wave.claims == claims(*wave.network)) continue;
        draw(wave);
        wave.claimed = true;
    }
}

// Everything has happened at this time.
void ChipProbe::settle() {
    for (auto& wave : networks_)
        if (!wave.results && (slice_began_ || wave.claims != claims(*wave.network))) draw(wave);
    slice_began_ = false;
    const DmaCounters& dma = accelerator_.dma().counters();
    const auto low = [](std::uint64_t count) { return count & 0xffffffff; };
    vcd_.set(fetches_, low(dma.fetches));
    vcd_.set(skipped_, low(dma.skipped));
    vcd_.set(demands_, low(dma.demands));
    vcd_.set(spills_, low(dma.spills));
    vcd_.set(resident_before_, accelerator_.dma().resident_before().value);
    for (const auto& bank : banks_) vcd_.set(bank.used_bytes, low(bank.store->used_bytes()));
}

// Until the next thing happens, if anything does: a probe that woke on its own would keep a starved run
// going.
void ChipProbe::sleep() {
    std::uint64_t wait = forever;
    if (sc_core::sc_pending_activity()) wait = sc_core::sc_time_to_pending_activity().value();
    const std::uint64_t cycle = accelerator_.cycle().value();
    if (window_.unit == Window::cycles && window_.end < forever / cycle)
        wait = std::min<std::uint64_t>(wait, window_.end * cycle - sc_core::sc_time_stamp().value());
    if (wait != forever) next_.notify(sc_core::sc_time::from_value(wait));
}

void ChipProbe::end_of_simulation() {
    if (!open_ || over_ || vcd_.limit_reached()) return;
    vcd_.time(sc_core::sc_time_stamp().value());
    look_at_results();
    settle();
    draw_utilization();
}

}  // namespace sosa::hw
