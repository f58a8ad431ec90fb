#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "pods/array.h"

// Which operands belong to a row of results, followed from the pins alone and apart from SystolicArray: to
// say where in an array a wrong result came about.
namespace sosa::host {

// Which part of a run, or of the stimuli, a row of X is.
struct RowLabel {
    std::int64_t slice = -1, tile_op = -1, row = -1;  // -1: none
    std::string layer, phase;
};

struct TrackedRow {
    RowLabel label;
    bool valid = false;
    bool x_signed = true;
    std::vector<std::int16_t> x;     // [rows]
    std::vector<std::int32_t> psum;  // [cols]
    std::size_t weights = 0;         // which set
};

// The nine-bit weights [rows][cols] of a tile.
using WeightSet = std::vector<std::int16_t>;

class RowTracker {
  public:
    explicit RowTracker(const pods::ArrayShape& shape);
    // One clock edge.
    void step(const pods::ArrayInputs& in, const RowLabel& label);

    // The row whose results stand at the pins after the last edge, or the one `later` edges behind it (-1:
    // before it).
    const TrackedRow& leaving(int later = 0) const;
    // A set of weights that a row in the array or the one before it works with.
    const WeightSet& weights(std::size_t set) const;
    // The set that follows it, or else what would be swapped in now.
    const WeightSet& weights_after(std::size_t set) const;

  private:
    void reset();
    void take_row(const pods::ArrayInputs& in, const RowLabel& label);
    void hand_over();
    void take_weights(const pods::ArrayInputs& in);

    struct Swap {
        std::size_t set;
        std::uint32_t row_group;  // next to be taken over
    };
    const pods::ArrayShape shape_;
    std::vector<TrackedRow> rows_;  // ring by enabled edge
    std::vector<WeightSet> sets_;   // ring
    WeightSet shadow_;
    std::deque<Swap> swaps_;
    std::uint64_t edge_ = 0;
    std::size_t newest_ = 0;
    std::uint32_t next_w_row_ = 0;
};

}  // namespace sosa::host
