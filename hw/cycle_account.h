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
    std::uint32_t ops = 0;           // tile ops
    std::uint64_t macs = 0;
    std::uint32_t post_ops = 0, vector_ops = 0;
    std::uint32_t waiting_ops =
        0;                      // that might have run by their dependencies but found no pod, bank or route
    bool more_to_come = false;  // later slices hold tile ops
};
static_assert(sizeof(SliceFacts) == 48, "kept for every slice of a run");

inline CycleLoss& operator+=(CycleLoss& sum, const CycleLoss& part) {
    sum.useful += part.useful;
    sum.edge_tile += part.edge_tile;
    sum.weight_load += part.weight_load;
    sum.fill_drain += part.fill_drain;
    sum.dependency_wait += part.dependency_wait;
    sum.route_conflict += part.route_conflict;
    sum.memory_stall += part.memory_stall;
    sum.idle += part.idle;
    return sum;
}

// Says for every PE-cycle of a run what it was spent on.
class CycleAccount {
  public:
    CycleAccount(std::uint32_t pods, std::uint32_t pes_per_pod) : pods_(pods), pes_(pes_per_pod) {}

    // What a slice is made of, until all its units had finished: `ops` of its tile ops, which made `macs`,
    // and the pods without one.
    CycleLoss of_ops(const SliceFacts& f, std::uint32_t ops, std::uint64_t macs) const;
    CycleLoss of_free_pods(const SliceFacts& f) const;
    // What all pods lose in so many cycles in which no slice runs.
    std::uint64_t of_all(std::uint64_t cycles) const { return cycles * pods_ * pes_; }

    void slice(const SliceFacts& f);
    // Phases in which no pod works.
    void memory_wait(std::uint64_t cycles) { loss_.memory_stall += of_all(cycles); }
    void weight_load(std::uint64_t cycles) { loss_.weight_load += of_all(cycles); }
    void drain(std::uint64_t cycles) { loss_.fill_drain += of_all(cycles); }

    const CycleLoss& loss() const { return loss_; }

  private:
    std::uint64_t pods_, pes_;
    CycleLoss loss_;
};

}  // namespace sosa::hw
