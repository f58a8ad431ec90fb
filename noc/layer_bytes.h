#pragma once
#include <cstdint>
#include <vector>

#include "noc/payload.h"

namespace sosa::noc {

// Counts bytes by the layer that a transfer's extension names. Transfers without an extension or a layer are
// left out: what they moved is the total that is counted elsewhere less the sum of these.
class LayerBytes {
  public:
    static constexpr std::uint32_t most_layers = 1u << 20;  // told apart

    void add(const TransferExtension* why, std::uint64_t bytes) {
        if (!why) return;
        const std::uint32_t layer = why->layer.value;
        if (layer >= bytes_.size() && !grow(layer)) return;
        bytes_[layer] += bytes;
    }
    // May be shorter than the layers that there are.
    const std::vector<std::uint64_t>& bytes() const { return bytes_; }

  private:
    [[gnu::cold]] bool grow(std::uint32_t layer) {
        if (layer >= most_layers) return false;
        bytes_.resize(layer + 1);
        return true;
    }

    std::vector<std::uint64_t> bytes_;
};

}  // namespace sosa::noc
