#pragma once
#include <functional>
#include <string>
#include <vector>

#include "host/data_run.h"
#include "sc_tests/module/small_runs.h"

// Runs with real data in a child process, their counters and results as text.
namespace sosa::tests {

using host::Fidelity;

struct DataOptions {
    Fidelity fidelity = Fidelity::functional;
    std::string cycle_pods = "*";
    std::function<void(host::System&, std::uint32_t slice)> at_slice{};
    std::vector<hw::ModelOptions::Tap> taps{};
    std::function<void(pods::ArrayEngine&, PodId)> made{};
};

struct DataRunText {
    std::string counters;  // every statistic but overflows
    std::string results;   // "N values, overflows, hash", or "error: ..."
};

inline std::string hash_of(host::System& system, const host::DataRun& run) {
    std::uint64_t hash = 1469598103934665603u;
    for (const auto& layer : run.plan().layers())
        for (const std::uint8_t byte : system.read_dram(layer.y_tensor, layer.m == 0 ? 0 : layer.y_bytes()))
            hash = (hash ^ byte) * 1099511628211u;
    return std::to_string(hash);
}

inline DataRunText run_data(const hw::Config& config, const host::Workload& w, const DataOptions& o = {}) {
    const std::string text = forked([&] {
        const host::Program program = compile(config, w);
        host::DataRun run(program, {w}, config, 7);
        hw::ModelOptions model;
        model.taps = o.taps;
        host::ArrayChoice choice;
        choice.fidelity = o.fidelity;
        choice.cycle_pods = o.cycle_pods;
        host::ArrayMaker arrays(config, choice);
        model.make_array = [&](PodId pod) {
            auto array = arrays.make(pod);
            if (o.made) o.made(*array, pod);
            return array;
        };
        host::System system("system", config, program, &run.plan(), model);
        if (o.at_slice)
            system.on_slice = [&](std::uint32_t slice) {
                o.at_slice(system, slice);
                return true;
            };
        system.run();
        std::uint64_t overflows = 0;
        for (const auto& pod : system.accelerator.pods()) overflows += pod.counters().overflows;
        for (const auto& post : system.accelerator.posts()) overflows += post.counters().overflows;
        std::string results;
        try {
            results = std::to_string(run.check(system).values) + " values, " + std::to_string(overflows) +
                      " overflows, hash " + hash_of(system, run);
        } catch (const UserError& error) {
            results = std::string("wrong: ") + error.what();
        }
        return counters_text(system.host.counters()) + '|' + results;
    });
    const auto bar = text.find('|');
    if (bar == std::string::npos) return {"", text};
    return {text.substr(0, bar), text.substr(bar + 1)};
}

inline std::string timing_counters(const hw::Config& config, const host::Workload& w) {
    return forked([&] {
        const host::Program program = compile(config, w);
        host::System system("system", config, program);
        system.run();
        return counters_text(system.host.counters());
    });
}

inline bool starts_with(const std::string& text, const std::string& head) { return text.rfind(head, 0) == 0; }

}  // namespace sosa::tests
