#include "traces/energy.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "sc_tests/unit/aborts.h"
#include "sc_tests/unit/temp_folder.h"
#include "traces/error.h"

using nlohmann::json;
using sosa::UserError;
using sosa::traces::embedded_energy_tables;
using sosa::traces::EnergyRow;
using sosa::traces::EnergyTable;
using sosa::traces::load_energy_table;
using sosa::traces::parse_energy_table;
using sosa::traces::peak_power;
using sosa::traces::PeakPower;
using sosa::traces::total_pj;
using sosa::traces::write_energy_csv;

namespace {
std::string paper_text() { return std::string(embedded_energy_tables().at(0).second); }

std::string error_of(const std::string& text) {
    try {
        parse_energy_table(text, "t.json");
    } catch (const UserError& error) {
        return error.what();
    }
    return "no error";
}

// The error for the paper's table (on one line) with one change.
template <class Change>
std::string error_after(Change change) {
    json table = json::parse(paper_text());
    change(table);
    return error_of(table.dump());
}
}  // namespace

TEST_CASE("the paper's energy table") {
    const EnergyTable t = load_energy_table("paper-28nm");
    CHECK(t.name == "paper-28nm");
    CHECK(t.mac_pj == 0.4);
    CHECK(t.noc_byte_pj == 0.02875);
    CHECK_FALSE(t.dram_byte_pj);
    CHECK(t.dram_source == "The paper gives none; left out of the totals.");
    for (const auto& source : {t.mac_source, t.sram_source, t.noc_source}) CHECK(source.size() > 20);
}

TEST_CASE("SRAM energy is that of the smallest macro that is large enough") {
    const EnergyTable t = load_energy_table("paper-28nm");
    CHECK(t.sram_byte_pj(1) == 1.1);
    CHECK(t.sram_byte_pj(65536) == 1.1);
    CHECK(t.sram_byte_pj(65537) == 1.6);
    CHECK(t.sram_byte_pj(131072) == 1.6);
    CHECK(t.sram_byte_pj(262144) == 2.7);
    CHECK(t.sram_byte_pj(262145) == 4.1);
    CHECK(t.sram_byte_pj(524288) == 4.1);
    CHECK(t.sram_byte_pj(1u << 30) == 4.1);
}

TEST_CASE("peak power is that of the paper's seven designs") {
    struct Design {
        std::uint32_t rows, cols, pods;
        double stages, watts;  // stages: n = ceil(log2 pods)
    };
    const EnergyTable t = load_energy_table("paper-28nm");
    for (const Design& d :
         {Design{512, 512, 1, 0, 113.2}, Design{256, 256, 8, 3, 245.0}, Design{128, 128, 32, 5, 283.1},
          Design{64, 64, 128, 7, 362.2}, Design{32, 32, 256, 8, 260.2}, Design{20, 32, 256, 8, 211.1},
          Design{16, 16, 512, 9, 210.6}}) {
        const double butterfly2 = 2.0 * d.pods * d.stages;
        const PeakPower p = peak_power(t, d.rows, d.cols, d.pods, butterfly2, 262144, 1e9);
        INFO(d.pods << " pods of " << d.rows << "x" << d.cols);
        CHECK(p.total() == Approx(d.watts).margin(0.0501).epsilon(0));
    }
}

TEST_CASE("peak power by part follows table and clock") {
    EnergyTable t = load_energy_table("paper-28nm");
    const auto power = [&](double hz) { return peak_power(t, 32, 32, 256, 2.0 * 256 * 8, 262144, hz); };
    CHECK(power(1e9).pods_w == Approx(32 * 32 * 256 * 0.4e-3));
    CHECK(power(1e9).sram_w == Approx((32 + 5 * 32) * 256 * 2.7e-3));
    CHECK(power(1e9).noc_w == Approx(2.875e-5 * 4096 * (32 + 5 * 32)));  // the paper's formula as it stands
    CHECK(power(5e8).total() == Approx(power(1e9).total() / 2));
    const double before = power(1e9).noc_w;
    t.noc_byte_pj *= 3;
    CHECK(power(1e9).noc_w == Approx(3 * before));
    CHECK(peak_power(t, 512, 512, 1, 5, 262144, 1e9).noc_w == 0);
}

TEST_CASE("energy rows are added up and what is not known stays so") {
    const std::vector<EnergyRow> rows = {{"pods", "macs", 10, 0.4, "a source"},
                                         {"dram", "read_bytes", 1e15, std::nullopt, "none, \"yet\""},
                                         {"x\ny", "n", 2.5, 0.0, ""}};
    CHECK(total_pj(rows) == 4.0);
    CHECK(total_pj({}) == 0.0);
    std::ostringstream out;
    write_energy_csv(rows, out);
    CHECK(out.str() ==
          "component,counter,count,pj_each,energy_pj,source\n"
          "pods,macs,10,0.4,4,a source\n"
          "dram,read_bytes,1000000000000000,unknown,unknown,\"none, \"\"yet\"\"\"\n"
          "\"x\ny\",n,2.5,0,0,\n");
    CHECK(sosa::tests::aborts([&] { write_energy_csv({{"a", "b", -1, 1.0, ""}}, out); }));
}

TEST_CASE("an energy table that lacks keys or has others lists them all") {
    const std::string error = error_of(R"({
  "name": "x", "description": "y", "colour": 3,
  "mac": {"value": 1, "unit": "pJ/MAC", "sorce": "s"},
  "noc_byte": 3,
  "sram_byte": {"unit": "pJ/B", "source": "s", "macros": [{"size": "64KiB"}]}
})");
    CHECK(
        error ==
        "t.json: line 2: colour is an unknown key (allowed: name, description, mac, sram_byte, noc_byte, "
        "dram_byte); line 1: the table lacks the key dram_byte; line 3: mac.sorce is an unknown key (did you "
        "mean source?); line 3: mac lacks the key source; line 4: noc_byte is no object, but needs the keys "
        "value, "
        "unit, source; line 5: sram_byte.macros.0 lacks the key value");
    CHECK(error_of("[]") ==
          "t.json: line 1: the table is no object, but needs the keys name, description, mac, sram_byte, "
          "noc_byte, "
          "dram_byte");
}

TEST_CASE("an energy table with a wrong value says where") {
    CHECK(error_after([](json&) {}) == "no error");
    CHECK(error_after([](json& t) { t["dram_byte"]["value"] = 12.5; }) == "no error");
    CHECK(error_after([](json& t) { t["mac"]["value"] = -0.1; }) ==
          "t.json: line 1: mac.value is -0.1, but must be a number of pJ that is not negative");
    CHECK(error_after([](json& t) { t["mac"]["value"] = nullptr; }) ==
          "t.json: line 1: mac.value is null, but must be a number of pJ that is not negative");
    CHECK(error_after([](json& t) { t["dram_byte"]["value"] = "0"; }) ==
          "t.json: line 1: dram_byte.value is \"0\", but must be a number of pJ that is not negative, or "
          "null if not "
          "known");
    CHECK(error_after([](json& t) { t["mac"]["unit"] = "fJ/MAC"; }) ==
          "t.json: line 1: mac.unit is \"fJ/MAC\", but must be \"pJ/MAC\"");
    CHECK(error_after([](json& t) { t["noc_byte"]["source"] = ""; }) ==
          "t.json: line 1: noc_byte.source is \"\", but must be a text that is not empty");
    for (const char* bad :
         {"64", "KiB", "64kib", "0KiB", "-1KiB", "64 KiB", "99999999999999999999KiB", "9999999MiB"})
        CHECK(error_after([&](json& t) { t["sram_byte"]["macros"][0]["size"] = bad; }) ==
              "t.json: line 1: sram_byte.macros.0.size is \"" + std::string(bad) +
                  "\", but must be a size such as \"256KiB\"");
    CHECK(error_after([](json& t) { t["sram_byte"]["macros"][1]["size"] = "64KiB"; }) ==
          "t.json: line 1: sram_byte.macros.1.size is \"64KiB\", but sizes must rise from one macro to the "
          "next");
    CHECK(error_after([](json& t) { t["sram_byte"]["macros"] = json::array(); }) ==
          "t.json: line 1: sram_byte.macros must be a list of {\"size\", \"value\"}, at least one");
}

TEST_CASE("an energy table with a number that is not finite is refused") {
    std::string text = paper_text();
    text.replace(text.find("0.4,"), 3, "1e999");
    CHECK_THAT(error_of(text), Catch::Contains("t.json: line 5, ") && Catch::Contains("1e999"));
}

TEST_CASE("an energy table is found by name or path") {
    const sosa::tests::TempFolder folder;
    std::string text = paper_text();
    text.replace(text.find("null"), 4, "20.5");
    const auto path = folder / "mine.json";
    std::ofstream(path) << text;
    CHECK(load_energy_table(path.string()).dram_byte_pj == 20.5);
    CHECK_THROWS_WITH(
        load_energy_table("paper-28m"),
        "energy table \"paper-28m\" is not known (did you mean paper-28nm?); there are paper-28nm, or "
        "give the path of a .json file");
    CHECK_THROWS_AS(load_energy_table(""), UserError);
    CHECK_THROWS_WITH(load_energy_table("none.json"), Catch::StartsWith("none.json: cannot be opened"));
}
