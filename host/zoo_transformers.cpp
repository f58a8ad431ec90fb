#include "host/zoo_layers.h"
#include "host/zoo_models.h"

namespace sosa::host::zoo {

namespace {
// What one sample asks: how many tokens pass through the blocks, and how many keys each of them attends to.
struct Span {
    std::uint64_t queries, keys;
};

class Transformer {
  public:
    Transformer(const std::string& name, std::uint32_t batch, const TransformerShape& shape, const Span& span)
        : shape_(shape), span_(span) {
        workload_.name = name;
        workload_.batch = batch;
    }
    // Returns the new layer's index.
    std::uint32_t patches(std::uint64_t per_sample, std::uint32_t side);
    // The blocks, then the head on one token of each sample.
    Workload build(const Deps& embedded, const std::string& head);

  private:
    // Layers that make the block's result.
    Deps block(const std::string& prefix, const Deps& in);
    std::uint32_t attention(const std::string& prefix, const Deps& in);
    std::uint32_t feed_forward(const std::string& prefix, std::uint32_t attended);

    std::uint64_t tokens() const { return workload_.batch * span_.queries; }

    TransformerShape shape_;
    Span span_;
    Workload workload_;
};

std::uint32_t Transformer::patches(std::uint64_t per_sample, std::uint32_t side) {
    constexpr std::uint64_t colours = 3;
    const std::uint32_t index = matmul(workload_, "patch_embedding", workload_.batch * per_sample,
                                       colours * side * side, shape_.hidden, {});
    Layer& layer = workload_.layers.back();
    layer.op = "Conv";
    layer.kernel_h = layer.kernel_w = side;
    return index;
}

// As in BERT, the products within attention are one for each sample and head. Query heads that share a key
// head are rows of one product, since its right side, the keys or values, is the same. Unlike in the
// published graphs of BERT a head waits for its own scores only.
std::uint32_t Transformer::attention(const std::string& prefix, const Deps& in) {
    const std::uint64_t hidden = shape_.hidden, head_size = hidden / shape_.heads;
    const std::uint64_t key_width = head_size * shape_.kv_heads;
    const std::uint64_t rows = span_.queries * (shape_.heads / shape_.kv_heads);
    const std::uint32_t k = matmul(workload_, prefix + "k", tokens(), hidden, key_width, in);
    const std::uint32_t q = matmul(workload_, prefix + "q", tokens(), hidden, hidden, in);
    const std::uint32_t v = matmul(workload_, prefix + "v", tokens(), hidden, key_width, in);
    const auto each_head = [&](const auto& product) {
        for (std::uint32_t sample = 0; sample < workload_.batch; ++sample)
            for (std::uint32_t head = 0; head < shape_.kv_heads; ++head)
                product(std::to_string(head) + (sample == 0 ? "" : "_b" + std::to_string(sample)));
    };
    std::uint32_t score = v + 1;  // the first of these products
    each_head([&](const std::string& head) {
        matmul(workload_, prefix + "qk" + head, rows, head_size, span_.keys, {k, q});
    });
    Deps values;
    each_head([&](const std::string& head) {
        values.push_back(matmul(workload_, prefix + "pv" + head, rows, span_.keys, head_size, {v, score++}));
    });
    return matmul(workload_, prefix + "o", tokens(), hidden, hidden, std::move(values));
}

std::uint32_t Transformer::feed_forward(const std::string& prefix, std::uint32_t attended) {
    Deps wide;
    for (const char* name : {"gate", "up"})
        if (shape_.gated || name == std::string("up"))
            wide.push_back(
                matmul(workload_, prefix + name, tokens(), shape_.hidden, shape_.wide, {attended}));
    return matmul(workload_, prefix + "down", tokens(), shape_.wide, shape_.hidden, std::move(wide));
}

// The residual sum of both halves; what entered the block has reached the first half before.
Deps Transformer::block(const std::string& prefix, const Deps& in) {
    const std::uint32_t attended = attention(prefix, in);
    return {feed_forward(prefix, attended), attended};
}

Workload Transformer::build(const Deps& embedded, const std::string& head) {
    Deps last = embedded;
    for (std::uint32_t i = 0; i < shape_.blocks; ++i) last = block("block" + std::to_string(i) + "_", last);
    matmul(workload_, head, workload_.batch, shape_.hidden, shape_.classes, last);
    return std::move(workload_);
}
}  // namespace

Workload vit(const CnnSize& size, const TransformerShape& shape) {
    constexpr std::uint32_t side = 16;
    if (size.image_size < side)
        throw VanishedLayer{"patch_embedding", size.image_size, size.image_size, side, side};
    const std::uint64_t across = size.image_size / side, patches = across * across;
    Transformer model(size.name, size.batch, shape, {patches + 1, patches + 1});  // and the class token
    const std::uint32_t embedded = model.patches(patches, side);
    Workload workload = model.build({embedded}, "head");
    workload.image_size = size.image_size;
    return workload;
}

Workload decoder(const SequenceSize& size, const TransformerShape& shape, Phase phase) {
    const std::uint64_t queries = phase == Phase::prefill ? size.seq_len : 1;
    Workload workload =
        Transformer(size.name, size.batch, shape, {queries, size.seq_len}).build({}, "lm_head");
    workload.seq_len = size.seq_len;
    return workload;
}

}  // namespace sosa::host::zoo
