#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "host/program.h"
#include "traces/gtkw.h"

// Text for the numbers of a waveform: GTKWave's filter files.
namespace sosa::host {

// Slices first to last, both included.
struct SliceRange {
    std::uint32_t first, last;
};

// Of a legend such as "0=idle 1=run"; empty for any other legend.
std::string state_filter(const std::string& legend);
// Of the settings of a 2x2 switch, see hw/chip_probe.h.
std::string switch_filter();
// Numbers of layers to their names; empty if there are more than the signals can tell apart.
std::string layer_filter(const Program& program);
// Indices in program.ops to "conv1 (i,j,l)", as of LayerTiles: of all ops of the slices, and of those which
// pods that do nothing then did last. Empty if too_many_tile_ops().
std::string tile_op_filter(const Program& program, SliceRange slices);
// More than these take GTKWave a second to load.
constexpr std::uint32_t most_tile_ops = 200'000;
bool too_many_tile_ops(const Program& program, SliceRange slices);

// The filter files of a run. Those that are alike are one file.
class WaveFilters {
  public:
    // The program must outlive it.
    WaveFilters(const Program& program, SliceRange slices) : program_(program), slices_(slices) {}

    // The file for the signal, in the run's folder; empty if the number itself is shown.
    std::string file_for(const traces::VcdSignal& signal);

    // Those that were asked for. Creates the folder and replaces files of earlier runs.
    void write(const std::filesystem::path& folder) const;

  private:
    template <class Make>
    std::string named(const std::string& name, const Make& make);
    std::string of_legend(const traces::VcdSignal& signal);

    const Program& program_;
    const SliceRange slices_;
    std::map<std::string, std::string> files_;  // name -> content; empty: there is nothing to say
};

}  // namespace sosa::host
