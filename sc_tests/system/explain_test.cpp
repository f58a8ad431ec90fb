// What limits a run: against the same runs done by hand.
#include "sc_tests/system/run_files.h"

namespace sosa::tests {

using Words = std::vector<std::string>;

namespace {

std::uint64_t cycles_of(const TempFolder& folder, Words more) {
    Words words = {"run", "--config", "tiny", "--workload", kMlp, "--out", "r"};
    words.insert(words.end(), more.begin(), more.end());
    check_done(run_sosa(folder.path(), words));
    return json_of(folder / "r/summary.json").at("cycles");
}

CommandResult explain(const TempFolder& folder, Words more) {
    Words words = {"explain", "--config", "tiny", "--workload", kMlp};
    words.insert(words.end(), more.begin(), more.end());
    return run_sosa(folder.path(), words);
}

}  // namespace

TEST_CASE("explain: each row is the run with that setting, and the ranking is by cycles") {
    const TempFolder folder;
    const auto result = check_done(explain(folder, {"--set", "dram.latency=100ns", "--out", "o"}));
    const auto rows = csv_of(folder / "o/explain.csv");
    REQUIRE(rows.size() == 9);
    const auto base = cycles_of(folder, {"--set", "dram.latency=100ns"});
    std::uint64_t before = 0;
    std::set<std::string> sets;
    for (const auto& row : rows) {
        INFO(row.at("resource"));
        sets.insert(row.at("set"));
        const std::uint64_t cycles = std::stoull(row.at("cycles"));
        CHECK(cycles == cycles_of(folder, {"--set", "dram.latency=100ns", "--set", row.at("set")}));
        CHECK(std::stoll(row.at("gained_cycles")) ==
              static_cast<std::int64_t>(base) - static_cast<std::int64_t>(cycles));
        CHECK(cycles >= before);
        before = cycles;
    }
    CHECK(sets.size() == 9);
    const auto json = json_of(folder / "o/explain.json");
    CHECK(json.at("cycles") == base);
    CHECK(json.at("ideal").size() == 9);
    CHECK(result.out.find("\nMost would be gained by ideal " + rows[0].at("resource") + ": ") !=
          std::string::npos);
    CHECK(result.out.find("\no/explain.csv and explain.json\n") != std::string::npos);

    // Latency is 0 ns without the setting: that row is the run itself.
    const auto without = check_done(explain(folder, {"--out", "o"}));
    for (const auto& row : csv_of(folder / "o/explain.csv"))
        if (row.at("resource") == "DRAM latency") CHECK(row.at("gained_cycles") == "0");
}

TEST_CASE("explain: runs that are in the folder are not done again") {
    const TempFolder folder;
    check_done(explain(folder, {"--out", "o"}));
    const auto first = contents(folder / "o");
    check_done(explain(folder, {"--out", "o"}));
    CHECK(contents(folder / "o") == first);
}

TEST_CASE("explain: without a folder nothing is left behind, and mistakes are said first") {
    const TempFolder folder;
    CHECK(check_done(explain(folder, {})).out.rfind("What limits " + kMlp + " on tiny? ", 0) == 0);
    CHECK(folder.entries() == 0);
    const auto refused = [&](Words words, int code) {
        return check_refused(run_sosa(folder.path(), words), code);
    };
    CHECK(refused({"explain"}, 2) ==
          "explain: --workload is missing: a name (sosa list workloads) or a workload file");
    CHECK(refused({"explain", "--workload", "resnet50", "--batch", "0"}, 2) ==
          "explain: --batch: found 0, allowed is 1..1024");
    CHECK(refused({"explain", "--workload", "resnet50", "--set", "ideal=network"}, 2) ==
          "explain: found --set ideal=network, which explain itself sets");
    CHECK(refused({"explain", "--workload", "resnet50", "--jobs", "none"}, 2) ==
          "explain: --jobs: found \"none\", allowed an integer from 1 on");
    CHECK(refused({"explain", "--workload", "resnet50", "--out", ""}, 2) ==
          "explain: --out: found \"\", allowed a path");
    CHECK(refused({"explain", "resnet50"}, 2).rfind("explain: found \"resnet50\"", 0) == 0);
    CHECK(folder.entries() == 0);
}

}  // namespace sosa::tests
