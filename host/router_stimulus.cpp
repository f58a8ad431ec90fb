#include "host/router_stimulus.h"

#include <cstdio>

namespace sosa::host {

RouterStimulus::RouterStimulus(RouterWidths widths, std::uint64_t seed) : widths_(widths), random_(seed) {
    for (auto& words : data_) words.resize((widths.data_bits + 31) / 32);
    new_sources();
}

// Not a std:: distribution: those differ from library to library.
std::uint32_t RouterStimulus::below(std::uint32_t n) {
    return static_cast<std::uint32_t>((random_() >> 32) * n >> 32);
}

void RouterStimulus::new_sources() {
    const std::uint32_t all = 1u << widths_.source_bits;
    sources_[0] = below(all);
    sources_[1] = sources_[0] ^ 1u << below(widths_.source_bits);
    sources_[2] = below(all);
}

void RouterStimulus::new_data(std::uint32_t input) {
    auto& words = data_[input];
    for (auto& word : words) word = static_cast<std::uint32_t>(random_());
    if (const unsigned top = widths_.data_bits % 32; top != 0) words.back() &= (1u << top) - 1;
    pins_.in[input] = {one_in(4) ? false : true, words.data()};
}

const noc::RouterInputs& RouterStimulus::next() {
    if (reset_left_ == 0 && one_in(128)) reset_left_ = 1 + below(2);
    pins_.reset = reset_left_ > 0;
    if (pins_.reset) --reset_left_;
    pins_.enable = pins_.reset ? one_in(2) : !one_in(10);
    pins_.slice = one_in(8);
    if (pins_.slice) new_sources();
    pins_.claim_valid = one_in(2);
    pins_.claim_in = below(2);
    pins_.claim_out = below(2);
    pins_.claim_source = sources_[below(3)];
    new_data(0);
    new_data(1);
    return pins_;
}

void RouterCoverage::add_claim(const noc::RouterInputs& in, const noc::RouterOutputs& out) {
    grants[in.claim_in][in.claim_out] += out.granted;
    multicasts[in.claim_in][in.claim_out] += out.multicast;
    refusals[in.claim_in][in.claim_out] += out.refused;
    at_slice += in.slice;
    if (out.granted) input_of_[in.claim_out] = in.claim_in;
}

void RouterCoverage::add(const noc::RouterInputs& in, const noc::RouterOutputs& out) {
    resets += in.reset;
    stalls += !in.reset && !in.enable;
    if (in.reset || !in.enable) return;
    for (std::uint32_t o = 0; o < 2; ++o) rows[input_of_[o]][o] += out.out[o].valid;
    both += out.out[0].valid && out.out[1].valid && input_of_[0] == input_of_[1];
    if (in.claim_valid) add_claim(in, out);
}

std::string RouterCoverage::missing() const {
    struct Named {
        const char* name;
        const Pairs& pairs;
    };
    for (const Named& kind : {Named{"grant", grants}, Named{"multicast", multicasts},
                              Named{"refusal", refusals}, Named{"row", rows}})
        for (std::size_t i = 0; i < 2; ++i)
            for (std::size_t o = 0; o < 2; ++o)
                if (kind.pairs[i][o] == 0)
                    return std::string(kind.name) + " from input " + std::to_string(i) + " to output " +
                           std::to_string(o);
    if (both == 0) return "row that leaves by both outputs";
    if (at_slice == 0) return "claim at the edge of a slice";
    if (stalls == 0) return "stall";
    return resets == 0 ? "reset" : "";
}

std::string RouterCoverage::text() const {
    std::string all = "  from input to output     grants  multicasts    refusals        rows\n";
    for (std::size_t i = 0; i < 2; ++i)
        for (std::size_t o = 0; o < 2; ++o) {
            char line[96];
            const auto number = [](const Pairs& pairs, std::size_t from, std::size_t to) {
                return static_cast<unsigned long long>(pairs[from][to]);
            };
            std::snprintf(line, sizeof line, "  %zu -> %zu              %12llu%12llu%12llu%12llu\n", i, o,
                          number(grants, i, o), number(multicasts, i, o), number(refusals, i, o),
                          number(rows, i, o));
            all += line;
        }
    return all + "  " + std::to_string(both) + " rows by both outputs, " + std::to_string(at_slice) +
           " claims at a slice's edge, " + std::to_string(stalls) + " stalled edges, " +
           std::to_string(resets) + " in reset\n";
}

}  // namespace sosa::host
