#pragma once
#include <cstdint>
#include <systemc>

#include "noc/ids.h"
#include "pods/vector_math.h"

// What the scheduler tells pods and post-processors, and what they tell back.
namespace sosa::pods {

constexpr std::uint16_t kNoBank = 0xffff;

// A tile in a bank; which kind of bank, the field says that holds it.
struct TileRef {
    std::uint32_t tag = 0;
    std::uint16_t bank = kNoBank;
    // For results: how often post-ops and tile ops will read it; what is evicted before must be spilled.
    std::uint16_t reads = 0;
    bool exists() const { return bank != kNoBank; }
};

// X tile (rows x depth) * W tile (depth x cols) + incoming partial sums -> partial-sum tile (rows x cols).
struct TileOp {
    std::uint32_t layer = 0;
    std::uint32_t op = 0;       // within the layer
    std::uint32_t rows = 0;     // of the X tile: the cycles it streams
    std::uint32_t x_bytes = 0;  // that the X tile takes in its bank
    std::uint16_t depth = 0;    // rows of the W tile: the cycles it loads
    std::uint16_t cols = 0;
    std::uint16_t pod = 0;
    std::uint8_t x_on_chip = 0;  // 1: an activation left on chip, not a tile brought by DMA
    std::uint8_t w_on_chip = 0;  // the same of W
    TileRef x, w, pin, pout;
};

// Partial-sum tile a + partial-sum tile b -> out. Every sum is two post-ops that write the same tile.
struct PostOp {
    std::uint32_t layer = 0;
    std::uint32_t op = 0;    // of the layer's sums: 2 * sum + half
    std::uint32_t tile = 0;  // i * L + l of the result that it is part of
    std::uint32_t rows = 0;
    std::uint16_t cols = 0;
    std::uint16_t unit = 0;
    TileRef a, b, out;
};

// Work on activations that is no product and no sum of partial sums: the lanes of a post-processor are busy
// for so long. It uses no network; what it reads and writes are activations left on chip.
struct VectorOp {
    std::uint32_t layer = 0;
    std::uint32_t op = 0;  // within the layer
    std::uint32_t elements = 0;
    std::uint32_t cycles = 0;
    std::uint32_t unit = 0;
};

static_assert(sizeof(TileOp) == 56 && sizeof(PostOp) == 44 && sizeof(VectorOp) == 20,
              "program records are counted in these sizes");

// What makes activations of a finished tile of partial sums (see finish.h), and where they go in DRAM.
struct FinishOp {
    TileRef tile;
    std::uint32_t layer = 0;
    std::uint32_t rows = 0, cols = 0;
    std::uint64_t table = 0;    // address of the first column's FinishEntry
    std::uint64_t y = 0;        // address of the tile's first element
    std::uint64_t y_pitch = 0;  // bytes from one row to the next
    std::int32_t y_zero = 0;
    bool y_signed = true, relu = false;
    bool wide = false;  // int32 results: sum + bias, of which the rest is done elsewhere
    // Where zero points are taken out of the sums: by row of the tile those of X, by column those of W.
    const std::int32_t* x_sums = nullptr;
    const std::int32_t* w_sums = nullptr;  // null: in the bias already
    std::int32_t x_zero = 0;
    std::uint32_t k = 0;
};

// Element-wise work on activations that lie in DRAM one after the other.
struct LaneJob {
    LaneOp op;
    std::uint64_t a = 0, b = 0, out = 0;  // addresses
    std::size_t count = 0;                // elements
};

// The scheduler as its units see it: when a slice starts, and the barrier at its end.
struct SliceControl : virtual sc_core::sc_interface {
    virtual const sc_core::sc_event& slice_started() const = 0;
    // The same for a pod; it may be left asleep in slices in which it has no work and had none in the slice
    // before.
    virtual const sc_core::sc_event& pod_started(PodId) const { return slice_started(); }
    // The same for post-processors; only for slices in which some have work or had some in the slice before.
    virtual const sc_core::sc_event& posts_started() const = 0;
    virtual SliceId slice() const = 0;
    // That many cycles after the start of the slice, which is now; units that finish at the same time share
    // the event.
    virtual const sc_core::sc_event& after(std::uint32_t cycles) = 0;
    // A unit that was given work in the slice may take the next slice's. `tail`: from now until its last
    // result is stored.
    virtual void arrive(sc_core::sc_time tail) = 0;
};

// A pod as the scheduler sees it. Calls take effect when the slice starts; the commands must live until its
// end.
struct PodCommands : virtual sc_core::sc_interface {
    virtual void start(const TileOp& op) = 0;
    // Load the weights of the next slice's op while this slice runs; `resident` says whether the tile is in
    // its bank already, otherwise take_weights() follows as soon as it is.
    virtual void load(const TileOp& next, bool resident) = 0;
    virtual void take_weights(const TileOp& next) = 0;
};

struct PostCommands : virtual sc_core::sc_interface {
    virtual void start(const PostOp& op) = 0;
    virtual void start(const VectorOp& op) = 0;
    // At once, out of the P bank next to the post-processor; only where data moves.
    virtual void finish(const FinishOp& op) = 0;
    virtual void compute(const LaneJob& job) = 0;  // the same
};

}  // namespace sosa::pods
