#include "host/op_table_rows.h"

// What an element costs is the sum of the parts named in its row. What is done once for a whole row, channel
// or window (the root of a variance, the division of a mean) is not counted: their reciprocals are
// multiplied.
namespace sosa::host {

namespace {
using Groups = std::vector<OpRow>;
constexpr auto kPods = OpExact::pods;
constexpr auto kPost = OpExact::post_processors;
constexpr auto kHost = OpExact::host;
constexpr auto kNowhere = OpExact::nowhere;
constexpr auto kOutput = OpCount::output;
constexpr auto kInput = OpCount::input;

OpRow vector(std::string_view names, OpCount per, std::uint32_t simple, std::uint32_t special, OpExact exact,
             std::string_view note = {}) {
    return {names, OpClass::vector, per, simple, special, exact, note};
}
OpRow layout(std::string_view names, OpExact exact = kHost) {
    return {names, OpClass::layout, OpCount::none, 0, 0, exact, {}};
}
OpRow constant(std::string_view names, OpExact exact) {
    return {names, OpClass::constant, OpCount::none, 0, 0, exact, {}};
}
OpRow unsupported(std::string_view names, std::string_view why) {
    return {names, OpClass::unsupported, OpCount::none, 0, 0, kNowhere, why};
}

const Groups kProducts = {
    {"Conv ConvInteger MatMul MatMulInteger QLinearConv QLinearMatMul", OpClass::product, OpCount::none, 0, 0,
     kPods, "bias, scales and zero points when the results are finished"},
    {"Gemm", OpClass::product, OpCount::none, 0, 0, kPods,
     "alpha, beta and a constant C when the results are finished; another C: 1 simple per output element"},
    {"ConvTranspose", OpClass::product, OpCount::none, 0, 0, kHost,
     "where windows overlap 1 simple per element of the product: sum"},
};

const Groups kElementwise = {
    vector("Abs Add Cast Mul Neg Relu Sub", kOutput, 1, 0, kPost),
    vector(
        "And BitShift CastLike Ceil Equal Floor Greater GreaterOrEqual IsInf IsNaN Less LessOrEqual Not Or "
        "Round Sign Where Xor",
        kOutput, 1, 0, kHost),
    vector("Div Exp Sqrt", kOutput, 0, 1, kPost),
    vector("Acos Asin Atan Cos Log Pow Reciprocal Sin Tan", kOutput, 0, 1, kHost),
    vector("Max Min", OpCount::more_operands, 1, 0, kPost),
    vector("Sum", OpCount::more_operands, 1, 0, kHost),
    vector("Mean", OpCount::operands, 1, 0, kHost, "sums, then product with the reciprocal of their number"),
    vector("Clip", kOutput, 2, 0, kPost, "min, max"),
    vector("Mod", kOutput, 3, 1, kHost, "division, rounding, product, difference"),
    vector("LeakyRelu", kOutput, 2, 0, kPost, "product, selection"),
    vector("PRelu", kOutput, 2, 0, kHost, "product, selection"),
    vector("ThresholdedRelu", kOutput, 2, 0, kHost, "comparison, selection"),
    vector("Shrink", kOutput, 4, 0, kHost, "two comparisons, sum, selection"),
    vector("HardSigmoid", kOutput, 4, 0, kHost, "product, sum, min, max"),
    vector("HardSwish", kOutput, 5, 0, kHost, "HardSigmoid, product"),
    vector("Sigmoid", kOutput, 2, 2, kPost, "negation, exponential, sum, reciprocal"),
    vector("Tanh", kOutput, 4, 2, kPost, "2 / (1 + exp(-2x)) - 1"),
    vector("Erf", kOutput, 17, 2, kPost,
           "Abramowitz and Stegun 7.1.26: reciprocal, polynomial of degree 5, exponential"),
    vector("Elu", kOutput, 3, 1, kHost, "exponential, difference, product, selection"),
    vector("Celu Selu", kOutput, 4, 1, kHost, "Elu, product"),
    vector("Softplus", kOutput, 1, 2, kHost, "exponential, sum, logarithm"),
    vector("Softsign", kOutput, 2, 1, kHost, "absolute value, sum, division"),
    vector("Cosh Sinh", kOutput, 2, 2, kHost, "exponential, reciprocal, sum, product"),
    vector("Acosh Asinh", kOutput, 3, 2, kHost, "square, sum, root, sum, logarithm"),
    vector("Atanh", kOutput, 3, 2, kHost, "sum, difference, division, logarithm, product"),
    vector("QuantizeLinear", kOutput, 3, 0, kPost,
           "product with the reciprocal scale, rounding with zero point, saturation"),
    vector("DequantizeLinear", kOutput, 2, 0, kPost, "difference to the zero point, product"),
    vector("DynamicQuantizeLinear", kInput, 5, 0, kHost, "min, max, QuantizeLinear"),
};

const Groups kReductions = {
    vector("CumSum", kOutput, 1, 0, kHost),
    vector("ReduceLogSum ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum", kInput, 1, 0, kHost),
    vector("ReduceL1 ReduceL2 ReduceSumSquare", kInput, 2, 0, kHost, "absolute value or square, sum"),
    vector("ReduceLogSumExp", kInput, 3, 1, kHost, "max, difference, exponential, sum"),
    vector("ArgMax ArgMin Hardmax", kInput, 2, 0, kHost, "comparison, selection"),
    vector("TopK", OpCount::sort, 1, 0, kHost, "comparisons of a merge sort"),
    vector("AveragePool MaxPool", OpCount::window, 1, 0, kHost),
    vector("LpPool", OpCount::window, 2, 0, kHost, "power, sum"),
    vector("GlobalAveragePool GlobalMaxPool", kInput, 1, 0, kHost),
    vector("GlobalLpPool", kInput, 2, 0, kHost, "power, sum"),
};

const Groups kNormalisations = {
    vector("Softmax", kInput, 4, 2, kHost,
           "max, difference, exponential, sum, reciprocal, product; rows may be short, so all per element"),
    vector("LogSoftmax", kInput, 4, 2, kHost, "max, difference, exponential, sum, logarithm, difference"),
    vector("BatchNormalization", kOutput, 2, 0, kHost, "product, sum; in training as InstanceNormalization"),
    vector("InstanceNormalization", kInput, 6, 0, kHost,
           "sum, difference, square, sum, product with scale and reciprocal root, sum"),
    vector("LayerNormalization", kInput, 7, 0, kHost,
           "sum, difference, square, sum, product with the reciprocal root, scale, bias"),
    vector("MeanVarianceNormalization", kInput, 5, 0, kHost,
           "sum, difference, square, sum, product with the reciprocal root"),
    vector("LpNormalization", kInput, 3, 0, kHost, "power, sum, product with the reciprocal root"),
    vector("LRN", kOutput, 6, 1, kHost,
           "square, running sum (one added, one taken away), product, sum, power, product"),
    vector("Resize Upsample", OpCount::taps, 1, 0, kHost,
           "2 neighbours per resized axis of linear, 4 of cubic; nearest is layout"),
    vector("GridSample", kOutput, 12, 0, kNowhere,
           "position of two axes (product, sum, rounding, difference), 4 neighbours"),
};

const Groups kLosses = {
    vector("NegativeLogLikelihoodLoss", OpCount::second, 3, 0, kNowhere,
           "negation, product with the weight, sum"),
    vector("SoftmaxCrossEntropyLoss", kInput, 4, 2, kNowhere, "LogSoftmax"),
};

const Groups kFree = {
    layout(
        "Compress Concat DepthToSpace Dropout Expand Flatten Gather GatherElements GatherND Identity OneHot "
        "Pad Reshape ReverseSequence Slice SpaceToDepth Split Squeeze Tile Transpose Trilu Unsqueeze"),
    {"Scatter ScatterElements ScatterND", OpClass::layout, OpCount::updates, 1, 0, kHost,
     "only with a reduction: sum, product"},
    layout("MaxUnpool", kNowhere),
    constant("Constant ConstantOfShape EyeLike Range Shape Size", kHost),
    constant("BlackmanWindow HammingWindow HannWindow MelWeightMatrix", kNowhere),
};

const Groups kUnsupported = {
    unsupported("If Loop Scan SequenceMap", "what runs depends on the data"),
    unsupported("NonMaxSuppression NonZero Unique", "the result's size depends on the data"),
    unsupported("MaxRoiPool RoiAlign", "the work depends on the data"),
    unsupported("ConcatFromSequence SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert "
                "SequenceLength SplitToSequence",
                "sequences of tensors"),
    unsupported("Optional OptionalGetElement OptionalHasElement", "values that may be absent"),
    unsupported("StringNormalizer TfIdfVectorizer", "texts"),
    unsupported("Bernoulli Multinomial RandomNormal RandomNormalLike RandomUniform RandomUniformLike",
                "random numbers"),
    unsupported("GRU LSTM RNN", "a product for each step of time"),
    unsupported("Einsum", "its products are written in a text: export them as MatMul"),
    unsupported("DFT Det STFT", "no product of weights, no work per element"),
};
}  // namespace

std::vector<OpRow> op_groups() {
    Groups all;
    for (const Groups& part :
         {kProducts, kElementwise, kReductions, kNormalisations, kLosses, kFree, kUnsupported})
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

}  // namespace sosa::host
