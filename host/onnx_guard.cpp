// The rules of the library (1.12) trust some of what a file says; what would make them divide by zero, leave
// a list or count for ever is refused before.
#include <algorithm>
#include <array>

#include "host/onnx_infer.h"
#include "host/onnx_tensor.h"
#include "traces/error.h"

namespace sosa::host {
namespace {

using Types = std::vector<const onnx::TypeProto*>;

// Attributes that the rules divide by, count with or use as an index, unchecked.
struct Bound {
    const char* name;
    std::int64_t min, max;
};
constexpr std::int64_t kMostInt = 0x7fffffff, kMostAxis = kMaxRank, kMostPadded = 1 << 20;
constexpr std::array<Bound, 12> kBounds{{{"axes", -kMostAxis, kMostAxis},
                                         {"axis", -kMostAxis, kMostAxis},
                                         {"batch_axis", -kMostAxis, kMostAxis},
                                         {"batch_dims", 0, kMostAxis},
                                         {"blocksize", 1, 1 << 15},
                                         {"dilations", 1, kMostInt},
                                         {"group", 1, kMostInt},
                                         {"hidden_size", 1, kMostInt},
                                         {"kernel_shape", 1, kMostInt},
                                         {"output_padding", 0, kMostInt},
                                         {"pads", -kMostInt, kMostInt},
                                         {"strides", 1, kMostInt}}};

void check_bounds(const onnx::NodeProto& node, const std::string& place) {
    for (const auto& attribute : node.attribute()) {
        const auto* const bound = std::find_if(kBounds.begin(), kBounds.end(),
                                               [&](const Bound& b) { return attribute.name() == b.name; });
        if (bound == kBounds.end()) continue;
        const auto check = [&](std::int64_t value) {
            if (value < bound->min || value > bound->max)
                throw UserError(place + ": attribute \"" + bound->name + "\": found " +
                                std::to_string(value) + ", allowed " + std::to_string(bound->min) + " to " +
                                std::to_string(bound->max));
        };
        if (attribute.has_i()) check(attribute.i());
        std::for_each(attribute.ints().begin(), attribute.ints().end(), check);
    }
}

// The rank, -1 if it is not known.
int rank_of(const Types& types, std::size_t input) {
    const bool known = input < types.size() && types[input] && types[input]->tensor_type().has_shape();
    return known ? types[input]->tensor_type().shape().dim_size() : -1;
}

// Ranks that the rules take for granted.
void check_ranks(const onnx::NodeProto& node, const Types& types, const std::string& place) {
    const std::string& op = node.op_type();
    const int rank = rank_of(types, 0);
    if (op == "Conv" || op == "ConvInteger" || op == "ConvTranspose" || op == "QLinearConv") {
        const int weight = rank_of(types, op == "QLinearConv" ? 3 : 1);
        if (rank >= 0 && weight >= 0 && (rank != weight || rank < 3))
            throw UserError(place + ": found an input of " + std::to_string(rank) +
                            " dimensions and a weight of " + std::to_string(weight) +
                            ", allowed the same of both, 3 or more");
    }
    if (op != "LayerNormalization" || rank < 0) return;
    std::int64_t axis = -1;
    for (const auto& attribute : node.attribute())
        if (attribute.name() == "axis") axis = attribute.i();
    if (axis < -rank || axis >= rank)
        throw UserError(place + ": found axis " + std::to_string(axis) + " of " + std::to_string(rank) +
                        " dimensions, allowed one of them");
}

// The rules make as many dimensions as the list of them is long.
void check_new_shape(const onnx::NodeProto& node, const Types& types, const std::string& place) {
    const std::string& op = node.op_type();
    const bool first = op == "ConstantOfShape";
    if (!first && op != "Expand" && op != "Reshape" && op != "Tile") return;
    const std::size_t input = first ? 0 : 1;
    if (rank_of(types, input) < 1) return;
    const std::int64_t length = types[input]->tensor_type().shape().dim(0).dim_value();
    if (length > kMaxRank)
        throw UserError(place + ": found " + std::to_string(length) + " dimensions, allowed " +
                        std::to_string(kMaxRank));
}

// The rules find the rest of a division by subtraction.
void check_same_padding(const onnx::NodeProto& node, const Types& types, const std::string& place) {
    const bool same =
        std::any_of(node.attribute().begin(), node.attribute().end(), [](const auto& attribute) {
            return attribute.name() == "auto_pad" && attribute.s().substr(0, 4) == "SAME";
        });
    if (!same || rank_of(types, 0) < 0) return;
    for (const auto& dim : types[0]->tensor_type().shape().dim())
        if (dim.dim_value() > kMostPadded)
            throw UserError(place + ": found dimension " + std::to_string(dim.dim_value()) +
                            " with auto_pad, allowed " + std::to_string(kMostPadded));
}

}  // namespace

void check_before_rules(const onnx::NodeProto& node, const Types& types, const std::string& place) {
    check_bounds(node, place);
    check_ranks(node, types, place);
    check_new_shape(node, types, place);
    check_same_padding(node, types, place);
}

}  // namespace sosa::host
