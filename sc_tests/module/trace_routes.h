#pragma once
#include <map>
#include <string>
#include <vector>

#include "sc_tests/module/trace_runs.h"

// What the waves of the networks must show: routes straight from the program and the paper's rule
// (arXiv 2203.11540, section 4.1).
namespace sosa::tests::trace {

enum Net { x, w, pin, pout, post_a, post_b, post_out, nets };
inline const char* const kNetNames[nets] = {"x", "w", "pin", "pout", "post_a", "post_b", "post_out"};
inline bool carries_results(Net net) { return net == pout || net == post_out; }

struct Route {
    unsigned bank, unit;
};

inline std::vector<Route> routes(const Program& program, Net net, std::int64_t slice) {
    std::vector<Route> all;
    if (net == w) ++slice;  // loaded one slice ahead
    if (slice < 0 || slice >= program.slices()) return all;
    const auto s = static_cast<std::size_t>(slice);
    if (net < post_a) {
        for (auto i = program.op_begin[s]; i < program.op_begin[s + 1]; ++i) {
            const auto& op = program.ops[i];
            const auto& tile = net == x ? op.x : net == w ? op.w : net == pin ? op.pin : op.pout;
            if (tile.exists()) all.push_back({tile.bank, op.pod});
        }
    } else {
        for (auto i = program.post_begin[s]; i < program.post_begin[s + 1]; ++i) {
            const auto& op = program.posts[i];
            all.push_back({(net == post_a ? op.a : net == post_b ? op.b : op.out).bank, op.unit});
        }
    }
    return all;
}

using Settings = std::map<std::string, std::uint64_t>;  // by signal

// `expansion`: e of butterfly-2^e.
inline Settings switch_settings(Net net, const std::vector<Route>& taken, unsigned expansion) {
    const unsigned stages = 2 + expansion;  // of four pods
    const auto scope = [&](unsigned stage) {
        return std::string("noc_") + kNetNames[net] + ".stage" + std::to_string(stage);
    };
    Settings all;
    for (unsigned stage = 1; stage <= stages; ++stage)
        for (unsigned i = 0; i < (1u << stages) / 2; ++i) all[scope(stage) + ".sw" + std::to_string(i)] = 0;
    for (const auto& route : taken) {
        const unsigned dest = route.unit << expansion;
        unsigned link = route.bank;
        for (unsigned stage = 1; stage <= stages; ++stage) {
            const unsigned bit = stages - stage;
            const unsigned before = link, rest = (1u << bit) - 1;
            link = (dest & ~rest) | (route.bank & rest);
            const unsigned index = (link >> (bit + 1) << bit) | (link & rest);
            all[scope(stage) + ".sw" + std::to_string(index)] |= (2 | (before >> bit & 1))
                                                                 << 2 * (link >> bit & 1);
        }
    }
    return all;
}

inline Settings line_sources(Net net, const std::vector<Route>& taken, unsigned lines) {
    const std::string base = std::string("noc_") + kNetNames[net] + ".line";
    Settings all;
    for (unsigned i = 0; i < lines; ++i) all[base + std::to_string(i)] = 65535;
    for (const auto& route : taken) all[base + std::to_string(lines == 1 ? 0 : route.unit)] = route.bank;
    return all;
}

// What of `expected` the waves do not show; counts in `taken` what carries something.

inline std::string differences(const Run& r, const Settings& expected, std::uint64_t ps, std::size_t& taken) {
    std::string all;
    const std::uint64_t idle = expected.begin()->first.find(".line") == std::string::npos ? 0 : 65535;
    for (const auto& [name, value] : expected) {
        if (value != idle) ++taken;
        if (at(r, name, ps) == value) continue;
        all += name + " at " + std::to_string(ps) + " ps is " + text_at(r, name, ps) + " not " +
               std::to_string(value) + "; ";
    }
    return all;
}

}  // namespace sosa::tests::trace
