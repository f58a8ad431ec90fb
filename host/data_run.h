#pragma once
#include <cstdint>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/pod_rtl.h"
#include "host/rtl_engine.h"
#include "host/system.h"
#include "host/tensor_plan.h"
#include "host/tile_record.h"
#include "hw/accelerator.h"

namespace sosa::host {

// Fidelities that move data: `functional` computes whole tiles, `cycle` steps arrays clock by clock.
enum class Fidelity { timing, functional, cycle };

pods::ArrayShape array_shape(const hw::Config& config);

// Which array each pod of a run with data gets. Globs are over "pod0", "pod1", ...
struct ArrayChoice {
    Fidelity fidelity = Fidelity::functional;
    std::string cycle_pods = "*";  // with fidelity `cycle`: the arrays that are stepped
    std::string rtl_pods{};        // the arrays that are RTL; empty: none
    PodRtl rtl{};                  // which
    std::string record_pods{};     // the arrays whose tiles are recorded; empty: none
    std::filesystem::path out{};   // for what tools say, and for the files of a divergence
};

// Makes the arrays of a chip. Throws UserError for a glob that no pod matches and RTL that does not build.
class ArrayMaker {
  public:
    ArrayMaker(const hw::Config& config, ArrayChoice choice);
    std::unique_ptr<pods::ArrayEngine> make(PodId pod);

    const TileRecorder& recorder() const { return recorder_; }
    // After the run: throws UserError for the first RTL array that differed from the model.
    void check_rtl() const;

  private:
    std::unique_ptr<pods::ArrayEngine> make_plain(const std::string& pod);

    const ArrayChoice choice_;
    const pods::ArrayShape shape_;
    sc_core::sc_time rtl_period_;
    std::optional<RtlLibrary> library_;
    TileRecorder recorder_;
    std::vector<RtlEngine*> rtl_;
};

// What was compared after a run with data.
struct DataCheck {
    std::size_t layers = 0;
    std::uint64_t values = 0;
};

// A run's data, and what must come out.
class CheckedRun {
  public:
    virtual ~CheckedRun() = default;
    virtual const DataPlan& data() const = 0;
    // Compares what stands in DRAM with the host's own computation. Throws UserError that names the first
    // wrong layer and its first wrong element.
    virtual DataCheck check(System& system) = 0;
};

// Random tensors; the host's own computation goes on in a thread of its own while the chip is simulated.
class DataRun final : public CheckedRun {
  public:
    DataRun(const Program& program, const std::vector<Workload>& tenants, const hw::Config& config,
            std::uint64_t seed);

    const TensorPlan& plan() const { return plan_; }
    const DataPlan& data() const override { return plan_; }
    DataCheck check(System& system) override;

  private:
    const Program& program_;
    const TensorPlan plan_;
    std::future<std::vector<std::vector<std::uint8_t>>> reference_;
};

}  // namespace sosa::host
