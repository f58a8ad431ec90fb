// The options of sosa run and sosa compile.
#include "host/job.h"

#include <filesystem>
#include <iostream>

#include "host/options.h"
#include "host/placement.h"
#include "traces/error.h"
#include "traces/text.h"

namespace sosa::host {

namespace {

namespace po = boost::program_options;

auto positive(std::optional<std::uint32_t>& target, const char* name) {
    return po::value<std::string>()->notifier([&target, name](const std::string& text) {
        std::uint32_t value = 0;
        const bool digits =
            !text.empty() && text.size() < 10 && text.find_first_not_of("0123456789") == std::string::npos;
        if (digits) value = static_cast<std::uint32_t>(std::stoul(text));
        if (value == 0)
            throw UsageError(std::string(name) + ": found \"" + text + "\", allowed an integer from 1 on");
        target = value;
    });
}

auto optional_text(std::optional<std::string>& target) {
    return po::value<std::string>()->notifier([&target](const std::string& text) { target = text; });
}

// What run and compile have in common.
po::options_description common_options(Job& job) {
    po::options_description o("Options", 110, 60);
    o.add_options()("help,h", "this text")("version", "the program's version")(
        "config", po::value(&job.config_name)->default_value("sosa-256")->value_name("NAME|FILE"),
        "configuration (sosa list configs)")(
        "workload", po::value(&job.workload_names)->value_name("NAME|FILE"),
        "workload (sosa list workloads), workload JSON, ONNX model or SCALE-Sim topology (.csv); several run "
        "as "
        "tenants")("batch", positive(job.zoo.batch, "--batch")->value_name("B"),
                   "batch size of a workload from the zoo")(
        "image-size", positive(job.zoo.image_size, "--image-size")->value_name("P"),
        "image height and width in pixels")(
        "seq-len", positive(job.zoo.seq_len, "--seq-len")->value_name("S"), "sequence length in tokens")(
        "dim", po::value(&job.dims)->value_name("NAME=SIZE"),
        "size of a dimension that an ONNX model leaves open; repeatable")(
        "policy", po::value(&job.policy)->default_value("paper")->value_name("NAME"),
        "placement (sosa list policies)")("set", po::value(&job.sets)->value_name("KEY=VALUE"),
                                          "overrides a key of the configuration; repeatable");
    return o;
}

po::options_description run_options(Job& job) {
    po::options_description o = common_options(job);
    o.add_options()(
        "fidelity", po::value(&job.fidelity)->default_value("timing")->value_name("F"),
        "timing: tiles are lengths; functional: tiles carry data, results are checked; cycle: and arrays are "
        "stepped clock by clock")("cycle-pods", po::value(&job.cycle_pods)->value_name("GLOB"),
                                  "only these pods are stepped (pod0*); implies --fidelity cycle")(
        "rtl-pods", po::value(&job.rtl_pods)->value_name("GLOB"),
        "the arrays of these pods are Verilated RTL; implies --fidelity functional")(
        "rtl", po::value(&job.rtl_ports)->value_name("PORTS.json"), "your own RTL for --rtl-pods")(
        "record-tiles", po::value(&job.record_tiles)->value_name("FILE"),
        "writes the first 1000 tile ops of --record-pods with their data, for sosa covalidate --tiles")(
        "record-pods", po::value(&job.record_pods)->default_value("pod0")->value_name("GLOB"),
        "whose tiles are recorded")("seed", po::value(&job.seed)->default_value(1)->value_name("N"),
                                    "of the random tensors")(
        "inputs", po::value(&job.inputs)->value_name("DIR"),
        "runs the ONNX model with these inputs: NAME.npy or NAME.pb for each; implies --fidelity functional")(
        "outputs", po::value(&job.outputs)->value_name("DIR"), "where the outputs of such a run go")(
        "program", po::value(&job.program_file)->value_name("FILE"),
        "runs a compiled program instead of placing workloads")(
        "scalesim-report", po::bool_switch(&job.scalesim_report),
        "also writes COMPUTE_REPORT.csv with SCALE-Sim's columns")(
        "out", po::value(&job.out)->value_name("DIR"),
        "folder of the results (default: out/WORKLOAD-CONFIG)")(
        "trace", po::bool_switch(&job.trace.trace), "writes trace.vcd, trace.gtkw and filters/ for GTKWave")(
        "trace-fst", po::bool_switch(&job.trace.fst),
        "writes trace.fst, which is much smaller, in place of trace.vcd")(
        "timeline", po::bool_switch(&job.trace.timeline),
        "writes timeline.json, for Perfetto or chrome://tracing")(
        "trace-level", optional_text(job.trace.level)->value_name("LEVEL"),
        "slice, pod, network (the default) or pin (with --fidelity cycle)")(
        "trace-window", optional_text(job.trace.window)->value_name("A:B"),
        "traces slices A to B-1 only; A:Bcycles for cycles")(
        "trace-layer", optional_text(job.trace.layer)->value_name("GLOB"),
        "traces from the first to the last slice of the layers of that name (stage1.*)")(
        "trace-trigger", optional_text(job.trace.trigger)->value_name("stall:N|overflow"),
        "traces around the first stall above N cycles or the first overflow of a partial sum")(
        "trace-ring", optional_text(job.trace.ring)->value_name("N"),
        "keeps the last N slices before the trigger (8 unless told), or before the end of the run or an "
        "error")("trace-after", optional_text(job.trace.after)->value_name("N"),
                 "slices traced after the trigger (8 unless told)")(
        "trace-scope", po::value(&job.trace.scopes)->value_name("GLOB"),
        "traces these signals only (pods.pod0.*, scheduler.*); repeatable")(
        "trace-max-mb", optional_text(job.trace.max_mb)->value_name("N"),
        "ends the trace in good order before the file is larger");
    return o;
}

po::options_description compile_options(Job& job) {
    po::options_description o = common_options(job);
    o.add_options()("out", po::value(&job.out)->value_name("FILE")->required(), "the program file");
    return o;
}

[[noreturn]] void refuse_word(const std::string& word, const po::options_description& options) {
    std::string guess = nearest_option(word, options);
    std::error_code ignored;
    bool workload = std::filesystem::is_regular_file(word, ignored);
    for (const auto& entry : zoo_entries()) workload = workload || entry.name == word;
    if (workload) guess = "--workload " + word;
    throw UsageError("found \"" + word + "\"" + traces::did_you_mean(guess) +
                     ", allowed options; --help lists them");
}

// False if help was asked for.
bool read_options(const std::vector<std::string>& args, const po::options_description& options,
                  po::variables_map& given) {
    ParsedOptions parsed = parse_options(args, options);
    if (parsed.help) return false;
    if (!parsed.words.empty()) refuse_word(parsed.words[0], options);
    take_values(parsed);
    given = std::move(parsed.given);
    return true;
}

template <class Entries>
void check_name(const char* option, const std::string& name, const Entries& allowed) {
    for (const auto& word : allowed)
        if (word == name) return;
    throw UsageError(std::string(option) + ": found \"" + name + "\"" +
                     traces::did_you_mean(traces::nearest(name, allowed)) + ", allowed " +
                     traces::join(allowed));
}

void check_common(const Job& job, const po::variables_map& given) {
    std::vector<std::string> policies;
    for (const auto& entry : policy_entries()) policies.push_back(entry.name);
    check_name("--policy", job.policy, policies);
    if (given.count("out") && job.out.empty()) throw UsageError("--out: found \"\", allowed a path");
    if (!given.count("program") && job.workload_names.empty())
        throw UsageError("--workload is missing: a name (sosa list workloads) or a workload file");
}

// A program says what is placed, and where.
void check_program_alone(const po::variables_map& given) {
    if (!given.count("program")) return;
    for (const char* option : {"workload", "batch", "image-size", "seq-len", "dim", "policy"})
        if (given.count(option) && !given[option].defaulted())
            throw UsageError(std::string("--program and --") + option +
                             " exclude each other: a program contains its workloads and their placement");
    if (given["program"].as<std::string>().empty()) throw UsageError("--program: found \"\", allowed a file");
}

// Inputs are those of one model.
void check_network_options(const Job& job, const po::variables_map& given) {
    if (given.count("outputs") && !given.count("inputs"))
        throw UsageError("found --outputs without --inputs, which says what to run the model with");
    if (!given.count("inputs")) return;
    if (job.fidelity == "timing")
        throw UsageError("found --inputs with --fidelity timing, allowed functional or cycle");
    if (job.workload_names.size() != 1 || !is_network_file(job.workload_names[0]))
        throw UsageError("found --inputs with --workload " + traces::join(job.workload_names, " ") +
                         ", allowed one ONNX model (.onnx)");
}

// Pods can only be stepped or replaced where data moves, and a program file says nothing of tensors.
void check_data_options(Job& job, const po::variables_map& given) {
    const bool by_default = given["fidelity"].defaulted();
    if (given.count("cycle-pods") && !by_default && job.fidelity != "cycle")
        throw UsageError("found --cycle-pods with --fidelity " + job.fidelity + ", allowed cycle");
    if (given.count("rtl-pods") && !by_default && job.fidelity == "timing")
        throw UsageError("found --rtl-pods with --fidelity timing, allowed functional or cycle");
    if (given.count("rtl") && !given.count("rtl-pods"))
        throw UsageError("found --rtl without --rtl-pods, which says where the RTL goes");
    if (given.count("record-tiles") && !by_default && job.fidelity == "timing")
        throw UsageError("found --record-tiles with --fidelity timing, allowed functional or cycle");
    if (by_default && (given.count("rtl-pods") || given.count("record-tiles"))) job.fidelity = "functional";
    if (by_default && given.count("inputs")) job.fidelity = "functional";
    if (by_default && given.count("cycle-pods")) job.fidelity = "cycle";
    if (!given.count("cycle-pods")) job.cycle_pods = "*";
    check_network_options(job, given);
    if (job.fidelity != "timing" && given.count("program"))
        throw UsageError("found --program with --fidelity " + job.fidelity +
                         ", allowed timing: a program file does not hold the tensors' shapes");
}

}  // namespace

bool parse_run_job(const std::vector<std::string>& args, const char* about, Job& job) {
    const auto options = run_options(job);
    po::variables_map given;
    if (!read_options(args, options, given)) return std::cout << about << options, false;
    check_program_alone(given);
    check_common(job, given);
    check_name("--fidelity", job.fidelity, std::vector<std::string>{"timing", "functional", "cycle"});
    check_data_options(job, given);
    if (job.trace.trigger == "overflow" && job.fidelity == "timing")
        throw UsageError(
            "found --trace-trigger overflow with --fidelity timing, allowed functional or cycle: only sums "
            "with data "
            "overflow");
    if (job.trace.level == "pin" && job.fidelity != "cycle")
        throw UsageError("found --trace-level pin with --fidelity " + job.fidelity +
                         ", allowed cycle: only arrays that are stepped have pins");
    return true;
}

bool parse_compile_job(const std::vector<std::string>& args, const char* about, Job& job) {
    const auto options = compile_options(job);
    po::variables_map given;
    if (!read_options(args, options, given)) return std::cout << about << options, false;
    check_common(job, given);
    return true;
}

}  // namespace sosa::host
