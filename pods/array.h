#pragma once
#include <cstdint>
#include <memory>
#include <string>

// The systolic array of a pod: its shape, its pins and what a pod asks of it. pods/README.md describes the
// micro-architecture that SystolicArray and rtl/sosa_pod.sv share (arXiv 2203.11540, section 3.1).
namespace sosa::pods {

struct ArrayShape {
    std::uint32_t rows = 32, cols = 32;
    std::uint32_t multicast_cols = 16;  // B: columns an activation reaches before a pipeline register
    std::uint32_t fanin_rows = 16;      // F: rows whose products add up before a pipeline register
    std::uint32_t psum_bits = 16;       // 16, 24 or 32
    bool saturate = false;              // else partial sums wrap

    std::uint32_t row_groups() const { return (rows + fanin_rows - 1) / fanin_rows; }
    std::uint32_t col_groups() const { return (cols + multicast_cols - 1) / multicast_cols; }
    // Clock edges from the one that samples an X row to the one after which its results stand at the pins.
    std::uint32_t latency_cycles() const { return row_groups() + col_groups() - 1; }
    std::uint32_t psum_bytes() const { return psum_bits / 8; }
};

// What the pins carry into one clock edge.
struct ArrayInputs {
    bool reset = false;    // beats everything else
    bool enable = true;    // 0: every register keeps its value
    bool x_valid = false;  // a row of X, else a bubble
    bool x_swap = false;   // with the first row of a tile: from this row on the shadow weights count
    bool x_last = false;   // comes out with the row's results
    bool x_signed = true;
    bool w_valid = false;  // a row of W into the shadow registers
    bool w_first = false;  // it is row 0, else the one after the row before
    bool w_signed = true;
    const std::uint8_t* x = nullptr;     // [rows], looked at if x_valid
    const std::uint8_t* w = nullptr;     // [cols], looked at if w_valid
    const std::int32_t* psum = nullptr;  // [cols] incoming partial sums of the row; null: zeros
};

// What stands at the pins after a clock edge; the pointers hold until the next.
struct ArrayOutputs {
    bool valid = false;
    bool last = false;
    bool busy = false;                       // valid rows are inside, those at the output included
    std::uint32_t w_rows = 0;                // rows of W taken since w_first, at most `rows`
    const std::int32_t* psum = nullptr;      // [cols]; zeros unless valid
    const std::uint8_t* overflow = nullptr;  // [cols], 1: the sum left its range at some register on its way
};

struct WeightTile {
    const std::uint8_t* bytes;  // [depth][cols]
    std::uint32_t depth, cols;
    bool is_signed;
};
struct StreamTile {
    const std::uint8_t* x;     // [rows][depth]
    const std::uint8_t* psum;  // [rows][cols], little-endian of psum_bytes; null: zeros
    std::uint32_t rows, depth, cols;
    bool x_signed;
    std::uint32_t slice = 0, layer = 0, op = 0;  // what it is, for messages
};

// What computes inside a pod. A slice of the pod is: start() with the weights loaded before, load() of the
// next weights, finish(). All engines of one shape give the same bytes and the same overflow counts.
class ArrayEngine {
  public:
    virtual ~ArrayEngine() = default;
    // Into the shadow registers; the bytes are copied.
    virtual void load(const WeightTile& tile) = 0;
    // The shadow weights become active and the rows of X stream past; the tile must live until finish().
    virtual void start(const StreamTile& tile) = 0;
    // Results [rows][cols] of the stream, little-endian; returns how many of them overflowed on their way.
    virtual std::uint32_t finish(std::uint8_t* results) = 0;
    // A fault in a shadow weight register, for fault injection.
    virtual void flip_weight(std::uint32_t row, std::uint32_t col, std::uint8_t bits) = 0;
    // Clock cycles that the array was stepped through; 0 if it is not stepped.
    virtual std::uint64_t cycles() const { return 0; }
};

// An exact product a whole tile at a time: fidelity `functional`.
std::unique_ptr<ArrayEngine> make_tile_engine(const ArrayShape& shape);
// SystolicArray, clock by clock: fidelity `cycle`.
std::unique_ptr<ArrayEngine> make_cycle_engine(const ArrayShape& shape);

}  // namespace sosa::pods
