#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "hw/config.h"

namespace sosa::host {

inline constexpr std::size_t kMaxScaleSimConfigBytes = 1 << 16;

// An architecture file of SCALE-Sim (`scale.cfg`) as the chip nearest to it: one pod of ArrayHeight x
// ArrayWidth without multicast and fan-in, one bank of each kind. The rest is our default. What it means here
// and cannot mean here, and which keys are not used, is appended to `notices`, a sentence each. Throws
// UserError that lists what is missing, malformed or out of our ranges.
hw::Config import_scalesim_config(std::string_view text, const std::string& source_name,
                                  std::vector<std::string>& notices);

}  // namespace sosa::host
