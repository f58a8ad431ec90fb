#pragma once
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "host/placement.h"
#include "host/program.h"
#include "host/system.h"
#include "hw/config.h"
#include "traces/error.h"

// Whole runs on the smallest chip: 4 pods of 8x8, banks of 4 KiB, DRAM at 16 GiB/s.
namespace sosa::tests {

inline hw::Config tiny(const std::vector<std::string>& sets = {}) { return hw::load_config("tiny", sets); }

inline host::Workload workload(std::vector<host::Layer> layers) {
    host::Workload w;
    w.name = "small";
    w.layers = std::move(layers);
    return w;
}
inline host::Layer gemm(std::uint64_t m, std::uint64_t k, std::uint64_t n,
                        std::vector<std::uint32_t> deps = {}) {
    return {"gemm", "MatMul", m, k, n, 1, 1, std::move(deps)};
}
// Two layers with edge tiles, chained partial sums, post-ops and a layer that waits for the one before.
inline host::Workload two_layers() { return workload({gemm(20, 30, 20), gemm(17, 40, 12, {0})}); }

inline host::Program compile(const hw::Config& c, const host::Workload& w) {
    const noc::Topology topology(c.noc.topology, c.pods.count);
    const host::TileShape shape = host::tile_shape(c);
    const auto placements = host::make_policy("paper")->place({w}, topology, shape, {});
    return host::make_program({w}, placements, topology, shape, "paper");
}

// "cycles=59 slices=3 ..." of all counters.
inline std::string counters_text(const hw::RunCounters& c) {
    std::string text;
    for (const auto& entry : hw::kCounterTable)
        text += std::string(text.empty() ? "" : " ") + entry.name + "=" + std::to_string(entry.get(c));
    return text;
}
inline std::string stats_text(const hw::Accelerator& accelerator) {
    traces::StatGroup root("stats", "all");
    accelerator.describe(root);
    std::ostringstream out;
    root.write_json(out);
    return out.str();
}

// The text that `simulate` makes, run in a child process: one process holds one simulation only. No module
// may exist before. What it throws comes back as "error: ...".
inline std::string forked(const std::function<std::string()>& simulate) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
    std::fflush(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        std::string text;
        try {
            text = simulate();
        } catch (const std::exception& e) {
            text = std::string("error: ") + e.what();
        }
        for (std::size_t sent = 0; sent < text.size();) {
            const auto n = ::write(ends[1], text.data() + sent, text.size() - sent);
            if (n <= 0) ::_exit(1);
            sent += static_cast<std::size_t>(n);
        }
        ::_exit(0);
    }
    ::close(ends[1]);
    std::string text;
    char part[4096];
    for (ssize_t n; (n = ::read(ends[0], part, sizeof part)) > 0;)
        text.append(part, static_cast<std::size_t>(n));
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0
               ? text
               : "error: the child process ended with " + std::to_string(status);
}

// Runs to the end in a child process; every statistic, or "error: ...".
inline std::string run_forked(const hw::Config& config, const host::Workload& w) {
    return forked([&] {
        const host::Program program = compile(config, w);
        host::System system("system", config, program);
        system.run();
        return stats_text(system.accelerator);
    });
}

}  // namespace sosa::tests
