#pragma once
#include "host/rtl_build.h"

// What building RTL and asking Verilator about it have in common.
namespace sosa::host {

// Runs Verilator on the design, whose sources are written into `folder`; its C++ names the module Vrtl.
void run_verilator(const RtlDesign& design, const RtlTools& tools, const std::vector<std::string>& flags,
                   const std::filesystem::path& folder, const std::filesystem::path& log);

// Writes the log and throws UserError: "WHO failed: FIRST ERROR; all of it is in LOG".
[[noreturn]] void fail_with_log(const std::string& who, const std::string& output,
                                const std::filesystem::path& log);

}  // namespace sosa::host
