#include "hw/config.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "hw/units.h"
#include "traces/text.h"

namespace sosa::hw {

namespace {
using Kind = ConfigKey::Kind;
constexpr double above_zero = std::numeric_limits<double>::denorm_min();
constexpr double unbounded = std::numeric_limits<double>::infinity();
constexpr double kibi = 1024, mebi = kibi * kibi, gibi = mebi * kibi, pebi = gibi * mebi;

template <auto Section, auto Member>
ConfigField in(Config& config) {
    return &(config.*Section.*Member);
}

template <auto Member>
ConfigField top(Config& config) {
    return &(config.*Member);
}

// clang-format off
const std::vector<ConfigKey>& table() {
    static const std::vector<ConfigKey> keys = {
    {"name", Kind::name, 1, 64, {}, "Names the chip in reports and output folders.", top<&Config::name>},
    {"clock", Kind::clock, 1e6, 1e11, {}, "Clock of the whole chip.", top<&Config::clock_hz>},
    {"ideal", Kind::word, 0, 0,
     {"none", "network", "x_banks", "w_banks", "p_banks", "post_processors", "weight_load", "dependencies"},
     "A resource that is taken to be without limits, to see what it costs.", top<&Config::ideal>},
    {"pods.count", Kind::integer, 1, 4096, {},
     "Pods N; there are N X, W and P banks each and N post-processors.", in<&Config::pods, &PodConfig::count>},
    {"pods.rows", Kind::integer, 1, 1024, {},
     "Rows r of a systolic array.", in<&Config::pods, &PodConfig::rows>},
    {"pods.cols", Kind::integer, 1, 1024, {},
     "Columns c of a systolic array.", in<&Config::pods, &PodConfig::cols>},
    {"pods.multicast_cols", Kind::integer, 1, 1024, {},
     "Columns an activation reaches before a pipeline register.", in<&Config::pods, &PodConfig::multicast_cols>},
    {"pods.fanin_rows", Kind::integer, 1, 1024, {},
     "Rows whose products add up before a pipeline register.", in<&Config::pods, &PodConfig::fanin_rows>},
    {"pods.psum_bits", Kind::integer, 16, 32, {"16", "24", "32"},
     "Bits of a partial sum.", in<&Config::pods, &PodConfig::psum_bits>},
    {"pods.psum_overflow", Kind::word, 0, 0, {"wrap", "saturate"},
     "What a partial sum does at the end of its range.", in<&Config::pods, &PodConfig::psum_overflow>},
    {"post.lanes", Kind::integer, 0, 1024, {},
     "Elements that a post-processor works on at a time in vector work; 0: as many as pods.cols.",
     in<&Config::post, &PostConfig::lanes>},
    {"post.simple_cycles", Kind::integer, 1, 1024, {},
     "Cycles of a lane's addition, product, comparison or conversion in vector work.",
     in<&Config::post, &PostConfig::simple_cycles>},
    {"post.special_cycles", Kind::integer, 1, 1024, {},
     "Cycles of a lane's division, root or exponential in vector work.",
     in<&Config::post, &PostConfig::special_cycles>},
    {"noc.topology", Kind::word, 0, 0,
     {"butterfly-1", "butterfly-2", "butterfly-4", "butterfly-8", "butterfly-16", "benes", "crossbar", "bus"},
     "Topology of each of the seven networks.", in<&Config::noc, &NocConfig::topology>},
    {"noc.structure", Kind::word, 0, 0, {"fabric", "modules"},
     "Each network is one module (fast) or one module per router; the results are the same.",
     in<&Config::noc, &NocConfig::structure>},
    {"banks.size", Kind::size, 64, gibi, {},
     "Capacity of each X, W and P bank.", in<&Config::banks, &BankConfig::size_bytes>},
    {"banks.macro", Kind::size, 64, gibi, {},
     "SRAM macro that banks are built of; sets the energy per byte.", in<&Config::banks, &BankConfig::macro_bytes>},
    {"dram.bandwidth", Kind::bandwidth, above_zero, pebi, {},
     "Bandwidth of the one DRAM port.", in<&Config::dram, &DramConfig::bandwidth_bytes_per_s>},
    {"dram.latency", Kind::time, 0, 1e6, {},
     "Time from a request to its first byte.", in<&Config::dram, &DramConfig::latency_ns>},
    {"dram.prefetch_slices", Kind::integer, 1, 1e6, {},
     "How many slices ahead tiles are fetched at most.", in<&Config::dram, &DramConfig::prefetch_slices>},
    {"tiling.partition", Kind::partition, 1, 1e6, {"rows", "none"},
     "Rows of an X tile: as many as pods.rows (rows), the layer's whole M (none), or a number.",
     in<&Config::tiling, &TilingConfig::partition_rows>},
    {"scheduler.program_window_slices", Kind::integer, 2, 65536, {},
     "Slices of the program that the scheduler holds at a time.",
     in<&Config::scheduler, &SchedulerConfig::program_window_slices>},
    {"power.energy_table", Kind::text, 1, 4096, {},
     "Energy table: a shipped name or a file.", in<&Config::power, &PowerConfig::energy_table>},
    {"power.tdp", Kind::power, above_zero, unbounded, {},
     "Power that the throughput is scaled to.", in<&Config::power, &PowerConfig::tdp_w>},
    {"power.window", Kind::time, above_zero, 1e9, {},
     "Length of the windows of power.csv, rounded to whole clock cycles, at least one.",
     in<&Config::power, &PowerConfig::window_ns>},
    };
    return keys;
}
// clang-format on

Quantity quantity_of(Kind kind) {
    switch (kind) {
        case Kind::bandwidth:
            return Quantity::bandwidth;
        case Kind::clock:
            return Quantity::clock;
        case Kind::time:
            return Quantity::time;
        case Kind::power:
            return Quantity::power;
        default:
            return Quantity::size;
    }
}

bool is_quantity(Kind kind) { return kind >= Kind::size; }

bool store(std::uint64_t value, const ConfigField& field) {
    if (auto* const* wide = std::get_if<std::uint64_t*>(&field)) **wide = value;
    if (auto* const* narrow = std::get_if<std::uint32_t*>(&field))
        **narrow = static_cast<std::uint32_t>(value);
    return true;
}

bool in_range(const ConfigKey& key, double value) { return value >= key.min && value <= key.max; }

bool store_number(const ConfigKey& key, std::optional<std::uint64_t> value, Config& config) {
    return value && in_range(key, static_cast<double>(*value)) && store(*value, key.field(config));
}

bool store_word(const ConfigKey& key, std::string_view text, Config& config) {
    const auto word = std::find(key.words.begin(), key.words.end(), text);
    if (word == key.words.end()) return false;
    const auto index = static_cast<int>(word - key.words.begin());
    const ConfigField field = key.field(config);
    if (auto* const* string = std::get_if<std::string*>(&field)) **string = text;
    if (auto* const* overflow = std::get_if<PsumOverflow*>(&field))
        **overflow = static_cast<PsumOverflow>(index);
    if (auto* const* structure = std::get_if<NocStructure*>(&field))
        **structure = static_cast<NocStructure>(index);
    if (auto* const* ideal = std::get_if<Ideal*>(&field)) **ideal = static_cast<Ideal>(index);
    return true;
}

// A name goes into file names, so it keeps to what is harmless there.
bool is_name(std::string_view text) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_' || c == '.';
    };
    return !text.empty() && text[0] != '.' && text[0] != '-' && std::all_of(text.begin(), text.end(), plain);
}

bool store_text(const ConfigKey& key, std::string_view text, Config& config) {
    const auto control = [](char c) { return (c >= 0 && c < ' ') || c == 127; };
    if (!in_range(key, static_cast<double>(text.size()))) return false;
    if (key.kind == Kind::name ? !is_name(text) : std::any_of(text.begin(), text.end(), control))
        return false;
    *std::get<std::string*>(key.field(config)) = text;
    return true;
}

std::string list(const std::vector<std::string_view>& words) {
    return traces::join(std::vector<std::string>(words.begin(), words.end()));
}

std::string limit_text(const ConfigKey& key, double limit) {
    if (key.kind == Kind::size) return format_size(static_cast<std::uint64_t>(limit));
    if (is_quantity(key.kind)) return format_quantity(limit, quantity_of(key.kind));
    return std::to_string(static_cast<std::uint64_t>(limit));
}
}  // namespace

const std::vector<ConfigKey>& config_keys() { return table(); }

std::string value_text(const ConfigKey& key, const Config& config) {
    Config copy = config;
    const ConfigField field = key.field(copy);
    if (key.kind == Kind::partition) {
        const std::uint32_t rows = config.tiling.partition_rows;
        return rows == 0 ? "none" : rows == config.pods.rows ? "rows" : std::to_string(rows);
    }
    if (key.kind == Kind::size) return format_size(*std::get<std::uint64_t*>(field));
    if (is_quantity(key.kind)) return format_quantity(*std::get<double*>(field), quantity_of(key.kind));
    if (auto* const* number = std::get_if<std::uint32_t*>(&field)) return std::to_string(**number);
    if (auto* const* overflow = std::get_if<PsumOverflow*>(&field))
        return std::string(key.words.at(static_cast<std::size_t>(**overflow)));
    if (auto* const* structure = std::get_if<NocStructure*>(&field))
        return std::string(key.words.at(static_cast<std::size_t>(**structure)));
    if (auto* const* ideal = std::get_if<Ideal*>(&field))
        return std::string(key.words.at(static_cast<std::size_t>(**ideal)));
    return *std::get<std::string*>(field);
}

std::string default_text(const ConfigKey& key) { return value_text(key, Config{}); }

bool is_number(const ConfigKey& key, std::string_view text) {
    return key.kind == Kind::integer || (key.kind == Kind::partition && parse_whole(text));
}

bool assign_text(const ConfigKey& key, std::string_view text, Config& config) {
    switch (key.kind) {
        case Kind::name:
        case Kind::text:
            return store_text(key, text, config);
        case Kind::word:
            return store_word(key, text, config);
        case Kind::integer:
            if (!key.words.empty() && !store_word(key, text, config)) return false;
            return store_number(key, parse_whole(text), config);
        case Kind::partition:
            if (text == "rows") return store(partition_follows_rows, key.field(config));
            if (text == "none") return store(0, key.field(config));
            return store_number(key, parse_whole(text), config);
        case Kind::size:
            return store_number(key, parse_size(text), config);
        default:
            break;
    }
    const auto value = parse_quantity(text, quantity_of(key.kind));
    if (!value || !in_range(key, *value)) return false;
    *std::get<double*>(key.field(config)) = *value;
    return true;
}

std::string type_text(const ConfigKey& key) {
    static const char* const names[] = {"name", "text",      "word",  "integer", "integer or word",
                                        "size", "bandwidth", "clock", "time",    "power"};
    return names[static_cast<std::size_t>(key.kind)];
}

std::string allowed_range(const ConfigKey& key) {
    if (key.kind == Kind::name)
        return "1 to 64 letters, digits, \".\", \"_\" or \"-\", the first no \".\" or \"-\"";
    if (key.kind == Kind::text) return "1 to 4096 bytes of UTF-8 without control characters";
    const std::string words = list(key.words);
    if (!words.empty() && key.kind != Kind::partition) return words;
    const std::string low = key.min == above_zero ? "above 0" : limit_text(key, key.min);
    const std::string range = key.max == unbounded ? low : low + " to " + limit_text(key, key.max);
    return words.empty() ? range : words + ", " + range;
}

std::string allowed_text(const ConfigKey& key) {
    const std::string range = allowed_range(key);
    if (is_quantity(key.kind))
        return "a " + type_text(key) + (range.rfind("above", 0) == 0 ? " " : " from ") + range +
               " such as \"" + default_text(key) + "\" (units " + units_of(quantity_of(key.kind)) + ")";
    if (key.kind == Kind::integer && key.words.empty()) return "an integer from " + range;
    if (key.kind == Kind::partition) return "\"rows\", \"none\" or an integer from 1 to 1000000";
    return key.words.empty() ? range : "one of " + range;
}

noc::Topology chip_topology(const Config& config) {
    return noc::Topology(config.ideal == Ideal::network ? noc::Topology::ideal : config.noc.topology,
                         config.pods.count);
}

std::string misfit(const Config& config) {
    if (config.noc.structure == NocStructure::modules && config.ideal == Ideal::network)
        return "\"ideal\": found network with \"noc.structure\" modules, allowed is fabric: an ideal network "
               "has no "
               "routers";
    if (config.noc.structure == NocStructure::modules && config.noc.topology.rfind("butterfly-", 0) != 0)
        return "\"noc.structure\": found modules with topology " + config.noc.topology +
               ", which is not made of 2x2 routers, allowed is fabric";
    const auto& pods = config.pods;
    const std::uint64_t k = config.tiling.partition_rows;
    const struct {
        const char *tile, *sides;
        std::uint64_t height, width, bits;
    } tiles[] = {{"W", "pods.rows x pods.cols", pods.rows, pods.cols, 8},
                 {"X", "tiling.partition x pods.rows", k, pods.rows, 8},
                 {"P", "tiling.partition x pods.cols", k, pods.cols, pods.psum_bits}};
    for (const auto& tile : tiles) {
        const std::uint64_t bytes = tile.height * tile.width * tile.bits / 8;
        if (bytes <= config.banks.size_bytes) continue;
        return "\"banks.size\": found " + format_size(config.banks.size_bytes) + ", allowed is at least " +
               format_size(bytes) + " so that a bank holds one " + tile.tile + " tile of " + tile.sides +
               " = " + std::to_string(tile.height) + " x " + std::to_string(tile.width) + " values of " +
               std::to_string(tile.bits) + " bits";
    }
    return "";
}

}  // namespace sosa::hw
