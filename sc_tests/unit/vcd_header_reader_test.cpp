#include "traces/vcd_header_reader.h"

#include <catch2/catch.hpp>
#include <sstream>

#include "sc_tests/unit/program_samples.h"
#include "sc_tests/unit/temp_folder.h"
#include "traces/files.h"
#include "traces/gtkw.h"
#include "traces/vcd.h"

namespace sosa::tests {

namespace {

std::vector<traces::VcdVariable> read(const std::string& text) {
    std::istringstream in(text);
    return traces::read_vcd_header(in, "F");
}

std::string verdict_on(const std::string& text) {
    return error_of([&] { read(text); });
}

}  // namespace

TEST_CASE("the header of a VCD gives names, kinds and widths") {
    std::istringstream in(
        "$date today $end $version some tool $end\n$timescale 1ps $end\n"
        "$scope module top $end\n$var wire 3 ! state [2:0] $end\n$comment state: 0=idle $end\n"
        "$scope begin inner $end $var real 64 \" power $end $upscope $end\n"
        "$var reg 1 # $end_is_not_this $end $upscope $end\n$var wire 8 $ bus[7:0] $end\n"
        "$enddefinitions $end\n#0\n");
    const auto variables = traces::read_vcd_header(in, "F");
    REQUIRE(variables.size() == 4);
    CHECK(traces::names_of(variables) ==
          std::vector<std::string>{"top.state[2:0]", "top.inner.power", "top.$end_is_not_this", "bus[7:0]"});
    CHECK(variables[0].kind == "wire");
    CHECK(variables[0].width == 3);
    CHECK(variables[1].kind == "real");
    CHECK(variables[1].width == 64);
    CHECK(variables[2].kind == "reg");
    std::string next;
    in >> next;
    CHECK(next == "#0");  // no further
}

TEST_CASE("what our traces declare is read back") {
    const TempFolder folder;
    traces::Vcd vcd({folder / "t.vcd", "sosa", {"sosa.pods.*", "sosa.power"}});
    vcd.integer("pods.pod0", "state", 2, "0=idle 1=load");
    vcd.integer("scheduler", "state", 2);  // matches no glob
    vcd.integer("pods.pod0", "valid", 1);
    vcd.real("power", "total", "in W, not in $end");
    vcd.start();
    std::vector<std::string> names;
    for (const auto& signal : vcd.signals()) names.push_back(traces::wave_name("sosa", signal));
    vcd.finish();
    std::istringstream in(traces::read_file(folder / "t.vcd"));
    CHECK(traces::names_of(traces::read_vcd_header(in, "t.vcd")) == names);
    CHECK(names ==
          std::vector<std::string>{"sosa.pods.pod0.state[1:0]", "sosa.pods.pod0.valid", "sosa.power.total"});
}

TEST_CASE("what is no VCD header is refused") {
    const std::string is_not = "F: not a VCD header: ";
    CHECK(verdict_on("") == is_not + "it ends before $enddefinitions");
    CHECK(verdict_on("$scope module a $end") == is_not + "it ends before $enddefinitions");
    CHECK(verdict_on("$scope module a $end $enddefinitions $end") == is_not + "the scope a. has no $upscope");
    CHECK(verdict_on("$upscope $end") == is_not + "an $upscope without $scope");
    CHECK(verdict_on("$scope a $end") == is_not + "a $scope that is not of a kind and a name");
    CHECK(verdict_on("hello $end") == is_not + "\"hello\" where a keyword such as $scope was expected");
    CHECK(verdict_on("$var wire 3 ! $end") ==
          is_not + "a $var that is not of kind, width, code, name and range");
    for (const char* width : {"0", "-1", "3x", "99999999999999999999", "1048577", ""})
        CHECK(verdict_on("$var wire " + std::string(width) + " ! a [1:0] $end").rfind(is_not, 0) == 0);
    CHECK(verdict_on("$var wire 1048576 ! a $end $enddefinitions $end").empty());
}

TEST_CASE("a header cannot fill the memory") {
    std::string nested;
    for (int i = 0; i < 100; ++i) nested += "$scope module s $end ";
    CHECK(verdict_on(nested).find("ends before") != std::string::npos);
    CHECK(verdict_on(nested + "$scope module s $end").find("more than 100 nested scopes") !=
          std::string::npos);
    CHECK(verdict_on("$comment " + std::string(5000, 'x') + " $end").find("a word of more than 4096 bytes") !=
          std::string::npos);
    std::string words = "$comment";
    for (int i = 0; i < 100'000; ++i) words += " word";
    CHECK(read(words + " $end $enddefinitions $end").empty());
}

}  // namespace sosa::tests
