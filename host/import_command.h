#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "host/workload.h"

namespace sosa::host {

// sosa import: a network in another tool's format becomes a workload file.
int import_command(const std::vector<std::string>& args);

// A SCALE-Sim topology if the path ends in .csv, without padding and with every notice on stderr; else the
// format of read_workload.
Workload read_workload_file(const std::filesystem::path& path);

}  // namespace sosa::host
