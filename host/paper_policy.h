#pragma once
#include "host/placement.h"

namespace sosa::host {

class PaperPolicy final : public Policy {
  public:
    std::vector<Placement> place(const std::vector<Workload>& tenants, const noc::Topology& topology,
                                 const TileShape& shape, const Progress& progress) const override;
};

}  // namespace sosa::host
