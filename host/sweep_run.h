#pragma once
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "host/sweep_index.h"
#include "host/sweep_plan.h"

namespace sosa::host {

class Progress;

struct SweepOptions {
    std::filesystem::path folder;
    std::size_t jobs = 1;  // processes at a time
    Shard shard{};
    bool retry_failed = false;
    bool extend = false;  // the folder may hold another sweep: its index is replaced, its results are kept
};

// What a call of run_sweep came to; the results are in the folder.
struct SweepOutcome {
    std::size_t points = 0;       // of the shard
    std::size_t done_before = 0;  // had a result already, also if another sweep got it meanwhile
    std::size_t ran = 0;
    std::size_t elsewhere = 0;          // under way in another sweep
    std::vector<std::size_t> failed{};  // rows that failed, now or before
    std::vector<std::size_t> broken{};  // rows whose file was cut short; they were run again
    bool stopped = false;               // by interrupted() (host/progress.h)
    double wall_s = 0;
    std::size_t left() const { return points - done_before - ran - elsewhere; }
};

// Runs every point of the shard that has no result in the folder, each in a process of its own, and puts its
// result there as soon as it is known. The caller must have no further thread and no SystemC object. Throws
// UserError if a result cannot be written; what was finished before stays.
SweepOutcome run_sweep(const SweepPlan& plan, const SweepOptions& options, Progress& progress);

}  // namespace sosa::host
