#include "hw/chip_probe.h"

#include <algorithm>
#include <utility>

namespace sosa::hw {

namespace {

constexpr std::uint32_t before_the_first = 0xffffffff;
constexpr std::uint64_t forever = std::numeric_limits<std::uint64_t>::max();

std::string numbered(const std::string& base, std::size_t i) { return base + std::to_string(i); }

// Routes taken so far. Every route crosses every stage.
std::uint64_t claims(const noc::Network& network) {
    const noc::StageCounters last = network.stages().back();
    return last.links_claimed + last.multicast_shares;
}

}  // namespace

ChipProbe::ChipProbe(sc_core::sc_module_name name, const Accelerator& accelerator, traces::EnergyTable table,
                     traces::Vcd& vcd, Window window)
    : sc_module(name),
      accelerator_(accelerator),
      table_(std::move(table)),
      vcd_(vcd),
      window_(window),
      energy_known_(window.begin == 0) {
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
    SC_HAS_PROCESS(ChipProbe);
    SC_METHOD(wake);
    sensitive << accelerator.scheduler().slice_started() << accelerator.dma().progress() << next_;
}

// ---- what is shown

void ChipProbe::declare_networks() {
    const noc::Topology& topology = accelerator_.topology();
    for (std::size_t n = 0; n < net_count; ++n) {
        const std::string scope = std::string("noc_") + kNetworkNames[n];
        if (!vcd_.wanted(scope)) continue;
        NetworkWave wave{accelerator_.networks()[n].get(), n == net_pout || n == net_post_out, {}};
        if (topology.has_switches()) {
            for (std::uint32_t s = 0; s < topology.stages(); ++s)
                for (std::uint32_t i = 0; i < topology.lines() / 2; ++i)
                    wave.signals.push_back(
                        vcd_.integer(numbered(scope + ".stage", s + 1), numbered("sw", i), 4));
        } else {
            for (std::uint32_t i = 0; i < topology.lines(); ++i)
                wave.signals.push_back(vcd_.integer(scope, numbered("line", i), 16, "65535=none"));
        }
        networks_.push_back(std::move(wave));
    }
}

void ChipProbe::declare_banks(const char* kind, const std::deque<Bank>& banks) {
    if (!vcd_.wanted("banks")) return;
    for (std::size_t i = 0; i < banks.size(); ++i) {
        const auto signal =
            vcd_.integer(numbered(std::string("banks.") + kind + "bank", i), "used_bytes", 32);
        if (signal.active()) banks_.push_back({&banks[i].tags(), signal});
    }
}

void ChipProbe::declare_power() {
    if (!vcd_.wanted("power")) return;
    power_ = {{"pods", vcd_.real("power", "pods")},
              {"banks", vcd_.real("power", "sram")},
              {"noc_", vcd_.real("power", "noc")},
              {"", vcd_.real("power", "total", "all whose energy is known")}};
}

std::uint64_t ChipProbe::setting(const noc::Network& network, std::uint32_t stage,
                                 std::uint32_t index) const {
    const std::uint32_t bit =
        accelerator_.topology().stages() - 1 - stage;  // of the line labels, which it switches
    const std::uint32_t low = (1u << bit) - 1;
    const std::uint32_t base = (index & ~low) << 1 | (index & low);
    std::uint64_t setting = 0;
    for (std::uint32_t output = 0; output < 2; ++output)
        if (const noc::LinkSlot* slot = network.holder(stage, base | output << bit))
            setting |= std::uint64_t{2 | (slot->source().value >> bit & 1)} << 2 * output;
    return setting;
}

void ChipProbe::draw(NetworkWave& wave) {
    const noc::Topology& topology = accelerator_.topology();
    wave.claims = claims(*wave.network);
    for (std::uint32_t i = 0; i < wave.signals.size(); ++i) {
        if (!wave.signals[i].active()) continue;
        if (topology.has_switches()) {
            const std::uint32_t switches = topology.lines() / 2;
            vcd_.set(wave.signals[i], setting(*wave.network, i / switches, i % switches));
        } else {
            const noc::LinkSlot* slot = wave.network->holder(topology.stages() - 1, i);
            vcd_.set(wave.signals[i], slot ? slot->source().value : 0xffff);
        }
    }
}

void ChipProbe::draw_power() {
    const auto now = sc_core::sc_time_stamp();
    if (power_.empty() || (energy_known_ && now == energy_at_)) return;
    const auto rows = accelerator_.energy(table_);
    for (PowerWave& wave : power_) {
        double pj = 0;
        for (const auto& row : rows)
            if (row.pj_each && row.component.rfind(wave.rows, 0) == 0) pj += row.count * *row.pj_each;
        const double seconds = (now - energy_at_).to_seconds();
        if (energy_known_) vcd_.set_real(wave.watts, (pj - wave.pj) * 1e-12 / seconds);
        wave.pj = pj;
    }
    energy_at_ = now;
    energy_known_ = true;
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
    if (at >= window_.end) {
        vcd_.close_window();
        over_ = true;
    } else if (!open_ && at >= window_.begin) {
        vcd_.open_window();
        open_ = true;
    }
}

// At the end of a delta cycle. In the one in which a slice begins, the scheduler has released the routes of
// the slice before and the units have not acted yet.
void ChipProbe::look() {
    if (!near_window()) return;
    vcd_.time(sc_core::sc_time_stamp().value());
    const SliceId slice = accelerator_.scheduler().slice();
    if (!std::exchange(watching_, true)) slice_ = slice;
    if (slice != slice_) slice_begins();
    slice_ = slice;
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
    for (auto& wave : networks_) {
        if (wave.results && !wave.claimed) draw(wave);
        wave.claimed = false;
    }
    draw_power();
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
    draw_power();
}

}  // namespace sosa::hw
