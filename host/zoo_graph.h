#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/zoo_models.h"

namespace sosa::host::zoo {

// The window of a convolution or pool. "same" keeps ceil(size / stride), "valid" stays inside the input,
// "padded" adds zeros on all four sides first.
struct Window {
    std::uint32_t height, width, stride, pad_height, pad_width;  // pads: both sides together
};
Window valid(std::uint32_t size, std::uint32_t stride = 1);
Window padded(std::uint32_t size, std::uint32_t stride, std::uint32_t pad);
Window same(std::uint32_t height, std::uint32_t width);  // stride 1

// An intermediate result of a CNN and who computed it: the GEMM layers whose outputs reach it through
// additions, concatenations and pools only.
struct FeatureMap {
    std::uint32_t height, width, channels;
    std::size_t node;
    std::vector<std::uint32_t> producers;  // in order of creation
};

// Builds a CNN's operations in the order its code creates them, then puts the GEMM layers in Keras' order.
class CnnGraph {
  public:
    explicit CnnGraph(const CnnSize& size);

    FeatureMap image(std::uint32_t channels = 3);
    // With ReLU.
    FeatureMap conv(const std::string& name, const FeatureMap& in, std::uint32_t filters,
                    const Window& window);
    FeatureMap linear_conv(const std::string& name, const FeatureMap& in, std::uint32_t filters,
                           const Window& window);  // without ReLU
    // Every channel by a filter of its own; with ReLU.
    FeatureMap depthwise_conv(const std::string& name, const FeatureMap& in, const Window& window);
    FeatureMap max_pool(const std::string& name, const FeatureMap& in, const Window& window);
    FeatureMap average_pool(const std::string& name, const FeatureMap& in, const Window& window);
    FeatureMap global_pool(const FeatureMap& in, const std::string& name = "avg_pool");
    FeatureMap add(const std::string& name, const FeatureMap& a, const FeatureMap& b);  // then ReLU
    FeatureMap linear_add(const std::string& name, const FeatureMap& a,
                          const FeatureMap& b);  // without ReLU
    FeatureMap concat(const std::string& name, const std::vector<FeatureMap>& parts);
    // The middle of `in`, as large as `like`; a transposed convolution of 2x2 windows that do not overlap;
    // every channel of `in` times its value in `factors`. The tensor graph has none of the three: with one of
    // them the workload has no tensor graph.
    FeatureMap crop(const FeatureMap& in, const FeatureMap& like);
    FeatureMap up_conv(const std::string& name, const FeatureMap& in, std::uint32_t filters);
    FeatureMap scale(const std::string& name, const FeatureMap& in, const FeatureMap& factors);
    FeatureMap dense(const std::string& name, const FeatureMap& in, std::uint32_t units);

    // Farthest from the output first, in order of creation among equals: the order in which Keras lists (and
    // the published graphs place) layers. Ends the building.
    Workload place();

  private:
    // Appends the tensor `out` of what `op` makes of `inputs`, and returns it.
    FeatureMap make(TensorOp op, const std::string& name, const std::vector<FeatureMap>& inputs,
                    FeatureMap out);
    FeatureMap pool(TensorOp op, const std::string& name, const FeatureMap& in, const Window& window);
    FeatureMap grouped_conv(const std::string& name, const FeatureMap& in, std::uint32_t filters,
                            std::uint32_t groups, const Window& window);
    FeatureMap gemm(Layer layer, const FeatureMap& in, FeatureMap out);
    std::vector<std::uint32_t> placed_order() const;

    CnnSize size_;
    bool has_tensor_graph_ = true;
    std::vector<TensorNode> tensors_;      // in order of creation; `layer` counts in that order
    std::vector<std::size_t> layer_node_;  // of layers in order of creation
    std::vector<Layer> layers_;
};

}  // namespace sosa::host::zoo
