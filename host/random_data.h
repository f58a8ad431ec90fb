#pragma once
#include <cstdint>
#include <random>
#include <vector>

#include "hw/layer_record.h"

// Random tensors that are the same on every machine, in ranges that keep a deep network alive.
namespace sosa::host {

class RandomData {
  public:
    explicit RandomData(std::uint64_t seed) : generator_(seed) {}
    // Bytes of int8 values -most..most, all about as likely; 128: all 256 values.
    std::vector<std::uint8_t> bytes(std::uint64_t size, std::uint32_t most);
    std::int32_t integer(std::int32_t low, std::int32_t high);  // both included
    float real(float low, float high);

  private:
    std::mt19937_64 generator_;
};

inline constexpr std::uint32_t kWholeRange = 128;  // `most` of a tensor with all values of int8
double rms_of_range(std::uint32_t most);           // root mean square of such values

// What is drawn for a layer so that its partial sums mostly stay inside psum_bits and its results spread
// over int8.
struct LayerRange {
    // Of sums of `terms` products with values of root mean square x_rms.
    LayerRange(double terms, double x_rms, std::uint32_t psum_bits);

    std::uint32_t weights;  // -weights..weights
    double sum_rms;
    static constexpr double result_rms = 50;
};

// The part of a window's taps, over all its places on one axis, that lies inside the map.
double taps_inside(std::uint32_t extent, std::uint32_t places, std::uint32_t kernel, std::uint32_t stride,
                   std::uint32_t dilation, std::uint32_t pad);

std::vector<hw::FinishEntry> random_finish(RandomData& random, std::uint64_t columns,
                                           const LayerRange& range);

}  // namespace sosa::host
