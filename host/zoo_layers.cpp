#include "host/zoo_layers.h"

namespace sosa::host::zoo {

namespace {
std::uint32_t append(Workload& workload, const char* op, const std::string& name, std::uint64_t m,
                     std::uint64_t k, std::uint64_t n, Deps deps) {
    Layer layer;
    layer.name = name;
    layer.op = op;
    layer.m = m;
    layer.k = k;
    layer.n = n;
    layer.deps = std::move(deps);
    workload.layers.push_back(std::move(layer));
    return static_cast<std::uint32_t>(workload.layers.size() - 1);
}
}  // namespace

std::uint32_t matmul(Workload& workload, const std::string& name, std::uint64_t m, std::uint64_t k,
                     std::uint64_t n, Deps deps) {
    return append(workload, "MatMul", name, m, k, n, std::move(deps));
}

std::uint32_t dense(Workload& workload, const std::string& name, std::uint64_t m, std::uint64_t k,
                    std::uint64_t n, Deps deps) {
    return append(workload, "Dense", name, m, k, n, std::move(deps));
}

}  // namespace sosa::host::zoo
