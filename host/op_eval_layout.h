#pragma once
#include "host/op_eval_parts.h"

// The parts of eval_layout(), by topic.
namespace sosa::host {

const std::vector<EvalEntry>& layout_shapes();    // Reshape, Squeeze, Shape, ...
const std::vector<EvalEntry>& layout_pieces();    // Concat, Split, Slice, Tile, ...
const std::vector<EvalEntry>& layout_gathers();   // Gather, GatherND, Compress, ...
const std::vector<EvalEntry>& layout_scatters();  // ScatterElements, ScatterND
const std::vector<EvalEntry>& layout_makers();    // Range, OneHot, Trilu, ...
const std::vector<EvalEntry>& layout_orders();    // TopK, Unique, NonZero
const std::vector<EvalEntry>& layout_borders();   // Pad
const std::vector<EvalEntry>& layout_sizes();     // Resize, Upsample

}  // namespace sosa::host
