// A port map against the shape of an array, against the module, and as the adapter's text.
#include <algorithm>

#include "host/port_map.h"
#include "traces/error.h"
#include "traces/text.h"

namespace sosa::host {

using pods::ArrayShape;

namespace {

struct ParameterWord {
    const char* word;
    std::uint32_t (*value)(const ArrayShape& shape);
};
constexpr ParameterWord kParameterWords[] = {
    {"rows", [](const ArrayShape& s) { return s.rows; }},
    {"cols", [](const ArrayShape& s) { return s.cols; }},
    {"multicast_cols", [](const ArrayShape& s) { return s.multicast_cols; }},
    {"fanin_rows", [](const ArrayShape& s) { return s.fanin_rows; }},
    {"psum_bits", [](const ArrayShape& s) { return s.psum_bits; }},
    {"saturate", [](const ArrayShape& s) { return std::uint32_t{s.saturate}; }},
};

const RtlPort* find_port(const std::vector<RtlPort>& ports, const std::string& name) {
    const auto at = std::find_if(ports.begin(), ports.end(), [&](const auto& p) { return p.name == name; });
    return at == ports.end() ? nullptr : &*at;
}

const char* direction_text(RtlPort::Direction direction) {
    constexpr const char* names[] = {"input", "output", "inout"};
    return names[static_cast<int>(direction)];
}

// What is wrong with the port that is to be a pin, or "".
std::string port_fault(const std::vector<RtlPort>& ports, const std::string& name, bool output,
                       unsigned width) {
    const std::string place = "port \"" + name + "\": found ";
    const RtlPort* const port = find_port(ports, name);
    if (!port) {
        std::vector<std::string> names;
        for (const auto& p : ports) names.push_back(p.name);
        return place + "no such port" + traces::did_you_mean(traces::nearest(name, names)) + ", allowed " +
               traces::join(names);
    }
    const auto direction = output ? RtlPort::Direction::out : RtlPort::Direction::in;
    if (port->direction != direction)
        return place + direction_text(port->direction) + ", allowed " + direction_text(direction);
    if (port->unpacked) return place + "an unpacked array, allowed a packed vector";
    if (port->width != width)
        return place + "width " + std::to_string(port->width) + ", allowed " + std::to_string(width);
    return "";
}

bool is_mapped(const PortMap& map, const std::string& port) {
    if (port == map.clock || port == map.reset) return true;
    return std::any_of(map.ports.begin(), map.ports.end(), [&](const auto& p) { return p.second == port; });
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
        text.replace(at, from.size(), to);
}

}  // namespace

std::vector<std::string> parameter_words() {
    std::vector<std::string> words;
    for (const auto& p : kParameterWords) words.emplace_back(p.word);
    return words;
}

std::vector<std::pair<std::string, std::string>> parameter_values(const PortMap& map,
                                                                  const ArrayShape& shape) {
    std::vector<std::pair<std::string, std::string>> values;
    for (const auto& [name, value] : map.parameters) {
        if (const auto* number = std::get_if<std::int64_t>(&value)) {
            values.emplace_back(name, std::to_string(*number));
            continue;
        }
        for (const auto& p : kParameterWords)
            if (p.word == std::get<std::string>(value))
                values.emplace_back(name, std::to_string(p.value(shape)));
    }
    return values;
}

void check_ports(const PortMap& map, const ArrayShape& shape, const std::vector<RtlPort>& ports) {
    std::vector<std::string> faults = {port_fault(ports, map.clock, false, 1),
                                       port_fault(ports, map.reset, false, 1)};
    for (const auto& pin : pod_pins())
        faults.push_back(port_fault(ports, map.ports.at(pin.name), pin.output, pin.width(shape)));
    for (const auto& port : ports) {
        const bool harmless = port.direction == RtlPort::Direction::out && !port.unpacked;
        if (harmless || is_mapped(map, port.name)) continue;
        faults.push_back("port \"" + port.name + "\": found " + (port.unpacked ? "an unpacked " : "") +
                         direction_text(port.direction) +
                         " that is no pin, allowed there are packed outputs only");
    }
    faults.erase(std::remove(faults.begin(), faults.end(), ""), faults.end());
    if (!faults.empty()) throw UserError(map.file + ": " + traces::join(faults, "; "));
}

std::string adapter_text(const PortMap& map, const std::vector<RtlPort>& ports) {
    const auto cpp_name = [&](const std::string& name) {
        const RtlPort* const port = find_port(ports, name);
        return port ? port->cpp_name : name;
    };
    std::string text = embedded_rtl_text("sc_tests/cosim/adapter.cpp.in");
    replace_all(text, "@clock@", cpp_name(map.clock));
    replace_all(text, "@reset@", cpp_name(map.reset));
    replace_all(text, "@reset_level@", map.reset_active_high ? "true" : "false");
    for (const auto& [pin, port] : map.ports) replace_all(text, "@" + pin + "@", cpp_name(port));
    std::string unused;
    for (const auto& port : ports) {
        if (is_mapped(map, port.name)) continue;
        unused += "    Pin<decltype(Vrtl::" + port.cpp_name + ")> unused_" + port.cpp_name + "_{rtl_." +
                  port.cpp_name + ", \"unused_" + port.cpp_name + "\"};\n";
    }
    replace_all(text, "@unused_outputs@", unused);
    return text;
}

}  // namespace sosa::host
