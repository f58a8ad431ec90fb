#pragma once
#include <cstdint>
#include <random>
#include <vector>

#include "pods/array.h"

namespace sosa::host {

// Random inputs for a pod's pins, one set per clock edge; a seed gives the same ones on every machine. It
// starts with kResetEdges of reset, a full tile of W and a tile of X without a gap; from then on with
// bubbles, stalls, resets, tiles smaller than the array, weights loaded too far or from the middle, swaps at
// any time, both signednesses and values at the ends of their ranges. Pins that do not count carry noise.
class PodStimulus {
  public:
    static constexpr std::uint32_t kResetEdges = 2;

    PodStimulus(const pods::ArrayShape& shape, std::uint64_t seed);
    // Edges after which the results of the first row of X have been at the pins.
    static std::uint64_t edges_to_first_result(const pods::ArrayShape& shape);

    // The inputs of the next edge; they hold until the next call.
    const pods::ArrayInputs& next();

  private:
    enum class Values { any, ends, small };

    std::uint32_t below(std::uint32_t n);
    bool one_in(std::uint32_t n) { return below(n) == 0; }
    Values some_values() { return static_cast<Values>(below(3)); }
    bool run_in() const { return edge_ < edges_to_first_result(shape_); }

    void noise();
    void restart();
    void plan_x_tile();
    void plan_w_tile();
    void next_x();
    void next_w();
    std::uint8_t byte(Values values);
    std::int32_t psum(Values values);

    const pods::ArrayShape shape_;
    std::mt19937_64 random_;
    std::uint64_t edge_ = 0;
    std::uint32_t reset_left_ = kResetEdges;
    pods::ArrayInputs pins_;
    std::vector<std::uint8_t> x_, w_;
    std::vector<std::int32_t> psum_;

    struct Tile {  // what is left of the tile that streams in
        std::uint32_t wait = 0, rows = 0, lanes = 0;
        bool begins = false, is_signed = true;
        Values values = Values::any;
    };
    Tile x_tile_, w_tile_;
    Values psum_values_ = Values::any;
};

}  // namespace sosa::host
