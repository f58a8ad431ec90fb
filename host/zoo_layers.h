#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/workload.h"

// Layers that the generators without a tensor graph append; they return the new layer's index.
namespace sosa::host::zoo {

using Deps = std::vector<std::uint32_t>;

std::uint32_t matmul(Workload& workload, const std::string& name, std::uint64_t m, std::uint64_t k,
                     std::uint64_t n, Deps deps);
std::uint32_t dense(Workload& workload, const std::string& name, std::uint64_t m, std::uint64_t k,
                    std::uint64_t n, Deps deps);

}  // namespace sosa::host::zoo
