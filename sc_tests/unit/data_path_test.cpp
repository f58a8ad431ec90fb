// The pure parts of the data path: bytes of tiles and memory, partial sums, finishing, gathering, vector
// steps.
#include <catch2/catch.hpp>
#include <cstring>
#include <vector>

#include "hw/im2col.h"
#include "hw/layer_record.h"
#include "hw/sparse_memory.h"
#include "hw/tile_data.h"
#include "hw/vector_ops.h"
#include "pods/finish.h"
#include "pods/psum.h"

using namespace sosa;
using hw::LayerRecord;
using hw::VectorOp;
using hw::VectorStep;
using Bytes = std::vector<unsigned char>;
using Elements = std::vector<std::int8_t>;

TEST_CASE("tile data: tiles keep their bytes apart until they are dropped") {
    hw::TileData data;
    const Bytes a{1, 2, 3}, b{7, 8};
    data.write(TileTag{5}, a.data(), 3);
    data.write(TileTag{0}, b.data(), 2);
    Bytes got(3);
    REQUIRE(data.read(TileTag{5}, got.data(), 3));
    CHECK(got == a);
    CHECK_FALSE(data.read(TileTag{0}, got.data(), 3));  // it has two
    CHECK_FALSE(data.read(TileTag{1}, got.data(), 1));
    CHECK_FALSE(data.read(TileTag{6}, got.data(), 1));
    data.write(TileTag{5}, b.data(), 2, 1);
    REQUIRE(data.read(TileTag{5}, got.data(), 3));
    CHECK(got == Bytes{1, 7, 8});
    data.drop(TileTag{5});
    data.drop(TileTag{9});
    CHECK_FALSE(data.holds(TileTag{5}));
    CHECK(data.tiles() == 1);
    data.write(TileTag{6}, a.data(), 1);  // the place of tile 5, without what it held
    CHECK(data.tiles() == 2);
    CHECK_FALSE(data.read(TileTag{6}, got.data(), 2));
}

TEST_CASE("sparse memory: zeros until written, across pages and far apart") {
    hw::SparseMemory memory;
    const std::uint64_t edge = (std::uint64_t{1} << 18) - 2;
    const Bytes bytes{1, 2, 3, 4, 5};
    memory.write(edge, bytes.data(), 5);
    memory.write(std::uint64_t{1} << 41, bytes.data(), 1);
    Bytes got(7);
    memory.read(edge - 1, got.data(), 7);
    CHECK(got == Bytes{0, 1, 2, 3, 4, 5, 0});
    memory.read((std::uint64_t{1} << 41) - 1, got.data(), 3);
    CHECK((got[0] == 0 && got[1] == 1 && got[2] == 0));
}

TEST_CASE("partial sums: stored little-endian in two, three or four bytes") {
    const auto through = [](std::int32_t value, std::uint32_t bytes) {
        unsigned char at[4] = {0xaa, 0xaa, 0xaa, 0xaa};
        pods::pack_psums(at, &value, 1, bytes);
        for (std::uint32_t i = bytes; i < 4; ++i) CHECK(at[i] == 0xaa);
        std::int32_t back = 0;
        pods::unpack_psums(&back, at, 1, bytes);
        return back;
    };
    for (const std::int32_t value : {0, 1, -1, 32767, -32768, 300, -300}) {
        CHECK(through(value, 2) == value);
        CHECK(through(value, 3) == value);
        CHECK(through(value, 4) == value);
    }
    CHECK(through(0x12345, 2) == 0x2345);
    CHECK(through(-8388608, 3) == -8388608);
    unsigned char at[2];
    const std::int32_t sum = 0x1234;
    pods::pack_psums(at, &sum, 1, 2);
    CHECK((at[0] == 0x34 && at[1] == 0x12));
}

TEST_CASE("partial sums: out of range they wrap or saturate and say so") {
    struct Case {
        std::int64_t sum;
        std::uint32_t bytes;
        bool overflow;
        std::int32_t wrapped, saturated;
    };
    for (const Case& c : {Case{32767, 2, false, 32767, 32767}, Case{32768, 2, true, -32768, 32767},
                          Case{-32768, 2, false, -32768, -32768}, Case{-32769, 2, true, 32767, -32768},
                          Case{65536, 2, true, 0, 32767}, Case{8388608, 3, true, -8388608, 8388607},
                          Case{2147483647, 4, false, 2147483647, 2147483647},
                          Case{2147483648LL, 4, true, -2147483647 - 1, 2147483647}}) {
        std::int32_t fitted = 0;
        CHECK(pods::fit_psum(c.sum, c.bytes, false, fitted) == c.overflow);
        CHECK(fitted == c.wrapped);
        CHECK(pods::fit_psum(c.sum, c.bytes, true, fitted) == c.overflow);
        CHECK(fitted == c.saturated);
    }
}

TEST_CASE("finish: halves round to even, then zero point, ReLU and saturation") {
    const auto y = [](std::int32_t sum, std::int32_t bias, float scale, std::int32_t zero = 0,
                      bool is_signed = true, bool relu = false) {
        const auto byte = pods::finish_element(sum, {bias, scale}, zero, is_signed, relu);
        return is_signed ? int{static_cast<std::int8_t>(byte)} : int{byte};
    };
    CHECK(y(1, 0, 0.5f) == 0);
    CHECK(y(3, 0, 0.5f) == 2);
    CHECK(y(5, 0, 0.5f) == 2);
    CHECK(y(-1, 0, 0.5f) == 0);
    CHECK(y(-3, 0, 0.5f) == -2);
    CHECK(y(10, -3, 1) == 7);
    CHECK(y(127, 0, 1, 1) == 127);
    CHECK(y(128, 0, 1) == 127);
    CHECK(y(-128, 0, 1) == -128);
    CHECK(y(-129, 0, 1) == -128);
    CHECK(y(-129, 0, 1, 10) == -119);
    CHECK(y(-5, 0, 1, 3, true, true) == 3);
    CHECK(y(5, 0, 1, 3, true, true) == 8);
    CHECK(y(-5, 0, 1, 3, false) == 0);
    CHECK(y(300, 0, 1, 3, false) == 255);
    CHECK(y(2147483647, 1, 1) == -128);  // the bias wraps at 32 bits
    CHECK(y(2147483647, 0, 1e10f) == 127);
}

namespace {

// A tensor of 2 images, 3 x 4 pixels, 2 channels, whose bytes count up from 1; X under a 2 x 3 kernel.
struct Conv {
    LayerRecord layer;
    Bytes tensor;
    Conv() {
        layer.x_tensor = 1000;
        layer.in_height = 3;
        layer.in_width = 4;
        layer.in_channels = 2;
        layer.kernel_h = 2;
        layer.kernel_w = 3;
        layer.x_pad = 99;
        for (int i = 0; i < 48; ++i) tensor.push_back(static_cast<unsigned char>(i + 1));
    }
    int at(int image, int y, int x, int c) const {
        if (y < 0 || y >= 3 || x < 0 || x >= 4) return 99;
        return ((image * 3 + y) * 4 + x) * 2 + c + 1;
    }
    Bytes gathered(std::uint32_t row, std::uint32_t rows, std::uint32_t column, std::uint32_t columns) {
        Bytes x(rows * columns + 1, 0xee);
        hw::gather_x(
            layer, 0, row, rows, column, columns,
            [&](std::uint64_t address, unsigned char* bytes, std::size_t count) {
                REQUIRE(address >= 1000);
                REQUIRE(address - 1000 + count <= tensor.size());
                std::memcpy(bytes, tensor.data() + (address - 1000), count);
            },
            x.data());
        CHECK(x.back() == 0xee);
        x.pop_back();
        return x;
    }
    // The same, element by element from the definition.
    Bytes expected(std::uint32_t row, std::uint32_t rows, std::uint32_t column, std::uint32_t columns) const {
        Bytes x;
        for (std::uint32_t m = row; m < row + rows; ++m)
            for (std::uint32_t k = column; k < column + columns; ++k) {
                const auto pixels = layer.out_height * layer.out_width;
                const int image = static_cast<int>(m / pixels), pixel = static_cast<int>(m % pixels);
                const int width = static_cast<int>(layer.out_width);
                const int c = static_cast<int>(k % 2), kx = static_cast<int>(k / 2 % 3),
                          ky = static_cast<int>(k / 6);
                const int y = pixel / width * static_cast<int>(layer.stride_h) -
                              static_cast<int>(layer.pad_top) + ky * static_cast<int>(layer.dilation_h);
                const int px = pixel % width * static_cast<int>(layer.stride_w) -
                               static_cast<int>(layer.pad_left) + kx * static_cast<int>(layer.dilation_w);
                x.push_back(static_cast<unsigned char>(at(image, y, px, c)));
            }
        return x;
    }
    void check_all(std::uint32_t m) {
        for (std::uint32_t row = 0; row < m; row += 5)
            for (std::uint32_t column = 0; column < 12; column += 5) {
                const std::uint32_t rows = std::min(5u, m - row), columns = std::min(5u, 12 - column);
                CHECK(gathered(row, rows, column, columns) == expected(row, rows, column, columns));
            }
        CHECK(gathered(0, m, 0, 12) == expected(0, m, 0, 12));
    }
};

}  // namespace

TEST_CASE("im2col: a window without padding") {
    Conv conv;
    conv.layer.out_height = 2;
    conv.layer.out_width = 2;
    CHECK(conv.gathered(0, 1, 0, 12) == Bytes{1, 2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 14});
    conv.check_all(8);
}

TEST_CASE("im2col: edges and corners are padded and the stride leaves pixels out") {
    Conv conv;
    conv.layer.pad_top = 1;
    conv.layer.pad_left = 2;
    conv.layer.out_height = 4;
    conv.layer.out_width = 6;
    CHECK(conv.gathered(0, 1, 0, 12) == Bytes{99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 1, 2});
    conv.check_all(48);
    conv.layer.stride_h = 2;
    conv.layer.stride_w = 3;
    conv.layer.out_height = 2;
    conv.layer.out_width = 2;
    conv.check_all(8);
}

TEST_CASE("im2col: dilated windows") {
    Conv conv;
    conv.layer.dilation_h = 2;
    conv.layer.dilation_w = 2;
    conv.layer.pad_left = 1;
    conv.layer.out_height = 1;
    conv.layer.out_width = 2;
    conv.check_all(4);
}

namespace {

Elements run(const VectorStep& step, const std::vector<Elements>& inputs) {
    REQUIRE(hw::check_step(step) == "");
    Elements out;
    hw::run_step(step, inputs, out);
    return out;
}

}  // namespace

TEST_CASE("vector steps: add saturates before anything else and may end in a ReLU") {
    VectorStep step;
    step.out = {0, 1, 1, 1, 5};
    step.inputs = {step.out, step.out};
    const std::vector<Elements> in{{100, -100, 5, -7, 0}, {100, -100, -9, 7, 0}};
    CHECK(run(step, in) == Elements{127, -128, -4, 0, 0});
    step.relu = 1;
    CHECK(run(step, in) == Elements{127, 0, 0, 0, 0});
    step.inputs[1].channels = 4;
    CHECK(hw::check_step(step) == "tensors that are added differ in shape");
}

TEST_CASE("vector steps: concat joins channels pixel by pixel") {
    VectorStep step;
    step.op = VectorOp::concat;
    step.out = {0, 1, 1, 2, 3};
    step.inputs = {{0, 1, 1, 2, 1}, {0, 1, 1, 2, 2}};
    CHECK(run(step, {{1, 2}, {10, 11, 20, 21}}) == Elements{1, 10, 11, 2, 20, 21});
    step.out.channels = 4;
    CHECK(hw::check_step(step) == "the joined channels do not add up");
    step.inputs[0].width = 1;
    CHECK(hw::check_step(step) == "tensors that are joined differ in height or width");
}

TEST_CASE("vector steps: pools look at what lies inside and averages round half to even") {
    VectorStep step;
    step.op = VectorOp::max_pool;
    step.kernel_h = step.kernel_w = 2;
    step.stride_h = step.stride_w = 2;
    step.pad_top = step.pad_left = 1;
    step.out = {0, 1, 2, 2, 1};
    step.inputs = {{0, 1, 3, 3, 1}};
    const Elements in{-5, 3, -1, 4, 8, 0, -7, 9, -2};
    CHECK(run(step, {in}) == Elements{-5, 3, 4, 9});
    step.op = VectorOp::average_pool;
    // -5 | (3 - 1) / 2 | (4 - 7) / 2 = -1.5 | (8 + 0 + 9 - 2) / 4 = 3.75
    CHECK(run(step, {in}) == Elements{-5, 1, -2, 4});
    step.kernel_h = step.kernel_w = 1;
    step.stride_h = step.stride_w = 4;
    step.pad_top = step.pad_left = 0;
    CHECK(hw::check_step(step) == "a window of the pool lies outside its input");
    step.inputs[0].channels = 2;
    CHECK(hw::check_step(step) == "a pool has one input of the result's batch and channels");
}

TEST_CASE("vector steps: averages of halves in both directions") {
    VectorStep step;
    step.op = VectorOp::average_pool;
    step.kernel_w = 2;
    step.out = {0, 1, 1, 1, 1};
    step.inputs = {{0, 1, 1, 2, 1}};
    const auto mean = [&](int a, int b) {
        return run(step, {{static_cast<std::int8_t>(a), static_cast<std::int8_t>(b)}})[0];
    };
    CHECK(mean(1, 2) == 2);
    CHECK(mean(2, 3) == 2);
    CHECK(mean(-1, -2) == -2);
    CHECK(mean(-2, -3) == -2);
    CHECK(mean(0, 1) == 0);
    CHECK(mean(0, -1) == 0);
    CHECK(mean(127, 127) == 127);
    CHECK(mean(-128, -128) == -128);
}

TEST_CASE("vector steps: fill repeats its inputs and cuts the last") {
    VectorStep step;
    step.op = VectorOp::fill;
    step.out = {0, 1, 1, 1, 7};
    step.inputs = {{0, 1, 1, 1, 2}, {0, 1, 1, 1, 1}};
    CHECK(run(step, {{1, 2}, {3}}) == Elements{1, 2, 3, 1, 2, 3, 1});
    step.inputs.clear();
    CHECK(hw::check_step(step) == "a tensor is empty or larger than 2^32 bytes, or there is no input");
}

TEST_CASE("vector steps: a record comes back as it was and a wrong one is refused") {
    VectorStep step;
    step.op = VectorOp::max_pool;
    step.relu = 1;
    step.kernel_h = 2;
    step.kernel_w = 3;
    step.stride_h = 4;
    step.stride_w = 5;
    step.pad_top = 6;
    step.pad_left = 7;
    step.out = {8, 9, 10, 11, 12};
    step.inputs = {{13, 14, 15, 16, 17}, {18, 19, 20, 21, 22}};
    Bytes bytes;
    hw::encode(step, bytes);
    VectorStep back;
    REQUIRE(hw::decode(bytes.data(), bytes.size(), back) == "");
    Bytes again;
    hw::encode(back, again);
    CHECK(again == bytes);
    CHECK(back.inputs[1].width == 21);
    CHECK(back.pad_left == 7);
    CHECK(hw::decode(bytes.data(), bytes.size() - 1, back) == "a vector step has 143 bytes, allowed 144");
    bytes[0] = 7;
    CHECK(hw::decode(bytes.data(), bytes.size(), back) == "a vector step has operation 7, which is unknown");
}
