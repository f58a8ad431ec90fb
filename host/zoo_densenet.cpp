#include "host/zoo_graph.h"

namespace sosa::host::zoo {

namespace {
constexpr std::uint32_t kGrowth = 32;
constexpr std::uint32_t kBottleneck = 4 * kGrowth;

FeatureMap block(CnnGraph& graph, const FeatureMap& in, const std::string& name) {
    FeatureMap x = graph.conv(name + "_1_conv", in, kBottleneck, valid(1));
    x = graph.conv(name + "_2_conv", x, kGrowth, same(3, 3));
    return graph.concat(name + "_concat", {in, x});
}

// Halves channels, then height and width.
FeatureMap transition(CnnGraph& graph, const FeatureMap& in, const std::string& name) {
    const FeatureMap x = graph.conv(name + "_conv", in, in.channels / 2, valid(1));
    return graph.average_pool(name + "_pool", x, valid(2, 2));
}
}  // namespace

Workload densenet(const CnnSize& size, const std::array<std::uint32_t, 4>& blocks) {
    constexpr std::uint32_t stem_filters = 64, classes = 1000;
    CnnGraph graph(size);
    FeatureMap x = graph.conv("conv1/conv", graph.image(), stem_filters, padded(7, 2, 3));
    x = graph.max_pool("pool1", x, padded(3, 2, 1));
    for (std::uint32_t stage = 0; stage < blocks.size(); ++stage) {
        const std::string number = std::to_string(stage + 2);
        for (std::uint32_t i = 0; i < blocks[stage]; ++i)
            x = block(graph, x, "conv" + number + "_block" + std::to_string(i + 1));
        if (stage + 1 < blocks.size()) x = transition(graph, x, "pool" + number);
    }
    graph.dense("predictions", graph.global_pool(x), classes);
    return graph.place();
}

}  // namespace sosa::host::zoo
