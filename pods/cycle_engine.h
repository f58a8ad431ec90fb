#pragma once
#include <utility>

#include "pods/systolic_array.h"

namespace sosa::pods {

// The pins at one clock edge: what went in, and what stood there after it. The pointers of `in` and `out` are
// null, the bytes are in the vectors; they are empty where the pins do not count (no valid row).
struct PinRecord {
    ArrayInputs in;
    ArrayOutputs out;
    std::vector<std::uint8_t> x, w;
    std::vector<std::int32_t> psum_in, psum_out;
    std::vector<std::uint8_t> overflow;
};

// Drives a SystolicArray clock by clock. A stream takes rows + latency - 1 edges. Weights go in with it, one
// row an edge, if they were loaded after start(), else before it in edges of their own. The array is quiet in
// between: every row has left and every weight is in its register.
class CycleEngine final : public ArrayEngine {
  public:
    explicit CycleEngine(const ArrayShape& shape, const ArrayKernels& kernels = *array_kernels().front());

    void load(const WeightTile& tile) override;
    void start(const StreamTile& tile) override;
    std::uint32_t finish(std::uint8_t* results) override;
    void flip_weight(std::uint32_t row, std::uint32_t col, std::uint8_t bits) override;
    std::uint64_t cycles() const override { return cycles_; }

    // Keeps the pins of every edge from now on, for waveforms. take_pins() hands out those since it was last
    // called.
    void record_pins(bool on) { recording_ = on; }
    std::vector<PinRecord> take_pins() { return std::exchange(pins_, {}); }

    const SystolicArray& array() const { return array_; }

  private:
    struct Flip {
        std::uint32_t row, col;
        std::uint8_t bits;
    };
    // Rows that go in together: of X with their partial sums, of W; either may be none.
    struct Flow {
        const StreamTile* stream;
        std::uint32_t w_rows;
    };

    std::uint32_t edges_of(const Flow& flow) const;
    std::uint32_t run(const Flow& flow, std::uint8_t* results);
    void drive(const Flow& flow, std::uint32_t first, std::uint32_t edges);
    void drive_x(const StreamTile& tile, std::uint32_t row, std::uint32_t slot);
    std::uint32_t take_results(const StreamTile& tile, std::uint32_t first, std::uint32_t edges,
                               std::uint8_t* results) const;
    void record(std::uint32_t edges);
    void apply_flips();

    SystolicArray array_;
    std::uint64_t cycles_ = 0;
    std::vector<ArrayInputs> in_;
    std::vector<ArrayOutputs> out_;
    std::vector<std::uint8_t> x_;     // rows of a batch, for tiles of less depth than the array
    std::vector<std::int32_t> psum_;  // likewise partial sums
    std::vector<std::uint8_t> w_;     // rows that are to go in, of all columns
    std::uint32_t w_rows_ = 0;        // of them; 0: none are waiting
    bool w_signed_ = true;
    std::uint32_t loaded_depth_ = 0, loaded_cols_ = 0, active_depth_ = 0, active_cols_ = 0;
    bool started_ = false;
    StreamTile stream_{};
    std::vector<Flip> flips_;  // of weights that are to go in
    bool recording_ = false;
    std::vector<PinRecord> pins_;
};

}  // namespace sosa::pods
