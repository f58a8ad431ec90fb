#pragma once
#include <string>
#include <vector>

#include "hw/config.h"

namespace sosa::host {

// hw::load_config, and also architecture files of SCALE-Sim, which end in .cfg; what is told of these goes to
// stderr.
hw::Config load_config(const std::string& name_or_file, const std::vector<std::string>& sets);

}  // namespace sosa::host
