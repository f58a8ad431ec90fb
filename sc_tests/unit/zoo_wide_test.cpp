// The zoo beyond the paper's ten benchmarks. Sources of the published figures stand at each.
#include <catch2/catch.hpp>
#include <sstream>

#include "host/zoo.h"
#include "traces/error.h"

namespace {
using sosa::host::Layer;
using sosa::host::make_zoo_workload;
using sosa::host::Workload;
using sosa::host::ZooEntry;
using sosa::host::ZooOptions;
using Deps = std::vector<std::uint32_t>;

std::vector<std::string> names(bool of_paper) {
    std::vector<std::string> list;
    const auto& entries = sosa::host::zoo_entries();
    for (std::size_t i = 0; i < entries.size(); ++i)
        if ((i < sosa::host::kPaperBenchmarks) == of_paper) list.push_back(entries[i].name);
    return list;
}

// A product of two results has no weights.
bool has_weights(const Layer& layer) {
    for (const char* product : {"_qk", "_pv", "interaction"})
        if (layer.name.find(product) != std::string::npos) return false;
    return true;
}

std::uint64_t weights(const Workload& workload) {
    std::uint64_t sum = 0;
    for (const Layer& layer : workload.layers)
        if (has_weights(layer)) sum += layer.k * layer.n;
    return sum;
}

std::uint64_t products(const Workload& workload) {  // MACs of layers without weights
    std::uint64_t sum = 0;
    for (const Layer& layer : workload.layers)
        if (!has_weights(layer)) sum += layer.m * layer.k * layer.n;
    return sum;
}

const Layer& named(const Workload& workload, const std::string& name) {
    for (const Layer& layer : workload.layers)
        if (layer.name == name) return layer;
    FAIL("no layer " << name);
    throw 0;
}

Deps index_of(const Workload& workload, const std::vector<std::string>& layers) {
    Deps list;
    for (const auto& name : layers)
        list.push_back(static_cast<std::uint32_t>(&named(workload, name) - workload.layers.data()));
    return list;
}

void check_gemm(const Layer& layer, std::uint64_t m, std::uint64_t k, std::uint64_t n) {
    INFO(layer.name);
    CHECK(layer.m == m);
    CHECK(layer.k == k);
    CHECK(layer.n == n);
}

std::string error_of(const std::string& name, const ZooOptions& options) {
    try {
        make_zoo_workload(name, options);
    } catch (const sosa::UsageError& error) {
        return error.what();
    }
    return "no usage error";
}
}  // namespace

TEST_CASE("the paper's benchmarks stand first in the zoo") {
    CHECK(names(true) == std::vector<std::string>{"resnet50", "resnet101", "resnet152", "densenet121",
                                                  "densenet169", "densenet201", "inception", "bert_medium",
                                                  "bert_base", "bert_large"});
    CHECK(names(false) == std::vector<std::string>{"bert_tiny", "bert_small", "vgg16", "mobilenet_v2",
                                                   "efficientnet_b0", "unet", "vit_b16", "gpt2_prefill",
                                                   "gpt2_decode", "llama_prefill", "llama_decode", "dlrm"});
}

// Simonyan and Zisserman 2014, table 2: 138 million; torchvision's vgg16: 138,357,544 with 13,416 biases,
// 15.47 G.
TEST_CASE("VGG-16 has its published numbers of weights and operations") {
    const Workload w = make_zoo_workload("vgg16", {{}, 224, {}});
    const std::uint64_t biases = 2 * 64 + 2 * 128 + 3 * 256 + 6 * 512 + 2 * 4096 + 1000;
    CHECK(biases == 13'416);
    CHECK(weights(w) + biases == 138'357'544);
    const auto stage = [](std::uint64_t side, std::uint64_t in, std::uint64_t out, std::uint64_t convs) {
        return side * side * 9 * (in * out + (convs - 1) * out * out);
    };
    const std::uint64_t expected = stage(224, 3, 64, 2) + stage(112, 64, 128, 2) + stage(56, 128, 256, 3) +
                                   stage(28, 256, 512, 3) + stage(14, 512, 512, 3) + 7 * 7 * 512 * 4096 +
                                   4096 * 4096 + 4096 * 1000;
    CHECK(macs(w) == expected);
    CHECK(macs(w) == 15'470'264'320U);
    CHECK(w.layers.size() == 16);
    CHECK(w.layers.back().m == 1);
}

TEST_CASE("VGG-16 on larger images has the same weights and a map of scores") {
    const Workload w = make_zoo_workload("vgg16", {2, {}, {}});  // 299 / 32 = 9, less 7 - 1
    CHECK(weights(w) == 138'344'128);
    check_gemm(named(w, "fc1"), 2 * 3 * 3, 25'088, 4096);
    check_gemm(named(w, "predictions"), 2 * 3 * 3, 4096, 1000);
    REQUIRE(!w.tensors.empty());
    CHECK(shape_text(w.tensors.back().shape) == "2x3x3x1000");
    CHECK(error_of("vgg16", {{}, 223, {}}) ==
          "vgg16: --image-size: found 223, at which layer \"fc1\" would vanish (a 7x7 window on a 6x6 map), "
          "allowed 224..16384");
}

// arXiv 1505.04597: sides of the maps as its figure 1 tells them, and "in total the network has 23
// convolutional layers". It tells no number of parameters; the one here follows from these layers.
TEST_CASE("U-Net has its published maps and layers") {
    const Workload w = make_zoo_workload("unet", {});
    struct Conv {
        std::uint64_t side, k, n;
    };
    const std::vector<Conv> expected = {
        {570, 9, 64},        {568, 9 * 64, 64},    {282, 9 * 64, 128},  {280, 9 * 128, 128},
        {138, 9 * 128, 256}, {136, 9 * 256, 256},  {66, 9 * 256, 512},  {64, 9 * 512, 512},
        {30, 9 * 512, 1024}, {28, 9 * 1024, 1024}, {28, 1024, 4 * 512}, {54, 9 * 1024, 512},
        {52, 9 * 512, 512},  {52, 512, 4 * 256},   {102, 9 * 512, 256}, {100, 9 * 256, 256},
        {100, 256, 4 * 128}, {198, 9 * 256, 128},  {196, 9 * 128, 128}, {196, 128, 4 * 64},
        {390, 9 * 128, 64},  {388, 9 * 64, 64},    {388, 64, 2}};
    REQUIRE(w.layers.size() == 23);
    REQUIRE(expected.size() == 23);
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const auto& [side, k, n] = expected[i];
        check_gemm(w.layers[i], side * side, k, n);
        sum += side * side * k * n;
    }
    CHECK(macs(w) == sum);
    const std::uint64_t biases = 2 * (64 + 128 + 256 + 512) + 2 * 1024 + 3 * (512 + 256 + 128 + 64) + 2;
    CHECK(weights(w) + biases == 31'030'658);
    CHECK(w.image_size == 572);
    CHECK(w.tensors.empty());
}

TEST_CASE("U-Net joins its two sides") {
    const Workload w = make_zoo_workload("unet", {2, 188, {}});
    CHECK(named(w, "up1_conv1").deps == index_of(w, {"down1_conv2", "up1_upconv"}));
    CHECK(named(w, "up4_conv1").deps == index_of(w, {"down4_conv2", "up4_upconv"}));
    CHECK(named(w, "up4_upconv").deps == index_of(w, {"down5_conv2"}));
    CHECK(w.layers.back().m == 2 * 4 * 4);  // 188 - 184
    CHECK_THAT(error_of("unet", {{}, 100, {}}), Catch::Contains("would vanish"));
}

// torchvision's vit_b_16: 86,567,656 parameters, 17.56 G.
TEST_CASE("ViT-B/16 has its published numbers of weights and operations") {
    const Workload w = make_zoo_workload("vit_b16", {});
    const std::uint64_t hidden = 768, tokens = 14 * 14 + 1, block = 12 * hidden * hidden;
    const std::uint64_t patches = 16 * 16 * 3 * hidden, head = hidden * 1000;
    CHECK(weights(w) == patches + 12 * block + head);
    const std::uint64_t block_vectors = (3 + 1 + 4 + 1 + 2 + 2) * hidden;  // biases, two normalisations
    const std::uint64_t embeddings = hidden + tokens * hidden;             // class token, positions
    CHECK(weights(w) + embeddings + 12 * block_vectors + hidden + 2 * hidden + 1000 == 86'567'656);
    CHECK(products(w) == 12 * 2 * tokens * tokens * hidden);
    CHECK(macs(w) == 14 * 14 * patches + 12 * tokens * block + head + products(w));
    CHECK(macs(w) == 17'563'828'224U);
    CHECK(w.image_size == 224);
    CHECK(named(w, "patch_embedding").kernel_h == 16);
    CHECK(error_of("vit_b16", {{}, 15, {}}) ==
          "vit_b16: --image-size: found 15, at which layer \"patch_embedding\" would vanish (a 16x16 window "
          "on a 15x15 map), allowed 16..16384");
}

// Hugging Face's openai-community/gpt2: 124,439,808 parameters; the head's weights are the token embeddings.
TEST_CASE("GPT-2 has its published number of weights") {
    const std::uint64_t hidden = 768, block = 12 * hidden * hidden, head = hidden * 50'257;
    const std::uint64_t positions = 1024 * hidden, block_vectors = (3 + 1 + 4 + 1 + 2 + 2) * hidden;
    for (const char* name : {"gpt2_prefill", "gpt2_decode"}) {
        const Workload w = make_zoo_workload(name, {});
        CHECK(block == 7'077'888);
        CHECK(weights(w) == 12 * block + head);
        CHECK(weights(w) + positions + 12 * block_vectors + 2 * hidden == 124'439'808);
        CHECK(w.layers.size() == 12 * (3 + 2 * 12 + 3) + 1);
    }
    const Workload prefill = make_zoo_workload("gpt2_prefill", {2, {}, 300});
    CHECK(macs(prefill) == 2 * (300 * 12 * block + 12 * 2 * 300 * 300 * hidden + head));
    const Workload decode = make_zoo_workload("gpt2_decode", {2, {}, 300});
    CHECK(macs(decode) == 2 * (12 * block + 12 * 2 * 300 * hidden + head));
}

// Hugging Face's meta-llama/Llama-3.2-1B: 1,235,814,400 parameters (Meta: 1.23 B); the head's weights are the
// token embeddings.
TEST_CASE("Llama has its published number of weights") {
    const std::uint64_t hidden = 2048, keys = 512, wide = 8192, head = hidden * 128'256;
    const std::uint64_t block = 2 * hidden * hidden + 2 * hidden * keys + 3 * hidden * wide;
    for (const char* name : {"llama_prefill", "llama_decode"}) {
        const Workload w = make_zoo_workload(name, {});
        CHECK(weights(w) == 16 * block + head);
        CHECK(weights(w) + (16 * 2 + 1) * hidden == 1'235'814'400);  // normalisations
        CHECK(w.layers.size() == 16 * (3 + 2 * 8 + 4) + 1);
    }
    const Workload prefill = make_zoo_workload("llama_prefill", {3, {}, 70});
    CHECK(macs(prefill) == 3 * (70 * 16 * block + 16 * 2 * 70 * 70 * hidden + head));
    const Workload decode = make_zoo_workload("llama_decode", {3, {}, 70});
    CHECK(macs(decode) == 3 * (16 * block + 16 * 2 * 70 * hidden + head));
}

TEST_CASE("query heads that share keys are rows of one product") {
    const Workload prefill = make_zoo_workload("llama_prefill", {2, {}, 20});
    check_gemm(named(prefill, "block0_q"), 40, 2048, 2048);
    check_gemm(named(prefill, "block0_k"), 40, 2048, 512);
    check_gemm(named(prefill, "block0_qk7_b1"), 4 * 20, 64, 20);
    check_gemm(named(prefill, "block0_pv7_b1"), 4 * 20, 20, 64);
    check_gemm(named(prefill, "lm_head"), 2, 2048, 128'256);
    const Workload decode = make_zoo_workload("llama_decode", {2, {}, 20});
    check_gemm(named(decode, "block0_v"), 2, 2048, 512);
    check_gemm(named(decode, "block15_qk0"), 4, 64, 20);
    check_gemm(named(decode, "block15_pv0_b1"), 4, 20, 64);
    check_gemm(named(make_zoo_workload("gpt2_decode", {{}, {}, 20}), "block0_qk11"), 1, 64, 20);
}

TEST_CASE("layers of a transformer wait for what they read") {
    const Workload w = make_zoo_workload("llama_decode", {2, {}, {}});
    CHECK(named(w, "block0_q").deps.empty());
    CHECK(named(w, "block1_qk3_b1").deps == index_of(w, {"block1_k", "block1_q"}));
    CHECK(named(w, "block1_pv3_b1").deps == index_of(w, {"block1_v", "block1_qk3_b1"}));
    CHECK(named(w, "block1_o").deps.size() == 16);
    CHECK(named(w, "block1_gate").deps == index_of(w, {"block1_o"}));
    CHECK(named(w, "block1_down").deps == index_of(w, {"block1_gate", "block1_up"}));
    CHECK(named(w, "block2_v").deps == index_of(w, {"block1_down", "block1_o"}));
    CHECK(named(w, "lm_head").deps == index_of(w, {"block15_down", "block15_o"}));
    const Workload vit = make_zoo_workload("vit_b16", {});
    CHECK(named(vit, "block0_k").deps == index_of(vit, {"patch_embedding"}));
    CHECK(named(vit, "block0_down").deps == index_of(vit, {"block0_up"}));
}

TEST_CASE("decoding the first token is a prompt of one token") {
    for (const std::string model : {"gpt2", "llama"}) {
        std::ostringstream prefill, decode;
        Workload w = make_zoo_workload(model + "_prefill", {4, {}, 1});
        w.name = model + "_decode";
        write_workload(w, prefill);
        write_workload(make_zoo_workload(model + "_decode", {4, {}, 1}), decode);
        const bool same = prefill.str() == decode.str();
        CHECK(same);
    }
}

// MLPerf's DLRM, bench/run_and_time.sh of facebookresearch/dlrm: bottom 13-512-256-128, top
// 1024-1024-512-256-1 on 128 + 27 * 26 / 2 = 479 values.
TEST_CASE("DLRM has the layers of MLPerf") {
    const Workload w = make_zoo_workload("dlrm", {64, {}, {}});
    const std::vector<std::uint64_t> bottom{13, 512, 256, 128}, top{479, 1024, 1024, 512, 256, 1};
    REQUIRE(w.layers.size() == 3 + 64 + 5);
    for (std::size_t i = 0; i < 3; ++i) check_gemm(w.layers[i], 64, bottom[i], bottom[i + 1]);
    for (std::size_t i = 0; i < 5; ++i) check_gemm(w.layers[67 + i], 64, top[i], top[i + 1]);
    check_gemm(named(w, "interaction_b63"), 27, 128, 27);
    CHECK(named(w, "interaction").deps == index_of(w, {"bottom3"}));
    CHECK(named(w, "top1").deps.size() == 65);
    CHECK(named(w, "top5").deps == index_of(w, {"top4"}));
    const std::uint64_t biases = 512 + 256 + 128 + 1024 + 1024 + 512 + 256 + 1;
    CHECK(weights(w) == 170'496 + 2'194'688);
    CHECK(weights(w) + biases == 2'368'897);
    CHECK(macs(w) == 64 * (weights(w) + 27 * 128 * 27));
    CHECK(w.image_size == 0);
    CHECK(w.seq_len == 0);
    CHECK(error_of("dlrm", {{}, 224, {}}) == "dlrm: found --image-size, allowed is --batch alone");
    CHECK(error_of("dlrm", {{}, {}, 9}) == "dlrm: found --seq-len, allowed is --batch alone");
    CHECK(error_of("dlrm", {0, {}, {}}) == "dlrm: --batch: found 0, allowed 1..1024");
}

TEST_CASE("the wide zoo scales with the batch and reads back") {
    for (const std::string& name : names(false)) {
        if (name.rfind("bert_", 0) == 0) continue;  // repeats its encoder; see zoo_test
        INFO(name);
        const Workload one = make_zoo_workload(name, {}), three = make_zoo_workload(name, {3, {}, {}});
        CHECK(macs(three) == 3 * macs(one));
        CHECK(weights(three) == weights(one));
        CHECK(three.repeat == 1);
        std::ostringstream once, twice;
        write_workload(three, once);
        write_workload(sosa::host::parse_workload(once.str(), name), twice);
        const bool same = once.str() == twice.str();
        CHECK(same);
    }
}
