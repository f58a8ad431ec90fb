// Quantised products as pods compute them: what graph_product reads of a node, and that it means the same.
#include "host/graph_product.h"

#include <functional>

#include "sc_tests/unit/quantised_nets.h"

using namespace sosa::tests;
using namespace sosa::host;
namespace kit = sosa::host::kit;

namespace {

using Bytes = std::vector<std::uint8_t>;

std::vector<std::uint32_t> window_of(const GraphProduct& p) {
    return {p.kernel_h,   p.kernel_w,   p.stride_h, p.stride_w,
            p.dilation_h, p.dilation_w, p.pad_top,  p.pad_left};
}
using Window = std::vector<std::uint32_t>;

// QLinearConv of 4 channels in 2 groups to 6, all scales and zero points in place.
struct QLinearConvNet : QuantisedNet {
    explicit QLinearConvNet(bool with_bias = true) {
        std::vector<std::uint32_t> inputs = {input(ElementType::u8, {1, 4, 5, 5}),
                                             number(0.5F),
                                             number<std::uint8_t>(200),
                                             known(make_tensor(ElementType::s8, {6, 2, 1, 1})),
                                             list<float>({1, 2, 3, 4, 5, 6}),
                                             list<std::int8_t>({-1, -2, 0, 1, 2, 3}),
                                             number(4.0F),
                                             number<std::int8_t>(-7)};
        if (with_bias) inputs.push_back(list<std::int32_t>({9, 8, 7, 6, 5, -4}));
        out(add("QLinearConv", "q", inputs, {1, 6, 5, 5}, {{"group", integer(2)}}), ElementType::s8);
    }
    std::vector<std::uint32_t>& operands() { return graph.nodes[0].inputs; }
};

}  // namespace

TEST_CASE("a quantised convolution becomes a product of its groups") {
    const QLinearConvNet net;
    const GraphProduct p = product_of(net);
    CHECK(p.conv);
    CHECK(!p.wide);
    CHECK(std::vector{p.m, p.k, p.n} == std::vector<std::uint64_t>{25, 2, 3});
    CHECK(p.groups == 2);
    CHECK(p.in_channels == 2);
    CHECK(std::vector{p.x, p.w, p.y} == std::vector{net.graph.nodes[0].inputs[0],
                                                    net.graph.nodes[0].inputs[3],
                                                    net.graph.nodes[0].outputs[0]});
    CHECK(p.x_zero == 200);
    CHECK(p.y_zero == -7);
    CHECK(p.w_zero == std::vector<std::int32_t>{-1, -2, 0, 1, 2, 3});
    // 0.5 * scale / 4
    CHECK(p.scale == std::vector<float>{0.125F, 0.25F, 0.375F, 0.5F, 0.625F, 0.75F});
    CHECK(p.bias == std::vector<std::int32_t>{9, 8, 7, 6, 5, -4});
    CHECK(product_of(QLinearConvNet(false)).bias == std::vector<std::int32_t>(6, 0));
}

TEST_CASE("one scale and zero point of weights stand for all columns") {
    QLinearConvNet net;
    net.operands()[4] = net.number(3.0F);
    net.operands()[5] = net.number<std::int8_t>(-128);
    const GraphProduct p = product_of(net);
    CHECK(p.scale == std::vector<float>(6, 0.375F));
    CHECK(p.w_zero == std::vector<std::int32_t>(6, -128));
}

TEST_CASE("scales are multiplied and divided in float32 one after the other") {
    QLinearConvNet net;
    net.operands()[1] = net.number(1e-30F);
    net.operands()[4] = net.number(1e-30F);
    net.operands()[6] = net.number(1e-30F);
    CHECK(product_of(net).scale == std::vector<float>(6, 0.0F));  // the product of the first two is 0
}

TEST_CASE("a quantised matrix product has its zero points by column of a matrix") {
    QuantisedNet net;
    const auto x = net.input(ElementType::u8, {2, 3, 4});
    const auto w = net.known(make_tensor(ElementType::s8, {2, 4, 5}));
    net.out(net.add("QLinearMatMul", "q",
                    {x, net.number(2.0F), net.number<std::uint8_t>(7), w, net.list<float>({1, 2, 3, 4, 5}),
                     net.list<std::int8_t>({1, 2, 3, 4, 5}), net.number(0.5F), net.number<std::uint8_t>(128)},
                    {2, 3, 5}),
            ElementType::u8);
    const GraphProduct p = product_of(net);
    CHECK(!p.conv);
    CHECK(p.groups == 2);
    CHECK(p.x_group == 12);
    CHECK(p.w_group == 20);
    CHECK(p.x_zero == 7);
    CHECK(p.y_zero == 128);
    CHECK(p.scale == std::vector<float>{4, 8, 12, 16, 20});
    CHECK(p.w_zero == std::vector<std::int32_t>{1, 2, 3, 4, 5});
    CHECK(p.bias == std::vector<std::int32_t>(5, 0));
}

TEST_CASE("weights stand by tap and channel in columns of all groups") {
    GraphProduct conv;
    conv.conv = true;
    conv.groups = 2, conv.k = 4, conv.n = 1, conv.in_channels = 2, conv.kernel_h = 1, conv.kernel_w = 2;
    // [column][channel][tap]
    CHECK(weight_matrix(conv, kit::tensor<std::uint8_t>({2, 2, 1, 2}, {1, 2, 3, 4, 5, 6, 7, 8})) ==
          Bytes{1, 5, 3, 7, 2, 6, 4, 8});
    GraphProduct heads;
    heads.groups = 2, heads.k = 2, heads.n = 2, heads.w_group = 4;
    CHECK(weight_matrix(heads, kit::tensor<std::uint8_t>({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8})) ==
          Bytes{1, 2, 5, 6, 3, 4, 7, 8});
    heads.w_group = 0;  // shared by the groups
    CHECK(weight_matrix(heads, kit::tensor<std::uint8_t>({2, 2}, {1, 2, 3, 4})) ==
          Bytes{1, 2, 1, 2, 3, 4, 3, 4});
}

TEST_CASE("auto_pad becomes the pads that the specification gives") {
    const auto window = [](const char* how, const Dims& y, std::vector<std::int64_t> strides) {
        QuantisedNet net;
        const auto x = net.input(ElementType::u8, {1, 1, 7, 6});
        const auto w = net.known(make_tensor(ElementType::u8, {1, 1, 4, 2}));
        net.out(net.add("ConvInteger", "q", {x, w}, y,
                        {{"auto_pad", word(how)}, {"strides", integers(std::move(strides))}}),
                ElementType::s32);
        return window_of(product_of(net));
    };
    // 3 rows of padding, 1 column: the odd one below and right, or above and left.
    CHECK(window("SAME_UPPER", {1, 1, 7, 6}, {1, 1}) == Window{4, 2, 1, 1, 1, 1, 1, 0});
    CHECK(window("SAME_LOWER", {1, 1, 7, 6}, {1, 1}) == Window{4, 2, 1, 1, 1, 1, 2, 1});
    // (4 - 1) * 2 + 4 - 7 = 3 rows; (2 - 1) * 3 + 2 < 6 columns
    CHECK(window("SAME_UPPER", {1, 1, 4, 2}, {2, 3}) == Window{4, 2, 2, 3, 1, 1, 1, 0});
    CHECK(window("VALID", {1, 1, 4, 5}, {1, 1}) == Window{4, 2, 1, 1, 1, 1, 0, 0});
    CHECK(window("NOTSET", {1, 1, 4, 5}, {1, 1}) == Window{4, 2, 1, 1, 1, 1, 0, 0});
}

TEST_CASE("no product where operands are no constants or change from row to row") {
    using Make = std::function<std::uint32_t(QuantisedNet&)>;
    const auto taken = [](std::size_t operand, const Make& make) {
        QLinearConvNet net;
        net.operands()[operand] = make(net);
        return made_of(net).has_value();
    };
    const std::vector<std::pair<std::size_t, ElementType>> scalars = {
        {1, ElementType::f32}, {2, ElementType::u8},  {4, ElementType::f32},
        {5, ElementType::s8},  {6, ElementType::f32}, {7, ElementType::s8}};
    for (const auto& [operand, type] : scalars) {
        CAPTURE(operand);
        const ElementType of = type;
        CHECK(taken(operand, [of](QuantisedNet& n) { return n.known(make_tensor(of, {})); }));
        CHECK(taken(operand, [of](QuantisedNet& n) { return n.known(make_tensor(of, {1})); }));
        CHECK(!taken(operand, [of](QuantisedNet& n) { return n.input(of, {}); }));
        CHECK(!taken(operand, [of](QuantisedNet& n) { return n.known(make_tensor(of, {2})); }));
        const bool by_column = operand == 4 || operand == 5;
        CHECK(by_column == taken(operand, [of](QuantisedNet& n) { return n.known(make_tensor(of, {6})); }));
        CHECK(!taken(operand, [of](QuantisedNet& n) { return n.known(make_tensor(of, {6, 1})); }));
    }
    CHECK(!taken(8, [](QuantisedNet& n) { return n.input(ElementType::s32, {6}); }));
    CHECK(!taken(3, [](QuantisedNet& n) { return n.input(ElementType::s8, {6, 2, 1, 1}); }));
}

TEST_CASE("no product of three axes or broadcast batches or floats") {
    QuantisedNet solid;
    const auto x = solid.input(ElementType::u8, {1, 1, 4, 4, 4});
    solid.out(solid.add("ConvInteger", "q", {x, solid.known(make_tensor(ElementType::u8, {1, 1, 2, 2, 2}))},
                        {1, 1, 3, 3, 3}),
              ElementType::s32);
    CHECK(!made_of(solid));
    const auto batched = [](const Dims& a, const Dims& b, const Dims& y) {
        QuantisedNet net;
        const auto in = net.input(ElementType::u8, a), w = net.known(make_tensor(ElementType::u8, b));
        net.out(net.add("MatMulInteger", "q", {in, w}, y), ElementType::s32);
        return made_of(net).has_value();
    };
    CHECK(batched({2, 3, 3, 4}, {2, 3, 4, 5}, {2, 3, 3, 5}));
    CHECK(!batched({2, 1, 3, 4}, {2, 3, 4, 5}, {2, 3, 3, 5}));
    CHECK(!batched({2, 3, 3, 4}, {3, 4, 5}, {2, 3, 3, 5}));
    CHECK(!batched({2, 1, 3, 4}, {3, 4, 5}, {2, 3, 3, 5}));
    for (const char* op : {"MatMul", "Gemm"}) {
        QuantisedNet floats;
        const auto f = floats.input(ElementType::f32, {3, 4});
        floats.out(floats.add(op, "q", {f, floats.known(make_tensor(ElementType::f32, {4, 5}))}, {3, 5}),
                   ElementType::f32);
        CHECK(!made_of(floats));
    }
}
