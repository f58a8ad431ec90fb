// Both engines of a pod against the product in 64-bit numbers, and against each other.
#include <catch2/catch.hpp>
#include <random>

#include "pods/cycle_engine.h"
#include "sc_tests/unit/aborts.h"

using namespace sosa::pods;
using sosa::tests::aborts;

namespace {

struct Weights {
    std::uint32_t depth, cols;
    bool is_signed;
    std::vector<std::uint8_t> bytes;
    WeightTile tile() const { return {bytes.data(), depth, cols, is_signed}; }
    std::int64_t at(std::uint32_t i, std::uint32_t j) const {
        const std::uint8_t byte = bytes[std::size_t{i} * cols + j];
        return is_signed ? static_cast<std::int8_t>(byte) : byte;
    }
};
struct Stream {
    std::uint32_t rows, depth, cols;
    bool is_signed;
    std::vector<std::uint8_t> x, psum;
    StreamTile tile() const {
        return {x.data(), psum.empty() ? nullptr : psum.data(), rows, depth, cols, is_signed};
    }
    std::int64_t at(std::uint32_t m, std::uint32_t i) const {
        const std::uint8_t byte = x[std::size_t{m} * depth + i];
        return is_signed ? static_cast<std::int8_t>(byte) : byte;
    }
};
struct Result {
    std::vector<std::uint8_t> bytes;
    std::uint32_t overflows = 0;
    bool operator==(const Result& other) const {
        return bytes == other.bytes && overflows == other.overflows;
    }
};

class RandomTiles {
  public:
    explicit RandomTiles(const ArrayShape& shape, unsigned seed) : shape_(shape), random_(seed) {}
    std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }
    Weights weights() {
        Weights w{side(shape_.rows), side(shape_.cols), below(2) == 0, {}};
        w.bytes = bytes(std::size_t{w.depth} * w.cols);
        return w;
    }
    Stream stream(const Weights& w, std::uint32_t most_rows) {
        Stream s{1 + below(most_rows), w.depth, w.cols, below(2) == 0, {}, {}};
        s.x = bytes(std::size_t{s.rows} * s.depth);
        if (below(3) != 0) s.psum = bytes(std::size_t{s.rows} * s.cols * shape_.psum_bytes());
        return s;
    }

  private:
    std::uint32_t side(std::uint32_t most) { return below(2) == 0 ? most : 1 + below(most); }
    std::vector<std::uint8_t> bytes(std::size_t n) {
        static constexpr std::uint8_t kExtremes[] = {0x80, 0xff, 0x7f};
        const bool extreme = below(3) == 0;
        const std::uint8_t all = kExtremes[below(3)];
        std::vector<std::uint8_t> b(n);
        for (auto& byte : b) byte = extreme ? all : static_cast<std::uint8_t>(random_());
        return b;
    }
    ArrayShape shape_;
    std::mt19937 random_;
};

std::int64_t number(const std::vector<std::uint8_t>& from, std::size_t index, std::uint32_t bytes) {
    if (from.empty()) return 0;
    std::int64_t n = 0;
    for (std::uint32_t b = 0; b < bytes; ++b) n += std::int64_t{from[index * bytes + b]} << (8 * b);
    return n < std::int64_t{1} << (8 * bytes - 1) ? n : n - (std::int64_t{1} << (8 * bytes));
}

// The product; at every group of F rows the sum is brought back into range.
Result product(const ArrayShape& shape, const Weights& w, const Stream& s) {
    const std::int64_t limit = std::int64_t{1} << (shape.psum_bits - 1);
    Result r;
    for (std::uint32_t m = 0; m < s.rows; ++m) {
        for (std::uint32_t j = 0; j < s.cols; ++j) {
            std::int64_t sum = number(s.psum, std::size_t{m} * s.cols + j, shape.psum_bytes());
            bool spilt = false;
            for (std::uint32_t i = 0; i < s.depth; ++i) {
                sum += s.at(m, i) * w.at(i, j);
                if ((i + 1) % shape.fanin_rows != 0 && i + 1 != s.depth) continue;
                if (sum >= -limit && sum < limit) continue;
                spilt = true;
                if (shape.saturate) {
                    sum = sum < 0 ? -limit : limit - 1;
                } else {
                    sum = ((sum + limit) % (2 * limit) + 2 * limit) % (2 * limit) - limit;
                }
            }
            r.overflows += spilt;
            for (std::uint32_t b = 0; b < shape.psum_bytes(); ++b) {
                r.bytes.push_back(static_cast<std::uint8_t>(sum >> (8 * b)));
            }
        }
    }
    return r;
}

Result finish(ArrayEngine& engine, const ArrayShape& shape, const Stream& s) {
    Result r;
    r.bytes.assign(std::size_t{s.rows} * s.cols * shape.psum_bytes(), 0xee);
    r.overflows = engine.finish(r.bytes.data());
    return r;
}

std::vector<std::unique_ptr<ArrayEngine>> all_engines(const ArrayShape& shape) {
    std::vector<std::unique_ptr<ArrayEngine>> engines;
    for (const ArrayKernels* kernels : array_kernels()) {
        engines.push_back(make_tile_engine(shape, *kernels));
        engines.push_back(std::make_unique<CycleEngine>(shape, *kernels));
    }
    return engines;
}

// Slices of random tiles; weights are loaded before or in the slice before, at times twice, at times not at
// all.
void compare(const ArrayShape& shape, std::uint32_t slices, std::uint32_t most_rows) {
    INFO(shape.rows << "x" << shape.cols << " B" << shape.multicast_cols << " F" << shape.fanin_rows << " P"
                    << shape.psum_bits << (shape.saturate ? " saturate" : " wrap"));
    RandomTiles tiles(shape, shape.rows + shape.psum_bits);
    const auto engines = all_engines(shape);
    Weights shadow = tiles.weights();
    const auto load = [&] {
        shadow = tiles.weights();
        for (const auto& engine : engines) engine->load(shadow.tile());
    };
    load();
    std::uint32_t different = 0;
    for (std::uint32_t k = 0; k < slices; ++k) {
        if (tiles.below(4) == 0) load();
        const Weights active = shadow;
        const Stream s = tiles.stream(active, most_rows);
        for (const auto& engine : engines) engine->start(s.tile());
        for (std::uint32_t loads = tiles.below(3); loads > 0; --loads) load();
        const Result expected = product(shape, active, s);
        for (const auto& engine : engines) different += !(finish(*engine, shape, s) == expected);
    }
    CHECK(different == 0);
}

void compare_all(std::uint32_t rows, std::uint32_t cols, std::uint32_t slices) {
    for (const std::uint32_t bits : {16u, 24u, 32u}) {
        for (const bool saturate : {false, true}) {
            compare({rows, cols, 16, 16, bits, saturate}, slices, 70);
            compare({rows, cols, 1, 1, bits, saturate}, slices, 40);
            compare({rows, cols, 4, 8, bits, saturate}, slices, 40);
            compare({rows, cols, 3, 5, bits, saturate}, slices, 40);
        }
    }
}

// A stream of ones [rows][depth] past a matrix of ones, without incoming partial sums.
struct Ones {
    Ones(std::uint32_t rows, std::uint32_t depth, std::uint32_t cols)
        : weights{depth, cols, true, std::vector<std::uint8_t>(depth * cols, 1)},
          stream{rows, depth, cols, true, std::vector<std::uint8_t>(rows * depth, 1), {}},
          results(std::size_t{rows} * cols * 2) {}
    Weights weights;
    Stream stream;
    std::vector<std::uint8_t> results;
};

}  // namespace

TEST_CASE("the engines give the exact product: 32x32") { compare_all(32, 32, 12); }
TEST_CASE("the engines give the exact product: 20x32") { compare_all(20, 32, 12); }
TEST_CASE("the engines give the exact product: 5x7") { compare_all(5, 7, 40); }
TEST_CASE("the engines give the exact product: 1x1") { compare_all(1, 1, 40); }
TEST_CASE("the engines give the exact product: 64x200") { compare({64, 200, 16, 16, 16}, 4, 40); }

TEST_CASE("a long stream goes through in one go") {
    const ArrayShape shape{8, 8, 4, 4, 24};
    RandomTiles tiles(shape, 1);
    const Weights w = tiles.weights();
    Stream s = tiles.stream(w, 1);
    s.rows = 10001;
    s.x.resize(std::size_t{s.rows} * s.depth, 0x7f);
    s.psum.clear();
    const Result expected = product(shape, w, s);
    for (const auto& engine : all_engines(shape)) {
        engine->load(w.tile());
        engine->start(s.tile());
        CHECK(finish(*engine, shape, s) == expected);
    }
}

TEST_CASE("a flipped bit is a fault of the weights that were loaded last") {
    const ArrayShape shape{8, 16, 4, 4, 32};
    Ones ones(3, 8, 16);
    const auto first_sum = [&](ArrayEngine& engine, bool flip_later, std::uint8_t bits) {
        engine.start(ones.stream.tile());
        if (flip_later) engine.flip_weight(7, 15, bits);
        const Result r = finish(engine, shape, ones.stream);
        CHECK(number(r.bytes, 14, 4) == 8);
        CHECK(number(r.bytes, 15, 4) == number(r.bytes, 47, 4));
        return number(r.bytes, 15, 4);
    };
    for (const auto& engine : all_engines(shape)) {
        engine->load(ones.weights.tile());
        engine->flip_weight(7, 15, 0x80);
        CHECK(first_sum(*engine, true, 0x02) == 8 + 128);  // the ninth bit, the sign, is not touched
        CHECK(first_sum(*engine, false, 0) == 8 + 130);
        CHECK(first_sum(*engine, false, 0) == 8 + 130);
        engine->load(ones.weights.tile());
        CHECK(first_sum(*engine, false, 0) == 8);
        engine->flip_weight(7, 15, 0x01);
        engine->load(ones.weights.tile());  // overwrites the fault
        CHECK(first_sum(*engine, false, 0) == 8);
        engine->flip_weight(7, 15, 0x01);
        CHECK(first_sum(*engine, false, 0) == 7);
        CHECK(aborts([&] { engine->flip_weight(8, 0, 1); }));
    }
}

TEST_CASE("a fault where no weight was loaded has no effect") {
    const ArrayShape shape{8, 16, 4, 4, 16};
    Ones ones(3, 6, 10);
    for (const auto& engine : all_engines(shape)) {
        engine->load(ones.weights.tile());
        engine->flip_weight(7, 3, 0xff);
        engine->flip_weight(3, 12, 0xff);
        engine->start(ones.stream.tile());
        CHECK(finish(*engine, shape, ones.stream) == product(shape, ones.weights, ones.stream));
    }
}

TEST_CASE("the cycle engine takes the edges that the rows and the way through the array take") {
    const ArrayShape shape{32, 32, 16, 8};  // latency: 3 skew + 1 register + 1 across
    CycleEngine engine(shape);
    Ones ones(40, 32, 32), one(1, 32, 32);
    engine.load(ones.weights.tile());
    CHECK(engine.cycles() == 0);
    engine.start(ones.stream.tile());
    CHECK(engine.cycles() == 32 + 1);  // rows of W, and across
    engine.finish(ones.results.data());
    CHECK(engine.cycles() == 33 + (40 + 5 - 1));
    engine.start(one.stream.tile());
    engine.finish(one.results.data());
    CHECK(engine.cycles() == 77 + (1 + 5 - 1));
    engine.start(ones.stream.tile());
    engine.load(ones.weights.tile());
    engine.finish(ones.results.data());
    CHECK(engine.cycles() == 82 + (40 + 5 - 1));
    engine.start(one.stream.tile());
    engine.load(ones.weights.tile());
    engine.finish(one.results.data());
    CHECK(engine.cycles() == 126 + (32 + 1));  // the weights take longer
    CHECK(make_cycle_engine(shape)->cycles() == 0);
    CHECK(make_tile_engine(shape)->cycles() == 0);
}

TEST_CASE("the cycle engine records the pins of every edge on demand") {
    const ArrayShape shape{4, 6, 3, 2, 16};  // latency 3
    CycleEngine engine(shape);
    Ones ones(5, 3, 5);
    engine.load(ones.weights.tile());
    engine.record_pins(true);
    engine.start(ones.stream.tile());
    CHECK(engine.take_pins().size() == 3 + 1);
    engine.load(ones.weights.tile());
    engine.finish(ones.results.data());
    const std::vector<PinRecord> pins = engine.take_pins();
    REQUIRE(pins.size() == 5 + 3 - 1);
    for (std::size_t k = 0; k < pins.size(); ++k) {
        const PinRecord& p = pins[k];
        INFO("edge " << k);
        CHECK(p.in.x_valid == (k < 5));
        CHECK(p.in.x_swap == (k == 0));
        CHECK(p.in.x_last == (k == 4));
        CHECK(p.in.w_valid == (k < 3));
        CHECK(p.in.w_first == (k == 0));
        CHECK(p.out.w_rows == std::min<std::size_t>(k + 1, 3));
        CHECK(p.x == (k < 5 ? std::vector<std::uint8_t>{1, 1, 1, 0} : std::vector<std::uint8_t>()));
        CHECK(p.w == (k < 3 ? std::vector<std::uint8_t>{1, 1, 1, 1, 1, 0} : std::vector<std::uint8_t>()));
        CHECK(p.psum_in.empty());
        CHECK(p.out.valid == (k >= 2));
        CHECK(p.out.last == (k == 6));
        CHECK(p.out.busy);
        CHECK(p.psum_out ==
              (k >= 2 ? std::vector<std::int32_t>{3, 3, 3, 3, 3, 0} : std::vector<std::int32_t>()));
        CHECK(p.overflow == std::vector<std::uint8_t>(k >= 2 ? 6 : 0));
        CHECK(p.in.x == nullptr);
    }
    engine.record_pins(false);
    engine.start(ones.stream.tile());
    engine.finish(ones.results.data());
    CHECK(engine.take_pins().empty());
}

TEST_CASE("engines refuse what is no slice") {
    const ArrayShape shape{8, 8, 4, 4};
    Ones ones(2, 8, 8), shallow(2, 7, 8), narrow(2, 8, 7), deep(2, 9, 8), wide(2, 8, 9);
    for (const auto& engine : all_engines(shape)) {
        CHECK(aborts([&] { engine->start(ones.stream.tile()); }));
        CHECK(aborts([&] { engine->finish(ones.results.data()); }));
        CHECK(aborts([&] { engine->load(deep.weights.tile()); }));
        CHECK(aborts([&] { engine->load(wide.weights.tile()); }));
        engine->load(ones.weights.tile());
        CHECK(aborts([&] { engine->start(shallow.stream.tile()); }));
        CHECK(aborts([&] { engine->start(narrow.stream.tile()); }));
        engine->start(ones.stream.tile());
        CHECK(aborts([&] { engine->start(ones.stream.tile()); }));
    }
}
