// Which operators the lanes of post-processors work, and with which numbers.
#include "host/graph_lanes.h"

#include <functional>
#include <limits>

#include "sc_tests/unit/quantised_nets.h"

using namespace sosa::tests;
using namespace sosa::host;
using sosa::pods::LaneFunction;
using sosa::pods::LaneType;

namespace {

constexpr ElementType kTypes[]{ElementType::f32, ElementType::s8, ElementType::u8, ElementType::s32};

std::optional<GraphLanes> lanes_of(const QuantisedNet& net) {
    REQUIRE(net.graph.nodes.size() == 1);
    return graph_lanes(net.graph, 0, net.constants());
}

// An operator of `operands` inputs of one type.
std::optional<GraphLanes> plain(const std::string& op, std::size_t operands, ElementType in,
                                ElementType out) {
    QuantisedNet net;
    std::vector<std::uint32_t> inputs;
    for (std::size_t i = 0; i < operands; ++i) inputs.push_back(net.input(in, {2, 3}));
    net.out(net.add(op, "it", inputs, {2, 3}), out);
    const auto lanes = lanes_of(net);
    if (lanes) CHECK(lanes->operands == inputs);
    return lanes;
}
// "f32 s8": those of the four types that it is worked for.
std::string types_of(const std::string& op, std::size_t operands) {
    std::string all;
    for (const ElementType type : kTypes)
        if (plain(op, operands, type, type)) all += std::string(element_name(type)) + " ";
    return all;
}

using Make = std::function<std::uint32_t(QuantisedNet&)>;

// Clip of the type with limits that `low` and `high` make; none: not there.
std::optional<GraphLanes> clip(ElementType type, const Make& low, const Make& high) {
    QuantisedNet net;
    const std::uint32_t x = net.input(type, {4});
    const std::uint32_t least = low ? low(net) : kAbsent, most = high ? high(net) : kAbsent;
    net.out(net.add("Clip", "it", {x, least, most}, {4}), type);
    const auto lanes = lanes_of(net);
    if (lanes) CHECK(lanes->operands == std::vector<std::uint32_t>{x});
    return lanes;
}
template <class T>
Make limit(T value) {
    return [value](QuantisedNet& net) { return net.number(value); };
}
using Limits = std::pair<double, double>;
Limits limits(const std::optional<GraphLanes>& lanes) {
    REQUIRE(lanes);
    CHECK(lanes->op.function == LaneFunction::clip);
    return {lanes->op.low, lanes->op.high};
}

// QuantizeLinear of float32 or DequantizeLinear to it.
std::optional<GraphLanes> scaled(const std::string& op, ElementType in, ElementType out, const Make& scale,
                                 const Make& zero) {
    QuantisedNet net;
    std::vector<std::uint32_t> inputs = {net.input(in, {2, 3}), scale(net)};
    if (zero) inputs.push_back(zero(net));
    net.out(net.add(op, "it", inputs, {2, 3}), out);
    return lanes_of(net);
}

}  // namespace

TEST_CASE("lanes work the functions that they have for a type") {
    for (const char* op : {"Add", "Sub", "Mul", "Div", "Max", "Min"}) {
        CAPTURE(op);
        CHECK(types_of(op, 2) == "float32 int8 uint8 int32 ");
        CHECK(types_of(op, 1) == "");
        CHECK(types_of(op, 3) == "");
        CHECK(!plain(op, 2, ElementType::s8, ElementType::s32));
    }
    for (const char* op : {"Tanh", "Exp", "Sigmoid", "Erf", "Sqrt", "LeakyRelu"})
        CHECK(types_of(op, 1) == "float32 ");
    for (const char* op : {"Relu", "Neg"}) CHECK(types_of(op, 1) == "float32 int8 int32 ");
    CHECK(types_of("Abs", 1) == "float32 int8 uint8 int32 ");
    for (const ElementType in : kTypes)
        for (const ElementType out : kTypes) CHECK(plain("Cast", 1, in, out));
    CHECK(plain("Sub", 2, ElementType::s8, ElementType::s8)->op.function == LaneFunction::sub);
    CHECK(plain("Min", 2, ElementType::f32, ElementType::f32)->op.function == LaneFunction::min);
    const auto cast = plain("Cast", 1, ElementType::f32, ElementType::u8);
    CHECK(cast->op.function == LaneFunction::cast);
    CHECK(cast->op.in == LaneType::f32);
    CHECK(cast->op.out == LaneType::u8);
}

TEST_CASE("lanes leave other operators and types to the host") {
    for (const char* op : {"Softmax", "Transpose", "Pow", "MaxPool", "Gelu"}) CHECK(types_of(op, 1) == "");
    for (const ElementType type :
         {ElementType::f64, ElementType::f16, ElementType::s64, ElementType::s16, ElementType::boolean}) {
        CHECK(!plain("Add", 2, type, type));
        CHECK(!plain("Cast", 1, ElementType::f32, type));
        CHECK(!plain("Cast", 1, type, ElementType::f32));
    }
    QuantisedNet foreign;
    const auto x = foreign.input(ElementType::f32, {2});
    foreign.out(foreign.add("Relu", "it", {x}, {2}), ElementType::f32).domain = "com.example";
    CHECK(!lanes_of(foreign));
    QuantisedNet two;
    const auto y = two.input(ElementType::f32, {2});
    two.out(two.add("Relu", "it", {y}, {2}), ElementType::f32);
    two.also({2});
    CHECK(!lanes_of(two));
}

TEST_CASE("the slope of a leaky Relu is an attribute") {
    CHECK(plain("LeakyRelu", 1, ElementType::f32, ElementType::f32)->op.alpha == 0.01F);
    QuantisedNet net;
    OpAttribute slope;
    slope.kind = OpAttribute::Kind::real;
    slope.real = 0.25F;
    const auto x = net.input(ElementType::f32, {2});
    net.out(net.add("LeakyRelu", "it", {x}, {2}, {{"alpha", slope}}), ElementType::f32);
    CHECK(lanes_of(net)->op.alpha == 0.25F);
}

TEST_CASE("the limits of Clip are operands from opset 11 on") {
    CHECK(limits(clip(ElementType::f32, limit(-1.5F), limit(6.0F))) == Limits(-1.5, 6));
    CHECK(limits(clip(ElementType::s8, limit<std::int8_t>(-100), limit<std::int8_t>(-3))) ==
          Limits(-100, -3));
    CHECK(limits(clip(ElementType::u8, limit<std::uint8_t>(3), limit<std::uint8_t>(200))) == Limits(3, 200));
    CHECK(limits(clip(ElementType::s32, limit<std::int32_t>(-70'000), {})) == Limits(-70'000, 2147483647.0));
    const double most = double{std::numeric_limits<float>::max()};
    CHECK(limits(clip(ElementType::f32, {}, {})) == Limits(-most, most));
    CHECK(limits(clip(ElementType::s8, {}, limit<std::int8_t>(5))) == Limits(-128, 5));
    CHECK(limits(clip(ElementType::s8, limit<std::int8_t>(5), {})) == Limits(5, 127));
    CHECK(limits(clip(ElementType::u8, {}, {})) == Limits(0, 255));
    CHECK(limits(clip(ElementType::s32, {}, {})) == Limits(-2147483648.0, 2147483647.0));
    const Make open = [](QuantisedNet& net) { return net.input(ElementType::f32, {}); };
    CHECK(!clip(ElementType::f32, open, {}));
    CHECK(!clip(ElementType::f32, limit(0.0F), open));
    QuantisedNet bare;  // of one operand
    const auto x = bare.input(ElementType::u8, {4});
    bare.out(bare.add("Clip", "it", {x}, {4}), ElementType::u8);
    CHECK(limits(lanes_of(bare)) == Limits(0, 255));
}

TEST_CASE("a limit of Clip is one number") {
    for (const std::int64_t count : {0, 2}) {
        const Make numbers = [count](QuantisedNet& net) {
            return net.known(make_tensor(ElementType::f32, {count}));
        };
        CHECK(!clip(ElementType::f32, numbers, {}));
        CHECK(!clip(ElementType::f32, {}, numbers));
    }
}

TEST_CASE("the limits of Clip are attributes before opset 11") {
    const auto old = [](ElementType type, Attributes attributes) {
        QuantisedNet net;
        const auto x = net.input(type, {4});
        net.out(net.add("Clip", "it", {x}, {4}, std::move(attributes)), type).opset = 10;
        return lanes_of(net);
    };
    OpAttribute low, high;
    low.kind = high.kind = OpAttribute::Kind::real;
    low.real = -2, high.real = 6.5F;
    const double most = double{std::numeric_limits<float>::max()};
    CHECK(limits(old(ElementType::f32, {{"min", low}, {"max", high}})) == Limits(-2, 6.5));
    CHECK(limits(old(ElementType::f32, {{"max", high}})) == Limits(-most, 6.5));
    CHECK(limits(old(ElementType::f32, {})) == Limits(-most, most));
    CHECK(!old(ElementType::s8, {}));  // floats only
}

TEST_CASE("lanes quantise with one scale and zero point") {
    const auto scale = [](QuantisedNet& net) { return net.number(0.5F); };
    const auto q =
        scaled("QuantizeLinear", ElementType::f32, ElementType::u8, scale, limit<std::uint8_t>(200));
    REQUIRE(q);
    CHECK(q->op.function == LaneFunction::quantize);
    CHECK(q->op.in == LaneType::f32);
    CHECK(q->op.out == LaneType::u8);
    CHECK(q->op.scale == 0.5F);
    CHECK(q->op.zero == 200);
    CHECK(q->operands.size() == 1);
    const auto d =
        scaled("DequantizeLinear", ElementType::s8, ElementType::f32, scale, limit<std::int8_t>(-5));
    REQUIRE(d);
    CHECK(d->op.function == LaneFunction::dequantize);
    CHECK(d->op.zero == -5);
    CHECK(scaled("DequantizeLinear", ElementType::s32, ElementType::f32, scale, {})->op.zero == 0);
    CHECK(scaled("QuantizeLinear", ElementType::s32, ElementType::s8, scale, {}));
    const Make of_one = [](QuantisedNet& net) { return net.list<float>({0.25F}); };
    CHECK(scaled("DequantizeLinear", ElementType::u8, ElementType::f32, of_one, {})->op.scale == 0.25F);
}

TEST_CASE("lanes do not quantise by channel or with what is no constant") {
    const auto scale = [](QuantisedNet& net) { return net.number(0.5F); };
    const Make by_channel =
                   [](QuantisedNet&net) {
                       return net.list<float>({1, 2, 3});
                   },
               open = [](QuantisedNet&net) { return net.input(ElementType::f32, {}); },
               open_zero = [](QuantisedNet&net) { return net.input(ElementType::s8, {}); },
               zeros = [](QuantisedNet&net) {
                   return net.list<std::int8_t>({1, 2, 3});
               };
    for (const char* op : {"QuantizeLinear", "DequantizeLinear"}) {
        const bool to = op[0] == 'Q';
        const ElementType in = to ? ElementType::f32 : ElementType::s8,
                          out = to ? ElementType::s8 : ElementType::f32;
        CHECK(scaled(op, in, out, scale, limit<std::int8_t>(1)));
        CHECK(!scaled(op, in, out, by_channel, {}));
        CHECK(!scaled(op, in, out, by_channel, zeros));
        CHECK(!scaled(op, in, out, scale, zeros));
        CHECK(!scaled(op, in, out, open, {}));
        CHECK(!scaled(op, in, out, scale, open_zero));
        CHECK(!scaled(op, in, in, scale, {}));
    }
}
