#include "pods/systolic_array.h"

#include <catch2/catch.hpp>
#include <random>

#include "sc_tests/unit/aborts.h"
#include "sc_tests/unit/literal_array.h"

using namespace sosa::pods;
using sosa::tests::aborts;
using sosa::tests::LiteralArray;

namespace {

std::string text(const ArrayShape& s) {
    return std::to_string(s.rows) + "x" + std::to_string(s.cols) + " B" + std::to_string(s.multicast_cols) +
           " F" + std::to_string(s.fanin_rows) + " P" + std::to_string(s.psum_bits) +
           (s.saturate ? " saturate" : " wrap");
}

// Pins of one edge together with the bytes they point to.
struct Stimulus {
    ArrayInputs in;
    std::vector<std::uint8_t> x, w;
    std::vector<std::int32_t> psum;
};

class RandomPins {
  public:
    RandomPins(const ArrayShape& shape, unsigned seed) : shape_(shape), random_(seed) {}
    Stimulus next() {
        // Phases, so that there are calm stretches, bursts of swaps and stretches of nothing but stalls.
        if (one_in(40)) {
            swaps_ = one_in(4) ? 2 : 20;
            stalls_ = one_in(4) ? 2 : 10;
            bubbles_ = one_in(3) ? 2 : 10;
            extreme_ = one_in(2);
        }
        Stimulus s;
        s.in.reset = one_in(150);
        s.in.enable = !one_in(stalls_);
        s.in.x_valid = !one_in(bubbles_);
        s.in.x_swap = one_in(swaps_);
        s.in.x_last = one_in(8);
        s.in.x_signed = one_in(2);
        s.in.w_valid = !one_in(4);
        s.in.w_first = one_in(2 * shape_.rows);
        s.in.w_signed = one_in(2);
        s.x = bytes(shape_.rows);
        s.w = bytes(shape_.cols);
        if (!one_in(3)) {
            for (std::uint32_t j = 0; j < shape_.cols; ++j) s.psum.push_back(partial_sum());
        }
        return s;
    }
    bool one_in(std::uint32_t n) { return random_() % n == 0; }
    std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }

  private:
    std::vector<std::uint8_t> bytes(std::uint32_t n) {
        static constexpr std::uint8_t kExtremes[] = {0x80, 0xff, 0x7f, 0x00};
        std::vector<std::uint8_t> b(n);
        const std::uint8_t all = kExtremes[below(4)];
        for (auto& byte : b) byte = extreme_ ? all : static_cast<std::uint8_t>(random_());
        return b;
    }
    std::int32_t partial_sum() {
        const std::int32_t limit = static_cast<std::int32_t>((std::int64_t{1} << (shape_.psum_bits - 1)) - 1);
        if (one_in(3)) return one_in(2) ? limit : -limit - 1;
        return static_cast<std::int32_t>(random_()) >> (32 - shape_.psum_bits);
    }
    ArrayShape shape_;
    std::mt19937 random_;
    std::uint32_t swaps_ = 20, stalls_ = 10, bubbles_ = 10;
    bool extreme_ = false;
};

bool same_pins(const LiteralArray& literal, const ArrayOutputs& out, const ArrayShape& shape) {
    if (literal.valid() != out.valid || literal.last() != out.last || literal.busy() != out.busy)
        return false;
    if (literal.w_rows() != out.w_rows) return false;
    for (std::uint32_t j = 0; j < shape.cols; ++j) {
        if (literal.psum(j) != out.psum[j] || literal.overflow(j) != (out.overflow[j] == 1)) return false;
        if (out.overflow[j] > 1) return false;
    }
    return true;
}

bool same_weights(const LiteralArray& literal, const SystolicArray& array) {
    for (std::uint32_t i = 0; i < array.shape().rows; ++i) {
        for (std::uint32_t j = 0; j < array.shape().cols; ++j) {
            if (literal.active(i, j) != array.active_weight(i, j)) return false;
            if (literal.shadow(i, j) != array.shadow_weight(i, j)) return false;
        }
    }
    return true;
}

// Random pins for `edges` edges in batches of random lengths, single steps among them.
void compare(const ArrayShape& shape, const ArrayKernels& kernels, std::uint32_t edges, unsigned seed) {
    INFO(text(shape) << " by " << kernels.name);
    RandomPins pins(shape, seed);
    SystolicArray array(shape, kernels);
    LiteralArray literal(shape);
    std::uint32_t done = 0, valid = 0, different = 0;
    while (done < edges) {
        const std::uint32_t n =
            pins.one_in(3) ? 1 : 1 + pins.below(static_cast<std::uint32_t>(array.batch_edges()));
        std::vector<Stimulus> stimuli;
        for (std::uint32_t k = 0; k < n; ++k) stimuli.push_back(pins.next());
        std::vector<ArrayInputs> in;
        for (const Stimulus& s : stimuli) {
            in.push_back(s.in);
            in.back().x = s.in.x_valid ? s.x.data() : nullptr;
            in.back().w = s.in.w_valid ? s.w.data() : nullptr;
            in.back().psum = s.psum.empty() ? nullptr : s.psum.data();
        }
        std::vector<ArrayOutputs> out(n);
        if (n == 1) {
            array.step(in[0]);
            out[0] = array.outputs();
        } else {
            array.run(in.data(), out.data(), n);
        }
        for (std::uint32_t k = 0; k < n; ++k) {
            literal.step(in[k]);
            different += !same_pins(literal, out[k], shape);
            valid += literal.valid();
        }
        if (pins.one_in(5)) {
            const std::uint32_t row = pins.below(shape.rows), col = pins.below(shape.cols);
            const auto bits = static_cast<std::uint8_t>(pins.below(256));
            array.flip_shadow_weight(row, col, bits);
            literal.flip_shadow_weight(row, col, bits);
        }
        different += !same_weights(literal, array);
        done += n;
    }
    CHECK(different == 0);
    CHECK(valid > edges / 20);
}

void compare_all(std::uint32_t rows, std::uint32_t cols, std::uint32_t edges) {
    struct BF {
        std::uint32_t b, f;
    };
    unsigned seed = rows * 100 + cols;
    for (const BF bf : {BF{16, 16}, BF{1, 1}, BF{4, 8}, BF{3, 5}, BF{8, 3}}) {
        for (const std::uint32_t bits : {16u, 24u, 32u}) {
            for (const bool saturate : {false, true}) {
                compare({rows, cols, bf.b, bf.f, bits, saturate}, *array_kernels().front(), edges, ++seed);
            }
        }
    }
}

// Edges from the one that samples a lone row of X to the one after which its results stand at the pins.
std::uint32_t measured_latency(const ArrayShape& shape) {
    SystolicArray array(shape);
    const std::vector<std::uint8_t> x(shape.rows);
    ArrayInputs in;
    in.x_valid = true;
    in.x_last = true;
    in.x = x.data();
    std::uint32_t edges = 0;
    do {
        array.step(in);
        in = ArrayInputs();
        ++edges;
        REQUIRE(array.outputs().busy);
    } while (!array.outputs().valid);
    CHECK(array.outputs().last);
    array.step(in);
    CHECK_FALSE(array.outputs().valid);
    CHECK_FALSE(array.outputs().busy);
    return edges;
}

// One row of X through an array whose weights are all `w`.
std::vector<std::int32_t> results(const ArrayShape& shape, std::uint8_t x, bool x_signed, std::uint8_t w,
                                  bool w_signed, std::int32_t psum, std::uint32_t& overflows) {
    SystolicArray array(shape);
    const std::vector<std::uint8_t> xs(shape.rows, x), ws(shape.cols, w);
    const std::vector<std::int32_t> sums(shape.cols, psum);
    ArrayInputs in;
    in.w_valid = true;
    in.w_signed = w_signed;
    in.w = ws.data();
    for (std::uint32_t i = 0; i < shape.rows; ++i) array.step(in);
    in = ArrayInputs();
    in.x_valid = in.x_swap = true;
    in.x_signed = x_signed;
    in.x = xs.data();
    in.psum = sums.data();
    array.step(in);
    while (!array.outputs().valid) array.step(ArrayInputs());
    const ArrayOutputs& out = array.outputs();
    overflows = 0;
    for (std::uint32_t j = 0; j < shape.cols; ++j) overflows += out.overflow[j];
    return std::vector<std::int32_t>(out.psum, out.psum + shape.cols);
}

std::vector<std::int32_t> all(std::uint32_t n, std::int32_t value) {
    return std::vector<std::int32_t>(n, value);
}

}  // namespace

TEST_CASE("the array shows the pins of its registers: 32x32") { compare_all(32, 32, 400); }
TEST_CASE("the array shows the pins of its registers: 20x32") { compare_all(20, 32, 400); }
TEST_CASE("the array shows the pins of its registers: 16x16") { compare_all(16, 16, 1000); }
TEST_CASE("the array shows the pins of its registers: 8x8") { compare_all(8, 8, 2000); }
TEST_CASE("the array shows the pins of its registers: 5x7") { compare_all(5, 7, 2000); }
TEST_CASE("the array shows the pins of its registers: 1x1") { compare_all(1, 1, 2000); }
TEST_CASE("the array shows the pins of its registers: many column groups") {
    compare({2, 40, 1, 1, 16, true}, *array_kernels().front(), 500, 1);
    compare({4, 70, 3, 3, 24, false}, *array_kernels().front(), 500, 2);
    compare({40, 3, 1, 1, 16, true}, *array_kernels().front(), 500, 3);
}

TEST_CASE("every instruction set gives the same pins") {
    REQUIRE(std::string(array_kernels().back()->name) == "plain");
    for (const ArrayKernels* kernels : array_kernels()) {
        for (const std::uint32_t bits : {16u, 24u, 32u}) {
            for (const bool saturate : {false, true}) {
                compare({20, 24, 16, 8, bits, saturate}, *kernels, 600, 1);
                compare({20, 24, 8, 8, bits, saturate}, *kernels, 600, 2);
                compare({6, 11, 3, 5, bits, saturate}, *kernels, 1500, 3);
            }
        }
    }
}

TEST_CASE("latency is the skew down, one register and the way across") {
    struct Case {
        ArrayShape shape;
        std::uint32_t down, across;
    };
    for (const Case& c :
         {Case{{32, 32, 16, 16}, 1, 1}, Case{{32, 32, 1, 1}, 31, 31}, Case{{32, 32, 32, 32}, 0, 0},
          Case{{32, 32, 32, 8}, 3, 0}, Case{{32, 32, 8, 32}, 0, 3}, Case{{33, 32, 16, 16}, 2, 1},
          Case{{32, 33, 16, 16}, 1, 2}, Case{{1, 1, 16, 16}, 0, 0}, Case{{5, 7, 3, 5}, 0, 2},
          Case{{200, 100, 1, 1}, 199, 99}}) {
        INFO(text(c.shape));
        CHECK(c.shape.latency_cycles() == c.down + 1 + c.across);
        CHECK(measured_latency(c.shape) == c.down + 1 + c.across);
    }
}

TEST_CASE("the largest operands multiply exactly") {
    std::uint32_t overflows = 0;
    const ArrayShape wide{32, 32, 16, 16, 32};
    CHECK(results(wide, 0x80, true, 0x80, true, 0, overflows) == all(32, 32 * 128 * 128));
    CHECK(results(wide, 0xff, false, 0xff, false, 0, overflows) == all(32, 32 * 255 * 255));
    CHECK(results(wide, 0xff, false, 0x80, true, 0, overflows) == all(32, 32 * 255 * -128));
    CHECK(results(wide, 0x80, true, 0xff, false, -1, overflows) == all(32, 32 * 255 * -128 - 1));
    CHECK(overflows == 0);
    CHECK(results({1, 8, 8, 1, 16}, 0x80, true, 0x80, true, 0, overflows) == all(8, 16384));
    CHECK(results({1, 8, 8, 1, 16}, 0xff, false, 0xff, false, 0, overflows) == all(8, 65025 - 65536));
    CHECK(overflows == 8);
}

TEST_CASE("partial sums wrap or saturate at every register on their way") {
    std::uint32_t overflows = 0;
    // Per group 2 * 127 * 127 = 32,258: one fits 16 bits, two do not.
    CHECK(results({2, 4, 4, 2, 16, true}, 127, true, 127, true, 509, overflows) == all(4, 32767));
    CHECK(overflows == 0);
    CHECK(results({2, 4, 4, 2, 16, true}, 127, true, 127, true, 510, overflows) == all(4, 32767));
    CHECK(overflows == 4);
    CHECK(results({4, 4, 4, 2, 16, false}, 127, true, 127, true, 0, overflows) == all(4, 64516 - 65536));
    CHECK(overflows == 4);
    CHECK(results({4, 4, 4, 2, 16, true}, 127, true, 0x80, true, 0, overflows) == all(4, -32768));
    CHECK(overflows == 4);
    const std::int32_t high = 0x7fffffff, low = -high - 1;
    for (const bool saturate : {false, true}) {
        const ArrayShape wide{2, 3, 1, 1, 32, saturate};
        CHECK(results(wide, 1, true, 1, true, high - 2, overflows) == all(3, high));
        CHECK(overflows == 0);
        CHECK(results(wide, 1, true, 1, true, high - 1, overflows) == all(3, saturate ? high : low));
        CHECK(overflows == 3);
        CHECK(results(wide, 1, true, 0xff, true, low + 1, overflows) == all(3, saturate ? low : high));
        CHECK(overflows == 3);
    }
}

TEST_CASE("a sum that saturated on its way keeps its overflow bit when later groups bring it back") {
    SystolicArray array({2, 1, 1, 1, 16, true});
    const std::uint8_t w[] = {127}, x[] = {127, 0x80};  // + 16,129 and then - 16,256
    const std::int32_t psum[] = {30000};
    ArrayInputs in;
    in.w_valid = true;
    in.w = w;
    array.step(in);
    array.step(in);
    in = ArrayInputs();
    in.x_valid = in.x_swap = true;
    in.x = x;
    in.psum = psum;
    array.step(in);
    array.step(ArrayInputs());
    REQUIRE(array.outputs().valid);
    CHECK(array.outputs().psum[0] == 32767 - 16256);
    CHECK(array.outputs().overflow[0] == 1);
}

TEST_CASE("arrays of no sense and batches that do not fit abort") {
    CHECK(aborts([] { SystolicArray array({0, 32, 16, 16}); }));
    CHECK(aborts([] { SystolicArray array({32, 1025, 16, 16}); }));
    CHECK(aborts([] { SystolicArray array({32, 32, 0, 16}); }));
    CHECK(aborts([] { SystolicArray array({32, 32, 16, 0}); }));
    CHECK(aborts([] { SystolicArray array({32, 32, 16, 16, 20}); }));
    SystolicArray array({8, 8, 4, 4});
    const std::vector<ArrayInputs> in(array.batch_edges() + 1);
    std::vector<ArrayOutputs> out(in.size());
    CHECK_FALSE(aborts([&] { array.run(in.data(), out.data(), array.batch_edges()); }));
    CHECK(aborts([&] { array.run(in.data(), out.data(), array.batch_edges() + 1); }));
    CHECK(aborts([&] { array.flip_shadow_weight(8, 0, 1); }));
}
