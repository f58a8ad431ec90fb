// The files are for Python's configparser, which takes "KEY: VALUE" as well as "KEY = VALUE" and small
// letters for large ones; Boost's INI reader knows neither, nor on which line a value stood.
#include "host/scalesim_config.h"

#include <algorithm>
#include <map>

#include "host/scalesim_text.h"
#include "host/workload_reader.h"
#include "hw/units.h"
#include "noc/payload.h"
#include "traces/error.h"
#include "traces/text.h"

namespace sosa::host {

namespace {

using namespace scalesim;

std::string lower(std::string_view text) {
    std::string word(text);
    for (char& c : word)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    return word;
}

struct Entry {
    std::string key, value;
    std::size_t line = 0;
    bool used = false;
};

const hw::ConfigKey& config_key(std::string_view path) {
    const auto& keys = hw::config_keys();
    return *std::find_if(keys.begin(), keys.end(), [&](const auto& key) { return key.path == path; });
}

std::uint64_t limit(std::string_view path) { return static_cast<std::uint64_t>(config_key(path).max); }

class Reader {
  public:
    Reader(const std::string& source, std::vector<std::string>& notices)
        : source_(source), notices_(notices) {}
    hw::Config run(std::string_view text);

  private:
    void read_lines(std::string_view text);
    void read_line(std::string_view line, std::size_t number);
    std::string place(std::size_t line) const { return source_ + ": line " + std::to_string(line) + ": "; }
    // The entry, now used; null, and told, if it is not there.
    const Entry* take(const char* section, const char* key, const std::string& allowed);
    bool has(const char* section, const char* key) const;
    std::uint64_t take_number(const char* key, std::uint64_t max);
    void bad_value(const Entry& entry, const std::string& allowed);
    void note(const std::string& what) { notices_.push_back(source_ + ": " + what); }

    void take_name();
    void take_array();
    void take_sizes();
    void take_bandwidth();
    void take_dataflow();
    void choose_partition();
    void note_unused();

    const std::string& source_;
    std::vector<std::string>& notices_;
    std::string section_;                   // being read
    std::map<std::string, Entry> entries_;  // by "section.key" in small letters
    Told bad_;
    hw::Config config_;
};

void Reader::read_lines(std::string_view text) {
    if (text.size() > kMaxScaleSimConfigBytes)
        throw UserError(source_ + ": found " + std::to_string(text.size()) + " bytes, allowed at most " +
                        std::to_string(kMaxScaleSimConfigBytes));
    skip_byte_order_mark(text);
    for (std::size_t number = 1; !text.empty(); ++number) read_line(trimmed(next_line(text).text), number);
}

void Reader::read_line(std::string_view line, std::size_t number) {
    if (line.empty() || line.front() == '#' || line.front() == ';') return;
    if (line.front() == '[' && line.back() == ']') {
        section_ = lower(trimmed(line.substr(1, line.size() - 2)));
        return;
    }
    const auto end = std::min(line.find_first_of(":="), line.size());
    const std::string key(trimmed(line.substr(0, end)));
    if (section_.empty() || key.empty() || end == line.size())
        throw UserError(place(number) + "found " + in_quotes(line) + ", allowed " +
                        (section_.empty() ? "a [section] first" : "[section], KEY: VALUE or KEY = VALUE"));
    const Entry entry{key, std::string(trimmed(line.substr(end + 1))), number};
    const auto [at, fresh] = entries_.emplace(section_ + "." + lower(key), entry);
    if (!fresh)
        throw UserError(place(number) + "found " + in_quotes(key) + " again, allowed once, as on line " +
                        std::to_string(at->second.line));
}

bool Reader::has(const char* section, const char* key) const {
    return entries_.count(std::string(section) + "." + lower(key)) > 0;
}

const Entry* Reader::take(const char* section, const char* key, const std::string& allowed) {
    const auto found = entries_.find(std::string(section) + "." + lower(key));
    if (found == entries_.end()) {
        bad_.add("section [" + std::string(section) + "]: found no \"" + key + "\", allowed " + allowed);
        return nullptr;
    }
    found->second.used = true;
    return &found->second;
}

void Reader::bad_value(const Entry& entry, const std::string& allowed) {
    bad_.add("line " + std::to_string(entry.line) + ": " + in_quotes(entry.key) + ": found " +
             in_quotes(entry.value) + ", allowed " + allowed);
}

// Of section architecture_presets; 1 if it is bad.
std::uint64_t Reader::take_number(const char* key, std::uint64_t max) {
    const std::string allowed = "an integer 1.." + std::to_string(max);
    const Entry* entry = take("architecture_presets", key, allowed);
    if (entry == nullptr) return 1;
    const auto value = number(entry->value, max);
    if (!value) bad_value(*entry, allowed);
    return value.value_or(1);
}

void Reader::take_name() {
    const hw::ConfigKey& key = config_key("name");
    const Entry* entry = take("general", "run_name", "a name");
    if (entry == nullptr) return;
    std::string name = entry->value;
    if (name.size() >= 2 && name.front() == '"' && name.back() == '"') name = name.substr(1, name.size() - 2);
    const auto is_plain = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    const std::string before = name;
    for (char& c : name)
        if (!is_plain(c) && ((c != '.' && c != '-') || &c == &name.front())) c = '_';
    name.resize(std::min(name.size(), static_cast<std::size_t>(key.max)));
    if (!hw::assign_text(key, name, config_)) return bad_value(*entry, hw::allowed_range(key));
    if (name != before)
        note("line " + std::to_string(entry->line) + ": \"run_name\" " + in_quotes(before) + " read as " +
             name + ", as a name has letters, digits, \".\", \"_\" and \"-\" only");
}

// An operand moves one PE a cycle.
void Reader::take_array() {
    config_.pods.count = 1;
    config_.pods.rows = static_cast<std::uint32_t>(take_number("ArrayHeight", limit("pods.rows")));
    config_.pods.cols = static_cast<std::uint32_t>(take_number("ArrayWidth", limit("pods.cols")));
    config_.pods.multicast_cols = config_.pods.fanin_rows = 1;
}

// The first version of SCALE-Sim has the keys without "kB", and means kB too.
void Reader::take_sizes() {
    constexpr std::uint64_t kilobyte = 1024;
    constexpr std::pair<const char*, const char*> keys[] = {{"IfmapSramSzkB", "IfmapSramSz"},
                                                            {"FilterSramSzkB", "FilterSramSz"},
                                                            {"OfmapSramSzkB", "OfmapSramSz"}};
    std::vector<std::uint64_t> sizes;
    std::vector<std::string> told;
    for (const auto& [key, early] : keys) {
        const bool is_early = !has("architecture_presets", key) && has("architecture_presets", early);
        sizes.push_back(take_number(is_early ? early : key, limit("banks.size") / kilobyte));
        told.push_back(std::string(is_early ? early : key) + " " + std::to_string(sizes.back()));
    }
    const std::uint64_t largest = *std::max_element(sizes.begin(), sizes.end());
    config_.banks.size_bytes = kilobyte * largest;
    if (std::count(sizes.begin(), sizes.end(), largest) < 3)
        note(traces::join(told) + ": banks of X, W and P are of one size, the largest, " +
             hw::format_size(config_.banks.size_bytes));
}

void Reader::take_bandwidth() {
    const auto told = [&] {
        return hw::format_quantity(config_.dram.bandwidth_bytes_per_s, hw::Quantity::bandwidth);
    };
    const Entry* mode = nullptr;
    if (has("run_presets", "InterfaceBandwidth")) {
        mode = take("run_presets", "InterfaceBandwidth", "");
        if (mode->value != "USER" && mode->value != "CALC") return bad_value(*mode, "USER, CALC");
    }
    if (mode == nullptr || mode->value == "CALC") {
        config_.dram.bandwidth_bytes_per_s = config_key("dram.bandwidth").max;
        return note(
            "without \"InterfaceBandwidth: USER\" SCALE-Sim never waits for DRAM: dram.bandwidth is " +
            told());
    }
    const std::string allowed = "an integer 1..1000000, or some with commas";
    const Entry* entry = take("architecture_presets", "Bandwidth", allowed);
    if (entry == nullptr) return;
    const std::string_view all = entry->value, first = trimmed(all.substr(0, all.find(',')));
    const auto words = number(first, 1'000'000);
    if (!words) return bad_value(*entry, allowed);
    config_.dram.bandwidth_bytes_per_s = static_cast<double>(*words) * config_.clock_hz;
    note("line " + std::to_string(entry->line) + ": \"Bandwidth\" " + in_quotes(all) +
         ": dram.bandwidth is " + told() + ", " + std::to_string(*words) + " words of a byte a cycle of " +
         hw::format_quantity(config_.clock_hz, hw::Quantity::clock) +
         "; SCALE-Sim gives as much to each of its three buffers");
}

void Reader::take_dataflow() {
    const Entry* entry = take("architecture_presets", "Dataflow", "os, ws, is");
    if (entry == nullptr) return;
    const std::string& flow = entry->value;
    if (flow != "os" && flow != "ws" && flow != "is") return bad_value(*entry, "os, ws, is");
    if (flow != "ws")
        note("line " + std::to_string(entry->line) + ": \"Dataflow\" " + flow +
             ": the arrays are weight-stationary (ws) all the same");
}

// SCALE-Sim streams all rows of a layer through a set of weights; our tiles must lie in a bank as a whole,
// and several at a time.
void Reader::choose_partition() {
    constexpr std::uint64_t tiles = 4;
    const std::uint64_t row =
        std::max<std::uint64_t>(config_.pods.rows, config_.pods.cols * (config_.pods.psum_bits / 8));
    const std::uint64_t rows =
        std::min<std::uint64_t>(config_.banks.size_bytes / tiles, noc::kMaxTileBytes) / row;
    config_.tiling.partition_rows =
        static_cast<std::uint32_t>(std::clamp<std::uint64_t>(rows, 1, limit("tiling.partition")));
    note("tiling.partition is " + std::to_string(config_.tiling.partition_rows) +
         " rows, of which a bank holds " + std::to_string(tiles) +
         " tiles; SCALE-Sim streams a layer's rows in one go");
}

void Reader::note_unused() {
    std::vector<const Entry*> unused;
    for (const auto& [path, entry] : entries_)
        if (!entry.used) unused.push_back(&entry);
    std::sort(unused.begin(), unused.end(), [](auto* a, auto* b) { return a->line < b->line; });
    std::vector<std::string> keys;
    for (const Entry* entry : unused) keys.push_back(in_quotes(entry->key));
    if (!keys.empty()) note("not used: " + traces::join(keys));
}

hw::Config Reader::run(std::string_view text) {
    read_lines(text);
    take_name();
    take_array();
    take_sizes();
    take_bandwidth();
    take_dataflow();
    if (bad_.count > 0) throw UserError(source_ + ": " + bad_.text("; "));
    choose_partition();
    if (const std::string wrong = hw::misfit(config_); !wrong.empty())
        throw UserError(source_ + ": as a config: " + wrong);
    note_unused();
    return config_;
}

}  // namespace

hw::Config import_scalesim_config(std::string_view text, const std::string& source_name,
                                  std::vector<std::string>& notices) {
    return Reader(source_name, notices).run(text);
}

}  // namespace sosa::host
