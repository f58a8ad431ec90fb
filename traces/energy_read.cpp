#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "traces/energy.h"
#include "traces/error.h"
#include "traces/files.h"
#include "traces/json_read.h"
#include "traces/text.h"

namespace sosa::traces {
using nlohmann::json;

namespace {

using Path = std::vector<std::string>;

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

// Reads the parts of a table and collects what is wrong with them, so that one error lists it all.
class Reader {
  public:
    Reader(std::string_view text, const std::string& source)
        : text_(text), source_(source), root_(parse_json_strict(text, source)) {}

    EnergyTable table() {
        EnergyTable t;
        if (!has_keys({}, {"name", "description", "mac", "sram_byte", "noc_byte", "dram_byte"})) finish();
        t.name = sentence({"name"});
        t.description = sentence({"description"});
        t.mac_pj = entry("mac", "pJ/MAC", &t.mac_source).value_or(0);
        t.noc_byte_pj = entry("noc_byte", "pJ/B", &t.noc_source).value_or(0);
        t.dram_byte_pj = entry("dram_byte", "pJ/B", &t.dram_source);
        read_sram(t);
        finish();
        return t;
    }

  private:
    void finish() const {
        if (!problems_.empty()) throw UserError(source_ + ": " + join(problems_, "; "));
    }

    void problem(const Path& path, const std::string& what) {
        const std::size_t line = line_of_path(text_, path);
        const std::string place = path.empty() ? "the table" : join(path, ".");
        problems_.push_back((line ? "line " + std::to_string(line) + ": " : "") + place + " " + what);
    }

    // The value at `path`, or nullptr if something on the way is missing or no container.
    const json* at(const Path& path) const {
        const json* value = &root_;
        for (const auto& part : path) {
            if (value->is_object() && value->contains(part)) {
                value = &(*value)[part];
            } else if (value->is_array()) {
                value = &(*value)[std::stoul(part)];
            } else {
                return nullptr;
            }
        }
        return value;
    }

    // False if there is no object whose keys could be read on.
    bool has_keys(const Path& path, const std::vector<std::string>& allowed) {
        const json* object = at(path);
        if (!object) return false;  // reported as a missing key
        if (!object->is_object()) {
            problem(path, "is no object, but needs the keys " + join(allowed));
            return false;
        }
        for (const auto& [key, value] : object->items()) {
            if (std::find(allowed.begin(), allowed.end(), key) != allowed.end()) continue;
            const std::string meant = nearest(key, allowed);
            Path place = path;
            place.push_back(key);
            problem(place, "is an unknown key" + (meant.empty() ? " (allowed: " + join(allowed) + ")"
                                                                : " (did you mean " + meant + "?)"));
        }
        for (const auto& key : allowed)
            if (!object->contains(key)) problem(path, "lacks the key " + key);
        return true;
    }

    std::string sentence(const Path& path) {
        const json* value = at(path);
        if (!value) return "";
        if (value->is_string() && !value->get_ref<const std::string&>().empty()) return *value;
        problem(path, "is " + value->dump().substr(0, 80) + ", but must be a text that is not empty");
        return "";
    }

    std::optional<double> energy(const Path& path, bool may_be_unknown = false) {
        const json* value = at(path);
        if (!value || (may_be_unknown && value->is_null())) return std::nullopt;
        if (value->is_number() && std::isfinite(value->get<double>()) && value->get<double>() >= 0)
            return value->get<double>();
        problem(path, "is " + value->dump().substr(0, 80) +
                          ", but must be a number of pJ that is not negative" +
                          (may_be_unknown ? ", or null if not known" : ""));
        return std::nullopt;
    }

    void unit(const std::string& key, const std::string& wanted) {
        const std::string found = sentence({key, "unit"});
        if (!found.empty() && found != wanted)
            problem({key, "unit"}, "is \"" + found + "\", but must be \"" + wanted + "\"");
    }

    std::optional<double> entry(const std::string& key, const std::string& wanted_unit, std::string* source) {
        if (!has_keys({key}, {"value", "unit", "source"})) return std::nullopt;
        unit(key, wanted_unit);
        *source = sentence({key, "source"});
        return energy({key, "value"}, key == "dram_byte");
    }

    void read_sram(EnergyTable& t) {
        if (!has_keys({"sram_byte"}, {"macros", "unit", "source"})) return;
        unit("sram_byte", "pJ/B");
        t.sram_source = sentence({"sram_byte", "source"});
        const json* macros = at({"sram_byte", "macros"});
        if (!macros) return;
        if (!macros->is_array() || macros->empty())
            return problem({"sram_byte", "macros"}, "must be a list of {\"size\", \"value\"}, at least one");
        for (std::size_t i = 0; i < macros->size(); ++i) read_macro(t, std::to_string(i));
    }

    void read_macro(EnergyTable& t, const std::string& index) {
        const Path macro = {"sram_byte", "macros", index};
        if (!has_keys(macro, {"size", "value"})) return;
        Path size = macro, value = macro;
        size.push_back("size");
        value.push_back("value");
        const std::string text = sentence(size);
        const auto pj = energy(value);
        if (text.empty()) return;
        const auto bytes = size_in_bytes(text);
        if (!bytes) return problem(size, "is \"" + text + "\", but must be a size such as \"256KiB\"");
        if (!t.sram_macros.empty() && *bytes <= t.sram_macros.back().bytes)
            return problem(size, "is \"" + text + "\", but sizes must rise from one macro to the next");
        t.sram_macros.push_back({*bytes, pj.value_or(0)});
    }

    std::string_view text_;
    const std::string& source_;
    json root_;
    std::vector<std::string> problems_;
};

}  // namespace

EnergyTable parse_energy_table(std::string_view json_text, const std::string& source_name) {
    return Reader(json_text, source_name).table();
}

EnergyTable load_energy_table(const std::string& name_or_path) {
    std::vector<std::string> names;
    for (const auto& [name, text] : embedded_energy_tables()) {
        if (name == name_or_path) return parse_energy_table(text, "energy table " + name_or_path);
        names.emplace_back(name);
    }
    const bool is_path =
        name_or_path.find('/') != std::string::npos ||
        std::string_view(name_or_path)
                .substr(name_or_path.size() - std::min<std::size_t>(5, name_or_path.size())) == ".json";
    if (is_path) return parse_energy_table(read_file(name_or_path, std::size_t{1} << 20), name_or_path);
    const std::string meant = nearest(name_or_path, names);
    throw UserError("energy table \"" + name_or_path + "\" is not known" +
                    (meant.empty() ? "" : " (did you mean " + meant + "?)") + "; there are " + join(names) +
                    ", or give the path of a .json file");
}

}  // namespace sosa::traces
