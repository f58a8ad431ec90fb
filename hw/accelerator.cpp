#include "hw/accelerator.h"

#include <cmath>
#include <string>

namespace sosa::hw {

namespace {

// Transfers under way: a few, and as many as the DRAM's latency hides.
std::uint32_t outstanding_transfers(const Config& c) {
    const double hidden =
        c.dram.latency_ns * 1e-9 * c.dram.bandwidth_bytes_per_s / (c.pods.rows * c.pods.cols);
    return 16 + static_cast<std::uint32_t>(std::min(std::ceil(hidden), 1e6));
}

noc::Structure structure(const Config& c) {
    return c.noc.structure == NocStructure::modules ? noc::Structure::modules : noc::Structure::fabric;
}

std::uint32_t largest_psum_tile(const Config& c) {
    const std::uint32_t rows = c.tiling.partition_rows ? c.tiling.partition_rows : noc::kMaxTileBytes / 64;
    return std::min(noc::kMaxTileBytes, rows * c.pods.cols * (c.pods.psum_bits / 8));
}

constexpr std::uint64_t kSpillAddress = std::uint64_t{1} << 40;  // above every tensor of a workload

std::string numbered(const char* base, std::uint32_t i) { return base + std::to_string(i); }

}  // namespace

Accelerator::Accelerator(sc_core::sc_module_name name, const Config& config)
    : sc_module(name),
      config_(config),
      cycle_(1.0 / config.clock_hz, sc_core::SC_SEC),
      topology_(config.noc.topology, config.pods.count),
      units_{cycle_, &transfers_, config.pods.psum_bits / 8},
      dma_("dma",
           {config.pods.count, config.dram.prefetch_slices, outstanding_transfers(config), kSpillAddress,
            largest_psum_tile(config)},
           cycle_, transfers_),
      scheduler_("scheduler",
                 {config.pods.count, config.pods.rows * config.pods.cols, units_.psum_bytes,
                  config.scheduler.program_window_slices, 2 * topology_.latency_cycles() + 2},
                 cycle_),
      register_file_("registers_file",
                     {config.pods.count, config.pods.rows, config.pods.cols, units_.psum_bytes}, cycle_,
                     [this] { return collect(); }) {
    const std::uint32_t n = config.pods.count;
    const auto size = config.banks.size_bytes;
    for (const char* network : kNetworkNames)
        networks_.push_back(
            noc::make_network((std::string("noc_") + network).c_str(), topology_, structure(config), cycle_));
    for (std::uint32_t i = 0; i < n; ++i) {
        pods_.emplace_back(numbered("pod", i).c_str(), i, units_);
        posts_.emplace_back(numbered("post", i).c_str(), i, units_);
        x_banks_.emplace_back(numbered("xbank", i).c_str(),
                              Bank::Shape{BankKind::x, i, 1, size, config.pods.rows}, cycle_);
        w_banks_.emplace_back(numbered("wbank", i).c_str(),
                              Bank::Shape{BankKind::w, i, 1, size, config.pods.cols}, cycle_);
        p_banks_.emplace_back(numbered("pbank", i).c_str(),
                              Bank::Shape{BankKind::p, i, 5, size, config.pods.cols * units_.psum_bytes},
                              cycle_);
    }

    // The way in, the way to memory.
    registers.bind(register_file_.port);
    register_file_.irq.bind(irq);
    register_file_.scheduler.bind(scheduler_.control);
    register_file_.dma.bind(dma_.control);
    dma_.dram.bind(dram);
    scheduler_.dma.bind(dma_.control);
    scheduler_.w_network.bind(networks_[net_w]->control);
    for (std::size_t i = 0, k = 0; i < net_count; ++i)
        if (i != net_w) scheduler_.networks[k++].bind(networks_[i]->control);

    for (std::uint32_t i = 0; i < n; ++i) {
        // X and W banks -> pods; P banks -> pods -> P banks; P banks -> post-processors -> P banks.
        pods_[i].x.bind(networks_[net_x]->unit_side[i]);
        pods_[i].w.bind(networks_[net_w]->unit_side[i]);
        pods_[i].pin.bind(networks_[net_pin]->unit_side[i]);
        pods_[i].pout.bind(networks_[net_pout]->unit_side[i]);
        posts_[i].a.bind(networks_[net_post_a]->unit_side[i]);
        posts_[i].b.bind(networks_[net_post_b]->unit_side[i]);
        posts_[i].out.bind(networks_[net_post_out]->unit_side[i]);
        networks_[net_x]->bank_side[i].bind(x_banks_[i].ports[0]);
        networks_[net_w]->bank_side[i].bind(w_banks_[i].ports[0]);
        networks_[net_pin]->bank_side[i].bind(p_banks_[i].ports[0]);
        networks_[net_post_a]->bank_side[i].bind(p_banks_[i].ports[1]);
        networks_[net_post_b]->bank_side[i].bind(p_banks_[i].ports[2]);
        networks_[net_pout]->bank_side[i].bind(p_banks_[i].ports[3]);
        networks_[net_post_out]->bank_side[i].bind(p_banks_[i].ports[4]);
        // DMA -> banks, and their tags.
        dma_.x_banks[i].bind(x_banks_[i].dma);
        dma_.w_banks[i].bind(w_banks_[i].dma);
        dma_.p_banks[i].bind(p_banks_[i].dma);
        dma_.x_tags[i].bind(x_banks_[i].control);
        dma_.w_tags[i].bind(w_banks_[i].control);
        dma_.p_tags[i].bind(p_banks_[i].control);
        // Scheduler -> units, P banks; units -> the barrier.
        scheduler_.pods[i].bind(pods_[i].commands);
        scheduler_.posts[i].bind(posts_[i].commands);
        scheduler_.p_banks[i].bind(p_banks_[i].control);
        pods_[i].control.bind(scheduler_.slice_control);
        posts_[i].control.bind(scheduler_.slice_control);
    }
}

const std::deque<Bank>& Accelerator::banks(BankKind kind) const {
    return kind == BankKind::x ? x_banks_ : kind == BankKind::w ? w_banks_ : p_banks_;
}

void Accelerator::trace(traces::Vcd& vcd) {
    scheduler_.trace(vcd);
    for (std::size_t i = 0; i < pods_.size(); ++i) pods_[i].trace(vcd, "pods.pod" + std::to_string(i));
    for (std::size_t i = 0; i < posts_.size(); ++i) posts_[i].trace(vcd, "posts.post" + std::to_string(i));
}

}  // namespace sosa::hw
