#pragma once
#include <array>
#include <cstdint>
#include <random>
#include <vector>

#include "noc/router_model.h"

namespace sosa::host {

struct RouterWidths {
    std::uint32_t data_bits, source_bits;
};

// Random inputs for a router's pins, one set per clock edge; a seed gives the same ones on every machine. It
// starts in reset. A slice brings a few sources that differ in a bit or two, so that claims meet; pins that
// do not count carry noise.
class RouterStimulus {
  public:
    RouterStimulus(RouterWidths widths, std::uint64_t seed);
    // The inputs of the next edge, data at both inputs included; they hold until the next call.
    const noc::RouterInputs& next();

  private:
    std::uint32_t below(std::uint32_t n);
    bool one_in(std::uint32_t n) { return below(n) == 0; }
    void new_sources();
    void new_data(std::uint32_t input);

    const RouterWidths widths_;
    std::mt19937_64 random_;
    std::uint32_t reset_left_ = 2;
    noc::RouterInputs pins_;
    std::array<std::vector<std::uint32_t>, 2> data_;
    std::array<std::uint32_t, 3> sources_{};
};

// What the answers of a run have covered, by [input][output].
struct RouterCoverage {
    using Pairs = std::array<std::array<std::uint64_t, 2>, 2>;
    Pairs grants{}, multicasts{}, refusals{};
    Pairs rows{};                // of data that passed
    std::uint64_t both = 0;      // edges at which one input left by both outputs
    std::uint64_t at_slice = 0;  // claims at the edge that frees the links
    std::uint64_t stalls = 0, resets = 0;

    // One edge: its inputs and what the model answered.
    void add(const noc::RouterInputs& in, const noc::RouterOutputs& out);
    // The first thing that was never seen ("refusal from input 0 to output 1"), or "".
    std::string missing() const;
    std::string text() const;

  private:
    void add_claim(const noc::RouterInputs& in, const noc::RouterOutputs& out);
    std::array<std::uint32_t, 2> input_of_{};  // by output, as granted
};

}  // namespace sosa::host
