#pragma once
#include <cstdint>
#include <functional>

// Index types that cannot be mixed up: a PodId is not a BankId.
namespace sosa {

template <class Tag>
struct Index {
    std::uint32_t value = 0;
    constexpr Index() = default;
    constexpr explicit Index(std::uint32_t v) : value(v) {}
    friend constexpr bool operator==(Index a, Index b) { return a.value == b.value; }
    friend constexpr bool operator!=(Index a, Index b) { return a.value != b.value; }
    friend constexpr bool operator<(Index a, Index b) { return a.value < b.value; }
};

using PodId = Index<struct PodTag>;    // also the index of a post-processor
using BankId = Index<struct BankTag>;  // within its kind: X, W or P
using SliceId = Index<struct SliceTag>;
using LayerId = Index<struct LayerTag>;
inline constexpr LayerId kNoLayer{0xffffffff};  // of what belongs to none, or to one that is not known
using TileTag = Index<struct TileTagTag>;       // names a tile within its bank

}  // namespace sosa
