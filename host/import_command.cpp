#include "host/import_command.h"

#include <iostream>

#include "host/import_scalesim.h"
#include "host/network.h"
#include "host/options.h"
#include "traces/error.h"
#include "traces/files.h"
#include "traces/text.h"

namespace sosa::host {

namespace {

namespace po = boost::program_options;

constexpr const char* kAbout =
    R"(Usage: sosa import FILE.onnx|FILE.csv -o WORKLOAD.json [OPTION]...

Turns an ONNX model, or a topology of SCALE-Sim (convolutions, or products M, N, K), into a workload file, and tells
what runs where and what was read with goodwill. Layers of a topology wait for the one before: edit "deps" where the
network branches.

Examples:
  sosa import model.onnx -o model.json --dim batch=4
  sosa import resnet18.csv -o resnet18.json --padding same
  sosa import gpt2.csv -o gpt2.json --name gpt2-block
  sosa run --config sosa-256 --workload resnet18.json

)";

struct ImportJob {
    std::vector<std::string> files;
    std::string out, padding = "valid", name;
    std::vector<std::string> dims;
};

po::options_description options(ImportJob& job) {
    po::options_description o("Options", 110, 60);
    o.add_options()("help,h", "this text")("out,o", po::value(&job.out)->value_name("WORKLOAD.json"),
                                           "the file to write")(
        "padding", po::value(&job.padding)->default_value(job.padding)->value_name("same|valid"),
        "of convolutions, as the format does not say: same keeps size/stride, valid (default) has none")(
        "dim", po::value(&job.dims)->value_name("NAME=SIZE"),
        "size of a dimension that an ONNX model leaves open; repeatable")(
        "name", po::value(&job.name)->value_name("NAME"), "of the workload (default: the file's)");
    return o;
}

void check(const ImportJob& job, const po::variables_map& given) {
    if (job.files.size() != 1)
        throw UsageError("import: found " +
                         (job.files.empty() ? "no file" : "\"" + traces::join(job.files, " ") + "\"") +
                         ", allowed one FILE.onnx or FILE.csv");
    if (job.out.empty()) throw UsageError("import: found no -o, allowed -o WORKLOAD.json");
    if (job.padding != "same" && job.padding != "valid")
        throw UsageError("import: --padding: found \"" + job.padding + "\", allowed same, valid");
    if (given.count("name") && job.name.empty())
        throw UsageError("import: --name: found \"\", allowed a name");
    const bool network = is_network_file(job.files[0]);
    if (network && !given["padding"].defaulted())
        throw UsageError(
            "import: found --padding with an ONNX model, allowed with .csv: the model says its padding");
    if (!network && !job.dims.empty())
        throw UsageError("import: found --dim with " + job.files[0] + ", allowed with an ONNX model");
    std::error_code ignored;
    if (std::filesystem::equivalent(job.files[0], job.out, ignored))
        throw UsageError("import: -o: found \"" + job.out + "\", the file to read, allowed another");
}

std::string import_file(const std::filesystem::path& path, const ScaleSimOptions& options,
                        Workload& workload) {
    std::vector<std::string> repairs;
    workload = import_scalesim(traces::read_file(path, kMaxWorkloadBytes), path.string(), options, repairs);
    std::string lines;
    for (const auto& repair : repairs) lines += repair + "\n";
    return lines;
}

}  // namespace

Workload read_workload_file(const std::filesystem::path& path, const std::vector<std::string>& dims) {
    if (is_network_file(path)) {
        Network network = read_network(path, dims);
        for (const auto& notice : network.notices) std::cerr << notice << '\n';
        return std::move(network.lowering.workload);
    }
    if (!dims.empty())
        throw UsageError("--dim: found for " + path.string() +
                         ", allowed for models (.onnx), whose dimensions may be open");
    if (path.extension() != ".csv" && path.extension() != ".CSV") return read_workload(path);
    Workload workload;
    std::cerr << import_file(path, {}, workload);
    return workload;
}

int import_command(const std::vector<std::string>& args) {
    ImportJob job;
    const auto visible = options(job);
    ParsedOptions parsed = parse_options(args, visible, "import: ");
    if (parsed.help) return std::cout << kAbout << visible, 0;
    take_values(parsed, "import: ");
    job.files = parsed.words;
    const auto& given = parsed.given;
    check(job, given);
    ScaleSimOptions how;
    how.padding = job.padding == "same" ? ScaleSimPadding::same : ScaleSimPadding::valid;
    how.name = job.name;
    Workload workload;
    std::string repairs;
    if (is_network_file(job.files[0])) {
        Network network = read_network(job.files[0], job.dims);
        for (const auto& notice : network.notices) repairs += notice + "\n";
        workload = std::move(network.lowering.workload);
        if (!job.name.empty()) workload.name = job.name;
    } else {
        repairs = import_file(job.files[0], how, workload);
    }
    if (workload.layers.empty())
        throw UserError(job.files[0] +
                        ": found nothing that takes time, allowed at least one layer in a workload file");
    traces::write_file(job.out, [&](std::ostream& out) { write_workload(workload, out); });
    std::cout << repairs << job.out << ": workload \"" << workload.name << "\", " << workload.layers.size()
              << (workload.layers.size() == 1 ? " layer, " : " layers, ") << macs(workload)
              << " multiply-accumulates";
    if (!is_network_file(job.files[0])) std::cout << ", padding " << job.padding;
    std::cout << '\n';
    return 0;
}

}  // namespace sosa::host
