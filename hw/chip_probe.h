#pragma once
#include <cstdint>
#include <limits>
#include <string>
#include <systemc>
#include <vector>

#include "hw/accelerator.h"
#include "traces/energy.h"
#include "traces/vcd.h"

namespace sosa::hw {

// Draws the waveform of what has no probe of its own: switch settings, banks, DMA and power. Made next to the
// accelerator only when a run is traced; it reads and never writes, so a traced run takes the same cycles.
//  - noc_<name>.stage<S>.sw<I>: output 1 in bits 3:2, output 0 in bits 1:0; 0 off, 2 from input 0, 3 from 1
//  - noc_<name>.line<I>, of a topology without switches: source bank of the output line, 65535 none
//  - banks.<kind>bank<I>.used_bytes; dma.*
//  - power.*: W over the slice that has just ended, or from time 0 to the start of slice 0
// x, w, pin, post_a and post_b show the routes of a slice from its start to the next one's. Results leave
// when a unit finishes: pout and post_out show the routes of a slice from then until the next slice's first
// are claimed, or to the end of the next slice if it claims none. Weights that come too late cross `w` at the
// end of a slice in no time: no wave.
// It looks in the update phase, after all processes of a delta cycle, and only at times at which something
// happens anyway. It relies on the scheduler to release routes in a later delta cycle than that in which the
// last unit arrives.
class ChipProbe final : public sc_core::sc_module {
  public:
    // Half-open, in slices or in cycles from time 0. A begin of 0 includes what comes before slice 0.
    struct Window {
        enum Unit { slices, cycles };
        Unit unit = slices;
        std::uint64_t begin = 0;
        std::uint64_t end = std::numeric_limits<std::uint64_t>::max();
    };

    // Declares its signals: before vcd.start(), which must come before the simulation starts. Accelerator and
    // vcd must outlive it.
    ChipProbe(sc_core::sc_module_name name, const Accelerator& accelerator, traces::EnergyTable table,
              traces::Vcd& vcd, Window window);

  private:
    using Signal = traces::Vcd::Signal;

    struct NetworkWave {
        const noc::Network* network;
        bool results;                              // pout, post_out
        std::vector<Signal> signals;               // [stage * switches + switch], or by line
        std::uint64_t claims = ~std::uint64_t{0};  // routes taken when last looked at
        bool claimed = false;                      // in this slice
    };
    struct BankWave {
        const TileStore* store;
        Signal used_bytes;
    };
    struct PowerWave {
        const char* rows;  // what the names of its energy rows begin with
        Signal watts;
        double pj = 0;  // at the last sample
    };
    // The update phase as a callback: all processes of the delta cycle have run.
    class Eye final : public sc_core::sc_prim_channel {
      public:
        Eye(const char* name, ChipProbe& probe) : sc_prim_channel(name), probe_(probe) {}
        void open() { request_update(); }

      private:
        void update() override { probe_.look(); }
        ChipProbe& probe_;
    };

    void declare_networks();
    void declare_banks(const char* kind, const std::deque<Bank>& banks);
    void declare_power();

    void start_of_simulation() override;
    void end_of_simulation() override;
    void wake() { eye_.open(); }
    void look();
    std::uint64_t position() const;
    bool near_window() const;
    void move_window();
    void slice_begins();
    void look_at_results();
    void settle();
    void sleep();
    void draw(NetworkWave& wave);
    void draw_power();
    std::uint64_t setting(const noc::Network& network, std::uint32_t stage, std::uint32_t index) const;

    const Accelerator& accelerator_;
    const traces::EnergyTable table_;
    traces::Vcd& vcd_;
    const Window window_;

    std::vector<NetworkWave> networks_;
    std::vector<BankWave> banks_;
    std::vector<PowerWave> power_;
    Signal fetches_, skipped_, demands_, spills_, resident_before_;

    bool watching_ = false, open_ = false, over_ = false;
    SliceId slice_;              // when last looked at
    bool slice_began_ = false;   // at this time
    bool quiet_ = false;         // nothing more was due at this time when last looked at
    bool energy_known_ = false;  // at energy_at_
    sc_core::sc_time energy_at_;
    sc_core::sc_event next_{"next"};
    Eye eye_{"eye", *this};
};

}  // namespace sosa::hw
