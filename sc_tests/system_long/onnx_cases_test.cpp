// Every official case of ONNX (package libonnx-testdata) through the program: it runs, or is refused with all
// that is missing.
#include <catch2/catch.hpp>
#include <future>
#include <map>

#include "sc_tests/system/command.h"
#include "sc_tests/unit/op_eval_cases.h"
#include "sc_tests/unit/temp_folder.h"

using namespace sosa::tests;
namespace fs = std::filesystem;
namespace host = sosa::host;

namespace {

// How the cases end; the README states these numbers.
constexpr const char* kTimed =
    "5 found dimensions of unknown size, 106 found operators that cannot run, 14 found shapes that are not "
    "known, "
    "947 runs";
constexpr const char* kComputed =
    "103 can be timed but not computed, 679 exact, 5 for input , 5 found dimensions of unknown size, 106 "
    "found operators "
    "that cannot run, 14 found shapes that are not known, 6 found training, 154 near";
constexpr int kQuantised = 11;

using Outcomes = std::map<std::string, int>;

std::string text(const Outcomes& outcomes) {
    std::string all;
    for (const auto& [what, count] : outcomes)
        all += (all.empty() ? "" : ", ") + std::to_string(count) + " " + what;
    return all;
}

std::vector<fs::path> all_cases() {
    std::vector<fs::path> found;
    for (const char* group : {"node", "simple", "pytorch-operator", "pytorch-converted"})
        for (const auto& entry : fs::directory_iterator(host::cases::kFolder / group))
            if (fs::exists(entry.path() / "model.onnx")) found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
}

using Words = std::vector<std::string>;

// Runs every case, two at a time: `words(case)`, then `look(case, result)`.
template <class MakeWords, class Look>
void run_all(const TempFolder& folder, MakeWords words, Look look) {
    const auto cases = all_cases();
    CHECK(cases.size() == 1072);
    for (std::size_t i = 0; i < cases.size(); i += 2) {
        const auto run = [&](std::size_t at) { return run_sosa(folder.path(), words(cases[at])); };
        auto other = std::async(std::launch::async, run, std::min(i + 1, cases.size() - 1));
        look(cases[i], run(i));
        if (i + 1 < cases.size()) look(cases[i + 1], other.get());
    }
}

// What a refusal is about, in a word.
std::string reason(const std::string& error) {
    for (const char* word : {"found operators that cannot run", "found shapes that are not known",
                             "found dimensions of unknown size", "can be timed but not computed",
                             "found training", "for input ", "do not fit"})
        if (error.find(word) != error.npos) return word;
    return error;
}

}  // namespace

TEST_CASE("onnx cases: every official case runs on the paper's chip or is refused with what is missing") {
    const TempFolder folder;
    Outcomes outcomes;
    run_all(
        folder,
        [](const fs::path& path) {
            return Words{"run",
                         "--config",
                         "sosa-256",
                         "--workload",
                         (path / "model.onnx").string(),
                         "--out",
                         "out/" + path.filename().string()};
        },
        [&](const fs::path& path, const CommandResult& result) {
            INFO(path << ": " << result.err);
            CHECK((result.exit_code == 0 || result.exit_code == 1));
            ++outcomes[result.exit_code == 0 ? "runs" : reason(result.err)];
        });
    CHECK(text(outcomes) == kTimed);
}

namespace {

// What a run wrote, against the official outputs; 0 if every bit is equal, else the greatest difference over
// the greatest magnitude.
double difference(const fs::path& path, const fs::path& results) {
    const host::OpGraph graph = host::read_onnx(path / "model.onnx", {});
    double furthest = 0;
    for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
        const host::OpValue& value = graph.values[graph.outputs[i]];
        fs::path file = results / (value.name + ".pb");
        if (!fs::exists(file)) file = results / ("output_" + std::to_string(i) + ".pb");
        if (!fs::exists(file)) file = results / (value.name + ".npy");
        const auto expected = path / "test_data_set_0" / ("output_" + std::to_string(i) + ".pb");
        const auto d =
            host::cases::compare(host::read_tensor_file(file), host::cases::read_as(expected, value));
        CHECK(d.same_form);
        furthest = std::max(furthest, d.elements == 0 ? 0 : std::max(d.relative, 1e-300));
    }
    return furthest;
}

bool is_quantised(const std::string& name) {
    for (const char* head : {"test_qlinear", "test_convinteger", "test_matmulinteger", "test_quantizelinear",
                             "test_dequantizelinear", "test_basic_convinteger"})
        if (name.rfind(head, 0) == 0) return true;
    return false;
}

}  // namespace

TEST_CASE("onnx cases: what is computed equals the official outputs") {
    const TempFolder folder;
    Outcomes outcomes;
    int quantised = 0;
    run_all(
        folder,
        [](const fs::path& path) {
            const std::string name = path.filename().string();
            return Words{"run",
                         "--config",
                         "tiny",
                         "--set",
                         "pods.psum_bits=32",
                         "--workload",
                         (path / "model.onnx").string(),
                         "--inputs",
                         (path / "test_data_set_0").string(),
                         "--outputs",
                         "results/" + name,
                         "--out",
                         "out/" + name};
        },
        [&](const fs::path& path, const CommandResult& result) {
            const std::string name = path.filename().string();
            INFO(path << ": " << result.err);
            CHECK((result.exit_code == 0 || result.exit_code == 1));
            if (result.exit_code != 0) {
                ++outcomes[reason(result.err)];
                return;
            }
            const double far = difference(path, folder.path() / "results" / name);
            ++outcomes[far == 0 ? "exact" : "near"];
            // ONNX 1.12's own reference cuts bfloat16 off instead of rounding it.
            CHECK(far < (name.find("FLOAT_to_BFLOAT16") != name.npos ? 1.0 / 128 : 2e-6));
            if (is_quantised(name)) {
                ++quantised;
                CHECK(far == 0);
            }
        });
    CHECK(quantised == kQuantised);
    CHECK(text(outcomes) == kComputed);
}
