#include "host/gen_params.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <iostream>
#include <sstream>

#include "hw/registers.h"
#include "sc_tests/unit/temp_folder.h"
#include "traces/error.h"
#include "traces/files.h"

namespace {
using sosa::UsageError;
using sosa::host::c_parameters;
using sosa::host::gen_params_command;
using sosa::host::sv_parameters;
using sosa::hw::load_config;
using sosa::tests::TempFolder;
using Words = std::vector<std::string>;

// The lines of a text, each without its comment.
Words lines_of(const std::string& text) {
    Words lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        const auto comment = std::min(line.find("  //"), line.find("  /*"));
        lines.push_back(line.substr(0, comment));
    }
    return lines;
}

bool has(const Words& lines, const std::string& line) {
    return std::count(lines.begin(), lines.end(), line) == 1;
}

// What the command prints; it must return 0.
std::string printed(const Words& args) {
    std::ostringstream out;
    auto* const before = std::cout.rdbuf(out.rdbuf());
    int code = -1;
    try {
        code = gen_params_command(args);
    } catch (...) {
        std::cout.rdbuf(before);
        throw;
    }
    std::cout.rdbuf(before);
    CHECK(code == 0);
    return out.str();
}

void check_usage(const Words& args, const std::string& sentence) {
    INFO(sentence);
    CHECK_THROWS_AS(gen_params_command(args), UsageError);
    CHECK_THROWS_WITH(gen_params_command(args), sentence);
}
}  // namespace

TEST_CASE("the package of parameters holds every number of the configuration") {
    const auto config =
        load_config("sosa-256", {"pods.rows=20", "pods.cols=50", "pods.fanin_rows=8", "pods.psum_bits=24",
                                 "pods.psum_overflow=saturate", "pods.count=64", "banks.size=128KiB"});
    const Words expected = {
        "// Parameters of sosa-256 (butterfly-2), written by sosa gen-params; to change them, change the "
        "configuration.",
        "package sosa_params;",
        "    parameter int PODS = 64;",
        "    parameter int ROWS = 20;",
        "    parameter int COLS = 50;",
        "    parameter int MULTICAST_COLS = 16;",
        "    parameter int FANIN_ROWS = 8;",
        "    parameter int PSUM_BITS = 24;",
        "    parameter int SATURATE = 1;",
        "    parameter int ROW_GROUPS = 3;",          // 8 + 8 + 4
        "    parameter int COL_GROUPS = 4;",          // 16 + 16 + 16 + 2
        "    parameter int POD_LATENCY_CYCLES = 6;",  // 3 + 4 - 1
        "    parameter int BANK_BYTES = 131072;",
        "    parameter int NOC_STAGES = 7;",   // log2 64 + 1
        "    parameter int NOC_LINES = 128;",  // 64 * 2
        "    parameter int NOC_LATENCY_CYCLES = 8;",
        "    parameter int TILE_OFFSET_BITS = 24;",
        "    parameter int TILE_TAG_BITS = 24;",
        "    parameter int TILE_BANK_BITS = 16;",
        "endpackage",
    };
    CHECK(lines_of(sv_parameters(config)) == expected);
}

TEST_CASE("an array of one block has the latency of one register") {
    const Words lines = lines_of(sv_parameters(load_config("tiny", {})));  // 8 x 8, blocks of 16 x 16
    CHECK(has(lines, "    parameter int MULTICAST_COLS = 16;"));
    CHECK(has(lines, "    parameter int ROW_GROUPS = 1;"));
    CHECK(has(lines, "    parameter int COL_GROUPS = 1;"));
    CHECK(has(lines, "    parameter int POD_LATENCY_CYCLES = 1;"));
    CHECK(has(lines, "    parameter int SATURATE = 0;"));
}

TEST_CASE("the C header has the numbers of the package and every register") {
    const auto config = load_config("tiny", {});
    const Words package = lines_of(sv_parameters(config));
    const Words header = lines_of(c_parameters(config));
    std::size_t numbers = 0;
    for (const auto& line : package) {
        std::istringstream words(line);
        std::string parameter, type, name, equals, value;
        if (!(words >> parameter >> type >> name >> equals >> value) || parameter != "parameter") continue;
        value.pop_back();  // ;
        CHECK(has(header, "#define SOSA_" + name + " " + value));
        ++numbers;
    }
    CHECK(numbers == 17);

    std::size_t registers = 0;
    for (const auto& line : header) registers += line.rfind("#define SOSA_REG_", 0) == 0;
    CHECK(registers == sosa::hw::registers::table().size());
    CHECK(has(header, "#define SOSA_REG_ID 0x0"));
    CHECK(has(header, "#define SOSA_REG_DOORBELL 0x18"));
    CHECK(has(header, "#define SOSA_REG_CYCLES 0x100"));
    CHECK(has(header, "#define SOSA_REG_PROGRAM_WINDOW 0x10000000"));
    CHECK(has(header, "#define SOSA_ID_VALUE 0x534f5341"));
    CHECK(has(header, "#define SOSA_IRQ_FAULT 0x4"));
    CHECK(header.at(1) == "#ifndef SOSA_PARAMS_H");
    CHECK(header.back() == "#endif");
}

TEST_CASE("gen-params prints or writes the same text") {
    const TempFolder folder;
    const std::string file = (folder / "sosa_params.sv").string();
    const std::string text =
        printed({"--lang", "sv", "tiny", "--set", "pods.rows=5", "--set", "pods.cols=7"});
    CHECK(has(lines_of(text), "    parameter int ROWS = 5;"));
    CHECK(has(lines_of(text), "    parameter int COLS = 7;"));
    CHECK(printed({"--out", file, "--set=pods.rows=5", "--set=pods.cols=7", "tiny", "--lang=sv"}) == "");
    CHECK(sosa::traces::read_file(file) == text);
    CHECK(folder.entries() == 1);
    CHECK(printed({"--lang", "c", "tiny"}) == c_parameters(load_config("tiny", {})));
    CHECK(printed({"--help"}).rfind("Usage: sosa gen-params --lang sv|c CONFIG", 0) == 0);
}

TEST_CASE("gen-params refuses what it cannot do and says what is allowed") {
    check_usage({}, "gen-params: --lang: found nothing, allowed one of sv, c");
    check_usage({"--lang", "vhdl", "tiny"}, "gen-params: --lang: found \"vhdl\", allowed one of sv, c");
    check_usage({"--lang", "sv"}, "gen-params: found nothing, allowed one configuration, NAME|FILE");
    check_usage({"--lang", "sv", "tiny", "mono-512"},
                "gen-params: found \"tiny mono-512\", allowed one configuration, NAME|FILE");
    check_usage(
        {"--lng", "sv", "tiny"},
        "gen-params: found option \"--lng\" (did you mean \"--lang\"?), allowed are those that --help lists");
    check_usage({"--lang", "sv", "tiny", "--out", ""}, "gen-params: --out: found \"\", allowed a path");
    CHECK_THROWS_AS(gen_params_command({"--lang", "sv", "tinny"}), UsageError);
    CHECK_THROWS_AS(gen_params_command({"--lang", "sv", "tiny", "--set", "pods.rwos=3"}), UsageError);
    CHECK_THROWS_AS(gen_params_command({"--lang", "sv", "tiny", "--lang"}), UsageError);
    CHECK_THROWS_AS(gen_params_command({"--lang", "sv", "tiny", "--out", "/nonexistent/x"}), sosa::UserError);
}
