#pragma once
#include <filesystem>
#include <iosfwd>

#include "host/lockstep.h"

namespace sosa::host {

// What was compared and what the stimuli covered, in aligned lines; and the difference, if there is one.
void print_report(const LockstepJob& job, const LockstepReport& report, std::ostream& out);
// The same as JSON.
void write_report(const LockstepJob& job, const LockstepReport& report, const std::filesystem::path& file);

}  // namespace sosa::host
