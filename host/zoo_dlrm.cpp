#include "host/zoo_layers.h"
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
    // Dense layers one after the other; widths[0] is that of the input. Returns the last one's index.
    std::uint32_t mlp(const std::string& prefix, const std::vector<std::uint32_t>& widths, Deps deps);

    Workload workload_;
};

std::uint32_t Dlrm::mlp(const std::string& prefix, const std::vector<std::uint32_t>& widths, Deps deps) {
    for (std::size_t i = 1; i < widths.size(); ++i)
        deps = {dense(workload_, prefix + std::to_string(i), workload_.batch, widths[i - 1], widths[i],
                      std::move(deps))};
    return deps.front();
}

// The interaction multiplies a sample's vectors (one of each table, and the bottom's result) with each other;
// of the symmetric result the top reads what stands below the diagonal, after the bottom's result.
Workload Dlrm::build() {
    constexpr std::uint32_t dense_features = 13, tables = 26, vector_size = 128, vectors = tables + 1;
    constexpr std::uint32_t top_input = vector_size + vectors * (vectors - 1) / 2;
    const std::uint32_t bottom = mlp("bottom", {dense_features, 512, 256, vector_size}, {});
    Deps features{bottom};
    for (std::uint32_t sample = 0; sample < workload_.batch; ++sample)
        features.push_back(matmul(workload_,
                                  "interaction" + (sample == 0 ? "" : "_b" + std::to_string(sample)), vectors,
                                  vector_size, vectors, {bottom}));
    mlp("top", {top_input, 1024, 1024, 512, 256, 1}, std::move(features));
    return std::move(workload_);
}
}  // namespace

Workload dlrm(const std::string& name, std::uint32_t batch) { return Dlrm(name, batch).build(); }

}  // namespace sosa::host::zoo
