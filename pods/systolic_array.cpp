#include "pods/systolic_array.h"

#include <algorithm>
#include <cstring>

#include "pods/array_loops.h"
#include "traces/error.h"

namespace sosa::pods {

namespace {
// Edges that are sampled before the first of them is worked on: the rings stay small enough for the first
// cache.
constexpr std::uint64_t kBatch = 32;
constexpr std::uint64_t kRing = 64;
// Room in front of a window, in edges and in pairs: what is filled before the window is moved back.
constexpr std::uint32_t kWindowEdges = 64, kWindowPairs = 1024;

std::uint64_t ring_rows(std::uint64_t latency) {
    std::uint64_t rows = kRing;
    while (rows < latency + 1 + kBatch) rows *= 2;
    return rows;
}
}  // namespace

SystolicArray::SystolicArray(const ArrayShape& shape, const ArrayKernels& kernels)
    : shape_(shape),
      plan_(shape),
      kernel_(kernels.edge(plan_)),
      latency_(shape.latency_cycles()),
      mask_(ring_rows(latency_) - 1) {
    const std::size_t rows = mask_ + 1, cols = plan_.cols;
    batch_ = rows - latency_ - 1;
    samples_.resize(rows);
    x_.resize(rows * plan_.all_pairs() * 2);
    w_.resize(rows * cols);
    psum_.resize(rows * cols);
    results_.resize(rows * cols);
    overflow_.resize(rows * cols);
    active_.resize(plan_.weights());
    shadow_.resize(plan_.weights());
    sums_.resize(plan_.groups * cols);
    spills_.resize(plan_.groups * cols);
    no_results_.resize(cols);
    no_overflow_.resize(cols);
    for (std::uint32_t i = 0; i < shape_.rows; ++i) operand_of_row_.push_back(plan_.operand(i));
    for (std::uint32_t j = 0; j < shape_.cols; ++j) group_of_col_.push_back(j / plan_.multicast);
    if (!plan_.whole_vectors) {
        window_slots_ = plan_.col_groups + std::clamp(kWindowPairs / plan_.multicast, 1u, kWindowEdges);
        window_stride_ = window_slots_ * plan_.multicast + cols;
        windows_.resize(plan_.all_pairs() * window_stride_ * 2);
        window_ = window_slots_ - (plan_.col_groups - 1);
    }
    reset();
}

std::size_t SystolicArray::weight_at(std::uint32_t row, std::uint32_t col) const {
    SOSA_CHECK(row < shape_.rows && col < shape_.cols,
               "PE (" + std::to_string(row) + ", " + std::to_string(col) + ")");
    return plan_.weight(row, col);
}
std::int32_t SystolicArray::active_weight(std::uint32_t row, std::uint32_t col) const {
    return active_[weight_at(row, col)];
}
std::int32_t SystolicArray::shadow_weight(std::uint32_t row, std::uint32_t col) const {
    return shadow_[weight_at(row, col)];
}
void SystolicArray::flip_shadow_weight(std::uint32_t row, std::uint32_t col, std::uint8_t bits) {
    std::int16_t& weight = shadow_[weight_at(row, col)];
    weight = static_cast<std::int16_t>(weight ^ bits);
}

void SystolicArray::run(const ArrayInputs* in, ArrayOutputs* out, std::size_t n) {
    SOSA_CHECK(n <= batch_, std::to_string(n) + " edges, at most " + std::to_string(batch_));
    for (std::size_t i = 0; i < n;) {
        if (in[i].reset) {
            reset();
            out[i++] = outputs_;
            continue;
        }
        if (!plan_.whole_vectors && window_ == 0) slide_windows();
        const std::size_t begin = i;
        for (; i < n && !in[i].reset && (plan_.whole_vectors || window_ > 0); ++i) {
            if (in[i].enable) push(in[i]);
        }
        for (std::size_t k = begin; k < i; ++k) {
            if (in[k].enable) edge();
            out[k] = outputs_;
        }
    }
}

void SystolicArray::reset() {
    std::fill(samples_.begin(), samples_.end(), Sample());
    std::fill(active_.begin(), active_.end(), std::int16_t{0});
    std::fill(shadow_.begin(), shadow_.end(), std::int16_t{0});
    swaps_.clear();
    next_w_row_ = 0;
    valid_inside_ = 0;
    w_settled_ = time_;
    outputs_ = ArrayOutputs();
    outputs_.psum = no_results_.data();
    outputs_.overflow = no_overflow_.data();
}

void SystolicArray::push(const ArrayInputs& in) {
    Sample& sample = samples_[slot(pushed_)];
    sample.valid = in.x_valid;
    sample.last = in.x_valid && in.x_last;
    if (in.x_valid) {
        push_x(in);
        push_psum(in);
        if (in.x_swap) swaps_.push_back(pushed_);
    }
    if (!plan_.whole_vectors) push_window();
    push_w(in, sample);
    ++pushed_;
}

void SystolicArray::push_x(const ArrayInputs& in) {
    std::int16_t* to = x_.data() + slot(pushed_) * plan_.all_pairs() * 2;
    if (plan_.fanin % 2 == 0 || plan_.groups == 1) return widen(to, in.x, shape_.rows, in.x_signed);
    for (std::uint32_t i = 0; i < shape_.rows; ++i) {
        to[operand_of_row_[i]] = in.x_signed ? static_cast<std::int8_t>(in.x[i]) : std::int16_t{in.x[i]};
    }
}

// Partial sums reach a column group one edge later than the group before: each group's go to a row of their
// own.
void SystolicArray::push_psum(const ArrayInputs& in) {
    const std::uint64_t now = pushed_, mask = mask_;
    const std::size_t cols = plan_.cols;
    const std::int32_t* from = in.psum == nullptr ? no_results_.data() : in.psum;
    std::int32_t* ring = psum_.data();
    each_part(plan_, group_of_col_, [=](std::uint32_t h, std::uint32_t begin, auto count) {
        copy(ring + ((now + h) & mask) * cols + begin, from + begin, count);
    });
}

void SystolicArray::push_w(const ArrayInputs& in, Sample& sample) {
    sample.w_row = kNoRow;
    if (in.w_valid) {
        if (in.w_first) next_w_row_ = 0;
        if (next_w_row_ < shape_.rows) {
            sample.w_row = static_cast<std::int32_t>(next_w_row_++);
            widen(w_.data() + slot(pushed_) * plan_.cols, in.w, shape_.cols, in.w_signed);
            w_settled_ = pushed_ + plan_.col_groups;
        }
    }
    sample.w_rows = next_w_row_;
}

void SystolicArray::push_window() {
    --window_;
    const std::uint32_t copies = plan_.multicast;
    for (std::uint32_t g = 0, q = 0; g < plan_.groups; ++g) {
        const std::int16_t* from = x_.data() + slot(pushed_ - g) * plan_.all_pairs() * 2;
        for (std::uint32_t p = 0; p < plan_.pairs; ++p, ++q) {
            std::int16_t* to = windows_.data() + (q * window_stride_ + window_ * copies) * 2;
            for (std::uint32_t i = 0; i < copies; ++i) std::memcpy(to + 2 * i, from + 2 * q, 4);
        }
    }
}

void SystolicArray::slide_windows() {
    const std::size_t kept = plan_.col_groups - 1;
    window_ = window_slots_ - kept;
    for (std::uint32_t q = 0; q < plan_.all_pairs(); ++q) {
        std::int16_t* pairs = windows_.data() + q * window_stride_ * 2;
        std::memmove(pairs + window_ * plan_.multicast * 2, pairs, kept * plan_.multicast * 4);
    }
}

void SystolicArray::edge() {
    // (1) Rows with x_swap take over the shadow registers, as they were before this edge.
    if (!swaps_.empty()) swap_weights();
    // (2) Rows of W arrive.
    if (time_ < w_settled_) write_weights();
    // (3) All blocks work.
    EdgeJob job;
    job.weights = active_.data();
    job.time = time_;
    job.x_mask = mask_;
    job.turn = turn_;
    if (plan_.whole_vectors) {
        job.x = x_.data();
        job.x_stride = plan_.all_pairs();
    } else {
        job.x = windows_.data() + (window_ + (pushed_ - 1 - time_)) * plan_.multicast * 2;
        job.x_stride = window_stride_;
    }
    job.psum = psum_.data() + slot(time_) * plan_.cols;
    job.sums = sums_.data();
    job.spills = spills_.data();
    kernel_(plan_, job);
    turn_ = turn_ + 1 == plan_.groups ? 0 : turn_ + 1;
    // (4) What the last row group finished waits for the column groups behind it.
    collect();
    // (5) A whole row leaves.
    show();
    ++time_;
}

void SystolicArray::swap_weights() {
    for (const std::uint64_t sampled : swaps_) {
        if (sampled > time_) break;
        const std::uint64_t age = time_ - sampled;  // the row is in the blocks with g + h == age
        const std::uint64_t behind = plan_.col_groups - 1;
        for (std::uint64_t g = age > behind ? age - behind : 0; g <= age && g < plan_.groups; ++g) {
            const std::size_t begin = (age - g) * plan_.multicast;
            const std::size_t end = std::min<std::size_t>(begin + plan_.multicast, plan_.cols);
            for (std::uint64_t q = g * plan_.pairs; q < (g + 1) * plan_.pairs; ++q) {
                const std::size_t at = (q * plan_.cols + begin) * 2;
                std::copy_n(&shadow_[at], (end - begin) * 2, &active_[at]);
            }
        }
    }
    if (time_ - swaps_.front() == latency_ - 1) swaps_.erase(swaps_.begin());
}

void SystolicArray::write_weights() {
    const std::uint64_t now = time_, mask = mask_;
    const std::size_t cols = plan_.cols;
    const Sample* samples = samples_.data();
    const std::uint32_t* operands = operand_of_row_.data();
    const std::int16_t* ring = w_.data();
    std::int16_t* shadow = shadow_.data();
    each_part(plan_, group_of_col_, [=](std::uint32_t h, std::uint32_t begin, auto count) {
        const std::size_t at = static_cast<std::size_t>((now - h) & mask);
        const std::int32_t row = samples[at].w_row;
        if (row == kNoRow) return;
        const std::uint32_t operand = operands[row];
        copy_to_pairs(shadow + (operand / 2 * cols + begin) * 2 + operand % 2, ring + at * cols + begin,
                      count);
    });
}

void SystolicArray::collect() {
    const std::uint64_t leaves = time_ + plan_.col_groups - 1, mask = mask_;
    const std::size_t cols = plan_.cols, from = turn_ * cols;  // row of the last group: turn - groups + 1
    const std::int32_t *sums = sums_.data() + from, *spills = spills_.data() + from;
    std::int32_t* results = results_.data();
    std::uint8_t* overflow = overflow_.data();
    each_part(plan_, group_of_col_, [=](std::uint32_t h, std::uint32_t begin, auto count) {
        const std::size_t to = static_cast<std::size_t>((leaves - h) & mask) * cols + begin;
        copy(results + to, sums + begin, count);
        copy_flags(overflow + to, spills + begin, count);
    });
}

void SystolicArray::show() {
    const Sample& in = samples_[slot(time_)];
    const Sample& leaving = samples_[slot(time_ + 1 - latency_)];
    const Sample& left = samples_[slot(time_ - latency_)];
    valid_inside_ += in.valid;
    valid_inside_ -= left.valid;
    outputs_.valid = leaving.valid;
    outputs_.last = leaving.last;
    outputs_.busy = valid_inside_ != 0;
    outputs_.w_rows = in.w_rows;
    const std::size_t at = slot(time_) * plan_.cols;
    outputs_.psum = leaving.valid ? results_.data() + at : no_results_.data();
    outputs_.overflow = leaving.valid ? overflow_.data() + at : no_overflow_.data();
}

}  // namespace sosa::pods
