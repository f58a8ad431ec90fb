#include "host/scalesim_config.h"

#include <catch2/catch.hpp>
#include <sstream>

#include "sc_tests/unit/temp_folder.h"
#include "traces/error.h"
#include "traces/files.h"

namespace {
using sosa::host::import_scalesim_config;
using sosa::hw::Config;
using Lines = std::vector<std::string>;

// The keys of configs/scale.cfg of SCALE-Sim v2 (github.com/scalesim-project/scale-sim-v2), in its layout.
const std::string kScale =
    "[general]\n"
    "run_name = run_32x16_os\n"
    "\n"
    "[architecture_presets]\n"
    "ArrayHeight:    32\n"
    "ArrayWidth:     16\n"
    "IfmapSramSzkB:   64\n"
    "FilterSramSzkB:  64\n"
    "OfmapSramSzkB:   64\n"
    "IfmapOffset:    0\n"
    "FilterOffset:   10000000\n"
    "OfmapOffset:    20000000\n"
    "Bandwidth : 64\n"
    "Dataflow : os\n"
    "MemoryBanks:   1\n"
    "\n"
    "[sparsity]\n"
    "SparsitySupport : false\n"
    "\n"
    "[run_presets]\n"
    "InterfaceBandwidth: USER \n";

struct Imported {
    Config config;
    Lines notices;
};
Imported imported(const std::string& text) {
    Imported result;
    result.config = import_scalesim_config(text, "dir/s.cfg", result.notices);
    return result;
}

// kScale with one piece replaced.
std::string with(const std::string& piece, const std::string& other) {
    std::string text = kScale;
    REQUIRE(text.find(piece) != std::string::npos);
    return text.replace(text.find(piece), piece.size(), other);
}

std::string error_of(const std::string& text) {
    Lines notices;
    try {
        import_scalesim_config(text, "s.cfg", notices);
    } catch (const sosa::UserError& error) {
        return error.what();
    }
    return "no error";
}

std::string line_error(const std::string& piece, const std::string& other) {
    return error_of(with(piece, other));
}
}  // namespace

TEST_CASE("a config of SCALE-Sim is one pod with its memories") {
    const auto [config, notices] = imported(kScale);
    CHECK(config.name == "run_32x16_os");
    CHECK(config.clock_hz == 1e9);
    CHECK(config.pods.count == 1);
    CHECK(config.pods.rows == 32);
    CHECK(config.pods.cols == 16);
    CHECK(config.pods.multicast_cols == 1);
    CHECK(config.pods.fanin_rows == 1);
    CHECK(config.banks.size_bytes == 64 * 1024);
    CHECK(config.dram.bandwidth_bytes_per_s == 64e9);
    CHECK(config.tiling.partition_rows == 512);  // 64 KiB / 4 / 32, of X and of 16-bit partial sums
    CHECK(notices ==
          Lines{"dir/s.cfg: line 13: \"Bandwidth\" \"64\": dram.bandwidth is 64GB/s, 64 words of a byte a "
                "cycle of 1GHz; SCALE-Sim gives as much to each of its three buffers",
                "dir/s.cfg: line 14: \"Dataflow\" os: the arrays are weight-stationary (ws) all the same",
                "dir/s.cfg: tiling.partition is 512 rows, of which a bank holds 4 tiles; SCALE-Sim streams a "
                "layer's rows in one go",
                "dir/s.cfg: not used: \"IfmapOffset\", \"FilterOffset\", \"OfmapOffset\", \"MemoryBanks\", "
                "\"SparsitySupport\""});
}

TEST_CASE("what became of a config of SCALE-Sim reads back") {
    const sosa::tests::TempFolder folder;
    const auto file = folder / "s.json";
    const Config config = imported(kScale).config;
    sosa::traces::write_file(file, [&](std::ostream& out) { write_config(config, out); });
    std::ostringstream first, second;
    write_config(config, first);
    write_config(sosa::hw::load_config(file.string(), {}), second);
    CHECK(first.str() == second.str());
}

TEST_CASE("arrays that the memories of a SCALE-Sim config cannot fill are refused") {
    std::string text = with("ArrayHeight:    32", "ArrayHeight:    1024");
    CHECK(error_of(text) == "no error");
    text.replace(text.find("ArrayWidth:     16"), 18, "ArrayWidth:     65");
    CHECK(error_of(text) ==
          "s.cfg: as a config: \"banks.size\": found 64KiB, allowed is at least 65KiB so that a bank holds "
          "one W tile of pods.rows x pods.cols = 1024 x 65 values of 8 bits");
}

TEST_CASE("weight-stationary configs of SCALE-Sim need no notice of the dataflow") {
    const auto notices = imported(with("Dataflow : os", "Dataflow : ws")).notices;
    REQUIRE(notices.size() == 3);
    for (const auto& notice : notices) CHECK_THAT(notice, !Catch::Contains("Dataflow"));
    CHECK_THAT(imported(with("Dataflow : os", "Dataflow : is")).notices[1],
               Catch::Contains("\"Dataflow\" is: "));
}

TEST_CASE("banks take the largest memory of a SCALE-Sim config") {
    const auto [config, notices] = imported(with("OfmapSramSzkB:   64", "OfmapSramSzkB:   2048"));
    CHECK(config.banks.size_bytes == 2048 * 1024);
    CHECK(config.tiling.partition_rows == 16'384);
    CHECK(notices[0] ==
          "dir/s.cfg: IfmapSramSzkB 64, FilterSramSzkB 64, OfmapSramSzkB 2048: banks of X, W and P are of "
          "one size, the largest, 2MiB");
}

TEST_CASE("a tile of partial sums bounds the partition of a wide array") {
    CHECK(imported(with("ArrayWidth:     16", "ArrayWidth:     128")).config.tiling.partition_rows == 64);
}

TEST_CASE("without a bandwidth of the user SCALE-Sim never waits") {
    const auto [config, notices] = imported(with("USER", "CALC"));
    CHECK(config.dram.bandwidth_bytes_per_s == 1024.0 * 1024 * 1024 * 1024 * 1024);
    CHECK(notices[0] ==
          "dir/s.cfg: without \"InterfaceBandwidth: USER\" SCALE-Sim never waits for DRAM: dram.bandwidth "
          "is 1024TiB/s");
    CHECK_THAT(notices.back(), Catch::Contains("\"OfmapOffset\", \"Bandwidth\", \"MemoryBanks\""));
    CHECK(imported(with("InterfaceBandwidth: USER", "")).config.dram.bandwidth_bytes_per_s ==
          config.dram.bandwidth_bytes_per_s);
}

TEST_CASE("the first of several bandwidths counts as in SCALE-Sim") {
    CHECK(imported(with("Bandwidth : 64", "Bandwidth : 10 ,20")).config.dram.bandwidth_bytes_per_s == 10e9);
}

// configs/scale.cfg of the first version, github.com/ARM-software/SCALE-Sim: fewer keys, a name in quotes.
TEST_CASE("configs of the first SCALE-Sim are read") {
    const auto [config, notices] = imported(
        "[general]\nrun_name = \"MLPERF_32x32_os\"\n[architecture_presets]\nArrayHeight:    32\nArrayWidth: "
        "32\nIfmapSramSz:    512\nFilterSramSz:   512\nOfmapSramSz:    256\nDataflow:       os\n");
    CHECK(config.name == "MLPERF_32x32_os");
    CHECK(config.banks.size_bytes == 512 * 1024);
    REQUIRE(notices.size() == 4);
    CHECK_THAT(notices[0], Catch::Contains("IfmapSramSz 512, FilterSramSz 512, OfmapSramSz 256: "));
}

TEST_CASE("names that cannot name a folder are changed and told") {
    const auto [config, notices] = imported(with("run_32x16_os", "../my run"));
    CHECK(config.name == "_._my_run");
    CHECK(notices[0] ==
          "dir/s.cfg: line 2: \"run_name\" \"../my run\" read as _._my_run, as a name has letters, digits, "
          "\".\", \"_\" and \"-\" only");
    CHECK(imported(with("run_32x16_os", std::string(70, 'n'))).config.name == std::string(64, 'n'));
    CHECK_THAT(line_error("run_32x16_os", "\"\""),
               Catch::StartsWith("s.cfg: line 2: \"run_name\": found \"\\\"\\\"\", allowed 1 to 64 letters"));
}

TEST_CASE("keys are read in any case and with either sign") {
    const auto [config, notices] = imported(
        "\xEF\xBB\xBF# of mine\r\n[General]\r\nRUN_NAME=x\r\n; more\r\n[ARCHITECTURE_PRESETS]\r\narrayheight "
        "= 7\r\n\tarraywidth: 5\rifmapsramszkb=1\nfiltersramszkb=1\nofmapsramszkb=1\ndataflow=ws\n"
        "bandwidth=3\n[run_presets]\ninterfacebandwidth=USER");
    CHECK(config.name == "x");
    CHECK(config.pods.rows == 7);
    CHECK(config.pods.cols == 5);
    CHECK(config.banks.size_bytes == 1024);
    CHECK(config.dram.bandwidth_bytes_per_s == 3e9);
    CHECK(notices.size() == 2);
}

TEST_CASE("all that is wrong with a config of SCALE-Sim is told at once") {
    CHECK(error_of("") ==
          "s.cfg: section [general]: found no \"run_name\", allowed a name; section [architecture_presets]: "
          "found no \"ArrayHeight\", allowed an integer 1..1024; section [architecture_presets]: found no "
          "\"ArrayWidth\", allowed an integer 1..1024; section [architecture_presets]: found no "
          "\"IfmapSramSzkB\", allowed an integer 1..1048576; section [architecture_presets]: found no "
          "\"FilterSramSzkB\", allowed an integer 1..1048576; section [architecture_presets]: found no "
          "\"OfmapSramSzkB\", allowed an integer 1..1048576; section [architecture_presets]: found no "
          "\"Dataflow\", allowed os, ws, is");
    std::string text = with("ArrayHeight:    32", "ArrayHeight:    1025");
    text.replace(text.find("Dataflow : os"), 13, "Dataflow : OS");
    CHECK(error_of(text) ==
          "s.cfg: line 5: \"ArrayHeight\": found \"1025\", allowed an integer 1..1024; line 14: "
          "\"Dataflow\": found \"OS\", allowed os, ws, is");
    CHECK(line_error("Bandwidth : 64", "") ==
          "s.cfg: section [architecture_presets]: found no \"Bandwidth\", allowed an integer 1..1000000, or "
          "some with commas");
}

TEST_CASE("values that a config of SCALE-Sim cannot have are refused") {
    for (const std::string value : {"0", "-3", "1.5", "", "x", "99999999999999999999", "32 # rows"})
        CHECK(line_error("ArrayHeight:    32", "ArrayHeight: " + value) ==
              "s.cfg: line 5: \"ArrayHeight\": found \"" + value + "\", allowed an integer 1..1024");
    CHECK(line_error("Bandwidth : 64", "Bandwidth : ,64") ==
          "s.cfg: line 13: \"Bandwidth\": found \",64\", allowed an integer 1..1000000, or some with commas");
    CHECK(line_error("USER", "user") ==
          "s.cfg: line 21: \"InterfaceBandwidth\": found \"user\", allowed USER, CALC");
    CHECK(line_error("IfmapSramSzkB:   64", "IfmapSramSzkB: 1048577") ==
          "s.cfg: line 7: \"IfmapSramSzkB\": found \"1048577\", allowed an integer 1..1048576");
    CHECK(line_error("IfmapSramSzkB:   64", "IfmapSramSzkB: 1048576") == "no error");
}

TEST_CASE("lines that a config of SCALE-Sim cannot have are refused") {
    CHECK(line_error("Dataflow : os", "Dataflow os") ==
          "s.cfg: line 14: found \"Dataflow os\", allowed [section], KEY: VALUE or KEY = VALUE");
    CHECK(error_of("a = 1\n") == "s.cfg: line 1: found \"a = 1\", allowed a [section] first");
    CHECK(error_of("[]\na = 1\n") == "s.cfg: line 2: found \"a = 1\", allowed a [section] first");
    CHECK(error_of("[a]\n=1\n") ==
          "s.cfg: line 2: found \"=1\", allowed [section], KEY: VALUE or KEY = VALUE");
    CHECK(line_error("MemoryBanks:   1", "arraywidth = 3") ==
          "s.cfg: line 15: found \"arraywidth\" again, allowed once, as on line 6");
    CHECK(error_of(std::string(65'537, '\n')) == "s.cfg: found 65537 bytes, allowed at most 65536");
    for (std::size_t size = 0; size < kScale.size(); size += 5)
        CHECK_THAT(error_of(kScale.substr(0, size)),
                   Catch::StartsWith("s.cfg: ") || Catch::Equals("no error"));
    CHECK_THAT(error_of("[general]\n\x01\xff = 3\n"), Catch::StartsWith("s.cfg: section [general]: "));
}
