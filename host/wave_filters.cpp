#include "host/wave_filters.h"

#include <cctype>
#include <charconv>
#include <sstream>

#include "host/wave_scopes.h"
#include "traces/files.h"
#include "traces/text.h"

namespace sosa::host {

namespace {

using traces::filter_line;

// Fills of boxes with white text on a black ground. They differ in lightness and along blue to orange, so
// that people who do not see red and green tell them apart.
constexpr const char *kWorks = "DodgerBlue3", *kPrepares = "turquoise4", *kWaits = "gray30",
                     *kTrouble = "OrangeRed3", *kOther = "DarkOrchid4";

const std::map<std::string, const char*>& state_colors() {
    static const std::map<std::string, const char*> colors = {
        {"run", kWorks},         {"stream", kWorks},  {"add", kWorks},     {"busy", kWorks},
        {"transfer", kWorks},    {"vector", kOther},  {"load", kPrepares}, {"fetch", kPrepares},
        {"preload", kPrepares},  {"wait", kWaits},    {"drain", kWaits},   {"wait_window", kWaits},
        {"wait_room", kTrouble}, {"stall", kTrouble}, {"fault", kTrouble}};
    return colors;
}

// Neighbouring layers differ.
constexpr const char* kLayerColors[] = {"DodgerBlue4", "tan4", "DarkSlateGray", "DarkSlateBlue"};

std::string upper(std::string text) {
    for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
}

}  // namespace

std::string state_filter(const std::string& legend) {
    std::istringstream words(legend);
    std::string lines;
    for (std::string word; words >> word;) {
        const auto equals = word.find('=');
        std::uint64_t key = 0;
        const char* const end = word.data() + (equals == std::string::npos ? 0 : equals);
        const auto read = std::from_chars(word.data(), end, key);
        if (read.ec != std::errc() || read.ptr != end || equals + 1 == word.size()) return {};
        const std::string state = word.substr(equals + 1);
        const auto color = state_colors().find(state);
        lines += filter_line(key, upper(state), color == state_colors().end() ? "" : color->second);
    }
    return lines;
}

// An output is 0 off, 2 from input 0, 3 from input 1; output 1 in the upper two bits.
std::string switch_filter() {
    return filter_line(0b00'00, "OFF") + filter_line(0b00'10, "0>0", kWorks) +
           filter_line(0b00'11, "1>0", kWorks) + filter_line(0b10'00, "0>1", kWorks) +
           filter_line(0b11'00, "1>1", kWorks) + filter_line(0b11'10, "STRAIGHT", kWorks) +
           filter_line(0b10'11, "CROSSED", kPrepares) + filter_line(0b10'10, "0>BOTH", kOther) +
           filter_line(0b11'11, "1>BOTH", kOther);
}

std::string layer_filter(const Program& program) {
    if (program.layers.size() > 0x10000) return {};
    std::string lines;
    for (std::size_t i = 0; i < program.layers.size(); ++i)
        lines += filter_line(i, program.layers[i].name, kLayerColors[i % std::size(kLayerColors)]);
    return lines;
}

bool too_many_tile_ops(const Program& program, SliceRange slices) {
    return program.op_begin[slices.last + 1] - program.op_begin[slices.first] > most_tile_ops;
}

std::string tile_op_filter(const Program& program, SliceRange slices) {
    if (too_many_tile_ops(program, slices)) return {};
    std::map<std::uint32_t, LayerTiles> tiles;
    std::string lines;
    const auto add = [&](std::uint32_t index) {
        const auto& op = program.ops[index];
        if (tiles.count(op.layer) == 0) tiles.emplace(op.layer, program.tiles(op.layer));
        const LayerTiles& t = tiles.at(op.layer);
        const std::string place = std::to_string(t.op_i(op.op)) + "," + std::to_string(t.op_j(op.op)) + "," +
                                  std::to_string(t.op_l(op.op));
        lines += filter_line(index, program.layers[op.layer].name + " (" + place + ")");
    };
    const std::uint32_t begin = program.op_begin[slices.first];
    std::vector<bool> seen(program.pods);
    for (std::uint32_t i = begin, left = program.pods; i-- > 0 && left > 0;) {
        if (seen[program.ops[i].pod]) continue;
        seen[program.ops[i].pod] = true;
        --left;
        add(i);
    }
    for (std::uint32_t i = begin; i < program.op_begin[slices.last + 1]; ++i) add(i);
    return lines;
}

template <class Make>
std::string WaveFilters::named(const std::string& name, const Make& make) {
    const auto [file, is_new] = files_.try_emplace(name);
    if (is_new) file->second = make();
    return file->second.empty() ? "" : "filters/" + name + ".txt";
}

std::string WaveFilters::file_for(const traces::VcdSignal& signal) {
    if (signal.is_real || signal.width < 2) return {};
    if (signal.name == "layer") return named("layers", [&] { return layer_filter(program_); });
    if (signal.name == "tile") return named("tile_ops", [&] { return tile_op_filter(program_, slices_); });
    if (traces::glob_match("noc_*.stage*", signal.scope)) return named("switches", switch_filter);
    return signal.legend.empty() ? "" : of_legend(signal);
}

// Named by unit and signal, "pod_state"; another legend of that name is another file.
std::string WaveFilters::of_legend(const traces::VcdSignal& signal) {
    const std::string content = state_filter(signal.legend);
    const std::string unit = without_number(signal.scope.substr(signal.scope.rfind('.') + 1));
    const std::string stem = (unit.empty() ? "" : unit + "_") + without_number(signal.name);
    for (int other = 1;; ++other) {
        const std::string name = other == 1 ? stem : stem + "_" + std::to_string(other);
        const auto file = named(name, [&] { return content; });
        if (files_.at(name) == content) return file;
    }
}

void WaveFilters::write(const std::filesystem::path& folder) const {
    traces::make_folder(folder / "filters");
    for (const auto& [name, content] : files_)
        if (!content.empty())
            traces::write_file(folder / "filters" / (name + ".txt"),
                               [&, &text = content](std::ostream& out) { out << text; });
}

}  // namespace sosa::host
