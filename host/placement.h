#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/tiling.h"
#include "host/workload.h"
#include "hw/config.h"
#include "noc/topology.h"

namespace sosa::host {

constexpr std::uint32_t kNone = 0xffffffff;

// One tile op in its slice. Results of a layer are numbered: tile op t makes result t, sum s makes ops() + s.
struct PlacedOp {
    std::uint32_t slice;
    std::uint32_t pin;  // the result that comes in as partial sum, kNone for zero
    std::uint16_t pod;
    std::uint16_t p_bank;  // where the result goes
};

// A sum of two results, run as two post-ops (the second with the operands swapped) that write the same tile.
struct PlacedSum {
    std::uint32_t a, b;  // results
    std::uint32_t il;    // i * L + l
    std::uint32_t slice[2];
    std::uint16_t unit[2];  // post-processor
    std::uint16_t out_bank;
};

// One vector op in its slice.
struct PlacedVector {
    std::uint32_t slice;
    std::uint16_t unit;  // post-processor
};

// How many slices after the end of what it depends on a layer may start: pods load weights one slice ahead,
// so those that are results cannot be used in the slice right after.
inline std::uint32_t slices_after_deps(const Layer& layer) { return layer.w_on_chip ? 2 : 1; }

struct PlacedLayer {
    LayerTiles tiles;
    std::uint32_t earliest_slice = 0;
    std::uint32_t last_slice = 0;
    // Bank of tile t is t % banks; its tag in that bank is base + t / banks.
    std::uint32_t x_tag_base = 0, w_tag_base = 0;
    std::vector<PlacedOp> ops{};    // by LayerTiles::op
    std::vector<PlacedSum> sums{};  // in the order of placing
    std::vector<PlacedVector> vectors{};
};

// A placed workload. Copy t of `repeat` runs `shift` * t + 1 slices (t > 0) after copy 0, with tiles of its
// own.
struct Placement {
    std::vector<PlacedLayer> layers;
    std::uint32_t repeat = 1;
    std::uint32_t shift = 0;                       // slices of one copy
    std::uint32_t x_tags_end = 0, w_tags_end = 0;  // above all tags of this and the tenants before

    std::uint32_t copy_offset(std::uint32_t copy) const { return copy == 0 ? 0 : copy * shift + 1; }
};

// How placement decides. Places the tenants in order, each from slice 0, into the same slices. Only copy 0 of
// a repeated workload is placed, so one of several tenants must not repeat (unroll it before).
class Policy {
  public:
    virtual ~Policy() = default;
    // Progress is reported as layers done of all; may be empty.
    using Progress = std::function<void(std::size_t done, std::size_t all)>;
    virtual std::vector<Placement> place(const std::vector<Workload>& tenants, const noc::Topology& topology,
                                         const TileShape& shape, const Progress& progress) const = 0;
};

// Throws UserError that lists the policies for an unknown name. An ideal resource never keeps an op waiting:
// banks take any number of tiles a slice, sums and vector work take no post-processor and no time, layers
// wait for none.
std::unique_ptr<Policy> make_policy(const std::string& name, hw::Ideal ideal = hw::Ideal::none);
struct PolicyEntry {
    std::string name, description;
};
const std::vector<PolicyEntry>& policy_entries();

}  // namespace sosa::host
