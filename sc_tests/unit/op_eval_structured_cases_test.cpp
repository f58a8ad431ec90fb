#include <catch2/catch.hpp>

#include "sc_tests/unit/op_eval_cases.h"

using namespace sosa::host;

// What is not exact in ONNX' own cases, with the greatest distance as a share of the greatest expected
// magnitude: sums of floats that NumPy and PyTorch take in another order. One rounding to float32 is 6e-8.
static const std::map<std::string, double> kMostRelative{
    {"AveragePool", 1.2e-7}, {"BatchNormalization", 8e-8}, {"ConvTranspose", 1.2e-7},
    {"Gemm", 2e-7},          {"GlobalAveragePool", 4e-8},  {"InstanceNormalization", 1.1e-7},
    {"LRN", 8e-8},           {"LayerNormalization", 2e-7}, {"LogSoftmax", 1e-7},
    {"MatMul", 8e-8},        {"Softmax", 1.2e-7},          {"MeanVarianceNormalization", 3e-7},
};

// Cases with this operator alone, once the reader has folded what follows from shapes and constants.
static const std::map<std::string, int> kCases{
    {"AveragePool", 18},
    {"BatchNormalization", 7},
    {"Compress", 4},
    {"Concat", 13},
    {"ConstantOfShape", 3},
    {"Conv", 33},
    {"ConvInteger", 3},
    {"ConvTranspose", 13},
    {"DepthToSpace", 4},
    {"Expand", 6},
    {"EyeLike", 3},
    {"Flatten", 11},
    {"Gather", 6},
    {"GatherElements", 3},
    {"GatherND", 3},
    {"Gemm", 14},
    {"GlobalAveragePool", 2},
    {"GlobalMaxPool", 2},
    {"Hardmax", 7},
    {"InstanceNormalization", 3},
    {"LRN", 2},
    {"LayerNormalization", 19},
    {"LogSoftmax", 10},
    {"MatMul", 4},
    {"MatMulInteger", 1},
    {"MaxPool", 24},
    {"MeanVarianceNormalization", 1},
    {"NonZero", 1},
    {"OneHot", 4},
    {"Pad", 8},
    {"QLinearConv", 1},
    {"QLinearMatMul", 2},
    {"Range", 2},
    {"Reshape", 10},
    {"Resize", 23},
    {"ReverseSequence", 2},
    {"Scatter", 2},
    {"ScatterElements", 4},
    {"ScatterND", 3},
    {"Slice", 8},
    {"Softmax", 10},
    {"SpaceToDepth", 2},
    {"Split", 8},
    {"Squeeze", 2},
    {"Tile", 3},
    {"TopK", 3},
    {"Transpose", 8},
    {"Trilu", 18},
    {"Unique", 5},
    {"Unsqueeze", 8},
    {"Upsample", 1},
};

TEST_CASE("Official cases of products, windows, layout and normalisation") {
    const auto ops = cases::ops_of({&eval_linear(), &eval_windows(), &eval_layout(), &eval_normalisation()});
    std::map<std::string, int> count;
    std::set<std::string> refused;
    for (const char* const group : {"node", "simple", "pytorch-operator", "pytorch-converted"}) {
        for (const auto& report : cases::run_group(group, ops)) {
            INFO(report.name << ": " << report.refused << " " << report.difference.relative);
            if (!report.refused.empty()) {
                refused.insert(report.name);
                continue;
            }
            CHECK(report.difference.same_form);
            double most = 0;  // of a case of several operators the widest bound of them
            for (const std::string& op : report.ops)
                if (kMostRelative.count(op) > 0) most = std::max(most, kMostRelative.at(op));
            CHECK(report.difference.relative <= most);
            if (most == 0) CHECK(report.difference.elements == 0);
            if (report.ops.size() == 1) ++count[*report.ops.begin()];
        }
    }
    for (const auto& [op, cases] : kCases) {
        INFO(op);
        CHECK(count[op] == cases);
    }
    CHECK(count.size() == kCases.size());
    CHECK(refused == std::set<std::string>{"test_batchnorm_epsilon_training_mode",
                                           "test_batchnorm_example_training_mode"});
}
