#include <array>
#include <nlohmann/json.hpp>

#include "traces/area.h"
#include "traces/table_reader.h"

namespace sosa::traces {

namespace {

constexpr std::array kBases = {AreaBasis::published, AreaBasis::lower_bound, AreaBasis::upper_bound,
                               AreaBasis::estimate, AreaBasis::unknown};

// What the basis says, and that it is "unknown" exactly where there is no value.
AreaBasis read_basis(TableReader& reader, const std::string& key) {
    const nlohmann::json* const value = reader.at({key, "value"});
    const bool has_value = value && !value->is_null();
    const TableReader::Path path = {key, "basis"};
    const std::string found = reader.sentence(path);
    if (found.empty()) return AreaBasis::unknown;
    for (const AreaBasis basis : kBases) {
        if (found != word_of(basis)) continue;
        if (has_value && basis == AreaBasis::unknown)
            reader.problem(path, "is \"unknown\", but there is a value: " + key + ".value must be null then");
        if (!has_value && basis != AreaBasis::unknown)
            reader.problem(path, "is \"" + found + "\", but must be \"unknown\" as there is no value");
        return basis;
    }
    reader.problem(
        path, "is \"" + found + "\", but must be published, lower bound, upper bound, estimate or unknown");
    return AreaBasis::unknown;
}

AreaFigure read_figure(TableReader& reader, const std::string& key, const std::string& unit,
                       std::vector<std::string> keys = {}) {
    keys.insert(keys.begin(), {"value", "unit", "basis", "source"});
    AreaFigure figure;
    if (!reader.has_keys({key}, keys)) return figure;
    reader.unit({key}, unit);
    figure.value = reader.number({key, "value"}, {"a number of " + unit + " above 0", false, true});
    figure.basis = read_basis(reader, key);
    figure.source = reader.sentence({key, "source"});
    return figure;
}

}  // namespace

AreaTable parse_area_table(std::string_view json_text, const std::string& source_name) {
    constexpr std::uint32_t longest_side = 65536;
    TableReader reader(json_text, source_name);
    AreaTable t;
    if (!reader.has_keys({}, {"name", "description", "pod", "sram", "noc", "post_lane", "not_included"}))
        reader.finish();
    t.name = reader.sentence({"name"});
    t.description = reader.sentence({"description"});
    t.pod_mm2 = read_figure(reader, "pod", "mm2", {"rows", "cols", "scaling"});
    t.pod_rows = reader.whole({"pod", "rows"}, longest_side);
    t.pod_cols = reader.whole({"pod", "cols"}, longest_side);
    t.pod_scaling = reader.sentence({"pod", "scaling"});
    t.sram_kib_mm2 = read_figure(reader, "sram", "mm2/KiB");
    t.noc_bit_um2 = read_figure(reader, "noc", "um2/bit");
    t.post_lane_mm2 = read_figure(reader, "post_lane", "mm2");
    t.not_included = reader.sentence({"not_included"});
    reader.finish();
    return t;
}

AreaTable load_area_table(const std::string& name_or_path) {
    const TableText table = find_table("area table", embedded_area_tables(), name_or_path);
    return parse_area_table(table.text, table.source);
}

}  // namespace sosa::traces
