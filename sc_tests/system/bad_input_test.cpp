// What a person can get wrong in files, options and folders: one sentence, the right exit code, nothing left
// behind.
#include <functional>

#include "sc_tests/system/run_files.h"

namespace sosa::tests {

using nlohmann::json;
namespace fs = std::filesystem;
using Words = std::vector<std::string>;

namespace {

const std::string kSizeAllowed =
    "allowed is a size from 64B to 1GiB such as \"256KiB\" (units B, KiB, MiB, GiB)";
const std::string kWindowAllowed =
    "allowed A:B with A below B, A: or :B in slices, or in cycles as in 1000:2000cycles";
const std::string kZoo =
    "resnet50, resnet101, resnet152, densenet121, densenet169, densenet201, inception, bert_medium, "
    "bert_base, "
    "bert_large, bert_tiny, bert_small, vgg16, mobilenet_v2, efficientnet_b0, unet, vit_b16, gpt2_prefill, "
    "gpt2_decode, "
    "llama_prefill, llama_decode, dlrm";
const std::string kPositive = "allowed an integer from 1 on";

struct Case {
    std::function<void(json&)> spoil;
    std::string sentence;
};

// Spoils a shipped file, once for each case, and runs with it: the sentence is found, nothing else appears.
void check_spoilt(const std::string& shipped, const std::string& name, const Words& words,
                  const std::vector<Case>& cases) {
    const TempFolder folder;
    for (const auto& c : cases) {
        INFO(c.sentence);
        json file = json_of(shipped);
        c.spoil(file);
        write_text(folder / name, file.dump(2) + "\n");
        CHECK(check_refused(run_sosa(folder.path(), words), 1) == c.sentence);
        CHECK(folder.entries() == 1);
    }
}

// In an empty folder, which stays empty.
void check_sentence(Words words, int exit_code, const std::string& sentence) {
    const TempFolder folder;
    INFO(sentence);
    CHECK(check_refused(run_sosa(folder.path(), std::move(words)), exit_code) == sentence);
    CHECK(folder.entries() == 0);
}

Words tiny_mlp(Words more) {
    Words words = {"run", "--config", "tiny", "--workload", kMlp};
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

}  // namespace

TEST_CASE("a bad configuration file is refused with line and key") {
    const auto set = [](const char* group, const char* key, json value) {
        return [=](json& c) { c[group][key] = value; };
    };
    // The dump has its keys in alphabetical order, which gives the lines.
    check_spoilt(
        SOSA_ROOT "/hw/configs/tiny.json", "c.json", {"run", "--config", "c.json", "--workload", kMlp},
        {
            {set("pods", "cuont", 4), "c.json:21: unknown key \"pods.cuont\", did you mean \"pods.count\"?"},
            {[](json& c) { c.erase("name"); },
             "c.json: the key \"name\" is missing, it is needed to name the chip"},
            {[](json& c) { c["name"] = "../x"; },
             "c.json:13: \"name\": found \"../x\", allowed is 1 to 64 letters, digits, \".\", \"_\" or "
             "\"-\", the "
             "first no \".\" or \"-\""},
            {set("banks", "size", "4KB"), "c.json:4: \"banks.size\": found \"4KB\", " + kSizeAllowed},
            {set("banks", "size", 4096), "c.json:4: \"banks.size\": found 4096, " + kSizeAllowed},
            {set("banks", "size", "1TiB"), "c.json:4: \"banks.size\": found \"1TiB\", " + kSizeAllowed},
            {set("banks", "size", "64B"),
             "c.json: \"banks.size\": found 64B, allowed is at least 128B so that a bank holds one P tile of "
             "tiling.partition x pods.cols = 8 x 8 values of 16 bits"},
            {set("dram", "bandwidth", "16"),
             "c.json:8: \"dram.bandwidth\": found \"16\", allowed is a bandwidth above 0 to 1024TiB/s such "
             "as "
             "\"1200GiB/s\" (units B/s, KiB/s, MiB/s, GiB/s, TiB/s, GB/s)"},
            {[](json& c) { c["clock"] = "1GiB/s"; },
             "c.json:6: \"clock\": found \"1GiB/s\", allowed is a clock from 1MHz to 100GHz such as \"1GHz\" "
             "(units Hz, kHz, MHz, GHz)"},
            {set("pods", "count", 0),
             "c.json:20: \"pods.count\": found 0, allowed is an integer from 1 to 4096"},
            {set("pods", "count", -3),
             "c.json:20: \"pods.count\": found -3, allowed is an integer from 1 to 4096"},
            {set("pods", "count", 1e30),
             "c.json:20: \"pods.count\": found 1e+30, allowed is an integer from 1 to 4096"},
            {set("pods", "count", "4"),
             "c.json:20: \"pods.count\": found \"4\", allowed is an integer from 1 to 4096"},
            {set("noc", "structure", "fabrics"),
             "c.json:15: \"noc.structure\": found \"fabrics\", allowed is one of fabric, modules"},
            {set("power", "energy_table", "paper-28n"),
             "energy table \"paper-28n\" is not known (did you mean paper-28nm?); there are paper-28nm, or "
             "give "
             "the path of a .json file"},
            {set("power", "energy_table", "none.json"),
             "none.json: cannot be opened: No such file or directory"},
        });
}

TEST_CASE("a bad workload file is refused with layer and key") {
    const auto set = [](int layer, const char* key, json value) {
        return [=](json& w) { w["layers"][static_cast<std::size_t>(layer)][key] = value; };
    };
    const std::string hidden1 = "w.json: layer 0 \"hidden1\": ", hidden2 = "w.json: layer 1 \"hidden2\": ";
    check_spoilt(
        kMlp, "w.json", {"run", "--config", "tiny", "--workload", "w.json"},
        {
            {set(0, "deps", {"output"}),
             hidden1 + "key \"deps\": found the cycle \"hidden1\" -> \"output\" -> \"hidden2\" "
                       "-> \"hidden1\", layers must stand in placement order"},
            {set(1, "deps", {"hidden9"}),
             hidden2 + "key \"deps\": found \"hidden9\", allowed names of layers of this file"},
            {set(1, "deps", {"hidden2"}),
             hidden2 + "key \"deps\": found the layer itself, allowed earlier layers"},
            {set(1, "kernel", {3, 3}),
             hidden2 + "key \"kernel\": found [3,3], allowed a height*width that divides k = 256"},
            {set(1, "kernel", {0, 1}), hidden2 + "key \"kernel\": found 0, allowed 1..65535"},
            {set(0, "m", 0), hidden1 + "key \"m\": found 0, allowed 1..2147483647"},
            {set(0, "m", -5), hidden1 + "key \"m\": found -5, allowed 1..2147483647"},
            {set(0, "m", 1.5), hidden1 + "key \"m\": found 1.5, allowed an integer 1..2147483647"},
            {set(0, "k", 2147483648), hidden1 + "key \"k\": found 2147483648, allowed 1..2147483647"},
            {[&](json& w) {
                 for (const char* key : {"m", "k", "n"}) set(0, key, 2147483647)(w);
             },
             hidden1 + "found m*k*n = 2147483647*2147483647*2147483647, allowed less than 2^62"},
            {[&](json& w) {
                 for (const char* key : {"m", "k", "n"}) set(0, key, 1'000'000)(w);
             },
             "layer \"hidden1\": found 125000 x 125000 x 125000 tile ops, allowed 2^31 a layer"},
            {[&](json& w) {
                 set(0, "op", "Pool")(w);
                 set(2, "op", "dense")(w);
             },
             "w.json: unknown ops: found layer 0 \"hidden1\" \"Pool\", layer 2 \"output\" \"dense\" (did you "
             "mean "
             "\"Dense\"?), allowed Conv, MatMul, Dense"},
            {[](json& w) { w["layers"][0].erase("m"); }, hidden1 + "missing keys: \"m\""},
            {set(1, "name", "hidden1"),
             "w.json: layer 1 \"hidden1\": key \"name\": found the name of layer 0 again, allowed one layer "
             "per name"},
            {[](json& w) { w["layers"] = json::array(); },
             "w.json: key \"layers\": found [], allowed a list of 1..1000000 layers"},
            {[](json& w) { w["repeat"] = 0; }, "w.json: key \"repeat\": found 0, allowed 1..65535"},
            {[](json& w) { w["name"] = "a/b"; },
             "w.json: key \"name\": found \"a/b\", allowed at most 100 bytes without '/' or control "
             "characters, not "
             "starting with '.'"},
        });
}

TEST_CASE("a truncated file is refused wherever it ends") {
    const TempFolder folder;
    check_done(
        run_sosa(folder.path(), {"compile", "--config", "tiny", "--workload", kMlp, "--out", "whole"}));
    const std::string program = text_of(folder / "whole");
    fs::remove(folder / "whole");
    const struct {
        std::string text;
        Words words;
    } files[] = {
        {text_of(SOSA_ROOT "/hw/configs/tiny.json"), {"run", "--workload", kMlp, "--config", "cut.json"}},
        {text_of(kMlp), {"run", "--config", "tiny", "--workload", "cut.json"}},
        {program, {"run", "--config", "tiny", "--program", "cut.json"}},
    };
    for (const auto& file : files)
        for (const double part : {0.0, 0.02, 0.3, 0.5, 0.9, 0.99}) {
            const auto size = static_cast<std::size_t>(part * static_cast<double>(file.text.size()));
            write_text(folder / "cut.json", file.text.substr(0, size));
            const auto sentence = check_refused(run_sosa(folder.path(), file.words), 1);
            INFO(sentence);
            CHECK(sentence.rfind("cut.json:", 0) == 0);
            CHECK(folder.entries() == 1);
        }
}

TEST_CASE("a bad value of an option is refused as wrong usage") {
    const struct {
        Words words;
        std::string sentence;
    } cases[] = {
        {{"run", "--config", "tiny"},
         "--workload is missing: a name (sosa list workloads) or a workload file"},
        {{"run", "--config", "tiy", "--workload", kMlp},
         "config \"tiy\" is not a file, allowed is a file or one of mono-512, pods-128x32, pods-16x512, "
         "pods-256x8, "
         "pods-64x128, sosa-20x32, sosa-256, tiny, did you mean \"tiny\"?"},
        {{"run", "--workload", "resnt50"},
         "--workload: found \"resnt50\" (did you mean \"resnet50\"?), allowed " + kZoo + " or a file"},
        {{"run", "--workload", ""}, "--workload: found \"\", allowed " + kZoo + " or a file"},
        {{"run", "--workload", "resnet50", "--batch", "0"}, "--batch: found \"0\", " + kPositive},
        {{"run", "--workload", "resnet50", "--batch", "-1"}, "--batch: found \"-1\", " + kPositive},
        {{"run", "--workload", "resnet50", "--batch", "two"}, "--batch: found \"two\", " + kPositive},
        {{"run", "--workload", "resnet50", "--batch", "123456789012"},
         "--batch: found \"123456789012\", " + kPositive},
        {{"run", "--workload", "resnet50", "--batch", "2000"},
         "resnet50: --batch: found 2000, allowed 1..1024"},
        {{"run", "--workload", "bert_base", "--seq-len", "1.5"}, "--seq-len: found \"1.5\", " + kPositive},
        {{"run", "--workload", "resnet50", "--seq-len", "5"},
         "resnet50: found --seq-len, allowed is --image-size: it reads images"},
        {{"run", "--workload", "bert_base", "--image-size", "299"},
         "bert_base: found --image-size, allowed is --seq-len: it reads sequences"},
        {{"run", "--workload", "resnet50", "--workload", "resnet101", "--seq-len", "5"},
         "found --seq-len, allowed only with a workload of the zoo that reads sequences"},
        {tiny_mlp({"--batch", "2"}),
         kMlp + ": found --batch, allowed only with a workload of the zoo: the sizes of a file are fixed"},
        {tiny_mlp({"--policy", "papr"}), "--policy: found \"papr\" (did you mean \"paper\"?), allowed paper"},
        {tiny_mlp({"--out", ""}), "--out: found \"\", allowed a path"},
        {tiny_mlp({"--set", "pods"}),
         "--set pods: found no KEY=VALUE, allowed is for example --set pods.count=64"},
        {tiny_mlp({"--set", "pods.cuont=4"}),
         "--set pods.cuont=4: unknown key \"pods.cuont\", did you mean \"pods.count\"?"},
        {tiny_mlp({"--set", "pods.count=0"}),
         "--set pods.count=0: found \"0\", allowed is an integer from 1 to 4096"},
        {tiny_mlp({"--set", "banks.size=10"}), "--set banks.size=10: found \"10\", " + kSizeAllowed},
        {tiny_mlp({"--trace-window", "foo"}), "--trace-window: found \"foo\", " + kWindowAllowed},
        {tiny_mlp({"--trace-window", "5:3"}), "--trace-window: found \"5:3\", " + kWindowAllowed},
        {tiny_mlp({"--trace-window", ":"}), "--trace-window: found \":\", " + kWindowAllowed},
        {tiny_mlp({"--trace-max-mb", "0"}),
         "--trace-max-mb: found \"0\", allowed a whole number from 1 to 18446744073709"},
        {tiny_mlp({"--trace-scope", "a b"}),
         "--trace-scope: found \"a b\", allowed a pattern of letters, digits, _ - . * and ? such as "
         "pods.pod0.*"},
        {tiny_mlp({"--program", "p"}),
         "--program and --workload exclude each other: a program contains its workloads and their placement"},
        {{"run", "--program", "p", "--policy", "paper"},
         "--program and --policy exclude each other: a program contains its workloads and their placement"},
        {{"run", "--program", "p", "--batch", "4"},
         "--program and --batch exclude each other: a program contains its workloads and their placement"},
    };
    for (const auto& c : cases) check_sentence(c.words, 2, c.sentence);
    const TempFolder folder;
    const auto fidelity = check_refused(run_sosa(folder.path(), tiny_mlp({"--fidelity", "timin"})), 2);
    CHECK(fidelity.rfind("--fidelity: found \"timin\" (did you mean \"timing\"?), allowed timing", 0) == 0);
    CHECK(folder.entries() == 0);
}

TEST_CASE("a file that is not there is named") {
    const std::string missing = ": cannot be opened: No such file or directory";
    check_sentence({"run", "--config", "c.json", "--workload", kMlp}, 1, "c.json" + missing);
    check_sentence({"run", "--config", "tiny", "--workload", "w.json"}, 1, "w.json" + missing);
    check_sentence({"run", "--config", "tiny", "--program", "p"}, 1, "p" + missing);
    check_sentence({"run", "--config", "tiny", "--workload", "/tmp"}, 1,
                   "/tmp: is a folder, a file is needed");
    check_sentence({"config", "check", "/tmp"}, 1, "/tmp: is a folder, a file is needed");
    check_sentence(tiny_mlp({"--set", "power.energy_table=./none.json"}), 1, "./none.json" + missing);
}

TEST_CASE("a trace of nothing is refused") {
    const TempFolder folder;
    const auto sentence = check_refused(run_sosa(folder.path(), tiny_mlp({"--trace-scope", "nothing.*"})), 1);
    CHECK(sentence.rfind("out/mlp-tiny/trace.vcd: no signal matches \"sosa.nothing.*\"", 0) == 0);
    CHECK(folder.entries() == 0);
}

TEST_CASE("a folder that cannot be written is refused before placing") {
    const TempFolder folder;
    write_text(folder / "file", "in the way");
    const std::string long_name(300, 'a');
    const struct {
        std::string out, sentence;
    } cases[] = {
        {"file", "file: the folder cannot be created: Not a directory"},
        {"file/below", "file/below: the folder cannot be created: Not a directory"},
        {"/proc/x", "/proc/x: the folder cannot be created: No such file or directory"},
        {"new/" + long_name, "new/" + long_name + ": the folder cannot be created: File name too long"},
    };
    for (const auto& c : cases)
        CHECK(check_refused(run_sosa(folder.path(), tiny_mlp({"--out", c.out})), 1) == c.sentence);
    const auto compile = [&](const std::string& out) {
        return check_refused(
            run_sosa(folder.path(), {"compile", "--config", "tiny", "--workload", kMlp, "--out", out}), 1);
    };
    CHECK(compile("file/p") == "file: the folder cannot be created: Not a directory");
    CHECK(compile("new/") == "new/: is a folder, a file is needed");
    CHECK(compile(".") == ".: is a folder, a file is needed");
    CHECK(compile("new/" + long_name) == "new/" + long_name + ": cannot be created: File name too long");
    CHECK(contents(folder.path()) == std::map<std::string, std::string>{{"file", "in the way"}});
    CHECK(folder.entries() == 1);
}

}  // namespace sosa::tests
