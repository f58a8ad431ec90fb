#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "host/workload.h"

// One generator per family. ResNet, DenseNet and Inception follow the Keras applications models, from which
// the published graphs were exported: their padding, their layer names, and their order.
namespace sosa::host::zoo {

struct CnnSize {
    std::string name;
    std::uint32_t batch, image_size;
};

struct SequenceSize {
    std::string name;
    std::uint32_t batch, seq_len;
};

// Thrown where a window does not fit into its (padded) input; the caller knows which option to blame.
struct VanishedLayer {
    std::string layer;
    std::uint32_t input_height, input_width, window_height, window_width;
};

// ResNet v1 (He et al. 2015) of bottleneck blocks; `blocks` of each of the four stages.
Workload resnet(const CnnSize& size, const std::array<std::uint32_t, 4>& blocks);

// DenseNet-BC (Huang et al. 2016), growth 32, compression 1/2.
Workload densenet(const CnnSize& size, const std::array<std::uint32_t, 4>& blocks);

// Inception v3 (Szegedy et al. 2015).
Workload inception(const CnnSize& size);

// BERT (Devlin et al. 2018): one encoder and the two pre-training heads, repeated `encoders` times as the
// published runs do it, heads included.
struct BertShape {
    std::uint32_t encoders, hidden, heads;
};
Workload bert(const SequenceSize& size, const BertShape& shape);

// VGG-16, configuration D (Simonyan and Zisserman 2014).
Workload vgg16(const CnnSize& size);

// MobileNetV2 of width 1 (Sandler et al. 2018). Its tensor graph has ReLU for the published ReLU6.
Workload mobilenet_v2(const CnnSize& size);

// EfficientNet-B0 (Tan and Le 2019); squeeze and excitation are two Dense layers on the map's averages.
// Without a tensor graph, which cannot scale channels.
Workload efficientnet_b0(const CnnSize& size);

// U-Net (Ronneberger et al. 2015, arXiv 1505.04597) as published: grey images, convolutions without padding,
// transposed 2x2 convolutions upwards, crops, two classes. Without a tensor graph.
Workload unet(const CnnSize& size);

// Blocks of attention and feed-forward, every one listed, then a head of `classes`. `gated`: the feed-forward
// has two layers to its `wide` side. Without a tensor graph.
struct TransformerShape {
    std::uint32_t blocks, hidden, heads, kv_heads, wide;
    bool gated;
    std::uint32_t classes;
};

// Vision Transformer on 16x16 patches and a class token (Dosovitskiy et al. 2020); pixels beyond the last
// whole patch are not read.
Workload vit(const CnnSize& size, const TransformerShape& shape);

// A language model until its next token. `prefill`: all of a prompt of seq_len tokens, with the products of
// causal attention in full; `decode`: one token that attends to seq_len, itself included. The head sees each
// sample's last token only.
enum class Phase { prefill, decode };
Workload decoder(const SequenceSize& size, const TransformerShape& shape, Phase phase);

// DLRM of MLPerf (Naumov et al. 2019), on Criteo's 13 dense and 26 sparse features; looking up embeddings is
// no matrix product. Without a tensor graph.
Workload dlrm(const std::string& name, std::uint32_t batch);

}  // namespace sosa::host::zoo
