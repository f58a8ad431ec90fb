// From a job's names to workloads, and from these to a placed program.
#include <algorithm>
#include <iostream>
#include <sstream>

#include "host/import_command.h"
#include "host/job.h"
#include "host/placement.h"
#include "host/program_check.h"
#include "host/program_file.h"
#include "host/progress.h"
#include "noc/topology.h"
#include "traces/error.h"
#include "traces/files.h"
#include "traces/text.h"

namespace sosa::host {

namespace {

const ZooEntry* zoo_entry(const std::string& name) {
    for (const auto& entry : zoo_entries())
        if (entry.name == name) return &entry;
    return nullptr;
}

// Of several tenants each takes the size that it knows, but one must.
void check_sizes_are_taken(const Job& job) {
    const auto taken = [&](bool image) {
        return std::any_of(job.workload_names.begin(), job.workload_names.end(), [&](const auto& name) {
            const ZooEntry* entry = zoo_entry(name);
            return entry && (image ? entry->image : entry->sequence);
        });
    };
    if (job.zoo.image_size && !taken(true))
        throw UsageError("found --image-size, allowed only with a workload of the zoo that reads images");
    if (job.zoo.seq_len && !taken(false))
        throw UsageError("found --seq-len, allowed only with a workload of the zoo that reads sequences");
}

// With --inputs the model stays for the run.
std::vector<Workload> load_tenants(const Job& job, std::unique_ptr<Network>& network) {
    if (!job.inputs.empty()) {
        network = std::make_unique<Network>(read_network(job.workload_names[0], job.dims));
        for (const auto& notice : network->notices) std::cerr << notice << '\n';
        return {network->lowering.workload};
    }
    const bool several = job.workload_names.size() > 1;
    if (several) check_sizes_are_taken(job);
    std::vector<Workload> tenants;
    for (const auto& name : job.workload_names) {
        ZooOptions options = job.zoo;
        if (const ZooEntry* entry = several ? zoo_entry(name) : nullptr) {
            if (!entry->image) options.image_size.reset();
            if (!entry->sequence) options.seq_len.reset();
        }
        Workload workload =
            job.dims.empty() ? load_workload(name, options) : read_workload_file(name, job.dims);
        if (several && workload.repeat > 1) workload = expand_repeat(workload);
        tenants.push_back(std::move(workload));
    }
    return tenants;
}

// Of all tenants' layers in the order of placing.
std::string_view layer_name(const std::vector<Workload>& tenants, std::size_t number) {
    for (const auto& tenant : tenants) {
        if (number < tenant.layers.size()) return tenant.layers[number].name;
        number -= tenant.layers.size();
    }
    return {};
}

std::string hash_of(const std::vector<Workload>& tenants) {
    std::ostringstream text;
    for (const auto& tenant : tenants) write_workload(tenant, text);
    return content_hash(text.str());
}

}  // namespace

JobInput load_input(const Job& job, const hw::Config& config, PhaseSeconds& phases) {
    Stopwatch watch;
    JobInput input;
    std::vector<std::string> names;
    if (job.program_file.empty()) {
        input.tenants = load_tenants(job, input.network);
        input.hash = hash_of(input.tenants);
        for (const auto& tenant : input.tenants) names.push_back(tenant.name);
    } else {
        input.program = read_program(job.program_file);
        check_program(*input.program, job.program_file);
        check_fits(*input.program, config, job.program_file);
        input.hash = content_hash(traces::read_file(job.program_file));
        names = input.program->workloads;
        phases.program = watch.lap();
    }
    input.name = traces::join(names, "+");
    return input;
}

Program place(const Job& job, const hw::Config& config, const JobInput& input, PhaseSeconds& phases,
              Progress& progress) {
    Stopwatch watch;
    const noc::Topology topology = hw::chip_topology(config);
    const TileShape shape = tile_shape(config);
    const auto stop_if_interrupted = [] {
        if (interrupted()) throw UserError("interrupted while placing; nothing was written");
    };
    progress.begin("placing layer");
    const auto placements =
        make_policy(job.policy, config.ideal)
            ->place(input.tenants, topology, shape, [&](std::size_t done, std::size_t all) {
                progress.update(done, all, [&] { return layer_name(input.tenants, done - 1); });
                stop_if_interrupted();
            });
    progress.clear();
    phases.placement = watch.lap();
    Program program = make_program(input.tenants, placements, topology, shape, job.policy);
    stop_if_interrupted();
    phases.program = watch.lap();
    return program;
}

}  // namespace sosa::host
