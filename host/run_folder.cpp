#include "host/run_folder.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "traces/error.h"
#include "traces/files.h"
#include "traces/json_read.h"

namespace sosa::host {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{1} << 28;

fs::path needed(const fs::path& folder, const char* name) {
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored))
        throw UserError(folder.string() + ": found no such folder, allowed one that sosa run wrote");
    if (!fs::exists(folder / name, ignored))
        throw UserError(folder.string() + ": found no " + name + ", allowed a folder that sosa run wrote");
    return folder / name;
}

json read_json(const fs::path& folder, const char* name) {
    const fs::path file = needed(folder, name);
    json value = traces::parse_json_strict(traces::read_file(file, kMaxFileBytes), file.string());
    if (!value.is_object())
        throw UserError(file.string() + ": line 1: found no object, allowed what sosa run wrote");
    return value;
}

CsvTable read_csv(const fs::path& file) { return {traces::read_file(file, kMaxFileBytes), file.string()}; }

std::optional<CsvTable> read_csv_if_there(const fs::path& file) {
    std::error_code ignored;
    if (!fs::exists(file, ignored)) return std::nullopt;
    return read_csv(file);
}

std::uint32_t count_in(const json& summary, const char* key, std::uint64_t min, std::uint64_t max,
                       const fs::path& file) {
    const auto at = summary.find(key);
    if (at != summary.end() && at->is_number_unsigned() && *at >= min && *at <= max)
        return at->get<std::uint32_t>();
    throw UserError(file.string() + ": " + key + ": found " + (at == summary.end() ? "nothing" : at->dump()) +
                    ", allowed " + std::to_string(min) + " to " + std::to_string(max));
}

// Text that a terminal may be shown.
std::string plain_text(const CsvTable& table, std::size_t row, std::size_t column) {
    const std::string_view text = table.text(row, column);
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 127; };
    if (std::any_of(text.begin(), text.end(), is_control))
        table.refuse(row, column, "text without control characters");
    return std::string(text);
}

}  // namespace

RunFolder::RunFolder(const fs::path& path) : path_(path) {
    summary_ = std::make_unique<const json>(read_json(path, "summary.json"));
    check_summary();
    config_ = hw::load_config((fs::absolute(needed(path, "effective_config.json"))).string(), {});
    manifest_ = std::make_unique<const json>(read_json(path, "manifest.json"));
    const json counters = read_json(path, "counters.json");
    networks_ = std::make_unique<const json>(counters.value("networks", json::object()));
    check_networks();
    layers_ = read_csv(needed(path, "layers.csv"));
    energy_ = read_energy(path);
    slices_ = read_csv_if_there(path / "slices.csv");
    occupancy_ = read_csv_if_there(path / "occupancy.csv");
    power_ = read_csv_if_there(path / "power.csv");
    if (slices_) check_slices();
}

RunFolder::~RunFolder() = default;

std::string RunFolder::workload() const { return summary_->at("workload").get<std::string>(); }
std::string RunFolder::config_name() const { return summary_->at("config").get<std::string>(); }

void RunFolder::check_summary() {
    const fs::path file = path_ / "summary.json";
    for (const char* key : {"workload", "config"})
        if (const auto at = summary_->find(key); at == summary_->end() || !at->is_string())
            throw UserError(file.string() + ": " + key + ": found " +
                            (at == summary_->end() ? "nothing" : "another type") + ", allowed a name");
    slice_count_ = count_in(*summary_, "slices", 0, kMaxRunSlices, file);
}

void RunFolder::check_networks() const {
    const auto refuse = [&](const std::string& what) {
        throw UserError((path_ / "counters.json").string() + ": networks: found " + what +
                        ", allowed columns and rows of as many numbers");
    };
    if (!networks_->is_object() || !networks_->contains("columns") || !networks_->contains("rows"))
        refuse("no table");
    const json &columns = networks_->at("columns"), &rows = networks_->at("rows");
    if (!columns.is_array() || !rows.is_object()) refuse("no table");
    for (const auto& column : columns)
        if (!column.is_object() || !column.contains("name") || !column.at("name").is_string())
            refuse("a column without a name");
    for (const auto& [label, cells] : rows.items()) {
        if (!cells.is_array() || cells.size() != columns.size()) refuse("a row of another length, " + label);
        for (const auto& cell : cells)
            if (!cell.is_number()) refuse("a row without numbers, " + label);
    }
}

void RunFolder::check_slices() const {
    const std::size_t slice = slices_->column("slice");
    for (std::size_t row = 0; row < slices_->rows(); ++row)
        if (slices_->whole(row, slice, kMaxRunSlices) != row)
            slices_->refuse(row, slice, std::to_string(row) + ", the next slice");
}

std::vector<traces::EnergyRow> read_energy(const fs::path& folder) {
    const CsvTable table = read_csv(needed(folder, "energy.csv"));
    const std::size_t component = table.column("component"), counter = table.column("counter"),
                      count = table.column("count"), each = table.column("pj_each"),
                      energy = table.column("energy_pj"), source = table.column("source");
    std::vector<traces::EnergyRow> rows;
    for (std::size_t r = 0; r < table.rows(); ++r) {
        const auto counted = table.number(r, count), pj = table.number(r, energy);
        if (!counted) table.refuse(r, count, "a number");
        rows.push_back({plain_text(table, r, component), plain_text(table, r, counter), *counted,
                        table.number(r, each), plain_text(table, r, source)});
        const auto& pj_each = rows.back().pj_each;
        const bool same = pj.has_value() == pj_each.has_value() &&
                          (!pj || std::abs(*pj - *counted * *pj_each) <= 1e-9 * std::abs(*pj));
        if (!same) table.refuse(r, energy, "count * pj_each");
    }
    return rows;
}

}  // namespace sosa::host
