#pragma once
#include "hw/run_counters.h"

namespace sosa::host {

// The parts of the cycle-loss account in the order in which they are told.
struct LossPart {
    const char* key;
    const char* label;
    std::uint64_t hw::CycleLoss::*part;
};
constexpr LossPart kLossParts[] = {
    {"useful", "useful", &hw::CycleLoss::useful},
    {"edge_tile", "edge tile", &hw::CycleLoss::edge_tile},
    {"weight_load", "weight load", &hw::CycleLoss::weight_load},
    {"fill_drain", "fill/drain, round trip", &hw::CycleLoss::fill_drain},
    {"dependency_wait", "dependency wait", &hw::CycleLoss::dependency_wait},
    {"route_conflict", "route/bank conflict", &hw::CycleLoss::route_conflict},
    {"memory_stall", "memory stall", &hw::CycleLoss::memory_stall},
    {"idle", "idle", &hw::CycleLoss::idle},
};

inline double percent(double part, double whole) { return whole > 0 ? 100 * part / whole : 0; }

}  // namespace sosa::host
