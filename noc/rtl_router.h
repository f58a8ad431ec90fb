#pragma once
#include <cstdint>

// A Verilated router as the model sees it: what a shared library that `sosa` builds from RTL hands out. Plain
// types only, so that the library needs this header and SystemC, nothing else of ours.
namespace sosa::noc {

// Pins as rtl/sosa_router.sv has them; data is packed little-endian into (data_bits + 31) / 32 words.
struct RtlRouterInputs {
    bool rst_n = false, enable = false, slice = false;
    bool claim_valid = false, claim_in = false, claim_out = false;
    std::uint32_t claim_source = 0;
    bool valid[2] = {};
    const std::uint32_t* data[2] = {};
};
struct RtlRouterOutputs {
    bool granted = false, multicast = false, refused = false;
    bool valid[2] = {};
    std::uint32_t* data[2] = {};  // filled in
};

class RtlRouter {
  public:
    virtual ~RtlRouter() = default;
    // Writes the input signals; they reach the RTL after a delta cycle.
    virtual void drive(const RtlRouterInputs& pins) = 0;
    virtual void clock(bool level) = 0;
    // Reads the output signals as they are now.
    virtual void sample(RtlRouterOutputs& pins) = 0;
};

// extern "C" in the library; creates SystemC modules, so it is called during elaboration.
using MakeRtlRouter = RtlRouter* (*)(const char* module_name);
constexpr const char* kMakeRtlRouter = "sosa_make_rtl_router";

}  // namespace sosa::noc
