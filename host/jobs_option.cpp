#include "host/jobs_option.h"

#include "host/sweep_pool.h"
#include "hw/units.h"
#include "traces/error.h"

namespace sosa::host {

std::size_t jobs_of(const std::string& text, const std::string& who) {
    if (text.empty()) return usable_cores();
    constexpr std::uint64_t most = 1'000'000;
    const auto value = hw::parse_whole(text);
    if (value && *value >= 1 && *value <= most) return static_cast<std::size_t>(*value);
    throw UsageError(who + "--jobs: found \"" + text + "\", allowed an integer from 1 on");
}

}  // namespace sosa::host
