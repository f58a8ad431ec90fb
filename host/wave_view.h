#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "host/program.h"
#include "traces/gtkw.h"

namespace sosa::host {

// What a trace of the chip holds; what it refers to must outlive it.
struct WaveFacts {
    std::string title;                              // "resnet50 on sosa-256"
    const std::vector<traces::VcdSignal>& signals;  // as the dump declares them
    const Program& program;
    const std::vector<std::uint64_t>& slice_starts_ps;  // of the slices that began
    std::uint64_t begin_ps = 0, end_ps = 0;             // what was traced, half-open
    std::string dump_file = "trace.vcd";                // in the same folder
    std::string top = "sosa";                           // the dump's outermost scope
};

// Writes trace.gtkw, and filters/*.txt to go with it: the signals by scope with states, layers and tile ops
// as text, quantities as curves, markers at the starts of layers, and what was traced filling the window.
// Scopes with many members show some of them; where the others are, a row says.
void write_wave_view(const std::filesystem::path& folder, const WaveFacts& facts);

// Throws UserError that lists the signals of trace.gtkw that the VCD's header does not declare.
void check_wave_view(const std::filesystem::path& folder, const std::string& vcd_file = "trace.vcd");

}  // namespace sosa::host
