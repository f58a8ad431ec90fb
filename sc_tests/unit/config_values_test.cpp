// Which values a key takes.
#include <set>

#include "sc_tests/unit/config_samples.h"

namespace hw = sosa::hw;
using namespace sosa::tests::config;

TEST_CASE("config: the ends of every range") {
    struct Range {
        const char *path, *least, *most, *below, *above;
    };
    const Range ranges[] = {{"clock", "1MHz", "100GHz", "999.9kHz", "100.1GHz"},
                            {"pods.count", "1", "4096", "0", "4097"},
                            {"pods.rows", "1", "1024", "0", "1025"},
                            {"pods.cols", "1", "1024", "0", "1025"},
                            {"pods.multicast_cols", "1", "1024", "0", "1025"},
                            {"pods.fanin_rows", "1", "1024", "0", "1025"},
                            {"pods.psum_bits", "16", "32", "8", "64"},
                            {"post.lanes", "0", "1024", "-1", "1025"},
                            {"post.simple_cycles", "1", "1024", "0", "1025"},
                            {"post.special_cycles", "1", "1024", "0", "1025"},
                            {"banks.size", "64B", "1GiB", "63B", "1073741825B"},
                            {"banks.macro", "64B", "1GiB", "63B", "1073741825B"},
                            {"dram.bandwidth", "0.001B/s", "1024TiB/s", "0B/s", "1024.1TiB/s"},
                            {"dram.latency", "0ns", "1ms", "-1ns", "1000001ns"},
                            {"dram.prefetch_slices", "1", "1000000", "0", "1000001"},
                            {"tiling.partition", "1", "1000000", "0", "1000001"},
                            {"scheduler.program_window_slices", "2", "65536", "1", "65537"},
                            {"power.tdp", "0.001W", "1000000kW", "0W", "-1W"},
                            {"power.window", "0.001ps", "1000ms", "0ns", "1001ms"}};
    std::set<std::string_view> untested;
    for (const auto& row : hw::config_keys()) untested.insert(row.path);
    const Sets small = {"banks.size=1GiB", "pods.rows=1", "pods.cols=1"};  // so that the tiles fit any bank
    for (const Range& range : ranges) {
        const std::string set = range.path + std::string("=");
        CAPTURE(set);
        untested.erase(range.path);
        for (const char* good : {range.least, range.most}) {
            Sets sets = small;
            sets.push_back(set + good);
            CHECK_NOTHROW(hw::load_config("sosa-256", sets));
            hw::Config config = unusual();
            CHECK(hw::assign_text(key(range.path), good, config));
        }
        for (const char* bad : {range.below, range.above, "", "x", "18446744073709551617"}) {
            CAPTURE(bad);
            CHECK(set_error(set + bad).rfind("--set " + set + bad + ": found \"" + bad + "\", allowed is ",
                                             0) == 0);
        }
    }
    CHECK(untested == std::set<std::string_view>{"ideal", "name", "noc.structure", "noc.topology",
                                                 "pods.psum_overflow", "power.energy_table"});
}

TEST_CASE("config: words are taken as listed") {
    for (const auto& row : hw::config_keys())
        for (const auto word : row.words) {
            const hw::Config c =
                hw::load_config("sosa-256", {std::string(row.path) + "=" + std::string(word)});
            CHECK(value(c, row.path) == word);
        }
    CHECK(key("noc.topology").words.size() == 8);
    CHECK(hw::load_config("sosa-256", {"pods.psum_bits=24"}).pods.psum_bits == 24);
    CHECK(set_error("pods.psum_bits=20") ==
          "--set pods.psum_bits=20: found \"20\", allowed is one of 16, 24, 32");
    CHECK(set_error("pods.psum_overflow=Wrap") ==
          "--set pods.psum_overflow=Wrap: found \"Wrap\", allowed is one of wrap, saturate");
    CHECK(set_error("noc.structure=fabric ") ==
          "--set noc.structure=fabric : found \"fabric \", allowed is one of fabric, modules");
    CHECK(
        set_error("noc.topology=butterfly-3") ==
        "--set noc.topology=butterfly-3: found \"butterfly-3\", allowed is one of butterfly-1, butterfly-2, "
        "butterfly-4, butterfly-8, butterfly-16, benes, crossbar, bus");
}

TEST_CASE("config: a name is safe in a file name") {
    for (const char* good : {"a", "SOSA_256.v2-b", "0"})
        CHECK(load("{}", {std::string("name=") + good}).name == good);
    const std::string allowed =
        "allowed is 1 to 64 letters, digits, \".\", \"_\" or \"-\", the first no \".\" or \"-\"";
    CHECK(set_error("name=a/b") == "--set name=a/b: found \"a/b\", " + allowed);
    for (const std::string bad : {"", "..", ".a", "-a", "a b", "t\xC3\xA4", "a\\b"}) {
        CAPTURE(bad);
        CHECK(set_error("name=" + bad).find(allowed) != std::string::npos);
    }
    CHECK(load("{}", {"name=" + std::string(64, 'x')}).name.size() == 64);
    CHECK(set_error("name=" + std::string(65, 'x')).find(allowed) != std::string::npos);
    CHECK(file_error(R"({"name": "a\u0000"})") == "chip.json:1: \"name\": found \"a\\u0000\", " + allowed);
}

TEST_CASE("config: an energy table is any printable text") {
    const std::string allowed = "allowed is 1 to 4096 bytes of UTF-8 without control characters";
    CHECK(set_error("power.energy_table=") == "--set power.energy_table=: found \"\", " + allowed);
    CHECK(set_error("power.energy_table=a\nb").find(allowed) != std::string::npos);
    CHECK(set_error("power.energy_table=\xFF").find(allowed) != std::string::npos);
}

TEST_CASE("config: a bank holds one tile of each kind") {
    CHECK(file_error(R"({"name": "a", "banks": {"size": "4KiB"}, "pods": {"rows": 512, "cols": 512}})") ==
          "chip.json: \"banks.size\": found 4KiB, allowed is at least 256KiB so that a bank holds one W tile "
          "of "
          "pods.rows x pods.cols = 512 x 512 values of 8 bits");
    const auto error = [](const Sets& sets) {
        return message<sosa::UserError>([&] { hw::load_config("sosa-256", sets); });
    };
    CHECK(error({"tiling.partition=100", "pods.cols=8", "banks.size=3199B"}) ==
          "sosa-256 with --set tiling.partition=100 --set pods.cols=8 --set banks.size=3199B: "
          "\"banks.size\": found "
          "3199B, allowed is at least 3200B so that a bank holds one X tile of tiling.partition x pods.rows "
          "= 100 x 32 "
          "values of 8 bits");
    CHECK(error({"tiling.partition=100", "pods.cols=8", "banks.size=3200B"}) == "accepted");
    CHECK(error({"pods.psum_bits=24", "banks.size=3071B"}) ==
          "sosa-256 with --set pods.psum_bits=24 --set banks.size=3071B: \"banks.size\": found 3071B, "
          "allowed is at "
          "least 3KiB so that a bank holds one P tile of tiling.partition x pods.cols = 32 x 32 values of 24 "
          "bits");
    CHECK(error({"pods.psum_bits=24", "banks.size=3072B"}) == "accepted");
    CHECK(error({"pods.cols=64", "banks.size=2047B", "tiling.partition=none"})
              .find("W tile of pods.rows x pods.cols = 32 x 64 ") != std::string::npos);
    CHECK(error({"pods.cols=64", "banks.size=2KiB", "tiling.partition=none"}) == "accepted");
    CHECK(error({"banks.size=1023B", "tiling.partition=none"}).find("one W tile") != std::string::npos);
    CHECK(error({"banks.size=1KiB", "tiling.partition=none"}) == "accepted");
    CHECK(error({"banks.size=1KiB"}).find("one P tile") != std::string::npos);
    CHECK(error({"tiling.partition=1000000", "banks.size=1GiB"}) == "accepted");
}
