#pragma once
#include "host/placement.h"

namespace sosa::host {

class PaperPolicy final : public Policy {
  public:
    explicit PaperPolicy(hw::Ideal ideal = hw::Ideal::none) : ideal_(ideal) {}
    std::vector<Placement> place(const std::vector<Workload>& tenants, const noc::Topology& topology,
                                 const TileShape& shape, const Progress& progress) const override;

  private:
    hw::Ideal ideal_;
};

}  // namespace sosa::host
