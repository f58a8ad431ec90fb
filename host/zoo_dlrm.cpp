#include "host/zoo_models.h"

namespace sosa::host::zoo {

namespace {
class Dlrm {
  public:
    Dlrm(const std::string& name, std::uint32_t batch) {
        workload_.name = name;
        workload_.batch = batch;
    }
    Workload build();

  private:
    // Returns the new layer's index.
    std::uint32_t add(const std::string& name, const char* op, std::uint64_t m, std::uint64_t k,
                      std::uint64_t n, std::vector<std::uint32_t> deps);
    // Dense layers one after the other; widths[0] is that of the input.
    std::uint32_t mlp(const std::string& prefix, const std::vector<std::uint32_t>& widths,
                      std::vector<std::uint32_t> deps);

    Workload workload_;
};

std::uint32_t Dlrm::add(const std::string& name, const char* op, std::uint64_t m, std::uint64_t k,
                        std::uint64_t n, std::vector<std::uint32_t> deps) {
    Layer layer;
    layer.name = name;
    layer.op = op;
    layer.m = m;
    layer.k = k;
    layer.n = n;
    layer.deps = std::move(deps);
    workload_.layers.push_back(std::move(layer));
    return static_cast<std::uint32_t>(workload_.layers.size() - 1);
}

std::uint32_t Dlrm::mlp(const std::string& prefix, const std::vector<std::uint32_t>& widths,
                        std::vector<std::uint32_t> deps) {
    for (std::size_t i = 1; i < widths.size(); ++i)
        deps = {add(prefix + std::to_string(i), "Dense", workload_.batch, widths[i - 1], widths[i],
                    std::move(deps))};
    return deps.front();
}

// The interaction multiplies a sample's vectors (one of each table, and the bottom's result) with each other;
// of the symmetric result the top reads what stands below the diagonal, after the bottom's result.
Workload Dlrm::build() {
    constexpr std::uint32_t dense_features = 13, tables = 26, vector_size = 128, vectors = tables + 1;
    constexpr std::uint32_t top_input = vector_size + vectors * (vectors - 1) / 2;
    const std::uint32_t bottom = mlp("bottom", {dense_features, 512, 256, vector_size}, {});
    std::vector<std::uint32_t> features{bottom};
    for (std::uint32_t sample = 0; sample < workload_.batch; ++sample)
        features.push_back(add("interaction" + (sample == 0 ? "" : "_b" + std::to_string(sample)), "MatMul",
                               vectors, vector_size, vectors, {bottom}));
    mlp("top", {top_input, 1024, 1024, 512, 256, 1}, std::move(features));
    return std::move(workload_);
}
}  // namespace

Workload dlrm(const std::string& name, std::uint32_t batch) { return Dlrm(name, batch).build(); }

}  // namespace sosa::host::zoo
