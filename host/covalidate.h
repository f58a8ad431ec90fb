#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sosa::host {

// `sosa covalidate`; `args` are the words after it. Returns 1 if RTL and model differ.
int covalidate_command(const std::vector<std::string>& args, const std::string& version);

// What its options ask for.
struct CovalidateJob {
    std::string config = "sosa-256";
    std::vector<std::string> sets;  // those of --shape and --bf included
    std::string unit;               // pod, router, all
    std::string port_map, sources, out, tiles;
    std::uint64_t cycles = 10000, seed = 1, timeout_cycles = 1000;
    bool all_shapes = false;
};

// False if help was asked for and printed. Throws UsageError for what does not fit, before any file is read.
bool parse_covalidate(const std::vector<std::string>& args, CovalidateJob& job);

// The words that say the same, for a child process; `shape_sets` come last and `out` and `unit` are its own.
std::vector<std::string> covalidate_words(const CovalidateJob& job,
                                          const std::vector<std::string>& shape_sets, const std::string& unit,
                                          const std::string& out);

}  // namespace sosa::host
