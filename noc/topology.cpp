#include "noc/topology.h"

#include "traces/error.h"
#include "traces/text.h"

namespace sosa::noc {

namespace {

std::uint32_t ceil_log2(std::uint32_t n) {
    std::uint32_t bits = 0;
    while ((std::uint64_t{1} << bits) < n) ++bits;
    return bits;
}

}  // namespace

const std::vector<std::string>& Topology::names() {
    static const std::vector<std::string> all = {"butterfly-1",  "butterfly-2", "butterfly-4", "butterfly-8",
                                                 "butterfly-16", "benes",       "crossbar",    "bus"};
    return all;
}

Topology::Topology(const std::string& name, std::uint32_t ports)
    : name_(name), ports_(ports), widest_slice_(ports) {
    SOSA_CHECK(ports >= 1, "a network without ports");
    const std::uint32_t n = ceil_log2(ports);
    const double banks = ports;
    if (name.rfind("butterfly-", 0) == 0 && traces::nearest(name, names()) == name) {
        const std::uint32_t k = static_cast<std::uint32_t>(std::stoul(name.substr(10)));
        expansion_bits_ = ceil_log2(k);
        const std::uint32_t bits = n + expansion_bits_;
        lines_ = 1u << bits;
        latency_cycles_ = n + 2 * expansion_bits_;
        power_coefficient_ = k * banks * n;
        has_switches_ = bits > 0;
        // After s stages the top s bits are the destination's, the rest still the source's.
        for (std::uint32_t s = 1; s <= bits; ++s) {
            const std::uint32_t source_mask = (1u << (bits - s)) - 1;
            stages_.push_back({(lines_ - 1) & ~source_mask, source_mask});
        }
    } else if (name == "benes" || name == "crossbar") {
        // Non-blocking: a route holds only its output line.
        const bool benes = name == "benes";
        lines_ = 1u << n;
        latency_cycles_ = benes && n > 0 ? 4 * n - 1 : 1;
        power_coefficient_ = benes ? 4 * banks * n : banks * banks;
        stages_.push_back({lines_ - 1, 0});
    } else if (name == ideal) {
        lines_ = 1u << n;
        latency_cycles_ = 0;
        stages_.push_back({lines_ - 1, 0});
    } else if (name == "bus") {
        power_coefficient_ = 1;
        widest_slice_ = 1;
        stages_.push_back({0, 0});
    } else {
        throw UserError("noc.topology: found \"" + name + "\"" +
                        traces::did_you_mean(traces::nearest(name, names())) + ", allowed " +
                        traces::join(names()));
    }
    if (stages_.empty()) stages_.push_back({0, 0});  // butterfly-1 of one port: a wire
    if (ports == 1) power_coefficient_ = 0;
}

}  // namespace sosa::noc
