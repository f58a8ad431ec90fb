// What a config holds, and how files and sets reach it.
#include "sc_tests/unit/config_samples.h"

namespace hw = sosa::hw;
using namespace sosa::tests::config;

TEST_CASE("config: the shipped configs") {
    CHECK(hw::config_names() == Sets{"mono-512", "pods-128x32", "pods-16x512", "pods-256x8", "pods-64x128",
                                     "sosa-20x32", "sosa-256", "tiny"});
    struct Shape {
        const char* name;
        std::uint32_t count, rows, cols;
        std::uint64_t bank_bytes;
    };
    const Shape shapes[] = {{"sosa-256", 256, 32, 32, 262144},      {"sosa-20x32", 256, 20, 32, 262144},
                            {"pods-16x512", 512, 16, 16, 262144},   {"pods-64x128", 128, 64, 64, 262144},
                            {"pods-128x32", 32, 128, 128, 1048576}, {"pods-256x8", 8, 256, 256, 4194304},
                            {"mono-512", 1, 512, 512, 33554432},    {"tiny", 4, 8, 8, 4096}};
    for (const Shape& shape : shapes) {
        CAPTURE(shape.name);
        hw::Config expected;  // the paper's baseline but for what the shape says
        expected.name = shape.name;
        expected.pods.count = shape.count;
        expected.pods.rows = expected.tiling.partition_rows = shape.rows;
        expected.pods.cols = shape.cols;
        expected.banks.size_bytes = shape.bank_bytes;
        if (expected.name == "tiny") {
            expected.dram.bandwidth_bytes_per_s = 17179869184.0;
            expected.dram.prefetch_slices = 8;
            expected.scheduler.program_window_slices = 4;
        }
        check_equal(hw::load_config(shape.name, {}), expected);
    }
}

TEST_CASE("config: a shipped file hides nothing behind a default") {
    for (const auto& [name, text] : hw::embedded_configs())
        CHECK(written(hw::load_config(std::string(name), {})) == text);
}

TEST_CASE("config: the defaults are the baseline of the paper") {
    const hw::Config c = load(R"({"name": "mine"})");
    CHECK(c.name == "mine");
    CHECK(c.clock_hz == 1e9);
    CHECK(c.pods.count == 256);
    CHECK(c.pods.rows == 32);
    CHECK(c.pods.cols == 32);
    CHECK(c.pods.multicast_cols == 16);
    CHECK(c.pods.fanin_rows == 16);
    CHECK(c.pods.psum_bits == 16);
    CHECK(c.pods.psum_overflow == hw::PsumOverflow::wrap);
    CHECK(c.noc.topology == "butterfly-2");
    CHECK(c.noc.structure == hw::NocStructure::fabric);
    CHECK(c.banks.size_bytes == 262144);
    CHECK(c.banks.macro_bytes == 262144);
    CHECK(c.dram.bandwidth_bytes_per_s == 1288490188800.0);
    CHECK(c.dram.latency_ns == 0);
    CHECK(c.dram.prefetch_slices == 100);
    CHECK(c.tiling.partition_rows == 32);
    CHECK(c.scheduler.program_window_slices == 64);
    CHECK(c.power.energy_table == "paper-28nm");
    CHECK(c.power.tdp_w == 400);
    CHECK(c.power.window_ns == 1000);
    check_equal(load(R"({"name": "mine", "pods": {}, "noc": {}})"), c);
}

TEST_CASE("config: the effective config reads back exactly") {
    check_equal(load(written(unusual())), unusual());
    hw::Config whole = unusual();
    whole.tiling.partition_rows = 0;
    check_equal(load(written(whole)), whole);
    hw::Config follows = unusual();
    follows.tiling.partition_rows = follows.pods.rows;
    check_equal(load(written(follows)), follows);
    CHECK(written(load(written(unusual()))) == written(unusual()));
}

TEST_CASE("config: the effective config has every key and right types") {
    CHECK(written(unusual()) == R"({
  "name": "odd_1.x-y",
  "clock": "1.1GHz",
  "ideal": "none",
  "pods": {
    "count": 7,
    "rows": 20,
    "cols": 24,
    "multicast_cols": 5,
    "fanin_rows": 6,
    "psum_bits": 24,
    "psum_overflow": "saturate"
  },
  "post": {
    "lanes": 12,
    "simple_cycles": 2,
    "special_cycles": 9
  },
  "noc": {
    "topology": "butterfly-16",
    "structure": "modules"
  },
  "banks": {
    "size": "1536B",
    "macro": "64KiB"
  },
  "dram": {
    "bandwidth": "25.6GB/s",
    "latency": "12750ps",
    "prefetch_slices": 9
  },
  "tiling": {
    "partition": 11
  },
  "scheduler": {
    "program_window_slices": 65536
  },
  "power": {
    "energy_table": "tables/my \"own\" täfel.json",
    "tdp": "0.1W",
    "window": "250ns"
  }
}
)");
}

TEST_CASE("config: sets reach every key and beat the file") {
    Sets sets;
    for (const auto& row : hw::config_keys())
        sets.push_back(std::string(row.path) + "=" + hw::value_text(row, unusual()));
    check_equal(hw::load_config("tiny", sets), unusual());
    const hw::Config c = load(R"({"name": "a", "pods": {"count": 8, "cols": 16}})", {"pods.count=64"});
    CHECK(c.pods.count == 64);
    CHECK(c.pods.cols == 16);
    CHECK(hw::load_config("tiny", {"pods.count=2", "pods.count=3"}).pods.count == 3);
    CHECK(load("{}", {"name=b"}).name == "b");
    CHECK(hw::load_config("tiny", {"power.energy_table=a=b"}).power.energy_table == "a=b");
}

TEST_CASE("config: routers need a butterfly") {
    CHECK_THROWS_WITH(
        hw::load_config("tiny", {"noc.structure=modules", "noc.topology=bus"}),
        Catch::Contains("\"noc.structure\": found modules with topology bus, which is not made of "
                        "2x2 routers, allowed is fabric"));
    CHECK(hw::load_config("tiny", {"noc.structure=modules"}).noc.structure == hw::NocStructure::modules);
}

TEST_CASE("config: the partition follows the rows unless it is given") {
    CHECK(hw::load_config("sosa-256", {"pods.rows=20"}).tiling.partition_rows == 20);
    CHECK(load(R"({"name": "a"})", {"pods.rows=48"}).tiling.partition_rows == 48);
    CHECK(load(R"({"name": "a", "tiling": {"partition": "rows"}, "pods": {"rows": 8}})")
              .tiling.partition_rows == 8);
    CHECK(load(with("tiling.partition", "24"), {"pods.rows=48"}).tiling.partition_rows == 24);
    CHECK(load(with("tiling.partition", "\"none\"")).tiling.partition_rows == 0);
    CHECK(hw::load_config("tiny", {"tiling.partition=none"}).tiling.partition_rows == 0);
    CHECK(hw::load_config("tiny", {"tiling.partition=16", "tiling.partition=rows"}).tiling.partition_rows ==
          8);
}

TEST_CASE("config: a name that is neither shipped nor a file") {
    const std::string allowed =
        "allowed is a file or one of mono-512, pods-128x32, pods-16x512, pods-256x8, pods-64x128, "
        "sosa-20x32, "
        "sosa-256, tiny";
    CHECK(message<sosa::UsageError>([] { hw::load_config("sosa-265", {}); }) ==
          "config \"sosa-265\" is not a file, " + allowed + ", did you mean \"sosa-256\"?");
    CHECK(message<sosa::UsageError>([] { hw::load_config("", {}); }) ==
          "config \"\" is not a file, " + allowed);
}

TEST_CASE("config: a file may have any name and a shipped name is never a file") {
    const ConfigFolder folder;
    for (const char* name : {"tiny", "chip"})
        sosa::traces::write_file(name, [](std::ostream& out) { out << R"({"name": "mine"})"; });
    CHECK(hw::load_config("chip", {}).name == "mine");
    CHECK(hw::load_config("tiny", {}).name == "tiny");
    CHECK(hw::load_config("./tiny", {}).name == "mine");
}

TEST_CASE("config: the README has one row for each key") {
    const std::string readme = sosa::traces::read_file(SOSA_TEST_DATA "/../../hw/configs/README.md");
    std::string expected;
    for (const auto& row : hw::config_keys()) {
        const std::string fallback = hw::default_text(row).empty() ? "(needed)" : hw::default_text(row);
        expected += "| `" + std::string(row.path) + "` | " + hw::type_text(row) + " | " + fallback + " | " +
                    hw::allowed_range(row) + " | " + std::string(row.meaning) + " |\n";
    }
    const auto first = readme.find("| `name`");
    REQUIRE(first != std::string::npos);
    const auto last = readme.find("\n\n", first);
    CHECK(readme.substr(first, last + 1 - first) == expected);
    for (const auto& name : hw::config_names()) CHECK(readme.find("`" + name + "`") != std::string::npos);
}
