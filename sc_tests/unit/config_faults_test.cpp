// The sentence for each wrong file and each wrong set.
#include "sc_tests/unit/config_samples.h"

namespace hw = sosa::hw;
using namespace sosa::tests::config;

TEST_CASE("config: JSON of a wrong type") {
    const std::string size_allowed =
        "allowed is a size from 64B to 1GiB such as \"256KiB\" (units B, KiB, MiB, GiB)";
    CHECK(file_error(with("banks.size", "262144")) ==
          "chip.json:1: \"banks.size\": found 262144, " + size_allowed);
    CHECK(file_error(with("banks.size", "\"262144\"")) ==
          "chip.json:1: \"banks.size\": found \"262144\", " + size_allowed);
    CHECK(file_error(with("dram.bandwidth", "1200")) ==
          "chip.json:1: \"dram.bandwidth\": found 1200, allowed is a bandwidth above 0 to 1024TiB/s such as "
          "\"1200GiB/s\" (units B/s, KiB/s, MiB/s, GiB/s, TiB/s, GB/s)");
    CHECK(
        file_error(with("clock", "1e9")) ==
        "chip.json:1: \"clock\": found 1000000000.0, allowed is a clock from 1MHz to 100GHz such as \"1GHz\" "
        "(units Hz, kHz, MHz, GHz)");
    CHECK(file_error(with("dram.latency", "0")) ==
          "chip.json:1: \"dram.latency\": found 0, allowed is a time from 0ns to 1ms such as \"0ns\" (units "
          "ns, ps, "
          "us, ms)");
    CHECK(file_error(with("power.tdp", "400")) ==
          "chip.json:1: \"power.tdp\": found 400, allowed is a power above 0 such as \"400W\" (units W, mW, "
          "kW)");
    for (const char* bad :
         {"\"256\"", "256.0", "2.5e2", "-1", "1e40", "true", "null", "[256]", "{\"a\": 1}", "{}"})
        CHECK(file_error(with("pods.count", bad)).find("\"pods.count\": found ") != std::string::npos);
    for (const char* bad : {"\"32\"", "32.0", "-1", "0", "\"Rows\"", "null", "true"})
        CHECK(file_error(with("tiling.partition", bad))
                  .find("allowed is \"rows\", \"none\" or an integer from 1 to 1000000") !=
              std::string::npos);
    for (const char* bad : {"1", "null", "[]", "{}", "true"}) {
        CHECK(file_error(with("noc.topology", bad)).find("\"noc.topology\": found ") != std::string::npos);
        CHECK(file_error(with("name", bad)).find("\"name\": found ") != std::string::npos);
        CHECK(file_error(with("power.energy_table", bad)).find("\"power.energy_table\": found ") !=
              std::string::npos);
    }
}

TEST_CASE("config: a wrong value is named with its line") {
    CHECK(file_error(
              "{\n  \"name\": \"a\",\n  \"pods\": {\n    \"rows\": 16,\n    \"count\": 5000\n  }\n}\n") ==
          "chip.json:5: \"pods.count\": found 5000, allowed is an integer from 1 to 4096");
    CHECK(file_error(with("pods.count", "\"" + std::string(500, 'x') + "\"")) ==
          "chip.json:1: \"pods.count\": found \"" + std::string(79, 'x') +
              "..., allowed is an integer from 1 to 4096");
    // A wrong value in the file is wrong even where a set replaces it.
    CHECK(file_error(with("pods.count", "0"), {"pods.count=4"}) ==
          "chip.json:1: \"pods.count\": found 0, allowed is an integer from 1 to 4096");
}

TEST_CASE("config: all unknown keys are told at once in the order of the file") {
    CHECK(file_error(R"({
  "name": "a",
  "pods": {
    "cuont": 4,
    "rows": 0
  },
  "bank": {
    "size": "1KiB"
  },
  "clok": "1GHz"
})",
                     {"dram.latncy=1ns"}) ==
          "chip.json:4: unknown key \"pods.cuont\", did you mean \"pods.count\"?; "
          "chip.json:8: unknown key \"bank.size\", did you mean \"banks.size\"?; "
          "chip.json:10: unknown key \"clok\", did you mean \"clock\"?; "
          "--set dram.latncy=1ns: unknown key \"dram.latncy\", did you mean \"dram.latency\"?");
    CHECK(file_error("{\"name\": \"a\",\n\"topology\": \"bus\"}") ==
          "chip.json:2: unknown key \"topology\", did you mean \"noc.topology\"?");
}

TEST_CASE("config: without a near key all keys are listed") {
    const std::string keys =
        "name, clock, ideal, pods.count, pods.rows, pods.cols, pods.multicast_cols, pods.fanin_rows, "
        "pods.psum_bits, "
        "pods.psum_overflow, post.lanes, post.simple_cycles, post.special_cycles, noc.topology, "
        "noc.structure, banks.size, banks.macro, dram.bandwidth, "
        "dram.latency, "
        "dram.prefetch_slices, tiling.partition, scheduler.program_window_slices, power.energy_table, "
        "power.tdp, power.window";
    CHECK(file_error(R"({"name": "a", "zzzzzzzzz": {"yyyyyyyyy": 1, "xxxxxxxx": {}}, "": 1})") ==
          "chip.json:1: unknown key \"\"; chip.json:1: unknown key \"zzzzzzzzz.xxxxxxxx\"; "
          "chip.json:1: unknown key \"zzzzzzzzz.yyyyyyyyy\"; the keys are " +
              keys);
}

TEST_CASE("config: keys nest in a file and a group is no value") {
    CHECK(file_error("{\"name\": \"a\",\n \"pods.count\": 4}") ==
          "chip.json:2: unknown key \"pods.count\", write it as {\"pods\": {\"count\": ...}}");
    const std::string noc = "allowed is a group of the keys noc.topology, noc.structure";
    CHECK(file_error("{\"name\": \"a\",\n \"noc\": \"bus\"}") ==
          "chip.json:2: \"noc\": found \"bus\", " + noc);
    CHECK(set_error("noc=bus") == "--set noc=bus: found \"bus\", " + noc);
}

TEST_CASE("config: faults of a set") {
    CHECK(set_error("pods.cuont=64") ==
          "--set pods.cuont=64: unknown key \"pods.cuont\", did you mean \"pods.count\"?");
    CHECK(set_error("pods.count=0x10") ==
          "--set pods.count=0x10: found \"0x10\", allowed is an integer from 1 to 4096");
    CHECK(set_error("dram.bandwidth=1200") ==
          "--set dram.bandwidth=1200: found \"1200\", allowed is a bandwidth above 0 to 1024TiB/s such as "
          "\"1200GiB/s\" (units B/s, KiB/s, MiB/s, GiB/s, TiB/s, GB/s)");
    CHECK(set_error("tiling.partition=all") ==
          "--set tiling.partition=all: found \"all\", allowed is \"rows\", \"none\" or an integer from 1 to "
          "1000000");
    for (const std::string bad : {"", "pods.count", "=64"})
        CHECK(set_error(bad) ==
              "--set " + bad + ": found no KEY=VALUE, allowed is for example --set pods.count=64");
    CHECK(set_error("pods.count =64").find("unknown key \"pods.count \"") != std::string::npos);
}

TEST_CASE("config: faults of a whole file") {
    CHECK(file_error("{\"pods\": {}}") ==
          "chip.json: the key \"name\" is missing, it is needed to name the chip");
    CHECK(file_error("\n[1]") ==
          "chip.json:2: found [1], allowed is an object {\"name\": ..., \"pods\": {...}, ...}");
    CHECK(file_error("").rfind("chip.json: line 1, column 1: ", 0) == 0);
    CHECK(file_error("{\"name\": \"a\",}").rfind("chip.json: line 1, column 14: ", 0) == 0);
    CHECK(file_error("{\"name\": \"a\",\n \"name\": \"b\"}") ==
          "chip.json: line 2, column 2: the key \"name\" stands twice in the same object");
    CHECK(file_error("{}" + std::string(1 << 16, ' ')) ==
          "chip.json: is larger than the 65536 bytes allowed");
    CHECK(message<sosa::UserError>([] { hw::load_config("no/such.json", {}); }) ==
          "no/such.json: cannot be opened: No such file or directory");
}
