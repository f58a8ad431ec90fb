// The program from outside: its words, its help, its lists.
#include <algorithm>
#include <iterator>
#include <regex>

#include "sc_tests/system/run_files.h"

namespace sosa::tests {

using nlohmann::json;
namespace fs = std::filesystem;
using Words = std::vector<std::string>;

namespace {

const Words kCommands = {"run",    "compile",  "list",   "config", "covalidate", "vectors", "gen-params",
                         "import", "workload", "report", "sweep",  "collect",    "pareto"};
Words words_of(const std::string& line) {
    std::istringstream in(line);
    return {std::istream_iterator<std::string>(in), {}};
}

// The command lines below "Example(s):", without their "sosa".
std::vector<Words> examples_in(const std::string& help) {
    std::vector<Words> examples;
    std::istringstream in(help.substr(help.find("Example")));
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line) && line.rfind("  sosa ", 0) == 0)
        examples.push_back(words_of(line.substr(7)));
    return examples;
}

}  // namespace

TEST_CASE("every command explains itself on stdout") {
    const TempFolder folder;
    const auto top = check_done(run_sosa(folder.path(), {"--help"})).out;
    for (const auto& words : {Words{"-h"}, Words{"help"}})
        CHECK(check_done(run_sosa(folder.path(), words)).out == top);
    for (const auto& command : kCommands) {
        INFO(command);
        CHECK(top.find("\n  " + command + " ") != std::string::npos);
        const auto help = check_done(run_sosa(folder.path(), {command, "--help"})).out;
        CHECK(help.rfind("Usage: sosa " + command + " ", 0) == 0);
        CHECK(check_done(run_sosa(folder.path(), {command, "-h"})).out == help);
        CHECK(check_done(run_sosa(folder.path(), {"help", command})).out == help);
    }
    for (const char* option :
         {"--config",       "--workload",    "--batch",         "--image-size",   "--seq-len",
          "--policy",       "--fidelity",    "--set",           "--program",      "--trace",
          "--trace-window", "--trace-layer", "--trace-trigger", "--trace-ring",   "--trace-after",
          "--trace-fst",    "--timeline",    "--trace-scope",   "--trace-max-mb", "--out",
          "--help",         "--version"}) {
        INFO(option);
        CHECK(run_sosa(folder.path(), {"run", "--help"}).out.find(option) != std::string::npos);
    }
    CHECK(folder.entries() == 0);
}

TEST_CASE("every command tells the version") {
    const TempFolder folder;
    const auto version = check_done(run_sosa(folder.path(), {"--version"})).out;
    CHECK(std::regex_match(version, std::regex("sosa [0-9]+\\.[0-9]+\\.[0-9]+\n")));
    for (const auto& command : kCommands)
        CHECK(check_done(run_sosa(folder.path(), {command, "--version"})).out == version);
}

TEST_CASE("the examples of the help run as they stand") {
    const TempFolder folder;
    fs::create_directory_symlink(SOSA_ROOT "/host", folder / "host");
    std::size_t ran = 0, all = 0;
    for (const auto& about :
         {Words{"--help"}, Words{"compile", "--help"}, Words{"config", "--help"}, Words{"run", "--help"},
          Words{"vectors", "--help"}, Words{"gen-params", "--help"}})
        for (const auto& example : examples_in(run_sosa(folder.path(), about).out)) {
            ++all;
            const bool small = example[0] == "list" || std::count(example.begin(), example.end(), "tiny");
            if (!small) continue;
            INFO(example[0]);
            CHECK_FALSE(check_done(run_sosa(folder.path(), example)).out.empty());
            ++ran;
        }
    CHECK(all == 19);
    CHECK(ran == 7);
}

TEST_CASE("words that are not known are refused with what was meant") {
    const TempFolder folder;
    const struct {
        Words words;
        std::string sentence;
    } cases[] = {
        {{"frobnicate"},
         "found command \"frobnicate\", allowed collect, compile, config, covalidate, experiment, "
         "explain, gen-params, import, list, pareto, report, run, sweep, vectors, workload"},
        {{"rn"},
         "found command \"rn\" (did you mean \"run\"?), allowed collect, compile, config, covalidate, "
         "experiment, explain, gen-params, import, list, pareto, report, run, sweep, vectors, workload"},
        {{"run", "--wrkload", "x"},
         "found option \"--wrkload\" (did you mean \"--workload\"?), allowed are those that --help lists"},
        {{"run", "--conf", "tiny"},
         "found option \"--conf\" (did you mean \"--config\"?), allowed are those that --help lists"},
        {{"run", "-x"}, "found option \"-x\", allowed are those that --help lists"},
        {{"compile", "--trace"}, "found option \"--trace\", allowed are those that --help lists"},
        {{"run", "tiny"}, "found \"tiny\", allowed options; --help lists them"},
        {{"run", "resnet50"},
         "found \"resnet50\" (did you mean \"--workload resnet50\"?), allowed options; --help lists them"},
        {{"run", "--config", "tiny", "workload", "x"},
         "found \"workload\" (did you mean \"--workload\"?), allowed options; --help lists them"},
        {{"run", "--workload"},
         "the required argument for option '--workload' is missing; --help lists what is allowed"},
        {{"run", "--config", "a", "--config", "b"},
         "option '--config' cannot be specified more than once; --help lists what is allowed"},
        {{"compile", "--workload", "x"},
         "the option '--out' is required but missing; --help lists what is allowed"},
        {{"list"},
         "list: found nothing, allowed one of configs, workloads, policies, interconnects, operators"},
        {{"list", "config"},
         "list: found \"config\" (did you mean \"configs\"?), allowed one of configs, workloads, policies, "
         "interconnects, operators"},
        {{"list", "a\nb\t"},
         "list: found \"a\\nb?\", allowed one of configs, workloads, policies, interconnects, operators"},
        {{"config"}, "config: found nothing, allowed check NAME|FILE"},
        {{"config", "chek", "tiny"},
         "config: found \"chek tiny\" (did you mean \"check\"?), allowed check NAME|FILE"},
        {{"config", "check"}, "config check: found nothing, allowed NAME|FILE"},
        {{"config", "check", "tiny", "--sett", "a"},
         "config check: found \"--sett\" (did you mean \"--set\"?), allowed --set KEY=VALUE"},
        {{"config", "check", "tiny", "--set"}, "config check: --set: found nothing, allowed KEY=VALUE"},
    };
    for (const auto& c : cases) {
        INFO(c.sentence);
        CHECK(check_refused(run_sosa(folder.path(), c.words), 2) == c.sentence);
    }
    CHECK(folder.entries() == 0);
}

TEST_CASE("without a word the help goes to stderr") {
    const TempFolder folder;
    const auto result = run_sosa(folder.path(), {});
    CHECK(result.exit_code == 2);
    CHECK(result.out.empty());
    CHECK(result.err == run_sosa(folder.path(), {"--help"}).out);
}

TEST_CASE("the lists name what there is") {
    const TempFolder folder;
    const auto names = [&](const std::string& what) {
        Words first;
        std::istringstream in(check_done(run_sosa(folder.path(), {"list", what})).out);
        for (std::string line; std::getline(in, line);) {
            CHECK(words_of(line).size() > 1);
            first.push_back(words_of(line).at(0));
        }
        return first;
    };
    CHECK(names("configs") == Words{"mono-512", "pods-128x32", "pods-16x512", "pods-256x8", "pods-64x128",
                                    "sosa-20x32", "sosa-256", "tiny"});
    CHECK(names("workloads") == Words{"resnet50",     "resnet101",    "resnet152",       "densenet121",
                                      "densenet169",  "densenet201",  "inception",       "bert_medium",
                                      "bert_base",    "bert_large",   "bert_tiny",       "bert_small",
                                      "vgg16",        "mobilenet_v2", "efficientnet_b0", "unet",
                                      "vit_b16",      "gpt2_prefill", "gpt2_decode",     "llama_prefill",
                                      "llama_decode", "dlrm"});
    CHECK(names("policies") == Words{"paper"});
    CHECK(names("interconnects") == Words{"butterfly-1", "butterfly-2", "butterfly-4", "butterfly-8",
                                          "butterfly-16", "benes", "crossbar", "bus"});
}

TEST_CASE("config check prints every key and reads its own output") {
    const TempFolder folder;
    const auto text =
        check_done(run_sosa(folder.path(), {"config", "check", "tiny", "--set", "pods.count=16"})).out;
    const json config = json::parse(text);
    CHECK(config.at("name") == "tiny");
    CHECK(config.at("pods").at("count") == 16);
    for (const char* group : {"pods", "noc", "banks", "dram", "tiling", "scheduler", "power"})
        CHECK(config.contains(group));
    write_text(folder / "again.json", text);
    CHECK(check_done(run_sosa(folder.path(), {"config", "check", "again.json"})).out == text);
}

TEST_CASE("progress goes to a terminal only and leaves it clean") {
    const TempFolder folder;
    const Words words = {"run", "--config", "sosa-256", "--workload", "resnet101"};
    CHECK(check_done(run_sosa(folder.path(), words)).err.empty());
    setenv("TERM", "xterm", 1);
    Command command(words);
    const auto shown = command.in(folder.path()).on_terminal().run();
    CHECK(shown.exit_code == 0);
    CHECK(shown.err.find(" of ") != std::string::npos);
    CHECK(std::regex_search(shown.err, std::regex("\r\x1b\\[K(placing layer|slice) [0-9,]+ of [0-9,]+, "
                                                  "[a-z0-9_]+, [0-9]+ %, [0-9,]+ s left")));
    const std::string clear = "\r\x1b[K";
    CHECK(shown.err.substr(shown.err.size() - clear.size()) == clear);
}

TEST_CASE("a full standard output fails the command") {
    const TempFolder folder;
    Command list({"list", "workloads"});
    CHECK(check_refused(list.out_to("/dev/full").run(), 1) == "standard output cannot be written in full");
    Command run({"run", "--config", "tiny", "--workload", kMlp});
    CHECK(check_refused(run.in(folder.path()).out_to("/dev/full").run(), 1) ==
          "standard output cannot be written in full");
}

}  // namespace sosa::tests
