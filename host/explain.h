#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "host/sweep_point.h"
#include "host/sweep_result.h"
#include "host/terminal.h"

// What limits a run: the same run with one resource after the other made ideal.
namespace sosa::host {

class Progress;

struct IdealResource {
    std::string name;
    std::vector<std::string> sets;  // KEY=VALUE that make it ideal
    std::string meaning;            // a sentence: what is different then
};

const std::vector<IdealResource>& ideal_resources();

struct IdealRun {
    const IdealResource* resource;
    std::optional<std::uint64_t> cycles;  // none if it failed
    std::string failure;
};

struct Explanation {
    PointResult base;
    std::vector<IdealRun> runs;  // the fewest cycles first, failed ones last

    std::uint64_t base_cycles() const;
    std::int64_t gained_cycles(const IdealRun& run) const;  // below 0 if it got slower
    double gain_pct(const IdealRun& run) const;             // of the base's cycles
};

struct ExplainOptions {
    std::filesystem::path folder;  // of the points' results; those that are there are not run again
    std::size_t jobs = 1;
};

// Simulates the point as it is and with each resource ideal. Throws UserError if the point itself fails, or
// the work is interrupted. The caller must have no further thread and no SystemC object.
Explanation explain(const SweepPoint& point, const ExplainOptions& options, const std::string& version,
                    Progress& progress);

void print_explanation(const Explanation& explanation, const TextStyle& style, std::ostream& out);
std::string explanation_json(const Explanation& explanation);
// resource,set,cycles,gained_cycles,gain_pct,meaning
std::string explanation_csv(const Explanation& explanation);

}  // namespace sosa::host
