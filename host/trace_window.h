#pragma once
#include <string>

#include "host/program.h"
#include "hw/chip_probe.h"

namespace sosa::host {

// From the first to the last slice of the layers whose names match the glob. Throws UserError if none does.
hw::ChipProbe::Window layer_window(const Program& program, const std::string& glob);

}  // namespace sosa::host
