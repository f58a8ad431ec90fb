#include "host/array_mistake.h"

#include <algorithm>

#include "pods/psum.h"

namespace sosa::host {

namespace {

std::int32_t other_extension(std::int32_t value) {
    return value < 0 ? value + 256 : value > 127 ? value - 256 : value;
}

}  // namespace

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
                                     "takes the partial sum of the row before",
                                     "takes the partial sum of the row after",
                                     "does not bring the sum into its range",
                                     "does not mark an overflow",
                                     "does not pass on the overflow from above",
                                     "shows its results an edge late",
                                     "shows its results an edge early"};
    return texts[kind];
}

Column::Column(const pods::ArrayShape& shape, const Observation& o, std::uint32_t col)
    : s_(shape), o_(o), col_(col) {}

ColumnResult Column::result(const Mistake* mistake) const {
    const auto groups = s_.row_groups();
    if (mistake && mistake->kind == Mistake::result_before) return result_of(o_.before, groups, nullptr);
    if (mistake && mistake->kind == Mistake::result_after) return result_of(o_.after, groups, nullptr);
    return result_of(o_.row, groups, mistake);
}

bool Column::shows(const Mistake* mistake) const {
    const ColumnResult r = result(mistake);
    return r.psum == o_.psum[col_] && r.overflow == (o_.overflow[col_] != 0);
}

ColumnResult Column::result_of(const TrackedRow& row, std::uint32_t row_groups,
                               const Mistake* mistake) const {
    if (!row.valid) return {0, false};
    ColumnResult r{row.psum[col_], false};
    for (std::uint32_t g = 0; g < row_groups; ++g) {
        const Mistake* const here = mistake && mistake->row_group == g ? mistake : nullptr;
        const auto is = [&](Mistake::Kind kind) { return here && here->kind == kind; };
        const std::int64_t sum = (here ? from_above(r.psum, *here) : r.psum) + products(row, g, here);
        const bool saturate = s_.saturate != is(Mistake::other_range);
        const bool overflow = pods::fit_psum(sum, s_.psum_bytes(), saturate, r.psum);
        r.overflow =
            (r.overflow && !is(Mistake::no_overflow_above)) || (overflow && !is(Mistake::no_overflow));
    }
    return r;
}

std::int64_t Column::from_above(std::int32_t psum, const Mistake& m) const {
    if (m.kind == Mistake::no_partial_sum) return 0;
    if (m.kind == Mistake::partial_sum_before) return result_of(o_.before, m.row_group, nullptr).psum;
    if (m.kind == Mistake::partial_sum_after) return result_of(o_.after, m.row_group, nullptr).psum;
    return psum;
}

std::int64_t Column::products(const TrackedRow& row, std::uint32_t row_group, const Mistake* m) const {
    if (m && m->kind == Mistake::no_products) return 0;
    const std::uint32_t begin = row_group * s_.fanin_rows, end = std::min(begin + s_.fanin_rows, s_.rows);
    std::int64_t sum = 0;
    for (std::uint32_t i = begin; i < end; ++i)
        sum += m ? std::int64_t{x_of(row, i, *m)} * w_of(i, *m)
                 : std::int64_t{row.x[i]} * o_.weights[std::size_t{i} * s_.cols + col_];
    return sum;
}

std::int32_t Column::x_of(const TrackedRow& row, std::uint32_t i, const Mistake& m) const {
    if (m.kind == Mistake::activation && m.row == i) return m.value;
    if (m.kind == Mistake::row_before) return o_.before.valid ? o_.before.x[i] : 0;
    if (m.kind == Mistake::row_after) return o_.after.valid ? o_.after.x[i] : 0;
    return m.kind == Mistake::x_sign ? other_extension(row.x[i]) : row.x[i];
}

std::int32_t Column::w_of(std::uint32_t i, const Mistake& m) const {
    const std::size_t at = std::size_t{i} * s_.cols + col_;
    if (m.kind == Mistake::weight && m.row == i) return m.value;
    if (m.kind == Mistake::old_weights) return o_.previous_weights[at];
    if (m.kind == Mistake::early_weights) return o_.next_weights[at];
    return m.kind == Mistake::w_sign ? other_extension(o_.weights[at]) : o_.weights[at];
}

}  // namespace sosa::host
