#include "host/covalidate_report.h"

#include <nlohmann/json.hpp>
#include <ostream>

#include "traces/files.h"

namespace sosa::host {

namespace {

using nlohmann::ordered_json;

void line(std::ostream& out, std::string name, const std::string& value) {
    name.resize(30, ' ');
    out << "  " << name << value << '\n';
}

ordered_json shape_json(const pods::ArrayShape& s) {
    return {{"rows", s.rows},
            {"cols", s.cols},
            {"multicast_cols", s.multicast_cols},
            {"fanin_rows", s.fanin_rows},
            {"psum_bits", s.psum_bits},
            {"psum_overflow", s.saturate ? "saturate" : "wrap"}};
}

ordered_json coverage_json(const LockstepReport& r) {
    const StimuliCoverage& c = r.coverage;
    return {{"x_rows", c.x_rows},
            {"w_rows", c.w_rows},
            {"swaps", c.swaps},
            {"bubbles", c.bubbles},
            {"stalls", c.stalls},
            {"resets", c.resets},
            {"tiles", c.tiles},
            {"tile_shapes", c.shapes.size()},
            {"tiles_of_one_row", c.one_row},
            {"tiles_longer_than_the_array", c.long_tiles},
            {"tiles_of_partial_depth", c.partial_depth},
            {"tiles_of_partial_cols", c.partial_cols},
            {"recorded_tiles", c.recorded_tiles},
            {"rows_unsigned_by_unsigned", c.signs[0]},
            {"rows_unsigned_by_signed", c.signs[1]},
            {"rows_signed_by_unsigned", c.signs[2]},
            {"rows_signed_by_signed", c.signs[3]},
            {"overflows", r.overflows}};
}

ordered_json divergence_json(const Divergence& d) {
    return {{"cycle", d.cycle},     {"stimuli", d.phase},     {"slice", d.slice}, {"layer", d.layer},
            {"tile_op", d.tile_op}, {"row", d.row},           {"pod", d.pod},     {"place", d.place},
            {"signal", d.signal},   {"expected", d.expected}, {"found", d.got},   {"note", d.note}};
}

}  // namespace

void print_report(const LockstepJob& job, const LockstepReport& r, std::ostream& out) {
    const pods::ArrayShape& s = job.shape;
    out << "pod: " << r.cycles << " cycles, " << r.values << " values compared, "
        << (r.divergence ? "the RTL differs from the model" : "no difference") << '\n';
    line(out, "array",
         std::to_string(s.rows) + " x " + std::to_string(s.cols) + ", B " + std::to_string(s.multicast_cols) +
             ", F " + std::to_string(s.fanin_rows) + ", " + std::to_string(s.psum_bits) +
             "-bit partial sums that " + (s.saturate ? "saturate" : "wrap") + ", latency " +
             std::to_string(s.latency_cycles()) + " edges");
    const ordered_json coverage = coverage_json(r);
    for (const auto& [name, value] : coverage.items()) {
        std::string words = name;
        for (char& c : words)
            if (c == '_') c = ' ';
        line(out, words, value.dump());
    }
    if (r.divergence) print(*r.divergence, out);
}

void write_report(const LockstepJob& job, const LockstepReport& r, const std::filesystem::path& file) {
    const ordered_json report = {
        {"unit", "pod"},
        {"array", shape_json(job.shape)},
        {"latency_cycles", job.shape.latency_cycles()},
        {"seed", job.seed},
        {"cycles", r.cycles},
        {"values", r.values},
        {"coverage", coverage_json(r)},
        {"divergence", r.divergence ? divergence_json(*r.divergence) : ordered_json()}};
    traces::write_file(file, [&](std::ostream& out) { out << report.dump(2) << '\n'; });
}

}  // namespace sosa::host
