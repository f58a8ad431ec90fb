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

    FeatureMap image();
    FeatureMap conv(const std::string& name, const FeatureMap& in, std::uint32_t filters,
                    const Window& window);
    FeatureMap pool(const std::string& name, const FeatureMap& in, const Window& window);
    FeatureMap global_pool(const FeatureMap& in);
    FeatureMap add(const FeatureMap& a, const FeatureMap& b);
    FeatureMap concat(const std::vector<FeatureMap>& parts);
    FeatureMap dense(const std::string& name, const FeatureMap& in, std::uint32_t units);

    // Farthest from the output first, in order of creation among equals: the order in which Keras lists (and
    // the published graphs place) layers. Ends the building.
    Workload place();

  private:
    std::size_t add_node(const std::vector<std::size_t>& inputs);
    FeatureMap gemm(Layer layer, const FeatureMap& in, FeatureMap out);
    std::vector<std::uint32_t> placed_order() const;

    CnnSize size_;
    std::vector<std::vector<std::size_t>> inputs_;  // of each node
    std::vector<std::size_t> layer_node_;
    std::vector<Layer> layers_;  // in order of creation
};

}  // namespace sosa::host::zoo
