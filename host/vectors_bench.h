#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "pods/array.h"

// The texts of a folder of test vectors: a SystemVerilog bench around sosa_pod and the script that runs it.
namespace sosa::host {

// A pin of rtl/sosa_pod.sv other than `clk`; buses are compared lane by lane.
struct VectorPin {
    std::string name;
    std::uint32_t lanes, lane_bits;
    std::string width;  // of the whole pin, in terms of package sosa_params
    std::uint32_t bits() const { return lanes * lane_bits; }
};
// In the order of a line of the files, the first pin at its most significant end.
std::vector<VectorPin> vector_inputs(const pods::ArrayShape& shape);
std::vector<VectorPin> vector_outputs(const pods::ArrayShape& shape);
std::uint32_t total_bits(const std::vector<VectorPin>& pins);

// Module sosa_pod_tb: drives stimulus.hex into the pod, compares every output after every edge with
// expected.hex. It ends with $fatal at the first difference or unknown bit, and if a file is not whole.
std::string pod_bench(const pods::ArrayShape& shape, std::uint64_t cycles);

// Compiles `sources` in this order (a package before its users) with Icarus Verilog and runs the bench.
std::string vectors_script(const std::vector<std::string>& sources);

}  // namespace sosa::host
