#include "host/op_eval.h"

#include <algorithm>
#include <string_view>

#include "host/op_eval_parts.h"
#include "traces/error.h"

namespace sosa::host {
namespace {

constexpr std::int64_t kMostElements = std::int64_t{1} << 34;

bool by_name(const EvalEntry& a, const EvalEntry& b) {
    return std::string_view(a.op) < std::string_view(b.op);
}

std::vector<EvalEntry> all_entries() {
    std::vector<EvalEntry> all;
    for (const auto* family : {&eval_elementwise(), &eval_reductions(), &eval_quantisation(), &eval_linear(),
                               &eval_windows(), &eval_layout(), &eval_normalisation()}) {
        all.insert(all.end(), family->begin(), family->end());
    }
    std::sort(all.begin(), all.end(), by_name);
    const auto same = [](const EvalEntry& a, const EvalEntry& b) { return std::string_view(a.op) == b.op; };
    const auto twice = std::adjacent_find(all.begin(), all.end(), same);
    SOSA_CHECK(twice == all.end(), std::string("two functions for ") + twice->op);
    return all;
}

EvalFunction find_function(const OpNode& node) {
    static const std::vector<EvalEntry> table = all_entries();
    if (!node.domain.empty() && node.domain != "ai.onnx") return nullptr;
    const auto entry =
        std::lower_bound(table.begin(), table.end(), EvalEntry{node.op.c_str(), nullptr}, by_name);
    return entry != table.end() && node.op == entry->op ? entry->function : nullptr;
}

// What the operators rely on: a type, sane dims, and the bytes that belong to them.
void expect_sound(const OpNode& node, std::size_t i, const TensorValue& tensor) {
    const std::string what = "input " + std::to_string(i);
    if (tensor.type == ElementType::none)
        refuse(node, what + " that is no tensor of numbers", "tensors of numbers");
    std::int64_t room = kMostElements, count = 1;
    for (const std::int64_t dim : tensor.dims) {
        if (dim < 0) refuse(node, what + " of " + dims_text(tensor.dims), "dimensions that are not negative");
        if (dim > room) refuse(node, what + " of " + dims_text(tensor.dims), "at most 2^34 elements");
        room /= std::max<std::int64_t>(dim, 1);
        count *= dim;
    }
    const std::size_t bytes = static_cast<std::size_t>(count) * element_bytes(tensor.type);
    if (tensor.bytes.size() != bytes) {
        refuse(node, what + " of " + std::to_string(tensor.bytes.size()) + " bytes", std::to_string(bytes));
    }
}

}  // namespace

bool can_evaluate(const OpNode& node) { return find_function(node) != nullptr; }

std::vector<TensorValue> evaluate(const OpNode& node, const std::vector<const TensorValue*>& inputs) {
    const EvalFunction function = find_function(node);
    if (function == nullptr) refuse(node, "operator " + node.op, "an operator that the host computes");
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (inputs[i] != nullptr) expect_sound(node, i, *inputs[i]);
    }
    Outputs results = function(node, inputs);
    if (results.size() < node.outputs.size()) {
        refuse(node, std::to_string(node.outputs.size()) + " outputs",
               "at most " + std::to_string(results.size()));
    }
    results.resize(node.outputs.size());
    return results;
}

}  // namespace sosa::host
