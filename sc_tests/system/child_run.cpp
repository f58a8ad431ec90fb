#include "sc_tests/system/child_run.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>

#include "host/placement.h"
#include "host/report.h"
#include "host/system.h"
#include "host/zoo.h"

namespace sosa::tests {

namespace {

ChildRun simulate(const RunSpec& spec) {
    const auto config = hw::load_config(spec.config, spec.sets);
    std::vector<host::Workload> tenants;
    for (const auto& name : spec.workloads) {
        host::ZooOptions options;
        if (spec.seq_len) options.seq_len = spec.seq_len;
        auto workload = host::load_workload(name, options);
        if (spec.workloads.size() > 1) workload = host::expand_repeat(workload);
        tenants.push_back(std::move(workload));
    }
    const noc::Topology topology(config.noc.topology, config.pods.count);
    const sosa::host::TileShape shape = sosa::host::tile_shape(config);
    const auto placements = host::make_policy("paper")->place(tenants, topology, shape, {});
    const auto program = host::make_program(tenants, placements, topology, shape, "paper");
    auto& system = *new host::System("sosa", config, program);
    system.run();
    const auto table = traces::load_energy_table(config.power.energy_table);
    const auto summary = host::summarize(config, system.accelerator, system.host.counters(), table);
    ChildRun run;
    run.counters = summary.counters;
    run.effective_tops = summary.effective_tops;
    run.utilization_pct = summary.utilization_pct;
    run.peak_power_w = summary.peak_power.total();
    run.energy_j = summary.energy_j;
    run.last_main_slice = program.last_main_slice;
    run.last_post_slice = program.last_post_slice;
    run.program_macs = program.macs();
    run.pe_cycles = summary.pe_cycles;
    return run;
}

}  // namespace

ChildRun run_in_child(const RunSpec& spec) {
    int channel[2];
    if (pipe(channel) != 0) throw std::runtime_error("no pipe");
    const pid_t child = fork();
    if (child < 0) throw std::runtime_error("no fork");
    if (child == 0) {
        close(channel[0]);
        int code = 1;
        try {
            const ChildRun run = simulate(spec);
            code = write(channel[1], &run, sizeof run) == sizeof run ? 0 : 1;
        } catch (const std::exception& error) {
            std::fprintf(stderr, "%s\n", error.what());
        }
        _exit(code);
    }
    close(channel[1]);
    ChildRun run;
    const bool whole = read(channel[0], &run, sizeof run) == sizeof run;
    close(channel[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (!whole || status != 0) throw std::runtime_error("the run failed");
    return run;
}

}  // namespace sosa::tests
