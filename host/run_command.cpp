// sosa run and sosa compile: from options to placed program to files.
#include <unistd.h>

#include <boost/program_options.hpp>
#include <chrono>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

#include "host/commands.h"
#include "host/program_check.h"
#include "host/program_file.h"
#include "host/progress.h"
#include "host/report.h"
#include "host/system.h"
#include "host/trace_options.h"
#include "host/zoo.h"
#include "hw/chip_probe.h"
#include "traces/error.h"
#include "traces/files.h"
#include "traces/text.h"

namespace sosa::host {

namespace {

namespace po = boost::program_options;
namespace fs = std::filesystem;

struct Job {
    hw::Config config;
    std::string config_name, policy, fidelity, program_file;
    std::vector<std::string> workload_names, sets;
    ZooOptions zoo;
    TraceArguments trace;
    std::string out;
};

class Stopwatch {
  public:
    double lap() {
        const auto now = std::chrono::steady_clock::now();
        const double seconds = std::chrono::duration<double>(now - last_).count();
        last_ = now;
        return seconds;
    }

  private:
    std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

// What run and compile have in common.
po::options_description job_options(Job& job) {
    po::options_description o("Options", 110, 60);
    const auto size = [](std::optional<std::uint32_t>& target, const char* name) {
        return po::value<std::string>()->notifier([&target, name](const std::string& text) {
            std::uint32_t value = 0;
            const bool digits = !text.empty() && text.size() < 10 &&
                                text.find_first_not_of("0123456789") == std::string::npos;
            if (digits) value = static_cast<std::uint32_t>(std::stoul(text));
            if (value == 0)
                throw UsageError(std::string(name) + ": found \"" + text + "\", allowed an integer from 1 on");
            target = value;
        });
    };
    o.add_options()("help,h", "this text")(
        "config", po::value(&job.config_name)->default_value("sosa-256")->value_name("NAME|FILE"),
        "configuration (sosa list configs)")(
        "workload", po::value(&job.workload_names)->value_name("NAME|FILE"),
        "workload (sosa list workloads) or a workload JSON; several run as tenants")(
        "batch", size(job.zoo.batch, "--batch")->value_name("B"), "batch size of a workload from the zoo")(
        "image-size", size(job.zoo.image_size, "--image-size")->value_name("P"), "image height and width in pixels")(
        "seq-len", size(job.zoo.seq_len, "--seq-len")->value_name("S"), "sequence length in tokens")(
        "policy", po::value(&job.policy)->default_value("paper")->value_name("NAME"), "placement (sosa list policies)")(
        "set", po::value(&job.sets)->value_name("KEY=VALUE"), "overrides a key of the configuration; repeatable");
    return o;
}

po::options_description run_options(Job& job) {
    po::options_description o = job_options(job);
    o.add_options()("fidelity", po::value(&job.fidelity)->default_value("timing")->value_name("F"), "timing")(
        "program", po::value(&job.program_file)->value_name("FILE"),
        "runs a compiled program instead of placing workloads")(
        "out", po::value(&job.out)->value_name("DIR"), "folder of the results (default: out/WORKLOAD-CONFIG)")(
        "trace", po::bool_switch(&job.trace.trace), "writes trace.vcd")(
        "trace-window", po::value<std::string>()->value_name("A:B")->notifier([&](const std::string& w) {
            job.trace.window = w;
        }),
        "traces slices A to B-1 only; A:Bcycles for cycles")(
        "trace-scope", po::value(&job.trace.scopes)->value_name("GLOB"),
        "traces these instances only (pods.pod0*, scheduler); repeatable")(
        "trace-max-mb", po::value<std::string>()->value_name("N")->notifier([&](const std::string& n) {
            job.trace.max_mb = n;
        }),
        "ends the trace in good order before the file is larger");
    return o;
}

po::options_description compile_options(Job& job) {
    po::options_description o = job_options(job);
    o.add_options()("out", po::value(&job.out)->value_name("FILE")->required(), "the program file");
    return o;
}

// Returns false if help was asked for and printed.
bool parse(const std::vector<std::string>& args, const po::options_description& options, const std::string& about) {
    try {
        po::variables_map given;
        // No positional words: what is not an option is an error that names it.
        po::store(po::command_line_parser(args).options(options).positional({}).run(), given);
        if (given.count("help")) {
            std::cout << about << options;
            return false;
        }
        po::notify(given);
    } catch (const po::error& error) {
        throw UsageError(std::string(error.what()) + "; --help lists what is allowed");
    }
    return true;
}

std::vector<Workload> load_tenants(const Job& job) {
    std::vector<Workload> tenants;
    const bool several = job.workload_names.size() > 1;
    for (const auto& name : job.workload_names) {
        ZooOptions options = job.zoo;
        if (several) {  // each takes what it knows
            for (const auto& entry : zoo_entries()) {
                if (entry.name != name) continue;
                (entry.image ? options.seq_len : options.image_size).reset();
            }
        }
        Workload workload = load_workload(name, options);
        if (several && workload.repeat > 1) workload = expand_repeat(workload);
        tenants.push_back(std::move(workload));
    }
    return tenants;
}

std::string hash_of(const std::vector<Workload>& tenants) {
    std::ostringstream text;
    for (const auto& tenant : tenants) write_workload(tenant, text);
    return content_hash(text.str());
}

TileShape shape_of(const hw::Config& c) {
    return {c.pods.rows, c.pods.cols, c.tiling.partition_rows, c.pods.psum_bits / 8};
}

Program place(const Job& job, const std::vector<Workload>& tenants, PhaseSeconds& phases, Progress& progress) {
    Stopwatch watch;
    const noc::Topology topology(job.config.noc.topology, job.config.pods.count);
    const auto policy = make_policy(job.policy);
    progress.begin("placing layer");
    auto placements = policy->place(tenants, topology, shape_of(job.config), [&](std::size_t done, std::size_t all) {
        progress.update(done, all);
        if (interrupted()) throw UserError("interrupted while placing layer " + std::to_string(done) + " of " +
                                           std::to_string(all) + "; nothing was written");
    });
    progress.clear();
    phases.placement = watch.lap();
    Program program = make_program(tenants, placements, topology, shape_of(job.config), job.policy);
    phases.program = watch.lap();
    return program;
}

Program obtain_program(const Job& job, PhaseSeconds& phases, Progress& progress, std::string& hash) {
    if (job.program_file.empty()) {
        if (job.workload_names.empty())
            throw UsageError("--workload is missing: a name (sosa list workloads) or a workload file");
        const auto tenants = load_tenants(job);
        hash = hash_of(tenants);
        return place(job, tenants, phases, progress);
    }
    if (!job.workload_names.empty())
        throw UsageError("--program and --workload exclude each other: a program contains its workloads");
    Stopwatch watch;
    Program program = read_program(job.program_file);
    check_program(program, job.program_file);
    check_fits(program, job.config, job.program_file);
    hash = content_hash(traces::read_file(job.program_file));
    phases.program = watch.lap();
    return program;
}

// Makes the folder and sees that files can be made in it, before any work is done; takes it away again if it stays empty.
class OutFolder {
  public:
    explicit OutFolder(fs::path path) : path_(std::move(path)), is_new_(!fs::exists(path_)) {
        traces::make_folder(path_);
        const fs::path probe = path_ / (".sosa" + std::to_string(::getpid()));
        traces::write_file(probe, [](std::ostream&) {});
        std::error_code ignored;
        fs::remove(probe, ignored);
    }
    ~OutFolder() {
        std::error_code ignored;
        if (is_new_ && fs::is_empty(path_, ignored)) fs::remove(path_, ignored);
    }
    OutFolder(const OutFolder&) = delete;
    OutFolder& operator=(const OutFolder&) = delete;
    const fs::path& path() const { return path_; }

  private:
    fs::path path_;
    bool is_new_;
};

// The waveform of a run, if asked for.
struct Tracing {
    Tracing(const TraceOptions& options, const fs::path& folder, hw::Accelerator& chip, const traces::EnergyTable& table)
        : vcd({folder / "trace.vcd", "sosa", options.globs, options.max_bytes}) {
        chip.trace(vcd);
        probe = std::make_unique<hw::ChipProbe>("probe", chip, table, vcd, options.window);
        vcd.start();
    }
    traces::Vcd vcd;
    std::unique_ptr<hw::ChipProbe> probe;
};

constexpr const char* kRunAbout =
    R"(Usage: sosa run --config NAME|FILE --workload NAME|FILE [OPTION]...

Places the workload, runs it on the chip and writes summary.json, layers.csv, counters.json, energy.csv,
effective_config.json, manifest.json and, if asked for, trace.vcd.

Examples:
  sosa run --config sosa-256 --workload resnet50
  sosa run --config sosa-256 --workload bert_medium --seq-len 300 --set noc.topology=butterfly-4
  sosa run --config sosa-256 --workload bert_medium --workload resnet152
  sosa run --config sosa-256 --workload resnet50 --trace --trace-window 0:40

)";

constexpr const char* kCompileAbout =
    R"(Usage: sosa compile --config NAME|FILE --workload NAME|FILE --out FILE [OPTION]...

Tiles and places the workload and writes the program as text (host/program_format.md).

Example:
  sosa compile --config tiny --workload host/workloads/mlp.json --out mlp.program
  sosa run --config tiny --program mlp.program

)";

}  // namespace

int run_command(const std::vector<std::string>& args, const std::string& version) {
    Job job;
    if (!parse(args, run_options(job), kRunAbout)) return 0;
    if (job.fidelity != "timing")
        throw UsageError("--fidelity: found \"" + job.fidelity + "\", allowed timing");
    const TraceOptions trace = parse_trace_options(job.trace);
    job.config = hw::load_config(job.config_name, job.sets);
    const auto table = traces::load_energy_table(job.config.power.energy_table);
    catch_interrupts();
    Progress progress;
    PhaseSeconds phases;
    std::string hash;
    const Program program = obtain_program(job, phases, progress, hash);
    const std::string workload = traces::join(program.workloads, "+");
    const OutFolder out(job.out.empty() ? fs::path("out") / (workload + "-" + job.config.name) : fs::path(job.out));

    Stopwatch watch;
    // Never destroyed: SystemC takes its objects out of its registries one by one, by linear search.
    System& system = *new System("sosa", job.config, program);
    const std::unique_ptr<Tracing> tracing =
        trace.enabled ? std::make_unique<Tracing>(trace, out.path(), system.accelerator, table) : nullptr;
    phases.elaboration = watch.lap();

    std::vector<std::uint64_t> slice_starts;
    slice_starts.reserve(program.slices());
    const std::uint64_t cycle = system.accelerator.cycle().value();
    system.on_slice = [&](std::uint32_t slice) {
        if (slice >= program.slices()) return true;  // slice 0's weights are being loaded
        slice_starts.push_back(sc_core::sc_time_stamp().value() / cycle);
        if (slice % 16 == 0) progress.update(slice, program.slices());
        return !interrupted();
    };
    progress.begin("slice");
    bool done = false;
    try {
        done = system.run();
    } catch (const UserError& error) {
        if (tracing) tracing->vcd.finish(error.what());
        throw;
    }
    progress.clear();
    RunIdentity identity{version, workload, program.policy, job.fidelity, 0, hash, done ? "" : "interrupted"};
    if (tracing) tracing->vcd.finish(identity.stopped);
    phases.elaboration += system.elaboration_s();
    phases.simulation = system.simulation_s();

    watch.lap();
    const auto counters = done ? system.host.counters() : system.accelerator.collect();
    const Summary summary = summarize(job.config, system.accelerator, counters, table);
    const RunReport report{identity, job.config, program, system.accelerator, table, summary, slice_starts};
    write_reports(report, out.path());
    phases.reports = watch.lap();
    write_manifest(report, phases, out.path());
    print_summary(report, out.path(), std::cout);
    if (tracing && tracing->vcd.limit_reached())
        std::cout << "  trace.vcd ends early: --trace-max-mb was reached\n";
    if (!done) std::cerr << "sosa: interrupted; the files hold what was done until then\n";
    std::cout.flush();
    return done ? 0 : 1;
}

int compile_command(const std::vector<std::string>& args) {
    Job job;
    if (!parse(args, compile_options(job), kCompileAbout)) return 0;
    job.config = hw::load_config(job.config_name, job.sets);
    catch_interrupts();
    Progress progress;
    PhaseSeconds phases;
    std::string hash;
    const Program program = obtain_program(job, phases, progress, hash);
    const fs::path file(job.out);
    if (file.has_parent_path()) traces::make_folder(file.parent_path());
    traces::write_file(file, [&](std::ostream& out) { write_program(program, out); });
    std::cout << job.out << ": " << program.slices() << " slices, " << program.ops.size() << " tile ops, "
              << program.posts.size() << " post-ops\n";
    return 0;
}

}  // namespace sosa::host
