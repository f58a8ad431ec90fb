#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

// Other programs (Verilator, the C++ compiler, sosa itself) as child processes.
namespace sosa::host {

struct ToolResult {
    int exit_code = 0;
    std::string output;  // stdout and stderr, as they came
};

// The program as PATH has it; none if it is not installed.
std::optional<std::filesystem::path> find_tool(const std::string& name);

// words[0] is the program, with its path; it runs in `folder`.
ToolResult run_tool(const std::vector<std::string>& words, const std::filesystem::path& folder);

// The same with stdin, stdout and stderr of this program; returns the exit code.
int run_here(const std::vector<std::string>& words);

// All of them, at most `jobs` at a time, and none after one has failed. Results in the order of `commands`;
// those that were not run have no output.
std::vector<ToolResult> run_tools(const std::vector<std::vector<std::string>>& commands,
                                  const std::filesystem::path& folder, unsigned jobs);

}  // namespace sosa::host
