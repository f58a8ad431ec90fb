#include "host/divergence.h"

#include <algorithm>
#include <ostream>
#include <set>

#include "traces/gtkw.h"
#include "traces/vcd.h"

namespace sosa::host {

namespace {

using Values = std::vector<PinValue>;
using traces::SaveFile;
using traces::Vcd;

constexpr std::uint64_t kPeriodPs = 1000;
constexpr const char* kTop = "divergence";

Values all_values(const EdgePins& edge, const OutputPins& out, const pods::ArrayShape& shape) {
    Values values = output_values(out, shape);
    const Values in = input_values(edge.in, shape);
    values.insert(values.end(), in.begin(), in.end());
    return values;
}

class Waveform {
  public:
    Waveform(const std::filesystem::path& file, const EdgePins& first, const pods::ArrayShape& shape)
        : vcd_({file, kTop, {}, 0}), shape_(shape) {
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
    const std::vector<traces::VcdSignal>& signals() const { return vcd_.signals(); }
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

class View {
  public:
    explicit View(const std::vector<traces::VcdSignal>& signals) : save(kTop, signals) {}

    void show(const std::string& scope, const PinValue& v, SaveFile::Color color = SaveFile::Color::green) {
        SaveFile::Row row;
        row.format =
            v.pin == "out_row" || v.pin == "ps_in" ? SaveFile::Format::signed_decimal : SaveFile::Format::hex;
        row.color = color;
        save.signal(*save.find(scope, v.name()), row);
    }
    void show_pair(const PinValue& v) {
        show("model", v);
        show("rtl", v, SaveFile::Color::yellow);
    }

    SaveFile save;
};

void write_gtkw(const std::filesystem::path& folder, const std::vector<traces::VcdSignal>& signals,
                const pods::ArrayShape& shape, const std::deque<EdgePins>& edges, const Divergence& d) {
    View view(signals);
    for (const char* name : {"clk", "differs"}) view.show("", {name, -1, 1, 0});
    const auto names = differing(edges, shape);
    const Values outputs = output_values(edges.front().model, shape);
    view.save.comment("Differs: model green, RTL yellow");
    for (const auto& v : outputs)
        if (names.count(v.name())) view.show_pair(v);
    view.save.comment("Inputs");
    for (const auto& v : input_values(edges.front().in, shape)) view.show("rtl", v);
    view.save.comment("Outputs that agree");
    for (const auto& v : outputs)
        if (!names.count(v.name())) view.show_pair(v);
    view.save.primary_marker(d.cycle * kPeriodPs + kPeriodPs / 2);
    view.save.zoom(edges.front().cycle * kPeriodPs, (edges.back().cycle + 1) * kPeriodPs);
    view.save.write(folder / "divergence.gtkw", "divergence.vcd");
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
    Waveform waveform(folder / "divergence.vcd", edges.front(), shape);
    for (const auto& edge : edges) waveform.add(edge);
    waveform.finish(edges.back().cycle + 1);
    write_gtkw(folder, waveform.signals(), shape, edges, d);
}

}  // namespace sosa::host
