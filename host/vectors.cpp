#include "host/vectors.h"
#include "host/config_file.h"
#include "host/options.h"

#include <filesystem>
#include <iostream>

#include "host/data_run.h"
#include "host/gen_params.h"
#include "host/out_folder.h"
#include "host/rtl_build.h"
#include "host/vectors_bench.h"
#include "host/vectors_stimulus.h"
#include "hw/config.h"
#include "pods/systolic_array.h"
#include "traces/error.h"
#include "traces/files.h"

namespace sosa::host {

namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

constexpr std::uint64_t kMaxCycles = 1'000'000;
constexpr std::uint64_t kMaxSeed = 999'999'999'999;
constexpr const char* kAbout =
    R"(Usage: sosa vectors --out DIR [OPTION]...

Writes what tests the pod's RTL in a simulator of your own: sosa_pod and its parameters in SystemVerilog,
stimulus.hex and expected.hex (random inputs of every clock edge and the outputs that the model gives), the
self-checking bench sosa_pod_tb.sv and run.sh, which runs it with Icarus Verilog.

Example:
  sosa vectors --config tiny --set pods.psum_overflow=saturate --out out/vectors

)";

// One line of a vector file. Pins go in from the least significant one on.
class HexLine {
  public:
    void push(std::uint32_t value, std::uint32_t bits) {
        for (std::uint32_t i = 0; i < bits; ++i) {
            nibble_ |= (value >> i & 1u) << filled_;
            if (++filled_ == 4) flush();
        }
        bits_ += bits;
    }
    void append_to(std::string& text, std::uint32_t bits) {
        SOSA_CHECK(bits_ == bits, std::to_string(bits_) + " bits instead of " + std::to_string(bits));
        if (filled_ > 0) flush();
        text.append(digits_.rbegin(), digits_.rend()) += '\n';
        digits_.clear();
        bits_ = 0;
    }

  private:
    void flush() {
        digits_ += "0123456789abcdef"[nibble_];
        nibble_ = filled_ = 0;
    }
    std::string digits_;  // least significant first
    std::uint32_t nibble_ = 0, filled_ = 0, bits_ = 0;
};

void push_inputs(const pods::ArrayShape& shape, const pods::ArrayInputs& in, HexLine& line) {
    for (std::uint32_t j = 0; j < shape.cols; ++j)
        line.push(static_cast<std::uint32_t>(in.psum[j]), shape.psum_bits);
    for (std::uint32_t j = 0; j < shape.cols; ++j) line.push(in.w[j], 8);
    for (std::uint32_t i = 0; i < shape.rows; ++i) line.push(in.x[i], 8);
    for (const bool pin : {in.w_signed, in.w_first, in.w_valid, in.x_signed, in.x_last, in.x_swap, in.x_valid,
                           in.enable, !in.reset})
        line.push(pin, 1);
}

void push_outputs(const pods::ArrayShape& shape, const pods::ArrayOutputs& out, std::uint32_t count_bits,
                  HexLine& line) {
    for (std::uint32_t j = 0; j < shape.cols; ++j)
        line.push(static_cast<std::uint32_t>(out.psum[j]), shape.psum_bits);
    for (std::uint32_t j = 0; j < shape.cols; ++j) line.push(out.overflow[j], 1);
    line.push(out.w_rows, count_bits);
    for (const bool pin : {out.busy, out.last, out.valid}) line.push(pin, 1);
}

void write_text(const fs::path& path, std::string_view text) {
    traces::write_file(path, [&](std::ostream& out) { out << text; });
}

void write_script(const fs::path& path, const std::vector<std::string>& sources) {
    write_text(path, vectors_script(sources));
    std::error_code failed;
    fs::permissions(path, fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec,
                    fs::perm_options::add, failed);
    if (failed) throw UserError(path.string() + ": cannot be made executable: " + failed.message());
}

struct Options {
    std::string config = "sosa-256", cycles = "2000", seed = "1", out;
    std::vector<std::string> sets;
};

po::options_description describe(Options& o) {
    po::options_description all("Options", 110, 60);
    all.add_options()("help,h", "this text")("config", po::value(&o.config)->value_name("NAME|FILE"),
                                             "configuration (default: sosa-256)")(
        "set", po::value(&o.sets)->value_name("KEY=VALUE"),
        "overrides a key of the configuration; repeatable")("cycles", po::value(&o.cycles)->value_name("N"),
                                                            "clock edges (default: 2000)")(
        "seed", po::value(&o.seed)->value_name("S"), "other random inputs (default: 1)")(
        "out", po::value(&o.out)->value_name("DIR"), "the folder; it needs nothing else afterwards");
    return all;
}

bool parse(const std::vector<std::string>& args, Options& options) {
    const auto description = describe(options);
    ParsedOptions parsed = parse_options(args, description, "vectors: ");
    if (parsed.help) return std::cout << kAbout << description, false;
    take_values(parsed, "vectors: ");
    refuse_words(parsed, description, "vectors: ");
    if (options.out.empty()) throw UsageError("vectors: --out is missing: the folder to write");
    return true;
}

std::uint64_t number(const char* option, const std::string& text, std::uint64_t least, std::uint64_t most) {
    const bool digits =
        !text.empty() && text.size() < 19 && text.find_first_not_of("0123456789") == std::string::npos;
    const std::uint64_t value = digits ? std::stoull(text) : 0;
    if (!digits || value < least || value > most)
        throw UsageError(std::string("vectors: ") + option + ": found \"" + text +
                         "\", allowed an integer from " + std::to_string(least) + " to " +
                         std::to_string(most));
    return value;
}

void write_rtl(const fs::path& folder, const hw::Config& config) {
    std::vector<std::string> sources = {"sosa_params.sv"};
    write_text(folder / sources[0], sv_parameters(config));
    for (const RtlSource& source : own_rtl("pods/rtl/", {})) {
        sources.push_back(fs::path(source.name).filename());
        write_text(folder / sources.back(), source.text);
    }
    sources.push_back("sosa_pod_tb.sv");
    write_script(folder / "run.sh", sources);
}

}  // namespace

Vectors make_vectors(const pods::ArrayShape& shape, std::uint64_t cycles, std::uint64_t seed) {
    const auto out_pins = vector_outputs(shape);
    const std::uint32_t in_bits = total_bits(vector_inputs(shape)), out_bits = total_bits(out_pins);
    const std::uint32_t count_bits = out_pins[3].bits();
    PodStimulus stimulus(shape, seed);
    pods::SystolicArray array(shape);
    Vectors v;
    HexLine line;
    for (std::uint64_t cycle = 0; cycle < cycles; ++cycle) {
        const pods::ArrayInputs& in = stimulus.next();
        array.step(in);
        const pods::ArrayOutputs& out = array.outputs();
        push_inputs(shape, in, line);
        line.append_to(v.stimulus, in_bits);
        push_outputs(shape, out, count_bits, line);
        line.append_to(v.expected, out_bits);
        const bool moved = !in.reset && in.enable;
        v.resets += in.reset;
        v.stalls += !in.reset && !in.enable;
        v.result_rows += moved && out.valid;
        for (std::uint32_t j = 0; j < shape.cols; ++j) v.overflows += moved && out.overflow[j];
    }
    return v;
}

int vectors_command(const std::vector<std::string>& args) {
    Options options;
    if (!parse(args, options)) return 0;
    const hw::Config config = load_config(options.config, options.sets);
    const pods::ArrayShape shape = array_shape(config);
    const std::uint64_t cycles =
        number("--cycles", options.cycles, PodStimulus::edges_to_first_result(shape), kMaxCycles);
    const std::uint64_t seed = number("--seed", options.seed, 0, kMaxSeed);
    const OutFolder out(options.out);
    const Vectors vectors = make_vectors(shape, cycles, seed);
    write_text(out.path() / "stimulus.hex", vectors.stimulus);
    write_text(out.path() / "expected.hex", vectors.expected);
    write_text(out.path() / "sosa_pod_tb.sv", pod_bench(shape, cycles));
    write_rtl(out.path(), config);
    std::cout << out.path().string() << ": " << cycles << " clock edges for a pod of " << shape.rows << " x "
              << shape.cols << ": " << vectors.result_rows << " rows of results, " << vectors.overflows
              << " overflows, " << vectors.stalls << " stalled, " << vectors.resets
              << " in reset; run.sh runs them\n";
    return 0;
}

}  // namespace sosa::host
