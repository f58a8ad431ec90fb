#pragma once
#include <cstdint>
#include <string>
#include <vector>

// How the layers of a workload are joined: which tensor each reads, and the additions, concatenations and
// pools between them. Needed only where real data flow; timing sees the layers alone.
namespace sosa::host {

struct Layer;

inline constexpr std::size_t kMaxTensors = 65'535;
inline constexpr std::uint64_t kMaxTensorBytes = std::uint64_t{1} << 40;
inline constexpr std::uint32_t kMaxWindow = 65'535;  // of kernel, stride, dilation and pad

// NHWC, one byte an element.
struct TensorShape {
    std::uint32_t batch = 1, height = 1, width = 1, channels = 1;
    std::uint64_t bytes() const { return std::uint64_t{batch} * height * width * channels; }
    bool operator==(const TensorShape& other) const {
        return batch == other.batch && height == other.height && width == other.width &&
               channels == other.channels;
    }
};

// What slides over height and width.
struct TensorWindow {
    std::uint32_t kernel_h = 1, kernel_w = 1, stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1;
    std::uint32_t pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
};

enum class TensorOp { input, layer, add, concat, max_pool, average_pool };

// One tensor and what makes it; a pool over the whole map has a window of that size.
struct TensorNode {
    std::string name;  // of a layer's result: the layer's
    TensorOp op = TensorOp::input;
    std::vector<std::uint32_t> inputs{};  // tensors that stand before this one
    std::uint32_t layer = 0;              // op `layer`: which one
    TensorWindow window{};                // of layers and pools; a layer's kernel is that of the layer
    bool relu = false;                    // of layers and additions
    TensorShape shape{};
};

// "1x299x299x3"
std::string shape_text(const TensorShape& shape);

// Sets the shape of a node other than an input from its inputs' shapes. Returns "", or what does not fit as
// the end of a sentence that begins with the node's place.
std::string infer_shape(const std::vector<TensorNode>& tensors, const std::vector<Layer>& layers,
                        TensorNode& node);

// What is wrong with a graph whose nodes have their shapes: a layer that stands in it never, or one that
// would start before its input is complete, as its deps say; "" if nothing.
std::string misfit(const std::vector<TensorNode>& tensors, const std::vector<Layer>& layers);

}  // namespace sosa::host
