// Models with data of their own, end to end: what pods, post-processors and host compute together must equal
// what NumPy computed (sc_tests/data/onnx/README.md).
#include <algorithm>
#include <catch2/catch.hpp>

#include "sc_tests/system/command.h"
#include "sc_tests/unit/temp_folder.h"
#include "traces/files.h"

using namespace sosa::tests;
namespace fs = std::filesystem;

namespace {

const fs::path kModels = fs::path(SOSA_TEST_DATA) / "onnx";

struct ModelRun {
    std::string name, dim, outputs;
    std::vector<std::string> options{};
};

// The lines of the summary that say who computed what.
std::string computed(const std::string& out) {
    std::string lines;
    for (std::size_t at = out.find("  computed"); at != out.npos; at = out.find("  computed", at + 1))
        lines += out.substr(at + 26, out.find('\n', at) - at - 26) + "|";
    return lines;
}

std::string run_model(const ModelRun& run) {
    const TempFolder folder;
    std::vector<std::string> words = {"run",
                                      "--config",
                                      "tiny",
                                      "--workload",
                                      (kModels / (run.name + ".onnx")).string(),
                                      "--dim",
                                      run.dim,
                                      "--inputs",
                                      (kModels / run.name / "inputs").string(),
                                      "--outputs",
                                      "results",
                                      "--out",
                                      "out"};
    words.insert(words.end(), run.options.begin(), run.options.end());
    const auto result = run_sosa(folder.path(), words);
    INFO(result.err);
    REQUIRE(result.exit_code == 0);
    std::size_t files = 0;
    for (const auto& entry : fs::directory_iterator(kModels / run.name / "outputs")) {
        ++files;
        INFO(entry.path().filename().string());
        CHECK(sosa::traces::read_file(folder.path() / "results" / entry.path().filename()) ==
              sosa::traces::read_file(entry.path()));
    }
    CHECK(files == (run.name == "transformer_block" ? 2 : 1));
    return computed(result.out);
}

const std::vector<std::string> kWide = {"--set", "pods.psum_bits=32"};

}  // namespace

TEST_CASE("onnx run: a quantised CNN gives what NumPy gives") {
    CHECK(run_model({"digits_cnn", "batch=4", "logits", kWide}) ==
          "5 products on pods|on post-processors: 1 Add, 2 DequantizeLinear, 2 QuantizeLinear|"
          "on the host: 1 GlobalAveragePool, 1 MaxPool|");
}

TEST_CASE("onnx run: a CNN in QDQ form runs with its sums as integers") {
    CHECK(run_model({"digits_cnn_qdq", "batch=4", "logits", kWide}) ==
          "5 products on pods|on post-processors: 3 DequantizeLinear, 3 QuantizeLinear|"
          "on the host: 1 GlobalAveragePool, 1 MaxPool|");
}

TEST_CASE("onnx run: a transformer block multiplies activations by activations") {
    CHECK(run_model({"transformer_block", "batch=3", "block", kWide}) ==
          "8 products on pods|on post-processors: 4 Add, 5 DequantizeLinear, 1 Div, 1 Erf, 3 Mul, "
          "5 QuantizeLinear|on the host: 2 LayerNormalization, 1 Softmax|");
}

TEST_CASE("onnx run: arrays stepped clock by clock give the same") {
    auto options = kWide;
    options.insert(options.end(), {"--fidelity", "cycle"});
    run_model({"transformer_block", "batch=3", "block", options});
    options.insert(options.end(), {"--set", "tiling.partition=20", "--set", "pods.count=2"});
    run_model({"digits_cnn", "batch=4", "logits", options});
}

TEST_CASE("onnx run: scales that change from run to run stay on the host") {
    CHECK(run_model({"transformer_dynamic", "batch=3", "projected", kWide}) ==
          "0 products on pods|on post-processors: 1 Add, 1 Cast, 2 Mul|on the host: 1 DynamicQuantizeLinear, "
          "1 MatMulInteger|");
}

TEST_CASE("onnx run: partial sums that are too narrow are refused before anything runs") {
    const TempFolder folder;
    const auto model = (kModels / "digits_cnn.onnx").string();
    const auto result =
        run_sosa(folder.path(), {"run", "--config", "tiny", "--workload", model, "--dim", "batch=4",
                                 "--inputs", (kModels / "digits_cnn" / "inputs").string(), "--out", "out"});
    CHECK(result.exit_code == 1);
    CHECK(result.err.find("with pods.psum_bits=16; --set pods.psum_bits=32 runs it exactly") !=
          std::string::npos);
    CHECK_FALSE(fs::exists(folder.path() / "out" / "summary.json"));
}

TEST_CASE("onnx run: inputs that are missing or of another shape are told by name") {
    const TempFolder folder;
    const auto model = (kModels / "digits_cnn.onnx").string();
    const auto run = [&](const std::string& dim, const std::string& inputs) {
        return run_sosa(folder.path(), {"run", "--config", "tiny", "--workload", model, "--dim", dim,
                                        "--inputs", inputs, "--set", "pods.psum_bits=32", "--out", "out"});
    };
    const auto inputs = (kModels / "digits_cnn" / "inputs").string();
    const auto other = run("batch=2", inputs);
    CHECK(other.exit_code == 1);
    CHECK(other.err.find("image.npy: found float32 of 4x1x12x12, allowed float32 of 2x1x12x12 for input "
                         "\"image\"") != std::string::npos);
    fs::create_directory(folder.path() / "none");
    const auto none = run("batch=4", "none");
    CHECK(none.exit_code == 1);
    CHECK(none.err.find("--inputs none: found no file for input \"image\", allowed one of \"image.npy\"") !=
          std::string::npos);
    const auto open = run_sosa(folder.path(), {"run", "--config", "tiny", "--workload", model});
    CHECK(open.exit_code == 1);
    CHECK(open.err.find("--dim batch=1") != std::string::npos);
}

TEST_CASE("onnx run: models that cannot run are refused in a sentence") {
    const TempFolder folder;
    const auto error = [&](const std::string& name, std::vector<std::string> more = {}) {
        std::vector<std::string> words = {
            "run",   "--config", "tiny", "--workload", (kModels / "bad" / (name + ".onnx")).string(),
            "--out", "out"};
        words.insert(words.end(), more.begin(), more.end());
        const auto result = run_sosa(folder.path(), words);
        CHECK(result.exit_code == 1);
        CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
        return result.err;
    };
    CHECK(error("cycle").find("cycle") != std::string::npos);
    const auto unknown = error("unknown_operators");
    for (const char* op : {"com.example.Warp", "encoder/"}) CHECK(unknown.find(op) != std::string::npos);
    CHECK(error("unbound_dims").find("--dim batch=1") != std::string::npos);
    CHECK(error("opset_18").find("18, allowed 7 to 17") != std::string::npos);
    CHECK(error("truncated").find("truncated.onnx: ") != std::string::npos);
    CHECK(error("shapes_misfit").find("shapes_misfit.onnx: node ") != std::string::npos);
    CHECK_FALSE(fs::exists(folder.path() / "out" / "summary.json"));
    const auto names =
        run_sosa(folder.path(), {"run", "--config", "tiny", "--workload",
                                 (kModels / "bad" / "non_ascii_names.onnx").string(), "--out", "out"});
    CHECK(names.exit_code == 0);
}
