#pragma once
#include <filesystem>
#include <iosfwd>

#include "host/report.h"

namespace sosa::host {

// The summary for people, in aligned columns.
void print_summary(const RunReport& report, const std::filesystem::path& folder, std::ostream& out);

}  // namespace sosa::host
