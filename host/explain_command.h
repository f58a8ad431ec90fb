#pragma once
#include <string>
#include <vector>

namespace sosa::host {

// sosa explain: what limits a run?
int explain_command(const std::vector<std::string>& args, const std::string& version);

}  // namespace sosa::host
