#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "host/workload.h"

namespace sosa::host {

// sosa import: a network in another tool's format becomes a workload file.
int import_command(const std::vector<std::string>& args);

// A SCALE-Sim topology if the path ends in .csv, without padding, and a model if it ends in .onnx, both with
// every notice on stderr; else the format of read_workload. `dims`: those of a model that its file leaves
// open.
Workload read_workload_file(const std::filesystem::path& path, const std::vector<std::string>& dims = {});

}  // namespace sosa::host
