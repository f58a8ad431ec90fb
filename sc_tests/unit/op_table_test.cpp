#include "host/op_table.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <sstream>

#include "host/op_eval.h"
#include "traces/files.h"

namespace {
using namespace sosa::host;

std::string printed() {
    std::ostringstream out;
    print_op_table(out);
    return out.str();
}

std::size_t rows_of(OpClass use) {
    const auto& table = op_table();
    return static_cast<std::size_t>(
        std::count_if(table.begin(), table.end(), [&](const OpRow& row) { return row.use == use; }));
}
}  // namespace

TEST_CASE("the operator table holds each operator of opset 17 once, by name") {
    // 178: class declarations of onnx/defs/operator_sets.h of ONNX 1.12, versions 1 to 17, counted by name.
    const auto& table = op_table();
    CHECK(table.size() == 178);
    for (std::size_t i = 1; i < table.size(); ++i) CHECK(table[i - 1].name < table[i].name);
    CHECK(rows_of(OpClass::product) == 8);
    CHECK(rows_of(OpClass::vector) == 99);
    CHECK(rows_of(OpClass::layout) == 26);
    CHECK(rows_of(OpClass::constant) == 10);
    CHECK(rows_of(OpClass::unsupported) == 35);
}

TEST_CASE("each operator is found by its name, and nothing else is") {
    for (const OpRow& row : op_table()) CHECK(find_op(row.name) == &row);
    for (const char* other : {"", "conv", "Con", "Convx", "Zzz", "Abs Add", "Gelu"})
        CHECK(find_op(other) == nullptr);
}

TEST_CASE("each row of the operator table says what its class needs") {
    for (const OpRow& row : op_table()) {
        INFO(row.name);
        const bool costs = row.simple + row.special > 0;
        CHECK(costs == (row.per != OpCount::none));
        if (row.use == OpClass::vector) CHECK(costs);
        if (row.use == OpClass::product || row.use == OpClass::constant) CHECK_FALSE(costs);
        CHECK((row.use == OpClass::unsupported) ==
              (row.exact == OpExact::nowhere && !row.note.empty() && row.per == OpCount::none && !costs));
        if (row.exact == OpExact::pods) CHECK(row.use == OpClass::product);
        if (row.exact == OpExact::post_processors) CHECK(row.use == OpClass::vector);
    }
}

TEST_CASE("what the operator table says is exact is what can be computed") {
    for (const OpRow& row : op_table()) {
        INFO(row.name);
        OpNode node;
        node.op = std::string(row.name);
        node.opset = 17;
        // Of the unsupported ones some are, for constants.
        if (row.use != OpClass::unsupported) CHECK(can_evaluate(node) == (row.exact != OpExact::nowhere));
    }
}

TEST_CASE("costs of operators are the sums of their parts") {
    const auto cost = [](const char* op) {
        const OpRow* row = find_op(op);
        return std::pair(row->simple, row->special);
    };
    CHECK(cost("Relu") == std::pair(1u, 0u));
    CHECK(cost("Clip") == std::pair(2u, 0u));
    CHECK(cost("Div") == std::pair(0u, 1u));
    CHECK(cost("HardSwish") == std::pair(cost("HardSigmoid").first + 1, 0u));
    CHECK(cost("Selu") == std::pair(cost("Elu").first + 1, 1u));
    CHECK(cost("Sigmoid") == std::pair(2u, 2u));
    // |x|, t = 1 / (1 + p|x|), five products and four sums, exp(-x*x), product, 1 - y, sign
    CHECK(cost("Erf") == std::pair(1u + 2u + 9u + 2u + 1u + 1u + 1u, 2u));
    CHECK(cost("Softmax") == std::pair(4u, 2u));
    CHECK(cost("LayerNormalization") == std::pair(7u, 0u));
    CHECK(cost("QuantizeLinear") == std::pair(3u, 0u));
    CHECK(cost("DequantizeLinear") == std::pair(2u, 0u));
    CHECK(cost("DynamicQuantizeLinear") == std::pair(2 + cost("QuantizeLinear").first, 0u));
}

TEST_CASE("the operator table is printed as markdown with a legend") {
    const std::string text = printed();
    const auto has = [&](const std::string& line) {
        return text.find("\n" + line + "\n") != std::string::npos;
    };
    CHECK(text.rfind("- **timed**: ", 0) == 0);
    for (const char* word : {"\n- **free**: ", "\n- **exact**: ", "\n- **unsupported**: "})
        CHECK(text.find(word) != std::string::npos);
    CHECK(has("| operator | timed as | lane operations | exact on |"));
    CHECK(has("| Add | vector | 1 simple per output element | post-processors |"));
    CHECK(has("| Div | vector | 1 special per output element | post-processors |"));
    CHECK(
        has("| Sigmoid | vector | 2 simple + 2 special per output element: negation, exponential, sum, "
            "reciprocal | post-processors |"));
    CHECK(
        has("| Max | vector | 1 simple per output element and operand after the first | post-processors |"));
    CHECK(has("| Reshape | free: layout | - | host |"));
    CHECK(has("| Shape | free: constant | - | host |"));
    CHECK(has("| HannWindow | free: constant | - | - |"));
    CHECK(has("| Loop | unsupported | what runs depends on the data | - |"));
    CHECK(std::count(text.begin(), text.end(), '\n') == 6 + 2 + 178);
    // Four cells in every row.
    std::istringstream lines(text.substr(text.find('|')));
    for (std::string line; std::getline(lines, line);) CHECK(std::count(line.begin(), line.end(), '|') == 5);
}

TEST_CASE("op table: host/onnx_operators.md is what the program prints") {
    std::ostringstream table;
    sosa::host::print_op_table(table);
    const std::string file = sosa::traces::read_file(SOSA_TEST_DATA "/../../host/onnx_operators.md");
    REQUIRE(file.size() > table.str().size());
    CHECK(file.substr(file.size() - table.str().size()) == table.str());
}
