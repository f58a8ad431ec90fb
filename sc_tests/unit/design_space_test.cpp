#include "host/design_space.h"

#include <catch2/catch.hpp>
#include <set>

#include "host/closed_form.h"
#include "host/config_file.h"
#include "traces/error.h"

namespace sosa::tests {

using namespace sosa::host;

namespace {

DesignSpaceSpec small_spec() {
    DesignSpaceSpec spec;
    spec.smallest = 16;
    spec.largest = 64;
    spec.step = 16;
    spec.groups = {{"CNNs", {"resnet50"}, {}}, {"BERTs", {"bert_medium"}, {20, 100}}};
    spec.near_optimum = {{"16x48", 50}, {"64x64", 99.9}};
    spec.samples = 6;
    spec.smallest_sample = 16;
    spec.most_tile_ops = 100'000;
    return spec;
}

}  // namespace

TEST_CASE("design space: each shape has the pods that the power allows and the mean of the closed form") {
    const hw::Config config = load_config("sosa-256", {});
    const DesignSpace space = map_design_space(small_spec(), config);
    CHECK(space.sides == std::vector<std::uint32_t>{16, 32, 48, 64});
    REQUIRE(space.shapes.size() == 16);
    CHECK(space.shapes[1].rows == 16);
    CHECK(space.shapes[1].cols == 32);
    const auto* const shape = space.find(32, 48);
    REQUIRE(shape);
    const auto table = traces::load_energy_table("paper-28nm");
    CHECK(shape->pods == most_pods(table, 32, 48, 400, 256 * 1024, 1e9));
    const auto tops = [&](const char* name, const ZooOptions& options) {
        const ClosedForm form(load_workload(name, options));
        return 2e-3 * static_cast<double>(form.macs()) /
               static_cast<double>(form.cycles(32, 48, shape->pods));
    };
    const double cnn = tops("resnet50", {});
    const double bert = 2 / (1 / tops("bert_medium", {{}, {}, 20}) + 1 / tops("bert_medium", {{}, {}, 100}));
    REQUIRE(shape->group_tops.size() == 2);
    CHECK(shape->group_tops[0] == Approx(cnn));
    CHECK(shape->group_tops[1] == Approx(bert));
    CHECK(shape->tops == Approx(2 / (1 / cnn + 1 / bert)));
    CHECK_FALSE(space.find(32, 47));
    for (const auto& other : space.shapes) CHECK(other.tops <= space.optimum().tops);
}

TEST_CASE("design space: where not even one pod fits there is no throughput") {
    DesignSpaceSpec spec = small_spec();
    spec.power_w = 0.5;
    spec.near_optimum = {};
    const DesignSpace space = map_design_space(spec, load_config("sosa-256", {}));
    CHECK(space.find(64, 64)->pods == 0);
    CHECK(space.find(64, 64)->tops == 0);
    CHECK(space.find(16, 16)->tops > 0);
    const Plot plot = design_space_plot(spec, space, "t");
    CHECK(plot.heat_map->z.front().has_value());
    CHECK_FALSE(plot.heat_map->z.back().has_value());
}

TEST_CASE("design space: named shapes must be near the optimum") {
    DesignSpaceSpec spec = small_spec();
    DesignSpace space;
    space.sides = {16, 32};
    space.shapes = {{16, 16, 500, 90, {300, 5}},
                    {16, 32, 400, 200, {200, 6}},
                    {32, 16, 300, 181, {100, 7}},
                    {32, 32, 200, 150, {150, 4}}};
    spec.near_optimum = {{"32x16", 90}, {"32x32", 80}};
    const auto checks = check_design_space(spec, space);
    REQUIRE(checks.size() == 3);
    CHECK(checks[0].sentence ==
          "The closed form's optimum at 400 W is 16x32 with 400 pods, 200.0 TOPS. CNNs alone: 16x16 with 500 "
          "pods, "
          "300.0 TOPS; BERTs alone: 32x16 with 300 pods, 7.0 TOPS.");
    CHECK(checks[1].ok);
    CHECK(checks[1].sentence == "32x16 with 300 pods reaches 90.5 % of that, expected are at least 90 %.");
    CHECK_FALSE(checks[2].ok);
    spec.near_optimum = {{"8x8", 1}};
    CHECK_THROWS_AS(check_design_space(spec, space), UserError);
}

TEST_CASE("design space: samples are the same every time, differ from each other and can be simulated") {
    const hw::Config config = load_config("sosa-256", {});
    const DesignSpaceSpec spec = small_spec();
    const auto points = sample_design_space(spec, {}, config), again = sample_design_space(spec, {}, config);
    REQUIRE(points.size() == 6);
    std::set<std::string> shapes;
    for (std::size_t i = 0; i < points.size(); ++i) {
        CHECK(points[i].sets == again[i].sets);
        CHECK(points[i].workloads == std::vector<std::string>{i % 2 ? "bert_medium" : "resnet50"});
        const hw::Config own = load_config(points[i].config, points[i].sets);
        shapes.insert(std::to_string(own.pods.rows) + "x" + std::to_string(own.pods.cols));
        CHECK(own.pods.rows % spec.step == 0);
        CHECK((own.pods.rows >= 16 && own.pods.rows <= 64 && own.pods.cols >= 16 && own.pods.cols <= 64));
        CHECK(own.banks.size_bytes == std::max(1u, (128 + own.pods.count - 1) / own.pods.count) * 256 * 1024);
        CHECK(ClosedForm(load_workload(points[i].workloads[0], {})).tile_ops(own.pods.rows, own.pods.cols) <=
              spec.most_tile_ops);
    }
    CHECK(shapes.size() == 6);

    DesignSpaceSpec tiny = spec;  // 400 W allow more pods of the smallest shapes than a configuration does
    tiny.smallest_sample = tiny.step = 2;
    tiny.largest = 8;
    tiny.most_tile_ops = 1'000'000'000;
    for (const auto& point : sample_design_space(tiny, {}, config))
        CHECK_NOTHROW(load_config(point.config, point.sets));
}

}  // namespace sosa::tests
