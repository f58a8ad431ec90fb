#include "host/row_tracker.h"

#include <algorithm>

namespace sosa::host {

using pods::ArrayInputs;
using pods::ArrayShape;

namespace {

std::int16_t extended(std::uint8_t byte, bool is_signed) {
    return is_signed ? static_cast<std::int8_t>(byte) : static_cast<std::int16_t>(byte);
}

}  // namespace

RowTracker::RowTracker(const ArrayShape& s)
    : shape_(s),
      rows_(s.latency_cycles() + 2),
      sets_(s.latency_cycles() + 4, WeightSet(std::size_t{s.rows} * s.cols)),
      shadow_(std::size_t{s.rows} * s.cols) {
    for (auto& row : rows_) {
        row.x.resize(s.rows);
        row.psum.resize(s.cols);
    }
}

void RowTracker::step(const ArrayInputs& in, const RowLabel& label) {
    if (in.reset) return reset();
    if (!in.enable) return;
    ++edge_;
    take_row(in, label);
    hand_over();
    if (in.w_valid) take_weights(in);
}

void RowTracker::reset() {
    for (auto& row : rows_) row.valid = false;
    swaps_.clear();
    std::fill(shadow_.begin(), shadow_.end(), std::int16_t{0});
    WeightSet& cleared = sets_[++newest_ % sets_.size()];
    std::fill(cleared.begin(), cleared.end(), std::int16_t{0});
    next_w_row_ = 0;
}

void RowTracker::take_row(const ArrayInputs& in, const RowLabel& label) {
    if (in.x_valid && in.x_swap) swaps_.push_back({++newest_, 0});
    TrackedRow& row = rows_[edge_ % rows_.size()];
    row.valid = in.x_valid;
    row.x_signed = in.x_signed;
    row.weights = newest_;
    if (!in.x_valid) return;
    row.label = label;
    for (std::uint32_t i = 0; i < shape_.rows; ++i) row.x[i] = extended(in.x[i], in.x_signed);
    for (std::uint32_t j = 0; j < shape_.cols; ++j) row.psum[j] = in.psum ? in.psum[j] : 0;
}

// A swap reaches one row group more at each edge, and takes there what the shadow registers hold.
void RowTracker::hand_over() {
    for (auto& swap : swaps_) {
        WeightSet& set = sets_[swap.set % sets_.size()];
        const std::size_t begin = std::size_t{swap.row_group} * shape_.fanin_rows * shape_.cols;
        const std::size_t end =
            std::min(begin + std::size_t{shape_.fanin_rows} * shape_.cols, shadow_.size());
        std::copy(&shadow_[begin], &shadow_[begin] + (end - begin), &set[begin]);
        ++swap.row_group;
    }
    while (!swaps_.empty() && swaps_.front().row_group == shape_.row_groups()) swaps_.pop_front();
}

void RowTracker::take_weights(const ArrayInputs& in) {
    const std::uint32_t row = in.w_first ? 0 : next_w_row_;
    if (row >= shape_.rows) return;
    for (std::uint32_t j = 0; j < shape_.cols; ++j)
        shadow_[std::size_t{row} * shape_.cols + j] = extended(in.w[j], in.w_signed);
    next_w_row_ = row + 1;
}

const TrackedRow& RowTracker::leaving(int later) const {
    static const TrackedRow none;
    const std::int64_t edge = static_cast<std::int64_t>(edge_) + 1 - shape_.latency_cycles() + later;
    return edge < 1 || edge > static_cast<std::int64_t>(edge_)
               ? none
               : rows_[static_cast<std::size_t>(edge) % rows_.size()];
}

const WeightSet& RowTracker::weights(std::size_t set) const { return sets_[set % sets_.size()]; }

const WeightSet& RowTracker::weights_after(std::size_t set) const {
    return set < newest_ ? weights(set + 1) : shadow_;
}

}  // namespace sosa::host
