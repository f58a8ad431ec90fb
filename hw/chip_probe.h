#pragma once
#include <cstdint>
#include <limits>
#include <string>
#include <systemc>
#include <vector>

#include "hw/accelerator.h"
#include "traces/vcd.h"

namespace sosa::hw {

// Draws the waveform of what has no probe of its own: switch settings, banks, DMA and power. Made next to the
// accelerator only when a run is traced; it reads and never writes, so a traced run takes the same cycles.
//  - noc_<name>.stage<S>.sw<I>: output 1 in bits 3:2, output 0 in bits 1:0; 0 off, 2 from input 0, 3 from 1
//  - noc_<name>.line<I>, of a topology without switches: source bank of the output line, 65535 none
//  - banks.<kind>bank<I>.used_bytes; dma.*
//  - pods.pod<I>.tile; scheduler.utilization_pct of the slice that has just ended
//  - power.*: W over the window of power.csv that has just ended
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

    // What a trace with a ring (traces::Vcd::Options) waits for inside the window: from then on it is
    // written, for so many slices more. Seen at the start of the slice after the one in which it happened.
    struct Trigger {
        enum Kind { none, stall, overflow };
        Kind kind = none;
        std::uint64_t stall_cycles = 0;  // a stall longer than this
        std::uint32_t slices_after = 8;
    };
    struct Capture {
        Window window{};
        Trigger trigger{};
    };

    // Declares its signals: before vcd.start(), which must come before the simulation starts. Accelerator and
    // vcd must outlive it.
    ChipProbe(sc_core::sc_module_name name, const Accelerator& accelerator, traces::Vcd& vcd,
              const Capture& capture);

    // Shows the power of the window that has just ended.
    struct PowerSample {
        double pods, sram, noc, total;  // W
    };
    void draw_power(const PowerSample& watts);

    bool triggered() const { return triggered_; }

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
    void declare_tiles();

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
    bool trigger_due() const;
    void pull_trigger();
    static std::uint64_t claims(const noc::Network& network);
    void draw(NetworkWave& wave);
    void draw_tiles();
    void draw_utilization();
    std::uint64_t setting(const noc::Network& network, std::uint32_t stage, std::uint32_t index) const;

    const Accelerator& accelerator_;
    traces::Vcd& vcd_;
    const Window window_;
    const Trigger trigger_;

    std::vector<NetworkWave> networks_;
    std::vector<BankWave> banks_;
    std::vector<Signal> power_;  // pods, sram, noc, total
    std::vector<Signal> tiles_;  // by pod
    Signal fetches_, skipped_, demands_, spills_, resident_before_, utilization_;

    bool watching_ = false, open_ = false, over_ = false;
    SliceId slice_{0xffffffff};  // when last looked at; at first none
    bool slice_began_ = false;   // at this time
    bool quiet_ = false;         // nothing more was due at this time when last looked at
    bool triggered_ = false;
    std::uint64_t slices_begun_ = 0;  // since it watches
    std::uint64_t last_after_trigger_ = std::numeric_limits<std::uint64_t>::max();
    sc_core::sc_event next_{"next"};
    Eye eye_{"eye", *this};
};

}  // namespace sosa::hw
