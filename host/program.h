#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/placement.h"
#include "hw/config.h"
#include "hw/program_format.h"

namespace sosa::host {

TileShape tile_shape(const hw::Config& config);

// A layer as a program knows it. A repeated workload has its layers once per copy.
struct ProgramLayer {
    std::string name;  // "conv1", of copy t > 0 "conv1@t"
    std::uint32_t tenant = 0;
    Layer layer;  // shape, kernel; deps within the tenant's workload
    bool x_from_dram = false;
    std::uint64_t x_address = 0, w_address = 0;     // of its tiles in DRAM, each in a slot of a full tile
    std::uint32_t first_slice = 0, last_slice = 0;  // of its ops of all kinds
};

// What runs: the placed slices, ready to be written into the accelerator's program windows.
struct Program {
    // The chip it was made for.
    std::uint32_t pods = 0;
    std::string topology;
    TileShape shape;

    std::vector<std::string> workloads;  // one per tenant
    std::string policy;
    std::vector<ProgramLayer> layers;

    // Ops of slice s: [begin[s], begin[s + 1]), by ascending pod or post-processor.
    std::vector<pods::TileOp> ops;
    std::vector<pods::PostOp> posts;
    std::vector<pods::VectorOp> vectors;
    std::vector<std::uint32_t> op_begin, post_begin, vector_begin;
    std::uint64_t dram_bytes = 0;            // the layers' tile slots lie in DRAM below this address
    std::vector<std::uint32_t> waiting_ops;  // per slice: ops of later slices whose layer might have run

    std::uint32_t slices() const { return static_cast<std::uint32_t>(waiting_ops.size()); }
    std::uint32_t last_main_slice = 0, last_post_slice = 0;  // last slice with a tile op; with any op at all

    std::uint64_t macs() const;
    LayerTiles tiles(std::uint32_t layer) const { return LayerTiles(layers[layer].layer, shape); }
    // The record for the program window, and the list for the fetch window: W tiles in pod order, then X
    // tiles, each tile once.
    void slice_record(std::uint32_t slice, hw::SliceProgram& record) const;
    void fetch_list(std::uint32_t slice, std::vector<hw::Fetch>& list) const;
    bool fits(const hw::Config& config) const;
};

// A tenant's workload with its copies one after the other as layers of one graph, for placing several
// tenants: the first layers of a copy wait for the copy before; the last `tail_layers` follow the last copy
// only.
Workload expand_repeat(const Workload& workload);

Program make_program(const std::vector<Workload>& tenants, const std::vector<Placement>& placements,
                     const noc::Topology& topology, const TileShape& shape, const std::string& policy);

}  // namespace sosa::host
