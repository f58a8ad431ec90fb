#pragma once
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "host/system.h"
#include "host/tensor_plan.h"
#include "hw/accelerator.h"

namespace sosa::host {

// Fidelities that move data: `functional` computes whole tiles, `cycle` steps the arrays of the pods that
// match a glob ("pod0*") clock by clock.
enum class Fidelity { timing, functional, cycle };

pods::ArrayShape array_shape(const hw::Config& config);

// Which array each pod of a run with data gets.
hw::MakeArray make_arrays(const hw::Config& config, Fidelity fidelity, const std::string& cycle_pods);

// What was compared after a run with data.
struct DataCheck {
    std::size_t layers = 0;
    std::uint64_t values = 0;
};

// A run's tensors and the host's own computation of what must come out, which goes on in a thread of its own
// while the chip is simulated.
class DataRun {
  public:
    DataRun(const Program& program, const std::vector<Workload>& tenants, const hw::Config& config,
            std::uint64_t seed);

    const TensorPlan& plan() const { return plan_; }
    // Compares every layer's results in DRAM with the reference. Throws UserError that names the first wrong
    // layer and its first wrong element.
    DataCheck check(System& system);

  private:
    const Program& program_;
    const TensorPlan plan_;
    std::future<std::vector<std::vector<std::uint8_t>>> reference_;
};

}  // namespace sosa::host
