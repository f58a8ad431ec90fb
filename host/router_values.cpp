#include "host/router_values.h"

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "traces/files.h"
#include "traces/vcd.h"

namespace sosa::host {

namespace {

constexpr const char* kStem = "router_divergence";

RouterValue flag(const char* name, bool value) { return {name, 1, {value}}; }

RouterValue bus(const char* name, std::uint32_t bits, const std::uint32_t* words) {
    return {name, bits, {words, words + (bits + 31) / 32}};
}

template <class Outputs, class Data>
RouterValues outputs_of(const Outputs& out, const bool (&valid)[2], const Data& data, RouterWidths widths) {
    return {flag("claim_granted", out.granted),          flag("claim_multicast", out.multicast),
            flag("claim_refused", out.refused),          flag("out0_valid", valid[0]),
            bus("out0_data", widths.data_bits, data[0]), flag("out1_valid", valid[1]),
            bus("out1_data", widths.data_bits, data[1])};
}

std::string hex(const RouterValue& value) {
    std::string text;
    for (std::uint32_t digit = (value.bits + 3) / 4; digit-- > 0;)
        text += "0123456789abcdef"[value.words[digit / 8] >> digit % 8 * 4 & 15];
    return text;
}

// A waveform's integers end at 64 bits, a bus is shown in pieces.
struct WavePiece {
    traces::Vcd::Signal signal;
    std::string name;  // as GTKWave knows it
};

class WaveScope {
  public:
    WaveScope(traces::Vcd& vcd, const std::string& scope, const RouterValues& values) {
        for (const auto& value : values)
            for (std::uint32_t low = 0; low < value.bits; low += 32) {
                const std::uint32_t width = std::min(value.bits - low, 32u);
                const std::string part = value.bits > 32 ? "_" + std::to_string(low / 32) : "";
                const std::string range = width == 1 ? "" : "[" + std::to_string(width - 1) + ":0]";
                pieces_.push_back({vcd.integer(scope, value.name + part, width),
                                   "router." + scope + "." + value.name + part + range});
            }
    }
    void show(traces::Vcd& vcd, const RouterValues& values) const {
        std::size_t piece = 0;
        for (const auto& value : values)
            for (const std::uint32_t word : value.words) vcd.set(pieces_[piece++].signal, word);
    }
    const std::vector<WavePiece>& pieces() const { return pieces_; }

  private:
    std::vector<WavePiece> pieces_;
};

}  // namespace

RouterValues input_values(const noc::RouterInputs& in, RouterWidths widths) {
    return {flag("rst_n", !in.reset),
            flag("en", in.enable),
            flag("slice", in.slice),
            flag("claim_valid", in.claim_valid),
            flag("claim_in", in.claim_in != 0),
            flag("claim_out", in.claim_out != 0),
            bus("claim_source", widths.source_bits, &in.claim_source),
            flag("in0_valid", in.in[0].valid),
            bus("in0_data", widths.data_bits, in.in[0].data),
            flag("in1_valid", in.in[1].valid),
            bus("in1_data", widths.data_bits, in.in[1].data)};
}

RouterValues output_values(const noc::RouterOutputs& out, RouterWidths widths) {
    const bool valid[2] = {out.out[0].valid, out.out[1].valid};
    const std::uint32_t* const data[2] = {out.out[0].data, out.out[1].data};
    return outputs_of(out, valid, data, widths);
}

RouterValues output_values(const noc::RtlRouterOutputs& out, RouterWidths widths) {
    return outputs_of(out, out.valid, out.data, widths);
}

std::optional<Divergence> difference(const RouterEdge& edge, std::uint32_t claimed) {
    for (std::size_t i = 0; i < edge.model.size(); ++i) {
        const RouterValue &want = edge.model[i], &got = edge.rtl[i];
        if (want.words == got.words) continue;
        const bool claim = want.name.rfind("claim_", 0) == 0;
        const std::uint32_t link = claim ? claimed : want.name.rfind("out1", 0) == 0;
        Divergence d;
        d.cycle = edge.cycle;
        d.place = "link " + std::to_string(link);
        d.signal = want.name;
        d.expected = hex(want);
        d.got = hex(got);
        return d;
    }
    return {};
}

void write_waves(const std::filesystem::path& folder, const std::deque<RouterEdge>& edges) {
    traces::Vcd::Options options;
    options.path = folder / (std::string(kStem) + ".vcd");
    options.top = "router";
    traces::Vcd vcd(options);
    const auto cycle = vcd.integer("pins", "cycle", 64);
    const WaveScope pins(vcd, "pins", edges[0].inputs), model(vcd, "model", edges[0].model),
        rtl(vcd, "rtl", edges[0].rtl);
    vcd.start();
    vcd.open_window();
    for (const RouterEdge& edge : edges) {
        vcd.time(edge.cycle * 1000);
        vcd.set(cycle, edge.cycle);
        pins.show(vcd, edge.inputs);
        model.show(vcd, edge.model);
        rtl.show(vcd, edge.rtl);
    }
    vcd.time((edges.back().cycle + 1) * 1000);
    vcd.close_window();
    vcd.finish();
    traces::write_file(folder / (std::string(kStem) + ".gtkw"), [&](std::ostream& out) {
        out << "[dumpfile] \"" << kStem << ".vcd\"\n@22\nrouter.pins.cycle[63:0]\n";
        for (const WaveScope* scope : {&pins, &model, &rtl})
            for (const auto& piece : scope->pieces()) out << piece.name << '\n';
    });
}

}  // namespace sosa::host
