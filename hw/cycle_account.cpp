#include "hw/cycle_account.h"

#include <algorithm>

namespace sosa::hw {

void CycleAccount::slice(const SliceFacts& f) {
    loss_.memory_stall += std::uint64_t{f.stall_cycles} * pods_ * pes_;

    // Pods with an op: they stream their rows, wait for the longest op, and then for what else made the slice
    // longer.
    loss_.useful += f.macs;
    loss_.edge_tile += std::uint64_t{f.longest_rows} * f.ops * pes_ - f.macs;
    const std::uint64_t rest = f.run_cycles - f.longest_rows;
    const std::uint64_t loading =
        std::min<std::uint64_t>(rest, f.weight_rows > f.longest_rows ? f.weight_rows - f.longest_rows : 0);
    const std::uint64_t busy_rows = std::max(f.longest_rows, f.weight_rows);
    const std::uint64_t adding =
        std::min<std::uint64_t>(rest - loading, f.post_rows > busy_rows ? f.post_rows - busy_rows : 0);
    loss_.weight_load += loading * f.ops * pes_;
    loss_.dependency_wait += adding * f.ops * pes_;
    loss_.fill_drain += (rest - loading - adding) * f.ops * pes_;

    // Pods without one.
    const std::uint64_t without = pods_ - f.ops;
    const std::uint64_t refused = std::min<std::uint64_t>(without, f.waiting_ops);
    loss_.route_conflict += refused * f.run_cycles * pes_;
    (f.more_to_come ? loss_.dependency_wait : loss_.idle) += (without - refused) * f.run_cycles * pes_;
}

}  // namespace sosa::hw
