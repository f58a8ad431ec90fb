#pragma once

namespace sosa::host {

// The program `sosa`: parses, runs, prints; every error a person can cause is one sentence on stderr. Returns the exit
// code: 0 done, 1 a failed run, 2 wrong usage.
int run_command_line(int argc, char** argv, const char* version);

}  // namespace sosa::host
