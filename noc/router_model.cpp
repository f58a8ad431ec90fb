#include "noc/router_model.h"

#include <algorithm>
#include <string>

#include "traces/error.h"

namespace sosa::noc {

RouterModel::RouterModel(std::uint32_t data_bits) {
    for (auto& words : data_) words.resize((data_bits + 31) / 32);
    clear_outputs();
}

void RouterModel::clear_outputs() {
    outputs_ = RouterOutputs{};
    for (std::uint32_t o = 0; o < 2; ++o) {
        std::fill(data_[o].begin(), data_[o].end(), 0);
        outputs_.out[o].data = data_[o].data();
    }
}

void RouterModel::step(const RouterInputs& in) {
    SOSA_CHECK(in.claim_in < 2 && in.claim_out < 2 && in.claim_source < 1u << 15,
               "claim of output " + std::to_string(in.claim_out) + " by source " +
                   std::to_string(in.claim_source) + " from input " + std::to_string(in.claim_in));
    if (in.reset) {
        ++epoch_;
        return clear_outputs();
    }
    if (!in.enable) return;
    clear_outputs();
    for (std::uint32_t o = 0; o < 2; ++o) forward(in, o);
    if (in.slice) ++epoch_;
    if (in.claim_valid) claim(in);
}

void RouterModel::forward(const RouterInputs& in, std::uint32_t output) {
    const Link& link = links_[output];
    const RouterInputs::Port& from = in.in[link.input];
    if (!link.slot.held(epoch_) || !from.valid) return;
    outputs_.out[output].valid = true;
    std::copy_n(from.data, data_[output].size(), data_[output].begin());
}

// A source reaches a switch by one input. The same source at the other one is another route, so the input is
// part of what LinkSlot compares.
void RouterModel::claim(const RouterInputs& in) {
    Link& link = links_[in.claim_out];
    const BankId source{in.claim_source << 1 | in.claim_in};
    const auto answer = link.slot.claim(epoch_, source, PodId{in.claim_out});
    outputs_.granted = answer == LinkSlot::Claim::fresh;
    outputs_.multicast = answer == LinkSlot::Claim::multicast;
    outputs_.refused = answer == LinkSlot::Claim::refused;
    if (outputs_.granted) link.input = in.claim_in;
}

}  // namespace sosa::noc
