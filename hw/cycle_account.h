#pragma once
#include <cstdint>

#include "hw/run_counters.h"

namespace sosa::hw {

// What a slice was like; cycles count from its start to the next one's.
struct SliceFacts {
    std::uint32_t run_cycles = 0;    // until all units had finished
    std::uint32_t stall_cycles = 0;  // from then on
    std::uint32_t longest_rows = 0;  // of its tile ops
    std::uint32_t weight_rows = 0;   // most rows of weights loaded meanwhile
    std::uint32_t post_rows = 0;     // of its post-ops, or cycles of its vector ops
    std::uint32_t ops = 0;
    std::uint64_t macs = 0;
    std::uint32_t waiting_ops =
        0;                      // that might have run by their dependencies but found no pod, bank or route
    bool more_to_come = false;  // later slices hold tile ops
};

// Says for every PE-cycle of a run what it was spent on.
class CycleAccount {
  public:
    CycleAccount(std::uint32_t pods, std::uint32_t pes_per_pod) : pods_(pods), pes_(pes_per_pod) {}

    void slice(const SliceFacts& f);
    // Phases in which no pod works.
    void memory_wait(std::uint64_t cycles) { loss_.memory_stall += cycles * pods_ * pes_; }
    void weight_load(std::uint64_t cycles) { loss_.weight_load += cycles * pods_ * pes_; }
    void drain(std::uint64_t cycles) { loss_.fill_drain += cycles * pods_ * pes_; }

    const CycleLoss& loss() const { return loss_; }

  private:
    std::uint64_t pods_, pes_;
    CycleLoss loss_;
};

}  // namespace sosa::hw
