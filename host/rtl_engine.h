#pragma once
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <systemc>
#include <vector>

#include "host/pod_pair.h"
#include "host/rtl_build.h"
#include "pods/array.h"

namespace sosa::host {

// A pod's array in RTL, clocked in simulated time by a clock of its own that stands still between jobs, with
// SystolicArray beside it edge by edge. A job takes
//   rows of W that start() waits for + max(rows of X + latency - 1, rows of W loaded meanwhile)
// edges and must be done when finish() is called; the first two edges of the simulation reset the array.
// After a difference the simulation stops at the end of the job; check() then tells it.
class RtlEngine final : public sc_core::sc_module, public pods::ArrayEngine {
  public:
    struct Options {
        sc_core::sc_time period;
        std::uint64_t timeout_cycles = 1000;  // to wait for results that do not come
        std::uint64_t seed = 1;               // of the registers' start values
    };
    RtlEngine(const sc_core::sc_module_name& name, const RtlLibrary& library, const pods::ArrayShape& shape,
              const Options& options);

    void load(const pods::WeightTile& tile) override;
    void start(const pods::StreamTile& tile) override;
    std::uint32_t finish(std::uint8_t* results) override;
    // Throws UserError: the registers of RTL are out of reach.
    void flip_weight(std::uint32_t row, std::uint32_t col, std::uint8_t bits) override;
    std::uint64_t cycles() const override { return pair_.cycles(); }

    bool diverged() const { return pair_.diverged(); }
    // After the run: throws UserError with the difference, if there was one, and writes its files into the
    // folder.
    void check(const std::filesystem::path& folder);

  private:
    struct Load {
        std::vector<std::uint8_t> bytes;  // [depth][cols of the array]
        std::uint32_t depth;
        bool is_signed;
        std::uint32_t row = 0;
    };

    void run();
    bool busy() const { return started_ || !loads_.empty(); }
    void clock_edge();
    void put_x(pods::ArrayInputs& pins);
    void put_w(pods::ArrayInputs& pins);
    void collect();

    const pods::ArrayShape shape_;
    const Options options_;
    const std::unique_ptr<pods::RtlPod> rtl_;
    PodPair pair_;
    sc_core::sc_event job_;
    RowLabel label_;  // what is being streamed, for a divergence

    std::deque<Load> loads_;
    std::size_t loads_before_start_ = 0;  // of loads_, the first ones: the stream waits for them
    pods::StreamTile stream_{};
    bool started_ = false;  // and results are still to come
    std::uint32_t x_row_ = 0, result_row_ = 0;
    std::vector<std::uint8_t> x_, results_;
    std::vector<std::int32_t> psum_;
    std::uint32_t overflows_ = 0;
    std::optional<Divergence> divergence_;
};

}  // namespace sosa::host
