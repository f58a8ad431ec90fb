#pragma once
#include <cstdint>

// A Verilated pod as the model sees it: what a shared library that `sosa` builds from RTL hands out. Plain
// types only, so that the library needs this header and SystemC, nothing else of ours.
namespace sosa::pods {

// Pins as pods/array.h has them, packed little-endian: lane i of x is bits [8*i+7 : 8*i], of psum bits
// [psum_bits*(i+1)-1 : psum_bits*i].
struct RtlPodInputs {
    bool rst_n = false, enable = false;
    bool x_valid = false, x_swap = false, x_last = false, x_signed = false;
    bool w_valid = false, w_first = false, w_signed = false;
    const std::uint32_t* x = nullptr;     // (rows * 8 + 31) / 32 words
    const std::uint32_t* w = nullptr;     // (cols * 8 + 31) / 32 words
    const std::uint32_t* psum = nullptr;  // (cols * psum_bits + 31) / 32 words
};
struct RtlPodOutputs {
    bool valid = false, last = false, busy = false;
    std::uint32_t w_rows = 0;
    std::uint32_t* psum = nullptr;      // filled in, as above
    std::uint32_t* overflow = nullptr;  // (cols + 31) / 32 words
};

class RtlPod {
  public:
    virtual ~RtlPod() = default;
    // Writes the input signals; they reach the RTL after a delta cycle.
    virtual void drive(const RtlPodInputs& pins) = 0;
    virtual void clock(bool level) = 0;
    // Reads the output signals as they are now.
    virtual void sample(RtlPodOutputs& pins) = 0;
};

// extern "C" in the library; creates SystemC modules, so it is called during elaboration.
using MakeRtlPod = RtlPod* (*)(const char* module_name);
constexpr const char* kMakeRtlPod = "sosa_make_rtl_pod";

}  // namespace sosa::pods
