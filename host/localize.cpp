#include "host/localize.h"

#include <algorithm>
#include <functional>

#include "pods/psum.h"

namespace sosa::host {

using pods::ArrayShape;

namespace {

// A single mistake. The operands of one PE are `row` and a value; all else is about a whole block.
struct Mistake {
    enum Kind {
        weight,             // of the PE in `row` and a column has `value`
        activation,         // of `row` has some value, the same for all columns of the block
        no_products,        // none of the block's products is added
        old_weights,        // the block did not swap
        early_weights,      // the block swapped too early
        row_before,         // X of the row before
        row_after,          // X of the row after
        x_sign,             // X is extended the other way
        w_sign,             // W is
        no_partial_sum,     // from above
        other_range,        // wraps instead of saturating, or the other way
        no_overflow,        // is marked by the block
        no_overflow_above,  // is taken over from above
        result_before,      // of the row of X before leaves the column group
        result_after,
    };
    Kind kind;
    std::uint32_t row_group;
    std::uint32_t row = 0;
    std::int32_t value = 0;
};

const char* describe(Mistake::Kind kind) {
    constexpr const char* texts[] = {"",
                                     "",
                                     "adds no products",
                                     "still has the weights before the swap",
                                     "has the weights after the next swap already",
                                     "works with the row of X before",
                                     "works with the row of X after",
                                     "extends the sign of X the wrong way",
                                     "extends the sign of W the wrong way",
                                     "does not take the partial sum from above",
                                     "does not bring the sum into its range",
                                     "does not mark an overflow",
                                     "does not pass on the overflow from above",
                                     "shows its results an edge late",
                                     "shows its results an edge early"};
    return texts[kind];
}

std::int32_t other_extension(std::int32_t value) {
    return value < 0 ? value + 256 : value > 127 ? value - 256 : value;
}

class Column {
  public:
    Column(const ArrayShape& shape, const Observation& o, std::uint32_t col) : s_(shape), o_(o), col_(col) {}

    // With the mistake, if any.
    ColumnResult result(const Mistake* mistake = nullptr) const {
        if (mistake && mistake->kind == Mistake::result_before) return of_row(o_.before);
        if (mistake && mistake->kind == Mistake::result_after) return of_row(o_.after);
        ColumnResult r{o_.row.psum[col_], false};
        for (std::uint32_t g = 0; g < s_.row_groups(); ++g) {
            const Mistake* const here = mistake && mistake->row_group == g ? mistake : nullptr;
            const auto is = [&](Mistake::Kind kind) { return here && here->kind == kind; };
            const std::int64_t above = is(Mistake::no_partial_sum) ? 0 : r.psum;
            const std::int64_t sum = above + (is(Mistake::no_products) ? 0 : products(g, here));
            const bool saturate = s_.saturate != is(Mistake::other_range);
            const bool overflow = pods::fit_psum(sum, s_.psum_bytes(), saturate, r.psum);
            r.overflow =
                (r.overflow && !is(Mistake::no_overflow_above)) || (overflow && !is(Mistake::no_overflow));
        }
        return r;
    }

    bool explained(const Mistake* mistake) const {
        const ColumnResult r = result(mistake);
        return r.psum == o_.psum[col_] && r.overflow == (o_.overflow[col_] != 0);
    }

  private:
    // Another row's result with the same weights; zeros if it is none.
    ColumnResult of_row(const TrackedRow& row) const {
        return row.valid ? column_result(s_, row, o_.weights, col_) : ColumnResult{0, false};
    }

    std::int64_t products(std::uint32_t g, const Mistake* m) const {
        const std::uint32_t end = std::min((g + 1) * s_.fanin_rows, s_.rows);
        std::int64_t sum = 0;
        for (std::uint32_t i = g * s_.fanin_rows; i < end; ++i) sum += std::int64_t{x_of(i, m)} * w_of(i, m);
        return sum;
    }

    std::int32_t x_of(std::uint32_t i, const Mistake* m) const {
        if (!m) return o_.row.x[i];
        if (m->kind == Mistake::activation && m->row == i) return m->value;
        if (m->kind == Mistake::row_before) return o_.before.valid ? o_.before.x[i] : 0;
        if (m->kind == Mistake::row_after) return o_.after.valid ? o_.after.x[i] : 0;
        return m->kind == Mistake::x_sign ? other_extension(o_.row.x[i]) : o_.row.x[i];
    }

    std::int32_t w_of(std::uint32_t i, const Mistake* m) const {
        const std::size_t at = std::size_t{i} * s_.cols + col_;
        if (!m) return o_.weights[at];
        if (m->kind == Mistake::weight && m->row == i) return m->value;
        if (m->kind == Mistake::old_weights) return o_.previous_weights[at];
        if (m->kind == Mistake::early_weights) return o_.next_weights[at];
        return m->kind == Mistake::w_sign ? other_extension(o_.weights[at]) : o_.weights[at];
    }

    const ArrayShape& s_;
    const Observation& o_;
    const std::uint32_t col_;
};

class Search {
  public:
    Search(const ArrayShape& shape, const std::vector<Observation>& observations)
        : s_(shape), observations_(observations) {}

    Place run() {
        std::uint32_t wrong = 0;
        for (std::uint32_t j = s_.cols; j-- > 0;)
            if (is_wrong(observations_[0], j)) col_ = j;
        if (!is_wrong(observations_[0], col_))
            return {"-", "a plain sum agrees with the RTL, not with the model"};
        col_group_ = col_ / s_.multicast_cols;
        begin_ = col_group_ * s_.multicast_cols;
        end_ = std::min(begin_ + s_.multicast_cols, s_.cols);
        for (std::uint32_t j = begin_; j < end_; ++j) wrong += is_wrong(observations_[0], j);
        for (const auto& o : observations_) wrong_rows_.push_back(shows_mistake(o));

        try_column_group();
        for (std::uint32_t g = 0; g < s_.row_groups(); ++g) try_block(g);
        for (std::uint32_t i = 0; i < s_.rows; ++i) {
            if (wrong == 1) try_weight(i);
            try_activation(i);
        }
        const auto all = std::count(wrong_rows_.begin(), wrong_rows_.end(), true);
        const bool convincing = !best_.empty() && 2 * best_score_.first > all;
        return convincing ? common_place() : Place{"column " + std::to_string(col_), ""};
    }

  private:
    // Of the rows that are wrong and of those that are not, how many a mistake explains.
    using Score = std::pair<std::ptrdiff_t, std::ptrdiff_t>;

    bool is_wrong(const Observation& o, std::uint32_t col) const {
        return !Column(s_, o, col).explained(nullptr);
    }

    bool shows_mistake(const Observation& o) const {
        for (std::uint32_t j = begin_; j < end_; ++j)
            if (is_wrong(o, j)) return true;
        return false;
    }

    bool explains(const Mistake& mistake, const Observation& o) const {
        if (mistake.kind == Mistake::weight) return Column(s_, o, col_).explained(&mistake);
        for (std::uint32_t j = begin_; j < end_; ++j)
            if (!Column(s_, o, j).explained(&mistake)) return false;
        return true;
    }

    void consider(const Mistake& mistake, const std::function<bool(const Observation&)>& holds) {
        if (!holds(observations_[0])) return;
        Score score;
        for (std::size_t i = 0; i < observations_.size(); ++i)
            if (holds(observations_[i])) ++(wrong_rows_[i] ? score.first : score.second);
        if (score < best_score_) return;
        if (score > best_score_) best_.clear();
        best_score_ = score;
        best_.push_back(mistake);
    }

    void try_column_group() {
        for (const auto kind : {Mistake::result_before, Mistake::result_after}) {
            const Mistake m{kind, 0};
            consider(m, [&](const Observation& o) { return explains(m, o); });
        }
    }

    void try_block(std::uint32_t g) {
        for (int kind = Mistake::no_products; kind <= Mistake::no_overflow_above; ++kind) {
            const Mistake m{static_cast<Mistake::Kind>(kind), g};
            consider(m, [&](const Observation& o) { return explains(m, o); });
        }
    }

    void try_weight(std::uint32_t row) {
        for (std::int32_t value = -128; value <= 255; ++value) {
            const Mistake m{Mistake::weight, row / s_.fanin_rows, row, value};
            consider(m, [&](const Observation& o) { return explains(m, o); });
        }
    }

    // The value may differ from row to row.
    void try_activation(std::uint32_t row) {
        Mistake m{Mistake::activation, row / s_.fanin_rows, row, 0};
        consider(m, [&](const Observation& o) {
            for (m.value = -128; m.value <= 255; ++m.value)
                if (explains(m, o)) return true;
            return false;
        });
    }

    std::string block_text(std::uint32_t g) const {
        return "block (" + std::to_string(g) + "," + std::to_string(col_group_) + ")";
    }

    Place common_place() const {
        const Mistake& first = best_.front();
        if (best_.size() == 1 && first.kind >= Mistake::result_before)
            return {"column group " + std::to_string(col_group_), describe(first.kind)};
        const auto all = [&](auto same) { return std::all_of(best_.begin(), best_.end(), same); };
        if (!all([&](const Mistake& m) { return m.row_group == first.row_group; }))
            return {"column " + std::to_string(col_), ""};
        const std::string block = block_text(first.row_group);
        if (best_.size() == 1 && first.kind > Mistake::activation) return {block, describe(first.kind)};
        if (!all([&](const Mistake& m) { return m.kind == first.kind && m.row == first.row; }))
            return {block, ""};
        if (first.kind == Mistake::activation)
            return {block, "its row " + std::to_string(first.row) + " adds wrong products"};
        const std::string pe = "PE (" + std::to_string(first.row) + "," + std::to_string(col_) + ")";
        if (best_.size() > 1) return {pe, "has a wrong weight"};
        const auto weight = observations_[0].weights[std::size_t{first.row} * s_.cols + col_];
        return {pe,
                "has " + std::to_string(first.value) + " as its weight instead of " + std::to_string(weight)};
    }

    const ArrayShape& s_;
    const std::vector<Observation>& observations_;
    std::uint32_t col_group_ = 0, begin_ = 0, end_ = 0, col_ = 0;
    std::vector<bool> wrong_rows_;  // by observation
    std::vector<Mistake> best_;     // all with this score
    Score best_score_{1, 0};
};

}  // namespace

Place localize(const ArrayShape& shape, const std::vector<Observation>& observations) {
    return observations.empty() || !observations[0].row.valid ? Place{} : Search(shape, observations).run();
}

ColumnResult column_result(const ArrayShape& shape, const TrackedRow& row, const WeightSet& weights,
                           std::uint32_t col) {
    Observation o;
    o.row = row;
    o.weights = weights;
    return Column(shape, o, col).result();
}

}  // namespace sosa::host
