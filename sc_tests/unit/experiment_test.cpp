// Specs, and the tables that they make of points.
#include <catch2/catch.hpp>

#include "sc_tests/unit/experiment_kit.h"
#include "traces/error.h"

namespace sosa::tests {

using namespace sosa::host;
using nlohmann::json;

namespace {

std::string refused(const json& changes) {
    try {
        spec_with(changes);
    } catch (const UserError& error) {
        return error.what();
    }
    return "accepted";
}

std::vector<std::string> labels(const ExperimentTable& table) {
    std::vector<std::string> list;
    for (const auto& row : table.rows) list.push_back(row.label);
    return list;
}

}  // namespace

TEST_CASE("experiment: all that come with the program are there, each once") {
    std::vector<std::string> names;
    for (const auto& e : experiments()) {
        INFO(e.name);
        names.push_back(e.name);
        CHECK_FALSE(e.sweep.points.empty());
        CHECK_FALSE(e.source.empty());
        CHECK((e.published.empty() || !e.tolerance.empty()));
    }
    CHECK(names == std::vector<std::string>{"array-size", "interconnect", "partition", "bank-size", "batch",
                                            "tenancy", "scaling", "dram-bandwidth", "power", "area",
                                            "design-space"});
}

TEST_CASE("experiment: a spec with a mistake is refused with the place and the nearest word") {
    CHECK(refused(json::object()) == "accepted");
    CHECK(refused({{"rows", "x"}})
              .rfind("e.json: unknown key \"rows\" (did you mean \"row\"?), allowed are ", 0) == 0);
    CHECK(refused({{"row", nullptr}}) == "e.json: the key \"row\" is missing");
    CHECK(refused({{"plot", {{"style", "bar"}}}}) ==
          "e.json: \"plot\": \"style\": found \"bar\", allowed is one of bars, stacked, lines");
    CHECK(refused({{"plot", {{"columns", {"tops"}}}}}) ==
          "e.json: \"plot\": found the column \"tops\", allowed is one of effective_tops, relative");
    CHECK(refused({{"published", {{"4, resnet50", {{"tops", 1}}}}}}) ==
          "e.json: \"published\": found the column \"tops\", allowed is one of effective_tops, relative");
    CHECK(refused({{"sweep", {{"grid", {{"pods.cuont", {1}}}}}}}).find("did you mean \"pods.count\"?") !=
          std::string::npos);
    CHECK(refused({{"title", 3}}).rfind("e.json: ", 0) == 0);
    CHECK_THROWS_AS(parse_experiment("[]", "e.json"), UserError);
    CHECK_THROWS_AS(parse_experiment("{", "e.json"), UserError);
}

TEST_CASE("experiment: points of one label are one row, with the mean of their figures") {
    const Experiment e =
        spec_with({{"row", "{pods.count} of {pods.rows}x{pods.cols}"},
                   {"published", {{"4, resnet50", nullptr}}},
                   {"columns", {{{"figure", "effective_tops"}, {"title", "T"}, {"mean", "harmonic"}}}},
                   {"checks", nullptr}});
    const std::vector<ExperimentPoint> points = {point_with(4, "resnet50", 100), point_with(1, "resnet50", 7),
                                                 point_with(4, "bert_base", 300)};
    const ExperimentTable table = make_table(e, points);
    CHECK(labels(table) == std::vector<std::string>{"4 of 32x32", "1 of 32x32"});
    CHECK(table.rows[0].cells[0].ours.value() == Approx(150));
    CHECK(table.rows[1].cells[0].ours.value() == 7);
    CHECK_FALSE(table.rows[0].cells[0].paper);
}

TEST_CASE("experiment: means") {
    CHECK(mean_of(Mean::harmonic, {1, 3}) == Approx(1.5));
    CHECK(mean_of(Mean::geometric, {2, 8}) == Approx(4));
    CHECK(mean_of(Mean::arithmetic, {1, 4}) == 2.5);
    CHECK(mean_of(Mean::largest, {-3, 4, 1}) == 4);
    CHECK(mean_of(Mean::same, {5, 5}) == 5);
    CHECK_THROWS_AS(mean_of(Mean::same, {5, 6}), UserError);
}

TEST_CASE("experiment: a figure can be relative to that of other rows") {
    const ExperimentTable table = make_table(
        spec_with(json::object()), {point_with(1, "resnet50", 50), point_with(4, "resnet50", 199),
                                    point_with(1, "bert_base", 10), point_with(4, "bert_base", 15)});
    CHECK(table.rows[0].cells[1].ours.value() == 1);
    CHECK(table.rows[1].cells[1].ours.value() == Approx(3.98));
    CHECK(table.rows[3].cells[1].ours.value() == Approx(1.5));
    const Experiment both = spec_with({{"columns",
                                        {{{"figure", "effective_tops"},
                                          {"title", "T"},
                                          {"mean", "same"},
                                          {"relative_to", {"1, resnet50", "1, bert_base"}}}}},
                                       {"plot", {{"columns", {"effective_tops"}}}}});
    const ExperimentTable mean = make_table(
        both,
        {point_with(1, "resnet50", 100), point_with(1, "bert_base", 300), point_with(4, "resnet50", 450)});
    CHECK(mean.rows[2].cells[0].ours.value() == Approx(3));
}

TEST_CASE("experiment: a published value is met up to its tolerance, and missed beyond or without a figure") {
    const auto verdict = [](double ours) {
        const Experiment e = spec_with({{"checks", nullptr}});
        const std::vector<ExperimentPoint> points = {point_with(1, "resnet50", 1),
                                                     point_with(4, "resnet50", ours)};
        return check_table(e, make_table(e, points), points).at(0);
    };
    CHECK(verdict(201.9).ok);
    CHECK(verdict(198.1).ok);
    CHECK(verdict(200).sentence ==
          "1 of 1 published values are met; the largest difference is 0.0 % (4, resnet50, TOPS).");
    CHECK(verdict(196).sentence ==
          "0 of 1 published values are met; the largest difference is 2.0 % (4, resnet50, TOPS).");
    CHECK_FALSE(verdict(202.1).ok);
    CHECK_FALSE(verdict(197.9).ok);

    const Experiment e = spec_with({{"checks", nullptr}});
    std::vector<ExperimentPoint> points = {point_with(1, "resnet50", 1), point_with(4, "resnet50", 200)};
    points[1].result->failure = "out of memory";
    points[1].result->figures.clear();
    const ExperimentTable table = make_table(e, points);
    CHECK_FALSE(table.rows[1].cells[0].ours);
    CHECK_FALSE(check_table(e, table, points).at(0).ok);
}

TEST_CASE("experiment: what is not judged is told and does not decide") {
    auto spec = json::parse(kSpec);
    spec["columns"][0]["judged"] = false;
    spec.erase("checks");
    const Experiment e = parse_experiment(spec.dump(), "e.json");
    const std::vector<ExperimentPoint> points = {point_with(1, "resnet50", 1),
                                                 point_with(4, "resnet50", 100)};
    const auto checks = check_table(e, make_table(e, points), points);
    REQUIRE(checks.size() == 1);
    CHECK(checks[0].ok);
    CHECK(checks[0].sentence ==
          "0 of 1 published values are met, which is not judged; the largest difference is "
          "50.0 % (4, resnet50, TOPS).");
}

TEST_CASE("experiment: a published value without a row, a figure and an axis that do not exist are errors") {
    const std::vector<ExperimentPoint> one = {point_with(1, "resnet50", 1)};
    CHECK_THROWS_WITH(make_table(spec_with(json::object()), one),
                      "found the row \"4, resnet50\" (did you mean \"1, resnet50\"?), there are 1, resnet50");
    CHECK_THROWS_WITH(point_figure(one[0], "effective_topz"),
                      Catch::StartsWith("found the figure \"effective_topz\""));
    CHECK_THROWS_WITH(filled("{pods.cuont}", one[0]),
                      Catch::StartsWith("found \"{pods.cuont}\" (did you mean \"pods.count\"?), allowed"));
    CHECK_THROWS_AS(filled("{pods.count", one[0]), UserError);
}

TEST_CASE("experiment: labels hold what the point was given, else what the configuration has") {
    ExperimentPoint point = point_with(4, "/a/b/net.json", 1);
    point.row.batch = 8;
    CHECK(filled("{pods.count} {banks.size} {workload} {batch} {seq_len} {tiling.partition}!", point) ==
          "4 256KiB net 8 - rows!");
}

TEST_CASE("experiment: rising, best and knee") {
    const auto checks = [](double r1, double r4, double b1, double b4) {
        const Experiment e = spec_with({{"published", {{"4, resnet50", nullptr}}}});
        const std::vector<ExperimentPoint> points = {
            point_with(1, "resnet50", r1), point_with(4, "resnet50", r4), point_with(1, "bert_base", b1),
            point_with(4, "bert_base", b4)};
        return check_table(e, make_table(e, points), points);
    };
    const auto good = checks(50, 200, 100, 98.5);
    REQUIRE(good.size() == 4);
    CHECK(good[0].sentence == "No values were published for this.");
    CHECK(good[1].ok);  // 1.5 % down is within the limit
    CHECK(good[1].sentence == "TOPS never falls from row to row.");
    CHECK(good[2].ok);
    CHECK(good[3].sentence == "50 % of the largest TOPS is reached at 1, bert_base; 4, resnet50.");

    const auto bad = checks(50, 200, 300, 290);
    CHECK_FALSE(bad[1].ok);
    CHECK(bad[1].sentence == "TOPS falls from 300.0 (1, bert_base) to 290.0 (4, bert_base).");
    CHECK_FALSE(bad[2].ok);
    CHECK(bad[2].sentence == "The largest TOPS is that of 1, bert_base, expected is 4, resnet50.");
    CHECK(bad[3].ok);
}

TEST_CASE("experiment: figures that follow from others and from the configuration") {
    const ExperimentPoint point = point_with(256, "resnet50",
                                             {{"cycles", std::uint64_t{350}},
                                              {"last_main_slice", std::uint64_t{9}},
                                              {"tile_ops", std::uint64_t{1280}}});
    CHECK(point_figure(point, "cycles_per_main_slice").value() == 35);
    CHECK(point_figure(point, "busy_pods_main_pct").value() == Approx(50));
    // arXiv 2203.11540: 260.2 W, 22.6 W of them in networks, for (32 + 5 * 32) bytes of each of 256 pods.
    CHECK(point_figure(point, "peak_power_w").value() == Approx(260.2).margin(0.05));
    CHECK(point_figure(point, "noc_mw_per_byte").value() == Approx(22.6 / 256 / 192 * 1e3).epsilon(0.002));
    CHECK(point_figure(point, "area_pod_mm2").value() == Approx(0.492));
    CHECK(point_figure(point, "area_pods_mm2").value() == Approx(256 * 0.492));
    double parts = 0;
    for (const char* part : {"area_pods_mm2", "area_sram_mm2", "area_noc_mm2", "area_post_mm2"})
        parts += point_figure(point, part).value();
    CHECK(point_figure(point, "area_mm2").value() == Approx(parts));
}

}  // namespace sosa::tests
