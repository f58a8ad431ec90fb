// A product that is worked by what graph_product and weight_matrix say gives the sums of the operator.
#include <random>

#include "sc_tests/unit/quantised_nets.h"

using namespace sosa::tests;
using namespace sosa::host;
namespace kit = sosa::host::kit;

namespace {

template <class T>
TensorValue random_tensor(Dims dims, std::mt19937& random) {
    TensorValue tensor = make_tensor(kit::type_of<T>(), std::move(dims));
    for (auto& byte : tensor.bytes) byte = static_cast<std::uint8_t>(random());
    return tensor;
}

std::int32_t at(const TensorValue& t, std::uint64_t i) {
    return t.type == ElementType::s8 ? static_cast<std::int8_t>(t.bytes[i]) : std::int32_t{t.bytes[i]};
}
std::int32_t weight(const TensorValue& w, const std::vector<std::uint8_t>& matrix, std::uint64_t i) {
    return w.type == ElementType::s8 ? static_cast<std::int8_t>(matrix[i]) : std::int32_t{matrix[i]};
}

// The int32 sums [batch][column][out_h][out_w] of a convolution by what the product says.
std::vector<std::int32_t> conv_sums(const GraphProduct& p, const TensorValue& x, const TensorValue& w) {
    const auto matrix = weight_matrix(p, w);
    const std::uint64_t columns = p.n * p.groups, channels = std::uint64_t{p.in_channels} * p.groups;
    std::vector<std::int32_t> sums;
    for (std::uint64_t b = 0; b < p.batch; ++b)
        for (std::uint64_t col = 0; col < columns; ++col)
            for (std::int64_t y = 0; y < p.out_h; ++y)
                for (std::int64_t z = 0; z < p.out_w; ++z) {
                    std::int32_t sum = 0;
                    for (std::uint64_t k = 0; k < p.k; ++k) {
                        const std::uint64_t tap = k / p.in_channels,
                                            c = col / p.n * p.in_channels + k % p.in_channels;
                        const std::int64_t v = y * p.stride_h - p.pad_top +
                                               static_cast<std::int64_t>(tap / p.kernel_w) * p.dilation_h,
                                           u = z * p.stride_w - p.pad_left +
                                               static_cast<std::int64_t>(tap % p.kernel_w) * p.dilation_w;
                        if (v < 0 || v >= p.in_h || u < 0 || u >= p.in_w) continue;
                        const auto pixel = static_cast<std::uint64_t>(v * p.in_w + u);
                        sum += (at(x, (b * channels + c) * p.in_h * p.in_w + pixel) - p.x_zero) *
                               (weight(w, matrix, k * columns + col) - p.w_zero[col]);
                    }
                    sums.push_back(sum);
                }
    return sums;
}

// ConvInteger by the product and by the evaluator.
void check_conv(const Dims& x_dims, const Dims& w_dims, const Attributes& attributes, std::mt19937& random) {
    const auto x = random_tensor<std::uint8_t>(x_dims, random),
               w = random_tensor<std::int8_t>(w_dims, random);
    const auto x_zero = kit::scalar<std::uint8_t>(131), w_zero = kit::scalar<std::int8_t>(-3);
    OpNode node = kit::node("ConvInteger");
    node.attributes = attributes;
    const TensorValue expected = kit::all_of(node, {x, w, x_zero, w_zero})[0];
    QuantisedNet net;
    const auto in = net.input(ElementType::u8, x_dims);
    net.out(net.add("ConvInteger", "q", {in, net.known(w), net.known(x_zero), net.known(w_zero)},
                    expected.dims, attributes),
            ElementType::s32);
    const GraphProduct p = product_of(net);
    CHECK(p.wide);
    CHECK(conv_sums(p, x, w) == kit::values_of<std::int32_t>(expected));
}

// MatMulInteger by the product and by the evaluator.
void check_matmul(const Dims& a_dims, const Dims& b_dims, std::mt19937& random) {
    CAPTURE(a_dims, b_dims);
    const auto a = random_tensor<std::int8_t>(a_dims, random),
               b = random_tensor<std::uint8_t>(b_dims, random);
    const auto a_zero = kit::scalar<std::int8_t>(5), b_zero = kit::scalar<std::uint8_t>(100);
    const TensorValue expected = kit::all_of(kit::node("MatMulInteger"), {a, b, a_zero, b_zero})[0];
    QuantisedNet net;
    const auto in = net.input(ElementType::s8, a_dims);
    net.out(net.add("MatMulInteger", "q", {in, net.known(b), net.known(a_zero), net.known(b_zero)},
                    expected.dims),
            ElementType::s32);
    const GraphProduct p = product_of(net);
    const auto matrix = weight_matrix(p, b);
    std::vector<std::int32_t> sums;
    for (std::uint64_t g = 0; g < p.groups; ++g)
        for (std::uint64_t m = 0; m < p.m; ++m)
            for (std::uint64_t n = 0; n < p.n; ++n) {
                std::int32_t sum = 0;
                for (std::uint64_t k = 0; k < p.k; ++k)
                    sum += (at(a, g * p.x_group + m * p.k + k) - p.x_zero) *
                           (weight(b, matrix, (k * p.groups + g) * p.n + n) - p.w_zero[n]);
                sums.push_back(sum);
            }
    CHECK(sums == kit::values_of<std::int32_t>(expected));
}

}  // namespace

TEST_CASE("convolutions as products give the sums of the operator") {
    std::mt19937 random(11);
    check_conv({2, 3, 6, 7}, {5, 3, 3, 2}, {}, random);
    check_conv({1, 4, 9, 8}, {6, 2, 3, 3},
               {{"group", integer(2)}, {"strides", integers({2, 1})}, {"pads", integers({1, 2, 0, 1})}},
               random);
    check_conv({1, 5, 6, 6}, {10, 1, 3, 3}, {{"group", integer(5)}, {"pads", integers({1, 1, 1, 1})}},
               random);
    check_conv({1, 2, 9, 11}, {3, 2, 3, 2},
               {{"dilations", integers({2, 3})}, {"pads", integers({2, 0, 1, 3})}}, random);
    check_conv({2, 4, 13}, {2, 4, 3},
               {{"strides", integers({2})}, {"dilations", integers({2})}, {"pads", integers({3, 1})}},
               random);
    for (const char* how : {"SAME_UPPER", "SAME_LOWER", "VALID"})
        check_conv({1, 2, 8, 7}, {2, 2, 4, 2}, {{"auto_pad", word(how)}, {"strides", integers({2, 2})}},
                   random);
}

TEST_CASE("matrix products as groups give the sums of the operator") {
    std::mt19937 random(12);
    check_matmul({3, 4}, {4, 5}, random);
    check_matmul({2, 3, 4}, {4, 5}, random);
    check_matmul({2, 3, 4}, {2, 4, 5}, random);
    check_matmul({3, 4}, {2, 4, 5}, random);
    check_matmul({1, 3, 4}, {2, 3, 4, 5}, random);
    check_matmul({2, 3, 3, 4}, {2, 3, 4, 5}, random);
    check_matmul({4}, {4, 5}, random);
    check_matmul({4}, {3, 4, 5}, random);
    check_matmul({2, 3, 4}, {4}, random);
}
