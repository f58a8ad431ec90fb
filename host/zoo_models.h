#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "host/workload.h"

// One generator per family. The CNNs follow the Keras applications models, from which the published graphs
// were exported: their padding, their layer names, and their order.
namespace sosa::host::zoo {

struct CnnSize {
    std::string name;
    std::uint32_t batch, image_size;
};

struct BertSize {
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
Workload bert(const BertSize& size, const BertShape& shape);

}  // namespace sosa::host::zoo
