#include "host/explain.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "host/config_file.h"
#include "host/progress.h"
#include "sc_tests/unit/temp_folder.h"
#include "traces/error.h"

namespace sosa::tests {

using namespace sosa::host;

namespace {

Explanation example() {
    PointResult base;
    base.row.config = "tiny";
    base.row.workload = "mlp";
    base.row.policy = "paper";
    base.figures = {{"cycles", std::uint64_t{2000}}, {"effective_tops", 1.25}};
    const auto& all = ideal_resources();
    return {
        base,
        {{&all[0], 500, ""}, {&all[1], 2000, ""}, {&all[2], 2100, ""}, {&all[3], std::nullopt, "starved"}}};
}

std::string printed(const Explanation& explanation) {
    std::ostringstream out;
    print_explanation(explanation, TextStyle{}, out);
    return out.str();
}

}  // namespace

TEST_CASE("explain: every resource changes the configuration in a way that it allows") {
    std::set<std::string> names, sets;
    for (const auto& resource : ideal_resources()) {
        INFO(resource.name);
        CHECK_NOTHROW(load_config("sosa-256", resource.sets));
        names.insert(resource.name);
        for (const auto& set : resource.sets) sets.insert(set);
    }
    CHECK(names == std::set<std::string>{"network", "x banks", "w banks", "p banks", "DRAM bandwidth",
                                         "DRAM latency", "post-processors", "weight load", "dependencies"});
    for (const char* ideal :
         {"network", "x_banks", "w_banks", "p_banks", "post_processors", "weight_load", "dependencies"})
        CHECK(sets.count("ideal=" + std::string(ideal)) == 1);
}

TEST_CASE("explain: gains are of the base's cycles") {
    const Explanation e = example();
    CHECK(e.base_cycles() == 2000);
    CHECK(e.gained_cycles(e.runs[0]) == 1500);
    CHECK(e.gain_pct(e.runs[0]) == 75);
    CHECK(e.gained_cycles(e.runs[2]) == -100);
    CHECK(e.gain_pct(e.runs[2]) == -5);
}

TEST_CASE("explain: the ranking as text") {
    const Explanation e = example();
    const std::string network = e.runs[0].resource->meaning, x = e.runs[1].resource->meaning,
                      w = e.runs[2].resource->meaning;
    CHECK(printed(e) ==
          "What limits mlp on tiny? 2,000 cycles, 1.2 TOPS\n\n"
          "  ideal          cycles     gain  then\n"
          "  network           500  +75.0 %  " +
              network +
              "\n"
              "  x banks         2,000   +0.0 %  " +
              x +
              "\n"
              "  w banks         2,100   -5.0 %  " +
              w +
              "\n"
              "  p banks        failed           starved\n\n"
              "Most would be gained by ideal network: +75.0 % of the cycles. Gains do not add up: what waits "
              "for one "
              "resource may wait for another as well.\n"
              "A loss is possible: placement takes the first place that is free, and more freedom may lead "
              "it to a worse "
              "one.\n");
    Explanation none = e;
    none.runs = {e.runs[1]};
    CHECK(printed(none).find("\n\nNo resource alone would make this run shorter.\n") != std::string::npos);
    CHECK(printed(none).find("A loss") == std::string::npos);
}

TEST_CASE("explain: the ranking as JSON and CSV") {
    const Explanation e = example();
    const auto json = nlohmann::json::parse(explanation_json(e));
    CHECK(json.at("cycles") == 2000);
    CHECK(json.at("workload") == "mlp");
    REQUIRE(json.at("ideal").size() == 4);
    CHECK(json["ideal"][0].at("resource") == "network");
    CHECK(json["ideal"][0].at("set") == nlohmann::json{"ideal=network"});
    CHECK(json["ideal"][2].at("gained_cycles") == -100);
    CHECK(json["ideal"][3].at("failed") == "starved");
    CHECK_FALSE(json["ideal"][3].contains("cycles"));
    const std::string csv = explanation_csv(e);
    CHECK(csv.rfind("resource,set,cycles,gained_cycles,gain_pct,meaning\nnetwork,ideal=network,500,1500,75,",
                    0) == 0);
    CHECK(csv.find("\nw banks,ideal=w_banks,2100,-100,-5,") != std::string::npos);
    CHECK(csv.find("\np banks,ideal=p_banks,,,,") != std::string::npos);
}

TEST_CASE("explain: what it sets itself and what no run could do is refused before anything runs") {
    const TempFolder folder;
    Progress progress;
    const auto refused = [&](const SweepPoint& point) {
        try {
            explain(point, {folder / "o", 1}, "test", progress);
        } catch (const UsageError& error) {
            return std::string(error.what());
        }
        return std::string("accepted");
    };
    SweepPoint point;
    point.workloads = {"resnet50"};
    point.sets = {"ideal=network"};
    CHECK(refused(point) == "explain: found --set ideal=network, which explain itself sets");
    point.sets = {"pods.cuont=3"};
    CHECK(refused(point).find("did you mean \"pods.count\"?") != std::string::npos);
    point.sets = {};
    point.workloads = {"resnet5"};
    CHECK(refused(point).rfind("--workload: found \"resnet5\"", 0) == 0);
    CHECK(folder.entries() == 0);
}

}  // namespace sosa::tests
