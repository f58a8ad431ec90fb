#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <systemc>
#include <tlm>

#include "hw/activations.h"
#include "hw/bank.h"
#include "hw/config.h"
#include "hw/dma.h"
#include "hw/register_file.h"
#include "hw/scheduler.h"
#include "noc/layer_bytes.h"
#include "noc/network.h"
#include "noc/tap.h"
#include "pods/pod.h"
#include "pods/post_processor.h"
#include "traces/energy.h"
#include "traces/stats.h"
#include "traces/vcd.h"

namespace sosa::hw {

enum NetworkIndex : std::size_t {
    net_x,
    net_w,
    net_pin,
    net_pout,
    net_post_a,
    net_post_b,
    net_post_out,
    net_count
};
constexpr const char* kNetworkNames[net_count] = {"x", "w", "pin", "pout", "post_a", "post_b", "post_out"};

// Makes the array of a pod; called while the chip is built.
using MakeArray = std::function<std::unique_ptr<pods::ArrayEngine>(PodId pod)>;

// How the chip is modelled, beside what chip it is.
struct ModelOptions {
    MakeArray make_array;  // with one, data moves; else tiles are lengths only (fidelity `timing`)
    // Watches or spoils what a unit sends and receives over a network.
    struct Tap {
        NetworkIndex network;
        std::uint32_t unit;
        noc::Tap::Callback callback;
    };
    std::vector<Tap> taps;
};

// Bytes by layer, each list as long as the highest layer seen, and with those that belong to no layer:
// spilled partial sums, for example.
struct LayerTraffic {
    struct Part {
        std::vector<std::uint64_t> by_layer;
        std::uint64_t all = 0;
    };
    Part sram;   // read from and written to the banks' arrays, a multicast counted once
    Part links;  // over network links, a multicast counted once per link, for the layer that claimed it
    Part dram;   // read and written
};

// The chip (arXiv 2203.11540, figure 2): N pods and N post-processors, N banks each for X, W and P, seven
// networks between them, DMA, scheduler and registers. Bind `registers` to a host, `dram` to a memory, `irq`
// to a signal and, where data moves, `host` to who does the steps between layers that the chip cannot.
class Accelerator final : public sc_core::sc_module {
  public:
    tlm::tlm_target_socket<> registers{"registers"};
    tlm::tlm_initiator_socket<> dram{"dram"};
    sc_core::sc_vector<tlm::tlm_initiator_socket<>> host;  // one where data moves: steps that the host does
    sc_core::sc_out<bool> irq{"irq"};

    Accelerator(sc_core::sc_module_name name, const Config& config, const ModelOptions& options = {});

    const Config& config() const { return config_; }
    sc_core::sc_time cycle() const { return cycle_; }
    const noc::Topology& topology() const { return topology_; }
    const Scheduler& scheduler() const { return scheduler_; }
    const RegisterFile& register_file() const { return register_file_; }
    const Dma& dma() const { return dma_; }
    const std::vector<std::unique_ptr<noc::Network>>& networks() const { return networks_; }
    const std::deque<Bank>& banks(BankKind kind) const;
    const std::deque<pods::Pod>& pods() const { return pods_; }
    const std::deque<pods::PostProcessor>& posts() const { return posts_; }

    // Everything counted so far.
    RunCounters collect() const;
    // Counter x energy-table entry, one row per component and counter.
    std::vector<traces::EnergyRow> energy(const traces::EnergyTable& table) const;
    LayerTraffic layer_traffic() const;
    // The counters as a described tree; they must outlive it.
    void describe(traces::StatGroup& root) const;

    // Declares the signals of scheduler, DMA, pods (and the pins of arrays that are stepped) and
    // post-processors; before the simulation starts.
    void trace(traces::Vcd& vcd, bool pins = false);

  private:
    void bind_data();
    // The network's socket for a unit, behind the taps.
    tlm::tlm_target_socket<>& way(NetworkIndex network, std::uint32_t unit, const ModelOptions& options);

    Config config_;
    sc_core::sc_time cycle_;
    noc::Topology topology_;
    noc::TransferPool transfers_;
    std::vector<pods::OperandSigns> operands_;
    pods::UnitContext units_;
    std::deque<pods::Pod> pods_;
    std::deque<pods::PostProcessor> posts_;
    noc::LayerBytes sram_layer_bytes_;
    std::deque<Bank> x_banks_, w_banks_, p_banks_;
    std::vector<std::unique_ptr<noc::Network>> networks_;  // in the order of kNetworkNames
    // Where data moves only:
    std::vector<std::unique_ptr<pods::ArrayEngine>> arrays_;
    std::unique_ptr<Activations> activations_;
    std::deque<noc::Tap> taps_;
    Dma dma_;
    Scheduler scheduler_;
    RegisterFile register_file_;
};

}  // namespace sosa::hw
