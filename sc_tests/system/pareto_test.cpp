#include <catch2/catch.hpp>
#include <fstream>

#include "sc_tests/system/command.h"
#include "sc_tests/unit/temp_folder.h"
#include "traces/files.h"

namespace sosa::tests {

namespace {

using Words = std::vector<std::string>;

constexpr const char* kTable =
    "point,pods.count,config,workload,policy,cycles,effective_tops,peak_power_w,area_mm2,status,reason,hash\n"
    "1,32,sosa-256,resnet50,paper,900,10.5,5,100,ok,,a1\n"
    "2,64,sosa-256,resnet50,paper,500,18,9,200,ok,,a2\n"
    "3,128,sosa-256,resnet50,paper,600,17,20,400,ok,,a3\n"
    "4,256,sosa-256,resnet50,paper,300,30.25,40,800,ok,,a4\n"
    "5,256,sosa-256,bert_base,paper,,,,,failed,\"too small\",a5\n"
    "6,256,sosa-256,resnet50,paper,200,30,unknown,unknown,ok,,a6\n";

// DIR/results.csv in the folder.
void write_results(const TempFolder& folder, const std::string& text = kTable) {
    traces::make_folder(folder / "dir");
    std::ofstream(folder / "dir/results.csv") << text;
}

CommandResult pareto(const TempFolder& folder, Words words) {
    words.insert(words.begin(), "pareto");
    return run_sosa(folder.path(), words);
}

const Words kPower = {"dir", "--x", "peak_power_w", "--y", "effective_tops"};

Words and_more(Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

void check_refused(const TempFolder& folder, const Words& words, int exit_code, const std::string& sentence) {
    const CommandResult result = pareto(folder, words);
    CHECK(result.exit_code == exit_code);
    CHECK(result.out.empty());
    CHECK_THAT(result.err, Catch::Contains(sentence));
    CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
}

}  // namespace

TEST_CASE("pareto prints the best points and writes table and plot") {
    const TempFolder folder;
    write_results(folder);
    const CommandResult result = pareto(folder, kPower);
    CHECK(result.err.empty());
    CHECK(result.exit_code == 0);
    CHECK(result.out ==
          "3 of 4 points are Pareto-optimal: smaller peak_power_w, larger effective_tops\n"
          "  pods.count  peak_power_w  effective_tops\n"
          "          32             5            10.5\n"
          "          64             9              18\n"
          "         256            40           30.25\n"
          "Dominated: 1. Left out: 1 failed, 1 with a value that is not known.\n"
          "dir/pareto.csv\n"
          "dir/pareto.svg\n");
    const std::string csv = traces::read_file(folder / "dir/pareto.csv");
    CHECK(csv == std::string(kTable).substr(0, std::string(kTable).find("3,128")) +
                     "4,256,sosa-256,resnet50,paper,300,30.25,40,800,ok,,a4\n");
    const std::string svg = traces::read_file(folder / "dir/pareto.svg");
    CHECK_THAT(svg, Catch::Contains("<title>dir: 3 Pareto-optimal of 4 points</title>") &&
                        Catch::Contains("peak power (W), smaller is better"));
    pareto(folder, kPower);
    CHECK(traces::read_file(folder / "dir/pareto.svg") == svg);
}

TEST_CASE("pareto takes conditions, goals and another place") {
    const TempFolder folder;
    write_results(folder);
    const CommandResult result =
        pareto(folder, {"dir", "--x", "cycles", "--y", "pods.count", "--minimise", "pods.count", "--where",
                        "area_mm2 <= 300", "--where", "workload==resnet50", "-o", "best.svg", "--log-x"});
    CHECK(result.err.empty());
    CHECK_THAT(result.out,
               Catch::StartsWith("2 of 2 points are Pareto-optimal: smaller cycles, smaller pods.count\n") &&
                   Catch::Contains("Dominated: 0. Left out: 1 failed, 2 not as --where says, 1 with a "
                                   "value that is not known.\nbest.csv\nbest.svg\n"));
    CHECK(std::filesystem::exists(folder / "best.csv"));
    CHECK(std::filesystem::exists(folder / "best.svg"));
    CHECK_FALSE(std::filesystem::exists(folder / "dir/pareto.csv"));
}

TEST_CASE("pareto says when the points are of several workloads") {
    const TempFolder folder;
    std::string text = kTable;
    text.replace(text.find("2,64,sosa-256,resnet50"), 22, "2,64,sosa-256,bert_bas");
    write_results(folder, text);
    CHECK_THAT(
        pareto(folder, kPower).out,
        Catch::Contains(
            "The points are of several workloads; --where workload==resnet50 compares those of one.\n"));
}

TEST_CASE("pareto refuses what it cannot do in a sentence") {
    const TempFolder folder;
    check_refused(folder, kPower, 1, "dir/results.csv: is not there; sosa collect dir makes it of a sweep");
    write_results(folder);
    check_refused(folder, {}, 2, "found no folder, allowed one folder of a sweep");
    check_refused(folder, and_more(kPower, {"b"}), 2, "found \"dir b\", allowed one folder of a sweep");
    check_refused(folder, {"dir", "--x", "cycles"}, 2, "--y: found nothing, allowed a column of results.csv");
    check_refused(folder, {"dir", "--x", "cycles", "--y", "cycles"}, 2, "found \"cycles\" as --x and --y");
    check_refused(
        folder, {"dir", "--x", "cycle", "--y", "effective_tops"}, 2,
        "--x: found \"cycle\" (did you mean \"cycles\"?), allowed the columns of dir/results.csv: point,");
    check_refused(folder, and_more(kPower, {"--minimise", "cycles"}), 2,
                  "--minimise: found \"cycles\", allowed peak_power_w and effective_tops");
    check_refused(folder, and_more(kPower, {"--where", "cycles"}), 2,
                  "--where: found \"cycles\", allowed COLUMN OP VALUE");
    check_refused(folder, and_more(kPower, {"--where", "cycles<3"}), 1, "no point is left to choose from");
    check_refused(folder, and_more(kPower, {"-o", "a.png"}), 2,
                  "-o: found \"a.png\", allowed a name that ends in .svg");
    check_refused(folder, and_more(kPower, {"--wehre", "a"}), 2, "--where");
    write_results(folder, std::string(kTable) + "7,1\n");
    check_refused(folder, kPower, 1,
                  "dir/results.csv: line 8: found 2 fields, allowed the 12 of the first line");
    CHECK_FALSE(std::filesystem::exists(folder / "dir/pareto.csv"));
}

TEST_CASE("pareto --help shows examples") {
    const TempFolder folder;
    const CommandResult result = pareto(folder, {"--help"});
    CHECK(result.exit_code == 0);
    CHECK_THAT(result.out,
               Catch::Contains("sosa pareto out/sweeps/sizes --x peak_power_w --y effective_tops\n"));
}

}  // namespace sosa::tests
