#include <charconv>
#include <nlohmann/json.hpp>

#include "traces/energy.h"
#include "traces/table_reader.h"

namespace sosa::traces {
using nlohmann::json;

namespace {

using Path = TableReader::Path;
const TableReader::NumberRule kEnergy{"a number of pJ that is not negative", true, false};
const TableReader::NumberRule kEnergyOrUnknown{kEnergy.allowed, true, true};

// "64KiB" -> 65536; none if it is not a whole positive number of B, KiB or MiB below 1 TiB.
std::optional<std::uint64_t> size_in_bytes(const std::string& text) {
    std::uint64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc() || count == 0 || count >= (std::uint64_t{1} << 20)) return std::nullopt;
    const std::string unit(end, text.data() + text.size());
    if (unit == "B") return count;
    if (unit == "KiB") return count << 10;
    if (unit == "MiB") return count << 20;
    return std::nullopt;
}

std::optional<double> read_entry(TableReader& reader, const std::string& key, const std::string& unit,
                                 const TableReader::NumberRule& rule, std::string& source) {
    if (!reader.has_keys({key}, {"value", "unit", "source"})) return std::nullopt;
    reader.unit({key}, unit);
    source = reader.sentence({key, "source"});
    return reader.number({key, "value"}, rule);
}

void read_macro(TableReader& reader, EnergyTable& t, const std::string& index) {
    const Path macro = {"sram_byte", "macros", index};
    if (!reader.has_keys(macro, {"size", "value"})) return;
    Path size = macro, value = macro;
    size.push_back("size");
    value.push_back("value");
    const std::string text = reader.sentence(size);
    const auto pj = reader.number(value, kEnergy);
    if (text.empty()) return;
    const auto bytes = size_in_bytes(text);
    if (!bytes) return reader.problem(size, "is \"" + text + "\", but must be a size such as \"256KiB\"");
    if (!t.sram_macros.empty() && *bytes <= t.sram_macros.back().bytes)
        return reader.problem(size, "is \"" + text + "\", but sizes must rise from one macro to the next");
    t.sram_macros.push_back({*bytes, pj.value_or(0)});
}

void read_sram(TableReader& reader, EnergyTable& t) {
    if (!reader.has_keys({"sram_byte"}, {"macros", "unit", "source"})) return;
    reader.unit({"sram_byte"}, "pJ/B");
    t.sram_source = reader.sentence({"sram_byte", "source"});
    const json* macros = reader.at({"sram_byte", "macros"});
    if (!macros) return;
    if (!macros->is_array() || macros->empty())
        return reader.problem({"sram_byte", "macros"},
                              "must be a list of {\"size\", \"value\"}, at least one");
    for (std::size_t i = 0; i < macros->size(); ++i) read_macro(reader, t, std::to_string(i));
}

}  // namespace

EnergyTable parse_energy_table(std::string_view json_text, const std::string& source_name) {
    TableReader reader(json_text, source_name);
    EnergyTable t;
    if (!reader.has_keys({}, {"name", "description", "mac", "sram_byte", "noc_byte", "dram_byte"}))
        reader.finish();
    t.name = reader.sentence({"name"});
    t.description = reader.sentence({"description"});
    t.mac_pj = read_entry(reader, "mac", "pJ/MAC", kEnergy, t.mac_source).value_or(0);
    t.noc_byte_pj = read_entry(reader, "noc_byte", "pJ/B", kEnergy, t.noc_source).value_or(0);
    t.dram_byte_pj = read_entry(reader, "dram_byte", "pJ/B", kEnergyOrUnknown, t.dram_source);
    read_sram(reader, t);
    reader.finish();
    return t;
}

EnergyTable load_energy_table(const std::string& name_or_path) {
    const TableText table = find_table("energy table", embedded_energy_tables(), name_or_path);
    return parse_energy_table(table.text, table.source);
}

}  // namespace sosa::traces
