#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "host/rtl_build.h"
#include "pods/array.h"

// Which port of a module is which pin of a pod (pods/README.md, "Inside the array"), for a person's own RTL.
namespace sosa::host {

// A pin besides clock and reset.
struct PodPin {
    const char* name;
    bool output;
    unsigned (*width)(const pods::ArrayShape& shape);
};
const std::vector<PodPin>& pod_pins();

struct PortMap {
    std::string file;  // it came from; empty: our own module
    std::string top;
    std::vector<std::filesystem::path> sources;
    // Of the module; a word of parameter_words() or a number.
    std::map<std::string, std::variant<std::string, std::int64_t>> parameters;
    std::string clock, reset;
    bool reset_active_high = false;
    std::map<std::string, std::string> ports;  // by pin
};

// "rows", "saturate": what a parameter may be set to, besides a number.
std::vector<std::string> parameter_words();

// Reads the JSON file; throws UserError for everything in it that does not fit, all of it at once.
PortMap read_port_map(const std::filesystem::path& file);

// The map of rtl/sosa_pod.sv.
PortMap own_port_map();

// The values of the parameters for this shape.
std::vector<std::pair<std::string, std::string>> parameter_values(const PortMap& map,
                                                                  const pods::ArrayShape& shape);

// Whether the module has the ports, in the directions and widths that the shape needs; throws UserError with
// all that differ. `ports` are the module's.
void check_ports(const PortMap& map, const pods::ArrayShape& shape, const std::vector<RtlPort>& ports);

// The adapter's C++ text. `ports` may be left out if the module's names need no change in C++ and all its
// ports are mapped.
std::string adapter_text(const PortMap& map, const std::vector<RtlPort>& ports);

}  // namespace sosa::host
