#include "host/vectors_stimulus.h"

namespace sosa::host {

PodStimulus::PodStimulus(const pods::ArrayShape& shape, std::uint64_t seed)
    : shape_(shape), random_(seed), x_(shape.rows), w_(shape.cols), psum_(shape.cols) {}

std::uint64_t PodStimulus::edges_to_first_result(const pods::ArrayShape& shape) {
    return std::uint64_t{kResetEdges} + shape.rows + shape.latency_cycles();
}

// Not a std:: distribution: those differ from library to library.
std::uint32_t PodStimulus::below(std::uint32_t n) {
    return static_cast<std::uint32_t>((random_() >> 32) * n >> 32);
}

std::uint8_t PodStimulus::byte(Values values) {
    static constexpr std::uint8_t kEnds[] = {0x00, 0x01, 0x7f, 0x80, 0x81, 0xff};
    switch (values) {
        case Values::any:
            return static_cast<std::uint8_t>(below(256));
        case Values::ends:
            return kEnds[below(6)];
        case Values::small:
            break;
    }
    return static_cast<std::uint8_t>(below(5) - 2);
}

std::int32_t PodStimulus::psum(Values values) {
    const unsigned unused = 32 - shape_.psum_bits;
    const auto extended = [&](std::uint32_t bits) {
        return static_cast<std::int32_t>(bits << unused) >> unused;
    };
    const std::uint32_t lowest = std::uint32_t{1} << (shape_.psum_bits - 1);
    switch (values) {
        case Values::any:
            return extended(static_cast<std::uint32_t>(random_()));
        case Values::ends:
            return extended(lowest - 4 + below(8));
        case Values::small:
            break;
    }
    return extended(below(5) - 2);
}

void PodStimulus::noise() {
    pins_.x_swap = one_in(2);
    pins_.x_last = one_in(2);
    pins_.x_signed = one_in(2);
    pins_.w_first = one_in(2);
    pins_.w_signed = one_in(2);
    for (auto& lane : x_) lane = byte(Values::any);
    for (auto& lane : w_) lane = byte(Values::any);
    for (auto& column : psum_) column = psum(Values::any);
}

void PodStimulus::restart() {
    x_tile_ = w_tile_ = Tile{};
    if (!run_in()) return;
    w_tile_ = {0, shape_.rows, shape_.cols, true, true, Values::any};
    x_tile_ = {shape_.rows, shape_.rows, shape_.rows, true, true, Values::any};
}

void PodStimulus::plan_x_tile() {
    Tile& t = x_tile_;
    t.wait = one_in(3) ? below(2 * shape_.latency_cycles() + 2) : 0;
    t.rows = one_in(4) ? 1 : 1 + below(2 * shape_.rows);
    t.lanes = one_in(2) ? shape_.rows : 1 + below(shape_.rows);
    t.begins = !one_in(4);
    t.is_signed = one_in(2);
    t.values = some_values();
    psum_values_ = some_values();
}

void PodStimulus::plan_w_tile() {
    Tile& t = w_tile_;
    t.wait = one_in(2) ? below(shape_.rows + 2) : 0;
    t.rows = one_in(2) ? shape_.rows : 1 + below(shape_.rows + 3);
    t.lanes = one_in(2) ? shape_.cols : 1 + below(shape_.cols);
    t.begins = !one_in(8);
    t.is_signed = one_in(2);
    t.values = some_values();
}

void PodStimulus::next_x() {
    Tile& t = x_tile_;
    if (t.rows == 0) plan_x_tile();
    if (t.wait > 0) return static_cast<void>(--t.wait);
    if (!run_in() && one_in(8)) return;
    pins_.x_valid = true;
    pins_.x_swap = t.begins || one_in(32);
    pins_.x_last = --t.rows == 0;
    pins_.x_signed = t.is_signed != one_in(32);
    t.begins = false;
    for (std::uint32_t i = 0; i < shape_.rows; ++i) x_[i] = i < t.lanes ? byte(t.values) : std::uint8_t{0};
    for (auto& column : psum_) column = psum(psum_values_);
}

void PodStimulus::next_w() {
    Tile& t = w_tile_;
    if (t.rows == 0) plan_w_tile();
    if (t.wait > 0) return static_cast<void>(--t.wait);
    if (!run_in() && one_in(8)) return;
    --t.rows;
    pins_.w_valid = true;
    pins_.w_first = t.begins;
    pins_.w_signed = t.is_signed != one_in(32);
    t.begins = false;
    for (std::uint32_t j = 0; j < shape_.cols; ++j) w_[j] = j < t.lanes ? byte(t.values) : std::uint8_t{0};
}

const pods::ArrayInputs& PodStimulus::next() {
    noise();
    pins_.x = x_.data();
    pins_.w = w_.data();
    pins_.psum = psum_.data();
    if (reset_left_ == 0 && !run_in() && one_in(128)) reset_left_ = 1 + below(3);
    pins_.reset = reset_left_ > 0;
    pins_.enable = pins_.reset ? one_in(2) : run_in() || !one_in(12);
    pins_.x_valid = one_in(2);
    pins_.w_valid = one_in(2);
    if (pins_.reset) {
        --reset_left_;
        restart();
    } else if (pins_.enable) {
        pins_.x_valid = pins_.w_valid = false;
        next_w();
        next_x();
    }
    ++edge_;
    return pins_;
}

}  // namespace sosa::host
