#include "host/lockstep_stimuli.h"

#include <algorithm>
#include <cstring>

namespace sosa::host {

using pods::ArrayInputs;
using pods::ArrayShape;

namespace {

constexpr std::size_t kTilesAtOnce = 8;

std::int32_t psum_max(const ArrayShape& s) {
    return static_cast<std::int32_t>((std::int64_t{1} << (s.psum_bits - 1)) - 1);
}

// Bytes of one kind: anything, small, extreme, or hardly anything but zeros.
void fill_kind(Random& random, std::vector<std::uint8_t>& bytes) {
    const std::uint32_t kind = random.below(4);
    constexpr std::uint8_t extremes[] = {0x80, 0x7f, 0xff, 0x00};
    random.fill(bytes.data(), bytes.size());
    for (auto& b : bytes) {
        if (kind == 1) b = static_cast<std::uint8_t>((b & 15) - 8);
        if (kind == 2) b = extremes[b & 3];
        if (kind == 3 && random.chance(90)) b = 0;
    }
}

void fill_psums(const ArrayShape& shape, Random& random, std::vector<std::int32_t>& psum) {
    const std::int32_t max = psum_max(shape);
    const std::uint32_t kind = random.below(3);
    for (auto& p : psum) {
        const auto small = static_cast<std::int32_t>(random.below(512)) - 256;
        if (kind == 0) p = small;
        if (kind == 1) p = small > 0 ? max - small : -max - 1 - small;
        if (kind == 2) p = static_cast<std::int32_t>(random.below(~0u)) >> (32 - shape.psum_bits);
    }
}

}  // namespace

StepList::Step& StepList::add(const char* phase) {
    x_.resize(x_.size() + shape_.rows);
    w_.resize(w_.size() + shape_.cols);
    psum_.resize(psum_.size() + shape_.cols);
    Step& step = steps_.emplace_back();
    step.phase = phase;
    return step;
}

void StepList::clear() {
    steps_.clear();
    x_.clear();
    w_.clear();
    psum_.clear();
}

StepList::Step StepList::at(std::size_t i) const {
    Step step = steps_[i];
    step.pins.x = &x_[i * shape_.rows];
    step.pins.w = &w_[i * shape_.cols];
    step.pins.psum = &psum_[i * shape_.cols];
    return step;
}

void Random::fill(std::uint8_t* bytes, std::size_t count) {
    for (; count >= 8; bytes += 8, count -= 8) {
        const std::uint64_t word = engine_();
        std::memcpy(bytes, &word, 8);
    }
    const std::uint64_t word = engine_();
    std::memcpy(bytes, &word, count);
}

RecordedTile random_tile(const ArrayShape& s, Random& random) {
    RecordedTile tile;
    const auto size = [&](std::uint32_t full) { return random.chance(50) ? full : 1 + random.below(full); };
    tile.rows = random.chance(10) ? 1 : random.chance(10) ? 2 * s.rows : size(s.rows);
    tile.depth = size(s.rows);
    tile.cols = size(s.cols);
    tile.x.resize(std::size_t{tile.rows} * tile.depth);
    tile.w.resize(std::size_t{tile.depth} * tile.cols);
    fill_kind(random, tile.x);
    fill_kind(random, tile.w);
    if (random.chance(50)) {
        tile.psum.resize(std::size_t{tile.rows} * tile.cols);
        fill_psums(s, random, tile.psum);
    }
    tile.x_signed = random.chance(50);
    tile.w_signed = random.chance(50);
    return tile;
}

Stimuli::Stimuli(const ArrayShape& shape, std::uint64_t seed, std::vector<RecordedTile> recorded)
    : shape_(shape), random_(seed), recorded_(std::move(recorded)), steps_(shape) {}

StepList::Step Stimuli::next() {
    if (at_ == steps_.size()) refill();
    StepList::Step step = steps_.at(at_++);
    count(step.pins);
    return step;
}

void Stimuli::refill() {
    steps_.clear();
    at_ = 0;
    const std::uint64_t turn = refills_++;
    if (turn == 0) return add_directed_cases(shape_, steps_);
    if (turn == 1 && !recorded_.empty()) {
        add_tiles(shape_, recorded_, {0, 0, "recorded"}, random_, tile_, steps_);
        coverage_.recorded_tiles = recorded_.size();
        return;
    }
    if (turn % 3 == 0) return add_chaos(shape_, random_, steps_);
    std::vector<RecordedTile> tiles;
    for (std::size_t i = 0; i < kTilesAtOnce; ++i) {
        const RecordedTile& t = tiles.emplace_back(random_tile(shape_, random_));
        ++coverage_.tiles;
        coverage_.shapes.insert({t.rows, t.depth, t.cols});
        coverage_.one_row += t.rows == 1;
        coverage_.long_tiles += t.rows > shape_.rows;
        coverage_.partial_depth += t.depth < shape_.rows;
        coverage_.partial_cols += t.cols < shape_.cols;
    }
    const bool smooth = random_.chance(50);
    add_tiles(shape_, tiles, {smooth ? 0 : random_.below(40), smooth ? 0 : random_.below(40)}, random_, tile_,
              steps_);
}

void Stimuli::count(const ArrayInputs& pins) {
    coverage_.resets += pins.reset;
    coverage_.stalls += !pins.reset && !pins.enable;
    if (pins.reset || !pins.enable) return;
    coverage_.bubbles += !pins.x_valid;
    coverage_.swaps += pins.x_valid && pins.x_swap;
    coverage_.w_rows += pins.w_valid;
    if (pins.w_valid) w_signed_ = pins.w_signed;
    if (!pins.x_valid) return;
    ++coverage_.x_rows;
    ++coverage_.signs[2 * pins.x_signed + w_signed_];
}

}  // namespace sosa::host
