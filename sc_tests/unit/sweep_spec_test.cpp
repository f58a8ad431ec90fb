// From a spec to its points, and what is said of a spec that is wrong.
#include <catch2/catch.hpp>

#include "host/sweep_axis.h"
#include "host/sweep_spec.h"
#include "traces/error.h"

namespace sosa::tests {

using host::parse_sweep;
using host::Sweep;
using Words = std::vector<std::string>;

namespace {

// "a spec" without its name, read.
Sweep sweep_of(const std::string& rest) { return parse_sweep("{\"name\": \"s\", " + rest + "}", "s.json"); }

Words labels(const Sweep& sweep) {
    Words all;
    for (const auto& point : sweep.points) all.push_back(point_label(point, sweep.axes));
    return all;
}

std::string error_of(const std::string& text) {
    try {
        parse_sweep(text, "s.json");
    } catch (const UserError& error) {
        return error.what();
    }
    return "no error";
}

// Of a spec with this on its second line.
std::string error_in(const std::string& line) { return error_of("{\"name\": \"s\",\n" + line + "}"); }

bool begins(const std::string& text, const std::string& with) { return text.rfind(with, 0) == 0; }

}  // namespace

TEST_CASE("a grid has every combination with the last axis of the file fastest") {
    const Sweep sweep = sweep_of(R"("grid": {"pods.rows": [8, 16], "batch": [1, 2, 4], "config": ["tiny"]})");
    CHECK(sweep.name == "s");
    CHECK(sweep.axes == Words{"pods.rows", "batch", "config"});
    CHECK(labels(sweep) == Words{"pods.rows 8, batch 1, config tiny", "pods.rows 8, batch 2, config tiny",
                                 "pods.rows 8, batch 4, config tiny", "pods.rows 16, batch 1, config tiny",
                                 "pods.rows 16, batch 2, config tiny", "pods.rows 16, batch 4, config tiny"});
}

TEST_CASE("lists of a zip advance together after the axes of the grid") {
    const Sweep sweep = sweep_of(
        R"("zip": [{"pods.rows": [8, 16], "pods.cols": [4, 2]}, {"seq_len": [7]}], "grid": {"batch": [1, 2]})");
    CHECK(sweep.axes == Words{"batch", "pods.rows", "pods.cols", "seq_len"});
    CHECK(labels(sweep) == Words{"batch 1, pods.rows 8, pods.cols 4, seq_len 7",
                                 "batch 1, pods.rows 16, pods.cols 2, seq_len 7",
                                 "batch 2, pods.rows 8, pods.cols 4, seq_len 7",
                                 "batch 2, pods.rows 16, pods.cols 2, seq_len 7"});
}

TEST_CASE("points have what the base says and their own") {
    const Sweep sweep = sweep_of(R"("base": {"config": "tiny", "pods.count": 2, "workload": "resnet50"},
        "points": [{}, {"pods.count": 8, "batch": 3}, {"workload": ["dlrm", "vgg16"], "dims.n": 5}])");
    REQUIRE(sweep.points.size() == 3);
    CHECK(sweep.axes == Words{"pods.count", "batch", "workload", "dims.n"});
    for (const auto& point : sweep.points) CHECK(point.config == "tiny");
    CHECK(sweep.points[0].sets == Words{"pods.count=2"});
    CHECK(sweep.points[0].workloads == Words{"resnet50"});
    CHECK_FALSE(sweep.points[0].zoo.batch);
    CHECK(sweep.points[1].sets == Words{"pods.count=8"});
    CHECK(sweep.points[1].zoo.batch == 3);
    CHECK(sweep.points[2].workloads == Words{"dlrm", "vgg16"});
    CHECK(sweep.points[2].dims == Words{"n=5"});
    CHECK(point_label(sweep.points[2], sweep.axes) == "pods.count 2, workload dlrm+vgg16, dims.n 5");
}

TEST_CASE("the grid does not multiply the points and a base alone is one") {
    CHECK(sweep_of(R"("grid": {"batch": [1, 2]}, "points": [{"seq_len": 9}])").points.size() == 3);
    CHECK(sweep_of(R"("base": {"batch": 2})").points.size() == 1);
}

TEST_CASE("values are written as in a configuration or as with --set") {
    const Sweep sweep = sweep_of(
        R"("grid": {"pods.count": [4, "8"], "banks.size": ["64KiB"], "tiling.partition": ["none", 7, "rows"]})");
    CHECK(sweep.points.size() == 6);
    CHECK(sweep.points[4].sets == Words{"pods.count=8", "banks.size=64KiB", "tiling.partition=7"});
}

TEST_CASE("all unknown keys are told at once with their lines and what was meant") {
    const std::string sentence = error_of(R"({"name": "s",
"bse": {},
"batch": 3,
"base": {"worklod": "x"},
"grid": {"pods.cuont": [1],
"batch": [1]},
"zip": [{"bank.size": []}],
"points": [{"batch": 1},
{"zzz": 1}]})");
    CHECK(begins(
        sentence,
        "s.json:3: unknown key \"batch\" (it goes into \"base\", \"grid\", \"zip\" or \"points\"), "
        "allowed here are name, base, grid, zip, points, filters; s.json:2: unknown key \"bse\" (did you "
        "mean "
        "\"base\"?), allowed here are name, base, grid, zip, points, filters; s.json:4: unknown key "
        "\"worklod\" (did you mean \"workload\"?); s.json:5: unknown key \"pods.cuont\" (did you mean "
        "\"pods.count\"?); s.json:7: unknown key \"bank.size\" (did you mean \"banks.size\"?); s.json:9: "
        "unknown key \"zzz\"; what can vary is config, workload, batch, image_size, seq_len, policy, "
        "dims.NAME and the keys of the configuration: name, clock, ideal, pods.count, "));
}

TEST_CASE("values that an axis does not take are refused with line and value") {
    const struct {
        std::string line, sentence;
    } cases[] = {
        {R"("grid": {"pods.count": [4, "many"]})",
         R"("pods.count": found "many", allowed is an integer from 1 to 4096)"},
        {R"("grid": {"pods.count": [4, [5]]})",
         R"("pods.count": found [5], allowed is an integer from 1 to 4096)"},
        {R"("grid": {"pods.count": 4})", R"("pods.count": found 4, allowed is a list of values)"},
        {R"("grid": {"pods.count": []})",
         R"("pods.count": found an empty list, allowed is a list of values)"},
        {R"("grid": {"banks.size": ["64Kib"]})",
         "\"banks.size\": found \"64Kib\", allowed is a size from 64B to 1GiB such as \"256KiB\" (units B, "
         "KiB, "
         "MiB, GiB)"},
        {R"("base": {"batch": 0})", "\"batch\": found 0, allowed is 1..1024"},
        {R"("base": {"batch": "1"})", "\"batch\": found \"1\", allowed is an integer 1..1024"},
        {R"("base": {"seq_len": 65537})", "\"seq_len\": found 65537, allowed is 1..65536"},
        {R"("base": {"image_size": -1})", "\"image_size\": found -1, allowed is 1..16384"},
        {R"("base": {"dims.n": 0})", "\"dims.n\": found 0, allowed is 1..2147483647"},
        {R"("base": {"workload": []})",
         "\"workload\": found an empty list, allowed is a name, a file, or a list of these that run as "
         "tenants"},
        {R"("base": {"policy": "papr"})",
         "\"policy\": found \"papr\" (did you mean \"paper\"?), allowed is one of paper"},
        {R"("base": 3)", "\"base\": found 3, allowed is an object"},
        {R"("points": {})", "\"points\": found an object, allowed is a list"},
        {R"("points": [3])", "found 3, allowed is an object such as {\"pods.count\": 64}"},
        {R"("zip": [{}])", "found an empty object, allowed is {AXIS: [VALUE, ...], ...}"},
        {R"("zip": [{"pods.rows": [1, 2], "batch": [1]}])",
         "\"batch\": found 1 values, allowed are 2 as of \"pods.rows\""},
        {R"("grid": {"batch": [1]}, "zip": [{"batch": [1]}])",
         "\"batch\" varies twice, allowed is once in \"grid\" and \"zip\" together"},
        {R"("filters": [3])", "found 3, allowed is a text such as \"pods.count <= 256\""},
    };
    for (const auto& c : cases) {
        INFO(c.line);
        CHECK(error_in(c.line) == "s.json:2: " + c.sentence);
    }
}

TEST_CASE("names of workloads and configurations are looked at") {
    CHECK(begins(
        error_in(R"("grid": {"workload": ["resnet50", "resnet5"]})"),
        "s.json:2: \"workload\": found \"resnet5\" (did you mean \"resnet50\"?), allowed is a file or one "
        "of resnet50, resnet101, "));
    CHECK(
        begins(error_in(R"("base": {"config": "tinny"})"),
               "s.json:2: \"config\": found \"tinny\" (did you mean \"tiny\"?), allowed is a file or one of "
               "mono-512, "));
    CHECK(error_in(R"("base": {"workload": "nets/a.json", "config": "chip.json"})") == "no error");
}

TEST_CASE("a spec without a usable name is refused") {
    CHECK(error_of("{}") == "s.json:1: the key \"name\" is missing, it names the folder of the results");
    CHECK(error_of("[1]") == "s.json:1: found [1], allowed is an object {\"name\": ...}");
    CHECK(begins(error_of("{\"name\": \"../x\"}"),
                 "s.json:1: \"name\": found \"../x\", allowed is 1 to 64 letters"));
    CHECK(begins(error_of("{\"name\": \"s\""), "s.json: line 1, column 13: "));
}

TEST_CASE("a grid may not be larger than the limit") {
    std::string hundred = "1";
    for (int i = 2; i <= 100; ++i) hundred += ", " + std::to_string(i);
    const auto grid = [&](const std::string& more) {
        return R"("grid": {"pods.rows": [)" + hundred + R"(], "pods.cols": [)" + hundred + "], " + more + "}";
    };
    CHECK(sweep_of(grid(R"("batch": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])")).points.size() == 100'000);
    const std::string refusal = "s.json:1: found more than 100000 points, allowed are at most as many";
    CHECK(error_in(grid(R"("batch": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])")) == refusal);
    CHECK(error_in(grid(R"("batch": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])") + R"(, "points": [{}])") == refusal);
}

}  // namespace sosa::tests
