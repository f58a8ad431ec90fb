#pragma once
#include <algorithm>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <vector>

#include "noc/topology.h"

namespace sosa::noc {

// What one slice occupies of one network: every link is free or held by one source. A source may hold a link
// for several destinations (multicast); two sources may not meet on a link (arXiv 2203.11540, section 4.2).
class RouteTable {
  public:
    explicit RouteTable(const Topology& t,
                        std::pmr::memory_resource* memory = std::pmr::get_default_resource())
        : holder_(std::size_t{t.stages()} * t.lines(), 0, memory) {}

    bool is_free(const Topology& t, BankId source, PodId dest) const {
        const auto me = static_cast<std::uint16_t>(source.value + 1);
        const std::uint32_t line = t.dest_line(dest);
        const std::uint16_t* stage = holder_.data();
        for (const auto& mask : t.stage_masks()) {
            const std::uint16_t holder = stage[(line & mask.dest_mask) | (source.value & mask.source_mask)];
            if (holder != 0 && holder != me) return false;
            stage += t.lines();
        }
        return true;
    }

    // The route must be free.
    void take(const Topology& t, BankId source, PodId dest) {
        for (std::uint32_t s = 0; s < t.stages(); ++s)
            holder_[t.flat_link(s, source, dest)] = static_cast<std::uint16_t>(source.value + 1);
    }

    struct Conflict {
        std::uint32_t stage;
        std::uint32_t link;
        BankId holder;
    };
    // The first link of the route that another source holds.
    std::optional<Conflict> conflict(const Topology& t, BankId source, PodId dest) const {
        for (std::uint32_t s = 0; s < t.stages(); ++s) {
            const std::uint16_t holder = holder_[t.flat_link(s, source, dest)];
            if (holder != 0 && holder != source.value + 1)
                return Conflict{s, t.link(s, source, dest), BankId{holder - 1u}};
        }
        return std::nullopt;
    }

    void clear() { std::fill(holder_.begin(), holder_.end(), std::uint16_t{0}); }

  private:
    std::pmr::vector<std::uint16_t> holder_;  // [stage * lines + link]: source + 1, 0 if free
};

}  // namespace sosa::noc
