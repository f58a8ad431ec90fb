// What an experiment's outcome looks like.
#include <catch2/catch.hpp>
#include <sstream>

#include "host/experiment_text.h"
#include "sc_tests/unit/experiment_kit.h"

namespace sosa::tests {

using namespace sosa::host;
using nlohmann::json;

namespace {

ExperimentOutcome outcome_of(const Experiment& e, double ours) {
    ExperimentOutcome outcome{e, {point_with(1, "resnet50", 50), point_with(4, "resnet50", ours)}, {}, {}, {},
                              {}};
    outcome.table = make_table(e, outcome.points);
    outcome.checks = check_table(e, outcome.table, outcome.points);
    outcome.plots.emplace_back("e", experiment_plot(e, outcome.table, outcome.points));
    return outcome;
}

std::string printed(const ExperimentOutcome& outcome) {
    std::ostringstream out;
    print_outcome(outcome, TextStyle{}, out);
    return out.str();
}

}  // namespace

TEST_CASE("experiment text: the table in columns, the checks and the verdict") {
    const Experiment e = spec_with(json::object());
    const ExperimentOutcome met = outcome_of(e, 199);
    CHECK(met.passed());
    CHECK(printed(met) ==
          "e: a title\n"
          "An | about. A source. Allowed: 1 %.\n"
          "\n"
          "  pods                             TOPS  over 1 pod\n"
          "               paper   ours  difference        ours\n"
          "  1, resnet50          50.0                    1.00\n"
          "  4, resnet50  200.0  199.0      -0.5 %        3.98\n"
          "\n"
          "  ok      1 of 1 published values are met; the largest difference is 0.5 % (4, resnet50, TOPS).\n"
          "  ok      TOPS never falls from row to row.\n"
          "  ok      The largest TOPS is that of 4, resnet50, as expected.\n"
          "  ok      50 % of the largest TOPS is reached at 4, resnet50.\n"
          "  pass\n\n");
    const std::string missed = printed(outcome_of(e, 190));
    CHECK(missed.find("  4, resnet50  200.0  190.0    -5.0 % !        3.80\n") != std::string::npos);
    CHECK(missed.find("  MISSED  0 of 1 published values are met; ") != std::string::npos);
    CHECK(missed.find("\n  FAIL\n") != std::string::npos);
}

TEST_CASE("experiment text: a point that failed fails the experiment") {
    const Experiment e = spec_with(json::object());
    ExperimentOutcome outcome = outcome_of(e, 200);
    REQUIRE(outcome.passed());
    outcome.failures = {"pods.count 4: out of memory"};
    CHECK_FALSE(outcome.passed());
    CHECK(printed(outcome).find("\n  failed: pods.count 4: out of memory\n") != std::string::npos);
}

TEST_CASE("experiment text: Markdown and CSV") {
    const Experiment plain = spec_with({{"checks", nullptr}});
    const ExperimentOutcome missed = outcome_of(plain, 190);
    CHECK(markdown_text(missed, "plots/") ==
          "### e: a title\n\n"
          "An | about. A source. Allowed: 1 %. **FAIL**\n\n"
          "| pods | TOPS: paper | ours | difference | over 1 pod |\n"
          "|---|--:|--:|--:|--:|\n"
          "| 1, resnet50 |  | 50.0 |  | 1.00 |\n"
          "| 4, resnet50 | 200.0 | **190.0** | **-5.0 % !** | 3.80 |\n"
          "\n"
          "- **Missed:** 0 of 1 published values are met; the largest difference is 5.0 % (4, resnet50, "
          "TOPS).\n"
          "\n![a title](plots/e.svg)\n");
    CHECK(markdown_text(missed, std::nullopt).find("![") == std::string::npos);
    CHECK(csv_text(missed) ==
          "row,column,title,paper,ours,difference_pct,tolerance_pct,verdict\n"
          "\"1, resnet50\",effective_tops,TOPS,,50,,,\n"
          "\"1, resnet50\",relative,over 1 pod,,1,,,\n"
          "\"4, resnet50\",effective_tops,TOPS,200,190,-5.000000000000004,1,missed\n"
          "\"4, resnet50\",relative,over 1 pod,,3.8,,,\n");
}

TEST_CASE("experiment text: bars of the paper beside ours, lines over an axis or a column") {
    const Experiment bars = spec_with(json::object());
    const Plot plot = outcome_of(bars, 190).plots[0].second;
    CHECK(plot.groups == std::vector<std::string>{"1, resnet50", "4, resnet50"});
    REQUIRE(plot.series.size() == 2);
    CHECK(plot.series[0].name == "paper");
    REQUIRE(plot.series[0].points.size() == 1);
    CHECK(plot.series[0].points[0].x == 1);
    CHECK(plot.series[0].points[0].y == 200);
    CHECK(plot.series[1].points[1].y == 190);

    const Experiment lines = spec_with({{"plot",
                                         {{"style", "lines"},
                                          {"x", "banks.size"},
                                          {"x_title", "KiB"},
                                          {"line", "{workload}"},
                                          {"log_base", 2}}}});
    const Plot line = outcome_of(lines, 190).plots[0].second;
    REQUIRE(line.series.size() == 2);
    CHECK(line.series[0].name == "resnet50");
    CHECK(line.series[0].points[1].x == 256);
    CHECK(line.series[0].points[1].y == 190);
    CHECK(line.series[1].name == "paper");
    CHECK(line.x.log_base == 2);

    const Experiment column = spec_with({{"plot", {{"style", "lines"}, {"x", "relative"}, {"line", "a"}}}});
    CHECK(outcome_of(column, 190).plots[0].second.series[0].points[1].x == Approx(3.8));
}

}  // namespace sosa::tests
