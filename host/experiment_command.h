#pragma once
#include <string>
#include <vector>

namespace sosa::host {

// sosa experiment: measures again what the paper measured.
int experiment_command(const std::vector<std::string>& args, const std::string& version);

}  // namespace sosa::host
