#include <algorithm>
#include <string>
#include <utility>

#include "host/op_eval_layout.h"
#include "host/op_eval_move.h"
#include "host/op_eval_product.h"

namespace sosa::host {
namespace {

enum class PadMode : std::uint8_t { constant, reflect, edge };

PadMode pad_mode(const OpNode& node) {
    const std::string word = node.text("mode", "constant");
    if (word != "constant" && word != "reflect" && word != "edge")
        refuse(node, "mode \"" + word + "\"", "constant, reflect or edge");
    return word == "constant" ? PadMode::constant : word == "edge" ? PadMode::edge : PadMode::reflect;
}

// Which element stands at place `at` (0 is the input's first) of an axis of `size`; reflection goes on to and
// fro, without the elements at the ends twice.
std::int64_t padded_source(PadMode mode, std::int64_t at, std::int64_t size) {
    if (at >= 0 && at < size) return at;
    if (mode == PadMode::constant) return kFill;
    if (mode == PadMode::edge || size == 1) return at < 0 ? 0 : size - 1;
    const std::int64_t period = 2 * (size - 1), phase = (at % period + period) % period;
    return phase < size ? phase : period - phase;
}

constexpr std::int64_t kMostSize = std::int64_t{1} << 31;

// Negative pads cut elements off.
std::int64_t padded_size(const OpNode& node, PadMode mode, std::int64_t size, std::int64_t before,
                         std::int64_t after) {
    const auto is_far = [](std::int64_t number) { return number > kMostSize || number < -kMostSize; };
    const std::int64_t length = is_far(size) || is_far(before) || is_far(after) ? -1 : before + size + after;
    if (length < 0 || length > kMostSize || (size == 0 && length > 0 && mode != PadMode::constant)) {
        refuse(node,
               "pads " + std::to_string(before) + " and " + std::to_string(after) + " of an axis of " +
                   std::to_string(size),
               "an axis of 0 to 2^31, and elements to repeat");
    }
    return length;
}

// What is padded with: an input from opset 11 on, before that an attribute; 0 without.
TensorValue pad_value(const OpNode& node, const Inputs& inputs, const TensorValue& x) {
    if (const TensorValue* const value = optional_input(inputs, 2)) {
        expect_same_type(node, x, *value);
        if (element_count(value->dims) != 1)
            refuse(node, "a constant_value of " + dims_text(value->dims), "a scalar");
        return *value;
    }
    TensorValue value = make_result(node, x.type, {});
    if (node.find("value") == nullptr) return value;
    expect_type(node, "input 0", x, real_types());
    visit_real(x.type, [&](auto tag) {
        using S = typename decltype(tag)::type;
        *elements<S>(value) = rounded<S>(static_cast<double>(node.real("value", 0)));
    });
    return value;
}

Outputs eval_pad(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 3);
    const TensorValue& x = input(node, inputs, 0);
    const std::size_t rank = x.dims.size();
    const auto pads = integer_list(node, inputs, 1, "pads");
    if (pads.size() != 2 * rank)
        refuse(node, std::to_string(pads.size()) + " pads", std::to_string(2 * rank) + ", two a dimension");
    const PadMode mode = pad_mode(node);
    const TensorValue value = pad_value(node, inputs, x);
    Dims dims;
    for (std::size_t d = 0; d < rank; ++d)
        dims.push_back(padded_size(node, mode, x.dims[d], pads[d], pads[rank + d]));
    const auto place = [&](std::size_t d, std::int64_t i) {
        return padded_source(mode, i - pads[d], x.dims[d]);
    };
    return {mapped(node, x, dims, place, value.bytes.data())};
}

}  // namespace

const std::vector<EvalEntry>& layout_borders() {
    static const std::vector<EvalEntry> entries{{"Pad", eval_pad}};
    return entries;
}

}  // namespace sosa::host
