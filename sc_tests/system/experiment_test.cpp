// Experiments from outside: those that need no simulation, and what is refused.
#include "host/experiment_files.h"
#include "host/tool_run.h"
#include "sc_tests/system/run_files.h"

namespace sosa::tests {

using Words = std::vector<std::string>;

namespace {

CommandResult run_experiment(const TempFolder& folder, Words words) {
    words.insert(words.begin(), "experiment");
    return run_sosa(folder.path(), words);
}

}  // namespace

TEST_CASE("experiment: the list names what can be run") {
    const TempFolder folder;
    const auto list = check_done(run_experiment(folder, {"list"}));
    for (const char* name : {"array-size", "interconnect", "partition", "bank-size", "dram-bandwidth",
                             "batch", "tenancy", "design-space", "scaling", "power", "area"})
        CHECK(("\n" + list.out).find("\n" + std::string(name) + " ") != std::string::npos);
    CHECK(folder.entries() == 0);
}

TEST_CASE("experiment: power meets what was published, and leaves tables") {
    const TempFolder folder;
    const auto result = check_done(run_experiment(folder, {"power", "area", "--out", "o", "--no-plots"}));
    CHECK(result.out.find("\n  ok      13 of 13 published values are met; ") != std::string::npos);
    CHECK(names_in(folder / "o") == std::set<std::string>{"area", "power"});
    CHECK(names_in(folder / "o/power") == std::set<std::string>{"table.csv", "table.md"});
    const auto rows = csv_of(folder / "o/power/table.csv");
    REQUIRE(rows.size() == 12 * 5);
    CHECK(rows[4].at("row") == "512x512, butterfly-2");
    CHECK(rows[4].at("column") == "peak_power_w");
    CHECK(rows[4].at("paper") == "113.2");
    CHECK(rows[4].at("verdict") == "met");
    CHECK(text_of(folder / "o/power/table.md")
              .find("| 512x512, butterfly-2 | 1 | 104.9 | 8.3 |  | 0.0 |  | 113.2 |") != std::string::npos);
}

TEST_CASE("experiment: tables in the middle of a document are replaced, the rest stays") {
    if (!host::find_tool("gnuplot")) {
        WARN("gnuplot is not installed");
        return;
    }
    const TempFolder folder;
    const std::string head = "# Mine\n" + std::string(host::kMarkdownBegin) + "\n";
    const std::string tail = std::string(host::kMarkdownEnd) + "\nThe end.\n";
    write_text(folder / "r.md", head + "old\n" + tail);
    for (int time = 0; time < 2; ++time)
        check_done(run_experiment(folder, {"power", "--out", "o", "--markdown", "r.md", "--plots", "p/q"}));
    const std::string text = text_of(folder / "r.md");
    CHECK(text.rfind(head + "### power: ", 0) == 0);
    CHECK(text.substr(text.size() - tail.size()) == tail);
    CHECK(text.find("old") == std::string::npos);
    CHECK(text.find("](p/q/power.svg)\n") != std::string::npos);
    CHECK(text_of(folder / "p/q/power.svg") == text_of(folder / "o/power/power.svg"));
    check_done(run_experiment(folder, {"power", "--out", "o", "--markdown", "new.md"}));
    CHECK(text_of(folder / "new.md").find("](plots/power.svg)\n") != std::string::npos);
    CHECK(std::filesystem::exists(folder / "plots/power.svg"));
}

TEST_CASE("experiment: what is wrong is said before anything runs") {
    const TempFolder folder;
    write_text(folder / "r.md", "Mine.\n");
    const auto refused = [&](Words words, int code) {
        const auto sentence = check_refused(run_experiment(folder, words), code);
        CHECK(names_in(folder.path()) == std::set<std::string>{"r.md"});
        return sentence;
    };
    CHECK(refused({"aray-size"}, 2)
              .rfind("experiment: found \"aray-size\" (did you mean \"array-size\"?), allowed list, all, ",
                     0) == 0);
    CHECK(refused({}, 2).rfind("experiment: found no name, allowed list, all, array-size", 0) == 0);
    CHECK(refused({"power", "list"}, 2).rfind("experiment: found \"list\", allowed list alone, all, ", 0) ==
          0);
    CHECK(refused({"power", "--jobs", "0"}, 2) ==
          "experiment: --jobs: found \"0\", allowed an integer from 1 on");
    CHECK(refused({"power", "--out", ""}, 2) == "experiment: --out: found \"\", allowed a path");
    CHECK(refused({"power", "--plots", "p"}, 2) ==
          "experiment: found --plots without --markdown, whose plots it is for");
    CHECK(refused({"power", "--no-plots", "--markdown", "n.md"}, 2) ==
          "experiment: found --no-plots with --markdown, which shows them");
    if (!host::find_tool("gnuplot")) return;
    CHECK(refused({"power", "--markdown", "r.md"}, 1) ==
          "r.md: is there, but has no lines \"<!-- experiments -->\" and \"<!-- /experiments -->\" to write "
          "between");
    CHECK(text_of(folder / "r.md") == "Mine.\n");
}

}  // namespace sosa::tests
