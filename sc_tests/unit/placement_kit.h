#pragma once
#include <string>
#include <utility>
#include <vector>

#include "host/placement.h"

// What tests of placement share: layers whose m, k and n are their I, J and L.
namespace sosa::tests {

inline constexpr host::TileShape kUnitTiles{1, 1, 1, 2};

inline host::Layer blocks_layer(std::uint64_t I, std::uint64_t J, std::uint64_t L,
                                std::vector<std::uint32_t> deps = {}) {
    return host::Layer{"l", "MatMul", I, J, L, 1, 1, std::move(deps)};
}
inline host::Workload workload_of(std::vector<host::Layer> layers, std::uint32_t repeat = 1) {
    host::Workload w;
    w.name = "w";
    w.repeat = repeat;
    w.layers = std::move(layers);
    return w;
}
inline std::vector<host::Placement> place_paper(const std::vector<host::Workload>& tenants,
                                                const noc::Topology& topology) {
    return host::make_policy("paper")->place(tenants, topology, kUnitTiles, {});
}

// "slice pod P-bank" and, if there is one, "<pin", of every tile op in the order j, i, l: "s0p0b0 s1p0b0<0".
inline std::string ops_text(const host::PlacedLayer& layer) {
    std::string all;
    for (const host::PlacedOp& op : layer.ops) {
        all += (all.empty() ? "s" : " s") + std::to_string(op.slice) + "p" + std::to_string(op.pod) + "b" +
               std::to_string(op.p_bank);
        if (op.pin != host::kNone) all += "<" + std::to_string(op.pin);
    }
    return all;
}

// Operands, slice and unit of both halves, and the bank: "0+1:s1u0,s2u0,b0".
inline std::string sums_text(const host::PlacedLayer& layer) {
    std::string all;
    for (const host::PlacedSum& sum : layer.sums)
        all += (all.empty() ? "" : " ") + std::to_string(sum.a) + "+" + std::to_string(sum.b) + ":s" +
               std::to_string(sum.slice[0]) + "u" + std::to_string(sum.unit[0]) + ",s" +
               std::to_string(sum.slice[1]) + "u" + std::to_string(sum.unit[1]) + ",b" +
               std::to_string(sum.out_bank);
    return all;
}

}  // namespace sosa::tests
