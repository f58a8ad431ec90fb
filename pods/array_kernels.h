#pragma once
#include <cstddef>
#include <cstdint>
#include <new>
#include <string>
#include <vector>

#include "pods/array.h"

// The inner loops of the array, once per instruction set. They work on vectors of eight columns, and on X and
// W as pairs: the 16-bit operands of two neighbouring rows, because machines multiply and add those at once.
namespace sosa::pods {

constexpr std::uint32_t kLanes = 8;

// A vector that starts at a cache line.
template <class T>
struct LineAllocator {
    using value_type = T;
    LineAllocator() = default;
    template <class U>
    LineAllocator(const LineAllocator<U>&) {}
    T* allocate(std::size_t n) {
        return static_cast<T*>(::operator new (n * sizeof(T), std::align_val_t{64}));
    }
    void deallocate(T* p, std::size_t) { ::operator delete (p, std::align_val_t{64}); }
    bool operator==(const LineAllocator&) const { return true; }
    bool operator!=(const LineAllocator&) const { return false; }
};
template <class T>
using LineVector = std::vector<T, LineAllocator<T>>;

enum class RangeMode { wrap, saturate, wrap_32, saturate_32 };

// A shape as the kernels see it. Its constructor checks the shape.
struct ArrayPlan {
    explicit ArrayPlan(const ArrayShape& shape);

    std::uint32_t groups, col_groups;
    std::uint32_t fanin;      // rows of a group, at most all rows
    std::uint32_t multicast;  // columns of a group; all, padded ones included, if there is one group
    std::uint32_t pairs;      // pairs of rows in a group
    std::uint32_t cols;       // padded to whole vectors
    bool whole_vectors;       // no vector lies in two column groups
    RangeMode mode;
    std::int32_t low, high;    // what a partial sum holds
    std::uint32_t spare_bits;  // 32 - psum_bits

    std::uint32_t all_pairs() const { return groups * pairs; }
    // Where row `row` stands among 2 * all_pairs() operands of a row of X.
    std::uint32_t operand(std::uint32_t row) const { return row / fanin * 2 * pairs + row % fanin; }
    // Where PE (row, col) stands among weights, which are [pair][col][2].
    std::size_t weight(std::uint32_t row, std::uint32_t col) const {
        const std::uint32_t at = operand(row);
        return (std::size_t{at / 2} * cols + col) * 2 + at % 2;
    }
    std::size_t weights() const { return std::size_t{all_pairs()} * cols * 2; }
};

// One clock edge of all blocks. The sums of a row group stay where they are in `sums` and the row index moves
// on by one an edge: row (turn - g) mod groups is what group g works on.
struct EdgeJob {
    const std::int16_t* weights;
    // If whole_vectors: a ring of rows of all_pairs() pairs, row `time & x_mask` sampled at this edge. Else
    // for each pair, `x_stride` pairs from the one before, the pair that each column sees at this edge.
    const std::int16_t* x;
    std::size_t x_stride;
    std::uint64_t time, x_mask;
    std::uint32_t turn;           // time mod groups
    const std::int32_t* psum;     // [cols] what comes in at the top at this edge
    std::int32_t *sums, *spills;  // [groups][cols]; a spill is not 0 if the sum left its range on its way
};

// Whole rows: `sums` holds the incoming partial sums and then the results. `rows` is even.
struct TileJob {
    const std::int16_t* weights;
    const std::int16_t* x;  // [rows][all_pairs()][2]
    std::int32_t* sums;     // [rows][cols]
    std::uint32_t rows;
};

struct ArrayKernels {
    const char* name;
    using Edge = void (*)(const ArrayPlan&, const EdgeJob&);
    using Tile = std::uint32_t (*)(const ArrayPlan&, const TileJob&);  // returns how many results spilt
    Edge (*edge)(const ArrayPlan&);
    Tile (*tile)(const ArrayPlan&);
};

// Those that run on this machine, the fastest first; the last one needs no particular machine.
const std::vector<const ArrayKernels*>& array_kernels();

std::unique_ptr<ArrayEngine> make_tile_engine(const ArrayShape& shape, const ArrayKernels& kernels);

}  // namespace sosa::pods
