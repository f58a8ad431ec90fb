#include "host/zoo_graph.h"

namespace sosa::host::zoo {

namespace {
// Keras numbers unnamed layers through a session. The published graph starts at 188, twice the model's 94
// convolutions: as the third such model of its session would.
constexpr std::uint32_t kFirstConv = 2 * 94;

class InceptionV3 {
  public:
    explicit InceptionV3(const CnnSize& size) : graph_(size) {}
    Workload build();

  private:
    FeatureMap conv(const FeatureMap& in, std::uint32_t filters, const Window& window) {
        return graph_.conv("conv2d_" + std::to_string(next_conv_++), in, filters, window);
    }
    FeatureMap conv1x1(const FeatureMap& in, std::uint32_t filters) { return conv(in, filters, same(1, 1)); }
    FeatureMap pooled(const FeatureMap& in, std::uint32_t filters, const std::string& block) {
        return conv1x1(graph_.average_pool("average pool of " + block, in, same(3, 3)), filters);
    }
    FeatureMap split(const FeatureMap& in, std::uint32_t filters, const std::string& name);
    FeatureMap stem();
    FeatureMap block_35(const FeatureMap& in, std::uint32_t pool_filters, const std::string& name);
    FeatureMap reduce_to_17(const FeatureMap& in);
    FeatureMap block_17(const FeatureMap& in, std::uint32_t inner, const std::string& name);
    FeatureMap reduce_to_8(const FeatureMap& in);
    FeatureMap block_8(const FeatureMap& in, const std::string& name);

    CnnGraph graph_;
    std::uint32_t next_conv_ = kFirstConv;
};

FeatureMap InceptionV3::stem() {
    FeatureMap x = conv(graph_.image(), 32, valid(3, 2));
    x = conv(x, 32, valid(3));
    x = conv(x, 64, same(3, 3));
    x = graph_.max_pool("first max pool", x, valid(3, 2));
    x = conv(x, 80, valid(1));
    x = conv(x, 192, valid(3));
    return graph_.max_pool("second max pool", x, valid(3, 2));
}

FeatureMap InceptionV3::block_35(const FeatureMap& in, std::uint32_t pool_filters, const std::string& name) {
    const FeatureMap one = conv1x1(in, 64);
    const FeatureMap five = conv(conv1x1(in, 48), 64, same(5, 5));
    const FeatureMap once = conv(conv1x1(in, 64), 96, same(3, 3));
    const FeatureMap twice = conv(once, 96, same(3, 3));
    return graph_.concat(name, {one, five, twice, pooled(in, pool_filters, name)});
}

FeatureMap InceptionV3::reduce_to_17(const FeatureMap& in) {
    const FeatureMap three = conv(in, 384, valid(3, 2));
    const FeatureMap once = conv(conv1x1(in, 64), 96, same(3, 3));
    const FeatureMap twice = conv(once, 96, valid(3, 2));
    return graph_.concat("mixed3", {three, twice, graph_.max_pool("max pool of mixed3", in, valid(3, 2))});
}

FeatureMap InceptionV3::block_17(const FeatureMap& in, std::uint32_t inner, const std::string& name) {
    constexpr std::uint32_t outer = 192;
    const FeatureMap one = conv1x1(in, outer);
    FeatureMap seven = conv(conv1x1(in, inner), inner, same(1, 7));
    seven = conv(seven, outer, same(7, 1));
    FeatureMap twice = conv(conv1x1(in, inner), inner, same(7, 1));
    twice = conv(twice, inner, same(1, 7));
    twice = conv(twice, inner, same(7, 1));
    twice = conv(twice, outer, same(1, 7));
    return graph_.concat(name, {one, seven, twice, pooled(in, outer, name)});
}

FeatureMap InceptionV3::reduce_to_8(const FeatureMap& in) {
    const FeatureMap three = conv(conv1x1(in, 192), 320, valid(3, 2));
    FeatureMap seven = conv(conv1x1(in, 192), 192, same(1, 7));
    seven = conv(seven, 192, same(7, 1));
    seven = conv(seven, 192, valid(3, 2));
    return graph_.concat("mixed8", {three, seven, graph_.max_pool("max pool of mixed8", in, valid(3, 2))});
}

// A row and a column convolution side by side.
FeatureMap InceptionV3::split(const FeatureMap& in, std::uint32_t filters, const std::string& name) {
    const FeatureMap row = conv(in, filters, same(1, 3));
    const FeatureMap column = conv(in, filters, same(3, 1));
    return graph_.concat(name, {row, column});
}

FeatureMap InceptionV3::block_8(const FeatureMap& in, const std::string& name) {
    const FeatureMap one = conv1x1(in, 320);
    const FeatureMap three = split(conv1x1(in, 384), 384, "both of " + name);
    const FeatureMap twice = split(conv(conv1x1(in, 448), 384, same(3, 3)), 384, "both after 3x3 of " + name);
    return graph_.concat(name, {one, three, twice, pooled(in, 192, name)});
}

Workload InceptionV3::build() {
    constexpr std::uint32_t classes = 1000;
    FeatureMap x = stem();
    x = block_35(x, 32, "mixed0");
    x = block_35(x, 64, "mixed1");
    x = block_35(x, 64, "mixed2");
    x = reduce_to_17(x);
    x = block_17(x, 128, "mixed4");
    x = block_17(x, 160, "mixed5");
    x = block_17(x, 160, "mixed6");
    x = block_17(x, 192, "mixed7");
    x = reduce_to_8(x);
    x = block_8(x, "mixed9");
    x = block_8(x, "mixed10");
    graph_.dense("predictions", graph_.global_pool(x), classes);
    return graph_.place();
}
}  // namespace

Workload inception(const CnnSize& size) { return InceptionV3(size).build(); }

}  // namespace sosa::host::zoo
