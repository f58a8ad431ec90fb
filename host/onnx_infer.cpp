#include "host/onnx_infer.h"

#include <onnx/defs/function.h>
#include <onnx/defs/schema.h>
#include <onnx/shape_inference/implementation.h>

#include <algorithm>
#include <array>
#include <map>

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

// These hold graphs, or the rules of the library divide by what they are given.
constexpr std::array<const char*, 5> kNotInferred{"If", "Loop", "Scan", "SequenceMap", "STFT"};

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
        if (!node.input(i).empty() && !types.at(static_cast<std::size_t>(i)))
            return std::move(context.outputs);
    const auto& schema = *onnx::OpSchemaRegistry::Schema(node.op_type(), opset, "");
    check_before_rules(node, types, place);
    try {
        schema.Verify(node);
        run_rules(schema, node, context, types);
    } catch (const std::exception& error) {
        throw UserError(place + ": found inputs or attributes that do not fit: " + reason(error));
    }
    return std::move(context.outputs);
}

}  // namespace sosa::host
