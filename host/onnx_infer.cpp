#include "host/onnx_infer.h"

#include <onnx/defs/function.h>
#include <onnx/defs/schema.h>
#include <onnx/shape_inference/implementation.h>

#include <algorithm>
#include <array>
#include <map>

#include "host/onnx_tensor.h"
#include "host/workload_reader.h"
#include "traces/error.h"

namespace sosa::host {
namespace {

// What the library's rules need of a node whose inputs stand in a list.
class NodeContext final : public onnx::InferenceContext {
  public:
    NodeContext(const onnx::NodeProto& node, const std::vector<const onnx::TypeProto*>& types,
                const std::vector<const onnx::TensorProto*>& data)
        : types_(types), data_(data), outputs(static_cast<std::size_t>(node.output_size())) {
        for (const auto& attribute : node.attribute()) attributes_.emplace(attribute.name(), &attribute);
    }

    const onnx::AttributeProto* getAttribute(const std::string& name) const override {
        const auto found = attributes_.find(name);
        return found == attributes_.end() ? nullptr : found->second;
    }
    std::size_t getNumInputs() const override { return types_.size(); }
    const onnx::TypeProto* getInputType(std::size_t index) const override { return types_.at(index); }
    const onnx::TensorProto* getInputData(std::size_t index) const override { return data_.at(index); }
    std::size_t getNumOutputs() const override { return outputs.size(); }
    onnx::TypeProto* getOutputType(std::size_t index) override { return &outputs.at(index); }
    onnx::GraphInferencer* getGraphAttributeInferencer(const std::string&) override { return nullptr; }
    const onnx::SparseTensorProto* getInputSparseData(std::size_t) const override { return nullptr; }
    const onnx::TensorShapeProto* getSymbolicInput(std::size_t) const override { return nullptr; }

  private:
    const std::vector<const onnx::TypeProto*>& types_;
    const std::vector<const onnx::TensorProto*>& data_;
    std::map<std::string, const onnx::AttributeProto*> attributes_{};

  public:
    std::vector<onnx::TypeProto> outputs;
};

// Attributes that the rules divide by, count with or use as an index, unchecked.
struct Bound {
    const char* name;
    std::int64_t min, max;
};
constexpr std::int64_t kMostInt = 0x7fffffff, kMostAxis = kMaxRank;
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

// These hold graphs, or the rules of the library divide by what they are given.
constexpr std::array<const char*, 5> kNotInferred{"If", "Loop", "Scan", "SequenceMap", "STFT"};

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
int rank_of(const std::vector<const onnx::TypeProto*>& types, std::size_t input) {
    const bool known = input < types.size() && types[input] && types[input]->tensor_type().has_shape();
    return known ? types[input]->tensor_type().shape().dim_size() : -1;
}

// Ranks that the rules take for granted.
void check_ranks(const onnx::NodeProto& node, const std::vector<const onnx::TypeProto*>& types,
                 const std::string& place) {
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
void check_new_shape(const onnx::NodeProto& node, const std::vector<const onnx::TypeProto*>& types,
                     const std::string& place) {
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

// The library's own sentence, in one line.
std::string reason(const std::exception& error) {
    std::string text = error.what();
    text = text.substr(0, text.find('\n'));
    const auto mark = text.find("Error] ");
    if (mark != std::string::npos) text = text.substr(mark + 7);
    const std::string quoted = in_quotes(text);
    return quoted.substr(1, quoted.size() - 2);
}

void run_rules(const onnx::OpSchema& schema, const onnx::NodeProto& node, NodeContext& context,
               const std::vector<const onnx::TypeProto*>& types) {
    if (schema.has_type_and_shape_inference_function())
        return schema.GetTypeAndShapeInferenceFunction()(context);
    auto* const registry = onnx::OpSchemaRegistry::Instance();
    if (schema.HasFunction())
        return onnx::shape_inference::InferShapeForFunctionNode(*schema.GetFunction(), registry, context);
    if (!schema.HasContextDependentFunction()) return;
    std::vector<onnx::TypeProto> inputs;
    for (const auto* type : types) inputs.push_back(type ? *type : onnx::TypeProto());
    onnx::FunctionProto body;
    if (schema.BuildContextDependentFunction(onnx::FunctionBodyBuildContextImpl(node, inputs), body))
        onnx::shape_inference::InferShapeForFunctionNode(body, registry, context);
}

}  // namespace

bool is_known_op(const std::string& op, int opset) {
    const auto* const schema = onnx::OpSchemaRegistry::Schema(op, opset, "");
    return schema && !schema->Deprecated() &&
           std::find(kNotInferred.begin(), kNotInferred.end(), op) == kNotInferred.end();
}

std::vector<onnx::TypeProto> infer_node(const onnx::NodeProto& node, int opset,
                                        const std::vector<const onnx::TypeProto*>& types,
                                        const std::vector<const onnx::TensorProto*>& data,
                                        const std::string& place) {
    NodeContext context(node, types, data);
    bool known = is_known_op(node.op_type(), opset);
    for (int i = 0; i < node.input_size(); ++i) {
        const onnx::TypeProto* type = types.at(static_cast<std::size_t>(i));
        known = known && (node.input(i).empty() || (type && type->has_tensor_type()));
    }
    if (!known) return std::move(context.outputs);
    // What an operator that is not known makes is not known either.
    for (int i = 0; i < node.input_size(); ++i)
        if (!node.input(i).empty() && !types.at(static_cast<std::size_t>(i))) return std::move(context.outputs);
    const auto& schema = *onnx::OpSchemaRegistry::Schema(node.op_type(), opset, "");
    check_bounds(node, place);
    check_ranks(node, types, place);
    check_new_shape(node, types, place);
    try {
        schema.Verify(node);
        run_rules(schema, node, context, types);
    } catch (const std::exception& error) {
        throw UserError(place + ": found inputs or attributes that do not fit: " + reason(error));
    }
    return std::move(context.outputs);
}

}  // namespace sosa::host
