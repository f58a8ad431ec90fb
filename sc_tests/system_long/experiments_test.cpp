// Whole experiments: the paper's tables come out of the program.
#include "sc_tests/system/run_files.h"

namespace sosa::tests {

namespace {

CommandResult run_experiment(const TempFolder& folder, const std::string& name) {
    return Command({"experiment", name, "--out", "o", "--no-plots"}).in(folder.path()).timeout(800).run();
}

std::size_t met(const TempFolder& folder, const std::string& name) {
    std::size_t count = 0;
    for (const auto& row : csv_of(folder / "o" / name / "table.csv")) {
        CHECK(row.at("verdict") != "missed");
        count += row.at("verdict") == "met";
    }
    return count;
}

std::size_t points(const TempFolder& folder) { return names_in(folder / "o/points").size(); }

}  // namespace

TEST_CASE("the experiments array-size and tenancy pass, and share what both need") {
    const TempFolder folder;
    check_done(run_experiment(folder, "array-size"));
    CHECK(met(folder, "array-size") == 28);
    CHECK(points(folder) == 70);
    check_done(run_experiment(folder, "tenancy"));
    CHECK(met(folder, "tenancy") == 5);
    CHECK(points(folder) == 73);  // ResNet-152 alone was there
    const auto before = contents(folder / "o");
    check_done(run_experiment(folder, "array-size"));
    CHECK(points(folder) == 73);
    CHECK(contents(folder / "o/points").size() == 73);
    CHECK(contents(folder / "o/array-size").at("table.csv") == before.at("array-size/table.csv"));
}

}  // namespace sosa::tests
