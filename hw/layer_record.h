#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "pods/finish.h"
#include "pods/vector_math.h"

// What the chip must know about layers when it computes with real data (fidelity `functional` and `cycle`).
// The host writes one record per layer of the program and one per vector step into two windows of the
// register map, in order, before the doorbell.
namespace sosa::hw {

// Where a layer's X matrix comes from and what becomes of its results. Tensors are NHWC, one byte an
// element. Row m of X is output pixel (batch, y, x) in row-major order; its column k is
// (ky * kernel_w + kx) * in_channels + channel. A plain matrix is a tensor of 1 x m x 1 x k under a 1x1
// kernel. A layer of groups is `groups` such products of m x k x n; X and Y of the next group begin x_group
// and y_group bytes further on (channels of the same pixels, or the matrix of the next head).
struct LayerRecord {
    std::uint64_t x_tensor = 0;  // address of the tensor that X is gathered from
    std::uint64_t x_tiles = 0;   // address that the fetch records give X tile 0; one slot of a full tile each
    std::uint64_t finish_table = 0;  // n entries of FinishEntry
    std::uint64_t y_tensor = 0;      // results [m][n]
    std::uint64_t x_group = 0, y_group = 0;
    // Weights that are a result: element (g, k, n) at w_tensor + g * w_group + k * w_row + n * w_col; where
    // w_tensor is 0, tile after tile from w_tiles on. Not read of layers whose weights DMA brings.
    std::uint64_t w_tensor = 0, w_group = 0, w_tiles = 0;
    std::uint32_t w_row = 0, w_col = 0;
    std::uint32_t layer = 0;
    std::uint32_t m = 0, k = 0, n = 0;
    std::uint32_t in_height = 1, in_width = 1, in_channels = 1;
    std::uint32_t out_height = 1, out_width = 1;
    std::uint32_t kernel_h = 1, kernel_w = 1, stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1;
    std::uint32_t pad_top = 0, pad_left = 0;
    std::uint32_t groups = 1;
    std::uint32_t x_pitch = 0;  // bytes from pixel to pixel; 0: in_channels
    std::uint32_t y_pitch = 0;  // elements from row to row; 0: n
    std::int32_t y_zero = 0;
    std::uint8_t x_pad = 0;  // what stands outside the tensor: X's zero point
    std::uint8_t x_signed = 1, w_signed = 1, y_signed = 1;
    std::uint8_t relu = 0;   // results below y_zero become y_zero
    std::uint8_t wide = 0;   // int32 results: sums with their bias, not scaled
    std::uint8_t zeros = 0;  // the weights' zero points are still to be taken out of the sums
    std::uint8_t reserved[5] = {};

    std::uint64_t pixel_bytes() const { return x_pitch ? x_pitch : in_channels; }
    std::uint64_t row_elements() const { return y_pitch ? y_pitch : n; }
    std::uint64_t x_bytes() const {  // that X spans
        const std::uint64_t images = m / (std::uint64_t{out_height} * out_width);
        return (groups - 1) * x_group + (images * in_height * in_width - 1) * pixel_bytes() + in_channels;
    }
    std::uint64_t y_elements() const {
        return (groups - 1) * y_group / (wide ? 4 : 1) + (m - 1) * row_elements() + n;
    }
    std::uint64_t y_bytes() const { return y_elements() * (wide ? 4 : 1); }
};
static_assert(sizeof(LayerRecord) == 176, "layer records are written in this size");

using pods::FinishEntry;

enum class VectorOp : std::uint32_t { add, concat, max_pool, average_pool, fill, host, lanes };

struct VectorTensor {
    std::uint64_t address = 0;
    std::uint32_t batch = 1, height = 1, width = 1, channels = 1;
    std::uint64_t bytes() const { return std::uint64_t{batch} * height * width * channels; }
};

// Work between layers, on whole int8 tensors (signed). A step runs when its result is first needed, its
// inputs' steps before it; those nobody needs run at the end.
//   add           saturate(a + b), then ReLU if asked for
//   concat        along the channels
//   max_pool      largest element of the window that lies inside
//   average_pool  mean of the elements of the window that lie inside, rounded half to even
//   fill          the inputs' bytes one after the other, again and again until the result is full
//   lanes         `lane` on every element of inputs that are as long as the result; tensors are counted in
//   bytes host          whatever the host knows under `host_step`; tensors are counted in bytes
struct VectorStep {
    VectorOp op = VectorOp::add;
    std::uint32_t relu = 0;
    std::uint32_t kernel_h = 1, kernel_w = 1, stride_h = 1, stride_w = 1, pad_top = 0, pad_left = 0;
    std::uint32_t host_step = 0;
    pods::LaneOp lane{};
    VectorTensor out;
    std::vector<VectorTensor> inputs;  // results of layers, of other steps, or what the host put into DRAM
};

// A step as the host writes it into its window: little-endian, op to pad_left, number of inputs, out, inputs.
void encode(const VectorStep& step, std::vector<unsigned char>& bytes);
// What is wrong with the record as a sentence, or "".
std::string decode(const unsigned char* bytes, std::size_t size, VectorStep& step);

}  // namespace sosa::hw
