// The same input gives the same bytes, however it is run.
#include "sc_tests/system/run_files.h"

namespace sosa::tests {

using nlohmann::json;
using Words = std::vector<std::string>;
using Contents = std::map<std::string, std::string>;

namespace {

// All that a run leaves but the manifest, which tells times.
Contents results(const TempFolder& folder, const std::string& out, Words words) {
    words.insert(words.begin(), "run");
    words.insert(words.end(), {"--out", out});
    check_done(run_sosa(folder.path(), words));
    Contents files = contents(folder / out);
    CHECK(files.erase("manifest.json") == 1);
    files.erase("trace.gtkw");  // names its folder
    return files;
}

// With the names of what differs, since the contents are long.
void check_same(const Contents& a, const Contents& b) {
    CHECK(a.size() == b.size());
    for (const auto& [name, text] : a) {
        INFO(name);
        REQUIRE(b.count(name) == 1);
        CHECK((b.at(name) == text));
    }
}

}  // namespace

TEST_CASE("two runs are the same byte for byte") {
    const TempFolder folder;
    for (const Words& words :
         {Words{"--config", "tiny", "--workload", kMlp, "--trace"},
          Words{"--config", "tiny", "--workload", kResidual, "--set", "pods.count=16", "--trace"},
          Words{"--config", "sosa-256", "--workload", "resnet50"}}) {
        const auto first = results(folder, "a", words);
        CHECK(first.count("trace.vcd") == (words.back() == "--trace" ? 1 : 0));
        CHECK(first.count("summary.json") == 1);
        check_same(first, results(folder, "b", words));
        std::filesystem::remove_all(folder / "a");
        std::filesystem::remove_all(folder / "b");
    }
}

TEST_CASE("tracing changes nothing but adds the trace") {
    const TempFolder folder;
    const Words words = {"--config", "tiny", "--workload", kResidual};
    auto traced = results(folder, "traced", {"--config", "tiny", "--workload", kResidual, "--trace"});
    CHECK(traced.at("trace.vcd").size() > 10'000);
    for (auto it = traced.begin(); it != traced.end();)
        it = it->first == "trace.vcd" || it->first.rfind("filters/", 0) == 0 ? traced.erase(it)
                                                                             : std::next(it);
    check_same(results(folder, "plain", words), traced);
}

TEST_CASE("a network of router modules gives the same results as the fabric") {
    const TempFolder folder;
    for (const std::string topology : {"butterfly-1", "butterfly-2", "butterfly-4", "butterfly-8"}) {
        INFO(topology);
        const Words words = {"--config", "tiny", "--workload", kResidual, "--set", "noc.topology=" + topology,
                             "--trace"};
        Words modules = words;
        modules.insert(modules.end(), {"--set", "noc.structure=modules"});
        auto a = results(folder, "a" + topology, words), b = results(folder, "b" + topology, modules);
        CHECK(json::parse(b.at("effective_config.json")).at("noc").at("structure") == "modules");
        a.erase("effective_config.json");
        b.erase("effective_config.json");
        check_same(a, b);
    }
}

TEST_CASE("a compiled program gives the results of its workload") {
    const TempFolder folder;
    const std::vector<Words> inputs = {
        {"--config", "tiny", "--workload", kMlp},
        {"--config", "tiny", "--workload", kResidual, "--workload", kMlp},
        {"--config", "sosa-256", "--workload", "bert_medium", "--seq-len", "10"}};
    for (const Words& words : inputs) {
        const auto direct = results(folder, "direct", words);
        Words compile = words;
        compile.insert(compile.begin(), "compile");
        compile.insert(compile.end(), {"--out", "program"});
        check_done(run_sosa(folder.path(), compile));
        const std::string program = text_of(folder / "program");
        check_same(direct, results(folder, "compiled", {"--config", words[1], "--program", "program"}));
        check_done(run_sosa(folder.path(), compile));
        CHECK((text_of(folder / "program") == program));
    }
}

TEST_CASE("a program runs only on the chip it was made for") {
    const TempFolder folder;
    check_done(run_sosa(folder.path(), {"compile", "--config", "tiny", "--workload", kMlp, "--out", "p"}));
    const auto refusal = [&](Words words) {
        words.insert(words.begin(), {"run", "--program", "p"});
        return check_refused(run_sosa(folder.path(), words), 1);
    };
    CHECK(refusal({"--config", "sosa-256"}) ==
          "p: the program was made for another chip: config \"sosa-256\" has pods.count 256 instead of 4, "
          "pods.rows 32 "
          "instead of 8, pods.cols 32 instead of 8, tiling.partition 32 instead of 8");
    CHECK(refusal({"--config", "tiny", "--set", "noc.topology=crossbar"}) ==
          "p: the program was made for another chip: config \"tiny\" has noc.topology crossbar instead of "
          "butterfly-2");
    CHECK(folder.entries() == 1);
    check_done(run_sosa(folder.path(),
                        {"run", "--program", "p", "--config", "tiny", "--set", "dram.bandwidth=1TiB/s"}));
}

TEST_CASE("an edited program is checked before it runs") {
    const TempFolder folder;
    check_done(run_sosa(folder.path(), {"compile", "--config", "tiny", "--workload", kMlp, "--out", "p"}));
    const std::string program = text_of(folder / "p");
    const auto refusal = [&](const std::string& from, const std::string& to) {
        std::string edited = program;
        REQUIRE(edited.find(from) != std::string::npos);
        edited.replace(edited.find(from), from.size(), to);
        write_text(folder / "p", edited);
        return check_refused(run_sosa(folder.path(), {"run", "--config", "tiny", "--program", "p"}), 1);
    };
    const std::string op = "op 0.0 pod 0 x 0.0 w 0.0 out 0.0";
    CHECK(refusal("sosa-program 1", "sosa-program 2") ==
          "p:1: found another first line or version, allowed \"sosa-program 1\"");
    const std::string op1 = "layer \"hidden1\", tile op 1 (i 0, j 0, l 1)",
                      op0 = "layer \"hidden1\", tile op 0 (i 0, j 0, l 0)";
    CHECK(refusal(op, "op 0.0 pod 9 x 0.0 w 0.0 out 0.0") == "p:9: found \"9\", allowed pod 0..3");
    CHECK(refusal(op, "op 0.0 pod 1 x 0.0 w 0.0 out 0.0") ==
          "p: slice 0, " + op1 + ": pod 1 runs " + op0 + " already; a pod runs one tile op a slice");
    CHECK(refusal(op, "op 0.0 pod 0 x 0.1 w 0.0 out 0.0") ==
          "p: slice 0, " + op1 + ": reads X tile 0 from bank 0 tag 0, " + op0 +
              " in slice 0 reads it from bank 0 tag 1; a tile has one bank and tag");
    CHECK(refusal(op, "op 0.0 pod 0 x 0.0 w 0.0 out 1.0") ==
          "p: two results are written to P bank 1 tag 0, by " + op0 + " in slice 0 and by " + op1 +
              " in slice 0; bank and tag name one result");
    CHECK(refusal(op + "\n", "") == "p:18407: found \"14720\", allowed the ops that stand above, 14719");
    CHECK(refusal(" deps 0", " deps 1") ==
          "p:6: found \"1\", allowed an earlier layer of the same workload and copy, 0");
    CHECK(refusal("slice 1\n", "slice 2\n") == "p:13: found \"2\", allowed the next slice 1");
    CHECK(folder.entries() == 1);
}

}  // namespace sosa::tests
