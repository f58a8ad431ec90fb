// The zoo's networks of depthwise convolutions. Sources of the published figures stand at each.
#include <catch2/catch.hpp>
#include <map>
#include <sstream>

#include "host/zoo.h"
#include "traces/error.h"

namespace {
using sosa::host::Layer;
using sosa::host::make_zoo_workload;
using sosa::host::Workload;

std::uint64_t weights(const Workload& workload) {
    std::uint64_t sum = 0;
    for (const Layer& layer : workload.layers) sum += layer.k * layer.n * layer.groups;
    return sum;
}

std::uint64_t convolved_channels(const Workload& workload) {  // outputs of convolutions
    std::uint64_t sum = 0;
    for (const Layer& layer : workload.layers)
        if (layer.op == "Conv") sum += layer.n * layer.groups;
    return sum;
}

const Layer& named(const Workload& workload, const std::string& name) {
    for (const Layer& layer : workload.layers)
        if (layer.name == name) return layer;
    FAIL("no layer " << name);
    throw 0;
}

// "m k n groups kernel <dep <dep"
std::string layer_text(const Workload& workload, const std::string& name) {
    const Layer& l = named(workload, name);
    std::ostringstream text;
    text << l.op << ' ' << l.m << ' ' << l.k << ' ' << l.n << " x" << l.groups << ' ' << l.kernel_h << 'x'
         << l.kernel_w;
    for (const auto dep : l.deps) text << " <" << workload.layers.at(dep).name;
    return text.str();
}

// Multiply-accumulates of the blocks by the papers' formulas: t expands, kernel k, squeeze to a quarter.
struct Stage {
    std::uint64_t t, k, stride, c, n;
};
struct Count {
    std::uint64_t weights = 0, macs = 0, normalised = 0, biases = 0;
};
Count count_of(const std::vector<Stage>& stages, bool squeezes) {
    std::uint64_t side = 112, in = 32;
    Count sum;
    const auto conv = [&](std::uint64_t of_weights, std::uint64_t filters) {
        sum.weights += of_weights;
        sum.macs += side * side * of_weights;
        sum.normalised += filters;
    };
    conv(9 * 3 * 32, 32);
    for (const Stage& s : stages)
        for (std::uint64_t i = 0; i < s.n; ++i) {
            const std::uint64_t wide = s.t * in, squeezed = in / 4;
            if (s.t > 1) conv(in * wide, wide);
            if (i == 0) side /= s.stride;
            conv(s.k * s.k * wide, wide);
            if (squeezes) {
                sum.weights += 2 * wide * squeezed;
                sum.macs += 2 * wide * squeezed;
                sum.biases += wide + squeezed;
            }
            conv(wide * s.c, s.c);
            in = s.c;
        }
    conv(320 * 1280, 1280);
    sum.weights += 1280 * 1000;
    sum.macs += 1280 * 1000;
    sum.biases += 1000;
    return sum;
}
const std::vector<Stage> kMobileNet{{1, 3, 1, 16, 1}, {6, 3, 2, 24, 2},  {6, 3, 2, 32, 3}, {6, 3, 2, 64, 4},
                                    {6, 3, 1, 96, 3}, {6, 3, 2, 160, 3}, {6, 3, 1, 320, 1}};
const std::vector<Stage> kEfficientNet{{1, 3, 1, 16, 1}, {6, 3, 2, 24, 2},  {6, 5, 2, 40, 2},
                                       {6, 3, 2, 80, 3}, {6, 5, 1, 112, 3}, {6, 5, 2, 192, 4},
                                       {6, 3, 1, 320, 1}};

std::string written(const Workload& workload) {
    std::ostringstream text;
    write_workload(workload, text);
    return text.str();
}
}  // namespace

// arXiv 1801.04381, table 4: 3.4 M parameters and 300 M multiply-adds; torchvision's mobilenet_v2: 3,504,872
// parameters, two of batch normalisation a filter and 1,000 biases among them.
TEST_CASE("MobileNetV2 has its published numbers of weights and operations") {
    const Workload w = make_zoo_workload("mobilenet_v2", {});
    const Count expected = count_of(kMobileNet, false);
    CHECK(expected.weights + 2 * expected.normalised + expected.biases == 3'504'872);
    CHECK(weights(w) == expected.weights);
    CHECK(weights(w) == 3'469'760);
    CHECK(convolved_channels(w) == expected.normalised);
    CHECK(macs(w) == expected.macs);
    CHECK(macs(w) == 300'774'272);
    CHECK(w.image_size == 224);
    REQUIRE(w.layers.size() == 1 + 2 + 16 * 3 + 1 + 1);
}

TEST_CASE("MobileNetV2 has the layers of its paper") {
    const Workload w = make_zoo_workload("mobilenet_v2", {2, {}, {}});
    CHECK(layer_text(w, "stem_conv") == "Conv 25088 27 32 x1 3x3");
    CHECK(layer_text(w, "block1_depthwise") == "Conv 25088 9 1 x32 3x3 <stem_conv");
    CHECK(layer_text(w, "block1_project") == "Conv 25088 32 16 x1 1x1 <block1_depthwise");
    CHECK(layer_text(w, "block2_expand") == "Conv 25088 16 96 x1 1x1 <block1_project");
    CHECK(layer_text(w, "block2_depthwise") == "Conv 6272 9 1 x96 3x3 <block2_expand");
    CHECK(layer_text(w, "block4_expand") == "Conv 6272 24 144 x1 1x1 <block2_project <block3_project");
    CHECK(layer_text(w, "block17_depthwise") == "Conv 98 9 1 x960 3x3 <block17_expand");
    CHECK(layer_text(w, "top_conv") == "Conv 98 320 1280 x1 1x1 <block17_project");
    CHECK(layer_text(w, "predictions") == "Dense 2 1280 1000 x1 1x1 <top_conv");
}

TEST_CASE("MobileNetV2 has a tensor graph with linear bottlenecks") {
    const Workload w = make_zoo_workload("mobilenet_v2", {2, {}, {}});
    std::map<std::string, sosa::host::TensorNode> tensors;
    for (const auto& node : w.tensors) tensors[node.name] = node;
    REQUIRE(tensors.size() == w.layers.size() + 1 + 10 + 1);  // the image, residuals, the average
    CHECK(tensors["block2_depthwise"].relu);
    CHECK(tensors["block2_expand"].relu);
    CHECK_FALSE(tensors["block2_project"].relu);
    CHECK(tensors["block3_add"].op == sosa::host::TensorOp::add);
    CHECK_FALSE(tensors["block3_add"].relu);
    CHECK(tensors["block2_depthwise"].window.stride_w == 2);
    CHECK(tensors["block2_depthwise"].window.pad_bottom == 1);
    CHECK(shape_text(tensors["block2_depthwise"].shape) == "2x56x56x96");
    CHECK(shape_text(tensors["avg_pool"].shape) == "2x1x1x1280");
    CHECK(tensors.count("block2_add") == 0);
}

// arXiv 1905.11946, table 2: 5.3 M parameters and 0.39 G operations; torchvision's efficientnet_b0: 5,288,548
// parameters, two of batch normalisation a filter and the biases of squeeze, excitation and head among them.
TEST_CASE("EfficientNet-B0 has its published numbers of weights and operations") {
    const Workload w = make_zoo_workload("efficientnet_b0", {});
    const Count expected = count_of(kEfficientNet, true);
    CHECK(expected.weights + 2 * expected.normalised + expected.biases == 5'288'548);
    CHECK(weights(w) == expected.weights);
    CHECK(convolved_channels(w) == expected.normalised);
    CHECK(macs(w) == expected.macs);
    CHECK(macs(w) == 385'814'752);
    CHECK(w.image_size == 224);
    CHECK(w.tensors.empty());
    REQUIRE(w.layers.size() == 1 + 4 + 15 * 5 + 1 + 1);
}

TEST_CASE("EfficientNet-B0 squeezes and excites before it projects") {
    const Workload w = make_zoo_workload("efficientnet_b0", {3, {}, {}});
    CHECK(layer_text(w, "block1_se_squeeze") == "Dense 3 32 8 x1 1x1 <block1_depthwise");
    CHECK(layer_text(w, "block1_se_excite") == "Dense 3 8 32 x1 1x1 <block1_se_squeeze");
    CHECK(layer_text(w, "block1_project") == "Conv 37632 32 16 x1 1x1 <block1_depthwise <block1_se_excite");
    CHECK(layer_text(w, "block4_depthwise") == "Conv 2352 25 1 x144 5x5 <block4_expand");
    CHECK(layer_text(w, "block4_se_squeeze") == "Dense 3 144 6 x1 1x1 <block4_depthwise");
    CHECK(layer_text(w, "block16_project") ==
          "Conv 147 1152 320 x1 1x1 <block16_depthwise <block16_se_excite");
    std::vector<std::string> order;
    for (std::size_t i = 1; i < 5; ++i) order.push_back(w.layers[i].name);
    CHECK(order == std::vector<std::string>{"block1_depthwise", "block1_se_squeeze", "block1_se_excite",
                                            "block1_project"});
}

TEST_CASE("depthwise networks scale with batch and image and read back") {
    for (const char* name : {"mobilenet_v2", "efficientnet_b0"}) {
        INFO(name);
        const Workload one = make_zoo_workload(name, {}), three = make_zoo_workload(name, {3, {}, {}});
        CHECK(macs(three) == 3 * macs(one));
        CHECK(weights(three) == weights(one));
        const bool same = written(sosa::host::parse_workload(written(three), name)) == written(three);
        CHECK(same);
        const Workload large = make_zoo_workload(name, {{}, 299, {}});
        CHECK(weights(large) == weights(one));
        CHECK(named(large, "stem_conv").m == 150 * 150);
        CHECK(named(large, "top_conv").m == 10 * 10);
        CHECK(make_zoo_workload(name, {{}, 1, {}}).layers.size() == one.layers.size());
    }
}
