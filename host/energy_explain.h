#pragma once
#include <iosfwd>
#include <string>
#include <vector>

#include "traces/energy.h"

namespace sosa::host {

// Prints counter x pJ = energy with its source for every row that `name` means, and their sum: "energy" means
// all, "energy.noc" the component noc or those that begin with noc_. Throws UsageError for another name, with
// the nearest.
void explain_energy(const std::string& name, const std::vector<traces::EnergyRow>& rows, std::ostream& out);

}  // namespace sosa::host
