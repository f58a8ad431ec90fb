#include "hw/cycle_account.h"

#include <algorithm>

namespace sosa::hw {

// They stream their rows, wait for the longest op, and then for what else made the slice longer.
CycleLoss CycleAccount::of_ops(const SliceFacts& f, std::uint32_t ops, std::uint64_t macs) const {
    const std::uint64_t rest = f.run_cycles - f.longest_rows;
    const std::uint64_t loading =
        std::min<std::uint64_t>(rest, f.weight_rows > f.longest_rows ? f.weight_rows - f.longest_rows : 0);
    const std::uint64_t busy_rows = std::max(f.longest_rows, f.weight_rows);
    const std::uint64_t adding =
        std::min<std::uint64_t>(rest - loading, f.post_rows > busy_rows ? f.post_rows - busy_rows : 0);
    CycleLoss loss;
    loss.useful = macs;
    loss.edge_tile = std::uint64_t{f.longest_rows} * ops * pes_ - macs;
    loss.weight_load = loading * ops * pes_;
    loss.dependency_wait = adding * ops * pes_;
    loss.fill_drain = (rest - loading - adding) * ops * pes_;
    return loss;
}

CycleLoss CycleAccount::of_free_pods(const SliceFacts& f) const {
    const std::uint64_t without = pods_ - f.ops;
    const std::uint64_t refused = std::min<std::uint64_t>(without, f.waiting_ops);
    CycleLoss loss;
    loss.route_conflict = refused * f.run_cycles * pes_;
    (f.more_to_come ? loss.dependency_wait : loss.idle) = (without - refused) * f.run_cycles * pes_;
    return loss;
}

void CycleAccount::slice(const SliceFacts& f) {
    loss_ += of_ops(f, f.ops, f.macs);
    loss_ += of_free_pods(f);
    memory_wait(f.stall_cycles);
}

}  // namespace sosa::hw
