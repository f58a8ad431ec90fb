#include "host/zoo_graph.h"

namespace sosa::host::zoo {

// The fully connected layers are convolutions, as the authors apply the network to images of any size: the
// first over 7x7 pixels, which at 224 pixels is the whole map. Above that the classes' scores are a map too;
// its average, the last step, is no layer.
Workload vgg16(const CnnSize& size) {
    constexpr std::array<std::uint32_t, 5> filters{64, 128, 256, 512, 512}, convs{2, 2, 3, 3, 3};
    constexpr std::uint32_t wide = 4096, classes = 1000;
    CnnGraph graph(size);
    FeatureMap x = graph.image();
    for (std::uint32_t stage = 0; stage < filters.size(); ++stage) {
        const std::string name = "block" + std::to_string(stage + 1);
        for (std::uint32_t i = 0; i < convs[stage]; ++i)
            x = graph.conv(name + "_conv" + std::to_string(i + 1), x, filters[stage], same(3, 3));
        x = graph.max_pool(name + "_pool", x, valid(2, 2));
    }
    x = graph.conv("fc1", x, wide, valid(7));
    x = graph.conv("fc2", x, wide, valid(1));
    graph.linear_conv("predictions", x, classes, valid(1));
    return graph.place();
}

}  // namespace sosa::host::zoo
