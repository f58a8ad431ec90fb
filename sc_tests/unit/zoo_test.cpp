#include "host/zoo.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <set>
#include <sstream>

#include "traces/error.h"
#include "traces/files.h"

namespace {
using sosa::host::make_zoo_workload;
using sosa::host::Workload;
using sosa::host::ZooEntry;
using sosa::host::ZooOptions;

const std::filesystem::path kData = SOSA_TEST_DATA;

ZooOptions batch_of(std::uint32_t batch) { return {batch, {}, {}}; }
ZooOptions size_of(const ZooEntry& entry, std::uint32_t size) {
    return entry.image ? ZooOptions{{}, size, {}} : ZooOptions{{}, {}, size};
}
// The paper's ten; the others are in zoo_wide_test.
std::vector<ZooEntry> papers() {
    const auto& all = sosa::host::zoo_entries();
    return {all.begin(), all.begin() + sosa::host::kPaperBenchmarks};
}
const ZooEntry& entry_of(const std::string& name) {
    for (const ZooEntry& entry : sosa::host::zoo_entries())
        if (entry.name == name) return entry;
    FAIL("no zoo workload " << name);
    throw 0;
}
std::string error_of(const std::string& name, const ZooOptions& options) {
    try {
        sosa::host::load_workload(name, options);
    } catch (const sosa::UsageError& error) {
        return error.what();
    }
    return "no usage error";
}
}  // namespace

TEST_CASE("the zoo generates the published graphs byte for byte") {
    REQUIRE(papers().size() == 10);
    for (const ZooEntry& entry : papers()) {
        INFO(entry.name);
        std::ostringstream generated;
        Workload workload = make_zoo_workload(entry.name, {});
        CHECK(workload.tail_layers ==
              (entry.image ? 0u : 3u));  // BERT's heads: our key, not in the published files
        workload.tail_layers = 0;
        CHECK(workload.tensors.empty() == !entry.image);  // nor is the graph
        workload.tensors.clear();
        write_workload(workload, generated);
        const bool same =
            generated.str() == sosa::traces::read_file(kData / "workloads" / (entry.name + ".json"));
        CHECK(same);
    }
}

TEST_CASE("reading a published graph gives the generated workload") {
    for (const ZooEntry& entry : papers()) {
        INFO(entry.name);
        const Workload generated = make_zoo_workload(entry.name, {});
        const Workload read = sosa::host::read_workload(kData / "workloads" / (entry.name + ".json"));
        CHECK(read.name == generated.name);
        CHECK(read.repeat == generated.repeat);
        CHECK(read.image_size == generated.image_size);
        CHECK(read.seq_len == generated.seq_len);
        REQUIRE(read.layers.size() == generated.layers.size());
        for (std::size_t i = 0; i < read.layers.size(); ++i) {
            const auto& a = read.layers[i];
            const auto& b = generated.layers[i];
            INFO(a.name);
            const bool same = a.name == b.name && a.op == b.op && a.m == b.m && a.k == b.k && a.n == b.n &&
                              a.kernel_h == b.kernel_h && a.kernel_w == b.kernel_w && a.deps == b.deps;
            CHECK(same);
        }
    }
}

TEST_CASE("operations equal those of the published runs") {
    std::ifstream csv(kData / "reference_cycles.csv");
    std::string line;
    REQUIRE(std::getline(csv, line));
    REQUIRE(line.rfind(
                "workload,param,pods,interconnect,cycles,last_main_slice,last_post_slice,tile_ops,ops,", 0) ==
            0);
    std::set<std::string> seen;
    while (std::getline(csv, line)) {
        std::vector<std::string> cells;
        std::istringstream cut(line);
        for (std::string cell; std::getline(cut, cell, ',');) cells.push_back(cell);
        REQUIRE(cells.size() == 14);
        if (!seen.insert(cells[0] + "," + cells[1] + "," + cells[8]).second) continue;
        INFO(line);
        const auto param = static_cast<std::uint32_t>(std::stoul(cells[1]));
        CHECK(2 * macs(make_zoo_workload(cells[0], size_of(entry_of(cells[0]), param))) ==
              std::stoull(cells[8]));
    }
    CHECK(seen.size() == 10);  // one count of operations for each workload and size
}

TEST_CASE("a batch multiplies the work exactly") {
    for (const ZooEntry& entry : papers()) {
        INFO(entry.name);
        const Workload one = make_zoo_workload(entry.name, {});
        const Workload eight = make_zoo_workload(entry.name, batch_of(8));
        CHECK(macs(eight) == 8 * macs(one));
        CHECK(eight.batch == 8);
        CHECK(eight.repeat == one.repeat);
        if (!entry.image) continue;
        REQUIRE(eight.layers.size() == one.layers.size());
        for (std::size_t i = 0; i < one.layers.size(); ++i) CHECK(eight.layers[i].m == 8 * one.layers[i].m);
    }
}

TEST_CASE("a batch gives attention more products and not larger ones") {
    const Workload w = make_zoo_workload("bert_medium", {2, {}, 20});
    REQUIRE(w.layers.size() == 3 + 2 * (8 + 8) + 6);
    const std::string prefix = "Encoder-1-MultiHeadSelfAttention_";
    CHECK(w.layers[0].m == 40);
    CHECK(w.layers[3].name == prefix + "QK0");
    CHECK(w.layers[11].name == prefix + "QK0_b1");
    CHECK(w.layers[11].m == 20);
    CHECK(w.layers[11].n == 20);
    CHECK(w.layers[11].deps == std::vector<std::uint32_t>{0, 1, 2});
    CHECK(w.layers[19].name == prefix + "PV0");
    CHECK(w.layers[19].deps == std::vector<std::uint32_t>{3, 4, 5, 6, 7, 8, 9, 10});
    CHECK(w.layers[34].name == prefix + "PV7_b1");
    CHECK(w.layers[34].deps == std::vector<std::uint32_t>{11, 12, 13, 14, 15, 16, 17, 18});
    CHECK(w.layers[35].name == prefix + "O");
    CHECK(w.layers[35].deps.size() == 16);
    CHECK(w.layers[38].m == 40);  // MLM-Dense
    CHECK(w.layers[39].m == 2);   // NSP-Dense: the first token of each sample
}

TEST_CASE("generated workloads read back") {
    for (const ZooEntry& entry : papers()) {
        std::ostringstream once, twice;
        write_workload(make_zoo_workload(entry.name, batch_of(3)), once);
        write_workload(sosa::host::parse_workload(once.str(), entry.name), twice);
        const bool same = once.str() == twice.str();
        CHECK(same);
    }
}

// Keras strides in the first 1x1 convolution of a stage (ResNet "v1", not "v1.5"), hence 3.86 and not 4.09
// GMACs.
TEST_CASE("ResNet-50 at 224 pixels has the published size") {
    const Workload w = make_zoo_workload("resnet50", {{}, 224, {}});
    // Stem, then per stage: the shortcut, the first block, and the others.
    const auto stage = [](std::uint64_t side, std::uint64_t in, std::uint64_t width, std::uint64_t blocks) {
        const std::uint64_t first = in * 4 * width + in * width + 9 * width * width + width * 4 * width;
        const std::uint64_t other = 4 * width * width + 9 * width * width + width * 4 * width;
        return side * side * (first + (blocks - 1) * other);
    };
    const std::uint64_t expected = 112 * 112 * 147 * 64 + stage(56, 64, 64, 3) + stage(28, 256, 128, 4) +
                                   stage(14, 512, 256, 6) + stage(7, 1024, 512, 3) + 2048 * 1000;
    CHECK(macs(w) == expected);
    CHECK(macs(w) == 3'857'973'248U);
}

TEST_CASE("the CNNs have their published numbers of weights") {
    // Keras' parameter counts without biases and batch normalisation.
    const auto weights = [](const std::string& name) {
        std::uint64_t sum = 0;
        for (const auto& layer : make_zoo_workload(name, {}).layers) sum += layer.k * layer.n;
        return sum;
    };
    // Each output channel of a ResNet convolution has a bias and four normalisation values, each class a
    // bias.
    CHECK(weights("resnet50") + 5 * 26'560 + 1000 == 25'636'712U);
    // Inception convolutions have no bias; normalisation has three values a channel (no scale).
    CHECK(weights("inception") + 3 * 17'216 + 1000 == 23'851'784U);
}

TEST_CASE("at the least image size no layer vanishes") {
    CHECK(macs(make_zoo_workload("inception", {{}, 75, {}})) > 0);
    CHECK(error_of("inception", {{}, 74, {}}) ==
          "inception: --image-size: found 74, at which layer \"conv2d_259\" would vanish (a 3x3 window on a "
          "2x2 map), "
          "allowed 75..16384");
    CHECK(error_of("densenet121", {{}, 28, {}}) ==
          "densenet121: --image-size: found 28, at which layer \"pool4_pool\" would vanish (a 2x2 window on "
          "a 1x1 map), "
          "allowed 29..16384");
    CHECK(error_of("densenet121", {{}, 29, {}}) == "no usage error");
    CHECK(macs(make_zoo_workload("resnet50", {{}, 1, {}})) >
          0);  // its padding keeps every map at 1x1 at least
    CHECK(macs(make_zoo_workload("bert_base", {{}, {}, 1})) > 0);
}

TEST_CASE("zoo options must suit the workload") {
    CHECK(error_of("resnet50", {{}, {}, 100}) ==
          "resnet50: found --seq-len, allowed is --image-size: it reads images");
    CHECK(error_of("bert_base", {{}, 224, {}}) ==
          "bert_base: found --image-size, allowed is --seq-len: it reads sequences");
    CHECK(error_of("resnet50", {0, {}, {}}) == "resnet50: --batch: found 0, allowed 1..1024");
    CHECK(error_of("resnet50", {1025, {}, {}}) == "resnet50: --batch: found 1025, allowed 1..1024");
    CHECK(error_of("resnet50", {{}, 0, {}}) == "resnet50: --image-size: found 0, allowed 1..16384");
    CHECK(error_of("resnet50", {{}, 16385, {}}) == "resnet50: --image-size: found 16385, allowed 1..16384");
    CHECK(error_of("bert_large", {{}, {}, 65537}) == "bert_large: --seq-len: found 65537, allowed 1..65536");
}

TEST_CASE("a batch of images too large together is refused") {
    CHECK_THROWS_WITH(
        make_zoo_workload("resnet50", {1024, 16384, {}}),
        "resnet50 with --batch 1024 --image-size 16384: layer 0 \"conv1_conv\": key \"m\": found "
        "68719476736, allowed 1..2147483647");
}

TEST_CASE("an unknown workload name gets a suggestion") {
    CHECK(
        error_of("resnet5", {}) ==
        "--workload: found \"resnet5\" (did you mean \"resnet50\"?), allowed resnet50, resnet101, resnet152, "
        "densenet121, densenet169, densenet201, inception, bert_medium, bert_base, bert_large, bert_tiny, "
        "bert_small, vgg16, "
        "mobilenet_v2, "
        "efficientnet_b0, unet, "
        "vit_b16, gpt2_prefill, gpt2_decode, llama_prefill, llama_decode, dlrm or a file");
    CHECK_THAT(error_of("", {}), Catch::StartsWith("--workload: found \"\", allowed resnet50, "));
    CHECK_THROWS_WITH(make_zoo_workload("bert-base", {}), Catch::Contains("did you mean \"bert_base\"?"));
}

TEST_CASE("a workload is a zoo name or else a file") {
    CHECK(sosa::host::load_workload("resnet50", batch_of(2)).batch == 2);
    const std::string file = (kData / "workloads" / "bert_base.json").string();
    CHECK(sosa::host::load_workload(file, {}).layers.size() == 33);
    const std::string why = ", allowed only with a workload of the zoo: the sizes of a file are fixed";
    CHECK(error_of(file, batch_of(2)) == file + ": found --batch" + why);
    CHECK(error_of(file, {{}, 224, {}}) == file + ": found --image-size" + why);
    CHECK(error_of(file, {{}, {}, 20}) == file + ": found --seq-len" + why);
    CHECK_THROWS_WITH(sosa::host::load_workload("no_such.json", {}), Catch::StartsWith("no_such.json: "));
}
