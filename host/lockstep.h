#pragma once
#include <filesystem>
#include <optional>

#include "host/divergence.h"
#include "host/lockstep_stimuli.h"
#include "host/rtl_build.h"

// A pod in RTL against SystolicArray, clock edge by clock edge.
namespace sosa::host {

struct LockstepJob {
    pods::ArrayShape shape;
    std::uint64_t cycles = 10000;
    std::uint64_t seed = 1;
    std::uint64_t timeout_cycles = 1000;
    std::vector<RecordedTile> recorded;
    std::filesystem::path folder;  // for the files of a divergence
};

struct LockstepReport {
    std::uint64_t cycles = 0, values = 0;  // compared
    std::uint64_t overflows = 0;           // results marked so
    StimuliCoverage coverage;
    std::optional<Divergence> divergence;
};

// Elaborates and runs the bench: once per process. At the same time, for its first cycles, a second pod runs
// whose registers start with other random values: a register that is read before it was written differs in
// one of them.
LockstepReport run_lockstep(const LockstepJob& job, const RtlLibrary& library);

}  // namespace sosa::host
