#pragma once
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "host/tensor_graph.h"

// What is to be computed: a graph of matrix products in placement order.
namespace sosa::host {

inline constexpr std::uint64_t kMaxDimension = (std::uint64_t{1} << 31) - 1;  // of m, k and n
inline constexpr std::uint64_t kMaxMacs = (std::uint64_t{1} << 62) - 1;  // of a layer, and of the whole run
inline constexpr std::size_t kMaxLayers = 1'000'000;
inline constexpr std::uint32_t kMaxLaneOps = 65'535;  // of one element
inline constexpr std::uint32_t kMaxRepeat = 65'535;
inline constexpr std::size_t kMaxWorkloadBytes = std::size_t{128} << 20;  // of a workload file

// Work of the post-processors: so many operations of a lane on each of so many elements.
struct VectorWork {
    std::uint64_t elements = 0;  // 0: none
    std::uint32_t simple = 0;    // additions, products, comparisons, conversions
    std::uint32_t special = 0;   // divisions, roots, exponentials
};

// A GEMM X[m,k] * W[k,n]. A convolution is one by im2col: m output pixels, k = kernel_h * kernel_w *
// channels. Or work between such layers; m, k and n are 0 then.
struct Layer {
    std::string name;
    std::string op;  // "Conv", "MatMul", "Dense"; of vector work the operator's name
    std::uint64_t m = 0, k = 0, n = 0;
    std::uint32_t kernel_h = 1, kernel_w = 1;
    std::vector<std::uint32_t> deps{};  // earlier layers, counted from 0, in the order of the file
    std::uint32_t groups = 1;           // independent products of this size (groups of a convolution, heads)
    bool w_on_chip = false;             // W is a result of earlier layers too, not weights in DRAM
    VectorWork vector{};
    bool is_vector() const { return vector.elements > 0; }
    std::uint64_t macs() const { return m * k * n * groups; }
};

struct Workload {
    std::string name;
    std::uint32_t repeat = 1;      // the layers run this many times, one after the other
    std::uint32_t batch = 1;       // already contained in the layers' sizes
    std::uint32_t image_size = 0;  // 0: no images
    std::uint32_t seq_len = 0;     // 0: no sequences
    std::uint32_t tail_layers =
        0;  // of the last layers: they follow only the last copy where copies are placed in full
    std::vector<Layer> layers;
    // Inputs before what reads them, every layer once; empty: not known. Only of workloads that run once.
    std::vector<TensorNode> tensors{};
};

// Multiply-accumulates of the whole run: the sum of m*k*n, times repeat.
std::uint64_t macs(const Workload& workload);

// Throws UserError unless every m, k, n is 1..kMaxDimension and no layer nor the run exceeds kMaxMacs.
void check_sizes(const Workload& workload, const std::string& source_name);

// `FILE: layer 3 "conv2"`, the place an error names; layers count from 0, long names are cut.
std::string layer_place(const std::string& source_name, std::size_t index, std::string_view layer_name);

// Strict: anything not understood throws a UserError that names the place; nothing is guessed.
Workload parse_workload(std::string_view json_text, const std::string& source_name);
Workload read_workload(const std::filesystem::path& path);

// The format parse_workload reads, one layer a line; reading it back gives an equal workload.
void write_workload(const Workload& workload, std::ostream& out);

}  // namespace sosa::host
