#pragma once
#include <cstdint>
#include <filesystem>

#include "hw/config.h"

namespace sosa::host {

struct RouterCovalidation {
    hw::Config config;              // sets the widths: package sosa_params
    std::uint64_t cycles = 10'000;  // clock edges
    std::uint64_t seed = 1;
    std::filesystem::path sources;  // a folder whose noc/rtl/*.sv replace ours; empty: ours
    std::filesystem::path out;      // for the waveform of a difference and what the tools say; exists
};

// Drives noc/rtl/sosa_router.sv and noc::RouterModel with the same random claims, slices, data, stalls and
// resets and compares every output after every edge. Prints what was compared and covered, or the first
// difference, whose waveform it leaves in `out`. Returns the exit code. It elaborates and simulates: once per
// process, and in one that has not simulated yet.
int covalidate_router(const RouterCovalidation& options);

}  // namespace sosa::host
