#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "noc/switch_core.h"

// The pins of rtl/sosa_router.sv, edge by edge. LinkSlot decides every claim, as in the SystemC networks, so
// that what agrees with this model agrees with them.
namespace sosa::noc {

// What the pins carry into one clock edge.
struct RouterInputs {
    struct Port {
        bool valid = false;
        const std::uint32_t* data = nullptr;  // looked at if valid; bits beyond data_bits are 0
    };
    bool reset = false;  // beats everything else
    bool enable = true;  // 0: every register keeps its value
    bool slice = false;  // frees both links, before the claim of this edge and after its data
    bool claim_valid = false;
    std::uint32_t claim_in = 0, claim_out = 0;  // 0 or 1
    std::uint32_t claim_source = 0;             // below 2^15
    std::array<Port, 2> in;
};

// What stands at the pins after a clock edge; the pointers hold until the next.
struct RouterOutputs {
    struct Port {
        bool valid = false;
        const std::uint32_t* data = nullptr;  // zeros unless valid
    };
    bool granted = false, multicast = false, refused = false;  // of the claim; one of them at most
    std::array<Port, 2> out;
};

class RouterModel {
  public:
    explicit RouterModel(std::uint32_t data_bits);
    RouterModel(const RouterModel&) = delete;
    RouterModel& operator=(const RouterModel&) = delete;

    void step(const RouterInputs& in);
    const RouterOutputs& outputs() const { return outputs_; }
    std::uint32_t data_words() const { return static_cast<std::uint32_t>(data_[0].size()); }

  private:
    struct Link {
        LinkSlot slot;
        std::uint32_t input = 0;
    };
    void forward(const RouterInputs& in, std::uint32_t output);
    void claim(const RouterInputs& in);
    void clear_outputs();

    std::array<Link, 2> links_;  // by output
    std::uint32_t epoch_ = 1;    // counts slices and resets; 0 is never current
    std::array<std::vector<std::uint32_t>, 2> data_;
    RouterOutputs outputs_;
};

}  // namespace sosa::noc
