#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "pods/array.h"

namespace sosa::tests {

// The array of pods/README.md, "Inside the array", one member per register and no thought of speed: at an
// edge every register takes its next value, which is computed from the pins and the values of all registers
// before the edge.
class LiteralArray {
  public:
    explicit LiteralArray(const pods::ArrayShape& shape)
        : shape_(shape), groups_(shape.row_groups()), col_groups_(shape.col_groups()) {
        Registers& r = now_;
        r.x.assign(groups_, std::vector<XRow>(groups_ + col_groups_));
        r.ps_in.assign(col_groups_, std::vector<Columns>(col_groups_, Columns(shape.cols)));
        r.blocks.assign(groups_, Columns(shape.cols));
        r.deskew.assign(col_groups_, std::vector<Columns>(col_groups_, Columns(shape.cols)));
        r.w.assign(col_groups_, WRow());
        r.active.assign(shape.rows, std::vector<int>(shape.cols));
        r.shadow = r.active;
        r.valid.assign(shape.latency_cycles(), 0);
        r.last = r.valid;
    }

    void step(const pods::ArrayInputs& in) {
        if (in.reset) return reset();
        if (!in.enable) return;
        Registers next = now_;
        take_x(in, next);
        take_w(in, next);
        work(in, next);
        leave(in, next);
        now_ = next;
    }
    void flip_shadow_weight(std::uint32_t row, std::uint32_t col, std::uint8_t bits) {
        now_.shadow[row][col] = extend(static_cast<unsigned>(now_.shadow[row][col]) ^ bits, 9);
    }

    bool valid() const { return now_.valid.back() != 0; }
    bool last() const { return now_.last.back() != 0; }
    bool busy() const { return std::count(now_.valid.begin(), now_.valid.end(), 1) != 0; }
    std::uint32_t w_rows() const { return now_.w_rows; }
    std::int64_t psum(std::uint32_t col) const { return valid() ? result(col).sum : 0; }
    bool overflow(std::uint32_t col) const { return valid() && result(col).overflow; }
    int active(std::uint32_t row, std::uint32_t col) const { return now_.active[row][col]; }
    int shadow(std::uint32_t row, std::uint32_t col) const { return now_.shadow[row][col]; }

  private:
    struct XRow {
        bool valid = false, swap = false;
        std::vector<int> x;  // nine bits each
    };
    struct WRow {
        bool valid = false;
        std::uint32_t row = 0;
        std::vector<int> w;
    };
    struct Column {
        std::int64_t sum = 0;
        bool overflow = false;
    };
    using Columns = std::vector<Column>;
    struct Registers {
        std::vector<std::vector<XRow>> x;          // [g][i]: row group g, i + 1 edges old
        std::vector<std::vector<Columns>> ps_in;   // [h][i]: column group h, i + 1 edges old
        std::vector<Columns> blocks;               // [g][column]: the pipeline register below block (g, h)
        std::vector<std::vector<Columns>> deskew;  // [h][i]: column group h, i + 1 edges after its block
        std::vector<WRow> w;                       // [i]: i + 1 edges old
        std::uint32_t w_rows = 0;
        std::vector<std::vector<int>> active, shadow;
        std::vector<int> valid, last;  // [i]: i + 1 edges old
    };

    static int extend(unsigned value, int bits) {
        const int sign = 1 << (bits - 1);
        return (static_cast<int>(value & (2u * static_cast<unsigned>(sign) - 1u)) ^ sign) - sign;
    }
    static int operand(std::uint8_t byte, bool is_signed) { return is_signed ? extend(byte, 8) : byte; }

    void reset() {
        for (auto& group : now_.x) {
            for (XRow& row : group) row.valid = false;
        }
        for (WRow& row : now_.w) row.valid = false;
        for (auto& row : now_.active) std::fill(row.begin(), row.end(), 0);
        now_.shadow = now_.active;
        std::fill(now_.valid.begin(), now_.valid.end(), 0);
        now_.last = now_.valid;
        now_.w_rows = 0;
    }

    void take_x(const pods::ArrayInputs& in, Registers& next) const {
        XRow pins;
        pins.valid = in.x_valid;
        pins.swap = in.x_valid && in.x_swap;
        pins.x.assign(shape_.rows, 0);
        for (std::uint32_t i = 0; in.x_valid && i < shape_.rows; ++i)
            pins.x[i] = operand(in.x[i], in.x_signed);
        for (auto& group : next.x) {
            group.insert(group.begin(), pins);
            group.pop_back();
        }
    }

    void take_w(const pods::ArrayInputs& in, Registers& next) const {
        WRow pins;
        if (in.w_valid) {
            pins.row = in.w_first ? 0 : now_.w_rows;
            pins.valid = pins.row < shape_.rows;
            next.w_rows = std::min(pins.row + 1, shape_.rows);
            for (std::uint32_t j = 0; j < shape_.cols; ++j) pins.w.push_back(operand(in.w[j], in.w_signed));
        }
        for (std::uint32_t h = 0; h < col_groups_; ++h) {
            const WRow& row = h == 0 ? pins : now_.w[h - 1];
            for (std::uint32_t j = first_col(h); row.valid && j < first_col(h + 1); ++j) {
                next.shadow[row.row][j] = row.w[j];
            }
        }
        next.w.insert(next.w.begin(), pins);
        next.w.pop_back();
    }

    void work(const pods::ArrayInputs& in, Registers& next) {
        Columns pins(shape_.cols);
        for (std::uint32_t j = 0; in.x_valid && in.psum != nullptr && j < shape_.cols; ++j)
            pins[j].sum = in.psum[j];
        for (std::uint32_t h = 0; h < col_groups_; ++h) {
            const Columns& top = h == 0 ? pins : now_.ps_in[h][h - 1];
            for (std::uint32_t g = 0; g < groups_; ++g) {
                work_block(g, h, g == 0 ? top : now_.blocks[g - 1], next);
            }
            next.ps_in[h].insert(next.ps_in[h].begin(), pins);
            next.ps_in[h].pop_back();
        }
    }

    // next.x[g][0] is what the pins carry into this edge, so next.x[g][g + h] was sampled g + h edges ago.
    void work_block(std::uint32_t g, std::uint32_t h, const Columns& above, Registers& next) const {
        const XRow& row = next.x[g][g + h];
        if (!row.valid) return;
        const std::uint32_t end = std::min((g + 1) * shape_.fanin_rows, shape_.rows);
        for (std::uint32_t j = first_col(h); j < first_col(h + 1); ++j) {
            Column out = above[j];
            for (std::uint32_t i = g * shape_.fanin_rows; i < end; ++i) {
                if (row.swap) next.active[i][j] = now_.shadow[i][j];
                out.sum += row.x[i] * (row.swap ? now_.shadow : now_.active)[i][j];
            }
            range(out);
            next.blocks[g][j] = out;
        }
    }

    void range(Column& c) const {
        const std::int64_t limit = std::int64_t{1} << (shape_.psum_bits - 1);
        if (c.sum >= -limit && c.sum < limit) return;
        c.overflow = true;
        if (shape_.saturate) {
            c.sum = c.sum < 0 ? -limit : limit - 1;
        } else {
            while (c.sum >= limit) c.sum -= 2 * limit;
            while (c.sum < -limit) c.sum += 2 * limit;
        }
    }

    void leave(const pods::ArrayInputs& in, Registers& next) const {
        for (auto& group : next.deskew) {
            group.insert(group.begin(), now_.blocks.back());
            group.pop_back();
        }
        next.valid.insert(next.valid.begin(), in.x_valid);
        next.valid.pop_back();
        next.last.insert(next.last.begin(), in.x_valid && in.x_last);
        next.last.pop_back();
    }

    const Column& result(std::uint32_t col) const {
        const std::uint32_t h = col / shape_.multicast_cols, waits = col_groups_ - 1 - h;
        return waits == 0 ? now_.blocks.back()[col] : now_.deskew[h][waits - 1][col];
    }
    std::uint32_t first_col(std::uint32_t h) const {
        return std::min(h * shape_.multicast_cols, shape_.cols);
    }

    pods::ArrayShape shape_;
    std::uint32_t groups_, col_groups_;
    Registers now_;
};

}  // namespace sosa::tests
