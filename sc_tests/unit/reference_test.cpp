#include "host/reference.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>

#include "host/reference_parts.h"
#include "sc_tests/unit/program_samples.h"

namespace {
using sosa::host::DramImage;
using sosa::hw::FinishEntry;
using sosa::hw::LayerRecord;
using sosa::hw::PodConfig;
using sosa::hw::PsumOverflow;
using sosa::hw::VectorOp;
using sosa::hw::VectorStep;
using sosa::hw::VectorTensor;
using Bytes = std::vector<std::uint8_t>;
using Values = std::vector<int>;

constexpr std::uint64_t kX = 1 << 20, kTable = 2 << 20, kY = 3 << 20;

Bytes bytes_of(const Values& values) {
    Bytes bytes;
    for (const int value : values) bytes.push_back(static_cast<std::uint8_t>(value));
    return bytes;
}
Values values_of(const Bytes& bytes, bool is_signed = true) {
    Values values;
    for (const auto byte : bytes) values.push_back(is_signed ? static_cast<std::int8_t>(byte) : int{byte});
    return values;
}
Values from_1_to(int last) {
    Values values;
    for (int v = 1; v <= last; ++v) values.push_back(v);
    return values;
}

// One layer on its own, on pods of 4 x 4.
struct Net {
    LayerRecord record;
    Values x, w;  // w[k][n]
    std::vector<FinishEntry> table;
    PodConfig pods;
    std::uint32_t units = 2;

    Net() {
        pods.rows = pods.cols = 4;
        pods.psum_bits = 32;
    }

    Bytes weight_slots(const sosa::host::LayerTiles& t) const {
        Bytes slots(std::size_t{t.J} * t.L * t.depth(0) * t.cols(0), 99);
        for (std::size_t k = 0; k < record.k; ++k)
            for (std::size_t n = 0; n < record.n; ++n) {
                const std::size_t j = k / 4, l = n / 4, slot = (j * t.L + l) * t.depth(0) * t.cols(0);
                slots[slot + k % 4 * t.cols(static_cast<std::uint32_t>(l)) + n % 4] =
                    static_cast<std::uint8_t>(w.at(k * record.n + n));
            }
        return slots;
    }

    Bytes run() {
        const sosa::host::Layer layer = sosa::tests::matmul("a", record.m, record.k, record.n);
        const auto program = sosa::tests::program_of({sosa::tests::workload_of("w", {layer})}, "crossbar",
                                                     units, {4, 4, 4, pods.psum_bits / 8});
        record.x_tensor = kX;
        record.finish_table = kTable;
        record.y_tensor = kY;
        table.resize(record.n, table.empty() ? FinishEntry{} : table.back());
        std::vector<DramImage> images = {{kX, bytes_of(x)}, {kTable, Bytes(table.size() * sizeof table[0])}};
        std::memcpy(images[1].bytes.data(), table.data(), images[1].bytes.size());
        images.push_back({program.layers[0].w_address, weight_slots(program.tiles(0))});
        return compute_reference(program, pods, {images, {record}, {}}).at(0);
    }
    Values result() { return values_of(run(), record.y_signed); }
};

// A 3 x 3 box over the numbers 1..16 on a 4 x 4 map.
Net box_on_4x4() {
    Net net;
    LayerRecord& r = net.record;
    r.in_height = r.in_width = r.out_height = r.out_width = 4;
    r.kernel_h = r.kernel_w = 3;
    r.pad_top = r.pad_left = 1;
    r.m = 16, r.k = 9, r.n = 1;
    net.x = from_1_to(16);
    net.w = Values(9, 1);
    return net;
}

// X[m][1] times W = 1: what becomes of sums.
Net sums(const Values& x, FinishEntry entry) {
    Net net;
    net.record.m = net.record.in_height = net.record.out_height = static_cast<std::uint32_t>(x.size());
    net.record.k = net.record.n = 1;
    net.x = x;
    net.w = {1};
    net.table = {entry};
    return net;
}

// One row of X, all 127, times one column of weights; the sum is shown times 1/512.
Values one_sum(const Values& w, std::uint32_t units, std::uint32_t fanin, std::uint32_t bits,
               PsumOverflow overflow) {
    Net net;
    net.record.m = net.record.n = 1;
    net.record.k = net.record.in_channels = static_cast<std::uint32_t>(w.size());
    net.x = Values(w.size(), 127);
    net.w = w;
    net.table = {{0, 1.0f / 512}};
    net.pods.psum_bits = bits;
    net.pods.psum_overflow = overflow;
    net.pods.fanin_rows = fanin;
    net.units = units;
    return net.result();
}

VectorTensor map_of(std::uint32_t height, std::uint32_t width, std::uint32_t channels) {
    return {0, 1, height, width, channels};
}

Values step_values(const VectorStep& step, const std::vector<Values>& inputs) {
    std::vector<Bytes> bytes;
    for (const auto& values : inputs) bytes.push_back(bytes_of(values));
    std::vector<const std::uint8_t*> at;
    for (const auto& b : bytes) at.push_back(b.data());
    return values_of(sosa::host::step_result(step, at));
}

Values add_values(const Values& a, const Values& b, bool relu) {
    VectorStep step;
    step.relu = relu;
    step.out = map_of(1, 1, static_cast<std::uint32_t>(a.size()));
    step.inputs = {step.out, step.out};
    return step_values(step, {a, b});
}

// A pool of `kernel` x `kernel` over a map of two rows.
Values pool_of_two_rows(VectorOp op, const Values& x, std::uint32_t kernel, std::uint32_t stride,
                        std::uint32_t pad, std::uint32_t out_h, std::uint32_t out_w) {
    VectorStep step;
    step.op = op;
    step.kernel_h = step.kernel_w = kernel;
    step.stride_h = step.stride_w = stride;
    step.pad_top = step.pad_left = pad;
    step.inputs = {map_of(2, static_cast<std::uint32_t>(x.size()) / 2, 1)};
    step.out = map_of(out_h, out_w, 1);
    return step_values(step, {x});
}
}  // namespace

TEST_CASE("a padded convolution sums what lies inside") {
    CHECK(box_on_4x4().result() == Values{14, 24, 30, 22, 33, 54, 63, 45, 57, 90, 99, 69, 46, 72, 78, 54});
    Net three = box_on_4x4();
    three.record.x_pad = 3;  // outside stands a 3: five of them at a corner, three at an edge
    CHECK(three.result() == Values{29, 33, 39, 37, 42, 54, 63, 54, 66, 90, 99, 78, 61, 81, 87, 69});
}

TEST_CASE("a convolution strides from its padded corner") {
    Net net = box_on_4x4();
    net.record.stride_h = net.record.stride_w = 2;
    net.record.pad_top = net.record.pad_left = 0;
    net.record.out_height = net.record.out_width = 2;
    net.record.m = 4;
    CHECK(net.result() == Values{54, 45, 72, 54});
    net.record.stride_h = 1;  // rows and columns keep their places
    net.record.pad_top = 1;
    CHECK(net.result() == Values{24, 22, 54, 45});
}

TEST_CASE("a dilated kernel skips elements") {
    Net net = box_on_4x4();
    net.record.kernel_h = net.record.kernel_w = 2;
    net.record.dilation_h = net.record.dilation_w = 2;
    net.record.pad_top = net.record.pad_left = 0;
    net.record.out_height = net.record.out_width = 2;
    net.record.m = 4, net.record.k = 4;
    net.w = Values(4, 1);
    CHECK(net.result() == Values{24, 28, 40, 44});
}

TEST_CASE("columns of X run over channels then kernel columns then kernel rows") {
    // Two images of 2 x 3 pixels with 2 channels under a 2 x 2 kernel; W is the identity.
    Net net;
    LayerRecord& r = net.record;
    r.in_height = 2, r.in_width = 3, r.in_channels = 2;
    r.kernel_h = r.kernel_w = 2;
    r.out_height = 1, r.out_width = 2;
    r.m = 4, r.k = r.n = 8;
    net.x = from_1_to(24);
    for (int k = 0; k < 8; ++k)
        for (int n = 0; n < 8; ++n) net.w.push_back(k == n);
    CHECK(net.result() == Values{1,  2,  3,  4,  7,  8,  9,  10, 3,  4,  5,  6,  9,  10, 11, 12,
                                 13, 14, 15, 16, 19, 20, 21, 22, 15, 16, 17, 18, 21, 22, 23, 24});
}

TEST_CASE("weights are found in the slots of their tiles") {
    // W is 6 x 5 on tiles of 4 x 4; X is one row of ones.
    Net net;
    net.record.m = 1, net.record.k = net.record.in_channels = 6, net.record.n = 5;
    net.x = Values(6, 1);
    for (int k = 0; k < 6; ++k)
        for (int n = 0; n < 5; ++n) net.w.push_back(k == 5 ? n : 3 * (n + 1));
    CHECK(net.result() == Values{15, 31, 47, 63, 79});
    net.pods.psum_overflow = PsumOverflow::saturate;
    CHECK(net.result() == Values{15, 31, 47, 63, 79});
}

TEST_CASE("halves are rounded to the even neighbour") {
    CHECK(sums({1, 3, 5, -1, -3, -5, 2, -4}, {0, 0.5f}).result() == Values{0, 2, 2, 0, -2, -2, 1, -2});
    // In float: 3 * 0.1f is a little more than 0.3, 0.5 is not reached.
    CHECK(sums({3, 5, 25, -25}, {0, 0.1f}).result() == Values{0, 0, 2, -2});
}

TEST_CASE("results saturate at both ends after the zero point") {
    CHECK(sums({127, 64, 63, -64, -65, -128}, {0, 2}).result() == Values{127, 127, 126, -128, -128, -128});
    Net net = sums({0, 27, 28, -128, -127, 5}, {0, 1});
    net.record.y_zero = 100;
    CHECK(net.result() == Values{100, 127, 127, -28, -27, 105});
    net.record.y_signed = 0;
    CHECK(net.result() == Values{100, 127, 128, 0, 0, 105});
    net.record.y_zero = 250;
    CHECK(net.result() == Values{250, 255, 255, 122, 123, 255});
}

TEST_CASE("ReLU keeps results at the zero point or above") {
    Net net = sums({-5, 0, 5, -128, 127}, {0, 1});
    net.record.relu = 1;
    CHECK(net.result() == Values{0, 0, 5, 0, 127});
    net.record.y_zero = 3;
    CHECK(net.result() == Values{3, 3, 8, 3, 127});
    net.record.y_zero = -4;
    CHECK(net.result() == Values{-4, -4, 1, -4, 123});
}

TEST_CASE("a bias joins the sum in 32 bits that wrap") {
    CHECK(sums({-5, 5}, {7, 1}).result() == Values{2, 12});
    CHECK(sums({1, 0}, {0x7fffffff, 1e-8f}).result() == Values{-21, 21});
}

TEST_CASE("operands are signed or not as the record says") {
    Net net = sums({-1, 1}, {0, 0.25f});
    CHECK(net.result() == Values{0, 0});
    net.record.x_signed = 0;
    CHECK(net.result() == Values{64, 0});  // 255 / 4 = 63.75
    net.w = {-1};
    CHECK(net.result() == Values{-64, 0});
    net.record.w_signed = 0;
    net.record.y_signed = 0;
    net.table = {{0, 1.0f / 512}};
    CHECK(net.result() == Values{127, 0});  // 255 * 255 / 512 = 127.002
}

TEST_CASE("partial sums wrap at their width") {
    // 4 * 127 * 127 = 64516 is -1020 in 16 bits; in multiples of 512 126 and -2.
    const Values w(4, 127);
    CHECK(one_sum(w, 1, 2, 16, PsumOverflow::wrap) == Values{-2});
    CHECK(one_sum(w, 1, 2, 24, PsumOverflow::wrap) == Values{126});
    CHECK(one_sum(w, 1, 2, 32, PsumOverflow::wrap) == Values{126});
    CHECK(one_sum(w, 1, 2, 16, PsumOverflow::saturate) == Values{64});  // 32767
    CHECK(one_sum(w, 1, 2, 24, PsumOverflow::saturate) == Values{126});
}

TEST_CASE("partial sums saturate after each group of array rows") {
    // In multiples of 127 * 127: 1 1 | 1 -1, where 2 is 32258 and 3 would not fit.
    const Values w = {127, 127, 127, -127};
    CHECK(one_sum(w, 1, 2, 16, PsumOverflow::saturate) == Values{63});  // 32258
    CHECK(one_sum(w, 1, 4, 16, PsumOverflow::saturate) == Values{63});
    CHECK(one_sum(w, 1, 7, 16, PsumOverflow::saturate) == Values{63});
    CHECK(one_sum(w, 1, 1, 16, PsumOverflow::saturate) == Values{32});  // 32767 - 16129 = 16638
    // 1 1 1 | -1: groups of 3 leave one row over.
    CHECK(one_sum(w, 1, 3, 16, PsumOverflow::saturate) == Values{32});
}

TEST_CASE("an incoming partial sum joins before the first group of array rows") {
    // One pod: the second tile op takes the first one's 32258, adds 16129 (too much), then -32258: 509.
    const Values w = {127, 127, 0, 0, 127, 0, -127, -127};
    CHECK(one_sum(w, 1, 2, 16, PsumOverflow::saturate) == Values{1});
    CHECK(one_sum(w, 1, 4, 16, PsumOverflow::saturate) == Values{32});  // 32258 - 16129
}

TEST_CASE("post-ops saturate the sum of two tiles") {
    // Two pods: both tile ops run at once, and a post-op adds 32258 and 32258, or -16129.
    CHECK(one_sum({127, 127, 0, 0, 127, 127, 0, 0}, 2, 2, 16, PsumOverflow::saturate) == Values{64});
    CHECK(one_sum({127, 127, 0, 0, 127, 0, -127, -127}, 2, 2, 16, PsumOverflow::saturate) == Values{32});
    CHECK(one_sum({-127, -127, 0, 0, -127, -127, 0, 0}, 2, 2, 16, PsumOverflow::saturate) == Values{-64});
}

TEST_CASE("saturating sums that do not saturate equal exact ones") {
    std::mt19937 random(7);
    for (std::uint32_t round = 0; round < 30; ++round) {
        Net net;
        LayerRecord& r = net.record;
        const auto up_to = [&](std::uint32_t most) {
            return 1 + static_cast<std::uint32_t>(random() % most);
        };
        r.in_height = 2 + up_to(5), r.in_width = 2 + up_to(5), r.in_channels = up_to(5);
        r.kernel_h = up_to(3), r.kernel_w = up_to(3), r.stride_h = up_to(2), r.stride_w = up_to(3);
        r.pad_top = up_to(r.kernel_h) - 1, r.pad_left = up_to(r.kernel_w) - 1;
        r.out_height = (r.in_height + r.pad_top - r.kernel_h) / r.stride_h + 1;
        r.out_width = (r.in_width + r.pad_left - r.kernel_w) / r.stride_w + 1;
        r.m = 2 * r.out_height * r.out_width, r.k = r.kernel_h * r.kernel_w * r.in_channels, r.n = up_to(11);
        for (std::uint32_t i = 0; i < 2 * r.in_height * r.in_width * r.in_channels; ++i)
            net.x.push_back(static_cast<int>(random() % 256) - 128);
        for (std::uint32_t i = 0; i < r.k * r.n; ++i) net.w.push_back(static_cast<int>(random() % 256) - 128);
        net.table = {{0, 0.003f}};
        net.units = up_to(8);
        net.pods.fanin_rows = up_to(5);
        const Values exact = net.result();
        net.pods.psum_overflow = PsumOverflow::saturate;
        CAPTURE(round);
        CHECK(net.result() == exact);
        CHECK(std::count(exact.begin(), exact.end(), 0) < static_cast<int>(exact.size()));
    }
}

TEST_CASE("additions saturate and then clip at zero if asked for") {
    const Values a = {100, 100, -100, -100, 5, -5}, b = {27, 28, -28, -29, -6, 6};
    CHECK(add_values(a, b, false) == Values{127, 127, -128, -128, -1, 1});
    CHECK(add_values(a, b, true) == Values{127, 127, 0, 0, 0, 1});
}

TEST_CASE("concatenation joins the channels of each pixel") {
    VectorStep step;
    step.op = VectorOp::concat;
    step.inputs = {map_of(1, 2, 2), map_of(1, 2, 1), map_of(1, 2, 3)};
    step.out = map_of(1, 2, 6);
    CHECK(step_values(step, {{1, 2, 3, 4}, {5, -6}, {7, 8, 9, 10, 11, 12}}) ==
          Values{1, 2, 5, 7, 8, 9, 3, 4, -6, 10, 11, 12});
}

TEST_CASE("pools look only at what lies inside") {
    // 3 x 3 windows with a pad of 1 on
    //   -9 -8 -7 -6
    //   -1 -2 -3 -4
    const Values x = {-9, -8, -7, -6, -1, -2, -3, -4};
    CHECK(pool_of_two_rows(VectorOp::max_pool, x, 3, 2, 1, 1, 2) == Values{-1, -2});
    CHECK(pool_of_two_rows(VectorOp::max_pool, x, 3, 1, 1, 2, 4) == Values{-1, -1, -2, -3, -1, -1, -2, -3});
    // -20 / 4, -30 / 6
    CHECK(pool_of_two_rows(VectorOp::average_pool, x, 3, 2, 1, 1, 2) == Values{-5, -5});
    CHECK(pool_of_two_rows(VectorOp::average_pool, x, 2, 2, 1, 2, 3) == Values{-9, -8, -6, -1, -2, -4});
}

TEST_CASE("averages of a half are rounded to the even neighbour") {
    const auto mean = [](const Values& x) {
        return pool_of_two_rows(VectorOp::average_pool, x, 2, 2, 0, 1, 1);
    };
    CHECK(mean({1, 1, 0, 0}) == Values{0});    // 0.5
    CHECK(mean({3, 3, 0, 0}) == Values{2});    // 1.5
    CHECK(mean({5, 5, 0, 0}) == Values{2});    // 2.5
    CHECK(mean({-1, -1, 0, 0}) == Values{0});  // -0.5
    CHECK(mean({-3, -3, 0, 0}) == Values{-2});
    CHECK(mean({-5, -5, 0, 0}) == Values{-2});
    CHECK(mean({-5, -6, 0, 0}) == Values{-3});  // -2.75
    CHECK(mean({-5, -4, 0, 0}) == Values{-2});  // -2.25
    CHECK(mean({7, 0, 0, 0}) == Values{2});     // 1.75
    CHECK(mean({127, 127, 127, 127}) == Values{127});
    CHECK(mean({-128, -128, -128, -128}) == Values{-128});
}

TEST_CASE("two images are pooled apart") {
    VectorStep step;
    step.op = VectorOp::average_pool;
    step.kernel_h = 1, step.kernel_w = 2;
    step.inputs = {{0, 2, 1, 2, 2}};
    step.out = {0, 2, 1, 1, 2};
    CHECK(step_values(step, {{1, 10, 3, 30, 5, 50, 7, 70}}) == Values{2, 20, 6, 60});
}

TEST_CASE("fill repeats its inputs until the result is full") {
    VectorStep step;
    step.op = VectorOp::fill;
    step.inputs = {map_of(1, 1, 2), map_of(1, 3, 1)};
    step.out = map_of(4, 1, 3);
    CHECK(step_values(step, {{1, 2}, {3, 4, 5}}) == Values{1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2});
    step.out = map_of(1, 1, 3);
    CHECK(step_values(step, {{1, 2}, {3, 4, 5}}) == Values{1, 2, 3});
}

TEST_CASE("steps between layers run as soon as their inputs stand") {
    // x -> a; a + x -> s; s + s -> t; t -> b, where both layers multiply by 1. Steps in any order.
    const auto program = sosa::tests::program_of(
        {sosa::tests::workload_of(
            "w", {sosa::tests::matmul("a", 2, 1, 1), sosa::tests::matmul("b", 2, 1, 1, {0})})},
        "crossbar", 2, {4, 4, 4, 2});
    constexpr std::uint64_t s = 5 << 20, t = 6 << 20, y2 = 7 << 20;
    LayerRecord a;
    a.m = a.in_height = a.out_height = 2;
    a.k = a.n = 1;
    a.x_tensor = kX, a.finish_table = kTable, a.y_tensor = kY;
    LayerRecord b = a;
    b.layer = 1, b.x_tensor = t, b.y_tensor = y2;
    std::vector<DramImage> images = {{kX, {3, 4}}, {kTable, Bytes(sizeof(FinishEntry))}};
    const FinishEntry entry{1, 1};
    std::memcpy(images[1].bytes.data(), &entry, sizeof entry);
    for (const auto& layer : program.layers) images.push_back({layer.w_address, {1}});
    const auto at = [](std::uint64_t address) { return VectorTensor{address, 1, 2, 1, 1}; };
    std::vector<VectorStep> steps(2);
    steps[0].inputs = {at(s), at(s)}, steps[0].out = at(t);
    steps[1].inputs = {at(kY), at(kX)}, steps[1].out = at(s);
    PodConfig pods;
    const auto results = compute_reference(program, pods, {images, {a, b}, steps});
    REQUIRE(results.size() == 2);
    CHECK(results[0] == Bytes{4, 5});
    CHECK(results[1] == Bytes{15, 19});
}
