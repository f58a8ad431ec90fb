#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "host/sweep_filter.h"
#include "host/sweep_point.h"

// What is to be swept: a list of points, from a spec (host/sweep_format.md) or made by a program.
namespace sosa::host {

inline constexpr std::size_t kMaxSweepPoints = 100'000;

struct Sweep {
    std::string name;                    // harmless in a path
    std::string source;                  // begins errors: the spec's path, or the name
    std::vector<std::string> axes{};     // what varies, as in sweep_axis.h, in the order of the spec
    std::vector<SweepFilter> filters{};  // a point stays if all keep it
    std::vector<SweepPoint> points{};    // in the order of the spec
};

// Reads the spec: every key, name and value of it alone is right then; whether the points can be built is
// seen by make_plan. Throws UserError that names the line; unknown keys are told all at once.
Sweep read_sweep(const std::filesystem::path& spec);
Sweep parse_sweep(std::string_view json_text, const std::string& source);

}  // namespace sosa::host
