#include "host/zoo_models.h"

namespace sosa::host::zoo {

namespace {
using Deps = std::vector<std::uint32_t>;

class Bert {
  public:
    Bert(const BertSize& size, const BertShape& shape) : size_(size), shape_(shape) {}
    Workload build();

  private:
    // Returns the new layer's index.
    std::uint32_t matmul(const std::string& name, std::uint64_t m, std::uint64_t k, std::uint64_t n,
                         Deps deps);
    std::uint32_t attention();
    Deps scores(const std::string& prefix, const Deps& projections);
    Deps values(const std::string& prefix, const Deps& all_scores);
    std::string head_name(const std::string& prefix, std::uint32_t sample, std::uint32_t head) const;

    std::uint64_t tokens() const { return std::uint64_t{size_.batch} * size_.seq_len; }
    std::uint64_t head_size() const { return shape_.hidden / shape_.heads; }

    BertSize size_;
    BertShape shape_;
    Workload workload_;
};

std::uint32_t Bert::matmul(const std::string& name, std::uint64_t m, std::uint64_t k, std::uint64_t n,
                           Deps deps) {
    Layer layer;
    layer.name = name;
    layer.op = "MatMul";
    layer.m = m;
    layer.k = k;
    layer.n = n;
    layer.deps = std::move(deps);
    workload_.layers.push_back(std::move(layer));
    return static_cast<std::uint32_t>(workload_.layers.size() - 1);
}

std::string Bert::head_name(const std::string& prefix, std::uint32_t sample, std::uint32_t head) const {
    return prefix + std::to_string(head) + (sample == 0 ? "" : "_b" + std::to_string(sample));
}

// Attention is within a sample and a head: these products do not grow with the batch, there are more of them.
Deps Bert::scores(const std::string& prefix, const Deps& projections) {
    Deps all;
    for (std::uint32_t sample = 0; sample < size_.batch; ++sample)
        for (std::uint32_t head = 0; head < shape_.heads; ++head)
            all.push_back(matmul(head_name(prefix, sample, head), size_.seq_len, head_size(), size_.seq_len,
                                 projections));
    return all;
}

// As in the published graphs, a head waits for the scores of all heads (of its sample).
Deps Bert::values(const std::string& prefix, const Deps& all_scores) {
    Deps all;
    for (std::uint32_t sample = 0; sample < size_.batch; ++sample) {
        const auto first = all_scores.begin() + sample * shape_.heads;
        const Deps own(first, first + shape_.heads);
        for (std::uint32_t head = 0; head < shape_.heads; ++head)
            all.push_back(
                matmul(head_name(prefix, sample, head), size_.seq_len, size_.seq_len, head_size(), own));
    }
    return all;
}

std::uint32_t Bert::attention() {
    const std::string prefix = "Encoder-1-MultiHeadSelfAttention_";
    Deps projections;
    for (const char* name : {"K", "Q", "V"})
        projections.push_back(matmul(prefix + name, tokens(), shape_.hidden, shape_.hidden, {}));
    const Deps all_scores = scores(prefix + "QK", projections);
    return matmul(prefix + "O", tokens(), shape_.hidden, shape_.hidden, values(prefix + "PV", all_scores));
}

Workload Bert::build() {
    constexpr std::uint32_t expansion = 4, classes = 2;
    const std::uint64_t hidden = shape_.hidden;
    workload_.name = size_.name;
    workload_.batch = size_.batch;
    workload_.seq_len = size_.seq_len;
    workload_.tail_layers = 3;  // the MLM and NSP heads
    workload_.repeat = shape_.encoders;
    const std::uint32_t attended = attention();
    const std::uint32_t wide =
        matmul("Encoder-1-FeedForward1", tokens(), hidden, expansion * hidden, {attended});
    const std::uint32_t narrow =
        matmul("Encoder-1-FeedForward2", tokens(), expansion * hidden, hidden, {wide});
    const Deps residual{narrow, attended};
    matmul("MLM-Dense", tokens(), hidden, hidden, residual);
    const std::uint32_t first_token = matmul("NSP-Dense", size_.batch, hidden, hidden, residual);
    matmul("NSP", size_.batch, hidden, classes, {first_token});
    return std::move(workload_);
}
}  // namespace

Workload bert(const BertSize& size, const BertShape& shape) { return Bert(size, shape).build(); }

}  // namespace sosa::host::zoo
