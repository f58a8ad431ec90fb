#include <cmath>

#include "sc_tests/unit/op_eval_kit.h"

using namespace sosa::host;
using namespace sosa::host::kit;

TEST_CASE("BatchNormalization in inference: from left to right in float32") {
    const auto x = tensor<float>({1, 2, 2}, {1, 2, 3, 4});
    std::vector<TensorValue> inputs{x, list<float>({2, 0.1F}), list<float>({1, 0.3F}), list<float>({1, 0.7F}),
                                    list<float>({4, 0.2F})};
    const OpNode exact = with(node("BatchNormalization"), "epsilon", 0.0F);
    const auto second = [](float value) { return 0.1F * (value - 0.7F) / std::sqrt(0.2F) + 0.3F; };
    CHECK(result_of<float>(exact, inputs) == Floats{1, 2, second(3), second(4)});
    CHECK(refusal(with(exact, "training_mode", 1), inputs) ==
          "\"it\" (BatchNormalization): found training, allowed inference");
    CHECK(refusal(node("BatchNormalization", 9, 3), inputs) ==
          "\"it\" (BatchNormalization): found training, allowed inference");
    inputs[4] = list<float>({1});
    CHECK(refusal(exact, inputs) ==
          "\"it\" (BatchNormalization): found input 4 of 1, allowed 2, one a channel");
}

TEST_CASE("InstanceNormalization and LayerNormalization of numbers with exact moments") {
    const OpNode instance = with(node("InstanceNormalization"), "epsilon", 0.0F);
    CHECK(result_of<float>(instance, {tensor<float>({1, 2, 2}, {1, 5, -2, -4}), list<float>({1, 10}),
                                      list<float>({0, 3})}) == Floats{-1, 1, 13, -7});
    const OpNode layer = with(node("LayerNormalization", 17, 3), "epsilon", 0.0F);
    const auto all =
        all_of(layer, {tensor<float>({2, 2}, {1, 5, -2, -6}), list<float>({1, 10}), scalar(0.5F)});
    CHECK(values_of<float>(all[0]) == Floats{-0.5F, 10.5F, 1.5F, -9.5F});
    CHECK(all[1].dims == Dims{2, 1});
    CHECK(values_of<float>(all[1]) == Floats{3, -4});
    CHECK(values_of<float>(all[2]) == Floats{0.5F, 0.5F});
    CHECK(values_of<float>(all_of(with(layer, "axis", 0),
                                  {tensor<float>({2, 1}, {1, 5}), scalar(1.0F)})[0]) == Floats{-1, 1});
    CHECK(refusal(layer, {list<float>({1, 5}), list<float>({1, 2, 3})}) ==
          "\"it\" (LayerNormalization): found shapes 3 and 2, allowed shapes that broadcast: dimensions, "
          "from the last, that are equal or 1");
    CHECK(refusal(with(layer, "axis", 1), {list<float>({1, 5}), scalar(1.0F)}) ==
          "\"it\" (LayerNormalization): found axis 1, allowed -1 to 0");
}

TEST_CASE("Softmax joins the axes from its own on before opset 13") {
    const auto zeros = tensor<float>({2, 2, 2}, Floats(8, 7.0F));
    CHECK(result_of<float>(node("Softmax", 12), {zeros}) == Floats(8, 0.25F));
    CHECK(result_of<float>(node("Softmax", 13), {zeros}) == Floats(8, 0.5F));
    CHECK(result_of<float>(with(node("Softmax", 11), "axis", 3), {zeros}) == Floats(8, 1.0F));
    CHECK(refusal(with(node("Softmax", 13), "axis", 3), {zeros}) ==
          "\"it\" (Softmax): found axis 3, allowed -3 to 2");
    CHECK(result_of<float>(node("Softmax"), {list<float>({1e30F, -1e30F})}) == Floats{1, 0});
    const auto x = tensor<float>({2, 2}, {1, 3, 3, 3});
    CHECK(result_of<float>(with(node("Hardmax", 13), "axis", 0), {x}) == Floats{0, 1, 1, 0});
    CHECK(result_of<float>(with(node("Hardmax", 7), "axis", 0), {x}) == Floats{0, 1, 0, 0});
    CHECK(result_of<float>(node("LogSoftmax"), {list<float>({5, 5})}) ==
          Floats(2, -static_cast<float>(std::log(2.0))));
}

TEST_CASE("LpNormalization, MeanVarianceNormalization and LRN") {
    const auto x = tensor<float>({2, 2}, {3, -4, 0, 0});
    CHECK(result_of<float>(node("LpNormalization"), {x}) == Floats{0.6F, -0.8F, 0, 0});
    CHECK(result_of<float>(with(with(node("LpNormalization"), "p", 1), "axis", 0), {x}) ==
          Floats{1, -1, 0, 0});
    CHECK(refusal(with(node("LpNormalization"), "p", 3), {x}) ==
          "\"it\" (LpNormalization): found p 3, allowed 1 or 2");
    const OpNode mvn = with(node("MeanVarianceNormalization"), "axes", List{1});
    CHECK(result_of<float>(mvn, {tensor<float>({2, 2}, {1, 5, -7, -7})}) == Floats{-1, 1, 0, 0});
    // (0 + 1 * sum)^1: an even size reaches one further ahead.
    const OpNode lrn =
        with(with(with(with(node("LRN"), "size", 2), "alpha", 2.0F), "beta", 1.0F), "bias", 0.0F);
    CHECK(result_of<float>(lrn, {tensor<float>({1, 3, 1}, {1, 2, 4})}) ==
          Floats{1 / 5.0F, 2 / 20.0F, 4 / 16.0F});
    CHECK(refusal(node("LRN"), {x}) == "\"it\" (LRN): found size 0 of 2x2, allowed 1 or more channels");
}
