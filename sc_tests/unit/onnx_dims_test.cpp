#include <catch2/catch.hpp>

#include "sc_tests/unit/onnx_kit.h"

using namespace sosa::host;
using namespace sosa::tests;

namespace {

OnnxKit symbolic() {
    OnnxKit kit;
    kit.input("x", {"batch", 3, "", -1}).output("y", {"batch", "rest"});
    kit.node("Flatten", {"x"}, {"y"});
    return kit;
}

}  // namespace

TEST_CASE("Symbols and dimensions without a name are bound by name") {
    const OpGraph graph = symbolic().read({{{"batch", 4}, {"x.2", 5}, {"x.3", 2}}, nullptr});
    CHECK(type_of(graph, "x") == "float32 4x3x5x2");
    CHECK(type_of(graph, "y") == "float32 4x30");
}

TEST_CASE("All unbound dimensions are told at once") {
    CHECK(symbolic().refusal() ==
          "kit.onnx: found dimensions of unknown size: batch, x.2, x.3; allowed sizes are given by --dim, as "
          "in --dim batch=1");
    CHECK(symbolic().refusal({{{"batch", 1}}, nullptr}) ==
          "kit.onnx: found dimensions of unknown size: x.2, x.3; allowed sizes are given by --dim, as in "
          "--dim x.2=1");
}

TEST_CASE("A dim that no input has is refused with the names there are") {
    CHECK(symbolic().refusal({{{"bach", 1}}, nullptr}) ==
          "--dim: found \"bach\" (did you mean \"batch\"?), allowed in kit.onnx: batch, x.2, x.3");
    OnnxKit fixed;
    fixed.input("x", {1}).output("x");
    CHECK(fixed.refusal({{{"x.0", 1}}, nullptr}) ==
          "--dim: found \"x.0\", allowed in kit.onnx: none, as all sizes are fixed");
}

TEST_CASE("A dim is 1 to 2147483647") {
    const auto with = [](std::int64_t size) {
        return symbolic().refusal({{{"batch", size}, {"x.2", 1}, {"x.3", 1}}, nullptr});
    };
    CHECK(with(1).empty());
    CHECK(with(2147483647).empty());
    CHECK(with(0) == "--dim batch=0: found 0, allowed 1 to 2147483647");
    CHECK(with(2147483648) == "--dim batch=2147483648: found 2147483648, allowed 1 to 2147483647");
}

TEST_CASE("Inputs must have a shape that can be") {
    OnnxKit none;
    none.input("x", {}).output("x");
    none.model.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->clear_shape();
    CHECK(none.refusal() == "kit.onnx: input \"x\": found no shape, allowed one with all its dimensions");
    OnnxKit negative;
    negative.input("x", {2, -3}).output("x");
    CHECK(negative.refusal() ==
          "kit.onnx: input \"x\": found a tensor of shape 2x-3, allowed up to 64 dimensions of 0 to "
          "2147483647 and 2^48 elements");
    OnnxKit huge;
    huge.input("x", {2147483647, 2147483647}).output("x");
    CHECK(huge.refusal() ==
          "kit.onnx: input \"x\": found a tensor of shape 2147483647x2147483647, allowed up to 64 dimensions "
          "of 0 "
          "to 2147483647 and 2^48 elements");
}
