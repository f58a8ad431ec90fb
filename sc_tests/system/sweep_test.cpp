// Sweeps from outside: what is run, what is refused, and the tables.
#include <algorithm>

#include "sc_tests/system/sweep_kit.h"

namespace sosa::tests {

using nlohmann::json;
namespace fs = std::filesystem;
using Words = std::vector<std::string>;

TEST_CASE("a sweep leaves a result for every point with the figures of a run") {
    const TempFolder folder;
    write_text(folder / "s.json", small_spec());
    const auto result = check_done(run_sosa(folder.path(), {"sweep", "s.json"}));
    CHECK(result.out.rfind("sweep s: 12 points in out/sweeps/s\n", 0) == 0);
    CHECK(count_of(result, "run") == 12);
    check_done(run_sosa(folder.path(), {"collect", "out/sweeps/s"}));
    const auto rows = csv_of(folder / "out/sweeps/s/results.csv");
    REQUIRE(rows.size() == 12);
    CHECK(rows[5].at("pods.count") == "2");
    CHECK(rows[5].at("noc.topology") == "bus");
    check_done(run_sosa(folder.path(), {"run", "--config", "tiny", "--workload", kMlp, "--set",
                                        "pods.count=2", "--set", "noc.topology=bus", "--out", "r"}));
    std::size_t compared = 0;
    const auto compare = [&](const std::string& name, const json& value) {
        INFO(name);
        const std::string& cell = rows[5].at(name);
        if (value.is_number_integer())
            CHECK(cell == value.dump());
        else if (value.is_number())
            CHECK(std::stod(cell) == value.get<double>());
        else
            CHECK(cell == value);
        ++compared;
    };
    const json summary = json_of(folder / "r/summary.json");
    for (const auto& [key, value] : summary.items()) {
        if (key == "workload" || key == "warnings" || key == "outside_layers") continue;
        if (value.is_object())
            for (const auto& [part, cell] : value.items()) compare(key + "." + part, cell);
        else
            compare(key, value);
    }
    CHECK(compared > 35);
    CHECK(rows[5].at("workload") == kMlp);
    CHECK(rows[5].at("batch") == "32");
}

TEST_CASE("finished points are not run again and tables are the same bytes") {
    const TempFolder folder;
    write_text(folder / "s.json", small_spec());
    check_done(run_sweep(folder));
    const auto table = collected(folder);
    const auto points = contents(folder / "o/points");
    const auto again = check_done(run_sweep(folder));
    CHECK(count_of(again, "done before") == 12);
    CHECK(count_of(again, "run") == 0);
    CHECK(contents(folder / "o/points") == points);
    CHECK(collected(folder) == table);
    CHECK(names_in(folder / "o") ==
          std::set<std::string>{".lock", "points", "results.csv", "results.sqlite", "sweep.json"});
}

TEST_CASE("shards in any order make the table of the whole") {
    const TempFolder whole, parts;
    for (const TempFolder* folder : {&whole, &parts}) write_text(*folder / "s.json", small_spec());
    check_done(run_sweep(whole));
    const auto third = check_done(run_sweep(parts, {"--shard", "3/3"}));
    CHECK(third.out.rfind("sweep s: 4 points in o\n", 0) == 0);
    const auto some = check_done(run_sosa(parts.path(), {"collect", "o"}));
    CHECK(some.out ==
          "o/results.csv and results.sqlite: 4 of 12 points, 8 without a result, which sosa sweep runs\n");
    CHECK(csv_of(parts / "o/results.csv").at(1).at("point") == "6");
    for (const char* shard : {"1/3", "2/3"})
        CHECK(count_of(check_done(run_sweep(parts, {"--shard", shard})), "run") == 4);
    CHECK(collected(parts) == collected(whole));
}

TEST_CASE("the folder of another spec is refused or extended without running anything twice") {
    const TempFolder folder;
    const auto spec = [&](const std::string& counts) {
        write_text(folder / "s.json", "{\"name\": \"s\", \"base\": " + kTiny +
                                          ", \"grid\": {\"pods.count\": [" + counts + "]}}");
    };
    spec("1, 2");
    check_done(run_sweep(folder));
    spec("2, 4");
    CHECK(check_refused(run_sweep(folder), 1).rfind("o: holds the sweep \"s\" of version ", 0) == 0);
    const auto extended = check_done(run_sweep(folder, {"--extend"}));
    CHECK(count_of(extended, "run") == 1);
    CHECK(count_of(extended, "done before") == 1);
    collected(folder);
    const auto rows = csv_of(folder / "o/results.csv");
    REQUIRE(rows.size() == 2);
    CHECK(rows[1].at("pods.count") == "4");
}

TEST_CASE("a dry run lists the points and touches nothing") {
    const TempFolder folder;
    write_text(folder / "s.json", small_spec());
    const auto listed = check_done(run_sweep(folder, {"--dry-run", "--shard", "2/6"}));
    CHECK(std::count(listed.out.begin(), listed.out.end(), '\n') == 3);
    CHECK(listed.out.find("  to run  pods.count 1, noc.topology crossbar\n") != std::string::npos);
    CHECK(listed.out.find("\n2 points in o\n") != std::string::npos);
    CHECK(names_in(folder.path()) == std::set<std::string>{"s.json"});
}

TEST_CASE("what is wrong with a spec is said before anything runs") {
    const TempFolder folder;
    const auto refused = [&](const std::string& spec, Words more = {}, int code = 1) {
        write_text(folder / "s.json", spec);
        const auto sentence = check_refused(run_sweep(folder, more), code);
        CHECK(names_in(folder.path()) == std::set<std::string>{"s.json"});
        return sentence;
    };
    CHECK(refused("{\"name\": \"s\",\n\"grid\": {\"pods.cuont\": [1]}}")
              .rfind("s.json:2: unknown key \"pods.cuont\" (did you mean \"pods.count\"?); ", 0) == 0);
    CHECK(refused("{\"name\": \"s\", \"base\": " + kTiny + ", \"grid\": {\"pods.rows\": [8, 512]}}")
              .rfind("s.json: point 2 of 2 (pods.rows 512): ", 0) == 0);
    CHECK(refused(small_spec(), {"--set", "pods.cuont=3"}).find("did you mean \"pods.count\"?") !=
          std::string::npos);
    CHECK(refused(small_spec(), {"--set", "pods.count=3"}, 2) ==
          "--set pods.count=3: s.json varies pods.count");
    CHECK(refused(small_spec(), {"--set", "pods.count"}, 2) ==
          "--set pods.count: found no KEY=VALUE, allowed is for example --set pods.count=64");
    CHECK(refused(small_spec(), {"--shard", "4/3"}, 2) ==
          "--shard: found \"4/3\", allowed I/N with I from 1 to N, such as 2/3");
    CHECK(refused(small_spec(), {"--jobs", "0"}, 2) == "--jobs: found \"0\", allowed an integer from 1 on");
    CHECK(refused(small_spec(), {"more"}, 2) == "sweep: found \"s.json more\", allowed is one SPEC");
    CHECK(check_refused(run_sosa(folder.path(), {"sweep"}), 2) ==
          "sweep: found no file, allowed is one SPEC");
    CHECK(check_refused(run_sosa(folder.path(), {"sweep", "none.json"}), 1) ==
          "none.json: cannot be opened: No such file or directory");
    CHECK(check_refused(run_sosa(folder.path(), {"collect", "."}), 1) ==
          ".: is not the folder of a sweep, which has a file sweep.json");
}

TEST_CASE("what is set on the command line holds for all points") {
    const TempFolder folder;
    write_text(folder / "s.json", small_spec());
    check_done(run_sweep(folder, {"--set", "dram.latency=100ns", "--shard", "1/6"}));
    check_done(run_sosa(folder.path(), {"collect", "o", "-o", "t.csv"}));
    CHECK(csv_of(folder / "t.csv").size() == 2);
    CHECK(fs::exists(folder / "t.sqlite"));
    for (const auto& name : names_in(folder / "o/points"))
        CHECK(json_of(folder / "o/points" / name).at("effective_config").at("dram").at("latency") == "100ns");
}

}  // namespace sosa::tests
