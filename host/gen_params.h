#pragma once
#include <string>
#include <vector>

#include "hw/config.h"

namespace sosa::host {

// The chip's numbers for hardware and for a driver: a package `sosa_params` of `parameter int`, which
// pods/rtl and noc/rtl take their defaults from, and a C header with the same numbers and the register map as
// SOSA_... .
std::string sv_parameters(const hw::Config& config);
std::string c_parameters(const hw::Config& config);

// `sosa gen-params`; `args` are the words after it.
int gen_params_command(const std::vector<std::string>& args);

}  // namespace sosa::host
