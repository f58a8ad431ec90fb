#include "host/zoo_graph.h"

// Networks of inverted residuals (MobileNetV2's block, which EfficientNet took over).
namespace sosa::host::zoo {

namespace {
struct Stage {
    std::uint32_t expansion, kernel, stride, channels, blocks;
};
using Stages = std::array<Stage, 7>;
// Table 2 of the MobileNetV2 paper, table 1 of the EfficientNet paper.
constexpr Stages kMobileNetV2{{{1, 3, 1, 16, 1},
                               {6, 3, 2, 24, 2},
                               {6, 3, 2, 32, 3},
                               {6, 3, 2, 64, 4},
                               {6, 3, 1, 96, 3},
                               {6, 3, 2, 160, 3},
                               {6, 3, 1, 320, 1}}};
constexpr Stages kEfficientNetB0{{{1, 3, 1, 16, 1},
                                  {6, 3, 2, 24, 2},
                                  {6, 5, 2, 40, 2},
                                  {6, 3, 2, 80, 3},
                                  {6, 5, 1, 112, 3},
                                  {6, 5, 2, 192, 4},
                                  {6, 3, 1, 320, 1}}};

FeatureMap squeeze_and_excite(CnnGraph& graph, const FeatureMap& in, const std::string& name,
                              std::uint32_t squeezed) {
    FeatureMap factors = graph.global_pool(in, name + "_pool");
    factors = graph.dense(name + "_squeeze", factors, squeezed);
    factors = graph.dense(name + "_excite", factors, in.channels);
    return graph.scale(name + "_scale", in, factors);
}

// The last convolution and the addition are linear. `squeeze`: the squeeze leaves that part of the channels
// which enter the block; 0: there is none.
FeatureMap block(CnnGraph& graph, const FeatureMap& in, const std::string& name, const Stage& stage,
                 std::uint32_t stride, std::uint32_t squeeze) {
    FeatureMap x = in;
    if (stage.expansion > 1) x = graph.conv(name + "_expand", x, stage.expansion * in.channels, valid(1));
    x = graph.depthwise_conv(name + "_depthwise", x, padded(stage.kernel, stride, stage.kernel / 2));
    if (squeeze > 0) x = squeeze_and_excite(graph, x, name + "_se", in.channels / squeeze);
    x = graph.linear_conv(name + "_project", x, stage.channels, valid(1));
    const bool residual = stride == 1 && in.channels == stage.channels;
    return residual ? graph.linear_add(name + "_add", in, x) : x;
}

Workload inverted_residuals(const CnnSize& size, const Stages& stages, std::uint32_t squeeze) {
    constexpr std::uint32_t stem_filters = 32, top_filters = 1280, classes = 1000;
    CnnGraph graph(size);
    FeatureMap x = graph.conv("stem_conv", graph.image(), stem_filters, padded(3, 2, 1));
    std::uint32_t number = 0;
    for (const Stage& stage : stages)
        for (std::uint32_t i = 0; i < stage.blocks; ++i) {
            const std::string name = "block" + std::to_string(++number);
            x = block(graph, x, name, stage, i == 0 ? stage.stride : 1, squeeze);
        }
    x = graph.conv("top_conv", x, top_filters, valid(1));
    graph.dense("predictions", graph.global_pool(x), classes);
    return graph.place();
}
}  // namespace

Workload mobilenet_v2(const CnnSize& size) { return inverted_residuals(size, kMobileNetV2, 0); }

Workload efficientnet_b0(const CnnSize& size) { return inverted_residuals(size, kEfficientNetB0, 4); }

}  // namespace sosa::host::zoo
