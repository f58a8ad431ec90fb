#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/program.h"
#include "traces/vcd_listener.h"

namespace sosa::host {

// How many bytes of VCD a trace of the slices [begin, end) of the program will take: from what happens in
// them and the mean size of what is written of it. Within a factor of 2 for traces of whole levels.
std::uint64_t forecast_bytes(const Program& program, const std::vector<traces::VcdSignal>& signals,
                             std::uint32_t begin, std::uint32_t end);

// "about 12.3 MB of waveform expected: 40 slices, 9,801 signals", with advice where it is a lot and the file
// has no limit.
std::string forecast_sentence(std::uint64_t bytes, std::size_t signals, std::uint32_t slices,
                              std::uint64_t limit_bytes);

}  // namespace sosa::host
