#include <cmath>

#include "sc_tests/unit/op_eval_kit.h"

using namespace sosa::host;
using namespace sosa::host::kit;

namespace {

TensorValue counted(Dims dims) {
    Ints values(static_cast<std::size_t>(element_count(dims)));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::int32_t>(i);
    return tensor<std::int32_t>(std::move(dims), values);
}

Dims shape_of(const OpNode& made, const std::vector<TensorValue>& inputs) {
    return all_of(made, inputs)[0].dims;
}

Ints ints_of(const OpNode& made, const std::vector<TensorValue>& inputs) {
    return result_of<std::int32_t>(made, inputs);
}

}  // namespace

TEST_CASE("Reshape, Flatten, Squeeze, Unsqueeze and Shape") {
    const TensorValue x = counted({2, 3, 4});
    const auto reshaped = [&](const List& shape) { return shape_of(node("Reshape"), {x, list<S64>(shape)}); };
    CHECK(reshaped({0, -1}) == Dims{2, 12});
    CHECK(reshaped({4, -1, 2}) == Dims{4, 3, 2});
    CHECK(refusal(node("Reshape"), {x, list<S64>({-1, -1})}) ==
          "\"it\" (Reshape): found shape -1x-1 for 2x3x4, allowed sizes, 0, and one -1");
    CHECK(refusal(node("Reshape"), {x, list<S64>({5, -1})}) ==
          "\"it\" (Reshape): found shape 5x-1 for 2x3x4, allowed 24 elements");
    CHECK(refusal(node("Reshape"), {x, list<S64>({kMax<S64>, 2})}) ==
          "\"it\" (Reshape): found shape 9223372036854775807x2 for 2x3x4, allowed as many elements as the "
          "input");
    CHECK(refusal(with(node("Reshape"), "allowzero", 1), {x, list<S64>({0, -1})}) ==
          "\"it\" (Reshape): found shape 0x-1 for 2x3x4, allowed -1 only where the other dimensions leave "
          "one size for it");
    CHECK(shape_of(with(node("Flatten"), "axis", 0), {x}) == Dims{1, 24});
    CHECK(shape_of(with(node("Flatten"), "axis", -1), {x}) == Dims{6, 4});
    CHECK(refusal(with(node("Flatten"), "axis", 4), {x}) ==
          "\"it\" (Flatten): found axis 4, allowed -3 to 3");

    const TensorValue ones = counted({1, 3, 1});
    CHECK(shape_of(node("Squeeze"), {ones}) == Dims{3});
    CHECK(shape_of(with(node("Squeeze", 11), "axes", List{-1}), {ones}) == Dims{1, 3});
    CHECK(shape_of(node("Squeeze"), {ones, list<S64>({0})}) == Dims{3, 1});
    CHECK(refusal(node("Squeeze"), {ones, list<S64>({1})}) ==
          "\"it\" (Squeeze): found axis 1 of 1x3x1, allowed axes of size 1");
    CHECK(shape_of(with(node("Unsqueeze", 11), "axes", List{0, -1}), {x}) == Dims{1, 2, 3, 4, 1});
    CHECK(refusal(node("Unsqueeze"), {x, list<S64>({0, -5})}) ==
          "\"it\" (Unsqueeze): found axis -5 twice, allowed each axis once");
    CHECK(result_of<S64>(node("Shape"), {x}) == List{2, 3, 4});
    CHECK(result_of<S64>(with(with(node("Shape"), "start", -2), "end", kMax<S64>), {x}) == List{3, 4});
    CHECK(result_of<S64>(with(node("Shape"), "start", 5), {x}).empty());
    CHECK(result_of<S64>(node("Size"), {x}) == List{24});
}

TEST_CASE("Constant in all its forms") {
    OpNode value = node("Constant");
    value.attributes["value"].kind = OpAttribute::Kind::tensor;
    value.attributes["value"].tensor = counted({2});
    CHECK(ints_of(value, {}) == Ints{0, 1});
    CHECK(shape_of(with(node("Constant"), "value_int", 7), {}).empty());
    CHECK(result_of<S64>(with(node("Constant"), "value_ints", List{7, 8}), {}) == List{7, 8});
    CHECK(result_of<float>(with(node("Constant"), "value_float", 0.5F), {}) == Floats{0.5F});
    OpNode floats = node("Constant");
    floats.attributes["value_floats"].kind = OpAttribute::Kind::reals;
    floats.attributes["value_floats"].reals = {1, 2};
    CHECK(result_of<float>(floats, {}) == Floats{1, 2});
    CHECK(refusal(with(node("Constant"), "value_string", "a"), {}) ==
          "\"it\" (Constant): found no value, allowed value, value_int, value_ints, value_float or "
          "value_floats");
}

TEST_CASE("Slice in both forms, with places far outside") {
    const TensorValue x = counted({2, 4});
    const OpNode old = with(with(with(node("Slice", 9), "starts", List{1, -3}), "ends", List{kMax<S64>, -1}),
                            "axes", List{0, 1});
    CHECK(ints_of(old, {x}) == Ints{5, 6});
    const auto sliced = [&](S64 start, S64 end, S64 step) {
        return ints_of(node("Slice"),
                       {x, list<S64>({start}), list<S64>({end}), list<S64>({1}), list<S64>({step})});
    };
    CHECK(sliced(-1, kMin<S64>, -1) == Ints{3, 2, 1, 0, 7, 6, 5, 4});
    CHECK(sliced(kMax<S64>, kMin<S64>, -3) == Ints{3, 0, 7, 4});
    CHECK(sliced(kMin<S64>, kMax<S64>, kMax<S64>) == Ints{0, 4});
    CHECK(sliced(kMax<S64>, 0, kMin<S64>) == Ints{3, 7});
    CHECK(sliced(3, 1, 1).empty());
    CHECK(refusal(node("Slice"), {x, list<S64>({0}), list<S64>({1}), list<S64>({0}), list<S64>({0})}) ==
          "\"it\" (Slice): found a step of 0, allowed steps that are not 0");
    CHECK(refusal(node("Slice"), {x, list<S64>({0, 0}), list<S64>({1, 1}), list<S64>({0, -2})}) ==
          "\"it\" (Slice): found axis 0 twice, allowed each axis once");
    CHECK(refusal(node("Slice"), {x, list<S64>({0}), list<S64>({1, 1})}) ==
          "\"it\" (Slice): found 1 starts and 2 ends, allowed as many starts, ends, axes and steps");
}

TEST_CASE("Split, Concat, Expand and Tile") {
    const TensorValue x = counted({2, 3});
    const auto parts = all_of(with(with(node("Split", 11, 2), "split", List{1, 2}), "axis", 1), {x});
    CHECK(values_of<std::int32_t>(parts[0]) == Ints{0, 3});
    CHECK(values_of<std::int32_t>(parts[1]) == Ints{1, 2, 4, 5});
    CHECK(shape_of(node("Split", 13, 2), {x}) == Dims{1, 3});
    CHECK(refusal(with(node("Split", 13, 2), "axis", 1), {x}) ==
          "\"it\" (Split): found 2 outputs and sizes scalar for an axis of 3, allowed a size for each "
          "output, which "
          "add up to the axis");
    CHECK(refusal(node("Split", 13, 2), {x, list<S64>({kMax<S64>, kMax<S64>})}) ==
          "\"it\" (Split): found 2 outputs and sizes 9223372036854775807x9223372036854775807 for an axis of "
          "2, allowed "
          "a size for each output, which add up to the axis");
    CHECK(ints_of(with(node("Concat"), "axis", -1), {x, counted({2, 1}), counted({2, 0})}) ==
          Ints{0, 1, 2, 0, 3, 4, 5, 1});
    CHECK(refusal(with(node("Concat"), "axis", 0), {x, counted({2, 2})}) ==
          "\"it\" (Concat): found inputs of 2x3 and 2x2, allowed inputs that differ along axis 0 only");
    CHECK(ints_of(node("Expand"), {counted({2, 1}), list<S64>({2, 1, 2})}) == Ints{0, 0, 1, 1, 0, 0, 1, 1});
    CHECK(
        refusal(node("Expand"), {counted({1}), list<S64>({kMax<S64>, kMax<S64>})}) ==
        "\"it\" (Expand): found a result of 9223372036854775807x9223372036854775807, allowed at most 8 GiB");
    CHECK(ints_of(node("Tile"), {counted({2, 1}), list<S64>({2, 2})}) == Ints{0, 0, 1, 1, 0, 0, 1, 1});
    CHECK(refusal(node("Tile"), {x, list<S64>({1, -1})}) ==
          "\"it\" (Tile): found repeats 1x-1 of 2x3, allowed one a dimension, 0 or more");
}

TEST_CASE("Transpose of every width of elements") {
    const auto flipped = [](const TensorValue& x) { return all_of(node("Transpose"), {x})[0]; };
    CHECK(values_of<std::int8_t>(flipped(tensor<std::int8_t>({2, 2}, {1, 2, 3, 4}))) ==
          std::vector<std::int8_t>{1, 3, 2, 4});
    CHECK(values_of<std::int16_t>(flipped(tensor<std::int16_t>({2, 2}, {1, 2, 3, 4}))) ==
          std::vector<std::int16_t>{1, 3, 2, 4});
    CHECK(values_of<double>(flipped(tensor<double>({2, 2}, {1, 2, 3, 4}))) ==
          std::vector<double>{1, 3, 2, 4});
    CHECK(ints_of(with(node("Transpose"), "perm", List{1, 0, 2}), {counted({2, 2, 2})}) ==
          Ints{0, 1, 4, 5, 2, 3, 6, 7});
    CHECK(refusal(with(node("Transpose"), "perm", List{0, 0}), {counted({2, 2})}) ==
          "\"it\" (Transpose): found axis 0 twice, allowed each axis once");
    CHECK(shape_of(node("Transpose"), {counted({3, 0})}) == Dims{0, 3});
}

TEST_CASE("Gathers and scatters refuse indices outside") {
    const TensorValue x = counted({3, 2});
    CHECK(ints_of(node("Gather"), {x, scalar<S64>(-1)}) == Ints{4, 5});
    CHECK(refusal(node("Gather"), {x, list<S64>({3})}) == "\"it\" (Gather): found index 3, allowed -3 to 2");
    CHECK(refusal(node("Gather"), {x, list<S64>({kMin<S64>})}) ==
          "\"it\" (Gather): found index -9223372036854775808, allowed -3 to 2");
    CHECK(refusal(node("Gather"), {counted({0, 2}), list<S64>({0})}) ==
          "\"it\" (Gather): found index 0, allowed none into an empty dimension");
    CHECK(refusal(node("Gather"), {x, list<float>({0})}) ==
          "\"it\" (Gather): found indices of float32, allowed int32 int64");
    const auto one = tensor<S64>({1, 1}, {5});
    CHECK(refusal(node("GatherElements"), {x, one}) ==
          "\"it\" (GatherElements): found index 5, allowed -3 to 2");
    CHECK(refusal(node("GatherND"), {x, one}) == "\"it\" (GatherND): found index 5, allowed -3 to 2");
    CHECK(ints_of(node("GatherND"), {x, tensor<S64>({2, 2}, {0, 1, -1, 0})}) == Ints{1, 4});
    CHECK(refusal(with(node("GatherND"), "batch_dims", 1), {x, one}) ==
          "\"it\" (GatherND): found indices of 1x1 into 3x2 with batch_dims 1, allowed equal dimensions of "
          "the batch, "
          "and indices no longer than what follows");
    const auto nine = tensor<std::int32_t>({1, 1}, {9});
    CHECK(refusal(node("ScatterElements"), {x, one, nine}) ==
          "\"it\" (ScatterElements): found index 5, allowed -3 to 2");
    CHECK(ints_of(node("Scatter", 9), {x, tensor<S64>({1, 1}, {-1}), nine}) == Ints{0, 1, 2, 3, 9, 5});
    CHECK(refusal(node("ScatterND"), {x, one, nine}) ==
          "\"it\" (ScatterND): found indices of 1x1 and updates of 1x1 into 3x2, allowed updates of 1x2");
}

TEST_CASE("Scatters that add and multiply wrap, in the order of the updates") {
    const auto twice = tensor<S64>({2, 1}, {0, 0});
    const auto x = list<std::int8_t>({100, 1});
    const auto with_reduction = [&](const char* word) {
        return result_of<std::int8_t>(with(node("ScatterND"), "reduction", word),
                                      {x, twice, list<std::int8_t>({100, 3})});
    };
    CHECK(with_reduction("add") == std::vector<std::int8_t>{-53, 1});
    CHECK(with_reduction("mul") == std::vector<std::int8_t>{48, 1});
    CHECK(with_reduction("none") == std::vector<std::int8_t>{3, 1});
    CHECK(refusal(with(node("ScatterND"), "reduction", "max"), {x, twice, list<std::int8_t>({1, 1})}) ==
          "\"it\" (ScatterND): found reduction \"max\", allowed none, add or mul");
}

TEST_CASE("Compress, ReverseSequence, DepthToSpace and SpaceToDepth") {
    const TensorValue x = counted({2, 3});
    CHECK(ints_of(node("Compress"), {x, list<bool>({false, true, false, false, true})}) == Ints{1, 4});
    CHECK(refusal(with(node("Compress"), "axis", 0), {x, list<bool>({true, true, true})}) ==
          "\"it\" (Compress): found a condition of 3, allowed a list of at most 2");
    const OpNode by_row = with(with(node("ReverseSequence"), "batch_axis", 0), "time_axis", 1);
    CHECK(ints_of(by_row, {x, list<S64>({2, 3})}) == Ints{1, 0, 2, 5, 4, 3});
    CHECK(refusal(by_row, {x, list<S64>({2, 4})}) ==
          "\"it\" (ReverseSequence): found sequence_lens of 2, allowed one a sequence, from 0 to 3");
    const OpNode down = with(node("DepthToSpace"), "blocksize", 2),
                 up = with(node("SpaceToDepth"), "blocksize", 2);
    CHECK(ints_of(down, {counted({1, 4, 1, 2})}) == Ints{0, 2, 1, 3, 4, 6, 5, 7});
    CHECK(ints_of(up, all_of(down, {counted({1, 4, 1, 2})})) == Ints{0, 1, 2, 3, 4, 5, 6, 7});
    CHECK(refusal(up, {counted({1, 4, 1, 2})}) ==
          "\"it\" (SpaceToDepth): found blocks of 2 of 1x4x1x2, allowed height and width in whole blocks");
    CHECK(refusal(with(node("DepthToSpace"), "blocksize", kMin<S64>), {counted({1, 4, 1, 2})}) ==
          "\"it\" (DepthToSpace): found blocks of -9223372036854775808 of 1x4x1x2, allowed blocks of 1 or "
          "more of an "
          "image of four dimensions");
}
