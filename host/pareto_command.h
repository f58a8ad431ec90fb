#pragma once
#include <string>
#include <vector>

namespace sosa::host {

// sosa pareto: the best points of a collected sweep by two figures.
int pareto_command(const std::vector<std::string>& args);

}  // namespace sosa::host
