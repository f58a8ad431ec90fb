#include "host/gen_params.h"
#include "host/config_file.h"
#include "host/options.h"

#include <iostream>
#include <sstream>

#include "hw/registers.h"
#include "noc/payload.h"
#include "noc/topology.h"
#include "pods/array.h"
#include "traces/error.h"
#include "traces/files.h"
#include "traces/text.h"

namespace sosa::host {

namespace {
namespace po = boost::program_options;

constexpr const char* kAbout =
    R"(Usage: sosa gen-params --lang sv|c CONFIG [--set KEY=VALUE]... [--out FILE]

Writes the numbers of a configuration (NAME or FILE) as a SystemVerilog package, which the RTL in pods/rtl and noc/rtl
takes its defaults from, or as a C header with the register map, for a driver.

Examples:
  sosa gen-params --lang sv sosa-256 --out sosa_params.sv
  sosa gen-params --lang sv tiny --set pods.psum_overflow=saturate
  sosa gen-params --lang c sosa-256 --out sosa_params.h

)";

struct Parameter {
    const char* name;
    std::uint64_t value;
    const char* meaning;
};

std::vector<Parameter> parameters(const hw::Config& config) {
    const auto& p = config.pods;
    const bool saturate = p.psum_overflow == hw::PsumOverflow::saturate;
    const pods::ArrayShape array{p.rows, p.cols, p.multicast_cols, p.fanin_rows, p.psum_bits, saturate};
    const noc::Topology topology(config.noc.topology, p.count);
    return {
        {"PODS", p.count, "pods; X, W and P banks of each kind"},
        {"ROWS", p.rows, "rows of an array"},
        {"COLS", p.cols, "columns of an array"},
        {"MULTICAST_COLS", p.multicast_cols, "columns an activation reaches before a pipeline register"},
        {"FANIN_ROWS", p.fanin_rows, "rows whose products add up before a pipeline register"},
        {"PSUM_BITS", p.psum_bits, "bits of a partial sum"},
        {"SATURATE", saturate, "1: partial sums saturate, 0: they wrap"},
        {"ROW_GROUPS", array.row_groups(), "ceil(ROWS / FANIN_ROWS)"},
        {"COL_GROUPS", array.col_groups(), "ceil(COLS / MULTICAST_COLS)"},
        {"POD_LATENCY_CYCLES", array.latency_cycles(), "from a row of X to its results, both edges counted"},
        {"BANK_BYTES", config.banks.size_bytes, "capacity of a bank"},
        {"NOC_STAGES", topology.stages(), "stages of each network"},
        {"NOC_LINES", topology.lines(), "links after each stage"},
        {"NOC_LATENCY_CYCLES", topology.latency_cycles(), "one way through a network"},
        {"TILE_OFFSET_BITS", noc::kTileOffsetBits, "of a tile address, from bit 0: byte in the tile"},
        {"TILE_TAG_BITS", noc::kTagBits, "above them: which tile of the bank"},
        {"TILE_BANK_BITS", 64 - noc::kTagBits - noc::kTileOffsetBits, "above them: which bank"},
    };
}

std::string title(const hw::Config& config) {
    return "Parameters of " + config.name + " (" + config.noc.topology +
           "), written by sosa gen-params; to change them, change the configuration.";
}

std::string hex(std::uint64_t value) {
    std::ostringstream out;
    out << "0x" << std::hex << value;
    return out.str();
}

std::string upper(std::string text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

std::string define(const std::string& name, const std::string& value, const std::string& meaning) {
    return "#define SOSA_" + name + " " + value + "  /* " + meaning + " */\n";
}

struct Request {
    std::string language, config, out;
    std::vector<std::string> sets;
};

po::options_description options(Request& request) {
    po::options_description o("Options");
    o.add_options()("help,h", "prints this")("lang", po::value(&request.language)->value_name("sv|c"),
                                             "the language to write")(
        "set", po::value(&request.sets)->value_name("KEY=VALUE"),
        "overrides a key of the configuration; repeatable")(
        "out", po::value(&request.out)->value_name("FILE"), "the file (default: standard output)");
    return o;
}

// False if help was asked for and printed.
bool parse(const std::vector<std::string>& args, Request& request) {
    const auto visible = options(request);
    ParsedOptions parsed = parse_options(args, visible, "gen-params: ");
    if (parsed.help) return std::cout << kAbout << visible, false;
    take_values(parsed, "gen-params: ");
    const auto& [given, configs, help] = parsed;
    if (request.language != "sv" && request.language != "c")
        throw UsageError("gen-params: --lang: found " +
                         (given.count("lang") ? "\"" + request.language + "\"" : std::string("nothing")) +
                         ", allowed one of sv, c");
    if (configs.size() != 1)
        throw UsageError("gen-params: found " +
                         (configs.empty() ? "nothing" : "\"" + traces::join(configs, " ") + "\"") +
                         ", allowed one configuration, NAME|FILE");
    if (given.count("out") && request.out.empty())
        throw UsageError("gen-params: --out: found \"\", allowed a path");
    request.config = configs[0];
    return true;
}

}  // namespace

std::string sv_parameters(const hw::Config& config) {
    std::string text = "// " + title(config) + "\npackage sosa_params;\n";
    for (const auto& p : parameters(config))
        text += "    parameter int " + std::string(p.name) + " = " + std::to_string(p.value) + ";  // " +
                p.meaning + "\n";
    return text + "endpackage\n";
}

std::string c_parameters(const hw::Config& config) {
    std::string text = "/* " + title(config) + " */\n#ifndef SOSA_PARAMS_H\n#define SOSA_PARAMS_H\n\n";
    for (const auto& p : parameters(config)) text += define(p.name, std::to_string(p.value), p.meaning);
    namespace registers = hw::registers;
    text += "\n/* Registers: offset from the accelerator's base address; bytes, access, meaning. */\n";
    for (const auto& r : registers::table())
        text += define(
            "REG_" + upper(r.name), hex(r.offset),
            (r.bytes ? std::to_string(r.bytes) + " B" : "a record") + ", " + r.access + ": " + r.description);
    text += "\n/* What stands in them. */\n";
    text += define("ID_VALUE", hex(registers::id_value), "ID");
    text += define("VERSION_VALUE", hex(registers::version_value), "VERSION");
    text += define("WINDOW_BYTES", hex(registers::window_bytes), "of PROGRAM_WINDOW and FETCH_WINDOW, each");
    text += define("CONTROL_ENABLE", hex(registers::control_enable), "CONTROL");
    text += define("IRQ_DONE", hex(registers::irq_done), "IRQ_STATUS and IRQ_ENABLE");
    text += define("IRQ_SPACE", hex(registers::irq_space), "IRQ_STATUS and IRQ_ENABLE");
    text += define("IRQ_FAULT", hex(registers::irq_fault), "IRQ_STATUS and IRQ_ENABLE");
    return text + "\n#endif\n";
}

int gen_params_command(const std::vector<std::string>& args) {
    Request request;
    if (!parse(args, request)) return 0;
    const hw::Config config = load_config(request.config, request.sets);
    const std::string text = request.language == "sv" ? sv_parameters(config) : c_parameters(config);
    if (request.out.empty()) return std::cout << text, 0;
    traces::write_file(request.out, [&](std::ostream& out) { out << text; });
    return 0;
}

}  // namespace sosa::host
