#include "hw/config.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <sstream>
#include <type_traits>

#include "traces/error.h"
#include "traces/files.h"

namespace hw = sosa::hw;
namespace fs = std::filesystem;
using Sets = std::vector<std::string>;

namespace {
// A folder of this test's own, the working directory while it lives: messages then name "chip.json".
class Folder {
  public:
    Folder() : before_(fs::current_path()) {
        std::string name = (fs::temp_directory_path() / "sosa-config-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()));
        folder_ = name;
        fs::current_path(folder_);
    }
    ~Folder() {
        std::error_code ignored;
        fs::current_path(before_, ignored);
        fs::remove_all(folder_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

  private:
    fs::path before_, folder_;
};

hw::Config load(const std::string& json, const Sets& sets = {}) {
    const Folder folder;
    sosa::traces::write_file("chip.json", [&](std::ostream& out) { out << json; });
    return hw::load_config("chip.json", sets);
}

// The message, or "accepted"; Error is exactly UserError (exit code 1) or UsageError (exit code 2).
template <class Error, class Load>
std::string message(Load&& load_it) {
    try {
        load_it();
    } catch (const sosa::UserError& e) {
        const bool usage = dynamic_cast<const sosa::UsageError*>(&e) != nullptr;
        const bool expected = usage == std::is_same_v<Error, sosa::UsageError>;
        return (expected ? "" : "another kind of error: ") + std::string(e.what());
    }
    return "accepted";
}

std::string file_error(const std::string& json, const Sets& sets = {}) {
    return message<sosa::UserError>([&] { load(json, sets); });
}

std::string set_error(const std::string& set) {
    return message<sosa::UsageError>([&] { hw::load_config("sosa-256", {set}); });
}

// A file in which one key has the JSON text `value`.
std::string with(const std::string& path, const std::string& value) {
    const auto dot = path.find('.');
    const std::string name = path == "name" ? "" : "\"name\": \"a\", ";
    if (dot == path.npos) return "{" + name + "\"" + path + "\": " + value + "}";
    return "{" + name + "\"" + path.substr(0, dot) + "\": {\"" + path.substr(dot + 1) + "\": " + value + "}}";
}

std::string written(const hw::Config& config) {
    std::ostringstream out;
    hw::write_config(config, out);
    return out.str();
}

const hw::ConfigKey& key(std::string_view path) {
    for (const auto& candidate : hw::config_keys())
        if (candidate.path == path) return candidate;
    FAIL("no key " << path);
    std::abort();
}

std::string value(const hw::Config& config, std::string_view path) {
    return hw::value_text(key(path), config);
}

// Every field, not through the table: an accessor of the table that points to the wrong field shows.
void check_equal(const hw::Config& a, const hw::Config& b) {
    CHECK(a.name == b.name);
    CHECK(a.clock_hz == b.clock_hz);
    CHECK(a.pods.count == b.pods.count);
    CHECK(a.pods.rows == b.pods.rows);
    CHECK(a.pods.cols == b.pods.cols);
    CHECK(a.pods.multicast_cols == b.pods.multicast_cols);
    CHECK(a.pods.fanin_rows == b.pods.fanin_rows);
    CHECK(a.pods.psum_bits == b.pods.psum_bits);
    CHECK(a.pods.psum_overflow == b.pods.psum_overflow);
    CHECK(a.noc.topology == b.noc.topology);
    CHECK(a.noc.structure == b.noc.structure);
    CHECK(a.banks.size_bytes == b.banks.size_bytes);
    CHECK(a.banks.macro_bytes == b.banks.macro_bytes);
    CHECK(a.dram.bandwidth_bytes_per_s == b.dram.bandwidth_bytes_per_s);
    CHECK(a.dram.latency_ns == b.dram.latency_ns);
    CHECK(a.dram.prefetch_slices == b.dram.prefetch_slices);
    CHECK(a.tiling.partition_rows == b.tiling.partition_rows);
    CHECK(a.scheduler.program_window_slices == b.scheduler.program_window_slices);
    CHECK(a.power.energy_table == b.power.energy_table);
    CHECK(a.power.tdp_w == b.power.tdp_w);
}

// A config in which no field has its default.
hw::Config unusual() {
    hw::Config c;
    c.name = "odd_1.x-y";
    c.clock_hz = 1.1e9;
    c.pods = {7, 20, 24, 5, 6, 24, hw::PsumOverflow::saturate};
    c.noc = {"butterfly-16", hw::NocStructure::modules};
    c.banks = {1536, 65536};
    c.dram = {25.6e9, 12.75, 9};
    c.tiling.partition_rows = 11;
    c.scheduler.program_window_slices = 65536;
    c.power = {
        "tables/my \"own\" t\xC3\xA4"
        "fel.json",
        0.1};
    return c;
}
}  // namespace

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
  "pods": {
    "count": 7,
    "rows": 20,
    "cols": 24,
    "multicast_cols": 5,
    "fanin_rows": 6,
    "psum_bits": 24,
    "psum_overflow": "saturate"
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
    "tdp": "0.1W"
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
                            {"banks.size", "64B", "1GiB", "63B", "1073741825B"},
                            {"banks.macro", "64B", "1GiB", "63B", "1073741825B"},
                            {"dram.bandwidth", "0.001B/s", "1024TiB/s", "0B/s", "1024.1TiB/s"},
                            {"dram.latency", "0ns", "1ms", "-1ns", "1000001ns"},
                            {"dram.prefetch_slices", "1", "1000000", "0", "1000001"},
                            {"tiling.partition", "1", "1000000", "0", "1000001"},
                            {"scheduler.program_window_slices", "2", "65536", "1", "65537"},
                            {"power.tdp", "0.001W", "1000000kW", "0W", "-1W"}};
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
    CHECK(untested == std::set<std::string_view>{"name", "noc.structure", "noc.topology",
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
        "name, clock, pods.count, pods.rows, pods.cols, pods.multicast_cols, pods.fanin_rows, "
        "pods.psum_bits, "
        "pods.psum_overflow, noc.topology, noc.structure, banks.size, banks.macro, dram.bandwidth, "
        "dram.latency, "
        "dram.prefetch_slices, tiling.partition, scheduler.program_window_slices, power.energy_table, "
        "power.tdp";
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
    const Folder folder;
    for (const char* name : {"tiny", "chip"})
        sosa::traces::write_file(name, [](std::ostream& out) { out << R"({"name": "mine"})"; });
    CHECK(hw::load_config("chip", {}).name == "mine");
    CHECK(hw::load_config("tiny", {}).name == "tiny");
    CHECK(hw::load_config("./tiny", {}).name == "mine");
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
