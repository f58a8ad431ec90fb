#include "host/zoo_layers.h"
#include "host/zoo_models.h"

namespace sosa::host::zoo {

namespace {
class Bert {
  public:
    Bert(const SequenceSize& size, const BertShape& shape) : size_(size), shape_(shape) {}
    Workload build();

  private:
    // Returns the new layer's index.
    std::uint32_t attention();
    Deps scores(const std::string& prefix, const Deps& projections);
    Deps values(const std::string& prefix, const Deps& all_scores);
    std::string head_name(const std::string& prefix, std::uint32_t sample, std::uint32_t head) const;

    std::uint64_t tokens() const { return std::uint64_t{size_.batch} * size_.seq_len; }
    std::uint64_t head_size() const { return shape_.hidden / shape_.heads; }

    SequenceSize size_;
    BertShape shape_;
    Workload workload_;
};

std::string Bert::head_name(const std::string& prefix, std::uint32_t sample, std::uint32_t head) const {
    return prefix + std::to_string(head) + (sample == 0 ? "" : "_b" + std::to_string(sample));
}

// Attention is within a sample and a head: these products do not grow with the batch, there are more of them.
Deps Bert::scores(const std::string& prefix, const Deps& projections) {
    Deps all;
    for (std::uint32_t sample = 0; sample < size_.batch; ++sample)
        for (std::uint32_t head = 0; head < shape_.heads; ++head)
            all.push_back(matmul(workload_, head_name(prefix, sample, head), size_.seq_len, head_size(),
                                 size_.seq_len, projections));
    return all;
}

// As in the published graphs, a head waits for the scores of all heads (of its sample).
Deps Bert::values(const std::string& prefix, const Deps& all_scores) {
    Deps all;
    for (std::uint32_t sample = 0; sample < size_.batch; ++sample) {
        const auto first = all_scores.begin() + sample * shape_.heads;
        const Deps own(first, first + shape_.heads);
        for (std::uint32_t head = 0; head < shape_.heads; ++head)
            all.push_back(matmul(workload_, head_name(prefix, sample, head), size_.seq_len, size_.seq_len,
                                 head_size(), own));
    }
    return all;
}

std::uint32_t Bert::attention() {
    const std::string prefix = "Encoder-1-MultiHeadSelfAttention_";
    Deps projections;
    for (const char* name : {"K", "Q", "V"})
        projections.push_back(matmul(workload_, prefix + name, tokens(), shape_.hidden, shape_.hidden, {}));
    const Deps all_scores = scores(prefix + "QK", projections);
    return matmul(workload_, prefix + "O", tokens(), shape_.hidden, shape_.hidden,
                  values(prefix + "PV", all_scores));
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
        matmul(workload_, "Encoder-1-FeedForward1", tokens(), hidden, expansion * hidden, {attended});
    const std::uint32_t narrow =
        matmul(workload_, "Encoder-1-FeedForward2", tokens(), expansion * hidden, hidden, {wide});
    const Deps residual{narrow, attended};
    matmul(workload_, "MLM-Dense", tokens(), hidden, hidden, residual);
    const std::uint32_t first_token = matmul(workload_, "NSP-Dense", size_.batch, hidden, hidden, residual);
    matmul(workload_, "NSP", size_.batch, hidden, classes, {first_token});
    return std::move(workload_);
}
}  // namespace

Workload bert(const SequenceSize& size, const BertShape& shape) { return Bert(size, shape).build(); }

}  // namespace sosa::host::zoo
