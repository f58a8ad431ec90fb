#pragma once
#include <filesystem>
#include <iosfwd>
#include <vector>

#include "host/report.h"
#include "host/terminal.h"
#include "host/worst_layers.h"

namespace sosa::host {

// The summary for people, in aligned columns.
void print_summary(const RunReport& report, const std::filesystem::path& folder, std::ostream& out,
                   const TextStyle& style = {}, const std::vector<WorstLayer>& worst = {});

}  // namespace sosa::host
