#pragma once
#include <array>
#include <cstdint>
#include <random>
#include <set>
#include <tuple>
#include <vector>

#include "pods/array.h"

// What goes into the pins of a pod when RTL and model are compared, one clock edge after the other: first
// cases that were thought of, then recorded tiles, then tiles as a chip has them and edges at random in
// turns.
namespace sosa::host {

struct RecordedTile {
    std::uint32_t rows, depth, cols;
    std::vector<std::uint8_t> x;     // [rows][depth]
    std::vector<std::uint8_t> w;     // [depth][cols]
    std::vector<std::int32_t> psum;  // [rows][cols]; empty: zeros
    bool x_signed = true, w_signed = true;
};

struct StimuliCoverage {
    std::uint64_t resets = 0, stalls = 0, bubbles = 0;
    std::uint64_t x_rows = 0, w_rows = 0, swaps = 0;
    std::uint64_t tiles = 0, recorded_tiles = 0;
    std::uint64_t one_row = 0, partial_depth = 0, partial_cols = 0, long_tiles = 0;  // of the tiles
    std::set<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>> shapes;        // rows, depth, cols
    std::array<std::uint64_t, 4> signs{};  // X rows by 2 * x_signed + w_signed of the row of W before
};

// Edges with the data that they carry.
class StepList {
  public:
    explicit StepList(const pods::ArrayShape& shape) : shape_(shape) {}
    struct Step {
        pods::ArrayInputs pins;  // without pointers
        const char* phase = "";
        std::uint32_t tile = 0, row = 0;  // of X; the tile counts from 1
    };
    // All zeros: no row of X, none of W.
    Step& add(const char* phase);
    std::uint8_t* x() { return &x_[x_.size() - shape_.rows]; }  // of the edge added last
    std::uint8_t* w() { return &w_[w_.size() - shape_.cols]; }
    std::int32_t* psum() { return &psum_[psum_.size() - shape_.cols]; }
    std::size_t size() const { return steps_.size(); }
    void clear();
    // With the pointers, which hold until the next add() or clear().
    Step at(std::size_t i) const;

  private:
    const pods::ArrayShape shape_;
    std::vector<Step> steps_;
    std::vector<std::uint8_t> x_, w_;
    std::vector<std::int32_t> psum_;
};

// The same on every machine for the same seed.
class Random {
  public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}
    std::uint32_t below(std::uint32_t end) {
        return static_cast<std::uint32_t>((engine_() >> 32) * end >> 32);
    }
    bool chance(std::uint32_t percent) { return below(100) < percent; }
    void fill(std::uint8_t* bytes, std::size_t count);

  private:
    std::mt19937_64 engine_;
};

class Stimuli {
  public:
    Stimuli(const pods::ArrayShape& shape, std::uint64_t seed, std::vector<RecordedTile> recorded = {});
    // Without end; what it points to holds until the next call.
    StepList::Step next();
    const StimuliCoverage& coverage() const { return coverage_; }

  private:
    void refill();
    void count(const pods::ArrayInputs& pins);

    const pods::ArrayShape shape_;
    Random random_;
    std::vector<RecordedTile> recorded_;
    StepList steps_;
    std::size_t at_ = 0;
    std::uint64_t refills_ = 0;
    std::uint32_t tile_ = 0;
    bool w_signed_ = true;
    StimuliCoverage coverage_;
};

// The parts of the stimuli; each appends edges.
void add_directed_cases(const pods::ArrayShape& shape, StepList& steps);
void add_chaos(const pods::ArrayShape& shape, Random& random, StepList& steps);

struct TileStream {
    std::uint32_t stall_percent = 0, bubble_percent = 0;  // of the edges
    const char* phase = "tiles";
};
// As a pod works: the weights of a tile are loaded while the tile before it streams. `tile` counts them.
void add_tiles(const pods::ArrayShape& shape, const std::vector<RecordedTile>& tiles,
               const TileStream& stream, Random& random, std::uint32_t& tile, StepList& steps);
RecordedTile random_tile(const pods::ArrayShape& shape, Random& random);

}  // namespace sosa::host
