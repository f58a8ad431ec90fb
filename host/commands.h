#pragma once
#include <string>
#include <vector>

namespace sosa::host {

// The program `sosa`: parses, runs, prints; every error a person can cause is one sentence on stderr. Returns
// the exit code: 0 done, 1 a failed run, 2 wrong usage.
int run_command_line(int argc, char** argv, const char* version);

// The commands; `args` are the words after the command's name.
int run_command(const std::vector<std::string>& args, const std::string& version);
int compile_command(const std::vector<std::string>& args);
int list_command(const std::vector<std::string>& args);
int config_command(const std::vector<std::string>& args);

}  // namespace sosa::host
