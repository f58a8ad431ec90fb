// What a run left behind, read back: whole folders, folders of earlier versions, and files that were cut or
// edited.
#include "host/run_folder.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "host/report_data.h"
#include "sc_tests/unit/run_files_kit.h"
#include "traces/error.h"

namespace sosa::tests {

using host::RunFolder;
using nlohmann::json;

namespace {

json data_of(const std::map<std::string, std::string>& files) {
    const TempFolder folder;
    write_run(folder, files);
    return host::report_data(RunFolder(folder.path()));
}

// The sentence that the folder is refused with, without the path of the folder.
std::string refusal(const std::map<std::string, std::string>& files) {
    const TempFolder folder;
    write_run(folder, files);
    try {
        host::report_data(RunFolder(folder.path()));
    } catch (const UserError& error) {
        const std::string sentence = error.what(), path = folder.path().string();
        REQUIRE(sentence.rfind(path, 0) == 0);
        return sentence.substr(path.size() + 1);
    }
    return "";
}

std::string refusal(const std::string& file, const std::string& found, const std::string& instead) {
    auto files = small_run();
    std::string& text = files.at(file);
    const auto at = text.find(found);
    REQUIRE(at != std::string::npos);
    text.replace(at, found.size(), instead);
    return refusal(files);
}

}  // namespace

TEST_CASE("a run's folder becomes the data of a report") {
    const json data = data_of(small_run());
    CHECK(data.at("summary").at("cycles") == 30);
    CHECK(data.at("version") == "0.1.0");
    CHECK(data.at("seed") == 7);
    CHECK(data.at("clock_hz") == 2e9);
    CHECK(data.at("pods") == 2);
    CHECK(data.at("pes_per_pod") == 16);
    CHECK(data.at("layers").at("layer") == json({"fc1", "fc2"}));
    CHECK(data.at("layers").at("macs") == json({128, 64}));
    CHECK(data.at("layers").at("utilization_pct") == json({40, 20}));
    CHECK(data.at("slices").at("stall_cycles") == json({1, 0, 0}));
    CHECK(data.at("occupancy") == json({{0, 0, 1, 1, 1, 1}, {0, 0, 1}}));
    CHECK(data.at("power").at("total_w") == json({6.9, 7.4}));
    CHECK(data.at("power").at("dram_w") == json({nullptr, nullptr}));
    CHECK(data.at("energy").at(0) == json({"pods", "macs", 192.0, 0.5, 96.0, "a book"}));
    CHECK(data.at("energy").at(1).at(5) == "a \"paper\", page 3");
    CHECK(data.at("energy").at(3).at(4).is_null());
    CHECK(data.at("networks").at("rows").at("x_stage1") == json({12}));
    CHECK(data.at("networks").at("links_per_stage") == 4);
    CHECK(data.dump().find("2026") == std::string::npos);
}

TEST_CASE("the configuration in a report has every key with its default and meaning") {
    const json rows = data_of(small_run()).at("config");
    CHECK(rows.size() == hw::config_keys().size());
    for (const auto& row : rows)
        if (row.at(0) == "pods.count")
            CHECK(row == json({"pods.count", "2", "256",
                               "Pods N; there are N X, W and P banks each and N post-processors."}));
}

TEST_CASE("columns of later versions are left alone and those of earlier ones may lack") {
    auto files = small_run();
    for (const char* later : {"slices.csv", "occupancy.csv", "power.csv"}) files.erase(later);
    const json old = data_of(files);
    for (const char* part : {"slices", "occupancy", "power"}) CHECK_FALSE(old.contains(part));
    CHECK_FALSE(old.at("layers").contains("energy_pj"));
    files["layers.csv"] =
        "future,layer,workload,op,m,k,n,tile_ops,post_ops,first_slice,last_slice,start_cycle,end_cycle,"
        "cycles,macs,"
        "utilization_pct,energy_pj\n?,\"a,\nb\",two,Add,0,0,0,0,0,0,0,0,1,1,0,0.0,unknown\n";
    const json later = data_of(files).at("layers");
    CHECK(later.at("layer") == json({"a,\nb"}));
    CHECK(later.at("energy_pj") == json({nullptr}));
    CHECK_FALSE(later.contains("future"));
}

TEST_CASE("a folder that no run left is refused") {
    CHECK_THROWS_WITH(RunFolder("/nowhere/at/all"),
                      "/nowhere/at/all: found no such folder, allowed one that sosa run wrote");
    for (const char* file : {"summary.json", "effective_config.json", "manifest.json", "counters.json",
                             "layers.csv", "energy.csv"}) {
        auto files = small_run();
        files.erase(file);
        const TempFolder folder;
        write_run(folder, files);
        CHECK_THROWS_WITH(RunFolder(folder.path()), folder.path().string() + ": found no " + file +
                                                        ", allowed a folder that sosa run wrote");
    }
}

TEST_CASE("files cut short are refused with the line") {
    CHECK(refusal("layers.csv", ",64,20.000\n", ",64,20.0") ==
          "layers.csv: line 3: found the end of the file inside a line, allowed whole lines");
    CHECK(refusal("layers.csv", ",64,20.000\n", "\n") ==
          "layers.csv: line 3: found 13 fields, allowed the 15 of the first line");
    CHECK(refusal("energy.csv", "nobody knows\n", "\"nobody") ==
          "energy.csv: line 5: found a quote that nothing closes, allowed \"...\"");
    CHECK(refusal("energy.csv", ",nobody", ",\"nobody\"") ==
          "energy.csv: line 5: found text behind a closing quote, allowed a comma or the end of the line");
    auto files = small_run();
    files["power.csv"] = "";
    CHECK(refusal(files) == "power.csv: line 1: found nothing, allowed a line that names the columns");
    files["power.csv"] = "start_ns,end_ns\n";
    CHECK(refusal(files) == "power.csv: line 1: found no column \"pods_w\", which is needed");
    CHECK(refusal("summary.json", "\"slices\": 3}", "").rfind("summary.json: line 1, column ", 0) == 0);
}

TEST_CASE("values that cannot be are refused with line and column") {
    CHECK(refusal("layers.csv", "40.000", "nan") ==
          "layers.csv: line 2: utilization_pct: found \"nan\", allowed a number or unknown");
    CHECK(refusal("power.csv", "6.9", "inf") ==
          "power.csv: line 2: total_w: found \"inf\", allowed a number or unknown");
    CHECK(refusal("power.csv", "6.9", "") ==
          "power.csv: line 2: total_w: found \"\", allowed a number or unknown");
    CHECK(refusal("occupancy.csv", "\n1,0", "\n2,0") ==
          "occupancy.csv: line 4: pod: found \"2\", allowed 0 to 1");
    CHECK(refusal("occupancy.csv", "0,1,2,1", "0,2,2,1") ==
          "occupancy.csv: line 3: layer: found \"2\", allowed 0 to 1");
    CHECK(refusal("occupancy.csv", "0,1,2,1", "0,1,0,1") ==
          "occupancy.csv: line 3: first_slice: found \"0\", allowed at least 1, the end of the pod's work "
          "before");
    CHECK(refusal("occupancy.csv", "0,1,2,1", "0,1,99999999999999999999,1") ==
          "occupancy.csv: line 3: first_slice: found \"99999999999999999999\", allowed 0 to 16777216");
    CHECK(refusal("occupancy.csv", "0,1,2,1", "0,1,-2,1") ==
          "occupancy.csv: line 3: first_slice: found \"-2\", allowed 0 to 16777216");
    CHECK(refusal("slices.csv", "\n1,10", "\n3,10") ==
          "slices.csv: line 3: slice: found \"3\", allowed 1, the next slice");
    CHECK(refusal("summary.json", "3}", "-3}") == "summary.json: slices: found -3, allowed 0 to 16777216");
    CHECK(refusal("summary.json", "\"two\"", "2") ==
          "summary.json: workload: found another type, allowed a name");
    CHECK(refusal("counters.json", "[12]", "[]") ==
          "counters.json: networks: found a row of another length, x_stage1, allowed columns and rows of as "
          "many numbers");
    CHECK(refusal("effective_config.json", "\"count\": 2", "\"count\": 0") ==
          "effective_config.json:1: \"pods.count\": found 0, allowed is an integer from 1 to 4096");
}

TEST_CASE("an energy that is not its count times its price is refused") {
    CHECK(refusal("energy.csv", ",7.5,", ",7.6,") ==
          "energy.csv: line 4: energy_pj: found \"7.6\", allowed count * pj_each");
    CHECK(refusal("energy.csv", "unknown,unknown", "unknown,0") ==
          "energy.csv: line 5: energy_pj: found \"0\", allowed count * pj_each");
    CHECK(
        refusal("energy.csv", "\npods", "\npo\x1b[31mds") ==
        "energy.csv: line 2: component: found \"po\\u001b[31mds\", allowed text without control characters");
}

}  // namespace sosa::tests
