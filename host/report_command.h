#pragma once
#include <string>
#include <vector>

namespace sosa::host {

// sosa report: the words after it. Returns the exit code; throws UserError.
int report_command(const std::vector<std::string>& args);

}  // namespace sosa::host
