#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "traces/energy.h"

// Power over time: what a chip's energy rows counted and cost between two times.
namespace sosa::traces {

// A part of the chip that power is told of: all energy rows whose component begins with `rows`. They cost the
// same for each count.
struct PowerPart {
    const char* name;
    const char* counter;  // what its energy is counted from
    const char* rows;
};
enum PowerPartIndex : std::size_t { power_pods, power_posts, power_sram, power_noc, power_dram, power_parts };
inline constexpr PowerPart kPowerParts[power_parts] = {{"pods", "macs", "pods"},
                                                       {"posts", "additions", "posts"},
                                                       {"sram", "sram_bytes", "banks"},
                                                       {"noc", "link_bytes", "noc_"},
                                                       {"dram", "dram_bytes", "dram"}};
using PartCounts = std::array<std::uint64_t, power_parts>;
using PartRates = std::array<std::optional<double>, power_parts>;  // pJ for each count, where that is known

PartCounts part_counts(const std::vector<EnergyRow>& rows);
PartRates part_rates(const std::vector<EnergyRow>& rows);
// Of the parts whose energy is known.
double known_pj(const PartCounts& counts, const PartRates& rates);

struct PowerWindow {
    std::uint64_t start_ps = 0, end_ps = 0;
    PartCounts counts{};
    PartRates pj{};            // not known where the rate is not
    double cumulative_pj = 0;  // from time 0 to the end: total_pj() of the rows then

    std::optional<double> watts(std::size_t part) const;
    double total_pj() const;  // of the parts that are known
    double total_watts() const;
};

// Collects windows without gaps from time 0 on. Counts are differences of whole numbers, so that those of all
// windows add up exactly to the last rows given. A run that has more than `most` windows (an even number) has
// every two of them joined; the next ones should be twice as long.
class PowerMeter {
  public:
    static constexpr std::size_t most_windows = 65536;
    explicit PowerMeter(std::size_t most = most_windows);

    // Ends a window, which counted what the rows have more than at the end of the one before; without a
    // length it is added to the one before. True if windows were joined.
    bool close(std::uint64_t end_ps, const std::vector<EnergyRow>& rows);

    const std::vector<PowerWindow>& windows() const { return windows_; }

  private:
    void join_pairs();

    const std::size_t most_;
    std::vector<PowerWindow> windows_;
    PartCounts before_{};
    PartRates rates_{};
};

}  // namespace sosa::traces
