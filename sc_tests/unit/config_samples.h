#pragma once
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <type_traits>

#include "hw/config.h"
#include "traces/error.h"
#include "traces/files.h"

// Configs of tests, their files and their messages.
namespace sosa::tests::config {

namespace fs = std::filesystem;
using Sets = std::vector<std::string>;

// A folder of this test's own, the working directory while it lives: messages then name "chip.json".
class ConfigFolder {
  public:
    ConfigFolder() : before_(fs::current_path()) {
        std::string name = (fs::temp_directory_path() / "sosa-config-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()));
        folder_ = name;
        fs::current_path(folder_);
    }
    ~ConfigFolder() {
        std::error_code ignored;
        fs::current_path(before_, ignored);
        fs::remove_all(folder_, ignored);
    }
    ConfigFolder(const ConfigFolder&) = delete;
    ConfigFolder& operator=(const ConfigFolder&) = delete;

  private:
    fs::path before_, folder_;
};

inline hw::Config load(const std::string& json, const Sets& sets = {}) {
    const ConfigFolder folder;
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

inline std::string file_error(const std::string& json, const Sets& sets = {}) {
    return message<sosa::UserError>([&] { load(json, sets); });
}

inline std::string set_error(const std::string& set) {
    return message<sosa::UsageError>([&] { hw::load_config("sosa-256", {set}); });
}

// A file in which one key has the JSON text `value`.
inline std::string with(const std::string& path, const std::string& value) {
    const auto dot = path.find('.');
    const std::string name = path == "name" ? "" : "\"name\": \"a\", ";
    if (dot == path.npos) return "{" + name + "\"" + path + "\": " + value + "}";
    return "{" + name + "\"" + path.substr(0, dot) + "\": {\"" + path.substr(dot + 1) + "\": " + value + "}}";
}

inline std::string written(const hw::Config& config) {
    std::ostringstream out;
    hw::write_config(config, out);
    return out.str();
}

inline const hw::ConfigKey& key(std::string_view path) {
    for (const auto& candidate : hw::config_keys())
        if (candidate.path == path) return candidate;
    FAIL("no key " << path);
    std::abort();
}

inline std::string value(const hw::Config& config, std::string_view path) {
    return hw::value_text(key(path), config);
}

// Every field, not through the table: an accessor of the table that points to the wrong field shows.
inline void check_equal(const hw::Config& a, const hw::Config& b) {
    CHECK(a.name == b.name);
    CHECK(a.clock_hz == b.clock_hz);
    CHECK(a.pods.count == b.pods.count);
    CHECK(a.pods.rows == b.pods.rows);
    CHECK(a.pods.cols == b.pods.cols);
    CHECK(a.pods.multicast_cols == b.pods.multicast_cols);
    CHECK(a.pods.fanin_rows == b.pods.fanin_rows);
    CHECK(a.pods.psum_bits == b.pods.psum_bits);
    CHECK(a.pods.psum_overflow == b.pods.psum_overflow);
    CHECK(a.post.lanes == b.post.lanes);
    CHECK(a.post.simple_cycles == b.post.simple_cycles);
    CHECK(a.post.special_cycles == b.post.special_cycles);
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
    CHECK(a.power.window_ns == b.power.window_ns);
}

// A config in which no field has its default.
inline hw::Config unusual() {
    hw::Config c;
    c.name = "odd_1.x-y";
    c.clock_hz = 1.1e9;
    c.pods = {7, 20, 24, 5, 6, 24, hw::PsumOverflow::saturate};
    c.post = {12, 2, 9};
    c.noc = {"butterfly-16", hw::NocStructure::modules};
    c.banks = {1536, 65536};
    c.dram = {25.6e9, 12.75, 9};
    c.tiling.partition_rows = 11;
    c.scheduler.program_window_slices = 65536;
    c.power = {
        "tables/my \"own\" t\xC3\xA4"
        "fel.json",
        0.1, 250};
    return c;
}

}  // namespace sosa::tests::config
