// Reading a port map.
#include "host/port_map.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "traces/error.h"
#include "traces/files.h"
#include "traces/json_read.h"
#include "traces/text.h"

namespace sosa::host {

using nlohmann::json;
using pods::ArrayShape;

const std::vector<PodPin>& pod_pins() {
    constexpr auto one = [](const ArrayShape&) { return 1u; };
    constexpr auto row_bits = [](const ArrayShape& s) { return 8 * s.rows; };
    constexpr auto col_bits = [](const ArrayShape& s) { return 8 * s.cols; };
    constexpr auto psum_bits = [](const ArrayShape& s) { return s.psum_bits * s.cols; };
    constexpr auto count_bits = [](const ArrayShape& s) {
        unsigned bits = 0;
        while (s.rows >> bits) ++bits;
        return bits;
    };
    static const std::vector<PodPin> pins = {
        {"en", false, one},           {"x_valid", false, one},
        {"x_swap", false, one},       {"x_last", false, one},
        {"x_signed", false, one},     {"x_row", false, row_bits},
        {"ps_in", false, psum_bits},  {"w_valid", false, one},
        {"w_first", false, one},      {"w_signed", false, one},
        {"w_row", false, col_bits},   {"w_rows", true, count_bits},
        {"out_valid", true, one},     {"out_last", true, one},
        {"out_row", true, psum_bits}, {"out_overflow", true, [](const ArrayShape& s) { return s.cols; }},
        {"busy", true, one}};
    return pins;
}

namespace {

std::vector<std::string> pin_names() {
    std::vector<std::string> names;
    for (const auto& pin : pod_pins()) names.emplace_back(pin.name);
    return names;
}

// Collects what is wrong, so that a person learns it at once.
class Reader {
  public:
    Reader(std::string file, std::string text) : file_(std::move(file)), text_(std::move(text)) {}

    PortMap read() {
        const json root = traces::parse_json_strict(text_, file_);
        PortMap map;
        map.file = file_;
        if (members(root, {}, {"top", "sources", "parameters", "clock", "reset", "ports"})) {
            map.top = name(root, {"top"}, "the name of a module");
            map.clock = name(root, {"clock"}, "the name of a port");
            read_sources(root, map);
            read_parameters(root, map);
            read_reset(root, map);
            read_ports(root, map);
        }
        check_twice(map);
        if (!faults_.empty()) throw UserError(file_ + ": " + traces::join(faults_, "; "));
        return map;
    }

  private:
    using Path = std::vector<std::string>;

    void fault(const Path& path, const std::string& found, const std::string& allowed) {
        const std::size_t line = traces::line_of_path(text_, path);
        faults_.push_back((line && !path.empty() ? "line " + std::to_string(line) + ": " : "") +
                          (path.empty() ? "" : "\"" + traces::join(path, ".") + "\": ") + "found " + found +
                          ", allowed " + allowed);
    }

    // Whether it is an object; keys of it that nobody knows are faults.
    bool members(const json& value, const Path& path, const std::vector<std::string>& known) {
        if (!value.is_object()) return fault(path, value.type_name(), "an object"), false;
        for (const auto& [key, unused] : value.items()) {
            if (std::find(known.begin(), known.end(), key) != known.end()) continue;
            Path at = path;
            at.push_back(key);
            fault(at, "an unknown key" + traces::did_you_mean(traces::nearest(key, known)),
                  traces::join(known));
        }
        return true;
    }

    static const json* at(const json& root, const Path& path) {
        const json* value = &root;
        for (const auto& key : path) {
            if (!value->is_object() || !value->contains(key)) return nullptr;
            value = &(*value)[key];
        }
        return value;
    }

    // The non-empty string at the path, or "" and a fault.
    std::string name(const json& root, const Path& path, const std::string& allowed) {
        const json* const value = at(root, path);
        if (value && value->is_string() && !value->get<std::string>().empty()) return *value;
        fault(path, !value ? "nothing" : value->is_string() ? "\"\"" : value->type_name(), allowed);
        return "";
    }

    void read_sources(const json& root, PortMap& map) {
        const json* const list = at(root, {"sources"});
        if (!list || !list->is_array() || list->empty())
            return fault({"sources"},
                         list ? list->is_array() ? "an empty list" : list->type_name() : "nothing",
                         "a list of files");
        for (const auto& source : *list) {
            if (!source.is_string()) return fault({"sources"}, source.type_name(), "a list of files");
            map.sources.push_back(std::filesystem::path(file_).parent_path() / source.get<std::string>());
        }
    }

    void read_parameters(const json& root, PortMap& map) {
        const json* const all = at(root, {"parameters"});
        if (!all) return;
        if (!all->is_object()) return fault({"parameters"}, all->type_name(), "an object");
        const auto words = parameter_words();
        for (const auto& [key, value] : all->items()) {
            const Path path = {"parameters", key};
            const std::string allowed = traces::join(words) + " or an integer";
            if (value.is_number_integer())
                map.parameters[key] = value.get<std::int64_t>();
            else if (!value.is_string())
                fault(path, value.type_name(), allowed);
            else if (const std::string word = value; std::count(words.begin(), words.end(), word))
                map.parameters[key] = word;
            else
                fault(path, "\"" + word + "\"" + traces::did_you_mean(traces::nearest(word, words)), allowed);
        }
    }

    void read_reset(const json& root, PortMap& map) {
        const json* const reset = at(root, {"reset"});
        if (!reset) return fault({"reset"}, "nothing", "an object with port and active");
        if (!members(*reset, {"reset"}, {"port", "active"})) return;
        map.reset = name(root, {"reset", "port"}, "the name of a port");
        const std::string active = name(root, {"reset", "active"}, "high or low");
        map.reset_active_high = active == "high";
        if (!active.empty() && active != "high" && active != "low")
            fault({"reset", "active"}, "\"" + active + "\"", "high or low");
    }

    void read_ports(const json& root, PortMap& map) {
        const json* const ports = at(root, {"ports"});
        if (!ports) return fault({"ports"}, "nothing", "an object with " + traces::join(pin_names()));
        if (!members(*ports, {"ports"}, pin_names())) return;
        for (const auto& pin : pin_names()) map.ports[pin] = name(root, {"ports", pin}, "the name of a port");
    }

    void check_twice(const PortMap& map) {
        std::map<std::string, std::vector<std::string>> users;
        users[map.clock].push_back("clock");
        users[map.reset].push_back("reset");
        for (const auto& [pin, port] : map.ports) users[port].push_back(pin);
        for (const auto& [port, pins] : users)
            if (!port.empty() && pins.size() > 1)
                faults_.push_back("port \"" + port + "\": found it as " + traces::join(pins) +
                                  ", allowed as one of them");
    }

    std::string file_, text_;
    std::vector<std::string> faults_;
};

}  // namespace

PortMap read_port_map(const std::filesystem::path& file) {
    return Reader(file.string(), traces::read_file(file)).read();
}

PortMap own_port_map() {
    PortMap map;
    map.top = "sosa_pod";
    map.clock = "clk";
    map.reset = "rst_n";
    for (const auto& pin : pin_names()) map.ports[pin] = pin;
    return map;
}

}  // namespace sosa::host
