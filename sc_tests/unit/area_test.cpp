#include "traces/area.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "sc_tests/unit/temp_folder.h"
#include "traces/error.h"

using nlohmann::json;
using sosa::UserError;
using sosa::traces::AreaBasis;
using sosa::traces::AreaTable;
using sosa::traces::chip_area;
using sosa::traces::ChipArea;
using sosa::traces::ChipShape;
using sosa::traces::load_area_table;
using sosa::traces::parse_area_table;

namespace {

std::string table_text() { return std::string(sosa::traces::embedded_area_tables().at(0).second); }

AreaTable table_after(const std::function<void(json&)>& change) {
    json table = json::parse(table_text());
    change(table);
    return parse_area_table(table.dump(), "t.json");
}

std::string error_of(const std::string& text) {
    try {
        parse_area_table(text, "t.json");
    } catch (const UserError& error) {
        return error.what();
    }
    return "no error";
}

std::string error_after(const std::function<void(json&)>& change) {
    json table = json::parse(table_text());
    change(table);
    return error_of(table.dump());
}

// The paper's baseline on a Butterfly-2: coefficient 2 * 256 * 8.
ChipShape baseline() { return {256, 32, 32, 16, 32, 3 * 256, 256 * 1024, 4096}; }

}  // namespace

TEST_CASE("the shipped area table says where each number is from") {
    const AreaTable t = load_area_table("published-28nm");
    CHECK(t.name == "published-28nm");
    CHECK(t.pod_mm2.value == 0.492);
    CHECK(t.pod_rows == 32);
    CHECK(t.pod_cols == 32);
    CHECK(t.pod_mm2.basis == AreaBasis::published);
    CHECK(t.sram_kib_mm2.value == 0.00132);
    CHECK(t.noc_bit_um2.value == 1.22);
    CHECK(t.post_lane_mm2.value == 0.00048);
    for (const auto* figure : {&t.sram_kib_mm2, &t.noc_bit_um2, &t.post_lane_mm2}) {
        CHECK(figure->basis == AreaBasis::estimate);
        CHECK(figure->source.size() > 40);
    }
    CHECK(t.pod_scaling.substr(0, 10) == "Assumption");
    // The numbers that were worked out from those in their sources.
    CHECK(1024 * 8 / (5.92 * 1024 * 1024) == Approx(0.00132).epsilon(0.001));
    CHECK(1024 * 8 * 0.127e-6 == Approx(0.00104).epsilon(0.001));
    CHECK(0.29 * 331 / (24 * 1024) == Approx(0.0039).epsilon(0.002));
    CHECK(6.6e6 / (128.0 * 128 * 32) * (28.0 / 90) * (28.0 / 90) == Approx(1.22).epsilon(0.002));
    CHECK(0.492 / 1024 == Approx(0.00048).epsilon(0.002));
}

TEST_CASE("the area of the paper's baseline by part") {
    const ChipArea area = chip_area(load_area_table("published-28nm"), baseline());
    REQUIRE(area.parts.size() == 4);
    CHECK(area.parts[0].name == "pods");
    CHECK(*area.parts[0].mm2 == Approx(256 * 0.492));
    CHECK(area.parts[0].basis == AreaBasis::published);
    CHECK(area.parts[0].source == load_area_table("published-28nm").pod_mm2.source);
    CHECK(area.parts[1].name == "sram");
    CHECK(*area.parts[1].mm2 == Approx(768 * 256 * 0.00132));
    CHECK(area.parts[2].name == "noc");
    // x 32 B, w 32 B, and 64 B each of pin, pout, post_a, post_b, post_out: 384 B.
    CHECK(*area.parts[2].mm2 == Approx(4096 * 384 * 8 * 1.22e-6));
    CHECK(area.parts[3].name == "post_processors");
    CHECK(*area.parts[3].mm2 == Approx(256 * 32 * 0.00048));
    CHECK(*area.total_mm2() == Approx(125.952 + 259.52256 + 15.35115264 + 3.93216));
    CHECK(area.known_mm2() == *area.total_mm2());
    CHECK(area.basis() == AreaBasis::estimate);
    CHECK(area.unknown_parts().empty());
}

TEST_CASE("area follows each size of the chip") {
    const AreaTable t = load_area_table("published-28nm");
    const ChipArea base = chip_area(t, baseline());
    const auto ratios = [&](ChipShape shape) {
        const ChipArea other = chip_area(t, shape);
        std::vector<double> r;
        for (std::size_t i = 0; i < 4; ++i) r.push_back(*other.parts[i].mm2 / *base.parts[i].mm2);
        return r;
    };
    const auto after = [&](auto change) {
        ChipShape shape = baseline();
        change(shape);
        return ratios(shape);
    };
    using Catch::Matchers::Approx;
    using V = std::vector<double>;
    CHECK_THAT(after([](ChipShape& s) { s.pods = 64; }), Approx(V{0.25, 1, 1, 0.25}));
    CHECK_THAT(after([](ChipShape& s) { s.rows = 16; }), Approx(V{0.5, 1, 368.0 / 384, 1}));
    CHECK_THAT(after([](ChipShape& s) { s.cols = 64; }), Approx(V{2, 1, 736.0 / 384, 1}));
    CHECK_THAT(after([](ChipShape& s) { s.psum_bits = 32; }), Approx(V{1, 1, 704.0 / 384, 1}));
    CHECK_THAT(after([](ChipShape& s) { s.post_lanes = 8; }), Approx(V{1, 1, 1, 0.25}));
    CHECK_THAT(after([](ChipShape& s) { s.banks = 192; }), Approx(V{1, 0.25, 1, 1}));
    CHECK_THAT(after([](ChipShape& s) { s.bank_bytes = 1024; }), Approx(V{1, 1.0 / 256, 1, 1}));
    CHECK_THAT(after([](ChipShape& s) { s.noc_coefficient = 0; }), Approx(V{1, 1, 0, 1}));
}

TEST_CASE("a pod of another shape is an estimate and says what is assumed") {
    const AreaTable t = load_area_table("published-28nm");
    ChipShape shape = baseline();
    shape.rows = 20;
    const auto pods = chip_area(t, shape).parts[0];
    CHECK(*pods.mm2 == Approx(256 * 0.492 * 20 / 32));
    CHECK(pods.basis == AreaBasis::estimate);
    CHECK(pods.source == t.pod_mm2.source + " " + t.pod_scaling);
}

TEST_CASE("an area that is not known is never 0") {
    const AreaTable t = table_after([](json& j) {
        j["noc"]["value"] = nullptr;
        j["noc"]["basis"] = "unknown";
        j["noc"]["source"] = "No figure is published.";
        j["sram"]["basis"] = "lower bound";
    });
    const ChipArea area = chip_area(t, baseline());
    CHECK_FALSE(area.total_mm2());
    CHECK(area.basis() == AreaBasis::unknown);
    CHECK(area.known_mm2() == Approx(125.952 + 259.52256 + 3.93216));
    CHECK(area.unknown_parts() == std::vector<std::string>{"noc"});
    std::ostringstream out;
    write_area_csv(area, out);
    CHECK_THAT(out.str(), Catch::StartsWith("component,area_mm2,basis,source\npods,125.952,published,") &&
                              Catch::Contains("\nsram,259.52256,lower bound,") &&
                              Catch::Contains("\nnoc,unknown,unknown,No figure is published.\n") &&
                              Catch::Contains("\ntotal,unknown,unknown,\"Not in it: scheduler, DMA,"));
    ChipShape other = baseline();
    other.cols = 16;
    const AreaTable without_pod = table_after([](json& j) {
        j["pod"]["value"] = nullptr;
        j["pod"]["basis"] = "unknown";
    });
    CHECK(chip_area(without_pod, other).parts[0].basis == AreaBasis::unknown);
}

TEST_CASE("a total is worth what the weakest of its parts is") {
    const auto basis_with = [](const char* sram, const char* noc) {
        return chip_area(table_after([&](json& j) {
                             j["sram"]["basis"] = sram;
                             j["noc"]["basis"] = noc;
                             j["post_lane"]["basis"] = "published";
                         }),
                         baseline())
            .basis();
    };
    CHECK(basis_with("published", "published") == AreaBasis::published);
    CHECK(basis_with("lower bound", "published") == AreaBasis::lower_bound);
    CHECK(basis_with("published", "upper bound") == AreaBasis::upper_bound);
    CHECK(basis_with("lower bound", "upper bound") == AreaBasis::estimate);
    CHECK(basis_with("upper bound", "lower bound") == AreaBasis::estimate);
    CHECK(basis_with("estimate", "lower bound") == AreaBasis::estimate);
}

TEST_CASE("an area table with a wrong value says where") {
    CHECK(error_after([](json&) {}) == "no error");
    CHECK(error_after([](json& t) { t["pod"]["value"] = 0; }) ==
          "t.json: line 1: pod.value is 0, but must be a number of mm2 above 0, or null if not known");
    CHECK(
        error_after([](json& t) { t["sram"]["value"] = "1"; }) ==
        "t.json: line 1: sram.value is \"1\", but must be a number of mm2/KiB above 0, or null if not known");
    CHECK(error_after([](json& t) { t["noc"]["value"] = nullptr; }) ==
          "t.json: line 1: noc.basis is \"estimate\", but must be \"unknown\" as there is no value");
    CHECK(error_after([](json& t) { t["noc"]["basis"] = "unknown"; }) ==
          "t.json: line 1: noc.basis is \"unknown\", but there is a value: noc.value must be null then");
    CHECK(error_after([](json& t) { t["noc"]["basis"] = "guess"; }) ==
          "t.json: line 1: noc.basis is \"guess\", but must be published, lower bound, upper bound, estimate "
          "or "
          "unknown");
    CHECK(error_after([](json& t) { t["pod"]["unit"] = "um2"; }) ==
          "t.json: line 1: pod.unit is \"um2\", but must be \"mm2\"");
    for (const json& side : {json(0), json(-32), json(65537), json(1.5), json("32")})
        CHECK(error_after([&](json& t) { t["pod"]["rows"] = side; }) ==
              "t.json: line 1: pod.rows is " + side.dump() + ", but must be a whole number from 1 to 65536");
    CHECK(error_after([](json& t) { t["not_included"] = ""; }) ==
          "t.json: line 1: not_included is \"\", but must be a text that is not empty");
    CHECK(error_after([](json& t) { t.erase("noc"); }) == "t.json: line 1: the table lacks the key noc");
    CHECK(error_after([](json& t) { t["pod"] = json::array({1}); }) ==
          "t.json: line 1: pod is no object, but needs the keys value, unit, basis, source, rows, cols, "
          "scaling");
}

TEST_CASE("an area table is found by name or path") {
    const sosa::tests::TempFolder folder;
    std::string text = table_text();
    text.replace(text.find("0.492"), 5, "0.5");
    std::ofstream(folder / "mine.json") << text;
    CHECK(load_area_table((folder / "mine.json").string()).pod_mm2.value == 0.5);
    CHECK_THROWS_WITH(load_area_table("published-28"),
                      "area table \"published-28\" is not known (did you mean published-28nm?); there are "
                      "published-28nm, or give the path of a .json file");
    CHECK_THROWS_AS(load_area_table(""), UserError);
}
