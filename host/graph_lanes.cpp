#include "host/graph_lanes.h"

#include <limits>
#include <map>
#include <string>

namespace sosa::host {

namespace {

using pods::LaneFunction;
using pods::LaneType;

std::optional<LaneType> lane_type(ElementType type) {
    switch (type) {
        case ElementType::f32:
            return LaneType::f32;
        case ElementType::s8:
            return LaneType::s8;
        case ElementType::u8:
            return LaneType::u8;
        case ElementType::s32:
            return LaneType::s32;
        default:
            return std::nullopt;
    }
}

const std::map<std::string, LaneFunction>& plain_functions() {
    static const std::map<std::string, LaneFunction> all = {
        {"Add", LaneFunction::add},         {"Sub", LaneFunction::sub},   {"Mul", LaneFunction::mul},
        {"Div", LaneFunction::div},         {"Max", LaneFunction::max},   {"Min", LaneFunction::min},
        {"Relu", LaneFunction::relu},       {"Tanh", LaneFunction::tanh}, {"Exp", LaneFunction::exp},
        {"Sigmoid", LaneFunction::sigmoid}, {"Erf", LaneFunction::erf},   {"Sqrt", LaneFunction::sqrt},
        {"Neg", LaneFunction::neg},         {"Abs", LaneFunction::abs},   {"Cast", LaneFunction::cast}};
    return all;
}

class LaneReader {
  public:
    LaneReader(const OpGraph& graph, std::uint32_t node, const ConstantOf& constant)
        : g_(graph), node_(graph.nodes[node]), constant_(constant) {}

    std::optional<GraphLanes> run() {
        if (!node_.domain.empty() || node_.outputs.size() != 1 || node_.inputs.empty()) return std::nullopt;
        const auto in = lane_type(g_.values[node_.inputs[0]].type),
                   out = lane_type(g_.values[node_.outputs[0]].type);
        if (!in || !out) return std::nullopt;
        lanes_.op.in = *in, lanes_.op.out = *out;
        lanes_.operands = {node_.inputs[0]};
        if (!read_function() || !pods::lane_takes(lanes_.op)) return std::nullopt;
        if (lanes_.operands.size() != pods::lane_operands(lanes_.op.function)) return std::nullopt;
        return lanes_;
    }

  private:
    bool read_function() {
        const auto plain = plain_functions().find(node_.op);
        if (plain != plain_functions().end()) {
            lanes_.op.function = plain->second;
            lanes_.operands = node_.inputs;
            return true;
        }
        if (node_.op == "LeakyRelu") {
            lanes_.op.function = LaneFunction::leaky_relu;
            lanes_.op.alpha = node_.real("alpha", 0.01F);
            return true;
        }
        if (node_.op == "QuantizeLinear" || node_.op == "DequantizeLinear") return read_scale();
        return node_.op == "Clip" && read_clip();
    }

    const OpValue* known(std::size_t i) const {
        const bool there = i < node_.inputs.size() && node_.inputs[i] != kAbsent;
        return there && g_.values[node_.inputs[i]].is_constant ? &g_.values[node_.inputs[i]] : nullptr;
    }
    bool absent(std::size_t i) const { return i >= node_.inputs.size() || node_.inputs[i] == kAbsent; }

    bool read_scale() {
        lanes_.op.function = node_.op[0] == 'Q' ? LaneFunction::quantize : LaneFunction::dequantize;
        if (!known(1) || element_count(known(1)->dims) != 1) return false;
        lanes_.op.scale = *elements<float>(constant_(node_.inputs[1]));
        if (absent(2)) return true;
        if (!known(2) || element_count(known(2)->dims) != 1) return false;
        lanes_.op.zero = static_cast<std::int32_t>(number(constant_(node_.inputs[2])));
        return true;
    }

    static double number(const TensorValue& t) {
        switch (t.type) {
            case ElementType::f32:
                return double{*elements<float>(t)};
            case ElementType::s8:
                return *elements<std::int8_t>(t);
            case ElementType::u8:
                return *elements<std::uint8_t>(t);
            default:
                return *elements<std::int32_t>(t);
        }
    }

    // Limits are attributes before opset 11, of the operand's type afterwards.
    bool read_clip() {
        lanes_.op.function = LaneFunction::clip;
        double range = 0;
        switch (lanes_.op.in) {
            case LaneType::f32:
                range = double{std::numeric_limits<float>::max()};
                break;
            case LaneType::s32:
                range = 2147483647.0;
                break;
            default:
                range = lanes_.op.in == LaneType::s8 ? 127 : 255;
        }
        lanes_.op.low = lanes_.op.in == LaneType::u8    ? 0
                        : lanes_.op.in == LaneType::f32 ? -range
                                                        : -range - 1;
        lanes_.op.high = range;
        if (node_.opset < 11) {
            lanes_.op.low = double{node_.real("min", static_cast<float>(lanes_.op.low))};
            lanes_.op.high = double{node_.real("max", static_cast<float>(lanes_.op.high))};
            return lanes_.op.in == LaneType::f32;
        }
        for (const std::size_t limit : {1, 2})
            if (!absent(limit) && (!known(limit) || element_count(known(limit)->dims) != 1)) return false;
        if (!absent(1)) lanes_.op.low = number(constant_(node_.inputs[1]));
        if (!absent(2)) lanes_.op.high = number(constant_(node_.inputs[2]));
        return true;
    }

    const OpGraph& g_;
    const OpNode& node_;
    const ConstantOf& constant_;
    GraphLanes lanes_;
};

}  // namespace

std::optional<GraphLanes> graph_lanes(const OpGraph& graph, std::uint32_t node, const ConstantOf& constant) {
    return LaneReader(graph, node, constant).run();
}

}  // namespace sosa::host
