#include "host/zoo.h"

#include <algorithm>
#include <functional>

#include "host/import_command.h"
#include "host/zoo_models.h"
#include "traces/error.h"
#include "traces/text.h"

namespace sosa::host {

namespace {
constexpr std::uint32_t kDefaultImageSize = 299;
constexpr std::uint32_t kSmallImageSize = 224;
constexpr std::uint32_t kDefaultSeqLen = 100;
constexpr zoo::TransformerShape kVitB16{12, 768, 12, 12, 3072, false, 1000};
constexpr zoo::TransformerShape kGpt2Small{12, 768, 12, 12, 3072, false, 50'257};
constexpr zoo::TransformerShape kLlama1B{16, 2048, 32, 8, 8192, true, 128'256};

struct Model {
    ZooEntry entry;
    std::function<Workload(std::uint32_t batch, std::uint32_t size)> make;
};

Model cnn(const std::string& name, const std::string& description,
          std::function<Workload(const zoo::CnnSize&)> make, std::uint32_t default_size = kDefaultImageSize) {
    return {{name, description, true, false, default_size},
            [name, make = std::move(make)](std::uint32_t batch, std::uint32_t image_size) {
                return make({name, batch, image_size});
            }};
}

Model resnet(const std::string& name, const std::string& depth, const std::array<std::uint32_t, 4>& blocks) {
    return cnn(name, "ResNet-" + depth + " v1, image classification",
               [blocks](const zoo::CnnSize& size) { return zoo::resnet(size, blocks); });
}

Model densenet(const std::string& name, const std::string& depth,
               const std::array<std::uint32_t, 4>& blocks) {
    return cnn(name, "DenseNet-" + depth + ", image classification",
               [blocks](const zoo::CnnSize& size) { return zoo::densenet(size, blocks); });
}

Model bert(const std::string& name, const zoo::BertShape& shape) {
    const std::string description = "BERT, " + std::to_string(shape.encoders) + " encoders of hidden size " +
                                    std::to_string(shape.hidden) + " with " + std::to_string(shape.heads) +
                                    " heads";
    return {{name, description, false, true, kDefaultSeqLen},
            [name, shape](std::uint32_t batch, std::uint32_t seq_len) {
                return zoo::bert({name, batch, seq_len}, shape);
            }};
}

Model decoder(const std::string& name, const std::string& description, const zoo::TransformerShape& shape,
              zoo::Phase phase) {
    const std::string what =
        phase == zoo::Phase::prefill ? ", reading a prompt" : ", one token on a KV cache";
    return {{name, description + what, false, true, kDefaultSeqLen},
            [name, shape, phase](std::uint32_t batch, std::uint32_t seq_len) {
                return zoo::decoder({name, batch, seq_len}, shape, phase);
            }};
}

const std::vector<Model>& models() {
    static const std::vector<Model> all = {
        resnet("resnet50", "50", {3, 4, 6, 3}),
        resnet("resnet101", "101", {3, 4, 23, 3}),
        resnet("resnet152", "152", {3, 8, 36, 3}),
        densenet("densenet121", "121", {6, 12, 24, 16}),
        densenet("densenet169", "169", {6, 12, 32, 32}),
        densenet("densenet201", "201", {6, 12, 48, 32}),
        cnn("inception", "Inception v3, image classification", zoo::inception),
        bert("bert_medium", {8, 512, 8}),
        bert("bert_base", {12, 768, 12}),
        bert("bert_large", {24, 1024, 16}),
        bert("bert_tiny", {2, 128, 2}),
        bert("bert_small", {4, 512, 8}),
        cnn("vgg16", "VGG-16, image classification", zoo::vgg16),
        cnn("mobilenet_v2", "MobileNetV2, image classification, 224 pixels by default", zoo::mobilenet_v2,
            kSmallImageSize),
        cnn("efficientnet_b0", "EfficientNet-B0, image classification, 224 pixels by default",
            zoo::efficientnet_b0, kSmallImageSize),
        cnn("unet", "U-Net, segmentation of grey images, 572 pixels by default", zoo::unet, 572),
        cnn(
            "vit_b16", "Vision Transformer B/16, image classification, 224 pixels by default",
            [](const zoo::CnnSize& size) { return zoo::vit(size, kVitB16); }, kSmallImageSize),
        decoder("gpt2_prefill", "GPT-2 small", kGpt2Small, zoo::Phase::prefill),
        decoder("gpt2_decode", "GPT-2 small", kGpt2Small, zoo::Phase::decode),
        decoder("llama_prefill", "Llama 3.2 1B", kLlama1B, zoo::Phase::prefill),
        decoder("llama_decode", "Llama 3.2 1B", kLlama1B, zoo::Phase::decode),
        {{"dlrm", "DLRM of MLPerf, recommendation; takes --batch alone", false, false, 0},
         [](std::uint32_t batch, std::uint32_t) { return zoo::dlrm("dlrm", batch); }},
    };
    return all;
}

const Model* find_model(const std::string& name) {
    const auto found =
        std::find_if(models().begin(), models().end(), [&](const Model& m) { return m.entry.name == name; });
    return found == models().end() ? nullptr : &*found;
}

[[noreturn]] void fail_unknown(const std::string& name) {
    std::vector<std::string> names;
    for (const ZooEntry& entry : zoo_entries()) names.push_back(entry.name);
    throw UsageError("--workload: found \"" + name + "\"" +
                     traces::did_you_mean(traces::nearest(name, names)) + ", allowed " + traces::join(names) +
                     " or a file");
}

void check_range(const std::string& name, const char* option, std::uint32_t value, std::uint32_t max) {
    if (value >= 1 && value <= max) return;
    throw UsageError(name + ": " + option + ": found " + std::to_string(value) + ", allowed 1.." +
                     std::to_string(max));
}

void refuse(const std::string& name, const char* option, bool given, const std::string& why) {
    if (given) throw UsageError(name + ": found " + option + ", " + why);
}

// The least image size at which every layer has an output; only for explaining an error.
std::uint32_t smallest_size(const Model& model, std::uint32_t too_small) {
    for (std::uint32_t size = too_small + 1;; ++size) try {
            model.make(1, size);
            return size;
        } catch (const zoo::VanishedLayer&) {
        }
}

Workload make(const Model& model, std::uint32_t batch, std::uint32_t size) {
    try {
        return model.make(batch, size);
    } catch (const zoo::VanishedLayer& layer) {
        const auto by = [](std::uint32_t height, std::uint32_t width) {
            return std::to_string(height) + "x" + std::to_string(width);
        };
        throw UsageError(model.entry.name + ": --image-size: found " + std::to_string(size) +
                         ", at which layer \"" + layer.layer + "\" would vanish (a " +
                         by(layer.window_height, layer.window_width) + " window on a " +
                         by(layer.input_height, layer.input_width) + " map), allowed " +
                         std::to_string(smallest_size(model, size)) + ".." + std::to_string(kMaxImageSize));
    }
}
}  // namespace

const std::vector<ZooEntry>& zoo_entries() {
    static const std::vector<ZooEntry> entries = [] {
        std::vector<ZooEntry> list;
        for (const Model& model : models()) list.push_back(model.entry);
        return list;
    }();
    return entries;
}

Workload make_zoo_workload(const std::string& name, const ZooOptions& options) {
    const Model* model = find_model(name);
    if (model == nullptr) fail_unknown(name);
    const ZooEntry& entry = model->entry;
    const std::string allowed = entry.image      ? "allowed is --image-size: it reads images"
                                : entry.sequence ? "allowed is --seq-len: it reads sequences"
                                                 : "allowed is --batch alone";
    refuse(name, "--seq-len", !entry.sequence && options.seq_len, allowed);
    refuse(name, "--image-size", !entry.image && options.image_size, allowed);
    const std::uint32_t batch = options.batch.value_or(1);
    check_range(name, "--batch", batch, kMaxBatch);
    const std::uint32_t size =
        (entry.image ? options.image_size : options.seq_len).value_or(entry.default_size);
    const char* option = entry.image ? "--image-size" : "--seq-len";
    const bool sized = entry.image || entry.sequence;
    if (sized) check_range(name, option, size, entry.image ? kMaxImageSize : kMaxSeqLen);
    Workload workload = make(*model, batch, size);
    check_sizes(workload, name + " with --batch " + std::to_string(batch) +
                              (sized ? std::string(" ") + option + " " + std::to_string(size) : ""));
    return workload;
}

Workload load_workload(const std::string& name_or_file, const ZooOptions& options) {
    if (find_model(name_or_file) != nullptr) return make_zoo_workload(name_or_file, options);
    std::error_code ignored;
    if (name_or_file.find_first_of("/.") == std::string::npos &&
        !std::filesystem::exists(name_or_file, ignored))
        fail_unknown(name_or_file);
    const std::string why = "allowed only with a workload of the zoo: the sizes of a file are fixed";
    refuse(name_or_file, "--batch", options.batch.has_value(), why);
    refuse(name_or_file, "--image-size", options.image_size.has_value(), why);
    refuse(name_or_file, "--seq-len", options.seq_len.has_value(), why);
    return read_workload_file(name_or_file);
}

}  // namespace sosa::host
