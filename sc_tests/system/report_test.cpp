// sosa report: pages of real runs, opened in a browser, and what it refuses.
#include <cstdlib>

#include "sc_tests/system/run_files.h"

namespace sosa::tests {

using nlohmann::json;
namespace fs = std::filesystem;
using Words = std::vector<std::string>;

namespace {

void run_into(const TempFolder& folder, const std::string& name, Words more) {
    Words words = {"run", "--out", name};
    words.insert(words.end(), more.begin(), more.end());
    check_done(run_sosa(folder.path(), words));
}

// The page opened in a headless browser: no error, all charts drawn, hover, sort, zoom and search work.
void check_page(const fs::path& page, const std::string& options = "") {
    const fs::path log = page.string() + ".log";
    const std::string command = "/usr/bin/python3 '" SOSA_ROOT "/scripts/check-report.py' " + options + " '" +
                                page.string() + "' >'" + log.string() + "' 2>&1";
    const int status = std::system(command.c_str());
    INFO(text_of(log));
    CHECK(status == 0);
}

}  // namespace

TEST_CASE("a report of a small run works in a browser") {
    const TempFolder folder;
    run_into(folder, "mlp", {"--config", "tiny", "--workload", kMlp});
    const auto result = check_done(run_sosa(folder.path(), {"report", "mlp"}));
    CHECK(result.out == "mlp/report.html\n");
    check_page(folder / "mlp" / "report.html");
    const std::string page = text_of(folder / "mlp" / "report.html");
    check_done(run_sosa(folder.path(), {"report", "mlp", "-o", "again.html"}));
    CHECK(text_of(folder / "again.html") == page);
}

TEST_CASE("a report of ResNet-152 on 256 pods is small and loads fast") {
    const TempFolder folder;
    run_into(folder, "run", {"--config", "sosa-256", "--workload", "resnet152"});
    check_done(run_sosa(folder.path(), {"report", "run"}));
    check_page(folder / "run" / "report.html",
               "--max-mb 5 --max-cpu-s 2 --screenshot '" SOSA_ROOT "/build/report.png'");
}

TEST_CASE("a report of two runs works in a browser") {
    const TempFolder folder;
    run_into(folder, "a", {"--config", "tiny", "--workload", kMlp});
    run_into(folder, "b", {"--config", "tiny", "--set", "pods.count=8", "--workload", kMlp});
    CHECK(check_done(run_sosa(folder.path(), {"report", "a", "b"})).out == "a/compare.html\n");
    check_page(folder / "a" / "compare.html");
    check_done(run_sosa(folder.path(), {"report", "a", "a", "--out", "same.html"}));
    check_page(folder / "same.html");
}

TEST_CASE("a folder of an earlier version has a report too") {
    const TempFolder folder;
    run_into(folder, "old", {"--config", "tiny", "--workload", kMlp});
    for (const char* file : {"slices.csv", "occupancy.csv", "power.csv"}) fs::remove(folder / "old" / file);
    check_done(run_sosa(folder.path(), {"report", "old"}));
    check_page(folder / "old" / "report.html");
}

TEST_CASE("names of layers cannot act in a report") {
    const TempFolder folder;
    json layers = json::array();
    for (const char* name : {"</script><script>document.title = 'x'</script>", "<img src=x onerror=alert(1)>",
                             "\"'&\\{a|b}", "ünï\u202e \u2028 {{data}}"})
        layers.push_back({{"name", name},
                          {"op", "MatMul"},
                          {"m", 16},
                          {"k", 8},
                          {"n", 8},
                          {"kernel", {1, 1}},
                          {"deps", json::array()}});
    write_text(folder / "names.json", json({{"name", "<b>&"}, {"repeat", 1}, {"layers", layers}}).dump());
    run_into(folder, "run", {"--config", "tiny", "--workload", "names.json"});
    check_done(run_sosa(folder.path(), {"report", "run"}));
    check_page(folder / "run" / "report.html");
    check_done(run_sosa(folder.path(), {"report", "run", "run"}));
    check_page(folder / "run" / "compare.html");
}

TEST_CASE("an energy is explained from what the run left") {
    const TempFolder folder;
    run_into(folder, "mlp", {"--config", "tiny", "--workload", kMlp});
    const std::string text =
        check_done(run_sosa(folder.path(), {"report", "--explain", "energy.pods", "mlp"})).out;
    const json summary = json_of(folder / "mlp" / "summary.json");
    CHECK(text.rfind("energy.pods\n  component  counter  ", 0) == 0);
    CHECK(text.find("  pods       macs ") != std::string::npos);
    CHECK(text.find("  [1] The paper's 0.4 pJ") != std::string::npos);
    CHECK_FALSE(fs::exists(folder / "mlp" / "report.html"));
}

TEST_CASE("a report is refused with what is missing") {
    const TempFolder folder;
    fs::create_directory(folder / "empty");
    const auto refused = [&](const Words& words, int code) {
        return check_refused(run_sosa(folder.path(), words), code);
    };
    CHECK(refused({"report"}, 2) == "report: found no folder, allowed one folder or two that sosa run wrote");
    CHECK(refused({"report", "a", "b", "c"}, 2) ==
          "report: found \"a b c\", allowed one folder or two that sosa run wrote");
    CHECK(refused({"report", "--explain", "energy"}, 2) ==
          "report: found no folder, allowed one folder that sosa run wrote");
    CHECK(refused({"report", "--explain", "energy", "a", "-o", "x"}, 2) ==
          "report: found -o with --explain, allowed without: it prints");
    CHECK(refused({"report", "a", "-o", "a/summary.json"}, 2) ==
          "report: -o: found \"a/summary.json\", allowed a file that ends in .html");
    CHECK(refused({"report", "--explian", "energy"}, 2) ==
          "report: found option \"--explian\" (did you mean \"--explain\"?), allowed are those that --help "
          "lists");
    CHECK(refused({"report", "none"}, 1) == "none: found no such folder, allowed one that sosa run wrote");
    CHECK(refused({"report", "empty"}, 1) ==
          "empty: found no summary.json, allowed a folder that sosa run wrote");
    CHECK(folder.entries() == 1);
}

TEST_CASE("a page that cannot be written leaves nothing behind") {
    const TempFolder folder;
    run_into(folder, "mlp", {"--config", "tiny", "--workload", kMlp});
    const auto before = names_in(folder / "mlp");
    Command command({"report", "mlp"});
    check_refused(command.in(folder.path()).limit(RLIMIT_FSIZE, 100000).run(), 1);
    CHECK(names_in(folder / "mlp") == before);
}

}  // namespace sosa::tests
