// compute_reference: sums that saturate on their way, in the program's order of adding.
#include <algorithm>

#include "host/reference_parts.h"
#include "traces/error.h"

namespace sosa::host {

namespace {

std::vector<pods::TileRef> results_of(const Program& program) {
    std::vector<pods::TileRef> tiles;
    for (const auto& op : program.ops) tiles.push_back(op.pout);
    for (const auto& post : program.posts) tiles.push_back(post.out);  // both halves of a sum: one tile
    return tiles;
}

// part[c] = the sum of products of one group of array rows; it fits for any pods.fanin_rows.
[[gnu::always_inline]] inline void multiply(const std::int16_t* __restrict x,
                                            const std::int16_t* __restrict w, std::uint32_t rows,
                                            std::uint32_t cols, std::int32_t* __restrict part) {
    for (std::uint32_t c = 0; c < cols; ++c) part[c] = 0;
    for (std::uint32_t r = 0; r < rows; ++r, w += cols)
        for (std::uint32_t c = 0; c < cols; ++c) part[c] += x[r] * w[c];
}

using Multiply = void (*)(const std::int16_t*, const std::int16_t*, std::uint32_t, std::uint32_t,
                          std::int32_t*);

void multiply_anywhere(const std::int16_t* x, const std::int16_t* w, std::uint32_t rows, std::uint32_t cols,
                       std::int32_t* part) {
    multiply(x, w, rows, cols, part);
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] void multiply_avx2(const std::int16_t* x, const std::int16_t* w, std::uint32_t rows,
                                           std::uint32_t cols, std::int32_t* part) {
    multiply(x, w, rows, cols, part);
}
Multiply best_multiply() { return __builtin_cpu_supports("avx2") ? multiply_avx2 : multiply_anywhere; }
#else
Multiply best_multiply() { return multiply_anywhere; }
#endif

}  // namespace

SaturatingSums::SaturatingSums(const Program& program, std::uint32_t fanin_rows, std::uint32_t psum_bits)
    : program_(program),
      fanin_rows_(fanin_rows),
      low_(-(std::int64_t{1} << (psum_bits - 1))),
      high_(-low_ - 1),
      index_(program.pods, results_of(program)),
      work_(program.layers.size()) {
    for (std::uint32_t s = 0; s < program.slices(); ++s) {
        for (std::uint32_t i = program.op_begin[s]; i < program.op_begin[s + 1]; ++i)
            work_[program.ops[i].layer].push_back({false, i});
        for (std::uint32_t i = program.post_begin[s]; i < program.post_begin[s + 1]; ++i)
            if (program.posts[i].op % 2 == 0) work_[program.posts[i].layer].push_back({true, i});
    }
}

std::uint32_t SaturatingSums::id(const pods::TileRef& tile) const {
    const std::uint32_t found = index_.find(tile);
    SOSA_CHECK(found != kNone, "P bank " + std::to_string(tile.bank) + " tag " + std::to_string(tile.tag));
    return found;
}

SaturatingSums::Tile SaturatingSums::take(const pods::TileRef& tile) {
    auto node = live_.extract(id(tile));
    SOSA_CHECK(!node.empty(), "P bank " + std::to_string(tile.bank) + " tag " + std::to_string(tile.tag));
    return std::move(node.mapped());
}

void SaturatingSums::add_op(const hw::LayerRecord& r, const XMatrix& x, const WeightTiles& w,
                            const pods::TileOp& op) {
    static const Multiply best = best_multiply();
    const LayerTiles& t = w.tiles;
    const std::uint32_t i = t.op_i(op.op), j = t.op_j(op.op), l = t.op_l(op.op);
    const std::uint32_t rows = t.rows(i), depth = t.depth(j), cols = t.cols(l);
    const std::uint8_t* const bytes = w.tile(j, l);
    std::vector<std::int16_t> weights(std::size_t{depth} * cols), x_row(depth);
    for (std::size_t b = 0; b < weights.size(); ++b) weights[b] = widened(bytes[b], r.w_signed);
    Tile tile;
    if (op.pin.exists()) tile = take(op.pin);
    tile.i = i, tile.l = l;
    tile.sums.resize(std::size_t{rows} * cols, 0);
    std::vector<std::int32_t> part(cols);
    for (std::uint32_t m = 0; m < rows; ++m) {
        x.gather(t.group(l), std::uint64_t{i} * t.rows(0) + m, std::uint64_t{j} * t.depth(0), depth,
                 x_row.data());
        std::int32_t* const sums = &tile.sums[std::size_t{m} * cols];
        for (std::uint32_t from = 0; from < depth; from += fanin_rows_) {
            best(&x_row[from], &weights[std::size_t{from} * cols], std::min(fanin_rows_, depth - from), cols,
                 part.data());
            for (std::uint32_t c = 0; c < cols; ++c) sums[c] = saturated(sums[c], part[c]);
        }
    }
    live_[id(op.pout)] = std::move(tile);
}

void SaturatingSums::add_post(const pods::PostOp& op) {
    Tile a = take(op.a);
    const Tile b = take(op.b);
    SOSA_CHECK(a.i == b.i && a.l == b.l, "post-op " + std::to_string(op.op));
    for (std::size_t e = 0; e < a.sums.size(); ++e)
        a.sums[e] = static_cast<std::int32_t>(std::clamp(std::int64_t{a.sums[e]} + b.sums[e], low_, high_));
    live_[id(op.out)] = std::move(a);
}

void SaturatingSums::run(const hw::LayerRecord& r, const XMatrix& x, const WeightTiles& w, SumSink& sink) {
    live_.clear();
    for (const Work& work : work_[r.layer])
        if (work.post)
            add_post(program_.posts[work.index]);
        else
            add_op(r, x, w, program_.ops[work.index]);
    const LayerTiles& t = w.tiles;
    SOSA_CHECK(live_.size() == std::size_t{t.I} * t.L, std::to_string(live_.size()) + " results");
    std::vector<std::int64_t> all(std::size_t{r.groups} * r.m * r.n);  // [group][m][n]
    for (const auto& [id, tile] : live_) {
        const std::size_t column = std::size_t{tile.l % t.group_blocks()} * t.cols(0);
        for (std::uint32_t m = 0; m < t.rows(tile.i); ++m) {
            const std::size_t row = std::size_t{t.group(tile.l)} * r.m + std::size_t{tile.i} * t.rows(0) + m;
            std::copy_n(&tile.sums[std::size_t{m} * t.cols(tile.l)], t.cols(tile.l),
                        &all[row * r.n + column]);
        }
    }
    for (std::uint32_t group = 0; group < r.groups; ++group)
        for (std::uint64_t m = 0; m < r.m; ++m)
            sink.take(group, m, &all[(std::size_t{group} * r.m + m) * r.n]);
}

}  // namespace sosa::host
