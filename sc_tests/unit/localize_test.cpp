// Which place of an array a wrong result is traced back to.
#include "host/localize.h"

#include <catch2/catch.hpp>
#include <functional>
#include <random>

namespace sosa::tests {

using host::Observation;
using pods::ArrayInputs;
using pods::ArrayShape;

namespace {

ArrayShape shape() {
    ArrayShape s;
    s.rows = 8;
    s.cols = 6;
    s.multicast_cols = 3;
    s.fanin_rows = 4;
    return s;
}

host::ColumnResult result_of(const host::TrackedRow& row, const host::WeightSet& weights, std::uint32_t col) {
    Observation o;
    o.row = row;
    o.weights = weights;
    return host::Column(shape(), o, col).result();
}

// What an array shows for rows of random numbers; `change` alters row and weights on the way in, for the
// columns that a mistake meets.
using Change = std::function<void(host::TrackedRow&, host::WeightSet&)>;

std::vector<Observation> observe(const std::vector<std::uint32_t>& cols, const Change& change) {
    const ArrayShape s = shape();
    std::mt19937 random(1);
    const auto number = [&] { return static_cast<std::int16_t>(random() % 256) - 128; };
    Observation o;
    for (std::uint32_t k = 0; k < s.rows * s.cols; ++k) {
        o.weights.push_back(static_cast<std::int16_t>(number()));
        o.previous_weights.push_back(static_cast<std::int16_t>(number()));
        o.next_weights.push_back(static_cast<std::int16_t>(number()));
    }
    const auto next_row = [&] {
        host::TrackedRow row;
        row.valid = true;
        for (std::uint32_t i = 0; i < s.rows; ++i) row.x.push_back(static_cast<std::int16_t>(number()));
        for (std::uint32_t j = 0; j < s.cols; ++j) row.psum.push_back(number());
        return row;
    };
    o.row = next_row();
    o.after = next_row();
    std::vector<Observation> all;
    while (all.size() < 8) {
        o.before = o.row;
        o.row = o.after;
        o.after = next_row();
        o.psum.clear();
        o.overflow.clear();
        for (std::uint32_t j = 0; j < s.cols; ++j) {
            host::TrackedRow row = o.row;
            host::WeightSet weights = o.weights;
            if (std::count(cols.begin(), cols.end(), j)) change(row, weights);
            const auto result = result_of(row, weights, j);
            o.psum.push_back(result.psum);
            o.overflow.push_back(result.overflow);
        }
        all.push_back(o);
    }
    return all;
}

std::string place(const std::vector<Observation>& observations) {
    const auto found = host::localize(shape(), observations);
    return found.where + ": " + found.what;
}

const std::vector<std::uint32_t> kGroup1 = {3, 4, 5};

}  // namespace

TEST_CASE("a wrong weight is traced to its PE") {
    const auto seen = observe({4}, [](auto&, auto& weights) { weights[5 * 6 + 4] = 99; });
    const auto weight = std::to_string(seen[0].weights[5 * 6 + 4]);
    CHECK(place(seen) == "PE (5,4): has 99 as its weight instead of " + weight);
}

TEST_CASE("a wrong activation is traced to its row in the first block that it meets") {
    CHECK(place(observe(kGroup1, [](auto& row, auto&) { row.x[2] |= 8; })) ==
          "block (0,1): its row 2 gets a wrong activation");
}

TEST_CASE("wrong weights of a row are traced to it in its block") {
    CHECK(place(observe(kGroup1, [](auto&, auto& weights) {
              for (const std::uint32_t j : kGroup1) weights[6 * 6 + j] = weights[7 * 6 + j];
          })) == "block (1,1): its row 6 has wrong weights");
}

TEST_CASE("a row group without its products is traced to its block") {
    CHECK(place(observe(kGroup1, [](auto& row, auto&) { std::fill_n(row.x.begin() + 4, 4, 0); })) ==
          "block (1,1): adds no products");
}

TEST_CASE("weights that were swapped too late or too early are traced to their block") {
    const auto good = observe({}, {});
    const auto swapped = [&](const host::WeightSet& other) {
        return place(observe(kGroup1, [&](auto&, auto& weights) {
            std::copy(other.begin() + 4 * 6, other.end(), weights.begin() + 4 * 6);
        }));
    };
    CHECK(swapped(good[0].previous_weights) == "block (1,1): still has the weights before the swap");
    CHECK(swapped(good[0].next_weights) == "block (1,1): has the weights after the next swap already");
}

TEST_CASE("incoming partial sums that get lost are traced to the upper block") {
    CHECK(place(observe(kGroup1, [](auto& row, auto&) { row.psum.assign(6, 0); })) ==
          "block (0,1): does not take the partial sum from above");
}

TEST_CASE("the partial sum of another row is traced to its block") {
    auto seen = observe({}, {});
    for (auto& o : seen)
        for (const std::uint32_t j : kGroup1) {
            const host::Mistake mistake{host::Mistake::partial_sum_before, 1};
            const auto stale = host::Column(shape(), o, j).result(&mistake);
            o.psum[j] = stale.psum;
            o.overflow[j] = stale.overflow;
        }
    CHECK(place(seen) == "block (1,1): takes the partial sum of the row before");
}

TEST_CASE("results that leave an edge early are traced to their column group") {
    auto seen = observe({}, {});
    for (std::size_t k = 0; k < seen.size(); ++k)
        for (const std::uint32_t j : kGroup1) {
            const auto later = result_of(seen[k].after, seen[k].weights, j);
            seen[k].psum[j] = later.psum;
            seen[k].overflow[j] = later.overflow;
        }
    CHECK(place(seen) == "column group 1: shows its results an edge early");
}

TEST_CASE("what no single mistake explains is traced to its column") {
    auto seen = observe({}, {});
    for (auto& o : seen) o.psum[2] ^= 0x1234;
    CHECK(place(seen) == "column 2: ");
}

TEST_CASE("without a difference the model is doubted") {
    CHECK(place(observe({}, {})) == "-: a plain sum agrees with the RTL, not with the model");
    CHECK(place({}) == "-: ");
}

TEST_CASE("the tracker gives each row the weights of its swap") {
    const ArrayShape s = shape();
    host::RowTracker tracker(s);
    std::vector<std::uint8_t> x(s.rows, 0xff), w(s.cols);
    const auto step = [&](bool x_valid, bool swap, bool w_valid, std::uint8_t weight) {
        ArrayInputs in;
        in.x_valid = x_valid;
        in.x_swap = swap;
        in.x_signed = !swap;
        in.w_valid = w_valid;
        in.w_first = weight == 1;
        in.w_signed = false;
        std::fill(w.begin(), w.end(), weight);
        in.x = x.data();
        in.w = w.data();
        host::RowLabel label;
        label.row = weight;
        tracker.step(in, label);
    };
    for (std::uint8_t row = 1; row <= 9; ++row) step(false, false, true, row);  // the ninth is dropped
    step(true, true, true, 1);     // swaps, while row 0 comes anew
    step(true, false, true, 200);  // with it row 1
    CHECK_FALSE(tracker.leaving().valid);
    CHECK(tracker.leaving(1).valid);
    step(false, false, false, 0);
    REQUIRE(tracker.leaving().valid);  // three edges of latency
    CHECK(tracker.leaving().x == std::vector<std::int16_t>(8, 255));
    CHECK(tracker.leaving().label.row == 1);
    CHECK(tracker.leaving(1).x == std::vector<std::int16_t>(8, -1));
    const auto set = tracker.leaving().weights;
    CHECK(set == tracker.leaving(1).weights);
    for (std::uint32_t i = 0; i < s.rows; ++i) CHECK(tracker.weights(set)[i * s.cols] == std::int16_t(i + 1));
    CHECK(tracker.weights_after(set)[s.cols] == 200);
    ArrayInputs reset;
    reset.reset = true;
    tracker.step(reset, {});
    CHECK_FALSE(tracker.leaving().valid);
    CHECK(tracker.weights_after(set + 1) == host::WeightSet(48, 0));
}

}  // namespace sosa::tests
