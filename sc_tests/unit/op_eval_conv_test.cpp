#include <array>
#include <limits>
#include <random>

#include "sc_tests/unit/op_eval_kit.h"

using namespace sosa::host;
using namespace sosa::host::kit;

namespace {

using U8 = std::uint8_t;
using S8 = std::int8_t;
using Triple = std::array<std::int64_t, 3>;

// A convolution of one to three axes; the axes that it does not have are of size 1.
struct Shape {
    std::size_t rank = 2;
    std::int64_t batch = 1, groups = 1, inputs = 1, outputs = 1;  // channels of a group
    Triple size{1, 1, 1}, kernel{1, 1, 1}, stride{1, 1, 1}, dilation{1, 1, 1}, before{0, 0, 0},
        after{0, 0, 0};
    Triple result{1, 1, 1};

    Dims dims(std::int64_t first, std::int64_t second, const Triple& axes) const {
        Dims all{first, second};
        all.insert(all.end(), axes.begin() + static_cast<long>(3 - rank), axes.end());
        return all;
    }
    std::vector<std::int64_t> list(const Triple& axes) const {
        return {axes.begin() + static_cast<long>(3 - rank), axes.end()};
    }
    std::vector<std::int64_t> pads() const {
        auto all = list(before);
        const auto ends = list(after);
        all.insert(all.end(), ends.begin(), ends.end());
        return all;
    }
    OpNode on(const OpNode& bare) const {
        OpNode made = with(with(bare, "strides", list(stride)), "dilations", list(dilation));
        return with(with(made, "pads", pads()), "group", groups);
    }
};

std::int64_t product(const Triple& axes) { return axes[0] * axes[1] * axes[2]; }

Shape random_shape(std::mt19937& random, bool transposed) {
    const auto pick = [&random](std::int64_t least, std::int64_t most) {
        return least + static_cast<std::int64_t>(random() % static_cast<std::uint32_t>(most - least + 1));
    };
    Shape shape;
    shape.rank = static_cast<std::size_t>(pick(1, 3));
    shape.batch = pick(1, 2);
    shape.groups = pick(1, 3);
    shape.inputs = pick(1, 3);
    shape.outputs = pick(1, 3);
    for (std::size_t d = 3 - shape.rank; d < 3; ++d) {
        shape.kernel[d] = pick(1, 3);
        shape.stride[d] = pick(1, 3);
        shape.dilation[d] = pick(1, 2);
        const std::int64_t reach = (shape.kernel[d] - 1) * shape.dilation[d] + 1;
        shape.size[d] = pick(transposed ? 3 : reach, 7);
        shape.before[d] = pick(0, transposed ? 1 : 2);
        shape.after[d] = pick(0, transposed ? 1 : 2);
        const std::int64_t padded = shape.size[d] + shape.before[d] + shape.after[d];
        shape.result[d] =
            transposed ? (shape.size[d] - 1) * shape.stride[d] + reach - shape.before[d] - shape.after[d]
                       : (padded - reach) / shape.stride[d] + 1;
    }
    return shape;
}

// Calls visit(input, weight, output) for every product of the definition. Of a convolution, `wide` is the
// input and `narrow` the output; transposed, the other way round.
template <class Visit>
void for_each_product(const Shape& shape, const Triple& wide, const Triple& narrow, Visit visit) {
    for (std::int64_t n = 0; n < product(narrow); ++n) {
        for (std::int64_t k = 0; k < product(shape.kernel); ++k) {
            const Triple at{n / narrow[2] / narrow[1], n / narrow[2] % narrow[1], n % narrow[2]};
            const Triple tap{k / shape.kernel[2] / shape.kernel[1], k / shape.kernel[2] % shape.kernel[1],
                             k % shape.kernel[2]};
            std::int64_t place = 0;
            bool inside = true;
            for (std::size_t d = 0; d < 3; ++d) {
                const std::int64_t x = at[d] * shape.stride[d] - shape.before[d] + tap[d] * shape.dilation[d];
                inside = inside && x >= 0 && x < wide[d];
                place = place * wide[d] + x;
            }
            if (inside) visit(place, k, n);
        }
    }
}

Ints random_values(std::mt19937& random, std::int64_t count, int least, int most) {
    Ints values;
    for (std::int64_t i = 0; i < count; ++i)
        values.push_back(least + static_cast<int>(random() % static_cast<std::uint32_t>(most - least + 1)));
    return values;
}

// The definition, on whole numbers; `transposed`: as ConvTranspose has weights and sides.
Ints convolved(const Shape& shape, const Ints& x, const Ints& w, bool transposed) {
    const std::int64_t in = product(shape.size), out = product(shape.result), taps = product(shape.kernel);
    Ints y(static_cast<std::size_t>(shape.batch * shape.groups * shape.outputs * out), 0);
    for (std::int64_t image = 0; image < shape.batch * shape.groups; ++image) {
        for (std::int64_t o = 0; o < shape.outputs; ++o) {
            for (std::int64_t i = 0; i < shape.inputs; ++i) {
                const std::int64_t group = image % shape.groups;
                const std::int64_t weights = transposed ? (group * shape.inputs + i) * shape.outputs + o
                                                        : (group * shape.outputs + o) * shape.inputs + i;
                const std::int64_t from = (image * shape.inputs + i) * in,
                                   to = (image * shape.outputs + o) * out;
                const auto add = [&](std::int64_t source, std::int64_t k, std::int64_t target) {
                    y[static_cast<std::size_t>(to + target)] +=
                        x[static_cast<std::size_t>(from + source)] *
                        w[static_cast<std::size_t>(weights * taps + k)];
                };
                if (transposed)
                    for_each_product(shape, shape.result, shape.size,
                                     [&](std::int64_t target, std::int64_t k, std::int64_t source) {
                                         add(source, k, target);
                                     });
                else
                    for_each_product(shape, shape.size, shape.result, add);
            }
        }
    }
    return y;
}

template <class T>
std::vector<T> as(const Ints& values) {
    return std::vector<T>(values.begin(), values.end());
}

}  // namespace

TEST_CASE("Conv and ConvInteger equal the definition on random shapes") {
    std::mt19937 random(1);
    for (int round = 0; round < 200; ++round) {
        const Shape shape = random_shape(random, false);
        const std::int64_t channels = shape.groups * shape.inputs, filters = shape.groups * shape.outputs;
        const Ints x = random_values(random, shape.batch * channels * product(shape.size), 0, 255);
        const Ints w = random_values(random, filters * shape.inputs * product(shape.kernel), -128, 127);
        const Dims x_dims = shape.dims(shape.batch, channels, shape.size);
        const Dims w_dims = shape.dims(filters, shape.inputs, shape.kernel);
        const auto y =
            all_of(shape.on(node("ConvInteger")), {tensor(x_dims, as<U8>(x)), tensor(w_dims, as<S8>(w))})[0];
        CHECK(y.dims == shape.dims(shape.batch, filters, shape.result));
        CHECK(values_of<std::int32_t>(y) == convolved(shape, x, w, false));
        CHECK(result_of<float>(shape.on(node("Conv")),
                               {tensor(x_dims, as<float>(x)), tensor(w_dims, as<float>(w))}) ==
              as<float>(convolved(shape, x, w, false)));
    }
}

TEST_CASE("ConvTranspose equals the definition on random shapes") {
    std::mt19937 random(2);
    for (int round = 0; round < 200; ++round) {
        const Shape shape = random_shape(random, true);
        const std::int64_t channels = shape.groups * shape.inputs, filters = shape.groups * shape.outputs;
        const Ints x = random_values(random, shape.batch * channels * product(shape.size), -99, 99);
        const Ints w = random_values(random, channels * shape.outputs * product(shape.kernel), -99, 99);
        const auto y = all_of(shape.on(node("ConvTranspose")),
                              {tensor(shape.dims(shape.batch, channels, shape.size), as<float>(x)),
                               tensor(shape.dims(channels, shape.outputs, shape.kernel), as<float>(w))})[0];
        CHECK(y.dims == shape.dims(shape.batch, filters, shape.result));
        CHECK(values_of<float>(y) == as<float>(convolved(shape, x, w, true)));
    }
}

TEST_CASE("Convolutions: zero points of input and filters, and the bias") {
    const auto x = tensor<U8>({1, 1, 3}, {1, 2, 3});
    const auto w = tensor<S8>({2, 1, 2}, {1, 2, 3, 4});
    const OpNode padded = with(node("ConvInteger"), "pads", std::vector<std::int64_t>{1, 0});
    // x - 1 is {0, 1, 2} after a padding of 0; filters {0, 1} and {2, 3}.
    CHECK(result_of<std::int32_t>(padded, {x, w, scalar<U8>(1), list<S8>({1, 1})}) == Ints{0, 1, 2, 0, 3, 8});
    CHECK(result_of<std::int32_t>(padded, {x, w, scalar<U8>(1), list<S8>({1, 4})}) ==
          Ints{0, 1, 2, 0, 0, -1});

    std::vector<TensorValue> quantised{x,
                                       scalar(0.5F),
                                       scalar<U8>(1),
                                       w,
                                       list<float>({1, 2}),
                                       list<S8>({1, 4}),
                                       scalar(1.0F),
                                       scalar<S8>(-3),
                                       list<std::int32_t>({1, 10})};
    const OpNode q = with(node("QLinearConv"), "pads", std::vector<std::int64_t>{1, 0});
    // (sum + bias) * 0.5 - 3 and * 1 - 3: 0.5, 1 and 1.5 go to 0, 1 and 2.
    CHECK(result_of<S8>(q, quantised) == std::vector<S8>{-3, -2, -1, 7, 7, 6});
    quantised.pop_back();
    CHECK(result_of<S8>(q, quantised) == std::vector<S8>{-3, -3, -2, -3, -3, -4});
    quantised.push_back(list<std::int32_t>({1}));
    CHECK(refusal(q, quantised) == "\"it\" (QLinearConv): found a bias of 1, allowed 2, one a channel");
}

// 3125 * 0.036 * 0.0192 / 0.48 is 4.5: what it becomes in float32 depends on the order of the three scales.
TEST_CASE("QLinearConv: the multiplier is the product of the operands' scales over the result's") {
    const auto none = scalar<U8>(0);
    const std::vector<TensorValue> inputs{tensor<U8>({1, 1, 1}, {125}),
                                          scalar(0.036F),
                                          none,
                                          tensor<U8>({1, 1, 1}, {25}),
                                          scalar(0.0192F),
                                          none,
                                          scalar(0.48F),
                                          none};
    CHECK(result_of<U8>(node("QLinearConv"), inputs) == std::vector<U8>{5});
    CHECK(result_of<U8>(node("QLinearMatMul"), inputs) == std::vector<U8>{5});
}

TEST_CASE("QLinearConv: sum and bias wrap at 32 bits") {
    const std::vector<TensorValue> inputs{tensor<U8>({1, 1, 1}, {1}),
                                          scalar(1.0F),
                                          scalar<U8>(0),
                                          tensor<S8>({1, 1, 1}, {1}),
                                          scalar(1.0F),
                                          scalar<S8>(0),
                                          scalar(1.0F),
                                          scalar<S8>(0),
                                          list<std::int32_t>({std::numeric_limits<std::int32_t>::max()})};
    CHECK(result_of<S8>(node("QLinearConv"), inputs) == std::vector<S8>{-128});
}

TEST_CASE("Conv: SAME padding puts the odd one where its name says") {
    const auto x = tensor<float>({1, 1, 4}, {1, 2, 3, 4}), w = tensor<float>({1, 1, 2}, {1, 10});
    CHECK(result_of<float>(with(node("Conv"), "auto_pad", "SAME_UPPER"), {x, w}) == Floats{21, 32, 43, 4});
    CHECK(result_of<float>(with(node("Conv"), "auto_pad", "SAME_LOWER"), {x, w}) == Floats{10, 21, 32, 43});
    CHECK(result_of<float>(with(node("Conv"), "auto_pad", "VALID"), {x, w}) == Floats{21, 32, 43});
    const OpNode both =
        with(with(node("Conv"), "auto_pad", "SAME_UPPER"), "pads", std::vector<std::int64_t>{1, 0});
    CHECK(refusal(both, {x, w}) == "\"it\" (Conv): found auto_pad SAME_UPPER and pads, allowed one of them");
    CHECK(refusal(with(node("Conv"), "auto_pad", "FULL"), {x, w}) ==
          "\"it\" (Conv): found auto_pad \"FULL\", allowed NOTSET, SAME_UPPER, SAME_LOWER or VALID");
}

TEST_CASE("ConvTranspose: output_padding, output_shape and SAME") {
    const auto x = tensor<float>({1, 1, 2}, {1, 2}), w = tensor<float>({1, 1, 3}, {1, 1, 1});
    const OpNode by_two = with(node("ConvTranspose"), "strides", std::vector<std::int64_t>{2});
    CHECK(result_of<float>(by_two, {x, w}) == Floats{1, 1, 3, 2, 2});
    CHECK(result_of<float>(with(by_two, "output_padding", std::vector<std::int64_t>{1}), {x, w}) ==
          Floats{1, 1, 3, 2, 2, 0});
    CHECK(result_of<float>(with(by_two, "output_shape", std::vector<std::int64_t>{4}), {x, w}) ==
          Floats{1, 3, 2, 2});
    CHECK(result_of<float>(with(by_two, "auto_pad", "SAME_UPPER"), {x, w}) == Floats{1, 1, 3, 2});
    CHECK(refusal(with(by_two, "pads", std::vector<std::int64_t>{4, 4}), {x, w}) ==
          "\"it\" (ConvTranspose): found an output of size -3, allowed padding that leaves one");
}

TEST_CASE("Convolutions of nothing give the bias") {
    const auto x = tensor<float>({1, 0, 4}, {}), w = tensor<float>({2, 0, 3}, {});
    CHECK(result_of<float>(node("Conv"), {x, w, list<float>({5, 6})}) == Floats{5, 5, 6, 6});
    CHECK(all_of(node("Conv"), {tensor<float>({0, 1, 4}, {}), tensor<float>({2, 1, 3}, Floats(6, 1.0F))})[0]
              .dims == Dims{0, 2, 2});
}

TEST_CASE("Convolutions refuse hostile attributes") {
    const auto x = tensor<float>({1, 2, 4}, Floats(8, 1.0F)), w = tensor<float>({2, 2, 3}, Floats(12, 1.0F));
    const std::int64_t huge = std::numeric_limits<std::int64_t>::max();
    const auto with_list = [&](const char* name, const List& value) {
        return refusal(with(node("Conv"), name, value), {x, w});
    };
    CHECK(with_list("strides", {0}) ==
          "\"it\" (Conv): found strides [0], allowed 1 numbers from 1 to 1073741824");
    CHECK(with_list("strides", {1, 1}) ==
          "\"it\" (Conv): found strides [1, 1], allowed 1 numbers from 1 to 1073741824");
    CHECK(with_list("dilations", {huge}) ==
          "\"it\" (Conv): found dilations [9223372036854775807], allowed 1 numbers from 1 to 1073741824");
    CHECK(with_list("pads", {-1, 0}) ==
          "\"it\" (Conv): found pads [-1, 0], allowed 2 numbers from 0 to 1073741824");
    CHECK(with_list("kernel_shape", {2}) ==
          "\"it\" (Conv): found weights of 2x2x3, allowed kernel_shape as theirs");
    CHECK(with_list("dilations", {2}) ==
          "\"it\" (Conv): found a window that reaches over 5 elements, allowed at most the 4 of the padded "
          "input");
    CHECK(refusal(with(node("Conv"), "group", 0), {x, w}) ==
          "\"it\" (Conv): found an input of 1x2x4, weights of 2x2x3 and 0 groups, allowed weights of "
          "channels of the "
          "output x channels of the input / groups x kernel");
    CHECK(refusal(with(node("Conv"), "pads", List{1 << 30, 1 << 30}), {x, w}) ==
          "\"it\" (Conv): found a result of 1x2x2147483650, allowed at most 8 GiB");
    CHECK(refusal(node("Conv"), {scalar(1.0F), w}) ==
          "\"it\" (Conv): found an input of scalar, allowed batch, channels and one to three spatial axes");
}
