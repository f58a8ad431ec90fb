#pragma once
#include <cstdint>
#include <vector>

#include "host/row_tracker.h"

// What an array shows if one thing in it is wrong.
namespace sosa::host {

// A row of results as the RTL shows it, with all that went into it.
struct Observation {
    TrackedRow row, before, after;                      // `before` entered an edge earlier
    WeightSet weights, previous_weights, next_weights;  // [rows][cols]
    std::vector<std::int32_t> psum;                     // [cols], shown
    std::vector<std::uint8_t> overflow;                 // [cols], shown
};

struct Mistake {
    enum Kind {
        weight,              // of the PE in `row` is `value`
        activation,          // of `row` is `value`
        no_products,         // are added in the block
        old_weights,         // the block did not swap
        early_weights,       // the block swapped too early
        row_before,          // X of the row before
        row_after,           // X of the row after
        x_sign,              // X is extended the other way
        w_sign,              // W is
        no_partial_sum,      // from above
        partial_sum_before,  // that of the row before
        partial_sum_after,   // that of the row after
        other_range,         // wraps instead of saturating, or the other way
        no_overflow,         // is marked by the block
        no_overflow_above,   // is taken over from above
        result_before,       // of the row before leaves the column group
        result_after,        // of the row after
    };
    static constexpr Kind first_of_block = no_products, last_of_block = no_overflow_above;
    Kind kind;
    std::uint32_t row_group = 0;
    std::uint32_t row = 0;
    std::int32_t value = 0;
};

// In words, after the name of the place; "" for a wrong operand of one row.
const char* describe(Mistake::Kind kind);

// Partial sum and overflow of a column.
struct ColumnResult {
    std::int32_t psum;
    bool overflow;
};

class Column {
  public:
    Column(const pods::ArrayShape& shape, const Observation& o, std::uint32_t col);
    // As it should be, or with a mistake.
    ColumnResult result(const Mistake* mistake = nullptr) const;
    // Whether that is what the RTL shows.
    bool shows(const Mistake* mistake = nullptr) const;

  private:
    // After the first row groups.
    ColumnResult result_of(const TrackedRow& row, std::uint32_t row_groups, const Mistake* mistake) const;
    std::int64_t from_above(std::int32_t psum, const Mistake& mistake) const;
    std::int64_t products(const TrackedRow& row, std::uint32_t row_group, const Mistake* mistake) const;
    std::int32_t x_of(const TrackedRow& row, std::uint32_t i, const Mistake& mistake) const;
    std::int32_t w_of(std::uint32_t i, const Mistake& mistake) const;

    const pods::ArrayShape& s_;
    const Observation& o_;
    const std::uint32_t col_;
};

}  // namespace sosa::host
