#include "host/router_lockstep.h"

#include <algorithm>
#include <deque>
#include <iostream>
#include <memory>
#include <systemc>

#include "host/gen_params.h"
#include "host/router_stimulus.h"
#include "host/router_values.h"
#include "host/rtl_build.h"
#include "noc/rtl_router.h"
#include "traces/error.h"

namespace sosa::host {

namespace {

constexpr std::size_t kShownEdges = 48;  // of a waveform, the different one included

// As the defaults of noc/rtl/sosa_router.sv: a row of X and the number of a bank.
RouterWidths widths_of(const hw::Config& config) {
    std::uint32_t source_bits = 1;
    while (1u << source_bits < config.pods.count) ++source_bits;
    return {8 * config.pods.rows, source_bits};
}

RtlDesign design_of(const RouterCovalidation& options) {
    RtlDesign design;
    design.top = "sosa_router";
    design.sources = own_rtl("noc/rtl/", options.sources.empty() ? "" : options.sources / "noc/rtl");
    design.sources.insert(design.sources.begin(), {"sosa_params.sv", sv_parameters(options.config)});
    design.headers = {{"noc/rtl_router.h", embedded_rtl_text("noc/rtl_router.h")}};
    design.adapter = embedded_rtl_text("sc_tests/cosim/router_adapter.cpp.in");
    return design;
}

noc::RtlRouter* make_router(const RouterCovalidation& options) {
    const RtlLibrary library(
        build_rtl(design_of(options), rtl_cache_folder(), options.out / "router_build.log"));
    library.function<void (*)(unsigned)>("sosa_seed_rtl")(static_cast<unsigned>(options.seed));
    return library.function<noc::MakeRtlRouter>(noc::kMakeRtlRouter)("router");
}

// Both routers on one clock.
class RouterPair {
  public:
    RouterPair(noc::RtlRouter& rtl, RouterWidths widths)
        : rtl_(rtl), widths_(widths), model_(widths.data_bits), data_(2 * model_.data_words()) {}

    RouterEdge step(const noc::RouterInputs& in, std::uint64_t cycle) {
        drive(in);
        half_cycle(false);
        half_cycle(true);
        model_.step(in);
        noc::RtlRouterOutputs out;
        out.data[0] = data_.data();
        out.data[1] = data_.data() + model_.data_words();
        rtl_.sample(out);
        return {cycle, input_values(in, widths_), output_values(model_.outputs(), widths_),
                output_values(out, widths_)};
    }
    const noc::RouterOutputs& expected() const { return model_.outputs(); }

  private:
    void drive(const noc::RouterInputs& in) {
        noc::RtlRouterInputs pins;
        pins.rst_n = !in.reset;
        pins.enable = in.enable;
        pins.slice = in.slice;
        pins.claim_valid = in.claim_valid;
        pins.claim_in = in.claim_in != 0;
        pins.claim_out = in.claim_out != 0;
        pins.claim_source = in.claim_source;
        for (std::size_t i = 0; i < 2; ++i) {
            pins.valid[i] = in.in[i].valid;
            pins.data[i] = in.in[i].data;
        }
        rtl_.drive(pins);
    }
    void half_cycle(bool level) {
        rtl_.clock(level);
        sc_core::sc_start(500, sc_core::SC_PS);
    }

    noc::RtlRouter& rtl_;
    const RouterWidths widths_;
    noc::RouterModel model_;
    std::vector<std::uint32_t> data_;
};

int report(const Divergence& d, const std::deque<RouterEdge>& edges, const std::filesystem::path& folder) {
    write_waves(folder, edges);
    std::cout << "router: the RTL differs from the model; " << (folder / "router_divergence.vcd").string()
              << " shows it\n";
    print(d, std::cout);
    return 1;
}

}  // namespace

int covalidate_router(const RouterCovalidation& options) {
    const RouterWidths widths = widths_of(options.config);
    // Never destroyed: a library's SystemC objects live to the end of the program.
    RouterPair routers(*make_router(options), widths);
    RouterStimulus stimulus(widths, options.seed);
    RouterCoverage coverage;
    std::deque<RouterEdge> edges;
    std::uint32_t claimed = 0;
    std::uint64_t values = 0;
    for (std::uint64_t cycle = 1; cycle <= options.cycles; ++cycle) {
        const noc::RouterInputs& in = stimulus.next();
        edges.push_back(routers.step(in, cycle));
        if (edges.size() > kShownEdges) edges.pop_front();
        if (in.enable && in.claim_valid) claimed = in.claim_out;
        if (const auto found = difference(edges.back(), claimed)) return report(*found, edges, options.out);
        coverage.add(in, routers.expected());
        values += edges.back().model.size();
    }
    if (const auto missing = coverage.missing(); !missing.empty())
        throw UserError("router: " + std::to_string(options.cycles) + " cycles saw no " + missing +
                        ", allowed are more: --cycles");
    std::cout << "router: " << options.cycles << " cycles, " << values << " values compared, no difference\n"
              << coverage.text();
    return 0;
}

}  // namespace sosa::host
