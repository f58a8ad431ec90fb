#pragma once
#include <cstdint>
#include <iosfwd>
#include <vector>

#include "host/program.h"

namespace sosa::host {

// When slices began and how long the chip had stood still until then for its DRAM or the host's program, in
// cycles; an entry per slice run, and one more for the end of the run.
struct SliceTimes {
    std::vector<std::uint64_t> begin, stalled;
};

// The columns of SCALE-Sim's COMPUTE_REPORT.csv, a row per product of the program; vector work is left out.
//   LayerID               products of all workloads and copies, counted from 0 in their order
//   Total Cycles          from the start of the first slice with an op of the layer to the end of the last
//   with
//                         one. Layers overlap: the sum of the rows exceeds the cycles of the run.
//   Stall Cycles          of these, those in which the chip stood still
//   Overall Util %        multiply-accumulates of the layer over the PEs of all pods times Total Cycles
//   Mapping Efficiency %  PEs of an array that hold a weight, on the average of the layer's tile ops
//   Compute Util %        multiply-accumulates over the PE-cycles of the pods that worked on the layer: for
//                         each of its tile ops a pod for as long as its slice lasted without standing still
// What was not run counts nothing; of a layer without cycles both utilisations are 0.
void write_compute_report(const Program& program, const SliceTimes& times, std::ostream& out);

}  // namespace sosa::host
