#pragma once
#include <cstdint>
#include <string>

#include "noc/ids.h"

namespace sosa::noc {

// Which route holds a link in the current slice. An older epoch than the network's means that it is free, so
// that a new slice frees all links by counting up.
class LinkSlot {
  public:
    enum class Claim { fresh, multicast, refused };

    // `fresh` if the link was free, `multicast` if the same source held it already; a refused claim changes
    // nothing.
    Claim claim(std::uint32_t epoch, BankId source, PodId dest) {
        const std::uint64_t route = std::uint64_t{epoch} << 16 | source.value;
        if (word_ >> 16 == route) return Claim::multicast;
        if (held(epoch)) return Claim::refused;
        word_ = route << 16 | dest.value;
        return Claim::fresh;
    }
    bool held(std::uint32_t epoch) const { return word_ >> 32 == epoch; }
    BankId source() const { return BankId{static_cast<std::uint32_t>(word_ >> 16) & 0xffff}; }
    PodId dest() const {
        return PodId{static_cast<std::uint32_t>(word_) & 0xffff};
    }  // the first one, if multicast

  private:
    std::uint64_t word_ = 0;  // epoch:32 source:16 dest:16
};

// What crossed the links after one stage. A multicast crosses a link once, however many copies it stands for.
// Switches count the fresh links; the others follow from the transfers that came in, which cross every stage.
struct StageCounters {
    std::uint64_t links_claimed = 0;     // link-slices in use
    std::uint64_t multicast_shares = 0;  // further routes over a link that the same source holds
    std::uint64_t bytes = 0;             // once per link
    std::uint64_t bytes_unicast = 0;     // as if every copy travelled alone
};

// The state that the switches of a network share.
struct SwitchContext {
    std::string network;      // its name, for messages
    std::uint32_t epoch = 1;  // counts slices; 0 is never current
    PodId unit;               // whose transfer is under way; one at a time, since b_transport never waits
};

// The 2x2 switch's decision at one of its outputs, shared by the fabric and the Router module. A refused
// route raises an SC_ERROR "sosa/router" that names both routes; it is told apart if that does not throw.
LinkSlot::Claim pass_link(LinkSlot& slot, const SwitchContext& context, std::uint32_t stage,
                          std::uint32_t link, BankId source, PodId dest, std::uint32_t bytes,
                          StageCounters& counters);

[[gnu::cold]] void refuse_link(const LinkSlot& slot, const SwitchContext& context, std::uint32_t stage,
                               std::uint32_t link, BankId source, PodId dest);

inline LinkSlot::Claim pass_link(LinkSlot& slot, const SwitchContext& context, std::uint32_t stage,
                                 std::uint32_t link, BankId source, PodId dest, std::uint32_t bytes,
                                 StageCounters& counters) {
    const auto claim = slot.claim(context.epoch, source, dest);
    if (__builtin_expect(claim == LinkSlot::Claim::refused, 0)) {
        refuse_link(slot, context, stage, link, source, dest);
        return claim;
    }
    if (claim == LinkSlot::Claim::fresh) {
        ++counters.links_claimed;
        counters.bytes += bytes;
    }
    return claim;
}

}  // namespace sosa::noc
