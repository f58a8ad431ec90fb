#include "host/zoo_graph.h"

namespace sosa::host::zoo {

namespace {
constexpr std::uint32_t kLevels = 5;

FeatureMap two_convs(CnnGraph& graph, const FeatureMap& in, const std::string& name, std::uint32_t filters) {
    const FeatureMap x = graph.conv(name + "_conv1", in, filters, valid(3));
    return graph.conv(name + "_conv2", x, filters, valid(3));
}
}  // namespace

Workload unet(const CnnSize& size) {
    constexpr std::uint32_t grey = 1, top_filters = 64, classes = 2;
    CnnGraph graph(size);
    std::vector<FeatureMap> skips;
    FeatureMap x = graph.image(grey);
    for (std::uint32_t level = 0; level < kLevels; ++level) {
        const std::string name = "down" + std::to_string(level + 1);
        if (level > 0) x = graph.max_pool(name + "_pool", x, valid(2, 2));
        x = two_convs(graph, x, name, top_filters << level);
        skips.push_back(x);
    }
    for (std::uint32_t level = kLevels - 1; level-- > 0;) {
        const std::string name = "up" + std::to_string(level + 1);
        const std::uint32_t filters = top_filters << level;
        x = graph.up_conv(name + "_upconv", x, filters);
        x = graph.concat(name + "_concat", {graph.crop(skips[level], x), x});
        x = two_convs(graph, x, name, filters);
    }
    graph.linear_conv("classes", x, classes, valid(1));
    return graph.place();
}

}  // namespace sosa::host::zoo
