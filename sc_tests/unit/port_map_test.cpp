// Reading port maps and checking them against a module's ports.
#include "host/port_map.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "sc_tests/unit/temp_folder.h"
#include "traces/error.h"

namespace sosa::tests {

using host::PortMap;
using host::RtlPort;
using nlohmann::ordered_json;

namespace {

ordered_json good_map() {
    ordered_json map = {{"top", "my_pod"},
                        {"sources", {"my_pod.sv", "rtl/adder.sv"}},
                        {"parameters", {{"R", "rows"}, {"P", "psum_bits"}, {"SAT", "saturate"}, {"FAST", 3}}},
                        {"clock", "ck"},
                        {"reset", {{"port", "reset"}, {"active", "high"}}}};
    for (const auto& pin : host::pod_pins()) map["ports"][pin.name] = std::string("my_") + pin.name;
    return map;
}

class MapFile {
  public:
    explicit MapFile(const std::string& text) { std::ofstream(path()) << text; }
    explicit MapFile(const ordered_json& map) : MapFile(map.dump(1)) {}
    std::string path() const { return folder_ / "ports.json"; }
    PortMap read() const { return host::read_port_map(path()); }
    // What is wrong, without the file's name.
    std::string fault() const {
        try {
            read();
        } catch (const UserError& error) {
            const std::string text = error.what();
            REQUIRE(text.rfind(path() + ": ", 0) == 0);
            return text.substr(path().size() + 2);
        }
        return "";
    }

  private:
    TempFolder folder_;
};

pods::ArrayShape shape() {
    pods::ArrayShape s;
    s.rows = 5;
    s.cols = 3;
    s.multicast_cols = 2;
    s.fanin_rows = 4;
    s.psum_bits = 24;
    s.saturate = true;
    return s;
}

// The ports that a module of this shape must have for the map.
std::vector<RtlPort> fitting_ports(const PortMap& map) {
    std::vector<RtlPort> ports = {{map.clock, map.clock, RtlPort::Direction::in, 1, false},
                                  {map.reset, map.reset, RtlPort::Direction::in, 1, false}};
    for (const auto& pin : host::pod_pins()) {
        const std::string name = map.ports.at(pin.name);
        const auto direction = pin.output ? RtlPort::Direction::out : RtlPort::Direction::in;
        ports.push_back({name, name, direction, pin.width(shape()), false});
    }
    return ports;
}

std::string misfit(const PortMap& map, const std::vector<RtlPort>& ports) {
    try {
        check_ports(map, shape(), ports);
    } catch (const UserError& error) {
        return error.what();
    }
    return "";
}

}  // namespace

TEST_CASE("a port map is read as it stands") {
    const MapFile file(good_map());
    const PortMap map = file.read();
    const auto folder = std::filesystem::path(file.path()).parent_path();
    CHECK(map.top == "my_pod");
    CHECK(map.sources == std::vector<std::filesystem::path>{folder / "my_pod.sv", folder / "rtl/adder.sv"});
    CHECK(map.clock == "ck");
    CHECK(map.reset == "reset");
    CHECK(map.reset_active_high);
    CHECK(map.ports.size() == 17);
    CHECK(map.ports.at("out_row") == "my_out_row");
    const std::vector<std::pair<std::string, std::string>> values = {
        {"FAST", "3"}, {"P", "24"}, {"R", "5"}, {"SAT", "1"}};
    CHECK(parameter_values(map, shape()) == values);

    auto low = good_map();
    low["reset"]["active"] = "low";
    low.erase("parameters");
    const PortMap other = MapFile(low).read();
    CHECK_FALSE(other.reset_active_high);
    CHECK(parameter_values(other, shape()).empty());
}

TEST_CASE("everything that does not fit in a port map is told at once") {
    auto map = good_map();
    map["prts"] = 1;
    map["top"] = 7;
    map["parameters"] = {{"R", "row"}, {"C", 1.5}};
    map["reset"]["active"] = "hi";
    map["ports"].erase("busy");
    map["ports"]["out_vald"] = "q";
    CHECK(MapFile(map).fault() ==
          "line 35: \"prts\": found an unknown key (did you mean \"ports\"?), allowed top, sources, "
          "parameters, clock, "
          "reset, ports; line 2: \"top\": found number, allowed the name of a module; "
          "line 9: \"parameters.C\": found number, allowed rows, cols, multicast_cols, fanin_rows, "
          "psum_bits, saturate "
          "or an integer; line 8: \"parameters.R\": found \"row\" (did you mean \"rows\"?), allowed rows, "
          "cols, "
          "multicast_cols, fanin_rows, psum_bits, saturate or an integer; line 14: \"reset.active\": found "
          "\"hi\", "
          "allowed high or low; line 33: \"ports.out_vald\": found an unknown key (did you mean "
          "\"out_valid\"?), allowed "
          "en, x_valid, x_swap, x_last, x_signed, x_row, ps_in, w_valid, w_first, w_signed, w_row, w_rows, "
          "out_valid, "
          "out_last, out_row, out_overflow, busy; \"ports.busy\": found nothing, allowed the name of a port");
}

TEST_CASE("a port map without its parts is refused") {
    CHECK(MapFile(std::string("{}")).fault() ==
          "\"top\": found nothing, allowed the name of a module; \"clock\": found nothing, allowed the name "
          "of a port; "
          "\"sources\": found nothing, allowed a list of files; \"reset\": found nothing, allowed an object "
          "with port and "
          "active; \"ports\": found nothing, allowed an object with en, x_valid, x_swap, x_last, x_signed, "
          "x_row, ps_in, "
          "w_valid, w_first, w_signed, w_row, w_rows, out_valid, out_last, out_row, out_overflow, busy");
    CHECK(MapFile(std::string("[]")).fault() == "found array, allowed an object");
    auto map = good_map();
    map["sources"] = ordered_json::array();
    CHECK(MapFile(map).fault() == "line 3: \"sources\": found an empty list, allowed a list of files");
    map = good_map();
    map["ports"]["en"] = "ck";
    CHECK(MapFile(map).fault() == "port \"ck\": found it as clock, en, allowed as one of them");
}

TEST_CASE("a module that fits its port map is accepted, with outputs to spare") {
    const PortMap map = MapFile(good_map()).read();
    auto ports = fitting_ports(map);
    CHECK(misfit(map, ports).empty());
    ports.push_back({"debug", "debug", RtlPort::Direction::out, 99, false});
    CHECK(misfit(map, ports).empty());
}

TEST_CASE("the widths of the pins follow the shape") {
    std::map<std::string, unsigned> widths;
    for (const auto& pin : host::pod_pins()) widths[pin.name] = pin.width(shape());
    CHECK(widths.at("x_row") == 40);
    CHECK(widths.at("w_row") == 24);
    CHECK(widths.at("ps_in") == 72);
    CHECK(widths.at("out_row") == 72);
    CHECK(widths.at("out_overflow") == 3);
    CHECK(widths.at("w_rows") == 3);
    CHECK(widths.at("busy") == 1);
}

TEST_CASE("all ports that do not fit are told at once") {
    const MapFile file(good_map());
    const PortMap map = file.read();
    auto ports = fitting_ports(map);
    ports[1].name = "resett";
    for (auto& port : ports) {
        if (port.name == "my_x_row") port.width = 32;
        if (port.name == "my_w_rows") port.width = 4;
        if (port.name == "my_busy") port.direction = RtlPort::Direction::in;
        if (port.name == "my_ps_in") port.unpacked = true;
    }
    ports.push_back({"probe", "probe", RtlPort::Direction::out, 4, true});
    std::string names;
    for (const auto& port : ports) names += (names.empty() ? "" : ", ") + port.name;
    CHECK(misfit(map, ports) ==
          file.path() + ": port \"reset\": found no such port (did you mean \"resett\"?), allowed " + names +
              "; port \"my_x_row\": found width 32, allowed 40; port \"my_ps_in\": found an unpacked array, "
              "allowed a "
              "packed vector; port \"my_w_rows\": found width 4, allowed 3; port \"my_busy\": found input, "
              "allowed output; port \"resett\": found input that "
              "is no pin, "
              "allowed there are packed outputs only; port \"probe\": found an unpacked output that is no "
              "pin, allowed "
              "there are packed outputs only");
}

TEST_CASE("the adapter names every port, in the words of Verilator's C++") {
    auto json = good_map();
    json["ports"]["en"] = "clk__en";
    const PortMap map = MapFile(json).read();
    auto ports = fitting_ports(map);
    for (auto& port : ports)
        if (port.name == "clk__en") port.cpp_name = "clk___05Fen";
    ports.push_back({"debug", "debug", RtlPort::Direction::out, 4, false});
    const std::string text = adapter_text(map, ports);
    CHECK(text.find('@') == std::string::npos);
    CHECK(text.find("decltype(Vrtl::clk___05Fen)") != std::string::npos);
    CHECK(text.find("decltype(Vrtl::debug)") != std::string::npos);
    CHECK(text.find("pins.rst_n != true") != std::string::npos);
    CHECK(adapter_text(host::own_port_map(), {}).find("pins.rst_n != false") != std::string::npos);
}

}  // namespace sosa::tests
