// What a point comes to: its hash, its row, and whether filters keep it.
#include <catch2/catch.hpp>
#include <fstream>
#include <set>

#include "host/sweep_index.h"
#include "host/sweep_plan.h"
#include "sc_tests/unit/temp_folder.h"
#include "traces/error.h"

namespace sosa::tests {

using host::make_plan;
using host::Sweep;
using host::SweepFilter;
using host::SweepPlan;
using host::SweepPoint;
using Words = std::vector<std::string>;

namespace {

SweepPoint point_of(const std::string& config, Words sets, Words workloads) {
    SweepPoint point;
    point.config = config;
    point.sets = std::move(sets);
    point.workloads = std::move(workloads);
    return point;
}

std::string hash_of(const SweepPoint& point, const std::string& version = "1") {
    return make_plan({"s", "s", {}, {}, {point}}, version).index.rows.at(0).hash;
}

// The points that these filters leave of six, as pods x batch.
Words kept(const Words& filters) {
    const std::string grid =
        R"({"name": "s", "base": {"config": "tiny", "workload": "dlrm"}, "grid": {"pods.count": [2, 4, 8], "batch": [1, 2]}})";
    Sweep sweep = host::parse_sweep(grid, "s.json");
    for (const auto& filter : filters) sweep.filters.emplace_back(filter);
    const SweepPlan plan = make_plan(std::move(sweep), "1");
    CHECK(plan.filtered + plan.points.size() == 6);
    Words left;
    for (const auto& point : plan.points)
        left.push_back(point.sets.at(0).substr(11) + "x" + std::to_string(*point.zoo.batch));
    return left;
}

template <class Work>
std::string error_of(const Work& work) {
    try {
        work();
    } catch (const UserError& error) {
        return error.what();
    }
    return "no error";
}

std::string filter_error(const std::string& text) {
    return error_of([&] { SweepFilter filter(text); });
}

}  // namespace

TEST_CASE("the hash changes with everything that defines the result") {
    const auto base = point_of("tiny", {}, {"dlrm"});
    SweepPoint batch = base, size = point_of("tiny", {}, {"resnet50"}), other_size = size;
    batch.zoo.batch = 2;
    other_size.zoo.image_size = 224;
    std::set<std::string> hashes = {hash_of(base),
                                    hash_of(base, "2"),
                                    hash_of(batch),
                                    hash_of(size),
                                    hash_of(other_size),
                                    hash_of(point_of("sosa-256", {}, {"dlrm"})),
                                    hash_of(point_of("tiny", {"pods.count=2"}, {"dlrm"})),
                                    hash_of(point_of("tiny", {}, {"dlrm", "dlrm"}))};
    CHECK(hashes.size() == 8);
    for (const auto& hash : hashes) CHECK(host::is_hash(hash));
}

TEST_CASE("the hash does not change with how the same is said") {
    const auto base = point_of("tiny", {}, {"resnet50"});
    SweepPoint sized = base;
    sized.zoo.batch = 1;
    sized.zoo.image_size = 299;
    CHECK(hash_of(base) == hash_of(sized));
    CHECK(hash_of(base) == hash_of(point_of("tiny", {"pods.count=4", "banks.size=4096B"}, {"resnet50"})));
}

TEST_CASE("the hash follows the content of files") {
    const TempFolder folder;
    const std::string net = folder / "net.json", table = folder / "energy.json";
    const auto write = [](const std::string& file, const std::string& text) { std::ofstream(file) << text; };
    const auto layer = [](int m) {
        return R"({"name": "n", "repeat": 1, "layers": [{"name": "a", "op": "Dense", "m": )" +
               std::to_string(m) + R"(, "k": 8, "n": 8, "kernel": [1, 1], "deps": []}]})";
    };
    write(net, layer(8));
    const auto point = point_of("tiny", {}, {net});
    const std::string before = hash_of(point);
    write(net, layer(8) + " \n");
    CHECK(hash_of(point) == before);
    write(net, layer(9));
    CHECK(hash_of(point) != before);

    std::string energy;
    for (const auto& [name, text] : traces::embedded_energy_tables()) energy = text;
    write(table, energy);
    const auto with_table = point_of("tiny", {"power.energy_table=" + table}, {"dlrm"});
    const std::string first = hash_of(with_table);
    write(table, energy + "\n");
    CHECK(hash_of(with_table) != first);
}

TEST_CASE("a row says the sizes that the layers have") {
    const SweepPlan plan =
        make_plan({"s",
                   "s",
                   {},
                   {},
                   {point_of("tiny", {}, {"resnet50"}), point_of("tiny", {}, {"bert_medium"}),
                    point_of("tiny", {}, {"bert_medium", "vgg16"})}},
                  "1");
    const auto& rows = plan.index.rows;
    REQUIRE(rows.size() == 3);
    CHECK(rows[0].batch == 1);
    CHECK(rows[0].image_size == 299);
    CHECK_FALSE(rows[0].seq_len);
    CHECK_FALSE(rows[1].image_size);
    CHECK(rows[1].seq_len == 100);
    CHECK(rows[2].workload == "bert_medium+vgg16");
    CHECK(rows[2].image_size == 299);
    CHECK(rows[2].seq_len == 100);
}

TEST_CASE("points that come to the same stand once where the first stood") {
    const auto other = point_of("tiny", {"pods.count=2"}, {"dlrm"});
    const SweepPlan plan = make_plan(
        {"s",
         "s",
         {},
         {},
         {other, point_of("tiny", {}, {"dlrm"}), other, point_of("tiny", {"pods.count=4"}, {"dlrm"})}},
        "1");
    CHECK(plan.repeated == 2);
    REQUIRE(plan.points.size() == 2);
    CHECK(plan.points[0].sets == Words{"pods.count=2"});
    CHECK(plan.points[1].sets.empty());
}

TEST_CASE("filters compare numbers and words and power") {
    CHECK(kept({"pods.count <= 4"}) == Words{"2x1", "2x2", "4x1", "4x2"});
    CHECK(kept({"pods.count<4"}) == Words{"2x1", "2x2"});
    CHECK(kept({"pods.count >= 4", "batch == 2"}) == Words{"4x2", "8x2"});
    CHECK(kept({"pods.count > 4"}) == Words{"8x1", "8x2"});
    CHECK(kept({"batch != 2"}) == Words{"2x1", "4x1", "8x1"});
    CHECK(kept({"banks.size == 4096B"}).size() == 6);
    CHECK(kept({"noc.topology == butterfly-2", "pods.count==8"}) == Words{"8x1", "8x2"});
    CHECK(kept({"config != sosa-256", "workload == dlrm", "policy == paper"}).size() == 6);
    CHECK(kept({"seq_len <= 3"}).size() == 6);
    const double watts = host::peak_power_w(hw::load_config("tiny", {}));
    CHECK(kept({"peak_power_w <= " + std::to_string(watts + 1e-5)}) == Words{"2x1", "2x2", "4x1", "4x2"});
    CHECK(kept({"peak_power_w < " + std::to_string(watts - 1e-5) + "W"}) == Words{"2x1", "2x2"});
}

TEST_CASE("a filter on what is given leaves out points that cannot be built") {
    const std::string text =
        R"({"name": "s", "base": {"config": "tiny", "workload": "dlrm"}, "grid": {"pods.rows": [8, 512]}, "filters": ["pods.rows < 512"]})";
    CHECK(make_plan(host::parse_sweep(text, "s.json"), "1").points.size() == 1);
}

TEST_CASE("malformed filters are refused") {
    CHECK(filter_error("pods.count") ==
          "found \"pods.count\", allowed is KEY OP VALUE, such as \"pods.count <= 256\"");
    CHECK(filter_error("pods.count =< 3") == "found \"=<\", allowed are < <= > >= == !=");
    CHECK(filter_error("pods.cout < 3")
              .rfind("unknown key \"pods.cout\" (did you mean \"pods.count\"?), the keys are name, ", 0) ==
          0);
    CHECK(filter_error("pods.count < many") ==
          "\"pods.count\": found \"many\", allowed is an integer from 1 to 4096");
    CHECK(filter_error("batch <") == "\"batch\": found \"\", allowed is a number");
    CHECK(filter_error("peak_power_w < -1") == "\"peak_power_w\": found \"-1\", allowed is a number");
    CHECK(filter_error("noc.topology < bus") == "\"noc.topology\" is compared with == and != only");
    CHECK(filter_error("tiling.partition < 3") == "\"tiling.partition\" is compared with == and != only");
    CHECK(filter_error("noc.topology == buss")
              .rfind("\"noc.topology\": found \"buss\", allowed is one of ", 0) == 0);
    CHECK(filter_error("workload ==") == "\"workload\": found \"\", allowed is a name");
}

TEST_CASE("a point that cannot be built is named") {
    const auto error = [](const std::string& rest) {
        return error_of([&] {
            make_plan(
                host::parse_sweep(R"({"name": "s", "base": {"config": "tiny"}, )" + rest + "}", "s.json"),
                "1");
        });
    };
    CHECK(error(R"("grid": {"workload": ["dlrm"], "pods.rows": [8, 512]})")
              .rfind("s.json: point 2 of 2 (workload dlrm, pods.rows 512): tiny with --set pods.rows=512: "
                     "\"banks.size\": "
                     "found 4KiB, allowed is at least ",
                     0) == 0);
    CHECK(error(R"("points": [{"workload": "dlrm", "seq_len": 3}])")
              .rfind("s.json: point 1 of 1 (workload dlrm, seq_len 3): dlrm: found --seq-len, ", 0) == 0);
    CHECK(error(R"("points": [{"workload": "no/such.json"}])")
              .rfind("s.json: point 1 of 1 (workload no/such.json): no/such.json: cannot be opened: ", 0) ==
          0);
    CHECK(error(R"("points": [{}])") ==
          "s.json: point 1 of 1 (no workload): found no workload, allowed is one or a list of tenants");
    CHECK(error(R"("points": [{"workload": "dlrm"}], "filters": ["batch > 1"])") ==
          "s.json: the filters leave none of the 1 points");
}

}  // namespace sosa::tests
