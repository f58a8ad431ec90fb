// The parts of the stimuli.
#include <algorithm>

#include "host/lockstep_stimuli.h"

namespace sosa::host {

using pods::ArrayInputs;
using pods::ArrayShape;

namespace {

// A tile with one value for each operand.
RecordedTile even_tile(std::uint32_t rows, const ArrayShape& s, std::uint8_t x, std::uint8_t w,
                       std::int32_t psum) {
    RecordedTile tile{rows, s.rows, s.cols, {}, {}, {}, true, true};
    tile.x.assign(std::size_t{rows} * s.rows, x);
    tile.w.assign(std::size_t{s.rows} * s.cols, w);
    tile.psum.assign(std::size_t{rows} * s.cols, psum);
    return tile;
}

// Each PE with a weight of its own, each row of X with one element: what comes out names the PE.
RecordedTile one_pe_at_a_time(const ArrayShape& s) {
    RecordedTile tile = even_tile(s.rows, s, 0, 0, 0);
    tile.x_signed = tile.w_signed = false;
    for (std::uint32_t i = 0; i < s.rows; ++i) tile.x[i * s.rows + i] = static_cast<std::uint8_t>(1 + i % 3);
    for (std::size_t k = 0; k < tile.w.size(); ++k) tile.w[k] = static_cast<std::uint8_t>(k * 37 % 251 + 1);
    return tile;
}

void add_idle(std::uint32_t edges, const char* phase, StepList& steps) {
    for (std::uint32_t e = 0; e < edges; ++e) steps.add(phase);
}

// Everything asserted at once, with data: what must not have an effect, has none.
void add_noise(const ArrayShape& s, std::uint32_t edges, const char* phase, const ArrayInputs& pins,
               StepList& steps) {
    for (std::uint32_t e = 0; e < edges; ++e) {
        steps.add(phase).pins = pins;
        std::fill_n(steps.x(), s.rows, static_cast<std::uint8_t>(0xa5 + e));
        std::fill_n(steps.w(), s.cols, static_cast<std::uint8_t>(0x5a + e));
        std::fill_n(steps.psum(), s.cols, 7 + static_cast<std::int32_t>(e));
    }
}

ArrayInputs all_asserted() {
    ArrayInputs pins;
    pins.x_valid = pins.x_swap = pins.x_last = pins.w_valid = pins.w_first = true;
    return pins;
}

void add_resets(const ArrayShape& s, StepList& steps) {
    ArrayInputs pins = all_asserted();
    add_noise(s, s.latency_cycles() + 1, "reset in the middle", pins, steps);
    pins.reset = true;
    pins.enable = false;
    add_noise(s, 1, "reset in the middle", pins, steps);
    add_idle(2, "reset in the middle", steps);
    pins = ArrayInputs{};
    pins.x_valid = true;  // with the weights that the reset left
    add_noise(s, 2, "reset in the middle", pins, steps);
    pins.x_swap = true;
    add_noise(s, 1, "reset in the middle", pins, steps);
    add_idle(s.latency_cycles() + 1, "reset in the middle", steps);
}

// More rows of W than there are, begun anew in the middle, and swapped at once.
void add_weight_order(const ArrayShape& s, StepList& steps) {
    const char* const phase = "weight rows";
    const std::uint32_t half = s.rows / 2 + 1;
    for (const std::uint32_t rows : {half, s.rows + 3}) {
        for (std::uint32_t k = 0; k < rows; ++k) {
            auto& pins = steps.add(phase).pins;
            pins.w_valid = true;
            pins.w_first = k == 0;
            pins.w_signed = k % 2 == 0;
            std::fill_n(steps.w(), s.cols, static_cast<std::uint8_t>(3 * k + 129));
        }
    }
    for (std::uint32_t k = 0; k < s.rows; ++k) {  // a swap at every edge, while loading
        ArrayInputs pins = all_asserted();
        pins.w_first = k % 5 == 0;
        pins.x_signed = k % 2 == 0;
        pins.w_signed = k % 3 == 0;
        pins.x_last = k % 4 == 0;
        add_noise(s, 1, phase, pins, steps);
    }
    add_idle(s.latency_cycles() + 1, phase, steps);
}

// Pins that count only with x_valid or w_valid, and none at all in a stall.
void add_ignored(const ArrayShape& s, StepList& steps) {
    ArrayInputs pins = all_asserted();
    pins.x_valid = pins.w_valid = false;
    add_noise(s, 3, "ignored pins", pins, steps);
    ArrayInputs row;
    row.x_valid = true;
    for (std::uint32_t e = 0; e <= s.latency_cycles(); ++e) {
        add_noise(s, 1, "ignored pins", row, steps);
        pins = all_asserted();
        pins.enable = false;
        add_noise(s, 1 + e % 2, "ignored pins", pins, steps);
    }
    add_idle(s.latency_cycles() + 1, "ignored pins", steps);
}

// The rows of X and W that are still to come, and the edge that takes the next of them.
struct Slice {
    const RecordedTile* tile;  // null: none to stream
    const RecordedTile* next;  // null: none to load
    std::uint32_t x_row = 0, w_row = 0;
    bool x_left() const { return tile && x_row < tile->rows; }
    bool w_left() const { return next && w_row < next->depth; }
};

void put_x(const ArrayShape& s, Slice& slice, ArrayInputs& pins, StepList& steps) {
    const RecordedTile& t = *slice.tile;
    const std::uint32_t row = slice.x_row++;
    pins.x_valid = true;
    pins.x_swap = row == 0;
    pins.x_last = row + 1 == t.rows;
    pins.x_signed = t.x_signed;
    std::copy_n(&t.x[std::size_t{row} * t.depth], std::min(t.depth, s.rows), steps.x());
    if (!t.psum.empty())
        std::copy_n(&t.psum[std::size_t{row} * t.cols], std::min(t.cols, s.cols), steps.psum());
}

void put_w(const ArrayShape& s, Slice& slice, ArrayInputs& pins, StepList& steps) {
    const RecordedTile& t = *slice.next;
    const std::uint32_t row = slice.w_row++;
    pins.w_valid = true;
    pins.w_first = row == 0;
    pins.w_signed = t.w_signed;
    std::copy_n(&t.w[std::size_t{row} * t.cols], std::min(t.cols, s.cols), steps.w());
}

}  // namespace

void add_tiles(const ArrayShape& s, const std::vector<RecordedTile>& tiles, const TileStream& stream,
               Random& random, std::uint32_t& tile, StepList& steps) {
    for (std::size_t k = 0; k <= tiles.size(); ++k) {
        Slice slice{k > 0 ? &tiles[k - 1] : nullptr, k < tiles.size() ? &tiles[k] : nullptr};
        if (k > 0) ++tile;
        while (slice.x_left() || slice.w_left()) {
            auto& step = steps.add(stream.phase);
            step.tile = k > 0 ? tile : 0;
            step.row = slice.x_row;
            step.pins.enable = !random.chance(stream.stall_percent);
            if (!step.pins.enable) {  // the pins may show anything
                step.pins.x_valid = random.chance(50);
                step.pins.w_valid = random.chance(50);
                random.fill(steps.x(), s.rows);
                random.fill(steps.w(), s.cols);
                continue;
            }
            if (slice.x_left() && !random.chance(stream.bubble_percent)) put_x(s, slice, step.pins, steps);
            if (slice.w_left() && !random.chance(stream.bubble_percent)) put_w(s, slice, step.pins, steps);
        }
    }
    add_idle(random.below(2 * s.latency_cycles()), stream.phase, steps);
}

void add_directed_cases(const ArrayShape& s, StepList& steps) {
    ArrayInputs pins = all_asserted();
    pins.reset = true;
    add_noise(s, 2, "first reset", pins, steps);
    add_idle(s.latency_cycles() + 2, "first reset", steps);

    const auto max = static_cast<std::int32_t>((std::int64_t{1} << (s.psum_bits - 1)) - 1);
    std::vector<RecordedTile> tiles = {one_pe_at_a_time(s)};
    constexpr std::uint8_t low = 0x80, high = 0x7f, ones = 0xff;
    for (const std::uint8_t x : {low, high, ones})
        for (const std::uint8_t w : {low, high})
            for (const std::int32_t psum : {max, -max - 1}) tiles.push_back(even_tile(2, s, x, w, psum));
    tiles.push_back(even_tile(1, s, 1, 1, 0));
    tiles.back().w_signed = tiles.back().x_signed = false;
    std::uint32_t tile = 0;
    Random random(1);
    std::vector<RecordedTile> ordinary;  // first: a mistake shows its place in them
    while (ordinary.size() < 6) ordinary.push_back(random_tile(s, random));
    add_tiles(s, ordinary, {0, 0, "first tiles"}, random, tile, steps);
    add_tiles(s, tiles, {0, 0, "extremes"}, random, tile, steps);
    add_tiles(s, tiles, {50, 0, "extremes"}, random, tile, steps);
    add_resets(s, steps);
    add_weight_order(s, steps);
    add_ignored(s, steps);
}

void add_chaos(const ArrayShape& s, Random& random, StepList& steps) {
    constexpr std::uint32_t percents[] = {2, 20, 50, 95};
    const auto any = [&] { return percents[random.below(4)]; };
    const std::uint32_t valid = any(), swap = any(), last = any(), load = any(), first = any() / 2;
    const std::uint32_t stall = random.chance(50) ? 0 : any() / 2, reset = random.chance(70) ? 0 : 3;
    const std::uint32_t edges = 100 + random.below(200);
    for (std::uint32_t e = 0; e < edges; ++e) {
        ArrayInputs& pins = steps.add("chaos").pins;
        pins.reset = random.chance(reset);
        pins.enable = !random.chance(stall);
        pins.x_valid = random.chance(valid);
        pins.x_swap = random.chance(swap);
        pins.x_last = random.chance(last);
        pins.x_signed = random.chance(50);
        pins.w_valid = random.chance(load);
        pins.w_first = random.chance(first);
        pins.w_signed = random.chance(50);
        random.fill(steps.x(), s.rows);
        random.fill(steps.w(), s.cols);
        for (std::uint32_t j = 0; j < s.cols; ++j)
            steps.psum()[j] = static_cast<std::int32_t>(random.below(~0u)) >> (32 - s.psum_bits);
    }
}

}  // namespace sosa::host
