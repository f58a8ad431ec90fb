#pragma once
#include <string>
#include <vector>

namespace sosa::host {

// sosa sweep: runs the points of a spec.
int sweep_command(const std::vector<std::string>& args, const std::string& version);

}  // namespace sosa::host
