#pragma once
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

// The paper's rule of what a route occupies (arXiv 2203.11540, section 4), restated with divisions so that
// tests do not lean on the masks of noc::Topology.
namespace sosa::tests {

inline std::uint32_t ceil_log2(std::uint32_t n) {
    std::uint32_t bits = 0;
    for (std::uint64_t reach = 1; reach < n; reach *= 2) ++bits;
    return bits;
}

// k of "butterfly-k", 0 for any other name.
inline std::uint32_t butterfly_k(const std::string& name) {
    return name.rfind("butterfly-", 0) == 0 ? static_cast<std::uint32_t>(std::stoul(name.substr(10))) : 0;
}

// The label of the link after each stage from bank b to pod d. butterfly-k: (top s bits of d * k, low bits of
// b), at least one wire; benes and crossbar: only the output; bus: the bus.
inline std::vector<std::uint32_t> route_rule(const std::string& name, std::uint32_t ports, std::uint32_t b,
                                             std::uint32_t d) {
    const std::uint32_t k = butterfly_k(name);
    if (k == 0) return {name == "bus" ? 0 : d};
    const std::uint32_t stages = ceil_log2(ports) + ceil_log2(k);
    if (stages == 0) return {0};
    std::vector<std::uint32_t> links;
    for (std::uint32_t s = 1; s <= stages; ++s) {
        std::uint32_t low = 1;
        for (std::uint32_t i = s; i < stages; ++i) low *= 2;
        links.push_back(d * k / low * low + b % low);
    }
    return links;
}

// Two routes meet if different sources share a link of a stage.
inline bool rule_conflict(const std::string& name, std::uint32_t ports, std::uint32_t b1, std::uint32_t d1,
                          std::uint32_t b2, std::uint32_t d2) {
    if (b1 == b2) return false;
    const auto one = route_rule(name, ports, b1, d1), two = route_rule(name, ports, b2, d2);
    std::set<std::pair<std::size_t, std::uint32_t>> held;
    for (std::size_t s = 0; s < one.size(); ++s) held.insert({s, one[s]});
    for (std::size_t s = 0; s < two.size(); ++s)
        if (held.count({s, two[s]})) return true;
    return false;
}

}  // namespace sosa::tests
