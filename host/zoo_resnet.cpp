#include "host/zoo_graph.h"

namespace sosa::host::zoo {

namespace {
constexpr std::uint32_t kExpansion = 4;

// A bottleneck block; the first of a stage halves the map (in its 1x1 convolutions, as Keras does it) and has
// a convolution on the shortcut.
FeatureMap block(CnnGraph& graph, const FeatureMap& in, const std::string& name, std::uint32_t filters,
                 std::uint32_t stride, bool first) {
    const FeatureMap shortcut =
        first ? graph.linear_conv(name + "_0_conv", in, kExpansion * filters, valid(1, stride)) : in;
    FeatureMap x = graph.conv(name + "_1_conv", in, filters, valid(1, stride));
    x = graph.conv(name + "_2_conv", x, filters, same(3, 3));
    x = graph.linear_conv(name + "_3_conv", x, kExpansion * filters, valid(1));
    return graph.add(name + "_add", shortcut, x);
}
}  // namespace

Workload resnet(const CnnSize& size, const std::array<std::uint32_t, 4>& blocks) {
    constexpr std::uint32_t stem_filters = 64, classes = 1000;
    CnnGraph graph(size);
    FeatureMap x = graph.conv("conv1_conv", graph.image(), stem_filters, padded(7, 2, 3));
    x = graph.max_pool("pool1_pool", x, padded(3, 2, 1));
    for (std::uint32_t stage = 0; stage < blocks.size(); ++stage)
        for (std::uint32_t i = 0; i < blocks[stage]; ++i) {
            const bool first = i == 0;
            const std::string name = "conv" + std::to_string(stage + 2) + "_block" + std::to_string(i + 1);
            x = block(graph, x, name, stem_filters << stage, first && stage > 0 ? 2 : 1, first);
        }
    graph.dense("predictions", graph.global_pool(x), classes);
    return graph.place();
}

}  // namespace sosa::host::zoo
