#pragma once
#include <cstring>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "host/program.h"
#include "host/program_file.h"
#include "traces/error.h"

// Small programs for tests.
namespace sosa::tests {

inline host::Layer matmul(const std::string& name, std::uint64_t m, std::uint64_t k, std::uint64_t n,
                          std::vector<std::uint32_t> deps = {}) {
    return host::Layer{name, "MatMul", m, k, n, 1, 1, std::move(deps)};
}

inline host::Workload workload_of(const std::string& name, std::vector<host::Layer> layers,
                                  std::uint32_t repeat = 1) {
    host::Workload workload;
    workload.name = name;
    workload.repeat = repeat;
    workload.layers = std::move(layers);
    return workload;
}

inline host::Program program_of(const std::vector<host::Workload>& tenants, const std::string& topology,
                                std::uint32_t pods, const host::TileShape& shape) {
    const noc::Topology t(topology, pods);
    return host::make_program(tenants, host::make_policy("paper")->place(tenants, t, shape, {}), t, shape,
                              "paper");
}

// Two or three layers of up to 4 x 5 x 4 tiles of 4 x 4 each, up to three copies.
inline host::Workload random_workload(std::mt19937& random, bool may_repeat = true) {
    const auto up_to = [&](std::uint32_t most) { return 1 + random() % most; };
    std::vector<host::Layer> layers;
    const std::uint32_t count = 1 + static_cast<std::uint32_t>(up_to(2));
    for (std::uint32_t l = 0; l < count; ++l) {
        layers.push_back(matmul("l" + std::to_string(l), up_to(16), up_to(20), up_to(16)));
        for (std::uint32_t dep = 0; dep < l; ++dep)
            if (random() % 2) layers.back().deps.push_back(dep);
    }
    return workload_of("random", layers, may_repeat ? static_cast<std::uint32_t>(up_to(3)) : 1);
}

inline constexpr host::TileShape kSmallTiles{4, 4, 4, 2};

inline host::Program random_program(const std::string& topology, std::uint32_t pods, unsigned seed) {
    std::mt19937 random(seed);
    return program_of({random_workload(random)}, topology, pods, kSmallTiles);
}

inline std::string text_of(const host::Program& program) {
    std::ostringstream out;
    host::write_program(program, out);
    return out.str();
}

// What `act` throws as a UserError, "" if nothing.
template <class F>
std::string error_of(F act) {
    try {
        act();
    } catch (const UserError& error) {
        return error.what();
    }
    return "";
}

// `text` with the one occurrence of `from` replaced; a typo in a test fails here.
inline std::string with(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    if (at == std::string::npos || text.find(from, at + 1) != std::string::npos)
        throw std::logic_error("not once in the text: " + from);
    return text.replace(at, from.size(), to);
}

template <class Op>
bool same_ops(const std::vector<Op>& a, const std::vector<Op>& b) {
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(Op)) == 0);
}

}  // namespace sosa::tests
