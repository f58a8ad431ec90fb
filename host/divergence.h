#pragma once
#include <cstdint>
#include <deque>
#include <filesystem>
#include <optional>
#include <string>

#include "host/pod_pins.h"

// Where RTL and model first differ.
namespace sosa::host {

struct Divergence {
    std::uint64_t cycle = 0;
    std::string slice = "-", layer = "-", tile_op = "-", row = "-", pod = "-";
    std::string phase = "-";  // of the stimuli
    std::string place = "-";  // "PE (4,17)", "block (0,1)", "column 17"
    std::string signal, expected, got;
    std::string note;  // what would explain it; empty if nothing is known
};

// One sentence, for a UserError.
std::string sentence(const Divergence& d);
// Its fields in aligned lines.
void print(const Divergence& d, std::ostream& out);

// The pins of both at one clock edge.
struct EdgePins {
    std::uint64_t cycle;
    InputPins in;
    OutputPins model, rtl;
};

// Writes divergence.vcd, with the same signals in the scopes `model` and `rtl`, and divergence.gtkw, which
// shows them in pairs, those that differ first. A cycle lasts 1 ns.
void write_divergence(const std::filesystem::path& folder, const pods::ArrayShape& shape,
                      const std::deque<EdgePins>& edges, const Divergence& d);

}  // namespace sosa::host
