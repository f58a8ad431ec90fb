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

// An ideal bank holds all tiles that there are.
std::uint64_t bank_bytes(const Config& c, Ideal when) {
    return c.ideal == when ? std::uint64_t{1} << 48 : c.banks.size_bytes;
}

std::string numbered(const char* base, std::uint32_t i) { return base + std::to_string(i); }

}  // namespace

Accelerator::Accelerator(sc_core::sc_module_name name, const Config& config, const ModelOptions& options)
    : sc_module(name),
      host("host", options.make_array ? 1 : 0),
      config_(config),
      cycle_(1.0 / config.clock_hz, sc_core::SC_SEC),
      topology_(chip_topology(config)),
      units_{cycle_,
             &transfers_,
             config.pods.psum_bits / 8,
             config.pods.psum_overflow == PsumOverflow::saturate,
             options.make_array ? &operands_ : nullptr,
             config.ideal == Ideal::weight_load},
      dma_("dma",
           {config.pods.count, config.dram.prefetch_slices, outstanding_transfers(config), kSpillAddress,
            largest_psum_tile(config), units_.moves_data()},
           cycle_, transfers_),
      scheduler_("scheduler",
                 {config.pods.count, config.pods.rows * config.pods.cols, units_.psum_bytes,
                  config.scheduler.program_window_slices, 2 * topology_.latency_cycles() + 2,
                  units_.weights_at_once},
                 cycle_),
      register_file_("registers_file",
                     {config.pods.count, config.pods.rows, config.pods.cols, units_.psum_bytes}, cycle_,
                     [this] { return collect(); }) {
    const std::uint32_t n = config.pods.count;
    const bool data = units_.moves_data();
    noc::LayerBytes* const layers = &sram_layer_bytes_;
    for (const char* network : kNetworkNames)
        networks_.push_back(
            noc::make_network((std::string("noc_") + network).c_str(), topology_, structure(config), cycle_));
    for (std::uint32_t i = 0; i < n; ++i) {
        pods_.emplace_back(numbered("pod", i).c_str(), i, units_);
        posts_.emplace_back(numbered("post", i).c_str(), i, units_);
        x_banks_.emplace_back(numbered("xbank", i).c_str(),
                              Bank::Shape{BankKind::x, i, 1, bank_bytes(config, Ideal::x_banks),
                                          config.pods.rows, data, layers},
                              cycle_);
        w_banks_.emplace_back(numbered("wbank", i).c_str(),
                              Bank::Shape{BankKind::w, i, 1, bank_bytes(config, Ideal::w_banks),
                                          config.pods.cols, data, layers},
                              cycle_);
        p_banks_.emplace_back(numbered("pbank", i).c_str(),
                              Bank::Shape{BankKind::p, i, 5, bank_bytes(config, Ideal::p_banks),
                                          config.pods.cols * units_.psum_bytes, data, layers},
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
        pods_[i].x.bind(way(net_x, i, options));
        pods_[i].w.bind(way(net_w, i, options));
        pods_[i].pin.bind(way(net_pin, i, options));
        pods_[i].pout.bind(way(net_pout, i, options));
        posts_[i].a.bind(way(net_post_a, i, options));
        posts_[i].b.bind(way(net_post_b, i, options));
        posts_[i].out.bind(way(net_post_out, i, options));
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
    if (data) {
        for (std::uint32_t i = 0; i < n; ++i) {
            arrays_.push_back(options.make_array(PodId{i}));
            pods_[i].use(*arrays_.back());
        }
        bind_data();
    }
}

// Activations and post-processors reach DRAM through DMA, and banks next to them, by debug transport.
void Accelerator::bind_data() {
    const std::uint32_t n = config_.pods.count;
    activations_ = std::make_unique<Activations>(
        "activations",
        Activations::Shape{n, config_.pods.rows, config_.pods.cols, config_.tiling.partition_rows},
        operands_);
    scheduler_.activations.bind(activations_->control);
    dma_.activations.bind(activations_->control);
    register_file_.activations.bind(activations_->control);
    activations_->memory.bind(dma_.memory[n]);
    activations_->host.bind(host[0]);
    for (std::uint32_t i = 0; i < n; ++i) {
        activations_->x_banks[i].bind(x_banks_[i].near);
        activations_->x_tags[i].bind(x_banks_[i].control);
        activations_->w_banks[i].bind(w_banks_[i].near);
        activations_->w_tags[i].bind(w_banks_[i].control);
        activations_->posts[i].bind(posts_[i].commands);
        posts_[i].near_bank[0].bind(p_banks_[i].near);
        posts_[i].memory[0].bind(dma_.memory[i]);
    }
}

tlm::tlm_target_socket<>& Accelerator::way(NetworkIndex network, std::uint32_t unit,
                                           const ModelOptions& options) {
    for (const auto& tap : options.taps)
        if (tap.network == network && tap.unit == unit) {
            taps_.emplace_back(("tap_" + std::string(kNetworkNames[network]) + std::to_string(unit)).c_str(),
                               tap.callback);
            taps_.back().out.bind(networks_[network]->unit_side[unit]);
            return taps_.back().in;
        }
    return networks_[network]->unit_side[unit];
}

const std::deque<Bank>& Accelerator::banks(BankKind kind) const {
    return kind == BankKind::x ? x_banks_ : kind == BankKind::w ? w_banks_ : p_banks_;
}

void Accelerator::trace(traces::Vcd& vcd, bool pins) {
    scheduler_.trace(vcd);
    dma_.trace(vcd);
    for (std::size_t i = 0; i < pods_.size(); ++i) pods_[i].trace(vcd, "pods.pod" + std::to_string(i), pins);
    for (std::size_t i = 0; i < posts_.size(); ++i) posts_[i].trace(vcd, "posts.post" + std::to_string(i));
}

}  // namespace sosa::hw
