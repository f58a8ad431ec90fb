#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "hw/layer_record.h"

namespace sosa::host {

// Bytes that the host puts into DRAM before a run.
struct DramImage {
    std::uint64_t address = 0;
    std::vector<std::uint8_t> bytes;
};

// All that a run with real data is given.
struct TensorData {
    std::vector<DramImage> images;
    std::vector<hw::LayerRecord> layers;  // one per layer of the program
    std::vector<hw::VectorStep> steps;    // inputs before what reads them
    std::uint64_t end = 0;                // of the addresses in use
};

inline constexpr std::uint64_t kMaxPlanBytes = std::uint64_t{1} << 34;

// DRAM as the host's part of a run sees it.
struct DramAccess {
    std::function<void(std::uint64_t address, std::uint8_t* bytes, std::size_t count)> read;
    std::function<void(std::uint64_t address, const std::uint8_t* bytes, std::size_t count)> write;
};

// What lies in DRAM, how the layers are joined, and what the host does itself between them.
class DataPlan {
  public:
    virtual ~DataPlan() = default;
    const std::vector<DramImage>& images() const { return data_.images; }
    const std::vector<hw::LayerRecord>& layers() const { return data_.layers; }
    const std::vector<hw::VectorStep>& steps() const { return data_.steps; }
    std::uint64_t end() const { return data_.end; }

    // Does what a VectorOp::host step of that `number` asks for; called by the chip, in no time.
    virtual void host_step(std::uint32_t number, const DramAccess& dram) const = 0;

  protected:
    TensorData data_;
};

}  // namespace sosa::host
