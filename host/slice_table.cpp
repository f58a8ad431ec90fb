#include "host/slice_table.h"

namespace sosa::host {

std::uint32_t SliceTable::next_open(std::uint32_t s) {
    std::uint32_t root = s;
    while (root < next_.size() && next_[root] != root) root = next_[root];
    while (s < next_.size() && next_[s] != root && s != root) {
        const std::uint32_t up = next_[s];
        next_[s] = root;
        s = up;
    }
    return root;
}

void SliceTable::close(std::uint32_t s) {
    for (auto i = static_cast<std::uint32_t>(next_.size()); i <= s; ++i) next_.push_back(i);
    next_[s] = s + 1;
    main_.retire(s);
}

void SliceTable::retire_before(std::uint32_t s) {
    const auto known = static_cast<std::uint32_t>(
        std::max({main_.of_slice.size(), pin_.of_slice.size(), post_.of_slice.size()}));
    for (std::uint32_t i = retired_before_; i < std::min(s, known); ++i) {
        main_.retire(i);
        pin_.retire(i);
        post_.retire(i);
    }
    retired_before_ = std::max(retired_before_, s);
}

}  // namespace sosa::host
