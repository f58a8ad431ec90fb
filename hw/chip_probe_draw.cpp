// What the waveform shows of networks, banks, pods and power.
#include "hw/chip_probe.h"

namespace sosa::hw {

namespace {

std::string numbered(const std::string& base, std::size_t i) { return base + std::to_string(i); }

}  // namespace

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
    constexpr const char* legend = "W over the window that has just ended";
    for (const char* component : {"pods", "sram", "noc"})
        power_.push_back(vcd_.real("power", component, legend));
    power_.push_back(vcd_.real("power", "total", "all whose energy is known"));
}

void ChipProbe::declare_tiles() {
    for (std::size_t i = 0; i < accelerator_.pods().size(); ++i) {
        const std::string scope = numbered("pods.pod", i);
        tiles_.push_back(vcd_.wanted(scope)
                             ? vcd_.integer(scope, "tile", 32, "index of the tile op in the program")
                             : Signal{});
    }
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

// Routes taken so far. Every route crosses every stage.
std::uint64_t ChipProbe::claims(const noc::Network& network) {
    const noc::StageCounters last = network.stages().back();
    return last.links_claimed + last.multicast_shares;
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

// Ops stand in the program by slice, then by pod.
void ChipProbe::draw_tiles() {
    std::uint64_t index = accelerator_.scheduler().counters().tile_ops;
    for (const auto& op : accelerator_.scheduler().running().ops)
        vcd_.set(tiles_[op.pod], index++ & 0xffffffff);
}

// Of the slice that has just ended.
void ChipProbe::draw_utilization() {
    const auto& facts = accelerator_.scheduler().slice_facts();
    if (facts.empty()) return;
    const Config& config = accelerator_.config();
    const double cycles = static_cast<double>(facts.back().run_cycles) + facts.back().stall_cycles;
    const double pes = static_cast<double>(config.pods.count) * config.pods.rows * config.pods.cols;
    if (cycles > 0)
        vcd_.set_real(utilization_, 100 * static_cast<double>(facts.back().macs) / (cycles * pes));
}

void ChipProbe::draw_power(const PowerSample& watts) {
    if (power_.empty() || over_) return;
    vcd_.time(sc_core::sc_time_stamp().value());
    const double values[] = {watts.pods, watts.sram, watts.noc, watts.total};
    for (std::size_t i = 0; i < power_.size(); ++i) vcd_.set_real(power_[i], values[i]);
}

}  // namespace sosa::hw
