#pragma once
#include <cstddef>
#include <filesystem>
#include <string>

#include "host/experiment_outcome.h"

namespace sosa::host {

class Progress;

struct ExperimentOptions {
    std::filesystem::path folder;  // of the points of all experiments: a point is simulated once
    std::size_t jobs = 1;          // processes at a time
};

// Simulates the points that have no result in the folder yet, and compares. Throws UserError if it is
// interrupted; what was finished before stays. The caller must have no further thread and no SystemC object.
ExperimentOutcome run_experiment(const Experiment& experiment, const ExperimentOptions& options,
                                 const std::string& version, Progress& progress);

}  // namespace sosa::host
