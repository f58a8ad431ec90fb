#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "noc/ids.h"

namespace sosa::noc {

// The lines and links of one network between N banks (sources) and N pods (destinations), as pure values.
// A route crosses one link after every stage; which one is decided by two masks, so that every topology is a
// table: link = (destination line & dest_mask) | (source line & source_mask).
// Latencies, power coefficients and the butterfly rule: arXiv 2203.11540, section 4 and table 1.
class Topology {
  public:
    struct Stage {
        std::uint32_t dest_mask;
        std::uint32_t source_mask;
    };

    // `name`: butterfly-1|2|4|8|16, benes, crossbar, bus. Throws UserError that lists these for any other
    // name.
    Topology(const std::string& name, std::uint32_t ports);

    static const std::vector<std::string>& names();
    // Not among the names: every route is free and takes no time.
    static constexpr const char* ideal = "ideal";

    const std::string& name() const { return name_; }
    std::uint32_t ports() const { return ports_; }  // N
    std::uint32_t lines() const { return lines_; }  // links after each stage
    std::uint32_t stages() const { return static_cast<std::uint32_t>(stages_.size()); }
    std::uint32_t latency_cycles() const { return latency_cycles_; }
    double power_coefficient() const { return power_coefficient_; }  // 0 for a single port: no network
    // Whether its stages are 2x2 switches, so that it can be built of Router modules.
    bool has_switches() const { return has_switches_; }
    // The most routes with distinct sources that one slice can hold.
    std::uint32_t widest_slice() const { return widest_slice_; }

    std::uint32_t dest_line(PodId d) const { return d.value << expansion_bits_; }
    // The link after stage s = 0 .. stages()-1 on the route from b to d.
    std::uint32_t link(std::uint32_t s, BankId b, PodId d) const {
        return (dest_line(d) & stages_[s].dest_mask) | (b.value & stages_[s].source_mask);
    }
    // The link index in arrays of stages() * lines().
    std::uint32_t flat_link(std::uint32_t s, BankId b, PodId d) const { return s * lines_ + link(s, b, d); }
    const std::vector<Stage>& stage_masks() const { return stages_; }

  private:
    std::string name_;
    std::uint32_t ports_;
    std::uint32_t lines_ = 1;
    std::uint32_t expansion_bits_ = 0;
    std::uint32_t latency_cycles_ = 1;
    std::uint32_t widest_slice_;
    double power_coefficient_ = 0;
    bool has_switches_ = false;
    std::vector<Stage> stages_;
};

}  // namespace sosa::noc
