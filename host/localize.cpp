#include "host/localize.h"

#include <algorithm>
#include <functional>
#include <optional>

namespace sosa::host {

using pods::ArrayShape;

namespace {

constexpr std::int32_t kLeastOperand = -128, kMostOperand = 255;

class Search {
  public:
    Search(const ArrayShape& shape, const std::vector<Observation>& all)
        : s_(shape), all_(all), first_(all[0]) {}

    Place run() {
        std::uint32_t col = 0;
        while (col < s_.cols && Column(s_, first_, col).shows()) ++col;
        if (col == s_.cols) return {"-", "a plain sum agrees with the RTL, not with the model"};
        col_ = col;
        col_group_ = col / s_.multicast_cols;
        begin_ = col_group_ * s_.multicast_cols;
        end_ = std::min(begin_ + s_.multicast_cols, s_.cols);
        for (const auto& o : all_) wrong_.push_back(!explains(o, nullptr));

        for (const auto kind : {Mistake::result_before, Mistake::result_after}) try_fixed({kind});
        for (std::uint32_t g = 0; g < s_.row_groups(); ++g)
            for (int kind = Mistake::first_of_block; kind <= Mistake::last_of_block; ++kind)
                try_fixed({static_cast<Mistake::Kind>(kind), g});
        for (std::uint32_t i = 0; i < s_.rows; ++i) {
            try_weights(i);
            try_activation(i);
        }
        return best_.empty() ? this_column() : common_place();
    }

  private:
    // How many observations a mistake explains, of those that are wrong and of those that are not.
    using Score = std::pair<std::ptrdiff_t, std::ptrdiff_t>;
    using Explains = std::function<bool(const Observation&)>;

    // Whether all columns of the group show what they should with the mistake.
    bool explains(const Observation& o, const Mistake* mistake) const {
        for (std::uint32_t j = begin_; j < end_; ++j)
            if (!Column(s_, o, j).shows(mistake)) return false;
        return true;
    }

    void consider(const Mistake& mistake, bool free_value, const Explains& holds) {
        if (!holds(first_)) return;
        Score score;
        for (std::size_t i = 0; i < all_.size(); ++i)
            if (holds(all_[i])) ++(wrong_[i] ? score.first : score.second);
        if (free_value && 2 * score.first <= std::count(wrong_.begin(), wrong_.end(), true)) return;
        if (score < best_score_) return;
        if (score > best_score_) best_.clear();
        best_score_ = score;
        best_.push_back(mistake);
    }

    void try_fixed(const Mistake& m) {
        consider(m, false, [&](const Observation& o) { return explains(o, &m); });
    }

    // Any value that the operand could have, differing from row to row.
    void try_activation(std::uint32_t row) {
        Mistake m{Mistake::activation, row / s_.fanin_rows, row, 0};
        consider(m, true, [&](const Observation& o) {
            for (m.value = kLeastOperand; m.value <= kMostOperand; ++m.value)
                if (explains(o, &m)) return true;
            return false;
        });
    }

    // A value for each column, which stays while the tile does.
    void try_weights(std::uint32_t row) {
        std::vector<std::optional<Mistake>> by_column;
        for (std::uint32_t j = begin_; j < end_; ++j) {
            by_column.emplace_back();
            if (Column(s_, first_, j).shows()) continue;
            by_column.back() = likely_weight(row, j);
            if (!by_column.back()) return;
        }
        consider(*by_column[col_ - begin_], true, [&](const Observation& o) {
            const bool same_tile = o.row.weights == first_.row.weights;
            for (std::uint32_t j = begin_; j < end_; ++j) {
                const auto& m = by_column[j - begin_];
                const Column column(s_, o, j);
                if (!(same_tile ? column.shows(m ? &*m : nullptr) : some_weight_explains(column, row)))
                    return false;
            }
            return true;
        });
    }

    bool some_weight_explains(const Column& column, std::uint32_t row) const {
        if (column.shows()) return true;
        Mistake m{Mistake::weight, row / s_.fanin_rows, row, kLeastOperand};
        for (; m.value <= kMostOperand; ++m.value)
            if (column.shows(&m)) return true;
        return false;
    }

    // The value that explains the column in most rows of the tile, in the first one at least.
    std::optional<Mistake> likely_weight(std::uint32_t row, std::uint32_t col) const {
        std::optional<Mistake> best;
        std::ptrdiff_t most = 0;
        Mistake m{Mistake::weight, row / s_.fanin_rows, row, kLeastOperand};
        for (; m.value <= kMostOperand; ++m.value) {
            if (!Column(s_, first_, col).shows(&m)) continue;
            const auto count = std::count_if(all_.begin(), all_.end(), [&](const Observation& o) {
                return o.row.weights == first_.row.weights && Column(s_, o, col).shows(&m);
            });
            if (count <= most) continue;
            most = count;
            best = m;
        }
        return best;
    }

    Place this_column() const { return {"column " + std::to_string(col_), ""}; }

    Place common_place() const {
        const Mistake& first = best_.front();
        const auto all = [&](auto same) { return std::all_of(best_.begin(), best_.end(), same); };
        if (first.kind > Mistake::last_of_block)
            return best_.size() > 1
                       ? this_column()
                       : Place{"column group " + std::to_string(col_group_), describe(first.kind)};
        if (!all([&](const Mistake& m) { return m.row_group == first.row_group; })) return this_column();
        const std::string block =
            "block (" + std::to_string(first.row_group) + "," + std::to_string(col_group_) + ")";
        if (best_.size() > 1) return {block, ""};
        if (first.kind >= Mistake::first_of_block) return {block, describe(first.kind)};
        return first.kind == Mistake::weight
                   ? wrong_weight(block, first)
                   : Place{block, "its row " + std::to_string(first.row) + " gets a wrong activation"};
    }

    Place wrong_weight(const std::string& block, const Mistake& m) const {
        std::uint32_t wrong = 0;
        for (std::uint32_t j = begin_; j < end_; ++j) wrong += !Column(s_, first_, j).shows();
        if (wrong > 1) return {block, "its row " + std::to_string(m.row) + " has wrong weights"};
        const auto weight = first_.weights[std::size_t{m.row} * s_.cols + col_];
        return {"PE (" + std::to_string(m.row) + "," + std::to_string(col_) + ")",
                "has " + std::to_string(m.value) + " as its weight instead of " + std::to_string(weight)};
    }

    const ArrayShape& s_;
    const std::vector<Observation>& all_;
    const Observation& first_;
    std::uint32_t col_group_ = 0, begin_ = 0, end_ = 0, col_ = 0;
    std::vector<bool> wrong_;    // by observation
    std::vector<Mistake> best_;  // all with this score
    Score best_score_{1, 0};
};

}  // namespace

Place localize(const ArrayShape& shape, const std::vector<Observation>& observations) {
    return observations.empty() || !observations[0].row.valid ? Place{} : Search(shape, observations).run();
}

}  // namespace sosa::host
