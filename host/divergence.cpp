#include "host/divergence.h"

#include <algorithm>
#include <ostream>
#include <set>

#include "traces/files.h"
#include "traces/vcd.h"

namespace sosa::host {

namespace {

using Values = std::vector<PinValue>;
using traces::Vcd;

constexpr std::uint64_t kPeriodPs = 1000;

Values all_values(const EdgePins& edge, const OutputPins& out, const pods::ArrayShape& shape) {
    Values values = output_values(out, shape);
    const Values in = input_values(edge.in, shape);
    values.insert(values.end(), in.begin(), in.end());
    return values;
}

class Waveform {
  public:
    Waveform(const std::filesystem::path& file, const EdgePins& first, const pods::ArrayShape& shape)
        : vcd_({file, "divergence", {}, 0}), shape_(shape) {
        clk_ = vcd_.integer("", "clk", 1);
        differs_ = vcd_.integer("", "differs", 1);
        declare("model", first.model, first, model_);
        declare("rtl", first.rtl, first, rtl_);
        vcd_.start();
        vcd_.time(first.cycle * kPeriodPs);
        vcd_.open_window();
    }

    // Inputs change at the falling edge of clk, outputs are shown from the rising edge on that made them.
    void add(const EdgePins& edge) {
        vcd_.time(edge.cycle * kPeriodPs);
        vcd_.set(clk_, 0);
        const std::size_t outputs = output_values(edge.model, shape_).size();
        const Values model = all_values(edge, edge.model, shape_), rtl = all_values(edge, edge.rtl, shape_);
        set(model, outputs, model.size());
        vcd_.time(edge.cycle * kPeriodPs + kPeriodPs / 2);
        vcd_.set(clk_, 1);
        vcd_.set(differs_, !(edge.model == edge.rtl));
        for (std::size_t i = 0; i < outputs; ++i) {
            vcd_.set(model_[i], model[i].value);
            vcd_.set(rtl_[i], rtl[i].value);
        }
    }
    void finish(std::uint64_t end_cycle) {
        vcd_.time(end_cycle * kPeriodPs);
        vcd_.set(clk_, 0);
        vcd_.finish();
    }

  private:
    void declare(const char* scope, const OutputPins& out, const EdgePins& edge,
                 std::vector<Vcd::Signal>& signals) {
        for (const auto& v : all_values(edge, out, shape_))
            signals.push_back(vcd_.integer(scope, v.name(), v.width));
    }
    void set(const Values& inputs, std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            vcd_.set(model_[i], inputs[i].value);
            vcd_.set(rtl_[i], inputs[i].value);
        }
    }

    Vcd vcd_;
    const pods::ArrayShape shape_;
    Vcd::Signal clk_, differs_;
    std::vector<Vcd::Signal> model_, rtl_;  // as all_values() has them
};

void write_vcd(const std::filesystem::path& file, const pods::ArrayShape& shape,
               const std::deque<EdgePins>& edges) {
    Waveform waveform(file, edges.front(), shape);
    for (const auto& edge : edges) waveform.add(edge);
    waveform.finish(edges.back().cycle + 1);
}

// Names of the output signals that differ somewhere.
std::set<std::string> differing(const std::deque<EdgePins>& edges, const pods::ArrayShape& shape) {
    std::set<std::string> names;
    for (const auto& edge : edges) {
        const Values model = output_values(edge.model, shape), rtl = output_values(edge.rtl, shape);
        for (std::size_t i = 0; i < model.size(); ++i)
            if (model[i].value != rtl[i].value) names.insert(model[i].name());
    }
    return names;
}

class SaveFile {
  public:
    explicit SaveFile(std::ostream& out) : out_(out) {}
    void comment(const std::string& text) { out_ << "@200\n-" << text << '\n'; }
    void signal(const std::string& scope, const PinValue& v, int color = kGreen) {
        const bool number = v.pin == "out_row" || v.pin == "ps_in";
        out_ << (v.width == 1 ? "@28"
                 : number     ? "@420"
                              : "@22")
             << "\n[color] " << color << "\ndivergence." << scope << v.name();
        if (v.width > 1) out_ << '[' << v.width - 1 << ":0]";
        out_ << '\n';
    }
    void pair(const PinValue& v) {
        signal("model.", v);
        signal("rtl.", v, kYellow);
    }

  private:
    static constexpr int kYellow = 3, kGreen = 4;
    std::ostream& out_;
};

void write_gtkw(std::ostream& out, const pods::ArrayShape& shape, const std::deque<EdgePins>& edges,
                const Divergence& d) {
    const std::uint64_t first = edges.front().cycle * kPeriodPs;
    const std::uint64_t marker = d.cycle * kPeriodPs + kPeriodPs / 2;
    out << "[dumpfile] \"divergence.vcd\"\n[timestart] " << first << "\n[size] 1400 900\n[sst_expanded] 0\n"
        << "*-13.000000 " << marker;
    for (int unused_marker = 0; unused_marker < 26; ++unused_marker) out << " -1";
    out << '\n';
    SaveFile save(out);
    save.signal("", {"clk", -1, 1, 0});
    save.signal("", {"differs", -1, 1, 0});
    const auto names = differing(edges, shape);
    const Values outputs = output_values(edges.front().model, shape);
    save.comment("What differs: model green, RTL yellow");
    for (const auto& v : outputs)
        if (names.count(v.name())) save.pair(v);
    save.comment("Inputs");
    for (const auto& v : input_values(edges.front().in, shape)) save.signal("rtl.", v);
    save.comment("Outputs that agree");
    for (const auto& v : outputs)
        if (!names.count(v.name())) save.pair(v);
}

}  // namespace

std::string sentence(const Divergence& d) {
    std::string text = d.pod + ": " + d.signal + " differs at cycle " + std::to_string(d.cycle) +
                       ": expected " + d.expected + ", found " + d.got;
    if (d.place != "-") text += ", from " + d.place;
    if (!d.note.empty()) text += " (" + d.note + ")";
    if (d.slice != "-") text += "; slice " + d.slice + ", layer " + d.layer;
    if (d.phase != "-") text += "; " + d.phase;
    if (d.tile_op != "-") text += "; tile op " + d.tile_op + ", row " + d.row;
    return text;
}

void print(const Divergence& d, std::ostream& out) {
    const auto line = [&](std::string name, const std::string& value) {
        name.resize(12, ' ');
        out << "  " << name << value << '\n';
    };
    line("cycle", std::to_string(d.cycle));
    if (d.phase != "-") line("stimuli", d.phase);
    line("slice", d.slice);
    line("layer", d.layer);
    line("tile op", d.tile_op);
    line("row", d.row);
    line("pod", d.pod);
    line("place", d.place);
    line("signal", d.signal);
    line("expected", d.expected);
    line("found", d.got);
    if (!d.note.empty()) line("note", d.note);
}

void write_divergence(const std::filesystem::path& folder, const pods::ArrayShape& shape,
                      const std::deque<EdgePins>& edges, const Divergence& d) {
    write_vcd(folder / "divergence.vcd", shape, edges);
    traces::write_file(folder / "divergence.gtkw",
                       [&](std::ostream& out) { write_gtkw(out, shape, edges, d); });
}

}  // namespace sosa::host
