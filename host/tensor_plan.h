#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/data_plan.h"
#include "host/program.h"
#include "host/workload.h"
#include "hw/config.h"
#include "hw/layer_record.h"

namespace sosa::host {

// The data of a run with real tensors: what lies in DRAM, how the layers are joined, and what must come out.
// Random, from a seed: weights, biases, scales and the tensors that enter. Weights are drawn from a range
// that keeps most partial sums inside pods.psum_bits.
//  - W tile (j,l) lies row-major in its slot at the program's w_address; what a smaller tile leaves of its
//    slot holds random bytes. All other tensors lie above program.dram_bytes, 64-byte aligned.
//  - Where the workload has a tensor graph, layers read what it says, and its inputs are the host's.
//  - Else the first layer reads a tensor of the host, and so do those that the timing model lets read X from
//    DRAM (all of a further copy). The others read the bytes of their dependencies' results one after the
//    other, again and again until X is full (VectorOp::fill); without dependencies those of the first
//    layer's input. Vector work passes on what it depends on. Weights that are results are drawn like others.
class TensorPlan final : public DataPlan {
  public:
    // `tenants` are those the program was made of, or none (a program from a file), which is as if none had
    // a graph. The program must outlive the plan. Throws UserError for more than kMaxPlanBytes.
    TensorPlan(const Program& program, const std::vector<Workload>& tenants, const hw::Config& config,
               std::uint64_t seed);

    void host_step(std::uint32_t number, const DramAccess& dram) const override;  // it has none

    // What the layers' results y[m][n] must be, by a computation of the host's own (reference.h). May take a
    // second; runs in any thread.
    std::vector<std::vector<std::uint8_t>> reference() const;

  private:
    const Program& program_;
    const hw::PodConfig pods_;
};

// The first wrong element of a layer's result, and how many there are; a sentence, or "" if all are right.
std::string compare_results(const ProgramLayer& layer, const hw::LayerRecord& record,
                            const std::vector<std::uint8_t>& expected, const std::vector<std::uint8_t>& got);

}  // namespace sosa::host
