// sosa run and sosa compile: from a job to a placed program to files.
#include <unistd.h>

#include <iostream>
#include <memory>

#include "host/commands.h"
#include "host/compute_report.h"
#include "host/config_file.h"
#include "host/data_run.h"
#include "host/graph_run.h"
#include "host/job.h"
#include "host/layer_fill.h"
#include "host/out_folder.h"
#include "host/program_file.h"
#include "host/progress.h"
#include "host/summary_print.h"
#include "host/system.h"
#include "host/tracing.h"
#include "host/worst_layers.h"
#include "hw/power_probe.h"
#include "traces/error.h"
#include "traces/files.h"

namespace sosa::host {

namespace {

namespace fs = std::filesystem;

constexpr const char* kRunAbout =
    R"(Usage: sosa run --config NAME|FILE --workload NAME|FILE [OPTION]...

Places the workload, runs it on the chip and writes summary.json, layers.csv, counters.json, energy.csv,
effective_config.json, slices.csv, occupancy.csv, power.csv, manifest.json and, if asked for, a waveform
(trace.vcd or trace.fst, with trace.gtkw for GTKWave) and timeline.json for Perfetto.

Examples:
  sosa run --config sosa-256 --workload resnet50
  sosa run --config sosa-256 --workload bert_medium --seq-len 300 --set noc.topology=butterfly-4
  sosa run --config sosa-256 --workload bert_medium --workload resnet152
  sosa run --config sosa-256 --workload resnet50 --trace --trace-window 0:40
  sosa run --config sosa-256 --workload resnet50 --trace-fst --trace-level pod --trace-layer 'conv3_*'
  sosa run --config sosa-256 --workload bert_base --trace --trace-trigger stall:1000 --timeline

)";

constexpr const char* kCompileAbout =
    R"(Usage: sosa compile --config NAME|FILE --workload NAME|FILE --out FILE [OPTION]...

Tiles and places the workload and writes the program as text (host/program_format.md).

Example:
  sosa compile --config tiny --workload host/workloads/mlp.json --out mlp.program
  sosa run --config tiny --program mlp.program

)";

// What a run with real tensors needs beside its program.
struct Data {
    std::unique_ptr<ArrayMaker> arrays;
    std::unique_ptr<CheckedRun> run;
    GraphRun* graph = nullptr;  // the same, with --inputs
    hw::ModelOptions model;
};

Data prepare_data(const Job& job, const hw::Config& config, const JobInput& input, const Program& program,
                  const fs::path& out) {
    Data data;
    if (job.fidelity == "timing") return data;
    ArrayChoice choice;
    choice.fidelity = job.fidelity == "cycle" ? Fidelity::cycle : Fidelity::functional;
    choice.cycle_pods = job.cycle_pods;
    choice.rtl_pods = job.rtl_pods;
    choice.rtl.port_map = job.rtl_ports;
    if (!job.record_tiles.empty()) choice.record_pods = job.record_pods;
    choice.out = out;
    data.arrays = std::make_unique<ArrayMaker>(config, choice);
    if (input.network) {
        auto run = std::make_unique<GraphRun>(*input.network, program, config,
                                              read_inputs(input.network->graph, job.inputs));
        data.graph = run.get();
        data.run = std::move(run);
    } else {
        data.run = std::make_unique<DataRun>(program, input.tenants, config, job.seed);
    }
    data.model.make_array = [arrays = data.arrays.get()](PodId pod) { return arrays->make(pod); };
    return data;
}

}  // namespace

int run_command(const std::vector<std::string>& args, const std::string& version) {
    Job job;
    if (!parse_run_job(args, kRunAbout, job)) return 0;
    const TraceOptions trace = parse_trace_options(job.trace);
    const hw::Config config = load_config(job.config_name, job.sets);
    const auto table = traces::load_energy_table(config.power.energy_table);
    catch_interrupts();
    PhaseSeconds phases;
    Progress progress;
    JobInput input = load_input(job, config, phases);
    const OutFolder out(job.out.empty() ? fs::path("out") / (input.name + "-" + config.name)
                                        : fs::path(job.out));
    const Program program =
        input.program ? std::move(*input.program) : place(job, config, input, phases, progress);

    Stopwatch watch;
    const auto data = prepare_data(job, config, input, program, out.path());
    phases.program += watch.lap();
    // Never destroyed: SystemC takes its objects out of its registries one by one, by linear search.
    System& system = *new System("sosa", config, program, data.run ? &data.run->data() : nullptr, data.model);
    hw::PowerProbe power("power_probe", system.accelerator, table);
    const std::unique_ptr<Tracing> tracing =
        trace.enabled() ? std::make_unique<Tracing>(trace, out.path(), system, program) : nullptr;
    if (tracing) {
        power.on_window = [&](const traces::PowerWindow& window) { tracing->draw_power(window); };
        if (is_live_terminal(STDERR_FILENO)) std::cerr << tracing->forecast();
    }
    phases.elaboration = watch.lap();

    std::vector<std::uint64_t> slice_starts;
    slice_starts.reserve(program.slices());
    const std::uint64_t cycle = system.accelerator.cycle().value();
    SliceTimes times;  // for --scalesim-report
    const auto note_slice = [&] {
        const auto& c = system.accelerator.scheduler().counters();
        times.begin.push_back(sc_core::sc_time_stamp().value() / cycle);
        times.stalled.push_back(c.memory_stall_cycles + c.program_stall_cycles);
    };
    system.on_slice = [&](std::uint32_t slice) {
        if (slice >= program.slices()) return true;  // slice 0's weights are being loaded
        slice_starts.push_back(sc_core::sc_time_stamp().value() / cycle);
        if (job.scalesim_report) note_slice();
        if (slice % 16 == 0)
            progress.update(slice, program.slices(), [&] { return working_layer(program, slice); });
        return !interrupted();
    };
    const std::string title = input.name + " on " + config.name;
    progress.begin("slice");
    bool done = false;
    try {
        done = system.run();
    } catch (const UserError& error) {
        progress.clear();
        if (tracing) tracing->fail(error.what(), title, slice_starts);
        if (data.arrays) data.arrays->check_rtl();  // what stopped the run, if it did
        throw;
    }
    if (data.arrays) data.arrays->check_rtl();
    if (!job.record_tiles.empty()) data.arrays->recorder().write(job.record_tiles);
    progress.clear();
    RunIdentity identity{version,
                         input.name,
                         program.policy,
                         job.fidelity,
                         data.run ? job.seed : 0,
                         input.hash,
                         done ? "" : "interrupted"};
    if (tracing) tracing->finish(identity.stopped, title, slice_starts);
    phases.elaboration += system.elaboration_s();
    phases.simulation = system.simulation_s();

    const auto counters = done ? system.host.counters() : system.accelerator.collect();
    Summary summary = summarize(config, system.accelerator, counters, table);
    summary.warnings = fill_warnings(program);
    if (data.run && done) {
        const DataCheck check = data.run->check(system);
        summary.checked_layers = check.layers;
        summary.checked_values = check.values;
        if (data.graph) {
            if (!job.outputs.empty())
                data.graph->write_outputs(system, job.outputs, has_pb_inputs(job.inputs));
            summary.computed = data.graph->report();
        }
    }
    const LayerAccount account = account_run(program, system.accelerator);
    const RunReport report{identity, config,       program, system.accelerator, table,
                           summary,  slice_starts, account, power.windows()};
    write_reports(report, phases, out.path());
    if (job.scalesim_report) {
        note_slice();
        traces::write_file(out.path() / "COMPUTE_REPORT.csv",
                           [&](std::ostream& file) { write_compute_report(program, times, file); });
    }
    print_summary(report, out.path(), std::cout, text_style(STDOUT_FILENO),
                  worst_layers(program, account, config, 5));
    if (tracing)
        for (const auto& note : tracing->notes()) std::cout << "  note: " << note << '\n';
    if (!done)
        throw UserError("interrupted; the files in " + out.path().string() +
                        " hold what was done until then");
    return 0;
}

int compile_command(const std::vector<std::string>& args) {
    Job job;
    if (!parse_compile_job(args, kCompileAbout, job)) return 0;
    const hw::Config config = load_config(job.config_name, job.sets);
    catch_interrupts();
    PhaseSeconds phases;
    Progress progress;
    const JobInput input = load_input(job, config, phases);
    const fs::path file(job.out);
    std::error_code ignored;
    if (!file.has_filename() || fs::is_directory(file, ignored))
        throw UserError(job.out + ": is a folder, a file is needed");
    const OutFolder folder(file.has_parent_path() ? file.parent_path() : fs::path("."));
    const Program program = place(job, config, input, phases, progress);
    traces::write_file(file, [&](std::ostream& out) { write_program(program, out); });
    std::cout << job.out << ": " << program.slices() << " slices, " << program.ops.size() << " tile ops, "
              << program.posts.size() << " post-ops\n";
    return 0;
}

}  // namespace sosa::host
